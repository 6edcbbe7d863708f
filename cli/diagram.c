/* SPDX-License-Identifier: MIT */
#include "diagram.h"

#include <inttypes.h>
#include <string.h>

#define DIAGRAM_WIDTH 78

/* ---- Cells ------------------------------------------------------------------------------ */

void diagram_short_title(enum s2_field field, char *buf, size_t room)
{
	const char *title = s2_field_title(field);

	snprintf(buf, room, "%.*s", (int)strcspn(title, "["), title);
}

static int write_run(char *buf, size_t room, int high, int low)
{
	return high == low ? snprintf(buf, room, "%d", high) :
			     snprintf(buf, room, "%d:%d", high, low);
}

const char *diagram_bits(uint64_t mask, char *buf, size_t room)
{
	size_t n = 0;

	buf[0] = '\0';
	for (int high = 63; high >= 0 && n + 2 < room; high--) {
		int low = high;

		if ((mask >> high & 1) == 0)
			continue;
		while (low > 0 && (mask >> (low - 1) & 1) != 0)
			low--;
		if (n != 0)
			n += (size_t)snprintf(buf + n, room - n, ", ");
		n += (size_t)write_run(buf + n, room - n, high, low);
		high = low;
	}
	return buf;
}

/* All but its value. */
static void name_cell(struct diagram_cell *cell, const char *name)
{
	write_run(cell->bits, sizeof(cell->bits), cell->high, cell->low);
	snprintf(cell->name, sizeof(cell->name), "%s", name);
}

static uint64_t value_of(const struct diagram_cell *cell, uint64_t raw)
{
	return raw >> cell->low & (UINT64_MAX >> (63 - (cell->high - cell->low)));
}

/* Bit by bit, or as a number where they are many. */
static void write_value(struct diagram_cell *cell, uint64_t raw)
{
	uint64_t value = value_of(cell, raw);
	int bits = cell->high - cell->low + 1;

	if (bits > 8) {
		snprintf(cell->value, sizeof(cell->value), "0x%llx", (unsigned long long)value);
		return;
	}
	for (int i = 0; i < bits; i++)
		cell->value[i] = (value >> (bits - 1 - i) & 1) != 0 ? '1' : '0';
	cell->value[bits] = '\0';
}

static void measure(struct diagram_cell *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *const texts[] = { cells[i].bits, cells[i].value, cells[i].name };

		for (size_t k = 0; k < 3; k++)
			if ((int)strlen(texts[k]) > cells[i].width)
				cells[i].width = (int)strlen(texts[k]);
	}
}

/* Runs of bits with the same owner. */
static size_t split(struct diagram_cell *cells, const unsigned owner[64])
{
	size_t n = 0;

	for (int bit = 63; bit >= 0; bit--) {
		if (n != 0 && cells[n - 1].colour == owner[bit])
			cells[n - 1].low = bit;
		else
			cells[n++] = (struct diagram_cell){ .high = bit, .low = bit,
							    .colour = owner[bit] };
	}
	return n;
}

/* ---- Descriptors ------------------------------------------------------------------------- */

#define OA_CELL   S2_NR_FIELDS /* "fields" of the diagram beside the real ones */
#define RES0_CELL (S2_NR_FIELDS + 1)

static unsigned owner_of(const struct s2_format *fmt, const struct s2_desc *desc, int bit)
{
	if ((s2_oa_mask(fmt, desc->type, desc->level) >> bit & 1) != 0)
		return OA_CELL;
	for (unsigned f = 0; f < S2_NR_FIELDS; f++)
		if ((s2_field_mask(fmt, desc->type, desc->level, (enum s2_field)f) >> bit & 1) != 0)
			return f;
	return RES0_CELL;
}

size_t diagram_of_descriptor(const struct s2_format *fmt, const struct s2_desc *desc, uint64_t raw,
			     struct diagram_cell cells[DIAGRAM_MAX_CELLS])
{
	unsigned owner[64];
	size_t n;

	for (int bit = 0; bit < 64; bit++)
		owner[bit] = owner_of(fmt, desc, bit);
	n = split(cells, owner);
	for (size_t i = 0; i < n; i++) {
		struct diagram_cell *cell = &cells[i];
		char name[16] = "OA";

		cell->reserved = cell->colour == RES0_CELL;
		if (cell->reserved)
			snprintf(name, sizeof(name), "RES0");
		else if (cell->colour != OA_CELL)
			diagram_short_title((enum s2_field)cell->colour, name, sizeof(name));
		name_cell(cell, name);
		write_value(cell, raw);
		/* As the address that it is part of. */
		if (cell->colour == OA_CELL && cell->high - cell->low >= 8)
			snprintf(cell->value, sizeof(cell->value), "0x%" PRIx64,
				 value_of(cell, raw) << cell->low);
	}
	measure(cells, n);
	return n;
}

/* ---- Registers ---------------------------------------------------------------------------- */

size_t diagram_of_register(const struct s2_idregs *regs, enum s2_idreg reg,
			   struct diagram_cell cells[DIAGRAM_MAX_CELLS])
{
	unsigned owner[64] = { 0 }; /* of no field, else the field's row and one */
	size_t n;

	for (unsigned f = 0; s2_idreg_fields[f].name != NULL; f++)
		for (int bit = 0; s2_idreg_fields[f].reg == reg && bit < 64; bit++)
			if ((s2_idreg_mask(&s2_idreg_fields[f]) >> bit & 1) != 0)
				owner[bit] = f + 1;
	n = split(cells, owner);
	for (size_t i = 0; i < n; i++) {
		const struct s2_idreg_field *field = cells[i].colour != 0 ?
							     &s2_idreg_fields[cells[i].colour - 1] : NULL;

		cells[i].reserved = field == NULL || field->values == NULL;
		name_cell(&cells[i], field != NULL ? field->name : "-");
		write_value(&cells[i], regs->value[reg]);
		if (((regs->known[reg] ^ UINT64_MAX) >> cells[i].low &
		     (UINT64_MAX >> (63 - (cells[i].high - cells[i].low)))) != 0)
			snprintf(cells[i].value, sizeof(cells[i].value), "?");
	}
	measure(cells, n);
	return n;
}

/* ---- As text ------------------------------------------------------------------------------ */

/* Six colours that are legible on light and dark. */
const char *diagram_colour(const struct cli *cli, unsigned colour)
{
	static const char *const codes[] = { "\033[36m", "\033[33m", "\033[35m",
					     "\033[32m", "\033[34m", "\033[31m" };

	return cli->colour ? codes[colour % (sizeof(codes) / sizeof(codes[0]))] : "";
}

static void draw_line(struct cli *cli, const struct diagram_cell *cells, size_t n)
{
	fputs("  ", cli->out);
	for (size_t i = 0; i < n; i++) {
		fputc('+', cli->out);
		for (int j = 0; j < cells[i].width + 2; j++)
			fputc('-', cli->out);
	}
	fputs("+\n", cli->out);
}

enum row { ROW_BITS, ROW_VALUE, ROW_NAME };

static void draw_row(struct cli *cli, const struct diagram_cell *cells, size_t n, enum row row)
{
	fputs("  ", cli->out);
	for (size_t i = 0; i < n; i++) {
		const struct diagram_cell *c = &cells[i];
		const char *text = row == ROW_BITS ? c->bits : row == ROW_VALUE ? c->value : c->name;
		const char *colour = c->reserved ? cli_colour(cli, CLI_DIM) :
						   diagram_colour(cli, c->colour);

		bool last = i + 1 == n && row != ROW_VALUE;

		fprintf(cli->out, "%s %s%-*s%s%s", row == ROW_VALUE ? "|" : " ",
			row == ROW_BITS ? cli_colour(cli, CLI_DIM) : colour, last ? 0 : c->width,
			text, cli_colour(cli, CLI_PLAIN), last ? "" : " ");
	}
	fputs(row == ROW_VALUE ? "|\n" : "\n", cli->out);
}

void diagram_print(struct cli *cli, const struct diagram_cell *cells, size_t n)
{
	size_t from = 0;

	while (from < n) {
		int width = 3;
		size_t to = from;

		while (to < n && (to == from || width + cells[to].width + 3 <= DIAGRAM_WIDTH))
			width += cells[to++].width + 3;
		draw_row(cli, cells + from, to - from, ROW_BITS);
		draw_line(cli, cells + from, to - from);
		draw_row(cli, cells + from, to - from, ROW_VALUE);
		draw_line(cli, cells + from, to - from);
		draw_row(cli, cells + from, to - from, ROW_NAME);
		from = to;
	}
}

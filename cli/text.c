/* SPDX-License-Identifier: MIT */
/* Descriptors for people: a diagram of the bits, and what each field means. */
#include "cli.h"

#include <string.h>

const char *cli_colour(const struct cli *cli, enum cli_colour colour)
{
	static const char *const codes[] = {
		[CLI_PLAIN] = "\033[0m", [CLI_BOLD] = "\033[1m", [CLI_DIM] = "\033[2m",
		[CLI_GOOD] = "\033[32m", [CLI_BAD] = "\033[31m", [CLI_WARN] = "\033[33m",
	};

	return cli->colour ? codes[colour] : "";
}

/* Neighbours differ; six colours that are legible on light and dark. */
static const char *field_colour(const struct cli *cli, unsigned i)
{
	static const char *const codes[] = { "\033[36m", "\033[33m", "\033[35m",
					     "\033[32m", "\033[34m", "\033[31m" };

	return cli->colour ? codes[i % (sizeof(codes) / sizeof(codes[0]))] : "";
}

const char *cli_size_text(uint64_t size, char *buf, size_t room)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB" };
	size_t i = 0;

	while (i + 1 < sizeof(units) / sizeof(units[0]) && size >= 1024 && size % 1024 == 0) {
		size /= 1024;
		i++;
	}
	snprintf(buf, room, "%llu %s", (unsigned long long)size, units[i]);
	return buf;
}

/* ---- The diagram ---------------------------------------------------------------------- */

#define OA_CELL   S2_NR_FIELDS       /* "fields" of the diagram beside the real ones */
#define RES0_CELL (S2_NR_FIELDS + 1)
#define MAX_CELLS 64
#define DIAGRAM_WIDTH 78

/* A run of bits that belong together. */
struct cell {
	unsigned what; /* enum s2_field, OA_CELL or RES0_CELL */
	int high, low;
	char bits[8], value[24], name[16];
	int width;
};

static unsigned owner(const struct s2_format *fmt, const struct s2_desc *desc, int bit)
{
	if ((s2_oa_mask(fmt, desc->type, desc->level) >> bit & 1) != 0)
		return OA_CELL;
	for (unsigned f = 0; f < S2_NR_FIELDS; f++)
		if ((s2_field_mask(fmt, desc->type, desc->level, (enum s2_field)f) >> bit & 1) != 0)
			return f;
	return RES0_CELL;
}

static void short_title(enum s2_field field, char *buf, size_t room)
{
	const char *title = s2_field_title(field);

	snprintf(buf, room, "%.*s", (int)strcspn(title, "["), title);
}

static void fill_cell(struct cell *cell, uint64_t raw)
{
	int bits = cell->high - cell->low + 1;
	uint64_t value = raw >> cell->low & (UINT64_MAX >> (64 - bits));

	if (cell->high == cell->low)
		snprintf(cell->bits, sizeof(cell->bits), "%d", cell->high);
	else
		snprintf(cell->bits, sizeof(cell->bits), "%d:%d", cell->high, cell->low);
	if (cell->what == OA_CELL)
		snprintf(cell->name, sizeof(cell->name), "OA");
	else if (cell->what == RES0_CELL)
		snprintf(cell->name, sizeof(cell->name), "RES0");
	else
		short_title((enum s2_field)cell->what, cell->name, sizeof(cell->name));
	if (bits > 8 && cell->what == OA_CELL) {
		/* As the address that it is part of. */
		snprintf(cell->value, sizeof(cell->value), "0x%llx",
			 (unsigned long long)(value << cell->low));
	} else if (bits > 8) {
		snprintf(cell->value, sizeof(cell->value), "0x%llx", (unsigned long long)value);
	} else {
		for (int i = 0; i < bits; i++)
			cell->value[i] = (value >> (bits - 1 - i) & 1) != 0 ? '1' : '0';
		cell->value[bits] = '\0';
	}
	cell->width = (int)strlen(cell->bits);
	if ((int)strlen(cell->value) > cell->width)
		cell->width = (int)strlen(cell->value);
	if ((int)strlen(cell->name) > cell->width)
		cell->width = (int)strlen(cell->name);
}

static size_t make_cells(const struct s2_format *fmt, const struct s2_desc *desc, uint64_t raw,
			 struct cell cells[MAX_CELLS])
{
	size_t n = 0;

	for (int bit = 63; bit >= 0; bit--) {
		unsigned what = owner(fmt, desc, bit);

		if (n != 0 && cells[n - 1].what == what) {
			cells[n - 1].low = bit;
			continue;
		}
		cells[n++] = (struct cell){ .what = what, .high = bit, .low = bit };
	}
	for (size_t i = 0; i < n; i++)
		fill_cell(&cells[i], raw);
	return n;
}

static void draw_line(struct cli *cli, const struct cell *cells, size_t n)
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

static void draw_row(struct cli *cli, const struct cell *cells, size_t n, enum row row)
{
	fputs("  ", cli->out);
	for (size_t i = 0; i < n; i++) {
		const struct cell *c = &cells[i];
		const char *text = row == ROW_BITS ? c->bits : row == ROW_VALUE ? c->value : c->name;
		const char *colour = c->what == RES0_CELL ? cli_colour(cli, CLI_DIM) :
							    field_colour(cli, c->what);

		bool last = i + 1 == n && row != ROW_VALUE;

		fprintf(cli->out, "%s %s%-*s%s%s", row == ROW_VALUE ? "|" : " ",
			row == ROW_BITS ? cli_colour(cli, CLI_DIM) : colour, last ? 0 : c->width,
			text, cli_colour(cli, CLI_PLAIN), last ? "" : " ");
	}
	fputs(row == ROW_VALUE ? "|\n" : "\n", cli->out);
}

static void draw(struct cli *cli, const struct cell *cells, size_t n)
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

/* ---- The meanings --------------------------------------------------------------------- */

static void print_meanings(struct cli *cli, const struct s2_format *fmt,
			   const struct s2_desc *desc)
{
	for (unsigned f = 0; f < S2_NR_FIELDS; f++) {
		enum s2_field field = (enum s2_field)f;
		char name[24], meaning[96];

		if (s2_field_mask(fmt, desc->type, desc->level, field) == 0)
			continue;
		/* What is absent seldom matters to who looks; the diagram shows it. */
		if (desc->field[f] == 0 && (field == S2_F_FNXS || field >= S2_F_SW ||
					    field == S2_F_NT || field == S2_F_DBM ||
					    field == S2_F_CONTIGUOUS))
			continue;
		short_title(field, name, sizeof(name));
		fprintf(cli->out, "  %s%-10s%s  %s\n", field_colour(cli, f), name,
			cli_colour(cli, CLI_PLAIN),
			s2_field_meaning(fmt, desc->type, field, desc->field[f], meaning,
					 sizeof(meaning)));
	}
}

static void print_guest_view(struct cli *cli, const struct s2_format *fmt,
			     const struct s2_desc *desc)
{
	static const uint8_t types[] = { 0x00, 0x04, 0x44, 0xbb, 0xff };
	bool has_sh = s2_field_mask(fmt, desc->type, desc->level, S2_F_SH) != 0;
	unsigned memattr = (unsigned)desc->field[S2_F_MEMATTR];
	struct s2_attr got[sizeof(types)];
	bool same = true;
	unsigned sh = has_sh ? (unsigned)desc->field[S2_F_SH] : S2_SH_INNER;

	if (s2_memattr_reserved(fmt->fwb, memattr) || sh == S2_SH_RESERVED)
		return;
	for (size_t i = 0; i < sizeof(types); i++) {
		struct s2_attr s1 = { types[i], S2_SH_INNER };

		/* The state is not reserved, so that none of them is. */
		if (s2_attr_combine(fmt->fwb, s1, memattr, sh, &got[i]) != 0)
			return;
		same = same && got[i].mair == got[0].mair && got[i].sh == got[0].sh;
	}
	fprintf(cli->out, "  what the guest gets, %s its own (stage 1) type:\n",
		same ? "whatever" : "by");
	for (size_t i = 0; i < (same ? 1 : sizeof(types)); i++) {
		char from[80], to[80];
		struct cli_flow flow;

		fputs("    ", cli->out);
		if (!same)
			fprintf(cli->out, "%-45s -> ", s2_mair_meaning(types[i], from, sizeof(from)));
		cli_flow_begin(&flow, cli, same ? 4 : 53, same ? 4 : 8);
		cli_flow(&flow, "%s, %s", s2_mair_meaning(got[i].mair, to, sizeof(to)),
			 s2_sh_meaning(got[i].sh));
		cli_flow_end(&flow);
	}
}

static void print_head(struct cli *cli, const struct s2_format *fmt, const struct s2_desc *desc,
		       uint64_t raw)
{
	bool leaf = desc->type == S2_DESC_BLOCK || desc->type == S2_DESC_PAGE;
	const char *granule = s2_granule_name(fmt->granule);
	struct cli_flow flow;
	char size[32];

	fprintf(cli->out, "  %s0x%016llx%s  ", cli_colour(cli, CLI_BOLD), (unsigned long long)raw,
		cli_colour(cli, CLI_PLAIN));
	cli_flow_begin(&flow, cli, 22, 22);
	cli_flow(&flow, "level %d %s, %s granule%s", desc->level, s2_desc_type_name(desc->type),
		 granule, leaf || desc->type == S2_DESC_TABLE ? ":" : "");
	if (leaf)
		cli_flow(&flow, "%s at PA 0x%llx, read with FWB=%d",
			 cli_size_text(s2_level_size(fmt->granule, desc->level), size, sizeof(size)),
			 (unsigned long long)desc->oa, fmt->fwb);
	else if (desc->type == S2_DESC_TABLE)
		cli_flow(&flow, "next table at PA 0x%llx", (unsigned long long)desc->oa);
	cli_flow_end(&flow);
}

void cli_print_descriptor(struct cli *cli, const struct s2_format *fmt, int level, uint64_t raw)
{
	struct cell cells[MAX_CELLS];
	struct s2_lint lints[S2_NR_LINTS];
	struct s2_desc desc;
	size_t n;

	s2_desc_decode(fmt, level, raw, &desc);
	print_head(cli, fmt, &desc, raw);
	fputc('\n', cli->out);
	draw(cli, cells, make_cells(fmt, &desc, raw, cells));
	fputc('\n', cli->out);
	print_meanings(cli, fmt, &desc);
	n = s2_desc_lint(fmt, level, raw, lints, S2_NR_LINTS);
	for (size_t i = 0; i < n; i++)
		fprintf(cli->out, "  %s%s%s: %s\n", cli_colour(cli, CLI_WARN),
			s2_lint_name(lints[i].id), cli_colour(cli, CLI_PLAIN), lints[i].message);
	if (desc.type == S2_DESC_BLOCK || desc.type == S2_DESC_PAGE)
		print_guest_view(cli, fmt, &desc);
}

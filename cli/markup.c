/* SPDX-License-Identifier: MIT */
#include "markup.h"

#include <stdarg.h>
#include <string.h>

#include "utf8.h"

/* ---- Text ------------------------------------------------------------------------------- */

/* Bytes of the character at @at that XML 1.0 may hold, 0 if it may not, or is no UTF-8. */
static size_t character(const char *at)
{
	return *at == '\t' || *at == '\n' ? 1 : utf8_printable(at);
}

void markup_text(FILE *out, const char *text)
{
	markup_part(out, text, strlen(text));
}

void markup_part(FILE *out, const char *text, size_t length)
{
	static const struct {
		char c;
		const char *as;
	} escapes[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
			{ '\'', "&#39;" } };
	const char *at = text, *end = at + length;

	while (at < end) {
		size_t n = character(at);
		const char *as = n == 0 ? "\xef\xbf\xbd" : NULL;

		for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
			if (*at == escapes[i].c)
				as = escapes[i].as;
		if (as != NULL)
			fputs(as, out);
		else
			fwrite(at, 1, n, out);
		at += n != 0 ? n : 1;
	}
}

void markup_printf(FILE *out, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	markup_text(out, text);
}

/* ---- Style ------------------------------------------------------------------------------- */

#define LIGHT                                                                                      \
	"--page:#ffffff;--card:#f7f8fa;--ink:#1a1f26;--soft:#57606c;--line:#d5dae1;--link:#0b57b7;" \
	"--good:#1b6b34;--bad:#b3261e;--warn:#8a5a00;--hit:#fff3c4;"                                 \
	"--f0:#d3edf5;--s0:#1f7893;--f1:#f7e6b8;--s1:#8f6400;--f2:#f3daf0;--s2:#8d3f86;"             \
	"--f3:#d5eed6;--s3:#2a7437;--f4:#dae3fb;--s4:#3457b8;--f5:#fbdad5;--s5:#ab3c2c;"
#define DARK                                                                                       \
	"--page:#12161b;--card:#1a2027;--ink:#e8ebef;--soft:#a3adb9;--line:#343d48;--link:#8ab8ff;"  \
	"--good:#7fd394;--bad:#ff9c90;--warn:#e8bd62;--hit:#4a3d10;"                                 \
	"--f0:#123945;--s0:#6cc3dd;--f1:#41330d;--s1:#dcb052;--f2:#3f1f3c;--s2:#dc93d3;"             \
	"--f3:#173a1e;--s3:#78c985;--f4:#1d2e5c;--s4:#94b1fa;--f5:#4a211b;--s5:#f29a8b;"

void markup_bits_style(FILE *out)
{
	fputs(":root{color-scheme:light dark;" LIGHT "}"
	      "@media (prefers-color-scheme:dark){:root{" DARK "}}"
	      "@media print{:root{color-scheme:light;" LIGHT "}}\n"
	      "svg text{font-family:system-ui,-apple-system,\"Segoe UI\",\"DejaVu Sans\","
	"sans-serif;"
	      "fill:var(--ink)}\n"
	      "svg .m{font-family:ui-monospace,\"SF Mono\",Menlo,Consolas,\"DejaVu Sans Mono\","
	"monospace}\n"
	      "svg .no{font-size:10px;fill:var(--soft)}"
	      "svg .name{font-size:11px}"
	      "svg .bit{font-size:14px;text-anchor:middle}"
	      "svg .faint{fill:var(--soft)}\n", out);
	for (int i = 0; i < 6; i++)
		fprintf(out, "svg .c%d{fill:var(--f%d);stroke:var(--s%d)}", i, i, i);
	fputs("svg .r{fill:var(--page);stroke:var(--line)}\n", out);
}

/* ---- Bits --------------------------------------------------------------------------------- */

static void class_of(const struct diagram_cell *cell, char buf[4])
{
	snprintf(buf, 4, "c%u", cell->colour % 6);
	if (cell->reserved)
		strcpy(buf, "r");
}

/* As much of the name as has room under the bits, and a little beside them. */
static void fit_name(const struct diagram_cell *cell, int width, char buf[16])
{
	int room = (width + MARKUP_BIT) / 6;

	snprintf(buf, 16, "%s", cell->name);
	if ((int)strlen(buf) > room)
		snprintf(buf, 16, "%.4s.", cell->name);
}

/* The part of a cell that is in the row whose highest bit is @top. */
static void draw_part(FILE *out, const struct diagram_cell *cell, uint64_t raw, int high, int low,
		      int x, int y, int *labelled)
{
	int width = (high - low + 1) * MARKUP_BIT, name_width, at;
	char class[4], name[16];

	class_of(cell, class);
	fit_name(cell, width, name);
	name_width = (int)strlen(name) * 6 + 2;
	fprintf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"28\"/>", class, x,
		y + 14, width);
	for (int bit = high - 1; bit >= low; bit--)
		fprintf(out, "<path class=\"%s\" d=\"M%d %dv4\"/>", class, x + (high - bit) * MARKUP_BIT,
			y + 38);
	fprintf(out, "<text class=\"bit m%s\" y=\"%d\" x=\"", cell->reserved ? " faint" : "", y + 33);
	for (int bit = high; bit >= low; bit--)
		fprintf(out, "%s%d", bit == high ? "" : " ",
			x + (high - bit) * MARKUP_BIT + MARKUP_BIT / 2);
	fputs("\">", out);
	for (int bit = high; bit >= low; bit--)
		fputc((raw >> bit & 1) != 0 ? '1' : '0', out);
	fputs("</text>", out);
	fprintf(out, "<text class=\"no m\" x=\"%d\" y=\"%d\">%d</text>", x + 2, y + 10, high);
	if (high != low)
		fprintf(out, "<text class=\"no m\" text-anchor=\"end\" x=\"%d\" y=\"%d\">%d</text>",
			x + width - 2, y + 10, low);
	/* A name that is wider than its bits leans to where there is room. */
	at = x + (width - name_width) / 2;
	if (at < *labelled)
		at = *labelled;
	if (cell->reserved || at > x + width - 8)
		return;
	fprintf(out, "<text class=\"name\" x=\"%d\" y=\"%d\">", at, y + 54);
	markup_text(out, name);
	fputs("</text>", out);
	*labelled = at + name_width + 4;
}

int markup_bits(FILE *out, const struct reading *r, uint64_t raw, int x, int y, int per_row)
{
	int rows = 64 / per_row;

	for (int row = 0; row < rows; row++) {
		int top = 63 - row * per_row, bottom = top - per_row + 1, labelled = x;

		for (size_t i = 0; i < r->n_cells; i++) {
			const struct diagram_cell *cell = &r->cells[i];
			int high = cell->high < top ? cell->high : top;
			int low = cell->low > bottom ? cell->low : bottom;

			if (high >= low)
				draw_part(out, cell, raw, high, low, x + (top - high) * MARKUP_BIT, y,
					  &labelled);
		}
		fputc('\n', out);
		y += MARKUP_BITS_ROW;
	}
	return rows * MARKUP_BITS_ROW;
}

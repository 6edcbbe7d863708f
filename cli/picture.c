/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <stdarg.h>
#include <string.h>

#define MARGIN 24
#define LINE 20
#define PER_ROW 32
#define WIDTH (PER_ROW * MARKUP_BIT + 2 * MARGIN)
#define BITS_HEIGHT (64 / PER_ROW * MARKUP_BITS_ROW)

void picture_begin(FILE *out, int width, int height, const char *title)
{
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
		     "height=\"%d\" role=\"img\">\n<title>", width, height, width, height);
	markup_text(out, title);
	fputs("</title>\n<style>\n", out);
	markup_bits_style(out);
	fputs("svg .h{font-size:16px;font-weight:600}svg .t{font-size:13px}svg .title{"
	      "font-size:15px;font-weight:600}svg .b{font-weight:600}"
	      "svg .bad{fill:var(--bad)}svg .warn{fill:var(--warn)}svg .page{fill:var(--page)}"
	      "svg .band{fill:var(--card);stroke:var(--line)}"
	      "svg .dash{stroke:var(--soft);stroke-dasharray:3 5;fill:none}\n</style>\n", out);
	fprintf(out, "<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", width, height);
}

void picture_end(FILE *out)
{
	fputs("</svg>\n", out);
}

void picture_text(FILE *out, const char *class, int x, int y, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(out, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class, x, y);
	markup_text(out, text);
	fputs("</text>\n", out);
}

size_t picture_cut(const char *text, size_t most)
{
	size_t n = strnlen(text, most + 1);

	if (n <= most)
		return n;
	for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
		n--;
	return n;
}

/* What stands below the bits. */
static int lines_of(const struct reading *r)
{
	return (int)(r->n_fields + r->n_lints + r->n_guest + (r->n_guest != 0));
}

static int height_of(const struct reading *r)
{
	return MARGIN + 24 + BITS_HEIGHT + 8 + lines_of(r) * LINE + MARGIN;
}

static void draw_lines(FILE *out, const struct reading *r, int y)
{
	for (size_t i = 0; i < r->n_fields; i++, y += LINE) {
		const struct reading_field *f = &r->fields[i];

		fprintf(out, "<rect class=\"c%u\" x=\"%d\" y=\"%d\" width=\"11\" height=\"11\"/>",
			f->colour % 6, MARGIN, y - 10);
		picture_text(out, "t m faint", MARGIN + 20, y, "%s", f->bits);
		picture_text(out, "t b", MARGIN + 80, y, "%s", f->name);
		picture_text(out, "t", MARGIN + 180, y, "%s", f->meaning);
	}
	for (size_t i = 0; i < r->n_lints; i++, y += LINE)
		picture_text(out, "t bad", MARGIN, y, "%s: %s", s2_lint_name(r->lints[i].id),
			     r->lints[i].message);
	if (r->n_guest == 0)
		return;
	picture_text(out, "t faint", MARGIN, y, "What the guest gets, %s its own (stage 1) type:",
		     r->n_guest == 1 ? "whatever" : "by");
	for (size_t i = 0; i < r->n_guest; i++) {
		y += LINE;
		if (r->n_guest > 1)
			picture_text(out, "t", MARGIN + 20, y, "%s", r->guest[i].from);
		picture_text(out, "t b", MARGIN + (r->n_guest > 1 ? 360 : 20), y, "%s", r->guest[i].to);
	}
}

static void draw_descriptor(FILE *out, const struct reading *r, uint64_t raw, int y)
{
	y += MARGIN + 8;
	fprintf(out, "<text class=\"h m\" x=\"%d\" y=\"%d\">0x%016llx</text>", MARGIN, y,
		(unsigned long long)raw);
	picture_text(out, "t faint", MARGIN + 200, y, "%s", r->head);
	y += 16;
	y += markup_bits(out, r, raw, MARGIN, y, PER_ROW);
	draw_lines(out, r, y + 8 + LINE - 6);
}

void picture_descriptors(FILE *out, const struct s2_format *fmt,
			 const struct s2_json_descriptor *descs, size_t n)
{
	struct reading r;
	char title[64];
	int height = 0;

	for (size_t i = 0; i < n; i++) {
		reading_of(&r, fmt, descs[i].level, descs[i].raw);
		height += height_of(&r);
	}
	snprintf(title, sizeof(title), "stage-2 descriptor%s 0x%016llx%s", n > 1 ? "s" : "",
		 (unsigned long long)descs[0].raw, n > 1 ? "..." : "");
	picture_begin(out, WIDTH, height, title);
	height = 0;
	for (size_t i = 0; i < n; i++) {
		reading_of(&r, fmt, descs[i].level, descs[i].raw);
		draw_descriptor(out, &r, descs[i].raw, height);
		height += height_of(&r);
	}
	picture_end(out);
}

/* SPDX-License-Identifier: MIT */
/*
 * A report as a page of HTML: one file that needs no other, reads without scripts and prints;
 * a script lets one sort and filter. It is XML, too. Scenarios are run, so that the page shows
 * the descriptors that they end with.
 */
#include "report.h"

#include <string.h>

#include "page.h"

static FILE *out_of(const struct report *r)
{
	return r->cli->out;
}

/* ---- The page ----------------------------------------------------------------------------- */

static void begin(struct report *r, const char *title)
{
	page_begin(out_of(r), title);
}

/* Parts and what they are in close where the next one begins. */
static void close_part(struct report *r)
{
	if (r->open_part)
		fputs("</section>\n", out_of(r));
	r->open_part = false;
}

static void end(struct report *r)
{
	close_part(r);
	page_end(out_of(r), r->cli->argc, r->cli->argv);
}

/* ---- Numbers ------------------------------------------------------------------------------- */

static bool is_number(const char *text)
{
	return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

/* Digits in groups of three, with no character between them that a copy would have. */
static void write_number(FILE *out, const char *digits, size_t n)
{
	size_t first = (n - 1) % 3 + 1;

	fprintf(out, "%.*s", (int)first, digits);
	for (size_t i = first; i < n; i += 3)
		fprintf(out, "<i>%.3s</i>", digits + i);
}

/* Prose, and long numbers in it as in tables. */
static void write_prose(FILE *out, const char *text)
{
	bool word = false; /* the character before is part of one */

	while (*text != '\0') {
		size_t plain = strcspn(text, "0123456789"), digits = strspn(text + plain, "0123456789");
		bool number = digits > 4 && (plain != 0 ? text[plain - 1] == ' ' : !word);

		markup_part(out, text, plain);
		text += plain;
		if (number && strchr(" .:", text[digits]) != NULL) {
			fputs("<span class=\"n\">", out);
			write_number(out, text, digits);
			fputs("</span>", out);
		} else {
			markup_part(out, text, digits);
		}
		text += digits;
		word = true;
	}
}

/* ---- Headings ------------------------------------------------------------------------------ */

/* "EINVAL -> installs R: 720 states": what was, what is, how many. */
static void write_title(FILE *out, const char *text)
{
	const char *arrow = strstr(text, " -> "), *colon = strstr(text, ": ");
	const char *from = arrow != NULL ? arrow + 4 : text;

	if (colon != NULL && colon < from)
		colon = NULL;
	if (arrow != NULL) {
		fputs("<span class=\"to\">", out);
		markup_part(out, text, (size_t)(arrow - text));
		fputs(" \xe2\x86\x92 </span>", out);
	}
	markup_part(out, from, colon != NULL ? (size_t)(colon - from) : strlen(from));
	if (colon == NULL)
		return;
	fputs(" <span class=\"count\">", out);
	write_prose(out, colon + 2);
	fputs("</span>", out);
}

static void write_heading(struct report *r, unsigned level, const char *text)
{
	FILE *out = out_of(r);
	/* The first one is the page's; none is skipped. */
	unsigned tag = r->headings == 0 ? 1 : level < 2 ? 2 : level > 3 ? 4 : level;

	close_part(r);
	if (level < 4) {
		fprintf(out, "<h%u id=\"h%u\">", tag, r->headings);
		markup_text(out, text);
		fprintf(out, "</h%u>\n", tag);
		return;
	}
	if (!r->tools)
		page_filter(out);
	r->tools = true;
	fprintf(out, "<section class=\"part\" id=\"h%u\">\n<h%u>", r->headings, tag);
	write_title(out, text);
	fprintf(out, "</h%u>\n", tag);
	r->open_part = true;
}

static void write_paragraph(struct report *r, const char *name, const char *text)
{
	FILE *out = out_of(r);

	fputs("<p>", out);
	if (name != NULL) {
		fputs("<code>", out);
		markup_text(out, name);
		fputs("</code> ", out);
	}
	write_prose(out, text);
	fputs("</p>\n", out);
}

/* ---- Tables ------------------------------------------------------------------------------- */

/* A column of numbers has no other cells, but for what catches the eye. */
static bool is_number_column(const struct report_table *t, size_t lines, size_t column)
{
	for (size_t line = 1; line < lines; line++) {
		const struct report_table_cell *cell = &t->cells[line * t->columns + column];

		if (!cell->bad && !is_number(cell->text))
			return false;
	}
	return lines > 1;
}

static void write_cell(struct report *r, const struct report_table *t, size_t line, size_t column,
		       bool number)
{
	const struct report_table_cell *cell = &t->cells[line * t->columns + column];
	const char *tag = line == 0 ? "th" : "td";
	FILE *out = out_of(r);

	fprintf(out, "<%s%s", tag, number ? " class=\"n\"" : "");
	if (line != 0) {
		fputs(" data-head=\"", out);
		markup_text(out, t->cells[column].text);
		fputc('"', out);
	}
	fputc('>', out);
	if (line != 0 && column == 0 && t->headed)
		fprintf(out, "<a href=\"#h%zu\">", r->headings + line - 1);
	fputs(cell->bad ? "<span class=\"bad\">" : "", out);
	if (line != 0 && is_number(cell->text))
		write_number(out, cell->text, strlen(cell->text));
	else
		markup_text(out, cell->text);
	fputs(cell->bad ? "</span>" : "", out);
	fputs(line != 0 && column == 0 && t->headed ? "</a>" : "", out);
	fprintf(out, "</%s>", tag);
}

static void write_table(struct report *r, const struct report_table *t, size_t lines)
{
	bool number[REPORT_MAX_COLUMNS];
	FILE *out = out_of(r);

	for (size_t c = 0; c < t->columns; c++)
		number[c] = is_number_column(t, lines, c);
	fputs("<div class=\"scroll\"><table class=\"sorts wide\">\n<thead>", out);
	for (size_t line = 0; line < lines; line++) {
		fputs("<tr>", out);
		for (size_t c = 0; c < t->columns; c++)
			write_cell(r, t, line, c, number[c]);
		fputs(line == 0 ? "</tr></thead>\n<tbody>\n" : "</tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

/* ---- Conditions ---------------------------------------------------------------------------- */

static void write_when(FILE *out, const struct report_literals *a, const struct report_literals *b)
{
	const struct report_literals *both[] = { a, b };
	const char *before = "";

	fputs(" data-when=\"", out);
	for (size_t k = 0; k < 2; k++) {
		for (unsigned i = 0; both[k] != NULL && i < 64; i++) {
			if ((both[k]->mask >> i & 1) == 0)
				continue;
			fprintf(out, "%s%s", before, report_not(both[k], i));
			markup_text(out, both[k]->name(both[k]->names, i));
			before = ", ";
		}
	}
	fputc('"', out);
}

static void write_literals(FILE *out, const struct report_literals *l, bool only)
{
	fputs("<ul class=\"facts\"", out);
	if (only)
		write_when(out, l, NULL);
	fputs("><li class=\"label\">when</li>", out);
	for (unsigned i = 0; i < 64; i++) {
		bool yes = (l->value >> i & 1) != 0;

		if ((l->mask >> i & 1) == 0)
			continue;
		fprintf(out, "<li class=\"fact%s\">", yes ? "" : " not");
		fputs(yes ? "<b>" : "not ", out);
		markup_text(out, l->name(l->names, i));
		fputs(yes ? "</b></li>" : "</li>", out);
	}
	fputs(l->mask == 0 ? "<li>always</li></ul>\n" : "</ul>\n", out);
}

/* One alternative a row, one fact a column. */
static void write_matrix(FILE *out, const struct report_literals *common,
			 const struct report_literals *more, size_t n)
{
	uint64_t columns = 0;

	for (size_t i = 0; i < n; i++)
		columns |= more[i].mask;
	fputs("<div class=\"scroll\"><table class=\"sorts matrix\">\n<thead><tr><th></th>", out);
	for (unsigned f = 0; f < 64; f++) {
		if ((columns >> f & 1) == 0)
			continue;
		fputs("<th><span>", out);
		markup_text(out, common->name(common->names, f));
		fputs("</span></th>", out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < n; i++) {
		fputs("<tr", out);
		write_when(out, common, &more[i]);
		fprintf(out, "><th>%zu</th>", i + 1);
		for (unsigned f = 0; f < 64; f++) {
			if ((columns >> f & 1) == 0)
				continue;
			if ((more[i].mask >> f & 1) == 0)
				fputs("<td></td>", out);
			else if ((more[i].value >> f & 1) != 0)
				fputs("<td class=\"yes\">yes</td>", out);
			else
				fputs("<td class=\"no\">no</td>", out);
		}
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

static void write_conditions(struct report *r, const struct report_literals *common,
			     const struct report_literals *more, size_t n)
{
	FILE *out = out_of(r);

	write_literals(out, common, n == 0);
	if (n == 0)
		return;
	fprintf(out, "<p>and one of these %zu:</p>\n", n);
	write_matrix(out, common, more, n);
}

/* ---- Scenarios ------------------------------------------------------------------------------ */

static void write_scenario(struct report *r, const char *scenario,
			   const struct s2_json_kernel *const *kernels)
{
	FILE *out = out_of(r);

	r->cli->out_of_memory |= !page_scenario(out, scenario, kernels);
	fputs("<details><summary>scenario to replay</summary><pre>", out);
	markup_text(out, scenario);
	fputs("</pre></details>\n", out);
}

const struct report_writer report_html = {
	.begin = begin, .end = end, .heading = write_heading, .paragraph = write_paragraph,
	.table = write_table, .conditions = write_conditions, .scenario = write_scenario,
};

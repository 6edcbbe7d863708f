/* SPDX-License-Identifier: MIT */
/* A report as text, and as Markdown. */
#include "report.h"

#include <string.h>

static bool is_markdown(const struct report *r)
{
	return r->writer == &report_markdown;
}

static void write_heading(struct report *r, unsigned level, const char *text)
{
	FILE *out = r->cli->out;

	if (is_markdown(r))
		fprintf(out, "%.*s %s\n\n", (int)level, "####", text);
	else
		fprintf(out, "%s%s%s\n\n", cli_colour(r->cli, CLI_BOLD), text,
			cli_colour(r->cli, CLI_PLAIN));
}

static void write_paragraph(struct report *r, const char *name, const char *text)
{
	const char *mark = is_markdown(r) ? "`" : "";

	if (name != NULL)
		fprintf(r->cli->out, "%s%s%s ", mark, name, mark);
	fprintf(r->cli->out, "%s\n\n", text);
}

/* Of a cell: its text, and what marks it as bad. */
static const char *mark_of(const struct report *r, const struct report_table_cell *cell)
{
	return cell->bad && is_markdown(r) ? "**" : "";
}

static size_t width_of(const struct report *r, const struct report_table_cell *cell)
{
	return strlen(cell->text) + 2 * strlen(mark_of(r, cell));
}

static void write_rule(const struct report_table *t, const size_t *width)
{
	FILE *out = t->r->cli->out;

	for (size_t c = 0; c < t->columns; c++) {
		fputc('|', out);
		for (size_t i = 0; i < width[c] + 2; i++)
			fputc('-', out);
		fputs(c + 1 == t->columns ? "|\n" : "", out);
	}
}

static void write_table(struct report *r, const struct report_table *t, size_t lines)
{
	FILE *out = r->cli->out;
	size_t width[REPORT_MAX_COLUMNS] = { 0 };

	for (size_t i = 0; i < lines * t->columns; i++) {
		size_t len = width_of(r, &t->cells[i]);

		if (len > width[i % t->columns])
			width[i % t->columns] = len;
	}
	for (size_t line = 0; line < lines; line++) {
		for (size_t c = 0; c < t->columns; c++) {
			const struct report_table_cell *cell = &t->cells[line * t->columns + c];
			const char *mark = mark_of(r, cell);
			bool last = c + 1 == t->columns && !is_markdown(r);

			fprintf(out, "%s%s%s%s", is_markdown(r) ? "| " : "  ", mark, cell->text, mark);
			for (size_t i = width_of(r, cell); !last && i < width[c]; i++)
				fputc(' ', out);
			fputs(is_markdown(r) ? " " : "", out);
		}
		fputs(is_markdown(r) ? "|\n" : "\n", out);
		if (line == 0 && is_markdown(r))
			write_rule(t, width);
	}
	fputc('\n', out);
}

static void write_literals(const struct report *r, const struct report_literals *l)
{
	const char *before = "";

	for (unsigned i = 0; i < 64; i++) {
		if ((l->mask >> i & 1) == 0)
			continue;
		fprintf(r->cli->out, "%s%s%s", before, report_not(l, i), l->name(l->names, i));
		before = ", ";
	}
	fputs(l->mask == 0 ? "always\n" : "\n", r->cli->out);
}

static void write_conditions(struct report *r, const struct report_literals *common,
			     const struct report_literals *more, size_t n)
{
	fputs(is_markdown(r) ? "- when " : "  when ", r->cli->out);
	write_literals(r, common);
	for (size_t i = 0; i < n; i++) {
		fprintf(r->cli->out, "%s%s ", is_markdown(r) ? "  - " : "       ",
			i == 0 ? "and" : "or ");
		write_literals(r, &more[i]);
	}
	fputc('\n', r->cli->out);
}

static void write_scenario(struct report *r, const char *scenario,
			   const struct s2_json_kernel *const *kernels)
{
	(void)kernels;
	fprintf(r->cli->out, is_markdown(r) ? "```json\n%s\n```\n\n" : "  replay: %s\n\n", scenario);
}

const struct report_writer report_text = {
	.heading = write_heading, .paragraph = write_paragraph, .table = write_table,
	.conditions = write_conditions, .scenario = write_scenario,
};

const struct report_writer report_markdown = {
	.heading = write_heading, .paragraph = write_paragraph, .table = write_table,
	.conditions = write_conditions, .scenario = write_scenario,
};

/* SPDX-License-Identifier: MIT */
/* Parts of a document, as text or as Markdown. */
#include "report.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int cli_report_format(struct cli *cli, const struct cli_args *args, enum cli_format *format)
{
	static const struct s2_name names[] = { { "json", CLI_FORMAT_JSON },
						{ "text", CLI_FORMAT_TEXT },
						{ "markdown", CLI_FORMAT_MARKDOWN },
						{ NULL, 0 } };
	const char *text = cli_option(args, "format");
	/* A part of a sweep is for merge, whoever asks. */
	bool people = cli->prefer_text && cli_option(args, "shard") == NULL;
	uint64_t value = people ? CLI_FORMAT_TEXT : CLI_FORMAT_JSON;

	if (text != NULL && s2_name_find(names, NULL, text, &value) != 0)
		return cli_bad_option(cli, "format", "\"%s\": expected json, text or markdown", text);
	*format = (enum cli_format)value;
	return CLI_OK;
}

void report_heading(const struct report *r, unsigned level, const char *fmt, ...)
{
	FILE *out = r->cli->out;
	va_list ap;

	cli_progress_hide(r->cli);
	fputs(r->markdown ? "" : cli_colour(r->cli, CLI_BOLD), out);
	if (r->markdown)
		fprintf(out, "%.*s ", (int)level, "####");
	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	fprintf(out, "%s\n\n", r->markdown ? "" : cli_colour(r->cli, CLI_PLAIN));
}

void report_paragraph(const struct report *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(r->cli->out, fmt, ap);
	va_end(ap);
	fputs("\n\n", r->cli->out);
}

/* ---- Tables --------------------------------------------------------------------------- */

static bool grow(struct report_table *t)
{
	size_t room = t->room != 0 ? t->room * 2 : 64;
	char **grown = realloc(t->cells, room * sizeof(*grown));

	if (grown == NULL)
		return false;
	t->cells = grown;
	t->room = room;
	return true;
}

void report_table_begin(struct report_table *t, const struct report *r, size_t columns,
			const char *const *heads)
{
	*t = (struct report_table){ .r = r, .columns = columns };
	for (size_t i = 0; i < columns; i++)
		report_cell(t, "%s", heads[i]);
}

void report_cell(struct report_table *t, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* Without memory the table ends where it is, as a shorter one would; cli_flush() tells. */
	if (!t->failed && (t->n < t->room || grow(t))) {
		t->cells[t->n] = strdup(text);
		if (t->cells[t->n] != NULL) {
			t->n++;
			return;
		}
	}
	t->failed = true;
	t->r->cli->out_of_memory = true;
}

void report_table_end(struct report_table *t)
{
	FILE *out = t->r->cli->out;
	size_t width[REPORT_MAX_COLUMNS] = { 0 }, lines = t->n / t->columns;

	for (size_t i = 0; i < lines * t->columns; i++) {
		size_t len = strlen(t->cells[i]);

		if (len > width[i % t->columns])
			width[i % t->columns] = len;
	}
	for (size_t line = 0; line < lines; line++) {
		for (size_t c = 0; c < t->columns; c++) {
			bool last = c + 1 == t->columns;
			const char *text = t->cells[line * t->columns + c];

			if (t->r->markdown)
				fprintf(out, "| %-*s ", (int)width[c], text);
			else
				fprintf(out, "  %-*s", last ? 0 : (int)width[c], text);
		}
		fputs(t->r->markdown ? "|\n" : "\n", out);
		for (size_t c = 0; line == 0 && t->r->markdown && c < t->columns; c++) {
			fputc('|', out);
			for (size_t i = 0; i < width[c] + 2; i++)
				fputc('-', out);
			fputs(c + 1 == t->columns ? "|\n" : "", out);
		}
	}
	fputc('\n', out);
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
}

/* ---- Conditions and scenarios ----------------------------------------------------------- */

static void print_cond(const struct report *r, uint64_t mask, uint64_t value,
		       const char *(*name)(const void *names, unsigned fact), const void *names)
{
	const char *before = "";

	for (unsigned i = 0; i < 64; i++) {
		if ((mask >> i & 1) == 0)
			continue;
		fprintf(r->cli->out, "%s%s%s", before, (value >> i & 1) != 0 ? "" : "not ",
			name(names, i));
		before = ", ";
	}
	fputs(mask == 0 ? "always\n" : "\n", r->cli->out);
}

void report_conditions(const struct report *r, const struct s2_cover *cover,
		       const char *(*name)(const void *names, unsigned fact), const void *names)
{
	uint64_t common = UINT64_MAX, first = cover->n != 0 ? cover->conds[0].value : 0;

	for (size_t i = 0; i < cover->n; i++)
		common &= cover->conds[i].mask & ~(cover->conds[i].value ^ first);
	if (cover->n == 0)
		return;
	fputs(r->markdown ? "- when " : "  when ", r->cli->out);
	print_cond(r, common, first & common, name, names);
	for (size_t i = 0; cover->n > 1 && i < cover->n; i++) {
		fprintf(r->cli->out, "%s%s ", r->markdown ? "  - " : "       ",
			i == 0 ? "and" : "or ");
		print_cond(r, cover->conds[i].mask & ~common, cover->conds[i].value & ~common, name,
			   names);
	}
	fputc('\n', r->cli->out);
}

void report_scenario(const struct report *r, const struct s2_json_witness *witness)
{
	struct s2_json_sink sink = cli_sink(r->cli);

	fputs(r->markdown ? "```json\n" : "  replay: ", r->cli->out);
	s2_witness_print(witness, S2_JSON_LINE, &sink);
	fputs(r->markdown ? "```\n\n" : "\n", r->cli->out);
}

void report_assumptions(const struct report *r, uint64_t states, unsigned assumptions)
{
	char text[256] = "";
	size_t n = 0;

	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		if ((assumptions >> i & 1) != 0 && n < sizeof(text))
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
					      n != 0 ? ", " : " under ", s2_assumptions[i].id);
	report_paragraph(r, "%llu states%s.", (unsigned long long)states, text);
}

const char *report_state_fact(const void *explorer, unsigned fact)
{
	return s2_explorer_fact_name(explorer, fact);
}

const char *report_size_fact(const void *unused, unsigned fact)
{
	(void)unused;
	return s2_size_facts[fact].id;
}

/* SPDX-License-Identifier: MIT */
/* Parts of a document; how each is written is its writer's. */
#include "report.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int cli_report_format(struct cli *cli, const struct cli_args *args, enum cli_format *format)
{
	static const struct s2_name names[] = { { "json", CLI_FORMAT_JSON },
						{ "text", CLI_FORMAT_TEXT },
						{ "markdown", CLI_FORMAT_MARKDOWN },
						{ "html", CLI_FORMAT_HTML },
						{ NULL, 0 } };
	const char *text = cli_option(args, "format");
	/* A part of a sweep is for merge, whoever asks. */
	bool people = cli->prefer_text && cli_option(args, "shard") == NULL;
	uint64_t value = people ? CLI_FORMAT_TEXT : CLI_FORMAT_JSON;

	if (text != NULL && s2_name_find(names, NULL, text, &value) != 0)
		return cli_bad_option(cli, "format", "\"%s\": expected json, text, markdown or html",
				      text);
	*format = (enum cli_format)value;
	return CLI_OK;
}

void report_begin(struct report *r, struct cli *cli, enum cli_format format)
{
	*r = (struct report){ .cli = cli, .writer = format == CLI_FORMAT_HTML	? &report_html :
						    format == CLI_FORMAT_MARKDOWN ? &report_markdown :
										    &report_text };
}

void report_end(struct report *r)
{
	if (r->writer->end != NULL && r->headings != 0)
		r->writer->end(r);
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 0)))
#endif
static char *formatted(struct report *r, const char *fmt, va_list ap)
{
	va_list again;
	int n;
	char *text;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	text = n >= 0 ? malloc((size_t)n + 1) : NULL;
	if (text != NULL)
		vsnprintf(text, (size_t)n + 1, fmt, ap);
	else
		r->cli->out_of_memory = true;
	return text;
}

void report_heading(struct report *r, unsigned level, const char *fmt, ...)
{
	char *text;
	va_list ap;

	cli_progress_hide(r->cli);
	va_start(ap, fmt);
	text = formatted(r, fmt, ap);
	va_end(ap);
	if (text == NULL)
		return;
	if (r->headings == 0 && r->writer->begin != NULL)
		r->writer->begin(r, text);
	r->writer->heading(r, level, text);
	r->headings++;
	free(text);
}

void report_paragraph(struct report *r, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	text = formatted(r, fmt, ap);
	va_end(ap);
	if (text != NULL)
		r->writer->paragraph(r, NULL, text);
	free(text);
}

void report_named(struct report *r, const char *name, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	text = formatted(r, fmt, ap);
	va_end(ap);
	if (text != NULL)
		r->writer->paragraph(r, name, text);
	free(text);
}

/* ---- Tables --------------------------------------------------------------------------- */

static bool grow(struct report_table *t)
{
	size_t room = t->room != 0 ? t->room * 2 : 64;
	struct report_table_cell *grown = realloc(t->cells, room * sizeof(*grown));

	if (grown == NULL)
		return false;
	t->cells = grown;
	t->room = room;
	return true;
}

void report_table_begin(struct report_table *t, struct report *r, size_t columns,
			const char *const *heads)
{
	*t = (struct report_table){ .r = r, .columns = columns };
	for (size_t i = 0; i < columns; i++)
		report_cell(t, "%s", heads[i]);
}

static void add_cell(struct report_table *t, char *text, bool bad)
{
	/* Without memory the table ends where it is, as a shorter one would; cli_flush() tells. */
	if (t->failed || text == NULL || (t->n == t->room && !grow(t))) {
		t->failed = true;
		t->r->cli->out_of_memory = true;
		free(text);
		return;
	}
	t->cells[t->n++] = (struct report_table_cell){ text, bad };
}

void report_cell(struct report_table *t, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	text = formatted(t->r, fmt, ap);
	va_end(ap);
	add_cell(t, text, false);
}

void report_bad_cell(struct report_table *t, const char *text)
{
	add_cell(t, strdup(text), true);
}

void report_table_end(struct report_table *t)
{
	t->r->writer->table(t->r, t, t->n / t->columns);
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i].text);
	free(t->cells);
}

/* ---- Conditions and scenarios ----------------------------------------------------------- */

void report_conditions(struct report *r, const struct s2_cover *cover, report_name_fn *name,
		       const void *names)
{
	uint64_t common = UINT64_MAX, first = cover->n != 0 ? cover->conds[0].value : 0;
	struct report_literals all = { name, names, 0, 0 }, *more;

	if (cover->n == 0)
		return;
	for (size_t i = 0; i < cover->n; i++)
		common &= cover->conds[i].mask & ~(cover->conds[i].value ^ first);
	all.mask = common;
	all.value = first & common;
	more = calloc(cover->n, sizeof(*more));
	if (more == NULL) {
		r->cli->out_of_memory = true;
		return;
	}
	for (size_t i = 0; i < cover->n; i++)
		more[i] = (struct report_literals){ name, names, cover->conds[i].mask & ~common,
						    cover->conds[i].value & ~common };
	r->writer->conditions(r, &all, more, cover->n > 1 ? cover->n : 0);
	free(more);
}

static void write_scenario(struct report *r, struct cli_buffer *text,
			   const struct s2_json_kernel *kernel, const struct s2_json_kernel *other)
{
	const struct s2_json_kernel *kernels[] = { kernel, other, NULL };
	struct s2_json_sink sink = cli_buffer_sink(text);

	/* Its end: a line, and a string. */
	if (text->n != 0 && text->data[text->n - 1] == '\n')
		text->n--;
	if (sink.write(sink.arg, "", 1) == 0)
		r->writer->scenario(r, text->data, kernels);
	else
		r->cli->out_of_memory = true;
	free(text->data);
}

void report_scenario(struct report *r, const struct s2_json_witness *witness,
		     const struct s2_json_kernel *other)
{
	struct cli_buffer text = { NULL, 0, 0 };
	struct s2_json_sink sink = cli_buffer_sink(&text);

	if (s2_witness_print(witness, S2_JSON_LINE, &sink) != 0)
		r->cli->out_of_memory = true;
	write_scenario(r, &text, witness->kernel, other);
}

void report_table_scenario(struct report *r, const struct s2_table_invariant *inv,
			   const struct s2_json_kernel *kernel)
{
	struct cli_buffer text = { NULL, 0, 0 };
	struct s2_json_sink sink = cli_buffer_sink(&text);

	if (s2_table_witness_print(inv, kernel->run_as != NULL ? kernel->run_as : kernel->name,
				   S2_JSON_LINE, &sink) != 0)
		r->cli->out_of_memory = true;
	write_scenario(r, &text, kernel, NULL);
}

void report_assumptions(struct report *r, uint64_t states, unsigned assumptions)
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

/* SPDX-License-Identifier: MIT */
/*
 * Answers of reach, verify, diff and whatif for people: as text, as Markdown that reads well as
 * plain text too, in a mail and in a comment on a forge, or as a page of HTML. What matters
 * stands first, as a short table; the details are below.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli.h"

enum cli_format { CLI_FORMAT_JSON, CLI_FORMAT_TEXT, CLI_FORMAT_MARKDOWN, CLI_FORMAT_HTML };
int cli_report_format(struct cli *cli, const struct cli_args *args, enum cli_format *format);

/* ---- report.c: parts of a document, whatever it is written as --------------------------- */

struct report {
	struct cli *cli;
	const struct report_writer *writer;
	unsigned headings; /* so far */
	/* Of HTML: a part that is to be closed, the filter is there. */
	bool open_part, tools;
};

#if defined(__GNUC__)
#define CLI_PRINTF(at, args) __attribute__((format(printf, at, args)))
#else
#define CLI_PRINTF(at, args)
#endif
void report_begin(struct report *r, struct cli *cli, enum cli_format format);
void report_end(struct report *r);
/* Level 1 is the document's, 2 that of an answer in it, 3 and 4 those of parts. */
void report_heading(struct report *r, unsigned level, const char *fmt, ...) CLI_PRINTF(3, 4);
void report_paragraph(struct report *r, const char *fmt, ...) CLI_PRINTF(2, 3);
/* A paragraph that begins with a name. */
void report_named(struct report *r, const char *name, const char *fmt, ...) CLI_PRINTF(3, 4);
/* A table: its columns, then as many cells a row. */
#define REPORT_MAX_COLUMNS 4
struct report_table {
	struct report *r;
	size_t columns;
	size_t n, room; /* cells */
	struct report_table_cell {
		char *text;
		bool bad; /* what catches the eye */
	} *cells; /* the head first */
	bool failed;
	bool headed; /* each row has a heading below, in their order: the next ones */
};
void report_table_begin(struct report_table *t, struct report *r, size_t columns,
			const char *const *heads);
/* One more cell; and one that tells of something bad. */
void report_cell(struct report_table *t, const char *fmt, ...) CLI_PRINTF(2, 3);
void report_bad_cell(struct report_table *t, const char *text);
void report_table_end(struct report_table *t);
/* Conditions: what is common to all first, then the alternatives. */
typedef const char *report_name_fn(const void *names, unsigned fact);
void report_conditions(struct report *r, const struct s2_cover *cover, report_name_fn *name,
		       const void *names);
/* The scenario that replays it; @other: the revision it is compared with, may be NULL. */
void report_scenario(struct report *r, const struct s2_json_witness *witness,
		     const struct s2_json_kernel *other);
void report_table_scenario(struct report *r, const struct s2_table_invariant *inv,
			   const struct s2_json_kernel *kernel);

/* ---- How a document is written: report_plain.c, report_html.c ---------------------------- */

struct report_literals {
	report_name_fn *name;
	const void *names;
	uint64_t mask, value;
};
/* The literal of a fact: "cow" or "not cow", without the fact's name. */
static inline const char *report_not(const struct report_literals *l, unsigned fact)
{
	return (l->value >> fact & 1) != 0 ? "" : "not ";
}

struct report_writer {
	void (*begin)(struct report *r, const char *title); /* before the first heading */
	void (*end)(struct report *r);
	void (*heading)(struct report *r, unsigned level, const char *text);
	void (*paragraph)(struct report *r, const char *name, const char *text);
	void (*table)(struct report *r, const struct report_table *t, size_t lines);
	void (*conditions)(struct report *r, const struct report_literals *common,
			   const struct report_literals *more, size_t n);
	/* @scenario is a line of JSON; @kernels ends with a NULL. */
	void (*scenario)(struct report *r, const char *scenario,
			 const struct s2_json_kernel *const *kernels);
};
extern const struct report_writer report_text, report_markdown, report_html;

/* ---- report_*.c: the answers ---------------------------------------------------------- */

void report_assumptions(struct report *r, uint64_t states, unsigned assumptions);
const char *report_state_fact(const void *explorer, unsigned fact);
const char *report_size_fact(const void *unused, unsigned fact);

void report_reach(struct report *r, const struct s2_answer *a);
void report_verify(struct report *r, const struct s2_answer *a);
void report_diff(struct report *r, const struct s2_answer *a);

#endif

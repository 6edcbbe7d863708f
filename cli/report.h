/* SPDX-License-Identifier: MIT */
/*
 * Answers of reach, verify, diff and whatif for people: as text, or as Markdown that reads
 * well as plain text too, in a mail and in a comment on a forge. What matters stands
 * first, as a short table; the details are below.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli.h"

enum cli_format { CLI_FORMAT_JSON, CLI_FORMAT_TEXT, CLI_FORMAT_MARKDOWN };
int cli_report_format(struct cli *cli, const struct cli_args *args, enum cli_format *format);

struct report {
	struct cli *cli;
	bool markdown;
};

/* ---- report.c: parts of a document -------------------------------------------------- */

#if defined(__GNUC__)
#define CLI_PRINTF(at, args) __attribute__((format(printf, at, args)))
#else
#define CLI_PRINTF(at, args)
#endif
void report_heading(const struct report *r, unsigned level, const char *fmt, ...) CLI_PRINTF(3, 4);
void report_paragraph(const struct report *r, const char *fmt, ...) CLI_PRINTF(2, 3);
/* A table: its columns, then as many cells a row. */
#define REPORT_MAX_COLUMNS 4
struct report_table {
	const struct report *r;
	size_t columns;
	size_t n, room; /* cells */
	char **cells;   /* the head first */
	bool failed;
};
void report_table_begin(struct report_table *t, const struct report *r, size_t columns,
			const char *const *heads);
/* One more cell. */
void report_cell(struct report_table *t, const char *fmt, ...) CLI_PRINTF(2, 3);
void report_table_end(struct report_table *t);
/* Conditions: what is common to all first, then the alternatives. */
void report_conditions(const struct report *r, const struct s2_cover *cover,
		       const char *(*name)(const void *names, unsigned fact), const void *names);
/* The scenario that replays it. */
void report_scenario(const struct report *r, const struct s2_json_witness *witness);

/* ---- report_*.c: the answers ---------------------------------------------------------- */

void report_assumptions(const struct report *r, uint64_t states, unsigned assumptions);
const char *report_state_fact(const void *explorer, unsigned fact);
const char *report_size_fact(const void *unused, unsigned fact);

void report_reach(const struct report *r, const struct s2_answer *a);
void report_verify(const struct report *r, const struct s2_answer *a);
void report_diff(const struct report *r, const struct s2_answer *a);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Lines to check, and for each the words of facts that are put to the rules while it runs:
 * a revision that decides the same on all of them gives the same result, so that only the
 * lines where it does not need to be run.
 */
#ifndef RECORDED_H
#define RECORDED_H

#include <stdbool.h>
#include <s2pte/json.h>

struct recorded;

/* All lines about @kernel in @files (ended by NULL); NULL and a message if one fails as it is. */
struct recorded *recorded_new(const struct s2_revision *kernel, const char *ask_for,
			      char *const *files);
/* One more line, of @file. */
bool recorded_add(struct recorded *recorded, const char *text, const char *file);
void recorded_free(struct recorded *recorded);
size_t recorded_lines(const struct recorded *recorded);

/* Does a line fail under @mutant? All lines if the words cannot tell (@all): a quirk, say. */
bool recorded_fails(struct recorded *recorded, const struct s2_revision *mutant, bool all);

/* Is what follows from two verdicts, anything but the list of rules that fired, the same? */
bool same_verdict(const struct s2_verdict *a, const struct s2_verdict *b);

#endif

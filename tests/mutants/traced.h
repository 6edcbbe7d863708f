/* SPDX-License-Identifier: MIT */
/* What only a trace shows, and so tests/trace.test alone finds out. */
#ifndef TRACED_H
#define TRACED_H

#include <stdbool.h>
#include <s2pte/json.h>

/* Does the scenario in @file give another trace? */
bool traces_differ(const char *file, const struct s2_revision *a, const struct s2_revision *b);

#endif

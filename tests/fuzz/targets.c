/* SPDX-License-Identifier: MIT */
#include "targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct target targets[] = {
	{ "scenario", fuzz_scenario }, { "rules", fuzz_rules },
	{ "line", fuzz_line },	       { "decode", fuzz_decode },
	{ "ptdump", fuzz_ptdump },     { "shell", fuzz_shell },
	{ "differential", fuzz_differential }, { NULL, NULL },
};

const struct target *target_find(const char *name)
{
	for (const struct target *t = targets; t->name != NULL; t++)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

void must_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	abort();
}

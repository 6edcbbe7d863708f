/* SPDX-License-Identifier: MIT */
/* For libFuzzer: S2_FUZZ_TARGET says which of the targets. */
#include "targets.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("S2_FUZZ_TARGET");

	(void)argc;
	(void)argv;
	target = name != NULL ? target_find(name) : NULL;
	if (target == NULL) {
		fprintf(stderr, "S2_FUZZ_TARGET is to name one of:");
		for (const struct target *t = targets; t->name != NULL; t++)
			fprintf(stderr, " %s", t->name);
		fprintf(stderr, "\n");
		exit(2);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	target->run(data, size);
	return 0;
}

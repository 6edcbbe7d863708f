/* SPDX-License-Identifier: MIT */
#include "traced.h"

#include <stdio.h>
#include <stdlib.h>

static void hash_step(void *arg, const struct s2_step *step)
{
	const uint64_t parts[] = { step->kind, step->addr, step->size, step->value,
				   (uint64_t)step->level };
	uint64_t *hash = arg;

	/* FNV-1a, by words. */
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		*hash = (*hash ^ parts[i]) * UINT64_C(0x100000001b3);
}

static uint64_t trace_hash(const struct s2_scenario *scenario, const struct s2_revision *rev)
{
	struct s2_vm_config config = *s2_scenario_config(scenario);
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	struct s2_error err;
	const struct s2_event *events;
	struct s2_vm *vm;
	size_t n;

	config.revision = rev;
	if (s2_vm_new(&vm, &config, &err) != 0)
		return 0;
	s2_pgtable_observe(s2_vm_pgtable(vm), hash_step, &hash);
	events = s2_scenario_events(scenario, &n);
	for (size_t i = 0; i < n; i++) {
		struct s2_result result;

		s2_vm_run(vm, &events[i], &result, &err);
	}
	s2_vm_free(vm);
	return hash;
}

bool traces_differ(const char *file, const struct s2_revision *a, const struct s2_revision *b)
{
	char text[10000];
	FILE *in = fopen(file, "r");
	size_t n = in != NULL ? fread(text, 1, sizeof(text), in) : 0;
	struct s2_scenario *scenario;
	struct s2_error err;
	bool differ;

	if (n == 0 || s2_scenario_parse(&scenario, text, n, NULL, &err) != 0) {
		fprintf(stderr, "%s is no scenario\n", file);
		exit(99);
	}
	fclose(in);
	differ = trace_hash(scenario, a) != trace_hash(scenario, b);
	s2_scenario_free(scenario);
	return differ;
}

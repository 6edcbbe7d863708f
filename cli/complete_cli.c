/* SPDX-License-Identifier: MIT */
/* Completion of the command line's commands, by the table of their options. */
#include "complete.h"

#include <string.h>

#include "bench.h"

/* The value of an option given on the line already, or NULL. */
static const char *given(const struct asked *a, const char *option)
{
	size_t len = strlen(option);

	for (int i = 1; i < a->argc; i++) {
		const char *word = a->argv[i];

		if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, option, len) != 0)
			continue;
		if (word[2 + len] == '=')
			return word + 2 + len + 1;
		if (word[2 + len] == '\0' && i + 1 < a->argc)
			return a->argv[i + 1];
	}
	return NULL;
}

static void offer_assumptions(const struct asked *a)
{
	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		offer(a, s2_assumptions[i].id, s2_assumptions[i].why);
}

static void offer_benches(const struct asked *a)
{
	for (const struct bench *b = bench_steps; b->name != NULL; b++)
		offer(a, b->name, b->what);
	for (const struct bench *b = bench_table; b->name != NULL; b++)
		offer(a, b->name, b->what);
}

static void offer_idregs(const struct asked *a)
{
	char text[32];

	for (const struct s2_name *n = s2_idreg_names; n->name != NULL; n++) {
		snprintf(text, sizeof(text), "%s=", n->name);
		offer(a, text, "an identification register");
	}
}

/* Part of a word is completed: what stands before it stays. */
struct part {
	const struct asked *outer;
	size_t before;
};

static void found_part(void *arg, const char *candidate, const char *help)
{
	const struct part *part = arg;
	char text[1024];

	snprintf(text, sizeof(text), "%.*s%s", (int)part->before, part->outer->prefix, candidate);
	part->outer->found(part->outer->arg, text, help);
}

static struct asked part_of(struct part *part, const struct asked *outer, size_t before)
{
	struct asked inner = *outer;

	*part = (struct part){ outer, before };
	inner.prefix += before;
	inner.found = found_part;
	inner.arg = part;
	return inner;
}

static void offer_one_value(const struct asked *a, const char *option, const char *base)
{
	static const struct {
		const char *option;
		const struct s2_name *names;
		const struct hint *hints;
	} values[] = {
		{ "granule", NULL, hints_granules },
		{ "cpu", s2_cpu_flag_names, NULL },
		{ "vma", s2_vm_flag_names, NULL },
		{ "pgprot", s2_pgprot_names, NULL },
		{ "slot", s2_memslot_flag_names, NULL },
		{ "state", s2_backing_state_names, NULL },
		{ "access", s2_access_names, NULL },
		{ "fsc", s2_fsc_names, NULL },
		{ "prot", s2_prot_names, NULL },
		{ "format", NULL, hints_formats },
		{ "pfn", NULL, hints_pfn },
		{ "type", NULL, hints_types },
		{ "invariant", NULL, hints_invariants },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (strcmp(option, values[i].option) != 0)
			continue;
		if (values[i].names != NULL)
			offer_names(a, values[i].names);
		else
			offer_hints(a, values[i].hints);
	}
	if (strcmp(option, "cpu") == 0)
		offer_cpus(a);
	else if (strcmp(option, "regs") == 0)
		offer_idregs(a);
	if (strcmp(option, "kernel") == 0 || strcmp(option, "base") == 0)
		offer_revisions(a);
	else if (strcmp(option, "assume") == 0 || strcmp(option, "no-assume") == 0)
		offer_assumptions(a);
	else if (strcmp(option, "drop") == 0 || strcmp(option, "replace") == 0)
		offer_rules(a, base);
	else if (strcmp(option, "trace") == 0)
		offer(a, "casemate", "casemate's trace format");
	else if (strcmp(option, "flavour") == 0) {
		offer(a, "6.12", "Linux 6.12's file");
		offer(a, "7.3", "Linux 7.3's file");
	}
}

/* Lists are completed after their last comma; a minus takes a VMA's flag away. */
static void option_value(const struct asked *outer, const struct cli_option *option)
{
	bool list = strcmp(option->arg, "LIST") == 0 || strcmp(option->name, "drop") == 0;
	const char *comma = list ? strrchr(outer->prefix, ',') : NULL;
	size_t before = comma != NULL ? (size_t)(comma - outer->prefix) + 1 : 0;
	struct part part;
	struct asked inner;

	if (strcmp(option->name, "vma") == 0 && outer->prefix[before] == '-')
		before++;
	inner = part_of(&part, outer, before);
	offer_one_value(&inner, option->name, given(outer, "base"));
	if (strstr(option->arg, "FILE") != NULL && strcmp(option->name, "replace") != 0)
		offer_files(outer);
}

static const struct cli_option *option_called(const struct cli_command *command, const char *name,
					      size_t len)
{
	for (const struct cli_option *o = command->options; o->name != NULL; o++)
		if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static void offer_options(const struct asked *a, const struct cli_command *command)
{
	char option[64];

	for (const struct cli_option *o = command->options; o->name != NULL; o++) {
		/* What is there already need not be offered, if once is all. */
		if (!o->repeat && given(a, o->name) != NULL)
			continue;
		snprintf(option, sizeof(option), "--%s", o->name);
		offer(a, option, o->help);
	}
}

static void offer_operands(const struct asked *a, const struct cli_command *command)
{
	if (strstr(command->operands, "ID") != NULL || strstr(command->operands, "A B") != NULL)
		offer_revisions(a);
	else if (strstr(command->operands, "FILE") != NULL)
		offer_files(a);
	else if (strcmp(command->name, "bench") == 0)
		offer_benches(a);
	else if (strcmp(command->name, "cpu") == 0)
		offer_cpus(a);
	/* Nothing else to say on an empty word: the options. */
	if (a->prefix[0] == '\0' && command->max_rest == 0)
		offer_options(a, command);
}

void complete_cli(const struct asked *a, const struct cli_command *command)
{
	const char *last = a->argc > 1 ? a->argv[a->argc - 1] : "";
	const char *equals = strchr(a->prefix, '=');
	const struct cli_option *option = NULL;
	struct part part;
	struct asked value;

	if (strncmp(last, "--", 2) == 0 && last[2] != '\0')
		option = option_called(command, last + 2, strlen(last + 2));
	if (option != NULL && option->arg != NULL) {
		option_value(a, option);
		return;
	}
	if (strncmp(a->prefix, "--", 2) == 0 && equals != NULL) {
		option = option_called(command, a->prefix + 2, (size_t)(equals - a->prefix) - 2);
		value = part_of(&part, a, (size_t)(equals - a->prefix) + 1);
		if (option != NULL && option->arg != NULL)
			option_value(&value, option);
		return;
	}
	if (a->prefix[0] == '-')
		offer_options(a, command);
	else
		offer_operands(a, command);
}

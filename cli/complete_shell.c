/* SPDX-License-Identifier: MIT */
/* Completion of the shell's own commands, by the kinds of their words. */
#include "complete.h"

#include <string.h>

static const char *last_word(const struct asked *a)
{
	return a->argv[a->argc - 1];
}

/* An element of @list that has been named, with @key of it to tell it by. */
static void offer_named(const struct asked *a, const char *list, const char *key)
{
	size_t i;
	json_t *item;

	json_array_foreach(json_object_get(session_now(a->s), list), i, item) {
		const char *name = json_string_value(json_object_get(item, "name"));
		const char *where = json_string_value(json_object_get(item, key));
		char help[64];

		snprintf(help, sizeof(help), "at %.40s", where != NULL ? where : "?");
		if (name != NULL)
			offer(a, name, help);
	}
}

/* Where the slots begin. */
static void offer_ipas(const struct asked *a)
{
	size_t i;
	json_t *slot;

	json_array_foreach(json_object_get(session_now(a->s), "memslots"), i, slot) {
		const char *gpa = json_string_value(json_object_get(slot, "gpa"));
		char help[32];

		snprintf(help, sizeof(help), "start of slot %lld",
			 (long long)json_integer_value(json_object_get(slot, "slot")));
		if (gpa != NULL)
			offer(a, gpa, help);
	}
}

/* Does the word begin as an address or a size? Then names may follow at its place. */
static bool is_number(const char *word)
{
	return word[0] >= '0' && word[0] <= '9';
}

/* Flags and words; after a minus, flags that go away. */
static void offer_flags(const struct asked *a, const struct s2_name *names,
			const struct hint *words)
{
	char text[64];

	if (a->prefix[0] == '-') {
		for (const struct s2_name *n = names; n->name != NULL; n++) {
			snprintf(text, sizeof(text), "-%s", n->name);
			offer(a, text, hint_of(names, n->name));
		}
		return;
	}
	offer_names(a, names);
	offer_hints(a, words);
}

static void vma_word(const struct asked *a)
{
	if (strcmp(last_word(a), "pgprot") == 0)
		offer_names(a, s2_pgprot_names);
	else if (strcmp(last_word(a), "state") == 0)
		offer_names(a, s2_backing_state_names);
	else if (strcmp(last_word(a), "pa") != 0 && strcmp(last_word(a), "pfn") != 0 &&
		 strcmp(last_word(a), "mapping") != 0 && strcmp(last_word(a), "hugetlb") != 0 &&
		 strcmp(last_word(a), "pgoff") != 0)
		offer_flags(a, s2_vm_flag_names, hints_vma);
}

static void vma_kind(const struct asked *a)
{
	offer_named(a, "vmas", "start");
}

static void slot_kind(const struct asked *a)
{
	offer_named(a, "memslots", "gpa");
}

/* A VMA that is there can be changed; a new one needs an address, which nobody can guess. */
static void vma_start(const struct asked *a)
{
	size_t i;
	json_t *item;

	json_array_foreach(json_object_get(session_now(a->s), "vmas"), i, item) {
		const char *name = json_string_value(json_object_get(item, "name"));

		if (name != NULL && strcmp(name, last_word(a)) == 0)
			vma_word(a);
	}
}

static void slot_word(const struct asked *a)
{
	offer_names(a, s2_memslot_flag_names);
	offer_hints(a, hints_slot);
}

static void slot_start(const struct asked *a)
{
	size_t i;
	json_t *item;

	json_array_foreach(json_object_get(session_now(a->s), "memslots"), i, item) {
		const char *name = json_string_value(json_object_get(item, "name"));

		if (name != NULL && strcmp(name, last_word(a)) == 0)
			slot_word(a);
	}
}

/* After "slot NAME FLAG" come flags, after "slot NAME GPA SIZE" the memory. */
static void slot_vma(const struct asked *a)
{
	if (is_number(a->argv[2]))
		vma_kind(a);
	else
		slot_word(a);
}

/* After "vma NAME FLAG" come flags; the third word of others is a size. */
static void size_kind(const struct asked *a)
{
	if (strcmp(a->argv[0], "vma") == 0 && !is_number(a->argv[2]))
		vma_word(a);
	else if (strcmp(a->argv[0], "slot") == 0 && !is_number(a->argv[2]))
		slot_word(a);
}

static void cpu_kind(const struct asked *a)
{
	offer_flags(a, s2_cpu_flag_names, hints_cpu);
	if (a->prefix[0] != '-')
		offer_cpus(a);
}

static void fault_word(const struct asked *a)
{
	if (strcmp(last_word(a), "level") == 0)
		return;
	offer_names(a, s2_access_names);
	offer_names(a, s2_fsc_names);
	offer_hints(a, hints_fault);
}

static void prot_kind(const struct asked *a)
{
	offer_names(a, s2_prot_names);
}

static void granule_kind(const struct asked *a)
{
	offer_hints(a, hints_granules);
}

static void on_off_kind(const struct asked *a)
{
	offer_hints(a, hints_on_off);
}

static void setting_kind(const struct asked *a)
{
	offer_hints(a, hints_settings);
}

static void setting_value(const struct asked *a)
{
	if (a->argc == 2)
		offer_hints(a, strcmp(last_word(a), "output") == 0 ? hints_output : hints_on_off);
}

static void show_word(const struct asked *a)
{
	offer(a, "svg", "as a picture, into a file");
}

static void command_kind(const struct asked *a)
{
	offer_commands(a);
	offer(a, "all", "all commands and what they do");
}

static const struct {
	const char *kind;
	void (*offer)(const struct asked *a);
} kinds[] = {
	{ "revision", offer_revisions }, { "granule", granule_kind },
	{ "cpu", cpu_kind },		  { "on-off", on_off_kind },
	{ "vma", vma_kind },		  { "vma-start", vma_start },
	{ "vma-word", vma_word },	  { "slot", slot_kind },
	{ "slot-start", slot_start },	  { "slot-vma", slot_vma },
	{ "slot-word", slot_word },	  { "size", size_kind },
	{ "ipa", offer_ipas },		  { "fault-word", fault_word },
	{ "prot", prot_kind },		  { "file", offer_files },
	{ "setting", setting_kind },	  { "setting-value", setting_value },
	{ "command", command_kind },	  { "show-word", show_word },
};

void complete_shell(const struct asked *a, const struct shell_command *command)
{
	const char *at = command->kinds;
	char kind[24] = "";

	if (command->max_words >= 0 && a->argc > command->max_words)
		return;
	/* The kind at the position of the word, or the last one. */
	for (int i = 0; i < a->argc && *at != '\0'; i++) {
		size_t len = strcspn(at, " ");

		snprintf(kind, sizeof(kind), "%.*s", (int)len, at);
		at += len;
		at += strspn(at, " ");
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			kinds[i].offer(a);
}

/* SPDX-License-Identifier: MIT */
/* Commands of the shell that say what there is: kernel, CPU, VMAs, slots. */
#include "session_commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "documents.h"
#include "hints.h"

/* Before the first event the VM is set up; after it, things change by events. */
static bool has_events(const struct session *s)
{
	return json_array_size(json_object_get(session_now(s), "events")) != 0;
}

/* Index of the element of @list called @name (or numbered so by @number_key), or -1. */
static int find_named(const json_t *list, const char *name, const char *number_key)
{
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item) {
		const char *has = json_string_value(json_object_get(item, "name"));
		const json_t *number = json_object_get(item, number_key);
		char text[24];

		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(number));
		if ((has != NULL && strcmp(has, name) == 0) ||
		    (number != NULL && strcmp(text, name) == 0))
			return (int)i;
	}
	return -1;
}

/* What is set up decides whether the slots can be. */
static int commit(struct session *s, json_t *document, int word)
{
	int status = session_commit(s, document, word);

	if (status == CLI_OK && !has_events(s))
		session_tell_slots(s);
	return status;
}

static int set_string(struct session *s, const char *key, const char *value)
{
	json_t *document = session_copy(s);

	json_object_set_new(document, key, json_string(value));
	return commit(s, document, 1);
}

static int run_kernel(struct session *s, int argc, char **argv)
{
	(void)argc;
	return set_string(s, "kernel", argv[1]);
}

static int run_granule(struct session *s, int argc, char **argv)
{
	(void)argc;
	return set_string(s, "granule", argv[1]);
}

static int run_ipa_bits(struct session *s, int argc, char **argv)
{
	json_t *document = session_copy(s);
	uint64_t bits;

	(void)argc;
	if (!cli_parse_number(argv[1], &bits) || bits > 64) {
		json_decref(document);
		return session_blame(s, 1, "\"%s\" is not a number of bits", argv[1]);
	}
	json_object_set_new(document, "ipa_bits", json_integer((json_int_t)bits));
	return commit(s, document, 1);
}

static int unknown_word(struct session *s, int word, const char *name, const char *what,
			const struct s2_name *names, const struct hint *hints)
{
	const char *near = hints_nearest(names, hints, name);

	return session_blame(s, word, "\"%.40s\" is not %s%s%s%s", name, what,
			     near != NULL ? "; did you mean " : "; press TAB twice for a list",
			     near != NULL ? near : "", near != NULL ? "?" : "");
}

/* With commas between them as on the command line, too. */
static int cpu_words(struct s2_cpu *cpu, const char *words, unsigned *open, struct s2_error *err)
{
	char word[64];
	size_t size;

	for (;; words += size + 1) {
		size = strcspn(words, ",");
		/* Too long a word is no feature: its beginning will do to say so. */
		snprintf(word, sizeof(word), "%.*s", (int)(size < sizeof(word) ? size : sizeof(word)),
			 words);
		if (s2_cpu_word(cpu, word, open, err) != 0)
			return S2_EINVAL;
		if (words[size] == '\0')
			return 0;
	}
}

static int run_cpu(struct session *s, int argc, char **argv)
{
	json_t *document;
	struct s2_cpu cpu;
	struct s2_error err;
	unsigned open = 0;

	json_to_cpu(json_object_get(session_now(s), "cpu"), &cpu);
	for (int i = 1; i < argc; i++)
		if (cpu_words(&cpu, argv[i], &open, &err) != 0)
			return session_blame(s, i, "%s", err.message);
	if (s2_cpu_settled(open, &err) != 0)
		return session_blame(s, 1, "%s", err.message);
	document = session_copy(s);
	json_object_set_new(document, "cpu", json_of_cpu(&cpu));
	return commit(s, document, 1);
}

static int run_mte(struct session *s, int argc, char **argv)
{
	json_t *document;
	bool on = strcmp(argv[1], "on") == 0;

	(void)argc;
	if (!on && strcmp(argv[1], "off") != 0)
		return session_blame(s, 1, "expected on or off");
	document = session_copy(s);
	json_set_at(document, "/vm/mte", json_boolean(on));
	return commit(s, document, 1);
}

static int run_ram(struct session *s, int argc, char **argv)
{
	json_t *document = session_copy(s), *ram = json_object_get(document, "ram");

	(void)argc;
	if (ram == NULL) {
		ram = json_array();
		json_object_set_new(document, "ram", ram);
	}
	json_array_append_new(ram, json_pack("{s:s, s:s}", "pa", argv[1], "size", argv[2]));
	return commit(s, document, 1);
}

/* ---- vma -------------------------------------------------------------------------------- */

/* Words that take a value, and where that goes in the VMA. */
static const struct {
	const char *word, *path;
	bool number; /* else a name */
} vma_values[] = {
	{ "pgprot", "/pgprot", false },       { "pfn", "/backing/pa", true },
	{ "pa", "/backing/pa", true },	       { "mapping", "/backing/mapping", true },
	{ "state", "/backing/state", false }, { "hugetlb", "/hugetlb", true },
	{ "pgoff", "/pgoff", true },
};

static const struct {
	const char *word, *path;
	bool value;
} vma_switches[] = {
	{ "device", "/backing/map_memory", false }, { "ram", "/backing/map_memory", true },
	{ "readonly", "/backing/writable", false }, { "writable", "/backing/writable", true },
	{ "special", "/backing/special", true },
};

static bool is_word(const char *word, const char *name)
{
	return strcmp(word, name) == 0;
}

/* One word, or two, of a VMA; returns how many, or 0 and has blamed the word. */
static int vma_word(struct session *s, json_t *vma, int argc, char **argv, int i)
{
	json_t *flags = json_object_get(vma, "flags");
	uint64_t flag;

	for (size_t k = 0; k < sizeof(vma_switches) / sizeof(vma_switches[0]); k++) {
		if (!is_word(argv[i], vma_switches[k].word))
			continue;
		json_set_at(vma, vma_switches[k].path, json_boolean(vma_switches[k].value));
		return 1;
	}
	for (size_t k = 0; k < sizeof(vma_values) / sizeof(vma_values[0]); k++) {
		uint64_t number;

		if (!is_word(argv[i], vma_values[k].word))
			continue;
		if (i + 1 >= argc) {
			session_blame(s, i + 1, "expected a value after %s", argv[i]);
			return 0;
		}
		if (vma_values[k].number && !cli_parse_size(argv[i + 1], &number)) {
			session_blame(s, i + 1, "\"%.40s\" is not an address or size", argv[i + 1]);
			return 0;
		}
		json_set_at(vma, vma_values[k].path, json_string(argv[i + 1]));
		return 2;
	}
	if (argv[i][0] == '-' && json_drop_flag(flags, argv[i] + 1))
		return 1;
	if (s2_name_find(s2_vm_flag_names, "VM_", argv[i], &flag) == 0) {
		json_drop_flag(flags, argv[i]);
		json_array_append_new(flags, json_string(s2_name_of(s2_vm_flag_names, flag)));
		return 1;
	}
	unknown_word(s, i, argv[i], "a flag or another word of a VMA", s2_vm_flag_names, hints_vma);
	return 0;
}

static json_t *new_vma(const char *name)
{
	return json_pack("{s:s, s:[s, s, s, s], s:s, s:{s:s}}", "name", name, "flags", "READ",
			 "WRITE", "MAYREAD", "MAYWRITE", "pgprot", "NORMAL", "backing", "pa",
			 "0x80000000");
}

/* "START SIZE" after the name; CLI_OK, or the word is blamed. */
static int vma_extent(struct session *s, json_t *vma, char **argv)
{
	uint64_t start, size;
	char end[24];

	if (!cli_parse_size(argv[2], &start))
		return session_blame(s, 2, "\"%.40s\" is not an address", argv[2]);
	if (!cli_parse_size(argv[3], &size) || size > UINT64_MAX - start)
		return session_blame(s, 3, "\"%.40s\" is not a size", argv[3]);
	snprintf(end, sizeof(end), "0x%" PRIx64, start + size);
	json_object_set_new(vma, "start", json_string(argv[2]));
	json_object_set_new(vma, "end", json_string(end));
	return CLI_OK;
}

static int run_vma(struct session *s, int argc, char **argv)
{
	json_t *document = session_copy(s), *vmas = json_object_get(document, "vmas"), *vma;
	bool extent = argc > 2 && argv[2][0] >= '0' && argv[2][0] <= '9';
	int at = find_named(vmas, argv[1], NULL), status = CLI_OK, used = 0;

	if (at < 0 && !extent)
		status = session_blame(s, argc > 2 ? 2 : argc,
				       "a new VMA needs START SIZE (vma %s 0x7f0000000000 1G ...)",
				       argv[1]);
	else if (extent && argc < 4)
		status = session_blame(s, 4, "expected a size after the start");
	vma = at >= 0 ? json_deep_copy(json_array_get(vmas, (size_t)at)) : new_vma(argv[1]);
	if (status == CLI_OK && extent)
		status = vma_extent(s, vma, argv);
	for (int i = extent ? 4 : 2; i < argc && status == CLI_OK; i += used) {
		used = vma_word(s, vma, argc, argv, i);
		if (used == 0)
			status = CLI_USAGE;
	}
	if (status != CLI_OK) {
		json_decref(vma);
		json_decref(document);
		return status;
	}
	if (at < 0) {
		if (has_events(s)) {
			json_decref(vma);
			json_decref(document);
			return session_blame(s, 1, "VMAs are set up before the first event; undo, or "
					     "change one that is there");
		}
		json_array_append_new(vmas, vma);
	} else if (!has_events(s)) {
		json_array_set_new(vmas, (size_t)at, vma);
	} else {
		json_object_set_new(vma, "op", json_string("set_vma"));
		json_object_set_new(vma, "vma", json_integer(at));
		json_array_append_new(json_object_get(document, "events"), vma);
	}
	return commit(s, document, extent ? 2 : 1);
}

/* ---- slot ------------------------------------------------------------------------------- */

/* The HVA, or the start of the VMA of that name. */
static const char *slot_hva(const struct session *s, const char *word)
{
	const json_t *vmas = json_object_get(session_now(s), "vmas");
	int at = find_named(vmas, word, NULL);

	if (at < 0)
		return word;
	return json_string_value(json_object_get(json_array_get(vmas, (size_t)at), "start"));
}

static int slot_flags(struct session *s, json_t *slot, int argc, char **argv, int from)
{
	json_t *flags = json_array();
	int status = CLI_OK;

	for (int i = from; i < argc && status == CLI_OK; i++) {
		uint64_t flag;

		if (strcmp(argv[i], "force") == 0)
			json_object_set_new(slot, "force", json_true());
		else if (s2_name_find(s2_memslot_flag_names, "KVM_MEM_", argv[i], &flag) == 0)
			json_array_append_new(flags, json_string(s2_name_of(s2_memslot_flag_names,
									    flag)));
		else
			status = unknown_word(s, i, argv[i], "a flag of a slot, nor force",
					      s2_memslot_flag_names, hints_slot);
	}
	json_object_set_new(slot, "flags", flags);
	return status;
}

/* The number: what is given, or that of the slot of this name, or the next one. */
static int slot_number(const struct session *s, const char *name)
{
	const json_t *slots = json_object_get(session_now(s), "memslots");
	int at = find_named(slots, name, "slot");
	uint64_t number;

	if (at >= 0)
		return (int)json_integer_value(
			json_object_get(json_array_get(slots, (size_t)at), "slot"));
	if (cli_parse_number(name, &number) && number < S2_MAX_MEMSLOTS)
		return (int)number;
	return (int)json_array_size(slots);
}

static int run_slot(struct session *s, int argc, char **argv)
{
	json_t *document = session_copy(s), *slots = json_object_get(document, "memslots"), *slot;
	int at = find_named(slots, argv[1], "slot"), number = slot_number(s, argv[1]);
	int status, from = 2;

	if (argc == 3 && strcmp(argv[2], "delete") == 0) {
		json_decref(document);
		if (!has_events(s))
			return session_blame(s, 2, "no event has happened yet: undo takes the slot away");
		return session_event(s, json_pack("{s:s, s:i}", "op", "delete_memslot", "slot", number),
				     true, 1);
	}
	slot = at >= 0 ? json_deep_copy(json_array_get(slots, (size_t)at)) :
			 json_pack("{s:i, s:s}", "slot", number, "name", argv[1]);
	json_object_del(slot, "force");
	if (argc > 2 && argv[2][0] >= '0' && argv[2][0] <= '9') {
		from = 5;
		if (argc < 5) {
			json_decref(slot);
			json_decref(document);
			return session_blame(s, argc, "expected GPA SIZE HVA (or the name of a VMA)");
		}
		json_object_set_new(slot, "gpa", json_string(argv[2]));
		json_object_set_new(slot, "size", json_string(argv[3]));
		json_object_set_new(slot, "hva", json_string(slot_hva(s, argv[4])));
	} else if (at < 0) {
		json_decref(slot);
		json_decref(document);
		return session_blame(s, argc > 2 ? 2 : argc,
				     "a new slot needs GPA SIZE HVA (slot %s 0x40000000 1G gpu)", argv[1]);
	}
	status = slot_flags(s, slot, argc, argv, from);
	if (status != CLI_OK) {
		json_decref(slot);
		json_decref(document);
		return status;
	}
	if (has_events(s)) {
		json_decref(document);
		json_object_set_new(slot, "op", json_string("set_memslot"));
		return session_event(s, slot, true, 2);
	}
	if (at >= 0)
		json_array_set_new(slots, (size_t)at, slot);
	else
		json_array_append_new(slots, slot);
	status = session_commit(s, document, 2);
	if (status == CLI_OK)
		session_tell_slot(s, at >= 0 ? (size_t)at : json_array_size(slots) - 1);
	return status;
}

const struct shell_command shell_kernel = {
	"kernel", "ID|FILE", "choose the kernel: a revision, or a rule file",
	"kernels lists the revisions; rules ID prints the rules of one.",
	"kernel v9\nkernel latest", SHELL_SETUP, "revision", 1, 1, run_kernel };
const struct shell_command shell_granule = {
	"granule", "SIZE", "choose the page size: 4K, 16K or 64K", NULL, "granule 64K", SHELL_SETUP,
	"granule", 1, 1, run_granule };
const struct shell_command shell_ipa_bits = {
	"ipa-bits", "N", "choose the size of the IPA space", NULL, "ipa-bits 36", SHELL_SETUP, "", 1, 1,
	run_ipa_bits };
const struct shell_command shell_cpu = {
	"cpu", "[-]FEATURE|NAME...", "turn features of the CPU on, or off with a minus",
	"none turns all off. A name (neoverse-v2) sets those of that CPU; s2pte cpu lists the names.",
	"cpu fwb dic\ncpu -dic\ncpu neoverse-v2\ncpu none", SHELL_SETUP, "cpu", 1, -1, run_cpu };
const struct shell_command shell_mte = {
	"mte", "on|off", "give the VM memory tagging, or not", NULL, "mte on", SHELL_SETUP, "on-off", 1,
	1, run_mte };
const struct shell_command shell_ram = {
	"ram", "PA SIZE", "say what the kernel maps linearly; without any, all is", NULL,
	"ram 0x80000000 4G", SHELL_SETUP, "", 2, 2, run_ram };
const struct shell_command shell_vma = {
	"vma", "NAME [START SIZE] [WORD...]", "make a VMA, or change one",
	"READ WRITE MAYREAD MAYWRITE are implied; -WRITE takes one away. Other words:\n"
	"  FLAG, -FLAG      PFNMAP, SHARED, MIXEDMAP, ...\n"
	"  pgprot NAME      the host's memory type: NORMAL, NORMAL_NC, DEVICE_nGnRE, ...\n"
	"  pa HEX           physical address of its start (also pfn)\n"
	"  device, ram      outside the kernel's linear map, or in it\n"
	"  readonly         the host's entry does not allow writing (writable: it does)\n"
	"  special          no struct page behind it\n"
	"  mapping SIZE     the host maps it by blocks of this size\n"
	"  hugetlb SIZE     a hugetlb VMA\n"
	"  state NAME       present, missing, hwpoison\n"
	"  pgoff N          offset in pages\n"
	"Before the first event it is as if it had always been so; after it, it is changed under\n"
	"the VM, without telling it.",
	"vma gpu 0x7f0000000000 1G PFNMAP SHARED pgprot NORMAL pa 0x4000000000 device mapping 2M\n"
	"vma gpu pgprot NORMAL_NC\n"
	"vma gpu -SHARED pgprot NORMAL", SHELL_SETUP, "vma vma-start size vma-word", 1, -1, run_vma };
const struct shell_command shell_slot = {
	"slot", "NAME [GPA SIZE HVA|VMA] [FLAG...] | NAME delete", "make a memory slot, or change one",
	"Flags: LOG_DIRTY_PAGES, READONLY; force keeps it even if the kernel refuses it, to see\n"
	"what the fault path does with it.",
	"slot 0 0x40000000 1G gpu\nslot 0 LOG_DIRTY_PAGES\nslot 1 0x80000000 2M 0x7f0000000000 force",
	SHELL_SETUP, "slot slot-start size slot-vma slot-word", 1, -1, run_slot };

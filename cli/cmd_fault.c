/* SPDX-License-Identifier: MIT */
/* fault: one fault from options alone. They become a scenario like any other. */
#include "commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "documents.h"

/* Where a value goes in the scenario, so that an error there can name its option. */
enum kind { STRING, INTEGER, SIZE_OR_HEX, LIST, SWITCH };
static const struct {
	const char *option;
	const char *path; /* JSON Pointer */
	enum kind kind;
} places[] = {
	{ "kernel", "/kernel", STRING },
	{ "granule", "/granule", STRING },
	{ "ipa-bits", "/ipa_bits", INTEGER },
	{ "mte", "/vm/mte", SWITCH },
	{ "pgprot", "/vmas/0/pgprot", STRING },
	{ "hugetlb", "/vmas/0/hugetlb", SIZE_OR_HEX },
	{ "mapping", "/vmas/0/backing/mapping", SIZE_OR_HEX },
	{ "state", "/vmas/0/backing/state", STRING },
	{ "special", "/vmas/0/backing/special", SWITCH },
	{ "pa", "/vmas/0/backing/pa", SIZE_OR_HEX },
	{ "slot", "/memslots/0/flags", LIST },
	{ "force", "/memslots/0/force", SWITCH },
	{ "gpa", "/memslots/0/gpa", SIZE_OR_HEX },
	{ "size", "/memslots/0/size", SIZE_OR_HEX },
	{ "hva", "/memslots/0/hva", SIZE_OR_HEX },
	{ "ipa", "/events/0/ipa", SIZE_OR_HEX },
	{ "access", "/events/0/access", STRING },
	{ "fsc", "/events/0/fsc", STRING },
	{ "level", "/events/0/level", INTEGER },
	{ "s1ptw", "/events/0/s1ptw", SWITCH },
	{ "retry", "/events/0/retry", SWITCH },
};

static const struct cli_option fault_options[] = {
	{ "kernel", "ID", "revision or rule file, default latest", false },
	{ "granule", "SIZE", "page size: 4K (default), 16K, 64K", false },
	{ "ipa-bits", "N", "size of the IPA space, default 40", false },
	{ "cpu", "LIST", "fwb,dic,xnx,lpa2,lpa,tlbi_range, or a CPU's name; default none", false },
	{ "mte", NULL, "the VM has memory tagging", false },
	{ "vma", "LIST", "VMA flags; READ WRITE MAYREAD MAYWRITE are implied, -WRITE takes one away", false },
	{ "pgprot", "NAME", "NORMAL (default), NORMAL_TAGGED, NORMAL_NC, DEVICE_nGnRnE, DEVICE_nGnRE", false },
	{ "pfn", "KIND", "ram (default): map memory; device: outside the linear map", false },
	{ "hugetlb", "SIZE", "a hugetlb VMA of this page size", false },
	{ "mapping", "SIZE", "the host maps it by blocks of this size, default a page", false },
	{ "host-readonly", NULL, "the host's entry does not allow writing", false },
	{ "special", NULL, "the host's entry has no struct page", false },
	{ "state", "NAME", "present (default), missing, hwpoison", false },
	{ "pa", "HEX", "physical address of the VMA's start", false },
	{ "slot", "LIST", "slot flags: LOG_DIRTY_PAGES, READONLY", false },
	{ "force", NULL, "keep the slot even if its creation is refused", false },
	{ "gpa", "HEX", "the slot's guest address, default 0x40000000", false },
	{ "size", "SIZE", "size of slot and VMA, default 1G", false },
	{ "hva", "HEX", "host address of both, default 0x7f0000000000", false },
	{ "ipa", "HEX", "the address that faults, default the slot's start", false },
	{ "access", "NAME", "read (default), write, exec", false },
	{ "fsc", "NAME", "translation (default), permission, access-flag, excl-atomic", false },
	{ "level", "N", "level of the faulting entry, default 3", false },
	{ "s1ptw", NULL, "the access is a stage-1 walk", false },
	{ "retry", NULL, "an MMU notifier raced", false },
	{ "scenario", NULL, "print the scenario instead of running it", false },
	{ "text", NULL, "tell it for people", false },
	{ "svg", NULL, "a picture: HVA, IPA and PA side by side, and what is mapped", false },
	{ NULL, NULL, NULL, false },
};

/* The words of a list, upper or lower case as given. */
static json_t *list(const char *text)
{
	json_t *array = json_array();

	while (*text != '\0') {
		size_t len = strcspn(text, ",");

		if (len != 0)
			json_array_append_new(array, json_stringn(text, len));
		text += len + (text[len] == ',');
	}
	return array;
}

static json_t *value_of(const char *text, enum kind kind)
{
	uint64_t n;

	switch (kind) {
	case SWITCH:
		return json_true();
	case LIST:
		return list(text);
	case INTEGER:
		return cli_parse_number(text, &n) && n <= INT64_MAX ? json_integer((json_int_t)n) :
								      json_string(text);
	default:
		return json_string(text);
	}
}

/* The implied flags, what is added, and "-NAME" taken away. */
static json_t *vma_flags(const char *text)
{
	json_t *flags = list("READ,WRITE,MAYREAD,MAYWRITE"), *words = list(text != NULL ? text : "");
	size_t i;
	json_t *word;

	/* What is not a flag stays, to be refused by its name. */
	json_array_foreach(words, i, word)
		if (json_string_value(word)[0] != '-' ||
		    !json_drop_flag(flags, json_string_value(word) + 1))
			json_array_append(flags, word);
	json_decref(words);
	return flags;
}

static int set_cpu(struct cli *cli, json_t *root, const char *text)
{
	struct s2_error err;
	struct s2_cpu cpu;

	if (s2_cpu_parse(&cpu, text, &err) != 0)
		return cli_bad_option(cli, "cpu", "%s", err.message);
	json_object_set_new(root, "cpu", json_of_cpu(&cpu));
	return CLI_OK;
}

static json_t *defaults(void)
{
	return json_pack("{s:s, s:s, s:[{s:s, s:{s:s}}], s:[{s:i, s:s, s:s, s:s, s:[]}],"
			 " s:[{s:s, s:s}]}",
			 "kernel", "latest", "granule", "4K",
			 "vmas", "start", "0x7f0000000000", "backing", "pa", "0x80000000",
			 "memslots", "slot", 0, "gpa", "0x40000000", "size", "1G", "hva",
			 "0x7f0000000000", "flags",
			 "events", "op", "fault", "access", "read");
}

/* The VMA covers the slot exactly. */
static int cover_slot(struct cli *cli, json_t *root)
{
	json_t *slot = json_array_get(json_object_get(root, "memslots"), 0);
	json_t *vma = json_array_get(json_object_get(root, "vmas"), 0);
	uint64_t hva, size;
	char end[24];

	if (!cli_parse_size(json_string_value(json_object_get(slot, "hva")), &hva))
		return cli_bad_option(cli, "hva", "expected an address: 0x7f0000000000");
	if (!cli_parse_size(json_string_value(json_object_get(slot, "size")), &size) ||
	    size > UINT64_MAX - hva)
		return cli_bad_option(cli, "size", "expected a size: 1G, 2M, 0x1000");
	snprintf(end, sizeof(end), "0x%" PRIx64, hva + size);
	json_object_set(vma, "start", json_object_get(slot, "hva"));
	json_object_set_new(vma, "end", json_string(end));
	if (json_object_get(json_array_get(json_object_get(root, "events"), 0), "ipa") == NULL)
		json_set_at(root, "/events/0/ipa", json_copy(json_object_get(slot, "gpa")));
	return CLI_OK;
}

/* JSON has no other text; what it cannot hold would be lost. */
static int check_text(struct cli *cli, const struct cli_args *args)
{
	for (int i = 0; i < args->n_given; i++) {
		json_t *text = json_string(args->given[i].value);

		if (text == NULL)
			return cli_bad_option(cli, args->command->options[args->given[i].option].name,
					      "expected UTF-8");
		json_decref(text);
	}
	return CLI_OK;
}

static int build(struct cli *cli, const struct cli_args *args, json_t *root)
{
	const char *pfn = cli_option(args, "pfn"), *cpu = cli_option(args, "cpu");
	bool device = pfn != NULL && strcmp(pfn, "device") == 0;

	if (pfn != NULL && !device && strcmp(pfn, "ram") != 0)
		return cli_bad_option(cli, "pfn", "\"%.40s\": expected ram or device", pfn);
	json_set_at(root, "/vmas/0/backing/map_memory", json_boolean(!device));
	if (device)
		json_set_at(root, "/vmas/0/backing/pa", json_string("0x4000000000"));
	if (cli_switch(args, "host-readonly"))
		json_set_at(root, "/vmas/0/backing/writable", json_false());
	json_set_at(root, "/vmas/0/flags", vma_flags(cli_option(args, "vma")));
	if (cpu != NULL && set_cpu(cli, root, cpu) != CLI_OK)
		return CLI_USAGE;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *text = cli_option(args, places[i].option);

		if (text != NULL)
			json_set_at(root, places[i].path, value_of(text, places[i].kind));
	}
	return cover_slot(cli, root);
}

/* The option whose place the error is in or below. */
static const char *option_at(const char *path)
{
	static const struct {
		const char *path, *option;
	} more[] = {
		{ "/vmas/0/flags", "vma" },
		{ "/vmas/0/start", "hva" },
		{ "/vmas/0/end", "size" },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strncmp(path, places[i].path, strlen(places[i].path)) == 0)
			return places[i].option;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		if (strncmp(path, more[i].path, strlen(more[i].path)) == 0)
			return more[i].option;
	return NULL;
}

/* Options are usage: refuse them as such, before anything is printed. */
static int check(struct cli *cli, const char *text)
{
	struct s2_json_resolver resolver = cli_resolver(cli);
	struct s2_scenario *scenario;
	struct s2_error err;
	const char *option;
	int ret = s2_scenario_parse(&scenario, text, strlen(text), &resolver, &err);

	s2_scenario_free(scenario);
	if (ret == 0)
		return CLI_OK;
	if (ret == S2_ENOMEM)
		return cli_fail(cli, CLI_IO, "out of memory");
	option = option_at(err.path);
	if (option != NULL)
		return cli_bad_option(cli, option, "%s", err.message);
	return cli_fail(cli, CLI_USAGE, "fault: %s: %s", err.path, err.message);
}

static int run_scenario(struct cli *cli, const struct cli_args *args, const char *text)
{
	struct s2_json_resolver resolver = cli_resolver(cli);
	struct s2_json_sink sink = cli_sink(cli);

	if (cli_switch(args, "scenario")) {
		fprintf(cli->out, "%s\n", text);
		return CLI_OK;
	}
	if (cli_switch(args, "svg"))
		return cli_show(cli, "fault", text, strlen(text), true, false);
	if (cli_text(cli, args))
		return cli_tell(cli, "fault", text, strlen(text));
	return cli_written(cli, s2_json_run(text, strlen(text), &resolver, cli_style(cli), &sink));
}

static int run_fault(struct cli *cli, const struct cli_args *args)
{
	json_t *root = defaults();
	char *text = NULL;
	int status;

	if (cli_switch(args, "svg") && (cli_switch(args, "text") || cli_switch(args, "scenario"))) {
		json_decref(root);
		return cli_bad_option(cli, "svg", "goes neither with --text nor with --scenario");
	}
	if (root == NULL)
		return cli_fail(cli, CLI_IO, "out of memory");
	status = check_text(cli, args);
	if (status == CLI_OK)
		status = build(cli, args, root);
	if (status == CLI_OK) {
		text = json_dumps(root, cli->terminal ? JSON_INDENT(2) : JSON_COMPACT);
		if (text == NULL)
			status = cli_fail(cli, CLI_IO, "out of memory");
	}
	if (text != NULL)
		status = check(cli, text);
	if (text != NULL && status == CLI_OK)
		status = run_scenario(cli, args, text);
	free(text);
	json_decref(root);
	return status;
}

const struct cli_command cli_cmd_fault = {
	.name = "fault", .operands = "", .max_rest = 0,
	.summary = "one fault from options alone",
	.help = "One VMA, one slot over it, one fault; --scenario prints them as a file for run.",
	.examples = 
		"fault --kernel v6.12 --vma PFNMAP,SHARED --pfn device --access write\n"
		"fault --cpu fwb,dic --vma PFNMAP,-WRITE --pfn device --access exec",
	.options = fault_options, .run = run_fault,
};

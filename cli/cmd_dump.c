/* SPDX-License-Identifier: MIT */
/* dump: the table that a scenario leaves behind. */
#include "commands.h"

#include <stdlib.h>

#include "ptdump.h"
#include "writer.h"

static int write_leaf_run(void *arg, const struct s2_leaf_run *run)
{
	struct s2i_writer *w = arg;

	s2i_open_flat(w, NULL, '{');
	s2i_hex(w, "ipa", run->ipa);
	s2i_int(w, "level", run->level);
	s2i_uint(w, "size", run->size);
	s2i_descriptor(w, "pte", run->pte);
	s2i_uint(w, "count", run->count);
	s2i_close(w, '}');
	return w->error;
}

/* As the event "dump" of a scenario does. */
static int write_leaves(struct cli *cli, struct s2_vm *vm)
{
	uint64_t limit = UINT64_C(1) << s2_vm_geometry(vm)->ipa_bits;
	struct s2_json_sink sink = cli_sink(cli);
	struct s2i_writer w;

	s2i_writer_init(&w, cli_style(cli), &sink);
	s2i_open(&w, NULL, '{');
	s2i_open(&w, "leaves", '[');
	s2_pgtable_dump(s2_vm_pgtable(vm), 0, limit, write_leaf_run, &w);
	s2i_close(&w, ']');
	s2i_close(&w, '}');
	return cli_written(cli, s2i_writer_finish(&w));
}

/* Let all events of @scenario happen to @vm; what they answer is for run to tell. */
static int run_events(struct s2_vm *vm, const struct s2_scenario *scenario, struct s2_error *err)
{
	size_t n;
	const struct s2_event *events = s2_scenario_events(scenario, &n);
	int ret = 0;

	for (size_t i = 0; i < n && ret == 0; i++) {
		struct s2_result result;

		ret = s2_vm_run(vm, &events[i], &result, err);
	}
	return ret;
}

static int dump(struct cli *cli, const struct cli_args *args, const char *name, const char *text,
		size_t size)
{
	struct s2_json_resolver resolver = cli_resolver(cli);
	const char *flavour_name = cli_option(args, "flavour");
	enum ptdump_flavour flavour;
	struct s2_scenario *scenario;
	struct s2_error err = { 0 };
	struct s2_vm *vm = NULL;
	int ret = s2_scenario_parse(&scenario, text, size, &resolver, &err);
	int status = CLI_OK;

	if (ret == 0)
		ret = s2_vm_new(&vm, s2_scenario_config(scenario), &err);
	if (ret == 0)
		ret = run_events(vm, scenario, &err);
	if (ret != 0) {
		status = cli_fail(cli, ret == S2_ENOMEM ? CLI_IO : CLI_NOT_ALL, "%s%s%s: %s", name,
				  err.path[0] != '\0' ? ": " : "", err.path, err.message);
	} else if (!cli_switch(args, "ptdump")) {
		status = write_leaves(cli, vm);
	} else {
		flavour = ptdump_flavour_of(s2_vm_revision(vm));
		if (flavour_name != NULL && !ptdump_parse_flavour(flavour_name, &flavour))
			status = cli_bad_option(cli, "flavour", "\"%.40s\": expected 6.12 or 7.3",
						flavour_name);
		else
			ptdump_write(cli, s2_vm_pgtable(vm), s2_vm_geometry(vm)->ipa_bits, flavour);
	}
	s2_vm_free(vm);
	s2_scenario_free(scenario);
	return status;
}

static int run_dump(struct cli *cli, const struct cli_args *args)
{
	const char *name = args->rest[0];
	struct s2_error err;
	char *text;
	size_t size;
	int status;

	if (cli_option(args, "flavour") != NULL && !cli_switch(args, "ptdump"))
		return cli_bad_option(cli, "flavour", "goes with --ptdump");
	if (cli_read_file(name, &text, &size, &err) != 0)
		return cli_fail(cli, CLI_IO, "%s", err.message);
	status = dump(cli, args, name, text, size);
	free(text);
	return status;
}

static const struct cli_option dump_options[] = {
	{ "ptdump", NULL, "as KVM's debugfs file stage2_page_tables shows it", false },
	{ "flavour", "VERSION", "the kernel whose file it is, 6.12 or 7.3; default: the scenario's",
	  false },
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_dump = {
	.name = "dump", .operands = "FILE", .min_rest = 1, .max_rest = 1,
	.summary = "the table that a scenario leaves behind",
	.help = "Runs the scenario to its end and prints all leaves, equal neighbours folded.",
	.examples = 
		"dump examples/dirty-logging.json\n"
		"dump --ptdump examples/grace-hopper.json",
	.options = dump_options, .run = run_dump,
};

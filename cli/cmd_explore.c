/* SPDX-License-Identifier: MIT */
/* reach, verify, diff: all states of a revision. */
#include "commands.h"

#include "explore.h"

#include <string.h>

int cli_explore_options(struct cli *cli, const struct cli_args *args,
			struct s2_explore_options *options)
{
	static struct s2_name names[S2_NR_ASSUMPTIONS + 1];
	const char *assume = cli_option(args, "assume"), *no = cli_option(args, "no-assume");
	uint64_t on = 0, off = 0;
	int status = CLI_OK;

	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		names[i] = (struct s2_name){ s2_assumptions[i].id, UINT64_C(1) << i };
	if (assume != NULL)
		status = cli_names(cli, "assume", assume, names, NULL, "an assumption", &on);
	if (status == CLI_OK && no != NULL)
		status = cli_names(cli, "no-assume", no, names, NULL, "an assumption", &off);
	*options = (struct s2_explore_options){ .assumptions = 0 };
	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		if (s2_assumptions[i].by_default)
			options->assumptions |= 1u << i;
	options->assumptions = (options->assumptions | (unsigned)on) & ~(unsigned)off;
	return status;
}

int cli_kernel(struct cli *cli, const char *command, const char *id, struct s2_json_kernel *kernel)
{
	struct s2_error err;

	kernel->revision = cli_revision(cli, id, &err);
	if (kernel->revision == NULL)
		return cli_revision_error(cli, command, &err);
	kernel->name = strcmp(id, "latest") == 0 ? kernel->revision->id : id;
	return CLI_OK;
}

int cli_explored(struct cli *cli, const char *command, int ret)
{
	switch (ret) {
	case 0:
		return CLI_OK;
	case S2_EIO:
		return CLI_IO;
	case S2_ELIMIT:
		return cli_fail(cli, CLI_USAGE, "%s: the rules are too intricate: the sets of states "
				"grow beyond the limit", command);
	case S2_ECANCELED:
		return cli_fail(cli, CLI_NOT_ALL, "%s: cancelled", command);
	default:
		return cli_fail(cli, CLI_IO, "%s: out of memory", command);
	}
}

static int run_reach(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_sink sink = cli_sink(cli);
	struct s2_explore_options options;
	struct s2_json_kernel kernel;
	int status = cli_explore_options(cli, args, &options);

	if (status == CLI_OK)
		status = cli_kernel(cli, "reach", args->rest[0], &kernel);
	if (status != CLI_OK)
		return status;
	return cli_explored(cli, "reach", s2_reach_print(&kernel, &options, cli_style(cli), &sink));
}

static int run_verify(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_sink sink = cli_sink(cli);
	struct s2_explore_options options;
	struct s2_json_kernel kernel;
	bool violated = false;
	int status = cli_explore_options(cli, args, &options);

	if (status == CLI_OK)
		status = cli_kernel(cli, "verify", args->rest[0], &kernel);
	if (status != CLI_OK)
		return status;
	status = cli_explored(cli, "verify", s2_verify_print(&kernel, &options, cli_style(cli),
							     &sink, &violated));
	return status == CLI_OK && violated ? CLI_NOT_ALL : status;
}

static int run_diff(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_sink sink = cli_sink(cli);
	struct s2_explore_options options;
	struct s2_json_kernel from, to;
	bool different = false;
	int status = cli_explore_options(cli, args, &options);

	if (status == CLI_OK)
		status = cli_kernel(cli, "diff", args->rest[0], &from);
	if (status == CLI_OK)
		status = cli_kernel(cli, "diff", args->rest[1], &to);
	if (status != CLI_OK)
		return status;
	status = cli_explored(cli, "diff", s2_diff_print(&from, &to, &options, cli_style(cli), &sink,
							 &different));
	return status == CLI_OK && different && cli_switch(args, "exit-code") ? CLI_NOT_ALL : status;
}

static const struct cli_option reach_options[] = {
	CLI_EXPLORE_OPTIONS,
	{ NULL, NULL, NULL },
};

static const struct cli_option diff_options[] = {
	CLI_EXPLORE_OPTIONS,
	{ "exit-code", NULL, "exit with 1 if there is a difference" },
	{ NULL, NULL, NULL },
};

const struct cli_command cli_cmd_reach = {
	.name = "reach", .operands = "ID", .min_rest = 1, .max_rest = 1,
	.summary = "how often each rule of a revision fires, over all states",
	.help = "A rule that is never reached is dead: the answer says which rule or condition\n"
		"excludes it. Every other comes with a scenario that reaches it.",
	.options = reach_options, .run = run_reach,
};

const struct cli_command cli_cmd_verify = {
	.name = "verify", .operands = "ID", .min_rest = 1, .max_rest = 1,
	.summary = "does a revision keep the invariants, over all states",
	.help = "Exit status 1 if one is violated.",
	.options = reach_options, .run = run_verify,
};

const struct cli_command cli_cmd_diff = {
	.name = "diff", .operands = "A B", .min_rest = 2, .max_rest = 2,
	.summary = "every state on which two revisions decide differently",
	.options = diff_options, .run = run_diff,
};

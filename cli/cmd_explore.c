/* SPDX-License-Identifier: MIT */
/* reach, verify, diff, and how all that explores is answered. */
#include "commands.h"

#include "explore.h"

#include <string.h>

/* Ctrl-C at the prompt ends the sweep, not the shell. */
static int cancelled(void *arg)
{
	return !cli_progress(arg);
}

int cli_explore_options(struct cli *cli, const struct cli_args *args,
			struct s2_explore_options *options)
{
	struct s2_name names[S2_NR_ASSUMPTIONS + 1] = { { NULL, 0 } };
	const char *assume = cli_option(args, "assume"), *no = cli_option(args, "no-assume");
	uint64_t on = 0, off = 0;
	int status = CLI_OK;

	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		names[i] = (struct s2_name){ s2_assumptions[i].id, UINT64_C(1) << i };
	if (assume != NULL)
		status = cli_names(cli, "assume", assume, names, NULL, "an assumption (s2pte facts --text lists them)", &on);
	if (status == CLI_OK && no != NULL)
		status = cli_names(cli, "no-assume", no, names, NULL, "an assumption (s2pte facts --text lists them)", &off);
	*options = (struct s2_explore_options){ .assumptions = S2_ASSUME_DEFAULT,
						.progress = cancelled,
						.arg = cli };
	options->assumptions = (options->assumptions | (unsigned)on) & ~(unsigned)off;
	return status;
}

int cli_kernel(struct cli *cli, const char *command, const char *id, struct s2_json_kernel *kernel)
{
	struct s2_error err;

	kernel->revision = cli_revision(cli, id, &err);
	kernel->run_as = NULL;
	if (kernel->revision == NULL) {
		cli_blame(cli, id);
		return cli_revision_error(cli, command, &err);
	}
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

int cli_shard(struct cli *cli, const struct cli_args *args, enum cli_format format,
	      struct s2_explore_options *options)
{
	const char *text = cli_option(args, "shard");
	uint64_t part = 0, of = 0;
	char first[8];
	size_t len;

	if (text == NULL)
		return CLI_OK;
	len = strcspn(text, "/");
	snprintf(first, sizeof(first), "%.*s", (int)len, text);
	if (text[len] != '/' || len >= sizeof(first) || !cli_parse_number(first, &part) ||
	    !cli_parse_number(text + len + 1, &of) || part == 0 || part > of || of > S2_MAX_SHARDS)
		return cli_bad_option(cli, "shard", "\"%s\": expected K/N, K from 1 to N, N at most %d",
				      text, S2_MAX_SHARDS);
	if (format != CLI_FORMAT_JSON)
		return cli_bad_option(cli, "shard", "a part is JSON, for s2pte merge to read");
	options->shard = (unsigned)part - 1;
	options->n_shards = (unsigned)of;
	return CLI_OK;
}

/* ---- Answers ---------------------------------------------------------------------------- */

/* An invariant that the base keeps and the changed revision does not. */
static int breaks_one(const struct s2_answer *a, bool *breaks)
{
	struct s2_size_invariant sizes[S2_NR_SIZE_INVARIANTS] = { 0 };
	struct s2_table_invariant table[S2_NR_TABLE_INVARIANTS] = { 0 };
	struct s2_verify verify = { 0 };
	int ret = s2_explore_verify(a->explorer, a->base.revision, &verify);

	if (ret == 0)
		ret = s2_explore_size_verify(a->explorer, a->base.revision, sizes);
	if (ret == 0)
		ret = s2_table_verify(a->base.revision, table);
	for (size_t i = 0; ret == 0 && i < verify.n_invariants; i++)
		*breaks |= verify.invariants[i].holds && !a->verify.invariants[i].holds;
	for (size_t i = 0; ret == 0 && i < S2_NR_SIZE_INVARIANTS; i++)
		*breaks |= sizes[i].violations == 0 && a->size_invariants[i].violations != 0;
	for (size_t i = 0; ret == 0 && i < S2_NR_TABLE_INVARIANTS; i++)
		*breaks |= table[i].violations == 0 && a->table_invariants[i].violations != 0;
	return ret;
}

/* Is there something that the exit status tells of? A part does not know. */
static int find(const struct cli_args *args, const struct s2_answer *a, bool *finding)
{
	*finding = false;
	if (a->options.n_shards != 0)
		return 0;
	if (a->question == S2_ASK_WHATIF)
		return breaks_one(a, finding);
	if (a->question == S2_ASK_VERIFY)
		*finding = s2_answer_violated(a);
	if (a->question == S2_ASK_DIFF)
		*finding = cli_switch(args, "exit-code") && s2_answer_different(a);
	return 0;
}

/* For people. */
static void report(struct report *r, const struct s2_answer *a)
{
	switch (a->question) {
	case S2_ASK_REACH:
		report_reach(r, a);
		break;
	case S2_ASK_VERIFY:
		report_verify(r, a);
		break;
	case S2_ASK_DIFF:
		report_diff(r, a);
		break;
	case S2_ASK_WHATIF:
		report_heading(r, 1, "What if: %s", a->kernel.name);
		report_diff(r, a);
		report_verify(r, a);
		report_reach(r, a);
		break;
	}
}

int cli_tell_answer(struct cli *cli, const struct cli_args *args, enum cli_format format,
		    const struct s2_answer *a)
{
	struct report r;
	struct s2_json_sink sink = cli_sink(cli);
	bool finding;
	int ret = find(args, a, &finding);

	report_begin(&r, cli, format);
	if (ret == 0 && format != CLI_FORMAT_JSON) {
		report(&r, a);
		report_end(&r);
	} else if (ret == 0) {
		ret = s2_answer_print(a, cli_style(cli), &sink);
	}
	if (ret != 0)
		return cli_explored(cli, args->command->name, ret);
	return finding ? CLI_NOT_ALL : CLI_OK;
}

int cli_answer(struct cli *cli, const struct cli_args *args, struct s2_answer *a)
{
	enum cli_format format;
	int ret, status = cli_report_format(cli, args, &format);

	if (status == CLI_OK)
		status = cli_shard(cli, args, format, &a->options);
	if (status != CLI_OK)
		return status;
	ret = s2_answer_explore(a);
	if (ret != 0)
		return cli_explored(cli, args->command->name, ret);
	status = cli_tell_answer(cli, args, format, a);
	s2_answer_free(a);
	return status;
}

static int run(struct cli *cli, const struct cli_args *args, enum s2_question question)
{
	struct s2_answer a = { .question = question };
	const char *command = args->command->name;
	int status = cli_explore_options(cli, args, &a.options);

	if (status == CLI_OK && question == S2_ASK_DIFF)
		status = cli_kernel(cli, command, args->rest[0], &a.base);
	if (status == CLI_OK)
		status = cli_kernel(cli, command, args->rest[args->n_rest - 1], &a.kernel);
	return status == CLI_OK ? cli_answer(cli, args, &a) : status;
}

static int run_reach(struct cli *cli, const struct cli_args *args)
{
	return run(cli, args, S2_ASK_REACH);
}

static int run_verify(struct cli *cli, const struct cli_args *args)
{
	return run(cli, args, S2_ASK_VERIFY);
}

static int run_diff(struct cli *cli, const struct cli_args *args)
{
	return run(cli, args, S2_ASK_DIFF);
}

/* ---- The commands ------------------------------------------------------------------------- */

static const struct cli_option reach_options[] = {
	CLI_EXPLORE_OPTIONS,
	{ NULL, NULL, NULL, false },
};

static const struct cli_option diff_options[] = {
	CLI_EXPLORE_OPTIONS,
	{ "exit-code", NULL, "exit with 1 if there is a difference", false },
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_reach = {
	.name = "reach", .operands = "ID", .min_rest = 1, .max_rest = 1,
	.summary = "how often each rule of a revision fires, over all states",
	.help = "A rule that is never reached is dead: the answer says which rule or condition\n"
		"excludes it. Every other comes with a scenario that reaches it.",
	.examples = 
		"reach v9\n"
		"reach v9 --format text",
	.options = reach_options, .run = run_reach,
};

const struct cli_command cli_cmd_verify = {
	.name = "verify", .operands = "ID", .min_rest = 1, .max_rest = 1,
	.summary = "does a revision keep the invariants, over all states",
	.help = "Exit status 1 if one is violated.",
	.examples = 
		"verify v9\n"
		"verify v6.12 --assume slot-accepted --format text",
	.options = reach_options, .run = run_verify,
};

const struct cli_command cli_cmd_diff = {
	.name = "diff", .operands = "A B", .min_rest = 2, .max_rest = 2,
	.summary = "every state on which two revisions decide differently",
	.examples = 
		"diff v9 v10\n"
		"diff v6.12 latest --format markdown",
	.options = diff_options, .run = run_diff,
};

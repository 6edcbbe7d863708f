/* SPDX-License-Identifier: MIT */
/* reach, verify, diff, and the answer of whatif: all states of a revision. */
#include "commands.h"

#include "explore.h"
#include "report.h"

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
		status = cli_names(cli, "assume", assume, names, NULL, "an assumption", &on);
	if (status == CLI_OK && no != NULL)
		status = cli_names(cli, "no-assume", no, names, NULL, "an assumption", &off);
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

/* What one of the commands is asked: a question about one revision, or about two. */
struct question {
	struct cli *cli;
	const char *command;
	enum cli_format format;
	struct s2_explore_options options;
	struct s2_json_kernel a, b; /* b.revision NULL: about a alone */
	bool finding;
};

static int ask(struct question *q, const struct cli_args *args)
{
	int status = cli_report_format(q->cli, args, &q->format);

	q->command = args->command->name;
	if (status == CLI_OK)
		status = cli_explore_options(q->cli, args, &q->options);
	if (status == CLI_OK)
		status = cli_kernel(q->cli, q->command, args->rest[0], &q->a);
	if (status == CLI_OK && args->n_rest > 1)
		status = cli_kernel(q->cli, q->command, args->rest[1], &q->b);
	return status;
}

/* For people: with an explorer that the report is made from. */
typedef int report_fn(struct question *q, const struct report *r, struct s2_explorer *ex);

static int answer_for_people(struct question *q, report_fn *report)
{
	struct report r = { q->cli, q->format == CLI_FORMAT_MARKDOWN };
	struct s2_explorer *ex;
	int ret = s2_explorer_new(&ex, q->a.revision, q->b.revision, &q->options);

	if (ret == 0) {
		ret = report(q, &r, ex);
		s2_explorer_free(ex);
	}
	return cli_explored(q->cli, q->command, ret);
}

static int report_question_reach(struct question *q, const struct report *r,
				 struct s2_explorer *ex)
{
	return report_reach(r, ex, &q->a, &q->options);
}

static int run_reach(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_sink sink = cli_sink(cli);
	struct question q = { .cli = cli };
	int status = ask(&q, args);

	if (status != CLI_OK)
		return status;
	if (q.format != CLI_FORMAT_JSON)
		return answer_for_people(&q, report_question_reach);
	return cli_explored(cli, "reach", s2_reach_print(&q.a, &q.options, cli_style(cli), &sink));
}

static int report_question_verify(struct question *q, const struct report *r,
				  struct s2_explorer *ex)
{
	return report_verify(r, ex, &q->a, &q->options, &q->finding);
}

static int run_verify(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_sink sink = cli_sink(cli);
	struct question q = { .cli = cli };
	int status = ask(&q, args);

	if (status != CLI_OK)
		return status;
	if (q.format != CLI_FORMAT_JSON)
		status = answer_for_people(&q, report_question_verify);
	else
		status = cli_explored(cli, "verify",
				      s2_verify_print(&q.a, &q.options, cli_style(cli), &sink,
						      &q.finding));
	return status == CLI_OK && q.finding ? CLI_NOT_ALL : status;
}

static int report_question_diff(struct question *q, const struct report *r, struct s2_explorer *ex)
{
	return report_diff(r, ex, &q->a, &q->b, &q->options, &q->finding);
}

static int run_diff(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_sink sink = cli_sink(cli);
	struct question q = { .cli = cli };
	int status = ask(&q, args);

	if (status != CLI_OK)
		return status;
	if (q.format != CLI_FORMAT_JSON)
		status = answer_for_people(&q, report_question_diff);
	else
		status = cli_explored(cli, "diff", s2_diff_print(&q.a, &q.b, &q.options,
								 cli_style(cli), &sink, &q.finding));
	return status == CLI_OK && q.finding && cli_switch(args, "exit-code") ? CLI_NOT_ALL : status;
}

/* ---- whatif ----------------------------------------------------------------------------- */

static int report_question_whatif(struct question *q, const struct report *r,
				  struct s2_explorer *ex)
{
	bool ignored = false;
	int ret;

	report_heading(r, 1, "What if: %s", q->b.name);
	ret = report_diff(r, ex, &q->a, &q->b, &q->options, &ignored);
	if (ret == 0)
		ret = report_verify(r, ex, &q->b, &q->options, &ignored);
	if (ret == 0)
		ret = report_reach(r, ex, &q->b, &q->options);
	return ret;
}

/* An invariant that the base keeps and the changed revision does not. */
static int breaks_one(struct question *q, bool *breaks)
{
	const struct s2_revision *revs[] = { q->a.revision, q->b.revision };
	struct s2_size_invariant sizes[2][S2_NR_SIZE_INVARIANTS];
	struct s2_verify verify[2];
	struct s2_explorer *ex;
	int ret = s2_explorer_new(&ex, revs[0], revs[1], &q->options);

	if (ret != 0)
		return ret;
	for (size_t i = 0; i < 2 && ret == 0; i++) {
		ret = s2_explore_verify(ex, revs[i], &verify[i]);
		if (ret == 0)
			ret = s2_explore_size_verify(ex, revs[i], sizes[i]);
	}
	for (size_t i = 0; ret == 0 && i < verify[0].n_invariants; i++)
		*breaks |= verify[0].invariants[i].holds && !verify[1].invariants[i].holds;
	for (size_t i = 0; ret == 0 && i < S2_NR_SIZE_INVARIANTS; i++)
		*breaks |= sizes[0][i].violations == 0 && sizes[1][i].violations != 0;
	s2_explorer_free(ex);
	return ret;
}

int cli_report_whatif(struct cli *cli, const struct cli_args *args,
		      const struct s2_json_kernel *base, const struct s2_json_kernel *changed,
		      const struct s2_explore_options *options)
{
	struct s2_json_sink sink = cli_sink(cli);
	struct question q = { .cli = cli, .command = "whatif", .options = *options, .a = *base,
			      .b = *changed };
	bool breaks = false;
	int status = cli_report_format(cli, args, &q.format);

	if (status != CLI_OK)
		return status;
	status = cli_explored(cli, "whatif", breaks_one(&q, &breaks));
	if (status != CLI_OK)
		return status;
	if (q.format != CLI_FORMAT_JSON)
		status = answer_for_people(&q, report_question_whatif);
	else
		status = cli_explored(cli, "whatif",
				      s2_whatif_print(&q.a, &q.b, &q.options, cli_style(cli), &sink,
						      NULL));
	return status == CLI_OK && breaks ? CLI_NOT_ALL : status;
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

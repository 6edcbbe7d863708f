/* SPDX-License-Identifier: MIT */
/* kernels, rules: the revisions as data. */
#include "commands.h"

static int run_kernels(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_sink sink = cli_sink(cli);

	if (!cli_text(cli, args))
		return cli_written(cli, s2_kernels_print(cli_style(cli), &sink));
	for (size_t i = 0; s2_revisions[i] != NULL; i++)
		fprintf(cli->out, "%-8s %2zu rules  %s\n", s2_revisions[i]->id,
			s2_revisions[i]->n_rules, s2_revisions[i]->title);
	return CLI_OK;
}

static const struct cli_option text_options[] = {
	{ "text", NULL, "for people", false },
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_kernels = {
	.name = "kernels", .operands = "", .max_rest = 0,
	.summary = "list the kernel revisions",
	.examples = "kernels",
	.options = text_options, .run = run_kernels,
};

static void print_facts(struct cli *cli, const struct s2_revision *rev, const char *before,
			uint64_t mask, uint64_t value)
{
	for (unsigned i = 0; i < 64; i++) {
		if ((mask >> i & 1) == 0)
			continue;
		fprintf(cli->out, "%s%s%s", before, (value >> i & 1) != 0 ? "" : "not ",
			s2_revision_fact_name(rev, i));
		before = ", ";
	}
}

static void print_rule(struct cli *cli, const struct s2_revision *rev, const struct s2_rule *rule)
{
	fprintf(cli->out, "  %s%s%s: %s\n", cli_colour(cli, CLI_BOLD), rule->id,
		cli_colour(cli, CLI_PLAIN), rule->why);
	for (unsigned i = 0; i < rule->n_when; i++) {
		fprintf(cli->out, "    %s ", i == 0 ? "if" : "or");
		if (rule->when[i].mask == 0)
			fputs("always", cli->out);
		print_facts(cli, rev, "", rule->when[i].mask, rule->when[i].value);
		fputc('\n', cli->out);
	}
	fputs("    then", cli->out);
	print_facts(cli, rev, " set ", rule->set, rule->set);
	print_facts(cli, rev, " clear ", rule->clear, rule->clear);
	if (rule->err != 0)
		fprintf(cli->out, " %s", s2_errno_name(rule->err));
	if (rule->action != S2_ACTION_NONE)
		fprintf(cli->out, " %s", s2_action_name((enum s2_action)rule->action));
	fprintf(cli->out, "    %sin %s()%s\n", cli_colour(cli, CLI_DIM), rule->where,
		cli_colour(cli, CLI_PLAIN));
}

static int run_rules(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_sink sink = cli_sink(cli);
	struct s2_error err;
	const struct s2_revision *rev =
		cli_revision(cli, args->n_rest > 0 ? args->rest[0] : "latest", &err);

	if (rev == NULL)
		return cli_revision_error(cli, "rules", &err);
	if (!cli_text(cli, args))
		return cli_written(cli, s2_rules_print(rev, cli_style(cli), &sink));
	fprintf(cli->out, "%s: %s\n", rev->id, rev->title);
	for (size_t i = 0; i < rev->n_rules; i++) {
		if (i == 0 || rev->rules[i - 1]->stage != rev->rules[i]->stage)
			fprintf(cli->out, "\n%s\n",
				s2_stage_name((enum s2_stage)rev->rules[i]->stage));
		print_rule(cli, rev, rev->rules[i]);
	}
	fputs("\nquirks:", cli->out);
	for (const struct s2_name *n = s2_size_quirk_names; n->name != NULL; n++)
		if ((rev->sizes & n->value) != 0)
			fprintf(cli->out, " %s", n->name);
	for (const struct s2_name *n = s2_table_quirk_names; n->name != NULL; n++)
		if ((rev->table & n->value) != 0)
			fprintf(cli->out, " %s", n->name);
	fputs((rev->sizes | rev->table) == 0 ? " none\n" : "\n", cli->out);
	return CLI_OK;
}

const struct cli_command cli_cmd_rules = {
	.name = "rules", .operands = "[ID]", .max_rest = 1,
	.summary = "print the rules of a revision, as a rule file that loads back",
	.help = "ID is a revision (default latest) or a rule file's path.",
	.examples = "rules v9",
	.options = text_options, .run = run_rules,
};

/* ---- facts ---------------------------------------------------------------------------- */

static void print_fact(struct cli *cli, const struct s2_revision *rev, unsigned fact)
{
	static const char *const kinds[] = { "input", "derived", "made", false };
	const struct s2_fact_info *info = fact < S2_NR_FACTS ? &s2_facts[fact] : NULL;

	fprintf(cli->out, "%s%-24s%s %-8s %s\n", cli_colour(cli, CLI_BOLD),
		s2_revision_fact_name(rev, fact), cli_colour(cli, CLI_PLAIN),
		info != NULL ? kinds[info->kind] : "own", s2_revision_fact_why(rev, fact));
	for (unsigned i = 0; info != NULL && i < info->n_when; i++) {
		fprintf(cli->out, "%-24s   %s ", "", i == 0 ? "if" : "or");
		print_facts(cli, rev, "", info->when[i].mask, info->when[i].value);
		fputc('\n', cli->out);
	}
}

/* What excludes states, for a person to check: a law, or an assumption. */
static void print_never(struct cli *cli, const struct s2_revision *rev, struct s2_cond never,
			const char *why)
{
	if (never.mask != 0)
		print_facts(cli, rev, "", never.mask, never.value);
	else
		fputs("a slot that the revision refuses", cli->out);
	fprintf(cli->out, "\n    %s\n", why);
}

static void print_laws(struct cli *cli, const struct s2_revision *rev)
{
	fputs("\nlaws: never\n", cli->out);
	for (size_t i = 0; i < s2_nr_laws; i++) {
		fputs("  ", cli->out);
		print_never(cli, rev, s2_laws[i].never, s2_laws[i].why);
	}
	fputs("\nassumptions: never\n", cli->out);
	for (size_t i = 0; i < S2_NR_ASSUMPTIONS; i++) {
		fprintf(cli->out, "  %s%s%s%s: ", cli_colour(cli, CLI_BOLD), s2_assumptions[i].id,
			cli_colour(cli, CLI_PLAIN),
			s2_assumptions[i].by_default ? "" : " (off unless asked for)");
		print_never(cli, rev, s2_assumptions[i].never, s2_assumptions[i].why);
	}
}

static int run_facts(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_sink sink = cli_sink(cli);
	struct s2_error err;
	const struct s2_revision *rev =
		cli_revision(cli, args->n_rest > 0 ? args->rest[0] : "latest", &err);

	if (rev == NULL)
		return cli_revision_error(cli, "facts", &err);
	if (!cli_text(cli, args))
		return cli_written(cli, s2_facts_print(rev, cli_style(cli), &sink));
	for (unsigned i = 0; i < 64; i++)
		if (s2_revision_fact_name(rev, i) != NULL)
			print_fact(cli, rev, i);
	print_laws(cli, rev);
	return CLI_OK;
}

const struct cli_command cli_cmd_facts = {
	.name = "facts", .operands = "[ID]", .max_rest = 1,
	.summary = "the facts that rules can ask about, with the laws and assumptions",
	.help = "ID is a revision or a rule file, which may declare facts of its own.",
	.examples = "facts v9",
	.options = text_options, .run = run_facts,
};

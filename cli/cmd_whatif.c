/* SPDX-License-Identifier: MIT */
/* whatif: a revision with rules dropped, inserted or replaced, put through everything. */
#include "commands.h"

#include "explore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is being made, and from what. */
struct making {
	struct cli *cli;
	const struct cli_args *args;
	struct s2_builder *builder;
	const char *base; /* as it was given */
	char name[160];
	int next_operand; /* the next word after the options that has not been used */
};

static int fail(struct making *m, const char *option, const struct s2_error *err)
{
	cli_bad_option(m->cli, option, "%s%s%s", err->path, err->path[0] != '\0' ? ": " : "",
		       err->message);
	return err->code == S2_ENOMEM ? CLI_IO : CLI_USAGE;
}

static void add_to_name(struct making *m, const char *sign, const char *what)
{
	size_t n = strlen(m->name);

	snprintf(m->name + n, sizeof(m->name) - n, " %s%s", sign, what);
}

static int unknown_rule(struct making *m, const char *option, const char *id)
{
	const struct s2_revision *rev = s2_builder_revision(m->builder);
	const char *near = NULL;
	unsigned best = 1000;

	for (size_t i = 0; i < rev->n_rules; i++)
		if (s2_name_near(id, rev->rules[i]->id, &best))
			near = rev->rules[i]->id;
	if (near != NULL)
		return cli_bad_option(m->cli, option, "there is no rule \"%s\"; did you mean \"%s\"?",
				      id, near);
	return cli_bad_option(m->cli, option, "there is no rule \"%s\"; s2pte rules %s lists them", id,
			      m->base);
}

static int drop(struct making *m, const char *ids)
{
	while (*ids != '\0') {
		size_t len = strcspn(ids, ",");
		char id[80];

		snprintf(id, sizeof(id), "%.*s", (int)len, ids);
		if (s2_builder_drop(m->builder, id) != 0)
			return unknown_rule(m, "drop", id);
		add_to_name(m, "-", id);
		ids += len + (ids[len] == ',');
	}
	return CLI_OK;
}

/* The rules of @file before rule number @at; without a place (-1), at the end of their stage. */
static int insert_at(struct making *m, const char *option, const char *file, int at)
{
	struct s2_error err;
	const struct s2_revision *rev = cli_revision(m->cli, file, &err);

	if (rev == NULL)
		return fail(m, option, &err);
	for (size_t i = 0; i < rev->n_rules; i++) {
		const struct s2_revision *now = s2_builder_revision(m->builder);
		size_t place = (size_t)at + i;

		if (at < 0)
			for (place = 0; place < now->n_rules &&
					now->rules[place]->stage <= rev->rules[i]->stage;)
				place++;
		if (s2_builder_insert_from(m->builder, place, rev, i, &err) != 0)
			return fail(m, option, &err);
		add_to_name(m, "+", rev->rules[i]->id);
	}
	return CLI_OK;
}

/* FILE, FILE@before RULE or FILE@after RULE; the rule may be the next word, or follow ":". */
static int insert(struct making *m, const char *text)
{
	const char *mark = strrchr(text, '@'), *rule = NULL;
	bool after = false;
	char file[512];
	int at = -1;

	if (mark != NULL && (strncmp(mark, "@before", 7) == 0 || strncmp(mark, "@after", 6) == 0)) {
		after = mark[1] == 'a';
		rule = mark + (after ? 6 : 7);
		rule += strspn(rule, " :=");
		if (*rule == '\0' && m->next_operand < m->args->n_rest)
			rule = m->args->rest[m->next_operand++];
		at = s2_revision_rule(s2_builder_revision(m->builder), rule);
		if (at < 0)
			return unknown_rule(m, "insert", rule);
	}
	snprintf(file, sizeof(file), "%.*s",
		 (int)(rule != NULL ? (size_t)(mark - text) : strlen(text)), text);
	return insert_at(m, "insert", file, at < 0 ? at : at + after);
}

static int replace(struct making *m, const char *text)
{
	size_t len = strcspn(text, "=");
	char id[80];
	int at;

	snprintf(id, sizeof(id), "%.*s", (int)len, text);
	if (text[len] == '\0')
		return cli_bad_option(m->cli, "replace", "expected RULE=FILE");
	at = s2_revision_rule(s2_builder_revision(m->builder), id);
	if (at < 0)
		return unknown_rule(m, "replace", id);
	s2_builder_drop(m->builder, id);
	add_to_name(m, "-", id);
	return insert_at(m, "replace", text + len + 1, at);
}

/* In the order in which they were given. */
static int make(struct making *m)
{
	for (int i = 0; i < m->args->n_given; i++) {
		const char *option = m->args->command->options[m->args->given[i].option].name;
		const char *value = m->args->given[i].value;
		int status = strcmp(option, "drop") == 0    ? drop(m, value) :
			     strcmp(option, "insert") == 0  ? insert(m, value) :
			     strcmp(option, "replace") == 0 ? replace(m, value) :
							      CLI_OK;

		if (status != CLI_OK)
			return status;
	}
	return CLI_OK;
}

static int save(struct making *m, const char *file)
{
	struct cli writer = *m->cli;
	struct cli_output output;
	struct s2_json_sink sink = cli_sink(&writer);

	writer.out = cli_output_open(&output, file, false);
	if (writer.out == NULL ||
	    !cli_output_close(&output, s2_rules_print(s2_builder_revision(m->builder),
						      S2_JSON_INDENTED, &sink) == 0))
		return cli_fail(m->cli, CLI_IO, "cannot write %s: %s", file, strerror(errno));
	return CLI_OK;
}

/* A whole rule file in the place of options. */
static int load_whole(struct making *m, struct s2_json_kernel *kernel)
{
	if (m->next_operand >= m->args->n_rest)
		return CLI_OK;
	if (kernel->revision != NULL || m->args->n_rest - m->next_operand > 1)
		return cli_fail(m->cli, CLI_USAGE, "whatif: unexpected \"%s\"",
				m->args->rest[m->next_operand]);
	return cli_kernel(m->cli, "whatif", m->args->rest[m->next_operand], kernel);
}

static int run_with(struct making *m, const struct s2_json_kernel *base,
		    const struct s2_explore_options *options)
{
	struct s2_json_kernel changed = { NULL, NULL, NULL };
	const char *file = cli_option(m->args, "save");
	struct s2_answer answer;
	struct s2_error err;
	int status;

	snprintf(m->name, sizeof(m->name), "%s", base->name);
	if (s2_builder_copy(m->builder, base->revision, &err) != 0)
		return cli_fail(m->cli, CLI_IO, "whatif: %s", err.message);
	status = make(m);
	if (status == CLI_OK && strcmp(m->name, base->name) != 0)
		changed = (struct s2_json_kernel){ s2_builder_revision(m->builder), m->name,
						   file != NULL ? file : base->name };
	if (status == CLI_OK)
		status = load_whole(m, &changed);
	if (status == CLI_OK && changed.revision == NULL)
		status = cli_fail(m->cli, CLI_USAGE, "whatif: expected --drop, --insert, --replace or "
				  "a rule file");
	if (status == CLI_OK && file != NULL)
		status = save(m, file);
	if (status != CLI_OK)
		return status;
	answer = (struct s2_answer){ .question = S2_ASK_WHATIF, .base = *base, .kernel = changed,
				     .options = *options };
	return cli_answer(m->cli, m->args, &answer);
}

static int run_whatif(struct cli *cli, const struct cli_args *args)
{
	const char *id = cli_option(args, "base");
	struct making m = { .cli = cli, .args = args, .base = id != NULL ? id : "latest" };
	struct s2_explore_options options;
	struct s2_json_kernel base;
	int status = cli_explore_options(cli, args, &options);

	if (status == CLI_OK)
		status = cli_kernel(cli, "whatif", id != NULL ? id : "latest", &base);
	if (status != CLI_OK)
		return status;
	m.builder = s2_builder_new("proposed", base.revision->title);
	if (m.builder == NULL)
		return cli_fail(cli, CLI_IO, "out of memory");
	status = run_with(&m, &base, &options);
	s2_builder_free(m.builder);
	return status;
}

static const struct cli_option whatif_options[] = {
	{ "base", "ID", "the revision to change, default latest", false },
	{ "drop", "RULE", "leave a rule out (or several: RULE,RULE)", true },
	{ "insert", "FILE[@before|after RULE]",
	  "insert the rules of a file, by default at the end of their stage", true },
	{ "replace", "RULE=FILE", "put the rules of a file in the place of one", true },
	{ "save", "FILE", "write the changed revision as a rule file, which scenarios then name",
	  false },
	CLI_EXPLORE_OPTIONS,
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_whatif = {
	.name = "whatif", .operands = "[FILE]", .max_rest = -1,
	.summary = "a revision with rules changed, put through reach, verify and diff",
	.help = "FILE is a whole rule file, instead of changes to the base. Rules may ask for facts\n"
		"that the file declares; they are taken both ways. Exit status 1 if an invariant\n"
		"is violated that the base keeps.",
	.examples = 
		"whatif --base v9 --drop cow-special\n"
		"whatif --base v9 --drop cow-special --format text",
	.options = whatif_options, .run = run_whatif,
};

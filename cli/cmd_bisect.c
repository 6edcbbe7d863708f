/* SPDX-License-Identifier: MIT */
/* bisect: which revision of the chain changed an outcome, or an invariant. */
#include "commands.h"

#include "explore.h"

#include "reader.h"
#include "writer.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* Says whether a revision is as expected: 1, 0, or a negative status. */
typedef int verdict_fn(struct cli *cli, void *arg, const struct s2_revision *rev);

static void print(struct cli *cli, const struct cli_args *args, const bool *good)
{
	struct s2_json_sink sink = cli_sink(cli);
	struct s2i_writer w;

	if (cli_text(cli, args)) {
		for (size_t i = 0; s2_revisions[i] != NULL; i++)
			fprintf(cli->out, "%-8s %s%s\n", s2_revisions[i]->id, good[i] ? "yes" : "no",
				i > 0 && good[i] != good[i - 1] ? "  <- changed here" : "");
		return;
	}
	s2i_writer_init(&w, cli_style(cli), &sink);
	s2i_open(&w, NULL, '{');
	s2i_open(&w, "chain", '[');
	for (size_t i = 0; s2_revisions[i] != NULL; i++) {
		s2i_open_flat(&w, NULL, '{');
		s2i_string(&w, "kernel", s2_revisions[i]->id);
		s2i_bool(&w, "as_expected", good[i]);
		s2i_close(&w, '}');
	}
	s2i_close(&w, ']');
	s2i_open(&w, "changed", '[');
	for (size_t i = 1; s2_revisions[i] != NULL; i++) {
		if (good[i] == good[i - 1])
			continue;
		s2i_open_flat(&w, NULL, '{');
		s2i_string(&w, "from", s2_revisions[i - 1]->id);
		s2i_string(&w, "to", s2_revisions[i]->id);
		s2i_bool(&w, "as_expected", good[i]);
		s2i_close(&w, '}');
	}
	s2i_close(&w, ']');
	s2i_close(&w, '}');
	s2i_writer_finish(&w);
}

static int walk_chain(struct cli *cli, const struct cli_args *args, verdict_fn *verdict, void *arg)
{
	bool good[32] = { false };

	for (size_t i = 0; i < 32 && s2_revisions[i] != NULL; i++) {
		int got = verdict(cli, arg, s2_revisions[i]);

		if (got < 0)
			return -got;
		good[i] = got != 0;
	}
	print(cli, args, good);
	return CLI_OK;
}

/* ---- An invariant ----------------------------------------------------------------------- */

struct invariant {
	const char *id;
	struct s2_explore_options options;
};

static int invariant_holds(struct cli *cli, void *arg, const struct s2_revision *rev)
{
	const struct invariant *inv = arg;
	struct s2_size_invariant sizes[S2_NR_SIZE_INVARIANTS];
	struct s2_table_invariant tables[S2_NR_TABLE_INVARIANTS];
	struct s2_verify verify = { 0 };
	struct s2_explorer *ex;
	int found = -1, ret = s2_explorer_new(&ex, rev, NULL, &inv->options);

	if (ret != 0)
		return -cli_explored(cli, "bisect", ret);
	ret = s2_explore_verify(ex, rev, &verify);
	if (ret == 0)
		ret = s2_explore_size_verify(ex, rev, sizes);
	if (ret == 0)
		ret = s2_table_verify(rev, tables);
	for (size_t i = 0; ret == 0 && i < verify.n_invariants; i++)
		if (strcmp(verify.invariants[i].id, inv->id) == 0)
			found = verify.invariants[i].holds;
	for (size_t i = 0; ret == 0 && i < S2_NR_SIZE_INVARIANTS; i++)
		if (strcmp(sizes[i].id, inv->id) == 0)
			found = sizes[i].violations == 0;
	for (size_t i = 0; ret == 0 && i < S2_NR_TABLE_INVARIANTS; i++)
		if (strcmp(tables[i].id, inv->id) == 0)
			found = tables[i].violations == 0;
	s2_explorer_free(ex);
	if (ret != 0)
		return -cli_explored(cli, "bisect", ret);
	if (found < 0)
		return -cli_bad_option(cli, "invariant", "there is no invariant \"%s\"; s2pte verify "
				       "lists them", inv->id);
	return found;
}

/* ---- A scenario ------------------------------------------------------------------------- */

struct expectation {
	json_t *scenario, *expect;
};

/* What is expected of the last event alone, as an expectation of the whole. */
static json_t *of_last_event(const json_t *scenario, json_t *expect)
{
	size_t n = json_array_size(json_object_get(scenario, "events"));
	json_t *whole, *events;

	if (json_object_get(expect, "events") != NULL || json_object_get(expect, "memslots") != NULL)
		return json_incref(expect);
	whole = json_object();
	events = json_array();
	for (size_t i = 0; i + 1 < n; i++)
		json_array_append_new(events, json_object());
	json_array_append(events, expect);
	json_object_set_new(whole, "events", events);
	return whole;
}

static int scenario_gives(struct cli *cli, void *arg, const struct s2_revision *rev)
{
	struct s2_json_resolver resolver = cli_resolver(cli);
	struct expectation *e = arg;
	json_t *line = json_pack("{s:O, s:O}", "scenario", e->scenario, "expect", e->expect);
	struct s2_error err;
	char name[64], *text;
	int ret = S2_ENOMEM;

	json_object_set_new(e->scenario, "kernel", json_string(rev->id));
	text = line != NULL ? json_dumps(line, JSON_COMPACT) : NULL;
	if (text != NULL)
		ret = s2_json_check(text, strlen(text), &resolver, name, sizeof(name), &err);
	free(text);
	json_decref(line);
	if (ret == 0 || (ret == 1 && strncmp(err.message, "the scenario is invalid", 23) != 0))
		return ret == 0;
	return -cli_fail(cli, ret == S2_ENOMEM ? CLI_IO : CLI_NOT_ALL, "bisect: %s",
			 ret == S2_ENOMEM ? "out of memory" : err.message);
}

/* An object, or the status of a message. */
static int parse(struct cli *cli, const char *what, const char *text, size_t size, json_t **value)
{
	struct s2_error err;

	*value = s2i_parse(text, size, &err);
	if (*value == NULL)
		return cli_fail(cli, err.code == S2_ENOMEM ? CLI_IO : CLI_NOT_ALL, "%s: %s", what,
				err.message);
	if (json_is_object(*value))
		return CLI_OK;
	json_decref(*value);
	*value = NULL;
	return cli_fail(cli, CLI_NOT_ALL, "%s: expected an object", what);
}

static int run_scenario(struct cli *cli, const struct cli_args *args)
{
	const char *expect_text = cli_option(args, "expect");
	struct expectation e = { NULL, NULL };
	json_t *document, *expect = NULL;
	char *text;
	size_t size;
	struct s2_error err;
	int status = CLI_OK;

	if (cli_read_file(args->rest[0], &text, &size, &err) != 0)
		return cli_fail(cli, CLI_IO, "%s", err.message);
	status = parse(cli, args->rest[0], text, size, &document);
	free(text);
	if (status != CLI_OK)
		return status;
	/* A check line has both; a scenario needs the option. */
	if (expect_text != NULL) {
		e.scenario = json_incref(document);
		status = parse(cli, "--expect", expect_text, strlen(expect_text), &expect);
	} else {
		e.scenario = json_incref(json_object_get(document, "scenario"));
		expect = json_incref(json_object_get(document, "expect"));
	}
	if (expect_text == NULL && (e.scenario == NULL || !json_is_object(expect)))
		status = cli_fail(cli, CLI_USAGE, "bisect: expected --expect JSON, or a check line "
				  "with scenario and expect");
	else if (expect == NULL && status != CLI_IO)
		status = CLI_USAGE;
	if (status == CLI_OK) {
		e.expect = of_last_event(e.scenario, expect);
		status = walk_chain(cli, args, scenario_gives, &e);
	}
	json_decref(e.expect);
	json_decref(expect);
	json_decref(e.scenario);
	json_decref(document);
	return status;
}

static int run_bisect(struct cli *cli, const struct cli_args *args)
{
	struct invariant inv = { .id = cli_option(args, "invariant") };
	int status = cli_explore_options(cli, args, &inv.options);

	if (status != CLI_OK)
		return status;
	if ((inv.id != NULL) == (args->n_rest > 0))
		return cli_fail(cli, CLI_USAGE, "bisect: expected either --invariant ID or a FILE");
	if (inv.id != NULL)
		return walk_chain(cli, args, invariant_holds, &inv);
	return run_scenario(cli, args);
}

static const struct cli_option bisect_options[] = {
	{ "invariant", "ID", "an invariant of verify", false },
	{ "expect", "JSON", "what the scenario's last event, or the whole result, should give", false },
	{ "assume", "LIST", "assumptions to add", false },
	{ "no-assume", "LIST", "assumptions to drop", false },
	{ "text", NULL, "for people", false },
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_bisect = {
	.name = "bisect", .operands = "[FILE]", .max_rest = 1,
	.summary = "which revision changed an outcome or an invariant",
	.help = "FILE is a scenario, with --expect '{\"errno\": \"EFAULT\"}', or a check line.",
	.examples = "bisect --invariant alias-mismatch",
	.options = bisect_options, .run = run_bisect,
};

/* SPDX-License-Identifier: MIT */
/* show: what a scenario has come to, as text or as a picture. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "session.h"

int cli_show(struct cli *cli, const char *name, const char *text, size_t size, bool picture,
	     bool for_people)
{
	struct s2_json_resolver resolver = cli_resolver(cli);
	struct session *s = malloc(sizeof(*s));
	bool prefer_text = cli->prefer_text;
	struct s2_scenario *scenario;
	struct s2_error err = { 0 };
	int status, ret = s2_scenario_parse(&scenario, text, size, &resolver, &err);

	s2_scenario_free(scenario);
	if (ret != 0) {
		free(s);
		return cli_fail(cli, ret == S2_ENOMEM ? CLI_IO : CLI_NOT_ALL, "%s%s%s: %s", name,
				err.path[0] != '\0' ? ": " : "", err.path, err.message);
	}
	if (s == NULL || !session_init(s, cli)) {
		free(s);
		return cli_fail(cli, CLI_IO, "out of memory");
	}
	json_decref(s->steps[0].document);
	s->steps[0].document = session_complete(json_loadb(text, size, 0, NULL));
	cli->prefer_text = for_people;
	status = picture ? session_picture(s) : session_show(s);
	cli->prefer_text = prefer_text;
	session_free(s);
	free(s);
	return status;
}

static int run_show(struct cli *cli, const struct cli_args *args)
{
	bool picture = cli_switch(args, "svg");
	struct s2_error err;
	char *text;
	size_t size;
	int status;

	if (picture && cli_switch(args, "text"))
		return cli_bad_option(cli, "svg", "does not go with --text");
	if (cli_read_file(args->rest[0], &text, &size, &err) != 0)
		return cli_fail(cli, CLI_IO, "%s", err.message);
	status = cli_show(cli, args->rest[0], text, size, picture, cli_text(cli, args));
	free(text);
	return status;
}

static const struct cli_option show_options[] = {
	{ "text", NULL, "for people: HVA, IPA and PA side by side, and the table", false },
	{ "svg", NULL, "the same as a picture: SVG", false },
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_show = {
	.name = "show", .operands = "FILE", .min_rest = 1, .max_rest = 1,
	.summary = "what a scenario has come to: address spaces, slots, the table",
	.help = "Runs the scenario to its end. - is standard input.",
	.examples = 
		"show --text examples/grace-hopper.json\n"
		"show --svg examples/dirty-logging.json",
	.options = show_options, .run = run_show,
};

/* SPDX-License-Identifier: MIT */
/* shell: all of it interactively, or from a script. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session.h"

/* Lines; session_line() knows of semicolons. */
static int run_commands(struct session *s, const char *text)
{
	int worst = CLI_OK;

	while (*text != '\0' && !s->leave && !ferror(s->cli->out)) {
		size_t len = strcspn(text, "\n");
		char *line = strndup(text, len);
		int status;

		if (line == NULL)
			return cli_fail(s->cli, CLI_IO, "out of memory");
		status = session_line(s, line);
		free(line);
		if (status > worst)
			worst = status;
		text += len + (text[len] != '\0');
	}
	return worst;
}

static int run_shell(struct cli *cli, const struct cli_args *args)
{
	const char *commands = cli_option(args, "commands"), *file = cli_option(args, "file");
	struct session *s;
	int status;

	if (commands != NULL && file != NULL)
		return cli_bad_option(cli, "commands", "does not go with --file");
	s = malloc(sizeof(*s));
	if (s == NULL || !session_init(s, cli)) {
		free(s);
		return cli_fail(cli, CLI_IO, "out of memory");
	}
	/* For people where there is a person. */
	cli->prefer_text = cli->terminal && commands == NULL && file == NULL;
	if (commands != NULL)
		status = run_commands(s, commands);
	else if (file != NULL)
		status = session_source(s, file);
	else if (cli->terminal && isatty(STDIN_FILENO) != 0)
		status = session_interact(s);
	else
		status = session_source(s, "-");
	session_free(s);
	free(s);
	return status;
}

static const struct cli_option shell_options[] = {
	{ "file", "FILE", "run the lines of a file and leave (also -f)", false },
	{ "commands", "TEXT", "run commands, separated by semicolons, and leave (also -c)", false },
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_shell = {
	.name = "shell", .operands = "", .max_rest = 0,
	.summary = "all of it interactively: build a VM, poke it, look at its table",
	.help = "s2pte alone on a terminal starts it; s2pte -f FILE and s2pte -c TEXT run a script.\n"
		"Without a terminal it reads lines from standard input and answers in JSON.",
	.examples = 
		"shell --file gpu.s2\n"
		"shell --commands \"kernel v9; write 0x40001000\"",
	.options = shell_options, .run = run_shell,
};

/* ---- complete: for the completion of other shells ------------------------------------------ */

static void print_candidate(void *arg, const char *candidate, const char *help)
{
	const struct cli *cli = arg;

	fprintf(cli->out, "%s\t%s\n", candidate, help);
}

static int run_complete(struct cli *cli, const struct cli_args *args)
{
	struct session *s = malloc(sizeof(*s));
	int n = args->n_rest;

	if (s == NULL || !session_init(s, cli)) {
		free(s);
		return cli_fail(cli, CLI_IO, "out of memory");
	}
	complete_command_line(s, n - 1, args->rest, args->rest[n - 1], print_candidate, cli);
	session_free(s);
	free(s);
	return CLI_OK;
}

static const struct cli_option no_options[] = { { NULL, NULL, NULL, false } };

const struct cli_command cli_cmd_complete = {
	.name = "complete", .operands = "WORD...", .min_rest = 1, .max_rest = -1,
	.summary = "what could stand in the place of the last word, with help after a tab",
	.help = "For the completion of bash, zsh and fish; write -- before the words.",
	.examples = "complete -- fault --kernel \"\"",
	.options = no_options, .run = run_complete,
};

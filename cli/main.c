/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool wants_colour(bool terminal)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return terminal && (no == NULL || no[0] == '\0') && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

int main(int argc, char **argv)
{
	struct cli cli = { .out = stdout, .err = stderr };
	int status;

	setlocale(LC_CTYPE, "");
	/* A closed pipe and a limit of size are errors of writing like any other. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	cli.terminal = isatty(STDOUT_FILENO) != 0;
	cli.colour = wants_colour(cli.terminal);
	status = cli_flush(&cli, cli_dispatch(&cli, argc - 1, argv + 1));
	cli_revisions_free(&cli);
	return status;
}

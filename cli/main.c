/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <fcntl.h>
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

/*
 * No file that is opened may get the number of a standard one that the caller has closed: that
 * one is there, and each read or write fails.
 */
static bool occupy_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	static struct cli_stream stream;
	static char buffer[65536], errors[1024];
	struct cli cli = { .err = stderr, .stream = &stream };
	int status;

	setlocale(LC_CTYPE, "");
	setvbuf(stderr, errors, _IOLBF, sizeof(errors)); /* a message is one write */
	/* A closed pipe and a limit of size are errors of writing like any other. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	cli.out = occupy_standard() ? cli_stream_open(&stream, STDOUT_FILENO) : NULL;
	if (cli.out == NULL) {
		perror("s2pte");
		return CLI_IO;
	}
	cli.terminal = isatty(STDOUT_FILENO) != 0;
	cli.colour = wants_colour(cli.terminal);
	setvbuf(cli.out, buffer, cli.terminal ? _IOLBF : _IOFBF, sizeof(buffer));
	cli_signals_hold(cli.out);
	status = cli_flush(&cli, cli_dispatch(&cli, argc - 1, argv + 1));
	cli_revisions_free(&cli);
	if (fclose(cli.out) != 0 && status != CLI_IO)
		status = cli_cannot_write(&cli);
	return status;
}

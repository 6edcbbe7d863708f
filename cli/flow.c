/* SPDX-License-Identifier: MIT */
/* Text that a terminal would break in the middle of a word is broken between words. */
#include "cli.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

size_t cli_columns(const struct cli *cli)
{
	struct winsize size;

	if (!cli->terminal || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 0;
	return size.ws_col;
}

static void print_word(struct cli_flow *flow, const char *word, size_t len)
{
	if (flow->width != 0 && flow->column + 1 + len >= flow->width && flow->column > flow->indent) {
		fprintf(flow->cli->out, "\n%*s", (int)flow->indent, "");
		flow->column = flow->indent;
	} else if (flow->begun) {
		fputc(' ', flow->cli->out);
		flow->column++;
	}
	fwrite(word, 1, len, flow->cli->out);
	flow->column += len;
	flow->begun = true;
}

void cli_flow_begin(struct cli_flow *flow, struct cli *cli, size_t column, size_t indent)
{
	*flow = (struct cli_flow){ cli, cli_columns(cli), indent, column, false };
	/* On a very narrow screen it would be a word a line. */
	if (flow->width != 0 && flow->width < indent + 30)
		flow->width = 0;
}

void cli_flow(struct cli_flow *flow, const char *fmt, ...)
{
	char text[1024];
	const char *at = text;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	while (*(at += strspn(at, " ")) != '\0') {
		size_t len = strcspn(at, " ");

		print_word(flow, at, len);
		at += len;
	}
}

void cli_flow_end(const struct cli_flow *flow)
{
	fputc('\n', flow->cli->out);
}

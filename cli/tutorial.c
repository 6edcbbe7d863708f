/* SPDX-License-Identifier: MIT */
/* Five minutes: the review thread that s2pte grew out of, at the prompt. */
#include "session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *text;
	const char *lines[5];
} steps[] = {
	{ "GPU memory on Grace Hopper is cacheable, but outside the kernel's linear map. A driver\n"
	  "maps it with VM_PFNMAP. Here is a gigabyte of it, and a slot that gives it to a guest,\n"
	  "on Linux 6.12:",
	  { "kernel v6.12",
	    "vma gpu 0x7f0000000000 1G PFNMAP SHARED pa 0x4000000000 device mapping 2M",
	    "slot 0 0x40000000 1G gpu", "write 0x40001000" } },
	{ "Look at MemAttr: Device-nGnRE, although the host maps the memory cacheable. Two names of\n"
	  "one memory with different attributes - the hole that the series closes. Its answer is to\n"
	  "let the VMA decide, if the CPU can do without cache maintenance:",
	  { "undo", "kernel v9", "cpu fwb dic", "write 0x40001000" } },
	{ "Normal Write-Back, and executable: FWB makes the D-cache maintenance needless and DIC that\n"
	  "of the I-cache. Both would need a kernel address, which this memory does not have.\n"
	  "Without them the slot cannot even be made:",
	  { "undo", "cpu -dic" } },
	{ "The fault path checks the same, for a VMA that is replaced under a slot that was\n"
	  "accepted. With force the slot stays, and the fault meets that check:",
	  { "slot 0 0x40000000 1G gpu force", "write 0x40001000", "explain" } },
	{ "Then the review. \"Why do we need to block the COW?\" In v9 a private mapping of such\n"
	  "memory is refused:",
	  { "undo", "cpu fwb dic", "vma gpu -SHARED", "write 0x40001000" } },
	{ "What would change if that check were dropped? Every state, not an opinion:",
	  { "whatif --base v9 --drop cow-special --format text | head 24" } },
	{ "And no invariant breaks. \"Can this condition ever be true? Isn't this dead code?\"",
	  { "reach v9 --format text | head 40" } },
	{ "cacheable-degraded and mismatch are dead, and s2pte says why. The next posting dropped\n"
	  "all three checks:",
	  { "diff v9 v10 --format text | head 20" } },
	{ "That is all. save FILE keeps a session for a colleague to replay with s2pte run; help\n"
	  "lists the commands. Your own session is as it was before the tutorial.",
	  { NULL } },
};

/* "COMMAND | head N" of the script: the first lines of what it prints. */
static int run_line(struct session *s, const char *line)
{
	const char *pipe = strstr(line, " | head ");
	struct cli *cli = s->cli;
	FILE *out = cli->out;
	char *command, *text = NULL, *at;
	size_t size;
	int status, left;

	if (pipe == NULL)
		return session_line(s, line);
	command = strndup(line, (size_t)(pipe - line));
	cli->out = open_memstream(&text, &size);
	if (command == NULL || cli->out == NULL) {
		free(command);
		cli->out = out;
		return cli_fail(cli, CLI_IO, "out of memory");
	}
	status = session_line(s, command);
	fclose(cli->out);
	cli->out = out;
	left = atoi(pipe + strlen(" | head "));
	for (at = text; *at != '\0' && left > 0; left--) {
		size_t len = strcspn(at, "\n");

		fprintf(out, "%.*s\n", (int)len, at);
		at += len + (at[len] == '\n');
	}
	if (*at != '\0')
		fputs("  ...\n", out);
	free(text);
	free(command);
	return status;
}

/* Enter goes on, anything else leaves; without a terminal it just goes on. */
static bool wait_for_reader(const struct session *s)
{
	char answer[64];

	if (!s->cli->terminal || isatty(STDIN_FILENO) == 0)
		return true;
	fputs("\n[Enter goes on, q leaves] ", s->cli->out);
	fflush(s->cli->out);
	return fgets(answer, sizeof(answer), stdin) != NULL && answer[0] != 'q';
}

int session_tutorial(struct session *outer)
{
	struct session *s = malloc(sizeof(*s));
	struct cli *cli = outer->cli;
	bool text = cli->prefer_text;

	if (s == NULL || !session_init(s, cli)) {
		free(s);
		return cli_fail(cli, CLI_IO, "out of memory");
	}
	cli->prefer_text = true;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		fprintf(cli->out, "\n%s%s%s\n\n", cli_colour(cli, CLI_GOOD), steps[i].text,
			cli_colour(cli, CLI_PLAIN));
		for (size_t j = 0; j < 5 && steps[i].lines[j] != NULL; j++) {
			fprintf(cli->out, "%ss2pte> %s%s\n", cli_colour(cli, CLI_BOLD),
				steps[i].lines[j], cli_colour(cli, CLI_PLAIN));
			/* A check that refuses is what some of them are for. */
			run_line(s, steps[i].lines[j]);
			fflush(cli->out);
		}
		if (i + 1 < sizeof(steps) / sizeof(steps[0]) && !wait_for_reader(outer))
			break;
	}
	cli->prefer_text = text;
	session_free(s);
	free(s);
	return CLI_OK;
}

/* SPDX-License-Identifier: MIT */
/* Five minutes: the review thread that s2pte grew out of, at the prompt. */
#include "session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_LINES 5

static const struct {
	const char *text;
	const char *lines[MAX_LINES];
	int head; /* how many lines of the output are enough, 0 = all */
} steps[] = {
	{ "GPU memory on Grace Hopper is cacheable, but outside the kernel's linear map. A driver\n"
	  "maps it with VM_PFNMAP. Here is a gigabyte of it, and a slot that gives it to a guest,\n"
	  "on Linux 6.12:",
	  { "kernel v6.12",
	    "vma gpu 0x7f0000000000 1G PFNMAP SHARED pa 0x4000000000 device mapping 2M",
	    "slot 0 0x40000000 1G gpu", "write 0x40001000" }, 0 },
	{ "Look at MemAttr: Device-nGnRE, although the host maps the memory cacheable. Two names of\n"
	  "one memory with different attributes - the hole that the series closes. Its answer is to\n"
	  "let the VMA decide, if the CPU can do without cache maintenance:",
	  { "undo", "kernel v9", "cpu fwb dic", "write 0x40001000" }, 0 },
	{ "Normal Write-Back, and executable: FWB makes the D-cache maintenance needless and DIC that\n"
	  "of the I-cache. Both would need a kernel address, which this memory does not have.\n"
	  "Without them the slot cannot even be made:",
	  { "undo", "cpu -dic" }, 0 },
	{ "The fault path checks the same, for a VMA that is replaced under a slot that was\n"
	  "accepted. With force the slot stays, and the fault meets that check:",
	  { "slot 0 0x40000000 1G gpu force", "write 0x40001000", "explain" }, 0 },
	{ "Then the review. \"Why do we need to block the COW?\" In v9 a private mapping of such\n"
	  "memory is refused:",
	  { "undo", "cpu fwb dic", "vma gpu -SHARED", "write 0x40001000" }, 0 },
	{ "What would change if that check were dropped? Every state, not an opinion:",
	  { "whatif --base v9 --drop cow-special" }, 16 },
	{ "And no invariant breaks. \"Can this condition ever be true? Isn't this dead code?\"",
	  { "reach v9" }, 36 },
	{ "cacheable-degraded and mismatch are dead, and s2pte says why. The next posting dropped\n"
	  "all three checks:",
	  { "diff v9 v10" }, 16 },
	{ "That is all. save FILE keeps a session for a colleague to replay with s2pte run; help\n"
	  "lists the commands. Your own session is as it was before the tutorial.",
	  { NULL }, 0 },
};

/* Run a line; of what it prints the first lines, if there is a limit. Gives its status. */
static int run_line(struct session *s, const char *line, int head)
{
	struct cli *cli = s->cli;
	FILE *out = cli->out;
	char *text = NULL, *at;
	size_t size, more = 0;
	int status;

	if (head == 0)
		return session_line(s, line);
	cli->out = open_memstream(&text, &size);
	if (cli->out == NULL) {
		cli->out = out;
		return cli_fail(cli, CLI_IO, "out of memory");
	}
	status = session_line(s, line);
	fclose(cli->out);
	cli->out = out;
	for (at = text; at != NULL && *at != '\0'; head--) {
		size_t len = strcspn(at, "\n");

		if (head > 0)
			fprintf(out, "%.*s\n", (int)len, at);
		else
			more++;
		at += len + (at[len] == '\n');
	}
	if (more > 0)
		fprintf(out, "  ... and %zu more lines\n", more);
	free(text);
	return status;
}

/* Enter goes on, anything else leaves; without a person it just goes on. */
static bool wait_for_reader(const struct session *s)
{
	char answer[64];
	ssize_t n;

	if (!s->cli->terminal || s->depth > 0 || isatty(STDIN_FILENO) == 0)
		return true;
	fprintf(s->cli->out, "%s[Enter goes on, q leaves]%s ", cli_colour(s->cli, CLI_DIM),
		cli_colour(s->cli, CLI_PLAIN));
	fflush(s->cli->out);
	/* Not through stdio: what comes after this line is for the prompt. */
	n = read(STDIN_FILENO, answer, sizeof(answer));
	if (n <= 0)
		fputc('\n', s->cli->out);
	return n > 0 && answer[0] != 'q' && answer[0] != 'Q';
}

static void tell(struct cli *cli, const char *text)
{
	fprintf(cli->out, "\n%s%s%s\n\n", cli_colour(cli, CLI_GOOD), text,
		cli_colour(cli, CLI_PLAIN));
}

static int run_steps(struct session *outer, struct session *s)
{
	struct cli *cli = s->cli;

	/* The last step has no lines. */
	for (size_t i = 0;; i++) {
		/* What is said is about what is on the screen, too: so it comes before the wait. */
		tell(cli, steps[i].text);
		if (steps[i].lines[0] == NULL || !wait_for_reader(outer))
			return CLI_OK;
		for (size_t j = 0; j < MAX_LINES && steps[i].lines[j] != NULL; j++) {
			fprintf(cli->out, "%ss2pte> %s%s\n", cli_colour(cli, CLI_BOLD),
				steps[i].lines[j], cli_colour(cli, CLI_PLAIN));
			fflush(cli->out);
			/* A check that refuses is what some of them are for. */
			if (run_line(s, steps[i].lines[j], steps[i].head) == CLI_IO)
				return CLI_IO;
			fflush(cli->out);
			if (session_interrupted(outer))
				return CLI_OK;
		}
	}
}

int session_tutorial(struct session *outer)
{
	struct session *s = malloc(sizeof(*s));
	struct cli *cli = outer->cli;
	bool text = cli->prefer_text;
	int status;

	if (s == NULL || !session_init(s, cli)) {
		free(s);
		return cli_fail(cli, CLI_IO, "out of memory");
	}
	cli->prefer_text = true;
	status = run_steps(outer, s);
	cli->prefer_text = text;
	cli->blamed = -1;
	session_free(s);
	free(s);
	return status;
}

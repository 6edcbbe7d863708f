/* SPDX-License-Identifier: MIT */
/* The command's own readers of text: debugfs files, the shell's lines. */
#define _GNU_SOURCE
#include "targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli.h"
#include "session.h"

/* What is printed is not looked at, and there is nothing to read. */
static struct cli nowhere(void)
{
	static FILE *null;

	if (null == NULL) {
		null = fopen("/dev/null", "w");
		MUST(null != NULL && freopen("/dev/null", "r", stdin) != NULL);
	}
	return (struct cli){ .out = null, .err = null };
}

void fuzz_ptdump(const uint8_t *data, size_t size)
{
	struct cli cli = nowhere();
	char name[40];
	int fd = memfd_create("ptdump", 0);
	int status;

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	status = cli_explain_ptdump(&cli, name);
	MUST(status == CLI_OK || status == CLI_NOT_ALL);
	close(fd);
}

/* It can write files, read them, and count for seconds: that is left out. */
static bool harmless(const char *text)
{
	static const char *const words[] = {
		"save", "load", "source", "bench", "/", ".json", "-", "tutorial",
		"reach", "verify", "diff", "what", "bisect", "merge", "set",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(text, words[i]) != NULL)
			return false;
	return true;
}

void fuzz_shell(const uint8_t *data, size_t size)
{
	struct cli cli = nowhere();
	struct session *s = malloc(sizeof(*s));
	char *text = malloc(size + 1), *line, *rest;

	MUST(s != NULL && text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	if (size <= 2000 && harmless(text)) {
		MUST(session_init(s, &cli));
		for (rest = text; (line = strsep(&rest, "\n")) != NULL && !s->leave;) {
			int status = session_line(s, line);

			MUST(status >= CLI_OK && status <= CLI_IO);
		}
		session_free(s);
		cli_revisions_free(&cli);
	}
	free(text);
	free(s);
}

/* SPDX-License-Identifier: MIT */
/* Files and lines, as large as the limits allow and no larger. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_input(struct cli *cli, const char *name)
{
	FILE *file;

	if (strcmp(name, "-") == 0)
		return stdin;
	file = fopen(name, "r");
	if (file == NULL)
		cli_fail(cli, CLI_IO, "cannot open %s: %s", name, strerror(errno));
	return file;
}

static void close_input(FILE *file)
{
	if (file != stdin)
		fclose(file);
}

static bool grow(char **data, size_t *room)
{
	size_t more = *room != 0 ? *room * 2 : 16384;
	char *grown = realloc(*data, more);

	if (grown == NULL)
		return false;
	*data = grown;
	*room = more;
	return true;
}

int cli_read_file(struct cli *cli, const char *name, char **text, size_t *size)
{
	FILE *file = open_input(cli, name);
	size_t n = 0, room = 0;
	char *data = NULL;
	int status = CLI_OK;

	if (file == NULL)
		return CLI_IO;
	while (n <= S2_JSON_MAX_DOCUMENT) {
		size_t got;

		if (n == room && !grow(&data, &room)) {
			status = cli_fail(cli, CLI_IO, "%s: out of memory", name);
			break;
		}
		got = fread(data + n, 1, room - n, file);
		n += got;
		if (got == 0)
			break;
	}
	if (status == CLI_OK && ferror(file))
		status = cli_fail(cli, CLI_IO, "cannot read %s: %s", name, strerror(errno));
	close_input(file);
	if (status != CLI_OK) {
		free(data);
		return status;
	}
	*text = data;
	*size = n;
	return CLI_OK;
}

int cli_lines_open(struct cli *cli, struct cli_lines *lines, const char *name)
{
	*lines = (struct cli_lines){ .name = name, .file = open_input(cli, name) };
	return lines->file != NULL ? CLI_OK : CLI_IO;
}

/* Up to the newline or the end; false if there was nothing at all. */
bool cli_lines_next(struct cli_lines *lines)
{
	bool any = false;
	int c;

	lines->size = 0;
	lines->too_long = false;
	flockfile(lines->file);
	while ((c = getc_unlocked(lines->file)) != EOF) {
		any = true;
		if (c == '\n')
			break;
		if (lines->size == S2_JSON_MAX_DOCUMENT) {
			lines->too_long = true;
			continue;
		}
		if (lines->size == lines->room && !grow(&lines->line, &lines->room)) {
			lines->failed = true;
			any = false;
			break;
		}
		lines->line[lines->size++] = (char)c;
	}
	funlockfile(lines->file);
	return any;
}

int cli_lines_close(struct cli *cli, struct cli_lines *lines, int status)
{
	if (lines->failed)
		status = cli_fail(cli, CLI_IO, "%s: out of memory", lines->name);
	else if (ferror(lines->file))
		status = cli_fail(cli, CLI_IO, "cannot read %s: %s", lines->name, strerror(errno));
	close_input(lines->file);
	free(lines->line);
	return status;
}

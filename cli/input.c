/* SPDX-License-Identifier: MIT */
/* Files and lines, as large as the limits allow and no larger. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int cannot(struct s2_error *err, const char *what, const char *name)
{
	return s2_error_set(err, S2_EIO, NULL, "cannot %s %.160s: %s", what, name, strerror(errno));
}

static FILE *open_input(const char *name, struct s2_error *err)
{
	FILE *file;

	if (strcmp(name, "-") == 0)
		return stdin;
	file = fopen(name, "r");
	if (file == NULL)
		cannot(err, "open", name);
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

int cli_read_file(const char *name, char **text, size_t *size, struct s2_error *err)
{
	FILE *file = open_input(name, err);
	size_t n = 0, room = 0;
	char *data = NULL;
	int ret = 0;

	if (file == NULL)
		return S2_EIO;
	while (n <= S2_JSON_MAX_DOCUMENT) {
		size_t got;

		if (n == room && !grow(&data, &room)) {
			ret = s2_error_set(err, S2_ENOMEM, NULL, "%.160s: out of memory", name);
			break;
		}
		got = fread(data + n, 1, room - n, file);
		n += got;
		if (got == 0)
			break;
	}
	if (ret == 0 && ferror(file))
		ret = cannot(err, "read", name);
	close_input(file);
	if (ret != 0) {
		free(data);
		return ret;
	}
	*text = data;
	*size = n;
	return 0;
}

int cli_lines_open(struct cli *cli, struct cli_lines *lines, const char *name)
{
	struct s2_error err;

	*lines = (struct cli_lines){ .name = name, .file = open_input(name, &err) };
	return lines->file != NULL ? CLI_OK : cli_fail(cli, CLI_IO, "%s", err.message);
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

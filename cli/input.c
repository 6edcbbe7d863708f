/* SPDX-License-Identifier: MIT */
/* Files and lines, as large as the limits allow and no larger. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Lines are read past stdio: a line that has come is answered before the next one comes. */
int cli_lines_open(struct cli *cli, struct cli_lines *lines, const char *name)
{
	struct s2_error err;

	*lines = (struct cli_lines){ .name = name, .file = open_input(name, &err) };
	if (lines->file == NULL)
		return cli_fail(cli, CLI_IO, "%s", err.message);
	lines->fd = fileno(lines->file);
	return CLI_OK;
}

/* More input into the window; false at the end, or when reading failed. */
static bool refill(struct cli_lines *lines)
{
	ssize_t got;

	do
		got = read(lines->fd, lines->window, sizeof(lines->window));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		lines->error = errno;
	lines->from = 0;
	lines->to = got > 0 ? (size_t)got : 0;
	return got > 0;
}

/* Append to the line what there is room for; what goes beyond the limit is dropped. */
static bool append(struct cli_lines *lines, const char *data, size_t size)
{
	size_t left = S2_JSON_MAX_DOCUMENT - lines->size;

	if (size > left) {
		lines->too_long = true;
		size = left;
	}
	while (lines->room - lines->size < size)
		if (!grow(&lines->line, &lines->room))
			return false;
	if (size != 0)
		memcpy(lines->line + lines->size, data, size);
	lines->size += size;
	return true;
}

bool cli_lines_next(struct cli_lines *lines)
{
	bool any = false;

	lines->size = 0;
	lines->too_long = false;
	while (lines->from < lines->to || refill(lines)) {
		const char *data = lines->window + lines->from;
		const char *end = memchr(data, '\n', lines->to - lines->from);
		size_t part = end != NULL ? (size_t)(end - data) : lines->to - lines->from;

		any = true;
		if (!append(lines, data, part)) {
			lines->failed = true;
			return false;
		}
		lines->from += part + (end != NULL);
		if (end != NULL)
			break;
	}
	return any;
}

int cli_lines_close(struct cli *cli, struct cli_lines *lines, int status)
{
	if (lines->failed)
		status = cli_fail(cli, CLI_IO, "%s: out of memory", lines->name);
	else if (lines->error != 0)
		status = cli_fail(cli, CLI_IO, "cannot read %s: %s", lines->name,
				  strerror(lines->error));
	close_input(lines->file);
	free(lines->line);
	return status;
}

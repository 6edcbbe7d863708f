/* SPDX-License-Identifier: MIT */
/* Files and lines, as large as the limits allow and no larger. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int cannot(struct s2_error *err, const char *what, const char *name)
{
	return s2_error_set(err, S2_EIO, NULL, "cannot %s %.160s: %s", what, name, strerror(errno));
}

/* -1 and @err. A FIFO nobody writes to yet is waited for. */
static int open_input(const char *name, struct s2_error *err)
{
	int fd;

	if (strcmp(name, "-") == 0)
		return STDIN_FILENO;
	cli_signals_wait();
	CLI_AGAIN(fd, open(name, O_RDONLY | O_CLOEXEC));
	cli_signals_again();
	if (fd < 0)
		cannot(err, "open", name);
	return fd;
}

static void close_input(int fd)
{
	if (fd != STDIN_FILENO)
		close(fd);
}

/* While it waits for input a signal ends the command: what is complete has been written. */
static ssize_t read_input(int fd, void *data, size_t size)
{
	ssize_t got;
	int error;

	cli_signals_wait();
	got = cli_read_some(fd, data, size);
	error = errno;
	cli_signals_again();
	errno = error;
	return got;
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
	int fd = open_input(name, err);
	size_t n = 0, room = 0;
	char *data = NULL;
	int ret = 0;

	if (fd < 0)
		return S2_EIO;
	while (n <= S2_JSON_MAX_DOCUMENT) {
		ssize_t got;

		if (n == room && !grow(&data, &room)) {
			ret = s2_error_set(err, S2_ENOMEM, NULL, "%.160s: out of memory", name);
			break;
		}
		got = read_input(fd, data + n, room - n);
		if (got < 0)
			ret = cannot(err, "read", name);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	close_input(fd);
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

	*lines = (struct cli_lines){ .name = name, .fd = open_input(name, &err) };
	return lines->fd >= 0 ? CLI_OK : cli_fail(cli, CLI_IO, "%s", err.message);
}

/* More input into the window; false at the end, or when reading failed. */
static bool refill(struct cli_lines *lines)
{
	ssize_t got = read_input(lines->fd, lines->window, sizeof(lines->window));

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
			return true;
	}
	/* The last line may have no newline; one that could not be read to its end is none. */
	return any && lines->error == 0;
}

int cli_lines_close(struct cli *cli, struct cli_lines *lines, int status)
{
	if (lines->failed)
		status = cli_fail(cli, CLI_IO, "%s: out of memory", lines->name);
	else if (lines->error != 0)
		status = cli_fail(cli, CLI_IO, "cannot read %s: %s", lines->name,
				  strerror(lines->error));
	close_input(lines->fd);
	free(lines->line);
	return status;
}

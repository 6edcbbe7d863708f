/* SPDX-License-Identifier: MIT */
/*
 * A stdio stream whose writes are whole or fail: a signal in between, a pipe that is full or one
 * that somebody has made non-blocking is no reason to lose what the buffer held.
 */
#include "config.h" /* _GNU_SOURCE, for fopencookie() */

#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads and writes that can wait: until there is something, or room. */
static bool wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

ssize_t cli_read_some(int fd, void *data, size_t size)
{
	ssize_t got;

	do
		got = read(fd, data, size);
	while (got < 0 && (errno == EINTR || (errno == EAGAIN && wait_for(fd, POLLIN))));
	return got;
}

/* A reader that takes nothing for so long, in ms, may not want more. */
#define PATIENCE 1000

/* Wait for room in a pipe. If there comes none, a signal that ends the command does so. */
static void wait_for_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	if (poll(&p, 1, PATIENCE) != 0)
		return;
	cli_signals_let();
	(void)poll(&p, 1, -1);
	cli_signals_again();
}

static ssize_t write_all(void *cookie, const char *data, size_t size)
{
	struct cli_stream *stream = cookie;
	size_t done = 0;

	/* After a failure nothing more is written: the output has no hole. */
	while (done < size && stream->error == 0) {
		size_t part = size - done;
		ssize_t put;

		if (stream->pipe) {
			/* As much as there is room for when poll() says that there is some. */
			part = part < PIPE_BUF ? part : PIPE_BUF;
			wait_for_room(stream->fd);
		}
		put = write(stream->fd, data + done, part);
		if (put >= 0)
			done += (size_t)put;
		else if (errno != EINTR && (errno != EAGAIN || !wait_for(stream->fd, POLLOUT)))
			stream->error = errno;
	}
	if (stream->error != 0)
		errno = stream->error;
	return (ssize_t)done;
}

static int close_fd(void *cookie)
{
	struct cli_stream *stream = cookie;

	/* After EINTR it is closed as well. */
	if (close(stream->fd) == 0 || errno == EINTR)
		return 0;
	if (stream->error == 0)
		stream->error = errno;
	return -1;
}

FILE *cli_stream_open(struct cli_stream *stream, int fd)
{
	struct stat st;

	*stream = (struct cli_stream){ .fd = fd };
	stream->pipe = fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
	return fopencookie(stream, "w",
			   (cookie_io_functions_t){ .write = write_all, .close = close_fd });
}

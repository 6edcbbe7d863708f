/* SPDX-License-Identifier: MIT */
/* A file written as a whole: what was there stays until all of the new one is on the disk. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static FILE *stream(struct cli_output *output, int fd, bool private)
{
	output->stream = (struct cli_stream){ .fd = fd };
	/* libedit writes the history to nothing but a descriptor of its own. */
	if (fd >= 0)
		output->file = private ? fdopen(fd, "w") : cli_stream_open(&output->stream, fd);
	if (output->file == NULL && fd >= 0)
		close(fd);
	return output->file;
}

/* What is no file on a disk (a terminal, a pipe) is written to as it is. */
static FILE *in_place(struct cli_output *output, const char *name)
{
	int fd;

	output->fresh[0] = '\0';
	cli_signals_wait(); /* a FIFO may have to wait for who reads it */
	CLI_AGAIN(fd, open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
	cli_signals_again();
	return stream(output, fd, false);
}

static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* The new file, for nobody else to read. */
static int make_fresh(struct cli_output *output)
{
	strcpy(output->fresh, output->name);
	strcat(output->fresh, ".XXXXXX");
	return mkstemp(output->fresh);
}

FILE *cli_output_open(struct cli_output *output, const char *name, bool private)
{
	bool exists, fits;
	struct stat old;
	int fd;

	output->file = NULL;
	/* A link stays one: its target gets the new text. */
	exists = realpath(name, output->name) != NULL;
	if (!exists && errno != ENOENT) /* it may be there, and no file on a disk */
		return NULL;
	if (exists && (stat(output->name, &old) != 0 || !S_ISREG(old.st_mode)))
		return private ? NULL : in_place(output, name);
	fits = exists || strlen(name) < sizeof(output->name);
	if (!exists && fits)
		strcpy(output->name, name);
	if (!fits || strlen(output->name) + sizeof(".XXXXXX") > sizeof(output->fresh)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	if (exists && access(output->name, W_OK) != 0)
		return NULL;
	CLI_AGAIN(fd, make_fresh(output));
	/* A directory that takes no new file may hold one that can be written. */
	if (fd < 0 && errno == EACCES && exists)
		return in_place(output, name);
	if (fd < 0)
		return NULL;
	if (!private && fchmod(fd, exists ? old.st_mode & 0777 : usual_mode()) != 0)
		errno = 0; /* a file system without modes */
	if (stream(output, fd, private) == NULL)
		unlink(output->fresh);
	return output->file;
}

/* Onto the disk, where it is one. */
static bool sync_file(const struct cli_output *output)
{
	int ret;

	if (output->fresh[0] == '\0')
		return true;
	CLI_AGAIN(ret, fsync(output->stream.fd));
	return ret == 0 || errno == EINVAL; /* a file system that cannot */
}

bool cli_output_close(struct cli_output *output, bool good)
{
	int error, ret;

	good = fflush(output->file) == 0 && !ferror(output->file) && good && sync_file(output);
	error = output->stream.error != 0 ? output->stream.error : errno;
	if (fclose(output->file) != 0 && good) {
		good = false;
		error = errno;
	}
	if (output->fresh[0] != '\0') {
		if (good) {
			CLI_AGAIN(ret, rename(output->fresh, output->name));
			good = ret == 0;
			error = errno;
		}
		if (!good)
			unlink(output->fresh);
	}
	errno = error;
	return good;
}

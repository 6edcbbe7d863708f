/* SPDX-License-Identifier: MIT */
/* Files that are written whole or not at all. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As fopen() would make one, or as the old one is. */
static mode_t mode_of(const struct stat *old)
{
	mode_t mask;

	if (old != NULL)
		return old->st_mode & 0777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

/* What the name stands for: another name, if it is a link to what is there. */
static char *resolved(const char *name)
{
	char *path = realpath(name, NULL);

	return path != NULL || errno != ENOENT ? path : strdup(name);
}

static bool open_beside(struct cli_output *out, const char *name, const struct stat *old)
{
	static const char suffix[] = ".XXXXXX";
	size_t room;
	int fd;

	out->path = resolved(name);
	if (out->path == NULL)
		return false;
	room = strlen(out->path) + sizeof(suffix);
	out->fresh = malloc(room);
	if (out->fresh == NULL)
		return false;
	snprintf(out->fresh, room, "%s%s", out->path, suffix);
	fd = mkstemp(out->fresh);
	if (fd < 0)
		return false;
	out->file = fchmod(fd, mode_of(old)) == 0 ? fdopen(fd, "w") : NULL;
	if (out->file != NULL)
		return true;
	close(fd);
	unlink(out->fresh);
	return false;
}

static void forget(struct cli_output *out)
{
	free(out->fresh);
	free(out->path);
	out->fresh = out->path = NULL;
}

bool cli_output_open(struct cli_output *out, const char *name)
{
	struct stat st;
	bool there = stat(name, &st) == 0;

	*out = (struct cli_output){ NULL, NULL, NULL };
	/* A device or a pipe is no file to be replaced. */
	if (!there || S_ISREG(st.st_mode)) {
		/* Nor is one that must not be written, whatever its folder allows. */
		if (there && access(name, W_OK) != 0)
			return false;
		if (open_beside(out, name, there ? &st : NULL))
			return true;
		forget(out);
		/* In a folder where nothing can be made the old one has to do. */
		if (!there || (errno != EACCES && errno != EROFS))
			return false;
	}
	out->file = fopen(name, "w");
	return out->file != NULL;
}

bool cli_output_close(struct cli_output *out, bool good)
{
	int error = errno;

	if (fclose(out->file) != 0) {
		error = errno;
		good = false;
	}
	if (out->fresh != NULL && good && rename(out->fresh, out->path) != 0) {
		error = errno;
		good = false;
	}
	if (out->fresh != NULL && !good)
		unlink(out->fresh);
	forget(out);
	errno = error;
	return good;
}

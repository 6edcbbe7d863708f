/* SPDX-License-Identifier: MIT */
/* A file written as a whole: what was there stays until all of the new one is on the disk. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is no file on a disk (a terminal, a pipe) is written to as it is. */
static FILE *in_place(struct cli_output *output, const char *name)
{
	output->fresh[0] = '\0';
	output->file = fopen(name, "w");
	return output->file;
}

static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

FILE *cli_output_open(struct cli_output *output, const char *name, bool private)
{
	bool exists, fits;
	struct stat old;
	int fd;

	output->file = NULL;
	/* A link stays one: its target gets the new text. */
	exists = realpath(name, output->name) != NULL;
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
	strcpy(output->fresh, output->name);
	strcat(output->fresh, ".XXXXXX");
	fd = mkstemp(output->fresh); /* for nobody else to read */
	/* A directory that takes no new file may hold one that can be written. */
	if (fd < 0 && errno == EACCES && exists)
		return in_place(output, name);
	if (fd < 0)
		return NULL;
	if (!private && fchmod(fd, exists ? old.st_mode & 0777 : usual_mode()) != 0)
		errno = 0; /* a file system without modes */
	output->file = fdopen(fd, "w");
	if (output->file == NULL) {
		close(fd);
		unlink(output->fresh);
	}
	return output->file;
}

bool cli_output_close(struct cli_output *output, bool good)
{
	int error;

	good = fflush(output->file) == 0 && !ferror(output->file) && good;
	error = errno;
	if (fclose(output->file) != 0 && good) {
		good = false;
		error = errno;
	}
	if (output->fresh[0] != '\0') {
		if (good && rename(output->fresh, output->name) != 0) {
			good = false;
			error = errno;
		}
		if (!good)
			unlink(output->fresh);
	}
	errno = error;
	return good;
}

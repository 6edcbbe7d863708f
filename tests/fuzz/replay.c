/* SPDX-License-Identifier: MIT */
/*
 * The corpus once more, as tests without a fuzzer; and the second implementation of faults
 * against all lines to check. What fails ends it. Speaks TAP.
 */
#define _GNU_SOURCE
#include "targets.h"

#include <dirent.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

static void run_file(const struct target *target, const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	long size;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
		perror(path);
		exit(99);
	}
	rewind(file);
	/* Of its very size, so that whoever looks behind the end is seen by a checker. */
	data = malloc((size_t)size != 0 ? (size_t)size : 1);
	if (data == NULL || fread(data, 1, (size_t)size, file) != (size_t)size) {
		perror(path);
		exit(99);
	}
	fclose(file);
	fprintf(stderr, "%s\n", path);
	target->run(data, (size_t)size);
	free(data);
}

static unsigned run_folder(const struct target *target, const char *source)
{
	char folder[2000], path[4000];
	struct dirent *entry;
	unsigned files = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", source, target->name);
	dir = opendir(folder);
	if (dir == NULL) {
		perror(folder);
		exit(99);
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		run_file(target, path);
		files++;
	}
	closedir(dir);
	return files;
}

static unsigned compare_lines(const char *source, const char *files)
{
	char pattern[2000], *line = NULL;
	size_t room = 0;
	unsigned n = 0;
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/%s", source, files);
	if (glob(pattern, 0, NULL, &found) != 0) {
		perror(pattern);
		exit(99);
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		FILE *file = fopen(found.gl_pathv[i], "r");
		ssize_t size;

		while (file != NULL && (size = getline(&line, &room, file)) > 0) {
			fprintf(stderr, "%s:%u\n", found.gl_pathv[i], ++n);
			fuzz_differential((const uint8_t *)line, (size_t)size);
		}
		if (file != NULL)
			fclose(file);
	}
	free(line);
	globfree(&found);
	return n;
}

int main(void)
{
	static const char *const lines[] = { "tests/vectors/fault-*.ndjson", "tests/mutants/*.ndjson" };
	const char *source = getenv("S2_SOURCE");
	unsigned n = 0, done;

	if (source == NULL)
		source = ".";
	for (const struct target *t = targets; t->name != NULL; t++) {
		done = run_folder(t, source);
		printf("%s %u - %s: %u files\n", done != 0 ? "ok" : "not ok", ++n, t->name, done);
	}
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		done = compare_lines(source, lines[i]);
		printf("%s %u - differential: %u lines of %s\n", done != 0 ? "ok" : "not ok", ++n,
		       done, lines[i]);
	}
	printf("1..%u\n", n);
	return 0;
}

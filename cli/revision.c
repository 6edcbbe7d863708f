/* SPDX-License-Identifier: MIT */
/* Revisions by id or by rule file; a file is read once. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

struct cli_revision {
	struct cli_revision *next;
	char *path;
	struct s2_builder *builder;
};

static bool is_path(const char *id)
{
	size_t n = strlen(id);

	return strchr(id, '/') != NULL || (n > 5 && strcmp(id + n - 5, ".json") == 0);
}

/* The place in the file goes into the message: the path is that of who names the file. */
static void name_file(const char *path, struct s2_error *err)
{
	struct s2_error why = *err;

	s2_error_set(err, why.code, NULL, "%.100s: %s%s%s", path, why.path,
		     why.path[0] != '\0' ? ": " : "", why.message);
}

static const struct s2_revision *load(struct cli *cli, const char *path, struct s2_error *err)
{
	struct cli_revision *entry;
	char *text;
	size_t size;

	for (entry = cli->revisions; entry != NULL; entry = entry->next)
		if (strcmp(entry->path, path) == 0)
			return s2_builder_revision(entry->builder);
	if (cli_read_file(path, &text, &size, err) != 0)
		return NULL;
	entry = calloc(1, sizeof(*entry));
	if (entry != NULL)
		entry->path = strdup(path);
	if (entry == NULL || entry->path == NULL) {
		s2_error_set(err, S2_ENOMEM, NULL, "out of memory");
	} else if (s2_rules_parse(&entry->builder, text, size, err) == 0) {
		entry->next = cli->revisions;
		cli->revisions = entry;
		free(text);
		return s2_builder_revision(entry->builder);
	} else {
		name_file(path, err);
	}
	if (entry != NULL)
		free(entry->path);
	free(entry);
	free(text);
	return NULL;
}

const struct s2_revision *cli_revision(struct cli *cli, const char *id, struct s2_error *err)
{
	const struct s2_revision *rev;
	const char *near;

	if (is_path(id))
		return load(cli, id, err);
	rev = s2_revision_find(id);
	if (rev != NULL)
		return rev;
	near = s2_revision_nearest(id);
	if (near != NULL)
		s2_error_set(err, S2_EINVAL, NULL,
			     "\"%.60s\" is not a kernel revision; did you mean \"%s\"?", id, near);
	else
		s2_error_set(err, S2_EINVAL, NULL,
			     "\"%.60s\" is not a kernel revision; s2pte kernels lists them", id);
	return NULL;
}

int cli_revision_error(struct cli *cli, const char *command, const struct s2_error *err)
{
	return cli_fail(cli, err->code == S2_EIO || err->code == S2_ENOMEM ? CLI_IO : CLI_USAGE,
			"%s: %s%s%s", command, err->path, err->path[0] != '\0' ? ": " : "",
			err->message);
}

static const struct s2_revision *resolve(void *arg, const char *id, struct s2_error *err)
{
	return cli_revision(arg, id, err);
}

struct s2_json_resolver cli_resolver(struct cli *cli)
{
	return (struct s2_json_resolver){ resolve, cli };
}

void cli_revisions_free(struct cli *cli)
{
	while (cli->revisions != NULL) {
		struct cli_revision *entry = cli->revisions;

		cli->revisions = entry->next;
		s2_builder_free(entry->builder);
		free(entry->path);
		free(entry);
	}
}

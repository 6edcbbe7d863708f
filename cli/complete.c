/* SPDX-License-Identifier: MIT */
/* What could come next on a line: for TAB in the shell, and for other shells. */
#include "complete.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

void offer(const struct asked *a, const char *candidate, const char *help)
{
	if (strncasecmp(candidate, a->prefix, strlen(a->prefix)) == 0)
		a->found(a->arg, candidate, help != NULL ? help : "");
}

void offer_names(const struct asked *a, const struct s2_name *names)
{
	for (const struct s2_name *n = names; n->name != NULL; n++)
		offer(a, n->name, hint_of(names, n->name));
}

void offer_hints(const struct asked *a, const struct hint *hints)
{
	for (; hints->word != NULL; hints++)
		offer(a, hints->word, hints->help);
}

void offer_cpus(const struct asked *a)
{
	for (const struct s2_cpu_model *m = s2_cpu_models; m->name != NULL; m++)
		offer(a, m->name, m->title);
	for (const struct s2_cpu_alias *alias = s2_cpu_aliases; alias->name != NULL; alias++)
		offer(a, alias->name, alias->model);
}

void offer_files(const struct asked *a)
{
	const char *slash = strrchr(a->prefix, '/');
	size_t dir_len = slash != NULL ? (size_t)(slash - a->prefix) + 1 : 0;
	size_t name_len = strlen(a->prefix) - dir_len;
	char dir[512], path[1024];
	struct dirent **entries;
	struct stat st;
	int n;

	if (dir_len >= sizeof(dir))
		return;
	memcpy(dir, a->prefix, dir_len);
	dir[dir_len] = '\0';
	n = scandir(dir_len != 0 ? dir : ".", &entries, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		snprintf(path, sizeof(path) - 1, "%s%s", dir, name);
		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			strcat(path, "/");
		if ((name[0] != '.' || a->prefix[dir_len] == '.') &&
		    strncmp(name, a->prefix + dir_len, name_len) == 0)
			a->found(a->arg, path, "");
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

/* An id, or a rule file. */
void offer_revisions(const struct asked *a)
{
	for (size_t i = 0; s2_revisions[i] != NULL; i++)
		offer(a, s2_revisions[i]->id, s2_revisions[i]->title);
	offer(a, "latest", "the newest of them");
	if (a->prefix[0] == '.' || strchr(a->prefix, '/') != NULL)
		offer_files(a);
}

void offer_rules(const struct asked *a, const char *revision)
{
	struct s2_error err;
	const struct s2_revision *rev =
		cli_revision(a->s->cli, revision != NULL ? revision : "latest", &err);

	for (size_t i = 0; rev != NULL && i < rev->n_rules; i++)
		offer(a, rev->rules[i]->id, rev->rules[i]->why);
}

void offer_cli_commands(const struct asked *a)
{
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		offer(a, cli_commands[i]->name, cli_commands[i]->summary);
}

void offer_commands(const struct asked *a)
{
	for (size_t i = 0; shell_commands[i] != NULL; i++)
		if (shell_commands[i]->group != SHELL_GROUPS)
			offer(a, shell_commands[i]->name, shell_commands[i]->summary);
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		if (shell_find(cli_commands[i]->name) == NULL && strcmp(cli_commands[i]->name, "shell") != 0)
			offer(a, cli_commands[i]->name, cli_commands[i]->summary);
}

void complete_words(struct session *s, int argc, char **argv, const char *prefix,
		    complete_fn *found, void *arg)
{
	struct asked a = { s, argc, argv, prefix, found, arg };
	const struct shell_command *shell;
	const struct cli_command *command;

	if (argc == 0) {
		offer_commands(&a);
		return;
	}
	shell = shell_find(argv[0]);
	command = cli_find(argv[0]);
	/* A minus of its own is for flags of the shell's, but where an address comes first. */
	if (command != NULL &&
	    (shell == NULL || strncmp(prefix, "--", 2) == 0 ||
	     (prefix[0] == '-' && strncmp(shell->kinds, "ipa", 3) == 0) ||
	     (argc > 1 && strncmp(argv[1], "--", 2) == 0)))
		complete_cli(&a, command);
	else if (shell != NULL)
		complete_shell(&a, shell);
}

void complete_command_line(struct session *s, int argc, char **argv, const char *prefix,
			   complete_fn *found, void *arg)
{
	struct asked a = { s, argc, argv, prefix, found, arg };
	const struct cli_command *command = argc > 0 ? cli_find(argv[0]) : NULL;

	if (argc == 0)
		offer_cli_commands(&a);
	else if (command != NULL)
		complete_cli(&a, command);
	else if (argc == 1 && strcmp(argv[0], "-f") == 0)
		offer_files(&a);
}

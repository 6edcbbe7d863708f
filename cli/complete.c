/* SPDX-License-Identifier: MIT */
/* What could come next on a line: for TAB in the shell, and for other shells. */
#include "session.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Who asks, and what the words so far are. */
struct asked {
	struct session *s;
	int argc;
	char **argv;
	const char *prefix;
	complete_fn *found;
	void *arg;
};

static void offer(const struct asked *a, const char *candidate, const char *help)
{
	if (strncmp(candidate, a->prefix, strlen(a->prefix)) == 0)
		a->found(a->arg, candidate, help != NULL ? help : "");
}

static void offer_names(const struct asked *a, const struct s2_name *names)
{
	for (; names->name != NULL; names++)
		offer(a, names->name, NULL);
}

static void offer_revisions(const struct asked *a)
{
	for (size_t i = 0; s2_revisions[i] != NULL; i++)
		offer(a, s2_revisions[i]->id, s2_revisions[i]->title);
	offer(a, "latest", "the newest of them");
}

static void offer_granules(const struct asked *a)
{
	for (unsigned i = 0; i < S2_NR_GRANULES; i++)
		offer(a, s2_granule_name((enum s2_granule)i), NULL);
}

static void offer_named(const struct asked *a, const char *list)
{
	size_t i;
	json_t *item;

	json_array_foreach(json_object_get(session_now(a->s), list), i, item) {
		const char *name = json_string_value(json_object_get(item, "name"));

		if (name != NULL)
			offer(a, name, NULL);
	}
}

static void offer_files(const struct asked *a)
{
	const char *slash = strrchr(a->prefix, '/');
	size_t dir_len = slash != NULL ? (size_t)(slash - a->prefix) + 1 : 0;
	char dir[512], path[1024];
	struct dirent *entry;
	struct stat st;
	DIR *d;

	if (dir_len >= sizeof(dir))
		return;
	memcpy(dir, a->prefix, dir_len);
	dir[dir_len] = '\0';
	d = opendir(dir_len != 0 ? dir : ".");
	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.' && a->prefix[dir_len] != '.')
			continue;
		snprintf(path, sizeof(path) - 1, "%s%s", dir, entry->d_name);
		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			strcat(path, "/");
		offer(a, path, NULL);
	}
	if (d != NULL)
		closedir(d);
}

static void offer_words(const struct asked *a, const char *const *words)
{
	for (; *words != NULL; words++)
		offer(a, *words, NULL);
}

static void offer_rules(const struct asked *a, const char *revision)
{
	const struct s2_revision *rev = s2_revision_find(revision != NULL ? revision : "latest");

	for (size_t i = 0; rev != NULL && i < rev->n_rules; i++)
		offer(a, rev->rules[i]->id, rev->rules[i]->why);
}

static void offer_assumptions(const struct asked *a)
{
	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		offer(a, s2_assumptions[i].id, s2_assumptions[i].why);
}

static void offer_commands(const struct asked *a)
{
	for (size_t i = 0; shell_commands[i] != NULL; i++)
		offer(a, shell_commands[i]->name, shell_commands[i]->summary);
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		if (shell_find(cli_commands[i]->name) == NULL)
			offer(a, cli_commands[i]->name, cli_commands[i]->summary);
}

/* Kinds of words of the shell's own commands (struct shell_command.kinds). */
static void offer_kind(const struct asked *a, const char *kind)
{
	static const char *const on_off[] = { "on", "off", NULL };
	static const char *const vma_words[] = { "pgprot", "pa", "device", "ram", "readonly",
						 "writable", "special", "mapping", "hugetlb",
						 "state", "pgoff", NULL };
	static const char *const fault_words[] = { "level", "s1ptw", "retry", NULL };
	static const char *const settings[] = { "output", "color", "pager", NULL };
	static const char *const values[] = { "json", "text", "on", "off", NULL };

	if (strcmp(kind, "revision") == 0) {
		offer_revisions(a);
	} else if (strcmp(kind, "granule") == 0) {
		offer_granules(a);
	} else if (strcmp(kind, "cpu") == 0) {
		offer_names(a, s2_cpu_flag_names);
		offer(a, "none", "turn all off");
	} else if (strcmp(kind, "on-off") == 0) {
		offer_words(a, on_off);
	} else if (strcmp(kind, "vma") == 0) {
		offer_named(a, "vmas");
	} else if (strcmp(kind, "slot") == 0) {
		offer_named(a, "memslots");
	} else if (strcmp(kind, "vma-word") == 0) {
		const char *last = a->argv[a->argc - 1];

		if (strcmp(last, "pgprot") == 0) {
			offer_names(a, s2_pgprot_names);
		} else if (strcmp(last, "state") == 0) {
			offer_names(a, s2_backing_state_names);
		} else {
			offer_names(a, s2_vm_flag_names);
			offer_words(a, vma_words);
		}
	} else if (strcmp(kind, "slot-word") == 0) {
		offer_names(a, s2_memslot_flag_names);
		offer(a, "force", "keep it even if the kernel refuses it");
		offer(a, "delete", "delete the slot");
	} else if (strcmp(kind, "fault-word") == 0) {
		offer_names(a, s2_access_names);
		offer_names(a, s2_fsc_names);
		offer_words(a, fault_words);
	} else if (strcmp(kind, "prot") == 0) {
		offer_names(a, s2_prot_names);
	} else if (strcmp(kind, "file") == 0) {
		offer_files(a);
	} else if (strcmp(kind, "setting") == 0) {
		offer_words(a, settings);
	} else if (strcmp(kind, "setting-value") == 0) {
		offer_words(a, values);
	} else if (strcmp(kind, "command") == 0) {
		offer_commands(a);
	}
}

static void shell_words(const struct asked *a, const struct shell_command *command)
{
	const char *at = command->kinds;
	char kind[24] = "";

	/* The kind at the position of the word, or the last one. */
	for (int i = 0; i < a->argc && *at != '\0'; i++) {
		size_t len = strcspn(at, " ");

		snprintf(kind, sizeof(kind), "%.*s", (int)len, at);
		at += len;
		at += strspn(at, " ");
	}
	offer_kind(a, kind);
}

/* The value of an option given on the line already, or NULL. */
static const char *given(const struct asked *a, const char *option)
{
	for (int i = 1; i + 1 < a->argc; i++)
		if (strncmp(a->argv[i], "--", 2) == 0 && strcmp(a->argv[i] + 2, option) == 0)
			return a->argv[i + 1];
	return NULL;
}

/* Lists are completed after their last comma. */
struct in_list {
	const struct asked *outer;
	size_t before;
};

static void found_in_list(void *arg, const char *candidate, const char *help)
{
	const struct in_list *list = arg;
	char text[512];

	snprintf(text, sizeof(text), "%.*s%s", (int)list->before, list->outer->prefix, candidate);
	list->outer->found(list->outer->arg, text, help);
}

static void option_value(const struct asked *outer, const struct cli_option *option)
{
	const char *comma = strrchr(outer->prefix, ',');
	struct in_list list = { outer, comma != NULL ? (size_t)(comma - outer->prefix) + 1 : 0 };
	struct asked inner = *outer;
	static const char *const formats[] = { "json", "text", "markdown", NULL };
	const char *name = option->name;

	inner.prefix += list.before;
	inner.found = found_in_list;
	inner.arg = &list;
	if (strcmp(name, "kernel") == 0 || strcmp(name, "base") == 0)
		offer_revisions(&inner);
	else if (strcmp(name, "granule") == 0)
		offer_granules(&inner);
	else if (strcmp(name, "cpu") == 0)
		offer_names(&inner, s2_cpu_flag_names);
	else if (strcmp(name, "vma") == 0)
		offer_names(&inner, s2_vm_flag_names);
	else if (strcmp(name, "pgprot") == 0)
		offer_names(&inner, s2_pgprot_names);
	else if (strcmp(name, "slot") == 0)
		offer_names(&inner, s2_memslot_flag_names);
	else if (strcmp(name, "state") == 0)
		offer_names(&inner, s2_backing_state_names);
	else if (strcmp(name, "access") == 0)
		offer_names(&inner, s2_access_names);
	else if (strcmp(name, "fsc") == 0)
		offer_names(&inner, s2_fsc_names);
	else if (strcmp(name, "prot") == 0)
		offer_names(&inner, s2_prot_names);
	else if (strcmp(name, "format") == 0)
		offer_words(&inner, formats);
	else if (strcmp(name, "assume") == 0 || strcmp(name, "no-assume") == 0)
		offer_assumptions(&inner);
	else if (strcmp(name, "drop") == 0)
		offer_rules(&inner, given(outer, "base"));
	else if (strstr(option->arg, "FILE") != NULL)
		offer_files(outer);
}

static void command_words(const struct asked *a, const struct cli_command *command)
{
	const char *last = a->argv[a->argc - 1];
	char option[64];

	for (const struct cli_option *o = command->options; o->name != NULL; o++) {
		if (a->argc > 1 && strncmp(last, "--", 2) == 0 && strcmp(last + 2, o->name) == 0 &&
		    o->arg != NULL) {
			option_value(a, o);
			return;
		}
	}
	if (a->prefix[0] == '-') {
		for (const struct cli_option *o = command->options; o->name != NULL; o++) {
			snprintf(option, sizeof(option), "--%s", o->name);
			offer(a, option, o->help);
		}
		return;
	}
	if (strstr(command->operands, "ID") != NULL || strstr(command->operands, "A B") != NULL)
		offer_revisions(a);
	if (strstr(command->operands, "FILE") != NULL || a->prefix[0] == '.' ||
	    strchr(a->prefix, '/') != NULL)
		offer_files(a);
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
	if (command != NULL && (shell == NULL || prefix[0] == '-' ||
				(argc > 1 && strncmp(argv[1], "--", 2) == 0)))
		command_words(&a, command);
	else if (shell != NULL)
		shell_words(&a, shell);
}

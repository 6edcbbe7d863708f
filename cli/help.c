/* SPDX-License-Identifier: MIT */
/* help: the commands by what they are for, and each with examples that run. */
#include "session_commands.h"

#include <limits.h>
#include <string.h>

static const char *const groups[SHELL_GROUPS] = {
	[SHELL_SETUP] = "set up", [SHELL_EVENT] = "let happen", [SHELL_LOOK] = "look",
	[SHELL_STEPS] = "steps",  [SHELL_FILES] = "session",
};

/* Where a list of names is on the screen. */
struct list {
	FILE *out;
	size_t column;
};

static void begin_list(struct list *list, const struct cli *cli, const char *title)
{
	fprintf(list->out, "  %s%-11s%s", cli_colour(cli, CLI_BOLD), title,
		cli_colour(cli, CLI_PLAIN));
	list->column = 13;
}

static void add_to_list(struct list *list, const char *name)
{
	if (list->column + 1 + strlen(name) > 78) {
		fprintf(list->out, "\n%13s", "");
		list->column = 13;
	}
	fprintf(list->out, " %s", name);
	list->column += 1 + strlen(name);
}

static void print_overview(const struct cli *cli)
{
	struct list list = { cli->out, 0 };

	fputs("Build a VM, poke it, look at its descriptors. To begin with:\n\n"
	      "  vma gpu 0x7f0000000000 1G PFNMAP SHARED pa 0x4000000000 device mapping 2M\n"
	      "  cpu fwb dic\n"
	      "  slot 0 0x40000000 1G gpu\n"
	      "  write 0x40001000\n"
	      "  explain\n\n"
	      "Commands:\n\n", cli->out);
	for (int group = 0; group < SHELL_GROUPS; group++) {
		begin_list(&list, cli, groups[group]);
		for (size_t i = 0; shell_commands[i] != NULL; i++)
			if (shell_commands[i]->group == (enum shell_group)group)
				add_to_list(&list, shell_commands[i]->name);
		fputc('\n', cli->out);
	}
	begin_list(&list, cli, "as s2pte");
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		if (strcmp(cli_commands[i]->name, "shell") != 0 &&
		    strcmp(cli_commands[i]->name, "complete") != 0)
			add_to_list(&list, cli_commands[i]->name);
	fputs("\n\n"
	      "help COMMAND explains one with examples, help all says of each what it does.\n"
	      "tutorial takes five minutes. TAB completes, twice lists; Ctrl-R searches the history;\n"
	      "bind -v in ~/.editrc gives vi's keys.\n", cli->out);
}

static void print_one(const struct cli *cli, const char *name, const char *summary)
{
	fprintf(cli->out, "  %s%-10s%s %s\n", cli_colour(cli, CLI_BOLD), name,
		cli_colour(cli, CLI_PLAIN), summary);
}

static void print_all(const struct cli *cli)
{
	for (int group = 0; group < SHELL_GROUPS; group++) {
		fprintf(cli->out, "%s%s:\n", group > 0 ? "\n" : "", groups[group]);
		for (size_t i = 0; shell_commands[i] != NULL; i++)
			if (shell_commands[i]->group == (enum shell_group)group)
				print_one(cli, shell_commands[i]->name, shell_commands[i]->summary);
	}
	fputs("\nas on the command line of s2pte:\n", cli->out);
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		print_one(cli, cli_commands[i]->name, cli_commands[i]->summary);
}

static void print_shell_command(const struct cli *cli, const struct shell_command *command)
{
	FILE *out = cli->out;

	fprintf(out, "%s%s%s%s%s\n\n%s.\n", cli_colour(cli, CLI_BOLD), command->name,
		cli_colour(cli, CLI_PLAIN), command->operands[0] != '\0' ? " " : "",
		command->operands, command->summary);
	if (command->help != NULL)
		fprintf(out, "%s\n", command->help);
	cli_print_examples(cli, out, "", command->examples);
}

static const char *nearest_topic(const char *name)
{
	const char *near = NULL;
	unsigned best = UINT_MAX;

	for (size_t i = 0; shell_commands[i] != NULL; i++)
		if (s2_name_near(name, shell_commands[i]->name, &best))
			near = shell_commands[i]->name;
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		if (s2_name_near(name, cli_commands[i]->name, &best))
			near = cli_commands[i]->name;
	return near;
}

int session_help(struct session *s, const char *name, int word)
{
	const struct shell_command *shell = shell_find(name);
	const struct cli_command *command = cli_find(name);
	const char *near;

	if (shell != NULL)
		print_shell_command(s->cli, shell);
	if (shell != NULL && command != NULL)
		fputs("\nAnd as on the command line:\n\n", s->cli->out);
	if (command != NULL)
		cli_print_help(s->cli, command, "");
	if (shell != NULL || command != NULL)
		return CLI_OK;
	near = nearest_topic(name);
	return session_blame(s, word, "there is no command \"%.40s\"%s%s%s", name,
			     near != NULL ? "; did you mean " : "; help lists them",
			     near != NULL ? near : "", near != NULL ? "?" : "");
}

static int run_help(struct session *s, int argc, char **argv)
{
	if (argc == 1)
		print_overview(s->cli);
	else if (strcmp(argv[1], "all") == 0)
		print_all(s->cli);
	else
		return session_help(s, argv[1], 1);
	return CLI_OK;
}

const struct shell_command shell_help = {
	"help", "[COMMAND|all]", "explain a command, with examples", NULL, "help vma\nhelp all",
	SHELL_FILES, "command", 0, 1, run_help };

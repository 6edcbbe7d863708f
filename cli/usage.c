/* SPDX-License-Identifier: MIT */
/* What -h and help print of a command, from its row of the table. */
#include "cli.h"

#include <ctype.h>
#include <string.h>

void cli_print_examples(const struct cli *cli, FILE *to, const char *prefix, const char *examples)
{
	const char *at = examples;

	if (at == NULL)
		return;
	fprintf(to, "\n%sExamples%s\n\n", cli_colour(cli, CLI_BOLD), cli_colour(cli, CLI_PLAIN));
	while (*at != '\0') {
		size_t len = strcspn(at, "\n");

		fprintf(to, "  %s%.*s\n", prefix, (int)len, at);
		at += len + (at[len] == '\n');
	}
}

void cli_print_help(const struct cli *cli, const struct cli_command *command, const char *prefix)
{
	FILE *to = cli->out;

	fprintf(to, "Usage: %s%s%s%s%s\n\n%c%s.\n", prefix, command->name,
		command->options[0].name != NULL ? " [OPTION]..." : "",
		command->operands[0] != '\0' ? " " : "", command->operands,
		toupper((unsigned char)command->summary[0]), command->summary + 1);
	if (command->help != NULL)
		fprintf(to, "%s\n", command->help);
	if (command->options[0].name != NULL)
		fputc('\n', to);
	for (const struct cli_option *o = command->options; o->name != NULL; o++) {
		char left[64];

		snprintf(left, sizeof(left), "--%s%s%s", o->name, o->arg != NULL ? " " : "",
			 o->arg != NULL ? o->arg : "");
		if (strlen(left) > 24)
			fprintf(to, "  %s\n  %24s %s\n", left, "", o->help);
		else
			fprintf(to, "  %-24s %s\n", left, o->help);
	}
	cli_print_examples(cli, to, prefix, command->examples);
}

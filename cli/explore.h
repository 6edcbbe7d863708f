/* SPDX-License-Identifier: MIT */
/* What the commands that explore share. */
#ifndef CLI_EXPLORE_H
#define CLI_EXPLORE_H

#include "cli.h"

#define CLI_EXPLORE_OPTIONS                                                                        \
	{ "format", "NAME", "json (default), text or markdown", false },                                  \
	{ "assume", "LIST", "assumptions to add: slot-accepted, gup-refuses-special", false },            \
	{ "no-assume", "LIST", "assumptions to drop: plain-vma-is-ram, one-access", false }

int cli_explore_options(struct cli *cli, const struct cli_args *args,
			struct s2_explore_options *options);
int cli_kernel(struct cli *cli, const char *command, const char *id, struct s2_json_kernel *kernel);
/* The status of what a call of lib/explore returned. */
int cli_explored(struct cli *cli, const char *command, int ret);

int cli_report_whatif(struct cli *cli, const struct cli_args *args,
		      const struct s2_json_kernel *base, const struct s2_json_kernel *changed,
		      const struct s2_explore_options *options);

#endif

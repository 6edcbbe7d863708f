/* SPDX-License-Identifier: MIT */
/* What the commands that explore share. */
#ifndef CLI_EXPLORE_H
#define CLI_EXPLORE_H

#include "report.h"

#define CLI_EXPLORE_OPTIONS                                                                        \
	{ "format", "NAME", "json (default), text, markdown or html", false },                                  \
	{ "assume", "LIST", "assumptions to add: slot-accepted, gup-refuses-special", false },            \
	{ "no-assume", "LIST", "assumptions to drop: plain-vma-is-ram, one-access", false },              \
	{ "shard", "K/N", "only part K of N, for s2pte merge", false }

int cli_explore_options(struct cli *cli, const struct cli_args *args,
			struct s2_explore_options *options);
int cli_kernel(struct cli *cli, const char *command, const char *id, struct s2_json_kernel *kernel);
/* The status of what a call of lib/explore returned. */
int cli_explored(struct cli *cli, const char *command, int ret);

/* The part that --shard asks for. */
int cli_shard(struct cli *cli, const struct cli_args *args, enum cli_format format,
	      struct s2_explore_options *options);
/* Answer a question and print it as the options say; the command's status. */
int cli_answer(struct cli *cli, const struct cli_args *args, struct s2_answer *answer);
/* Print an answer that is there. */
int cli_tell_answer(struct cli *cli, const struct cli_args *args, enum cli_format format,
		    const struct s2_answer *answer);

#endif

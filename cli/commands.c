/* SPDX-License-Identifier: MIT */
/* All commands, in the order in which help lists them. */
#include "commands.h"

const struct cli_command *const cli_commands[] = {
	&cli_cmd_run, &cli_cmd_batch, &cli_cmd_check, NULL,
};

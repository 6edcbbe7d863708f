/* SPDX-License-Identifier: MIT */
/* All commands, in the order in which help lists them. */
#include "commands.h"

const struct cli_command *const cli_commands[] = {
	&cli_cmd_fault,
	&cli_cmd_run,
	&cli_cmd_batch,
	&cli_cmd_check,
	&cli_cmd_dump,
	&cli_cmd_show,
	&cli_cmd_decode,
	&cli_cmd_encode,
	&cli_cmd_geometry,
	&cli_cmd_attrs,
	&cli_cmd_cpu,
	&cli_cmd_kernels,
	&cli_cmd_rules,
	&cli_cmd_facts,
	&cli_cmd_reach,
	&cli_cmd_verify,
	&cli_cmd_diff,
	&cli_cmd_whatif,
	&cli_cmd_merge,
	&cli_cmd_bisect,
	&cli_cmd_bench,
	&cli_cmd_shell,
	&cli_cmd_complete,
	NULL,
};

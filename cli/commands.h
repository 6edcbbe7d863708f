/* SPDX-License-Identifier: MIT */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli.h"

extern const struct cli_command cli_cmd_fault, cli_cmd_run, cli_cmd_batch, cli_cmd_check,
	cli_cmd_decode, cli_cmd_encode, cli_cmd_attrs, cli_cmd_geometry, cli_cmd_kernels,
	cli_cmd_rules, cli_cmd_bench;

#endif

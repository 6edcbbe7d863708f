/* SPDX-License-Identifier: MIT */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli.h"

extern const struct cli_command cli_cmd_fault;
extern const struct cli_command cli_cmd_run;
extern const struct cli_command cli_cmd_batch;
extern const struct cli_command cli_cmd_check;
extern const struct cli_command cli_cmd_dump;
extern const struct cli_command cli_cmd_show;
extern const struct cli_command cli_cmd_decode;
extern const struct cli_command cli_cmd_encode;
extern const struct cli_command cli_cmd_geometry;
extern const struct cli_command cli_cmd_attrs;
extern const struct cli_command cli_cmd_cpu;
extern const struct cli_command cli_cmd_kernels;
extern const struct cli_command cli_cmd_rules;
extern const struct cli_command cli_cmd_facts;
extern const struct cli_command cli_cmd_reach;
extern const struct cli_command cli_cmd_verify;
extern const struct cli_command cli_cmd_diff;
extern const struct cli_command cli_cmd_whatif;
extern const struct cli_command cli_cmd_merge;
extern const struct cli_command cli_cmd_bisect;
extern const struct cli_command cli_cmd_bench;
extern const struct cli_command cli_cmd_shell;
extern const struct cli_command cli_cmd_complete;

/* cmd_show.c: show the scenario in @text; @name names it in messages. */
int cli_show(struct cli *cli, const char *name, const char *text, size_t size, bool picture,
	     bool for_people);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef CLI_NATIVE_H
#define CLI_NATIVE_H

#include "cli.h"

/*
 * The registers of the CPU this runs on, as far as user space may read them, and its MIDR_EL1
 * (0 if that is hidden, too). CLI_OK, or CLI_IO and a message where there is nothing to read.
 */
int native_idregs(struct cli *cli, struct s2_idregs *regs, uint64_t *midr);

#endif

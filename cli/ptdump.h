/* SPDX-License-Identifier: MIT */
/* KVM's debugfs view of a stage-2 table. */
#ifndef CLI_PTDUMP_H
#define CLI_PTDUMP_H

#include "cli.h"

/* Which kernel's columns: 6.12 tells X, 7.3 tells EL1 and EL0 apart. */
enum ptdump_flavour { PTDUMP_OLD, PTDUMP_NEW, PTDUMP_NR_FLAVOURS };

/* "6.12" and "7.3". */
bool ptdump_parse_flavour(const char *name, enum ptdump_flavour *flavour);
enum ptdump_flavour ptdump_flavour_of(const struct s2_revision *rev);

/* The table as the file would show it. */
void ptdump_write(struct cli *cli, const struct s2_pgtable *pgt, unsigned ipa_bits,
		  enum ptdump_flavour flavour);

#endif

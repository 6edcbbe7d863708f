/* SPDX-License-Identifier: MIT */
/* Everything of libs2pte; libs2pte-json has a header of its own, <s2pte/json.h>. */
#ifndef S2PTE_S2PTE_H
#define S2PTE_S2PTE_H

#include <s2pte/error.h>
#include <s2pte/names.h>
#include <s2pte/arch.h>
#include <s2pte/cpu.h>
#include <s2pte/host.h>
#include <s2pte/kernel.h>
#include <s2pte/explore.h>
#include <s2pte/pgtable.h>
#include <s2pte/vm.h>

#endif

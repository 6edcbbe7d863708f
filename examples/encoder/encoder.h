/* SPDX-License-Identifier: MIT */
/* A hypervisor's own encoder of stage-2 leaves, 4K granule: what is to be tested. */
#ifndef ENCODER_H
#define ENCODER_H

#include <stdbool.h>
#include <stdint.h>

enum memory { MEMORY_NORMAL, MEMORY_NORMAL_NC, MEMORY_DEVICE };

struct leaf {
	uint64_t pa;
	int level; /* 1 and 2: a block, 3: a page */
	enum memory memory;
	bool read, write, exec;
};

/* @fwb: HCR_EL2.FWB is set. */
uint64_t encode_leaf(const struct leaf *leaf, bool fwb);

#endif

/* SPDX-License-Identifier: MIT */
#include "encoder.h"

#define VALID      (UINT64_C(1) << 0)
#define PAGE       (UINT64_C(1) << 1)
#define MEMATTR(x) ((uint64_t)(x) << 2)
#define READ       (UINT64_C(1) << 6)
#define WRITE      (UINT64_C(1) << 7)
#define SH_INNER   (UINT64_C(3) << 8)
#define AF         (UINT64_C(1) << 10)
#define XN         (UINT64_C(1) << 54)

static uint64_t memattr(enum memory memory, bool fwb)
{
	switch (memory) {
	case MEMORY_NORMAL:
		return MEMATTR(fwb ? 6 : 15);
	case MEMORY_NORMAL_NC:
		return MEMATTR(5);
	default:
		return MEMATTR(1);
	}
}

uint64_t encode_leaf(const struct leaf *leaf, bool fwb)
{
	return leaf->pa | VALID | (leaf->level == 3 ? PAGE : 0) | memattr(leaf->memory, fwb) |
	       (leaf->read ? READ : 0) | (leaf->write ? WRITE : 0) | SH_INNER | AF |
	       (leaf->exec ? 0 : XN);
}

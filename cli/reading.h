/* SPDX-License-Identifier: MIT */
/* A descriptor as people read it: what text and pictures say beside the diagram of its bits. */
#ifndef CLI_READING_H
#define CLI_READING_H

#include "diagram.h"

#define READING_MAX_GUEST 5

struct reading {
	struct s2_desc desc;
	struct diagram_cell cells[DIAGRAM_MAX_CELLS];
	size_t n_cells;
	char head[160]; /* level, type, size and address */
	/* What each field means; a field that is 0 and seldom matters is left to the diagram. */
	struct reading_field {
		unsigned colour;
		char name[24], bits[24], meaning[96];
	} fields[S2_NR_FIELDS];
	size_t n_fields;
	struct s2_lint lints[S2_NR_LINTS];
	size_t n_lints;
	/* What the guest gets, for each type of its own, or (one row) for all. */
	struct reading_guest {
		char from[80], to[128];
	} guest[READING_MAX_GUEST];
	size_t n_guest;
};

void reading_of(struct reading *r, const struct s2_format *fmt, int level, uint64_t raw);

#endif

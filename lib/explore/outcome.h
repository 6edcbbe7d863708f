/* SPDX-License-Identifier: MIT */
/* What a run decides, as disjoint sets of states by outcome. */
#ifndef S2I_OUTCOME_H
#define S2I_OUTCOME_H

#include "space.h"

/* Rules that end differently, what the table refuses, combinations of what is granted. */
#define S2I_MAX_OUTCOMES (S2_MAX_RULES + 2 + 32)

struct s2i_outcomes {
	struct {
		struct s2_outcome outcome;
		s2i_set set;
	} by[S2I_MAX_OUTCOMES];
	size_t n;
};

bool s2i_same_outcome(const struct s2_outcome *a, const struct s2_outcome *b);
/* Of the slot (S2_STAGE_SLOT) or of the fault (any other stage). */
void s2i_outcomes(struct s2_explorer *ex, const struct s2i_run *run, enum s2_stage stage,
		  struct s2i_outcomes *outcomes);

#endif

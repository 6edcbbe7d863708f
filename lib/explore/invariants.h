/* SPDX-License-Identifier: MIT */
#ifndef S2I_INVARIANTS_H
#define S2I_INVARIANTS_H

#include "space.h"

typedef s2i_set s2i_violations_fn(struct s2_explorer *ex, const struct s2i_run *run);

struct s2i_invariant {
	const char *id, *says;
	struct {
		const char *kind; /* NULL: there are no more */
		s2i_violations_fn *violations;
		/* The fault that shows it, if a violation is not about one fault. */
		s2i_violations_fn *shown_by;
	} kinds[S2_MAX_KINDS];
};

#define S2I_NR_INVARIANTS 8
extern const struct s2i_invariant s2i_invariants[S2I_NR_INVARIANTS];

#endif

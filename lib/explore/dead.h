/* SPDX-License-Identifier: MIT */
#ifndef S2I_DEAD_H
#define S2I_DEAD_H

#include "space.h"

/* Why rule @at never fires in @run; fills in what of @res is about that. NULL without memory. */
const char *s2i_because(struct s2_explorer *ex, const struct s2i_run *run, size_t at,
			struct s2_reached_rule *res);

#endif

/* SPDX-License-Identifier: MIT */
/* Do a revision and a mutant of it decide alike, over all states? And if not, where not? */
#ifndef PROVE_H
#define PROVE_H

#include <stdbool.h>
#include <s2pte/json.h>

enum proof {
	ALIKE,     /* in all states */
	NO_ACCESS, /* in all but those of an access that is both a write and a fetch */
	UNLIKE,
};

/* What was changed: what a slot rule says is of interest only where slots are made. */
enum change { SLOT_RULE, FAULT_RULE };

/* One state that is decided otherwise. */
struct evidence {
	enum s2_stage stage; /* S2_STAGE_SLOT, or of the fault */
	uint64_t facts;
};

/* With @many, the state found has as many facts as can be, else as few. */
enum proof prove(const struct s2_revision *base, const struct s2_revision *mutant,
		 enum change change, bool many, struct evidence *evidence);

/* A line to check, without its end: the state as a scenario, and what @base makes of it. */
char *evidence_line(const struct s2_revision *base, const struct evidence *evidence);
/* The facts that hold, by name. */
void evidence_print(const struct evidence *evidence);

#endif

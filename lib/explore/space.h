/* SPDX-License-Identifier: MIT */
/* Inside of the explorer: facts as variables, revisions run on all states at once. */
#ifndef S2I_SPACE_H
#define S2I_SPACE_H

#include <s2pte/explore.h>

#include "bdd.h"

struct s2i_block {
	struct s2i_block *next;
};

struct s2_explorer {
	struct s2_explore_options options;
	struct s2i_bdd *bdd;
	unsigned n_vars;
	/* Facts that are variables have a level; derived ones are tested after what they
	 * follow from, when that no longer tells, so that conditions prefer their names. */
	uint8_t level[64]; /* by fact, 0xff = no variable */
	uint8_t fact[64];  /* by level */
	struct s2_own_fact own[S2_MAX_OWN_FACTS]; /* of both revisions */
	unsigned n_own;
	s2i_set possible; /* derived facts are what they are, and the laws hold */
	s2i_set shard;
	struct s2i_block *blocks; /* memory of results */
};

/* Zeroed memory that lives as long as the explorer; NULL if there is none. */
void *s2i_new(struct s2_explorer *ex, size_t n, size_t size);

/* 0, S2_ELIMIT or S2_ECANCELED: after each step that makes sets. */
int s2i_state_of(const struct s2_explorer *ex);

/* All that meet a condition over variables. */
s2i_set s2i_cond_set(struct s2_explorer *ex, const struct s2_cond *cond);
/* The fact's number in the explorer, for a fact of @rev. */
unsigned s2i_fact_here(const struct s2_explorer *ex, const struct s2_revision *rev, unsigned fact);
/* A mask of facts as a mask of levels. */
uint64_t s2i_levels(const struct s2_explorer *ex, uint64_t facts);

/* A revision on all states of @domain at once. */
struct s2i_run {
	const struct s2_revision *rev;
	s2i_set domain;
	s2i_set fact[64];           /* where each fact holds, as the rules leave it */
	s2i_set would[S2_MAX_RULES]; /* where the rule's condition holds, earlier rules aside */
	s2i_set fired[S2_MAX_RULES];
	s2i_set refused;            /* slot stage: states whose slot is refused */
	s2i_set installs;           /* fault stages: states that map or relax */
	s2i_set beyond_table;       /* ... that would, but the table refuses: ERANGE */
	s2i_set not_encoded;        /* ... and EINVAL */
};
/* The slot stage looks at states with a slot in @domain; the others at all of it. */
void s2i_run(struct s2_explorer *ex, const struct s2_revision *rev, s2i_set domain,
	     struct s2i_run *run);

/* Runs with one assumption less, made once however often they are asked for. */
struct s2i_without {
	bool done[S2_NR_ASSUMPTIONS];
	struct s2i_run run[S2_NR_ASSUMPTIONS];
};
const struct s2i_run *s2i_run_without(struct s2_explorer *ex, struct s2i_without *without,
				      const struct s2_revision *rev, unsigned assumption);

/*
 * The states that @assumptions leave: for slot-accepted, those whose slot every one of
 * the revisions (NULL: none) lets be created.
 */
s2i_set s2i_domain(struct s2_explorer *ex, unsigned assumptions, const struct s2_revision *a,
		   const struct s2_revision *b);

/* The set as a cover; states outside @domain do not matter. 0 or an error. */
int s2i_cover(struct s2_explorer *ex, s2i_set set, s2i_set domain, struct s2_cover *cover);
struct s2_witness s2i_witness(struct s2_explorer *ex, s2i_set set);

#endif

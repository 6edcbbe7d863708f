/* SPDX-License-Identifier: MIT */
/* Inside of the explorer: facts as variables, revisions run on all states at once. */
#ifndef S2I_SPACE_H
#define S2I_SPACE_H

#include <s2pte/explore.h>

#include "bdd.h"

/* Derived facts have a few alternatives each. */
#define S2I_MAX_ALTERNATIVES 8

struct s2i_block {
	struct s2i_block *next;
};

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
	/* Runs with one assumption less: of which revision, and which there are (bits). */
	const struct s2_revision *without_rev;
	unsigned without_done;
	struct s2i_run without[S2_NR_ASSUMPTIONS];
};

/* Zeroed memory that lives as long as the explorer; NULL if there is none. */
void *s2i_new(struct s2_explorer *ex, size_t n, size_t size);

/* 0, S2_ENOMEM, S2_ELIMIT or S2_ECANCELED: after each step that makes sets. */
int s2i_state_of(const struct s2_explorer *ex);

/* All that meet a condition over variables. */
s2i_set s2i_cond_set(struct s2_explorer *ex, const struct s2_cond *cond);
/* The fact's number in the explorer, for a fact of @rev. */
unsigned s2i_fact_here(const struct s2_explorer *ex, const struct s2_revision *rev, unsigned fact);
/* A mask of facts as a mask of levels. */
uint64_t s2i_levels(const struct s2_explorer *ex, uint64_t facts);

/* The slot stage looks at states with a slot in @domain; the others at all of it. */
void s2i_run(struct s2_explorer *ex, const struct s2_revision *rev, s2i_set domain,
	     struct s2i_run *run);

/* The run with one assumption less, made once a revision however often it is asked for. */
const struct s2i_run *s2i_run_without(struct s2_explorer *ex, const struct s2_revision *rev,
				      unsigned assumption);

/*
 * The states that @assumptions leave: for slot-accepted, those whose slot every one of
 * the revisions (NULL: none) lets be created.
 */
s2i_set s2i_domain(struct s2_explorer *ex, unsigned assumptions, const struct s2_revision *a,
		   const struct s2_revision *b);

/* The set as a cover; states outside @domain do not matter. 0 or an error. */
int s2i_cover(struct s2_explorer *ex, s2i_set set, s2i_set domain, struct s2_cover *cover);
struct s2_witness s2i_witness(struct s2_explorer *ex, s2i_set set);

/* ---- Parts of a sweep ----------------------------------------------------------------- */

/* Is only a part asked for, which others are joined with? */
bool s2i_is_part(const struct s2_explorer *ex);
/* Part @shard of @n_shards of all states. */
s2i_set s2i_part(struct s2_explorer *ex, unsigned shard, unsigned n_shards);
/* One set of part @shard: @cover says which of the states of @domain are in it. */
struct s2i_piece {
	unsigned shard, n_shards;
	const struct s2_cover *cover;
	uint64_t count; /* that it must have, */
	bool any_count; /* if any */
};
/* Add it to @set. 0, or S2_EINVAL if it is not as large as it says. */
int s2i_join(struct s2_explorer *ex, const struct s2i_piece *piece, s2i_set domain, s2i_set *set,
	     struct s2_error *err);
/* Does part @shard have as many states in all as it says? 0 or S2_EINVAL. */
int s2i_join_domain(struct s2_explorer *ex, unsigned shard, unsigned n_shards, s2i_set domain,
		    uint64_t states, struct s2_error *err);
/* The error of a part that cannot be of these revisions; S2_EINVAL. */
int s2i_misfit(struct s2_error *err, unsigned shard, const char *what);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Sets of states as reduced ordered binary decision diagrams: a set over fifty facts is
 * as small as its description, and all operations are exact.
 */
#ifndef S2I_BDD_H
#define S2I_BDD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t s2i_set; /* a node; equal sets are equal nodes */

#define S2I_NONE ((s2i_set)0)
#define S2I_EVERY ((s2i_set)1)

/* Variables are levels 0 (tested first) to S2I_MAX_VARS - 1. */
#define S2I_MAX_VARS 64
/* 16 bytes each: what a set may cost at most. */
#define S2I_MAX_NODES ((uint32_t)1 << 22)

struct s2i_bdd;
struct s2i_bdd *s2i_bdd_new(unsigned n_vars);
void s2i_bdd_free(struct s2i_bdd *bdd);
/*
 * 0, or why it failed: S2_ENOMEM, S2_ELIMIT (S2I_MAX_NODES), S2_ECANCELED; all results since
 * then are S2I_NONE and void.
 */
int s2i_bdd_failed(const struct s2i_bdd *bdd);
/* Ask @progress every few milliseconds of work; anything but 0 is a failure from then on. */
void s2i_bdd_ask(struct s2i_bdd *bdd, int (*progress)(void *arg), void *arg);

s2i_set s2i_var(struct s2i_bdd *bdd, unsigned level);
s2i_set s2i_and(struct s2i_bdd *bdd, s2i_set a, s2i_set b);
s2i_set s2i_or(struct s2i_bdd *bdd, s2i_set a, s2i_set b);
s2i_set s2i_not(struct s2i_bdd *bdd, s2i_set a);
s2i_set s2i_minus(struct s2i_bdd *bdd, s2i_set a, s2i_set b);
s2i_set s2i_equal(struct s2i_bdd *bdd, s2i_set a, s2i_set b);
/* What is in @a for some value of the variables of @levels (a mask). */
s2i_set s2i_exists(struct s2i_bdd *bdd, s2i_set a, uint64_t levels);

/* The number of assignments of all variables in @a; at most 2^62 variables' worth. */
uint64_t s2i_count(struct s2i_bdd *bdd, s2i_set a);

/* For recursions over the diagram. */
unsigned s2i_level(const struct s2i_bdd *bdd, s2i_set a); /* S2I_MAX_VARS for the constants */
s2i_set s2i_branch(const struct s2i_bdd *bdd, s2i_set a, unsigned level, bool value);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Sets of states as short lists of conditions. First an irredundant sum of products
 * between the set and the set with all that does not matter (Minato and Morreale), then
 * every literal and every condition is tried: none can be left out of the result.
 */
#include "space.h"

#include <stdlib.h>
#include <string.h>

/* More is no explanation any more; the set is still exact in its count. */
#define MAX_CONDS 4096

struct work {
	struct s2_explorer *ex;
	struct s2i_bdd *bdd;
	struct s2_cond *conds;
	size_t n, room;
	int failed; /* an enum s2_err */
};

static void emit(struct work *w, const struct s2_cond *cond)
{
	if (w->n == w->room) {
		size_t room = w->room != 0 ? w->room * 2 : 16;
		struct s2_cond *grown =
			w->n < MAX_CONDS ? realloc(w->conds, room * sizeof(*grown)) : NULL;

		if (grown == NULL) {
			w->failed = w->n < MAX_CONDS ? S2_ENOMEM : S2_ELIMIT;
			return;
		}
		w->conds = grown;
		w->room = room;
	}
	w->conds[w->n++] = *cond;
}

/* Conditions that cover all of @low and nothing outside @high; returns what they cover. */
static s2i_set products(struct work *w, s2i_set low, s2i_set high, struct s2_cond path)
{
	s2i_set l[2], h[2], part[2], left, both, cover;
	unsigned level;
	uint64_t bit;

	if (low == S2I_NONE || w->failed != 0)
		return S2I_NONE;
	if (high == S2I_EVERY) {
		emit(w, &path);
		return S2I_EVERY;
	}
	level = s2i_level(w->bdd, low);
	if (s2i_level(w->bdd, high) < level)
		level = s2i_level(w->bdd, high);
	bit = UINT64_C(1) << w->ex->fact[level];
	for (unsigned v = 0; v < 2; v++) {
		l[v] = s2i_branch(w->bdd, low, level, v != 0);
		h[v] = s2i_branch(w->bdd, high, level, v != 0);
	}
	for (unsigned v = 0; v < 2; v++) {
		struct s2_cond down = { path.mask | bit, path.value | (v != 0 ? bit : 0) };

		part[v] = products(w, s2i_minus(w->bdd, l[v], h[!v]), h[v], down);
	}
	left = s2i_or(w->bdd, s2i_minus(w->bdd, l[0], part[0]),
		      s2i_minus(w->bdd, l[1], part[1]));
	both = products(w, left, s2i_and(w->bdd, h[0], h[1]), path);
	cover = s2i_or(w->bdd, s2i_and(w->bdd, s2i_var(w->bdd, level), part[1]),
		       s2i_minus(w->bdd, part[0], s2i_var(w->bdd, level)));
	return s2i_or(w->bdd, cover, both);
}

/* Leave out literals as long as nothing outside @high gets in; input facts go first. */
static void expand(struct work *w, s2i_set high, struct s2_cond *cond)
{
	s2i_set outside = s2i_not(w->bdd, high);

	for (unsigned fact = 0; fact < 64; fact++) {
		uint64_t bit = UINT64_C(1) << fact;
		struct s2_cond shorter = { cond->mask & ~bit, cond->value & ~bit };

		if ((cond->mask & bit) != 0 &&
		    s2i_and(w->bdd, s2i_cond_set(w->ex, &shorter), outside) == S2I_NONE)
			*cond = shorter;
	}
}

struct weighed {
	struct s2_cond cond;
	s2i_set set;
	s2i_set heavier; /* all that the heavier ones cover */
	uint64_t weight;
	bool drop;
};

static int by_weight(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	if (x->cond.mask != y->cond.mask)
		return x->cond.mask < y->cond.mask ? -1 : 1;
	return (x->cond.value > y->cond.value) - (x->cond.value < y->cond.value);
}

/* Drop what the others cover, the lightest first. */
static void thin_out(struct work *w, struct weighed *list, s2i_set low)
{
	s2i_set kept = S2I_NONE; /* of those that are lighter */

	for (size_t i = 0; i < w->n; i++) {
		list[i].heavier = kept;
		kept = s2i_or(w->bdd, kept, list[i].set);
	}
	kept = S2I_NONE;
	for (size_t i = w->n; i-- > 0;) {
		s2i_set others = s2i_or(w->bdd, kept, list[i].heavier);

		list[i].drop = s2i_minus(w->bdd, s2i_and(w->bdd, low, list[i].set), others) ==
			       S2I_NONE;
		if (!list[i].drop)
			kept = s2i_or(w->bdd, kept, list[i].set);
	}
}

int s2i_cover(struct s2_explorer *ex, s2i_set set, s2i_set domain, struct s2_cover *cover)
{
	struct work w = { .ex = ex, .bdd = ex->bdd };
	s2i_set low = s2i_and(ex->bdd, set, domain);
	s2i_set high = s2i_or(ex->bdd, set, s2i_not(ex->bdd, domain));
	struct weighed *list = NULL;
	struct s2_cond *out = NULL;

	*cover = (struct s2_cover){ NULL, 0 };
	products(&w, low, high, (struct s2_cond){ 0, 0 });
	if (w.failed == 0)
		list = calloc(w.n + 1, sizeof(*list));
	for (size_t i = 0; list != NULL && i < w.n; i++) {
		expand(&w, high, &w.conds[i]);
		list[i].cond = w.conds[i];
		list[i].set = s2i_cond_set(ex, &w.conds[i]);
		list[i].weight = s2i_count(ex->bdd, s2i_and(ex->bdd, low, list[i].set));
	}
	if (list != NULL) {
		qsort(list, w.n, sizeof(*list), by_weight);
		thin_out(&w, list, low);
		out = s2i_new(ex, w.n, sizeof(*out));
	}
	for (size_t i = 0; out != NULL && i < w.n; i++)
		if (!list[i].drop)
			out[cover->n++] = list[i].cond;
	cover->conds = out;
	free(list);
	free(w.conds);
	if (w.failed != 0)
		return w.failed;
	return out != NULL ? s2i_state_of(ex) : S2_ENOMEM;
}

/* SPDX-License-Identifier: MIT */
/* Every state on which two revisions decide differently. */
#include "outcome.h"

#include <stdlib.h>

struct found {
	struct s2_change change;
	s2i_set set;
};

static int by_states(const void *a, const void *b)
{
	const struct s2_change *x = &((const struct found *)a)->change;
	const struct s2_change *y = &((const struct found *)b)->change;

	if (x->states != y->states)
		return x->states < y->states ? 1 : -1;
	/* Found in the order of the rules: that of the conditions is stable too. */
	return (x->witness.facts > y->witness.facts) - (x->witness.facts < y->witness.facts);
}

/* The rules that end some of these states. */
static uint64_t enders(struct s2_explorer *ex, const struct s2i_run *run, enum s2_stage stage,
		       s2i_set set)
{
	uint64_t rules = 0;

	for (size_t i = 0; i < run->rev->n_rules; i++) {
		const struct s2_rule *rule = run->rev->rules[i];

		if ((rule->stage == S2_STAGE_SLOT) == (stage == S2_STAGE_SLOT) &&
		    (rule->err != 0 || rule->action != S2_ACTION_NONE) &&
		    s2i_and(ex->bdd, run->fired[i], set) != S2I_NONE)
			rules |= UINT64_C(1) << i;
	}
	return rules;
}

static void compare(struct s2_explorer *ex, const struct s2i_run runs[2],
		    const struct s2i_outcomes *from, const struct s2i_outcomes *to,
		    struct found *found, size_t *n, s2i_set *all)
{
	for (size_t i = 0; i < from->n; i++) {
		for (size_t j = 0; j < to->n; j++) {
			s2i_set set = s2i_and(ex->bdd, from->by[i].set, to->by[j].set);

			if (set == S2I_NONE ||
			    s2i_same_outcome(&from->by[i].outcome, &to->by[j].outcome))
				continue;
			found[*n].change.from = from->by[i].outcome;
			found[*n].change.to = to->by[j].outcome;
			found[*n].change.from_by =
				enders(ex, &runs[0], from->by[i].outcome.stage, set);
			found[*n].change.to_by =
				enders(ex, &runs[1], to->by[j].outcome.stage, set);
			found[*n].change.states = s2i_count(ex->bdd, set);
			found[*n].change.witness = s2i_witness(ex, set);
			found[(*n)++].set = set;
			*all = s2i_or(ex->bdd, *all, set);
		}
	}
}

int s2_explore_diff(struct s2_explorer *ex, const struct s2_revision *from,
		    const struct s2_revision *to, struct s2_diff *diff)
{
	static const enum s2_stage stages[] = { S2_STAGE_SLOT, S2_STAGE_FAULT };
	s2i_set domain = s2i_domain(ex, ex->options.assumptions, from, to), all = S2I_NONE;
	struct s2i_run runs[2];
	struct s2i_outcomes *outcomes = calloc(2, sizeof(*outcomes));
	struct found *found =
		calloc((size_t)2 * S2I_MAX_OUTCOMES * S2I_MAX_OUTCOMES, sizeof(*found));
	struct s2_change *changes = NULL;
	size_t n = 0;
	int ret = S2_ENOMEM;

	s2i_run(ex, from, domain, &runs[0]);
	s2i_run(ex, to, domain, &runs[1]);
	for (size_t s = 0; outcomes != NULL && found != NULL && s < 2; s++) {
		s2i_outcomes(ex, &runs[0], stages[s], &outcomes[0]);
		s2i_outcomes(ex, &runs[1], stages[s], &outcomes[1]);
		compare(ex, runs, &outcomes[0], &outcomes[1], found, &n, &all);
	}
	if (outcomes != NULL && found != NULL)
		changes = s2i_new(ex, n, sizeof(*changes));
	if (changes != NULL) {
		ret = s2i_state_of(ex);
		qsort(found, n, sizeof(*found), by_states);
		for (size_t i = 0; i < n && ret == 0; i++) {
			changes[i] = found[i].change;
			ret = s2i_cover(ex, found[i].set, domain, &changes[i].when);
		}
		*diff = (struct s2_diff){ s2i_count(ex->bdd, domain), s2i_count(ex->bdd, all),
					  changes, n };
	}
	free(outcomes);
	free(found);
	return ret;
}

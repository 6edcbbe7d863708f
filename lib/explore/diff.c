/* SPDX-License-Identifier: MIT */
/* Every state on which two revisions decide differently: in the whole, a part, all parts. */
#include "outcome.h"

#include <stdlib.h>

/* Pairs of outcomes, of the slot and of the fault. */
#define MAX_CHANGES ((size_t)2 * S2I_MAX_OUTCOMES * S2I_MAX_OUTCOMES)

struct one {
	struct s2_change change;
	s2i_set set;
};

/* What a sweep finds, or its parts together. */
struct found {
	s2i_set domain;
	struct one *changes; /* MAX_CHANGES */
	size_t n;
};

static int begin(struct s2_explorer *ex, const struct s2_revision *from,
		 const struct s2_revision *to, struct found *found)
{
	*found = (struct found){ .domain = s2i_domain(ex, ex->options.assumptions, from, to) };
	found->changes = calloc(MAX_CHANGES, sizeof(*found->changes));
	return found->changes != NULL ? 0 : S2_ENOMEM;
}

/* ---- The sweep -------------------------------------------------------------------------- */

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
		    struct found *found)
{
	for (size_t i = 0; i < from->n; i++) {
		for (size_t j = 0; j < to->n; j++) {
			const struct s2_outcome *a = &from->by[i].outcome, *b = &to->by[j].outcome;
			s2i_set set = s2i_and(ex->bdd, from->by[i].set, to->by[j].set);

			if (set == S2I_NONE || s2i_same_outcome(a, b))
				continue;
			found->changes[found->n++] = (struct one){
				.change = { .from = *a, .to = *b,
					    .from_by = enders(ex, &runs[0], a->stage, set),
					    .to_by = enders(ex, &runs[1], b->stage, set) },
				.set = set,
			};
		}
	}
}

static int sweep(struct s2_explorer *ex, const struct s2_revision *from,
		 const struct s2_revision *to, struct found *found)
{
	static const enum s2_stage stages[] = { S2_STAGE_SLOT, S2_STAGE_FAULT };
	struct s2i_outcomes *outcomes = calloc(2, sizeof(*outcomes));
	struct s2i_run runs[2];

	if (outcomes == NULL)
		return S2_ENOMEM;
	s2i_run(ex, from, found->domain, &runs[0]);
	s2i_run(ex, to, found->domain, &runs[1]);
	for (size_t s = 0; s < 2; s++) {
		s2i_outcomes(ex, &runs[0], stages[s], &outcomes[0]);
		s2i_outcomes(ex, &runs[1], stages[s], &outcomes[1]);
		compare(ex, runs, &outcomes[0], &outcomes[1], found);
	}
	free(outcomes);
	return s2i_state_of(ex);
}

/* ---- The answer ------------------------------------------------------------------------- */

/*
 * Total, so that the order does not depend on how the changes were found: those of one stage
 * share no state, and so no witness.
 */
static int by_states(const void *a, const void *b)
{
	const struct s2_change *x = &((const struct one *)a)->change;
	const struct s2_change *y = &((const struct one *)b)->change;

	if (x->states != y->states)
		return x->states < y->states ? 1 : -1;
	if (x->witness.facts != y->witness.facts)
		return x->witness.facts < y->witness.facts ? -1 : 1;
	return (int)x->from.stage - (int)y->from.stage;
}

static int finish(struct s2_explorer *ex, struct found *found, struct s2_diff *diff)
{
	struct s2_change *changes = s2i_new(ex, found->n, sizeof(*changes));
	s2i_set all = S2I_NONE;
	int ret;

	if (changes == NULL)
		return S2_ENOMEM;
	for (size_t i = 0; i < found->n; i++) {
		struct one *one = &found->changes[i];

		one->change.states = s2i_count(ex->bdd, one->set);
		one->change.witness = s2i_witness(ex, one->set);
		all = s2i_or(ex->bdd, all, one->set);
	}
	ret = s2i_state_of(ex);
	qsort(found->changes, found->n, sizeof(*found->changes), by_states);
	for (size_t i = 0; i < found->n && ret == 0; i++) {
		changes[i] = found->changes[i].change;
		ret = s2i_cover(ex, found->changes[i].set, found->domain, &changes[i].when);
	}
	*diff = (struct s2_diff){ s2i_count(ex->bdd, found->domain), s2i_count(ex->bdd, all),
				  changes, found->n };
	return ret != 0 ? ret : s2i_state_of(ex);
}

int s2_explore_diff(struct s2_explorer *ex, const struct s2_revision *from,
		    const struct s2_revision *to, struct s2_diff *diff)
{
	struct found found;
	int ret = begin(ex, from, to, &found);

	if (ret == 0)
		ret = sweep(ex, from, to, &found);
	if (ret == 0)
		ret = finish(ex, &found, diff);
	free(found.changes);
	return ret;
}

/* ---- Parts ------------------------------------------------------------------------------ */

static struct one *find(struct found *found, const struct s2_outcome *from,
			const struct s2_outcome *to)
{
	struct one *one;

	for (size_t i = 0; i < found->n; i++) {
		one = &found->changes[i];
		if (s2i_same_outcome(&one->change.from, from) &&
		    s2i_same_outcome(&one->change.to, to))
			return one;
	}
	one = &found->changes[found->n++];
	*one = (struct one){ .change = { .from = *from, .to = *to }, .set = S2I_NONE };
	return one;
}

/* The outcomes are those of any state in it: there are no others than the rules give. */
static int join_change(struct s2_explorer *ex, const struct s2_revision *const revs[2],
		       struct found *found, struct s2i_piece piece, const struct s2_change *part,
		       struct s2_error *err)
{
	struct s2_witness any;
	struct s2_outcome from, to;
	s2i_set set = S2I_NONE;
	struct one *one;
	int ret;

	piece.cover = &part->when;
	piece.count = part->states;
	ret = s2i_join(ex, &piece, found->domain, &set, err);
	if (ret != 0)
		return ret;
	any = s2i_witness(ex, set);
	from = s2_explore_outcome(ex, revs[0], part->from.stage, any.facts);
	to = s2_explore_outcome(ex, revs[1], part->from.stage, any.facts);
	if (!any.is || s2i_same_outcome(&from, &to))
		return s2i_misfit(err, piece.shard, "a change is none");
	one = find(found, &from, &to);
	one->set = s2i_or(ex->bdd, one->set, set);
	one->change.from_by |= part->from_by;
	one->change.to_by |= part->to_by;
	return 0;
}

int s2_join_diff(struct s2_explorer *ex, const struct s2_revision *from,
		 const struct s2_revision *to, const struct s2_diff *parts, unsigned n,
		 struct s2_diff *diff, struct s2_error *err)
{
	const struct s2_revision *revs[] = { from, to };
	struct found found;
	int ret = begin(ex, from, to, &found);

	for (unsigned k = 0; ret == 0 && k < n; k++) {
		const struct s2i_piece piece = { .shard = k, .n_shards = n };

		ret = s2i_join_domain(ex, k, n, found.domain, parts[k].states, err);
		for (size_t i = 0; ret == 0 && i < parts[k].n_changes; i++)
			ret = join_change(ex, revs, &found, piece, &parts[k].changes[i], err);
	}
	if (ret == 0)
		ret = finish(ex, &found, diff);
	free(found.changes);
	return ret;
}

/* SPDX-License-Identifier: MIT */
/* The rules of a revision, run on sets of states instead of on one. */
#include "space.h"

static s2i_set literal(struct s2_explorer *ex, const struct s2i_run *run, unsigned fact, bool value)
{
	s2i_set set = run->fact[s2i_fact_here(ex, run->rev, fact)];

	return value ? set : s2i_not(ex->bdd, set);
}

static s2i_set holds(struct s2_explorer *ex, const struct s2i_run *run, const struct s2_cond *cond)
{
	s2i_set set = run->domain;

	for (unsigned i = 0; i < 64; i++)
		if ((cond->mask >> i & 1) != 0)
			set = s2i_and(ex->bdd, set,
				      literal(ex, run, i, (cond->value >> i & 1) != 0));
	return set;
}

static void change(struct s2_explorer *ex, struct s2i_run *run, const struct s2_rule *rule,
		   s2i_set where)
{
	for (unsigned i = 0; i < 64; i++) {
		s2i_set *fact;

		if (((rule->set | rule->clear) >> i & 1) == 0)
			continue;
		fact = &run->fact[s2i_fact_here(ex, run->rev, i)];
		if ((rule->set >> i & 1) != 0)
			*fact = s2i_or(ex->bdd, *fact, where);
		if ((rule->clear >> i & 1) != 0)
			*fact = s2i_minus(ex->bdd, *fact, where);
	}
}

/* Facts as they stand before any rule. */
static void begin(struct s2_explorer *ex, struct s2i_run *run)
{
	for (unsigned i = 0; i < 64; i++)
		run->fact[i] = ex->level[i] != 0xff ? s2i_var(ex->bdd, ex->level[i]) : S2I_NONE;
}

/* The rules of some stages; returns the states that no rule ended. */
static s2i_set run_stages(struct s2_explorer *ex, struct s2i_run *run, unsigned stages, s2i_set live)
{
	begin(ex, run);
	for (size_t i = 0; i < run->rev->n_rules; i++) {
		const struct s2_rule *rule = run->rev->rules[i];
		s2i_set would = S2I_NONE;

		if ((stages >> rule->stage & 1u) == 0)
			continue;
		for (unsigned j = 0; j < rule->n_when; j++)
			would = s2i_or(ex->bdd, would, holds(ex, run, &rule->when[j]));
		run->would[i] = would;
		run->fired[i] = s2i_and(ex->bdd, live, would);
		/* Facts of states that have ended do not matter any more: changing them too
		 * keeps "would" what it says. */
		change(ex, run, rule, would);
		if (rule->err != 0 || rule->action != S2_ACTION_NONE)
			live = s2i_minus(ex->bdd, live, run->fired[i]);
	}
	return live;
}

/*
 * What no rule ends and the table refuses: an address beyond its range, and a type that it
 * cannot encode. An entry that is there already keeps its type: a permission fault, taken to
 * be about an entry of the size that is resolved now, only adds to what it allows.
 */
static void let_table_refuse(struct s2_explorer *ex, struct s2i_run *run)
{
	s2i_set device = run->fact[S2_FACT_PROT_DEVICE], nc = run->fact[S2_FACT_PROT_NORMAL_NC];
	s2i_set bad = s2i_or(ex->bdd, s2i_and(ex->bdd, device, nc),
			     s2i_and(ex->bdd, run->fact[S2_FACT_PROT_X],
				     s2i_or(ex->bdd, device, nc)));

	run->beyond_table = s2i_and(ex->bdd, run->installs,
				    s2i_var(ex->bdd, ex->level[S2_FACT_IPA_BEYOND_LIMIT]));
	run->installs = s2i_minus(ex->bdd, run->installs, run->beyond_table);
	run->not_encoded = s2i_minus(ex->bdd, s2i_and(ex->bdd, run->installs, bad),
				     s2i_var(ex->bdd, ex->level[S2_FACT_PERMISSION]));
	run->installs = s2i_minus(ex->bdd, run->installs, run->not_encoded);
}

void s2i_run(struct s2_explorer *ex, const struct s2_revision *rev, s2i_set domain,
	     struct s2i_run *run)
{
	struct s2_cond has_slot = { S2_FACT_BIT(S2_FACT_SLOT), S2_FACT_BIT(S2_FACT_SLOT) };
	s2i_set slots, left;

	*run = (struct s2i_run){ .rev = rev, .domain = domain };
	slots = s2i_and(ex->bdd, domain, s2i_cond_set(ex, &has_slot));
	left = run_stages(ex, run, S2_STAGES_SLOT, slots);
	run->refused = s2i_minus(ex->bdd, slots, left);
	run->installs = run_stages(ex, run, S2_STAGES_FAULT, domain);
	let_table_refuse(ex, run);
}

const struct s2i_run *s2i_run_without(struct s2_explorer *ex, const struct s2_revision *rev,
				      unsigned assumption)
{
	unsigned less = ex->options.assumptions & ~(1u << assumption);

	if (ex->without_rev != rev)
		ex->without_done = 0;
	ex->without_rev = rev;
	if ((ex->without_done >> assumption & 1) == 0)
		s2i_run(ex, rev, s2i_domain(ex, less, rev, NULL), &ex->without[assumption]);
	ex->without_done |= 1u << assumption;
	return &ex->without[assumption];
}

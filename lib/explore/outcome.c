/* SPDX-License-Identifier: MIT */
#include "outcome.h"

/* The facts that say how a page is installed. */
static const uint8_t granted[] = { S2_FACT_SANITISE_TAGS, S2_FACT_PROT_W, S2_FACT_PROT_X,
				   S2_FACT_PROT_DEVICE, S2_FACT_PROT_NORMAL_NC };
#define N_GRANTED (sizeof(granted) / sizeof(granted[0]))

bool s2i_same_outcome(const struct s2_outcome *a, const struct s2_outcome *b)
{
	return a->stage == b->stage && a->installs == b->installs && a->err == b->err &&
	       a->action == b->action && a->prot == b->prot;
}

static void add(struct s2_explorer *ex, struct s2i_outcomes *outcomes,
		const struct s2_outcome *outcome, s2i_set set)
{
	if (set == S2I_NONE)
		return;
	for (size_t i = 0; i < outcomes->n; i++) {
		if (s2i_same_outcome(&outcomes->by[i].outcome, outcome)) {
			outcomes->by[i].set = s2i_or(ex->bdd, outcomes->by[i].set, set);
			return;
		}
	}
	outcomes->by[outcomes->n].outcome = *outcome;
	outcomes->by[outcomes->n++].set = set;
}

/* What an ending rule leaves: an action of its own, or nothing. */
static struct s2_outcome ended(const struct s2_rule *rule)
{
	bool slot = rule->stage == S2_STAGE_SLOT;

	return (struct s2_outcome){ .stage = slot ? S2_STAGE_SLOT : S2_STAGE_FAULT,
				    .err = rule->err,
				    .action = (enum s2_action)rule->action };
}

/* As run.c has it: what the rules let through and the table does not. */
static int table_refuses(uint64_t facts)
{
	const uint64_t types = S2_FACT_BIT(S2_FACT_PROT_DEVICE) | S2_FACT_BIT(S2_FACT_PROT_NORMAL_NC);
	bool both = (facts & types) == types;
	bool executable = (facts & types) != 0 && (facts & S2_FACT_BIT(S2_FACT_PROT_X)) != 0;

	if ((facts & S2_FACT_BIT(S2_FACT_IPA_BEYOND_LIMIT)) != 0)
		return S2_K_ERANGE;
	if ((facts & S2_FACT_BIT(S2_FACT_PERMISSION)) == 0 && (both || executable))
		return S2_K_EINVAL;
	return 0;
}

static struct s2_outcome refused_by_table(int err)
{
	return (struct s2_outcome){ .stage = S2_STAGE_FAULT, .err = err };
}

static void add_installed(struct s2_explorer *ex, const struct s2i_run *run,
			  struct s2i_outcomes *outcomes)
{
	for (unsigned combination = 0; combination < 1u << N_GRANTED; combination++) {
		struct s2_outcome outcome = { .stage = S2_STAGE_FAULT, .installs = true };
		s2i_set set = run->installs;

		for (unsigned i = 0; i < N_GRANTED && set != S2I_NONE; i++) {
			s2i_set fact = run->fact[granted[i]];

			if ((combination >> i & 1) != 0) {
				outcome.prot |= S2_FACT_BIT(granted[i]);
				set = s2i_and(ex->bdd, set, fact);
			} else {
				set = s2i_minus(ex->bdd, set, fact);
			}
		}
		add(ex, outcomes, &outcome, set);
	}
}

void s2i_outcomes(struct s2_explorer *ex, const struct s2i_run *run, enum s2_stage stage,
		  struct s2i_outcomes *outcomes)
{
	bool slot = stage == S2_STAGE_SLOT;

	outcomes->n = 0;
	for (size_t i = 0; i < run->rev->n_rules; i++) {
		const struct s2_rule *rule = run->rev->rules[i];
		struct s2_outcome outcome = ended(rule);

		if ((rule->err != 0 || rule->action != S2_ACTION_NONE) &&
		    (rule->stage == S2_STAGE_SLOT) == slot)
			add(ex, outcomes, &outcome, run->fired[i]);
	}
	if (slot) {
		struct s2_cond has_slot = { S2_FACT_BIT(S2_FACT_SLOT), S2_FACT_BIT(S2_FACT_SLOT) };
		struct s2_outcome created = { .stage = S2_STAGE_SLOT };
		s2i_set slots = s2i_and(ex->bdd, run->domain, s2i_cond_set(ex, &has_slot));

		add(ex, outcomes, &created, s2i_minus(ex->bdd, slots, run->refused));
	} else {
		struct s2_outcome beyond = refused_by_table(S2_K_ERANGE);
		struct s2_outcome not_encoded = refused_by_table(S2_K_EINVAL);

		add(ex, outcomes, &beyond, run->beyond_table);
		add(ex, outcomes, &not_encoded, run->not_encoded);
		add_installed(ex, run, outcomes);
	}
}

/* The facts of a state, with own facts as @rev numbers them. */
static uint64_t facts_there(const struct s2_explorer *ex, const struct s2_revision *rev,
			    uint64_t facts)
{
	uint64_t there = facts & (S2_FACT_BIT(S2_FACT_OWN_FIRST) - 1);

	for (unsigned i = 0; i < rev->n_own; i++)
		if ((facts >> s2i_fact_here(ex, rev, S2_FACT_OWN_FIRST + i) & 1) != 0)
			there |= S2_FACT_BIT(S2_FACT_OWN_FIRST + i);
	return there;
}

struct s2_outcome s2_explore_outcome(const struct s2_explorer *ex, const struct s2_revision *rev,
				     enum s2_stage stage, uint64_t facts)
{
	struct s2_outcome outcome = { .stage = stage };
	struct s2_verdict verdict;

	s2_decide(rev, stage == S2_STAGE_SLOT ? S2_STAGES_SLOT : S2_STAGES_FAULT,
		  s2_facts_derive(facts_there(ex, rev, facts)), &verdict);
	if (verdict.cause >= 0)
		return ended(rev->rules[verdict.cause]);
	if (stage == S2_STAGE_SLOT)
		return outcome;
	if (table_refuses(verdict.facts | facts) != 0)
		return refused_by_table(table_refuses(verdict.facts | facts));
	outcome.stage = S2_STAGE_FAULT;
	outcome.installs = true;
	for (unsigned i = 0; i < N_GRANTED; i++)
		outcome.prot |= verdict.facts & S2_FACT_BIT(granted[i]);
	return outcome;
}

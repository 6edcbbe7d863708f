/* SPDX-License-Identifier: MIT */
/* How often each rule fires, and which alternatives of derived facts decide. */
#include "dead.h"
#include "space.h"

#include <stdlib.h>
#include <string.h>

#define MAX_ALTERNATIVES S2I_MAX_ALTERNATIVES
#define N_DERIVED (S2_FACT_NONCACHEABLE - S2_NR_INPUT_FACTS)

/* What a sweep finds, or its parts together: sets of states, before anything is said of them. */
struct found {
	const struct s2_revision *rev;
	s2i_set domain;
	s2i_set slot_domain; /* slot rules are counted before the assumption that they have passed */
	s2i_set fired[S2_MAX_RULES];
	struct {
		bool asked; /* some rule that is reached asks for it */
		s2i_set only[MAX_ALTERNATIVES]; /* holds by this alternative alone */
	} derived[N_DERIVED];
	/* To explain dead rules. */
	bool ran;
	struct s2i_run run, slot_run;
};

static bool about_slot(const struct s2_rule *rule)
{
	return rule->stage == S2_STAGE_SLOT;
}

/* Alternatives of a derived fact that are worth telling apart. */
static unsigned n_alternatives(unsigned derived)
{
	unsigned n = s2_facts[S2_NR_INPUT_FACTS + derived].n_when;

	return n < 2 ? 0 : n;
}

static void begin(struct s2_explorer *ex, const struct s2_revision *rev, struct found *found)
{
	unsigned assumptions = ex->options.assumptions;

	*found = (struct found){ .rev = rev };
	found->domain = s2i_domain(ex, assumptions, rev, NULL);
	found->slot_domain = s2i_domain(ex, assumptions & ~(1u << S2_ASSUME_SLOT_ACCEPTED), rev,
					NULL);
}

static void run(struct s2_explorer *ex, struct found *found)
{
	if (found->ran)
		return;
	s2i_run(ex, found->rev, found->domain, &found->run);
	s2i_run(ex, found->rev, found->slot_domain, &found->slot_run);
	found->ran = true;
}

/* ---- The sweep -------------------------------------------------------------------------- */

/* States that come to a rule which asks for @fact. */
static s2i_set askers(struct s2_explorer *ex, const struct s2i_run *run, unsigned fact)
{
	s2i_set live = run->domain, asked = S2I_NONE;

	for (size_t i = 0; i < run->rev->n_rules; i++) {
		const struct s2_rule *rule = run->rev->rules[i];

		if (rule->stage == S2_STAGE_SLOT)
			continue;
		for (unsigned j = 0; j < rule->n_when; j++)
			if ((rule->when[j].mask >> fact & 1) != 0)
				asked = s2i_or(ex->bdd, asked, live);
		if (rule->err != 0 || rule->action != S2_ACTION_NONE)
			live = s2i_minus(ex->bdd, live, run->fired[i]);
	}
	return asked;
}

static void sweep_derived(struct s2_explorer *ex, struct found *found, unsigned derived)
{
	const struct s2_fact_info *info = &s2_facts[S2_NR_INPUT_FACTS + derived];
	s2i_set asked = askers(ex, &found->run, S2_NR_INPUT_FACTS + derived);

	found->derived[derived].asked = asked != S2I_NONE;
	for (unsigned j = 0; j < n_alternatives(derived); j++) {
		s2i_set only = s2i_and(ex->bdd, asked, s2i_cond_set(ex, &info->when[j]));

		for (unsigned k = 0; k < info->n_when; k++)
			if (k != j)
				only = s2i_minus(ex->bdd, only, s2i_cond_set(ex, &info->when[k]));
		found->derived[derived].only[j] = only;
	}
}

static void sweep(struct s2_explorer *ex, struct found *found)
{
	run(ex, found);
	for (size_t i = 0; i < found->rev->n_rules; i++)
		found->fired[i] = about_slot(found->rev->rules[i]) ? found->slot_run.fired[i] :
								     found->run.fired[i];
	for (unsigned derived = 0; derived < N_DERIVED; derived++)
		sweep_derived(ex, found, derived);
}

/* ---- The answer ------------------------------------------------------------------------- */

static int finish_rule(struct s2_explorer *ex, struct found *found, size_t i,
		       struct s2_reached_rule *out)
{
	const struct s2_rule *rule = found->rev->rules[i];
	int ret = 0;

	*out = (struct s2_reached_rule){
		.rule = rule,
		.reached = s2i_count(ex->bdd, found->fired[i]),
		.witness = s2i_witness(ex, found->fired[i]),
		.assumption = -1,
	};
	/* A part does not know whether the rule is dead, but must say where it fires. */
	if (s2i_is_part(ex)) {
		ret = s2i_cover(ex, found->fired[i],
				about_slot(rule) ? found->slot_domain : found->domain, &out->when);
	} else if (out->reached == 0) {
		run(ex, found);
		out->because = s2i_because(ex, about_slot(rule) ? &found->slot_run : &found->run, i,
					   out);
		if (out->because == NULL)
			ret = S2_ENOMEM;
	}
	return ret == 0 ? s2i_state_of(ex) : ret;
}

static int finish_alternatives(struct s2_explorer *ex, const struct found *found,
			       struct s2_reach *reach)
{
	struct s2_reached_alternative *out =
		s2i_new(ex, (size_t)N_DERIVED * MAX_ALTERNATIVES, sizeof(*out));
	size_t n = 0;

	if (out == NULL)
		return S2_ENOMEM;
	for (unsigned derived = 0; derived < N_DERIVED; derived++) {
		for (unsigned j = 0; j < n_alternatives(derived); j++) {
			s2i_set only = found->derived[derived].only[j];
			int ret;

			if (!found->derived[derived].asked)
				continue;
			out[n] = (struct s2_reached_alternative){
				.fact = S2_NR_INPUT_FACTS + derived, .alternative = j,
				.decisive = s2i_count(ex->bdd, only),
				.witness = s2i_witness(ex, only),
			};
			ret = s2i_cover(ex, only, found->domain, &out[n++].when);
			if (ret != 0)
				return ret;
		}
	}
	reach->alternatives = out;
	reach->n_alternatives = n;
	return s2i_state_of(ex);
}

static int finish(struct s2_explorer *ex, struct found *found, struct s2_reach *reach)
{
	size_t n = found->rev->n_rules;
	struct s2_reached_rule *rules = s2i_new(ex, n, sizeof(*rules));

	if (rules == NULL)
		return S2_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		int ret = finish_rule(ex, found, i, &rules[i]);

		if (ret != 0)
			return ret;
	}
	*reach = (struct s2_reach){ s2i_count(ex->bdd, found->domain), rules, n, NULL, 0 };
	return finish_alternatives(ex, found, reach);
}

int s2_explore_reach(struct s2_explorer *ex, const struct s2_revision *rev, struct s2_reach *reach)
{
	struct found *found = calloc(1, sizeof(*found));
	int ret = S2_ENOMEM;

	if (found != NULL) {
		begin(ex, rev, found);
		sweep(ex, found);
		ret = finish(ex, found, reach);
	}
	free(found);
	return ret;
}

/* ---- Parts ------------------------------------------------------------------------------ */

static int join_alternative(struct s2_explorer *ex, struct found *found, unsigned shard,
			    unsigned n_shards, const struct s2_reached_alternative *part,
			    struct s2_error *err)
{
	unsigned derived = part->fact - S2_NR_INPUT_FACTS;
	struct s2i_piece piece = { .shard = shard, .n_shards = n_shards,
				   .cover = &part->when, .count = part->decisive };

	if (derived >= N_DERIVED || part->alternative >= n_alternatives(derived))
		return s2i_misfit(err, shard, "there is no such definition");
	found->derived[derived].asked = true;
	return s2i_join(ex, &piece, found->domain, &found->derived[derived].only[part->alternative],
			err);
}

static int join_part(struct s2_explorer *ex, struct found *found, unsigned shard, unsigned n_shards,
		     const struct s2_reach *part, struct s2_error *err)
{
	int ret = s2i_join_domain(ex, shard, n_shards, found->domain, part->states, err);

	if (ret == 0 && part->n_rules != found->rev->n_rules)
		return s2i_misfit(err, shard, "there are other rules");
	for (size_t i = 0; ret == 0 && i < part->n_rules; i++) {
		const struct s2_reached_rule *rule = &part->rules[i];
		struct s2i_piece piece = { .shard = shard, .n_shards = n_shards,
				   .cover = &rule->when, .count = rule->reached };

		if (rule->rule != found->rev->rules[i])
			return s2i_misfit(err, shard, "there are other rules");
		ret = s2i_join(ex, &piece,
			       about_slot(rule->rule) ? found->slot_domain : found->domain,
			       &found->fired[i], err);
	}
	for (size_t i = 0; ret == 0 && i < part->n_alternatives; i++)
		ret = join_alternative(ex, found, shard, n_shards, &part->alternatives[i], err);
	return ret;
}

int s2_join_reach(struct s2_explorer *ex, const struct s2_revision *rev,
		  const struct s2_reach *parts, unsigned n, struct s2_reach *reach,
		  struct s2_error *err)
{
	struct found *found = calloc(1, sizeof(*found));
	int ret = found != NULL ? 0 : S2_ENOMEM;

	if (found != NULL)
		begin(ex, rev, found);
	for (unsigned k = 0; ret == 0 && k < n; k++)
		ret = join_part(ex, found, k, n, &parts[k], err);
	if (ret == 0)
		ret = finish(ex, found, reach);
	free(found);
	return ret;
}

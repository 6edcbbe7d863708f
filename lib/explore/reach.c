/* SPDX-License-Identifier: MIT */
/* How often each rule fires, and why one never does. */
#include "space.h"

#include <stdio.h>
#include <string.h>

/* ---- Why a rule is dead -------------------------------------------------------------- */

struct text {
	char *at;
	size_t room;
};

#define SAY(text, ...)                                                                             \
	do {                                                                                       \
		int said_ = snprintf((text)->at, (text)->room, __VA_ARGS__);                       \
		size_t n_ = said_ > 0 ? (size_t)said_ : 0;                                         \
		if (n_ >= (text)->room)                                                            \
			n_ = (text)->room - 1;                                                     \
		(text)->at += n_;                                                                  \
		(text)->room -= n_;                                                                \
	} while (0)

#define BECAUSE_SIZE 400

static s2i_set literal_set(struct s2_explorer *ex, const struct s2i_run *run, unsigned fact,
			   bool value)
{
	s2i_set set = run->fact[s2i_fact_here(ex, run->rev, fact)];

	return value ? set : s2i_not(ex->bdd, set);
}

/* The facts of @mask that cannot have these values together: none of them can be left out. */
static uint64_t conflict(struct s2_explorer *ex, const struct s2i_run *run,
			 const struct s2_cond *cond)
{
	uint64_t core = cond->mask;

	for (unsigned drop = 0; drop < 64; drop++) {
		uint64_t less = core & ~(UINT64_C(1) << drop);
		s2i_set set = run->domain;

		if (less == core)
			continue;
		for (unsigned i = 0; i < 64; i++)
			if ((less >> i & 1) != 0)
				set = s2i_and(ex->bdd, set,
					      literal_set(ex, run, i, (cond->value >> i & 1) != 0));
		if (set == S2I_NONE)
			core = less;
	}
	return core;
}

static void say_facts(struct text *text, const struct s2_revision *rev, uint64_t mask,
		      uint64_t value)
{
	const char *before = "";

	for (unsigned i = 0; i < 64; i++) {
		if ((mask >> i & 1) == 0)
			continue;
		SAY(text, "%s%s%s", before, (value >> i & 1) != 0 ? "" : "not ",
		    s2_revision_fact_name(rev, i));
		before = " and ";
	}
}

/* Rules before @at that set @fact, by name. */
static void say_setters(struct text *text, const struct s2i_run *run, size_t at, unsigned fact)
{
	const struct s2_revision *rev = run->rev;
	const char *before = "";
	bool any = false;

	for (size_t i = 0; i < at; i++)
		any |= (rev->rules[i]->set >> fact & 1) != 0;
	if (!any) {
		SAY(text, "; no rule before it sets %s", s2_revision_fact_name(rev, fact));
		return;
	}
	SAY(text, "; %s is set only by ", s2_revision_fact_name(rev, fact));
	for (size_t i = 0; i < at; i++) {
		if ((rev->rules[i]->set >> fact & 1) == 0)
			continue;
		SAY(text, "%s%s", before, rev->rules[i]->id);
		before = ", ";
	}
	SAY(text, ", never in such a state");
}

/* The condition itself can never hold: as the facts stand when the rule is asked. */
static void say_impossible(struct s2_explorer *ex, const struct s2_revision *rev, size_t at,
			   struct text *text, s2i_set domain)
{
	const struct s2_rule *rule = rev->rules[at];
	struct s2_revision before = *rev;
	struct s2i_run run;

	before.n_rules = at;
	s2i_run(ex, &before, domain, &run);
	for (unsigned j = 0; j < rule->n_when; j++) {
		uint64_t core = conflict(ex, &run, &rule->when[j]);

		SAY(text, "%s", j == 0 ? "its condition cannot hold: " : "; nor: ");
		say_facts(text, rev, core, rule->when[j].value);
		for (unsigned i = S2_FACT_NONCACHEABLE; i < S2_NR_FACTS; i++)
			if ((core & rule->when[j].value & S2_FACT_BIT(i)) != 0)
				say_setters(text, &run, at, i);
	}
}

/* Earlier rules that end, before it is asked, every state for which it would fire. */
static uint64_t enders(struct s2_explorer *ex, const struct s2i_run *run, size_t at)
{
	uint64_t rules = 0;

	for (size_t i = 0; i < at; i++) {
		const struct s2_rule *rule = run->rev->rules[i];
		bool same_pass = (rule->stage == S2_STAGE_SLOT) ==
				 (run->rev->rules[at]->stage == S2_STAGE_SLOT);

		if (same_pass && (rule->err != 0 || rule->action != S2_ACTION_NONE) &&
		    s2i_and(ex->bdd, run->fired[i], run->would[at]) != S2I_NONE)
			rules |= UINT64_C(1) << i;
	}
	return rules;
}

static void say_enders(struct text *text, const struct s2_revision *rev, uint64_t rules)
{
	const char *before = "";

	SAY(text, "every state that meets its condition has ended before, by ");
	for (size_t i = 0; i < rev->n_rules; i++) {
		if ((rules >> i & 1) == 0)
			continue;
		SAY(text, "%s%s", before, rev->rules[i]->id);
		before = ", ";
	}
}

/* The one assumption without which the rule fires, or -1. */
static int blamed_assumption(struct s2_explorer *ex, struct s2i_without *without,
			     const struct s2_revision *rev, size_t at)
{
	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		if ((ex->options.assumptions >> i & 1) != 0 &&
		    s2i_run_without(ex, without, rev, i)->fired[at] != S2I_NONE)
			return (int)i;
	return -1;
}

/* Slot rules that refuse the states for which rule @at would fire. */
static void say_refusers(struct s2_explorer *ex, struct text *text, const struct s2i_run *run,
			 size_t at)
{
	const struct s2_revision *rev = run->rev;
	const char *before = "";

	for (size_t i = 0; i < rev->n_rules; i++) {
		if (rev->rules[i]->stage != S2_STAGE_SLOT ||
		    s2i_and(ex->bdd, run->fired[i], run->fired[at]) == S2I_NONE)
			continue;
		SAY(text, "%s%s", before, rev->rules[i]->id);
		before = ", ";
	}
}

static const char *because(struct s2_explorer *ex, struct s2i_without *without,
			   const struct s2i_run *run, size_t at, struct s2_reached_rule *res)
{
	char *buffer = s2i_new(ex, BECAUSE_SIZE, 1);
	struct text text = { buffer, BECAUSE_SIZE };

	res->assumption = blamed_assumption(ex, without, run->rev, at);
	if (buffer == NULL)
		return NULL;
	if (res->assumption == S2_ASSUME_SLOT_ACCEPTED) {
		SAY(&text, "slot-accepted excludes it: such a slot is refused by ");
		say_refusers(ex, &text,
			     s2i_run_without(ex, without, run->rev, S2_ASSUME_SLOT_ACCEPTED), at);
		SAY(&text, ". No reason to drop the check: a VMA can be replaced under a slot "
			   "that was accepted");
	} else if (res->assumption >= 0) {
		SAY(&text, "the assumption %s excludes it: %s",
		    s2_assumptions[res->assumption].id, s2_assumptions[res->assumption].why);
	} else if (run->would[at] == S2I_NONE) {
		say_impossible(ex, run->rev, at, &text, run->domain);
	} else {
		res->earlier = enders(ex, run, at);
		say_enders(&text, run->rev, res->earlier);
	}
	return buffer;
}

/* ---- Alternatives of derived facts ----------------------------------------------------- */

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

static int reach_alternatives(struct s2_explorer *ex, const struct s2i_run *run,
			      struct s2_reach *reach)
{
	struct s2_reached_alternative *out = s2i_new(ex, 64, sizeof(*out));
	size_t n = 0;

	if (out == NULL)
		return S2_ENOMEM;
	for (unsigned fact = S2_NR_INPUT_FACTS; fact < S2_FACT_NONCACHEABLE; fact++) {
		const struct s2_fact_info *info = &s2_facts[fact];
		s2i_set asked = askers(ex, run, fact);

		if (info->n_when < 2 || asked == S2I_NONE)
			continue;
		for (unsigned j = 0; j < info->n_when; j++) {
			s2i_set only = s2i_and(ex->bdd, asked, s2i_cond_set(ex, &info->when[j]));
			int ret;

			for (unsigned k = 0; k < info->n_when; k++)
				if (k != j)
					only = s2i_minus(ex->bdd, only,
							 s2i_cond_set(ex, &info->when[k]));
			out[n] = (struct s2_reached_alternative){
				.fact = fact, .alternative = j,
				.decisive = s2i_count(ex->bdd, only),
				.witness = s2i_witness(ex, only),
			};
			ret = s2i_cover(ex, only, run->domain, &out[n++].when);
			if (ret != 0)
				return ret;
		}
	}
	reach->alternatives = out;
	reach->n_alternatives = n;
	return 0;
}

/* ---- All rules --------------------------------------------------------------------------- */

int s2_explore_reach(struct s2_explorer *ex, const struct s2_revision *rev, struct s2_reach *reach)
{
	unsigned assumptions = ex->options.assumptions;
	unsigned before_slots = assumptions & ~(1u << S2_ASSUME_SLOT_ACCEPTED);
	struct s2_reached_rule *rules = s2i_new(ex, rev->n_rules, sizeof(*rules));
	struct s2i_without *without = s2i_new(ex, 1, sizeof(*without));
	struct s2i_run run, slot_run;
	s2i_set domain = s2i_domain(ex, assumptions, rev, NULL);

	if (rules == NULL || without == NULL)
		return S2_ENOMEM;
	s2i_run(ex, rev, domain, &run);
	/* Slot rules are counted before the assumption that they have passed. */
	s2i_run(ex, rev, s2i_domain(ex, before_slots, rev, NULL), &slot_run);
	for (size_t i = 0; i < rev->n_rules; i++) {
		bool slot = rev->rules[i]->stage == S2_STAGE_SLOT;
		const struct s2i_run *of = slot ? &slot_run : &run;
		int ret;

		rules[i] = (struct s2_reached_rule){
			.rule = rev->rules[i],
			.reached = s2i_count(ex->bdd, of->fired[i]),
			.witness = s2i_witness(ex, of->fired[i]),
			.assumption = -1,
		};
		if (rules[i].reached == 0)
			rules[i].because = because(ex, without, of, i, &rules[i]);
		ret = s2i_state_of(ex);
		if (ret != 0)
			return ret;
	}
	*reach = (struct s2_reach){ s2i_count(ex->bdd, domain), rules, rev->n_rules, NULL, 0 };
	return reach_alternatives(ex, &run, reach);
}

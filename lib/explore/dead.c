/* SPDX-License-Identifier: MIT */
/* Why a rule is never reached, in words. */
#include "dead.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
	char *at;
	size_t room; /* what does not fit is cut, and ends in dots */
};

#define BECAUSE_SIZE 400

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void say(struct text *text, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = (size_t)vsnprintf(text->at, text->room, fmt, ap);
	va_end(ap);
	if (n >= text->room) {
		n = text->room - 1;
		memcpy(text->at + n - 3, "...", 3);
	}
	text->at += n;
	text->room -= n;
}

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
		say(text, "%s%s%s", before, (value >> i & 1) != 0 ? "" : "not ",
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
		say(text, "; no rule before it sets %s", s2_revision_fact_name(rev, fact));
		return;
	}
	say(text, "; %s is set only by ", s2_revision_fact_name(rev, fact));
	for (size_t i = 0; i < at; i++) {
		if ((rev->rules[i]->set >> fact & 1) == 0)
			continue;
		say(text, "%s%s", before, rev->rules[i]->id);
		before = ", ";
	}
	say(text, ", never in such a state");
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

		say(text, "%s", j == 0 ? "its condition cannot hold: " : "; nor: ");
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

	say(text, "every state that meets its condition has ended before, by ");
	for (size_t i = 0; i < rev->n_rules; i++) {
		if ((rules >> i & 1) == 0)
			continue;
		say(text, "%s%s", before, rev->rules[i]->id);
		before = ", ";
	}
}

/* The one assumption without which the rule fires, or -1. */
static int blamed_assumption(struct s2_explorer *ex, const struct s2_revision *rev, size_t at)
{
	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		if ((ex->options.assumptions >> i & 1) != 0 &&
		    s2i_run_without(ex, rev, i)->fired[at] != S2I_NONE)
			return (int)i;
	return -1;
}

/* Slot rules that refuse the states for which rule @at would fire. */
static void say_refusers(struct s2_explorer *ex, struct text *text, const struct s2_revision *rev,
			 size_t at)
{
	const struct s2i_run *run = s2i_run_without(ex, rev, S2_ASSUME_SLOT_ACCEPTED);
	const char *before = "";

	/* One that refuses them all is the reason; that others come first in some is chance. */
	for (size_t i = 0; i < rev->n_rules; i++) {
		if (rev->rules[i]->stage == S2_STAGE_SLOT &&
		    s2i_minus(ex->bdd, run->fired[at], run->would[i]) == S2I_NONE) {
			say(text, "%s", rev->rules[i]->id);
			return;
		}
	}
	for (size_t i = 0; i < rev->n_rules; i++) {
		if (rev->rules[i]->stage != S2_STAGE_SLOT ||
		    s2i_and(ex->bdd, run->fired[i], run->fired[at]) == S2I_NONE)
			continue;
		say(text, "%s%s", before, rev->rules[i]->id);
		before = ", ";
	}
}

const char *s2i_because(struct s2_explorer *ex, const struct s2i_run *run, size_t at,
			struct s2_reached_rule *res)
{
	char *buffer = s2i_new(ex, BECAUSE_SIZE, 1);
	struct text text = { buffer, BECAUSE_SIZE };

	res->assumption = blamed_assumption(ex, run->rev, at);
	if (buffer == NULL)
		return NULL;
	if (res->assumption == S2_ASSUME_SLOT_ACCEPTED) {
		say(&text, "slot-accepted excludes it: such a slot is refused by ");
		say_refusers(ex, &text, run->rev, at);
		say(&text, ". No reason to drop the check: a VMA can be replaced under a slot "
			   "that was accepted");
	} else if (res->assumption >= 0) {
		say(&text, "the assumption %s excludes it: %s",
		    s2_assumptions[res->assumption].id, s2_assumptions[res->assumption].why);
	} else if (run->would[at] == S2I_NONE) {
		say_impossible(ex, run->rev, at, &text, run->domain);
	} else {
		res->earlier = enders(ex, run, at);
		say_enders(&text, run->rev, res->earlier);
	}
	return buffer;
}

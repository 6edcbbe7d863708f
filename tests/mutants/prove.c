/* SPDX-License-Identifier: MIT */
#include "prove.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_up(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(99);
}

/* ---- What no outcome shows ----------------------------------------------------------------- */

#define IS(fact) { S2_FACT_BIT(fact), S2_FACT_BIT(fact) }

/*
 * Where only cacheable pages become blocks, the size depends on whether the fault ends
 * noncacheable: a last rule makes an outcome of it.
 */
static const struct s2_cond noncacheable[] = { IS(S2_FACT_NONCACHEABLE) };
static const struct s2_rule at_end = {
	.id = "at-end", .when = noncacheable, .n_when = 1, .stage = S2_STAGE_PROT,
	.err = S2_K_E2BIG, .where = "", .why = "",
};

/* A slot is made without any page or fault looked at: a first rule sets the others apart. */
static const struct s2_cond more_than_slot[] = {
	IS(S2_FACT_MAP_MEMORY), IS(S2_FACT_PFN_SPECIAL), IS(S2_FACT_PFN_MISSING),
	IS(S2_FACT_PFN_HWPOISON), IS(S2_FACT_HOST_WRITABLE), IS(S2_FACT_WRITE), IS(S2_FACT_EXEC),
	IS(S2_FACT_INSN_WALK), IS(S2_FACT_PERMISSION), IS(S2_FACT_ACCESS_FLAG),
	IS(S2_FACT_EXCL_ATOMIC), IS(S2_FACT_IPA_BEYOND_LIMIT), IS(S2_FACT_INVALIDATED),
};
static const struct s2_rule at_start = {
	.id = "at-start", .when = more_than_slot, .stage = S2_STAGE_SLOT,
	.n_when = sizeof(more_than_slot) / sizeof(more_than_slot[0]),
	.err = S2_K_E2BIG, .where = "", .why = "",
};

struct extended {
	struct s2_revision rev;
	const struct s2_rule *rules[S2_MAX_RULES];
};

static void extend(struct extended *e, const struct s2_revision *rev, bool start, bool end)
{
	size_t n = 0;

	if (start)
		e->rules[n++] = &at_start;
	memcpy(e->rules + n, rev->rules, rev->n_rules * sizeof(e->rules[0]));
	n += rev->n_rules;
	if (end)
		e->rules[n++] = &at_end;
	e->rev = *rev;
	e->rev.rules = e->rules;
	e->rev.n_rules = n;
}

/* ---- The proof ----------------------------------------------------------------------------- */

static bool is_state(enum s2_stage stage, uint64_t facts)
{
	uint64_t derived = s2_facts_derive(facts);
	struct s2_cond both = s2_assumptions[S2_ASSUME_ONE_ACCESS].never;

	for (size_t i = 0; i < s2_nr_laws; i++)
		if ((derived & s2_laws[i].never.mask) == s2_laws[i].never.value)
			return false;
	if (stage == S2_STAGE_SLOT && (facts & S2_FACT_BIT(S2_FACT_SLOT)) == 0)
		return false;
	return (derived & both.mask) != both.value;
}

static bool unlike_at(const struct s2_explorer *ex, const struct s2_revision *a,
		      const struct s2_revision *b, const struct evidence *at)
{
	struct s2_outcome x = s2_explore_outcome(ex, a, at->stage, at->facts);
	struct s2_outcome y = s2_explore_outcome(ex, b, at->stage, at->facts);

	return x.installs != y.installs || x.err != y.err || x.action != y.action ||
	       x.prot != y.prot;
}

/* The witness is a state as ordinary as they come; add or take facts while it remains one. */
static void push(const struct s2_explorer *ex, const struct s2_revision *a,
		 const struct s2_revision *b, bool many, struct evidence *at)
{
	for (unsigned i = 0; i < S2_NR_INPUT_FACTS; i++) {
		struct evidence next = *at;

		next.facts ^= S2_FACT_BIT(i);
		if ((next.facts > at->facts) == many && is_state(at->stage, next.facts) &&
		    unlike_at(ex, a, b, &next))
			*at = next;
	}
}

static bool unlike(const struct s2_revision *a, const struct s2_revision *b, unsigned assumptions,
		   bool many, struct evidence *evidence)
{
	struct s2_explore_options options = { .assumptions = assumptions };
	struct s2_explorer *ex;
	struct s2_diff diff;
	bool found;

	if (s2_explorer_new(&ex, a, b, &options) != 0 || s2_explore_diff(ex, a, b, &diff) != 0)
		give_up("diff failed");
	found = diff.different != 0;
	if (found) {
		*evidence = (struct evidence){ diff.changes[0].from.stage,
					       diff.changes[0].witness.facts };
		push(ex, a, b, many, evidence);
	}
	s2_explorer_free(ex);
	return found;
}

enum proof prove(const struct s2_revision *base, const struct s2_revision *mutant,
		 enum change change, bool many, struct evidence *evidence)
{
	static const unsigned assumptions[] = { 0, 1u << S2_ASSUME_ONE_ACCESS };
	const unsigned by_size = (base->sizes & S2_SIZE_UPGRADE_CACHEABLE_ONLY) != 0;
	struct extended a, b;
	bool differs = true;

	for (unsigned p = 0; p < 2; p++) {
		differs = false;
		for (unsigned end = 0; end <= by_size && !differs; end++) {
			extend(&a, base, change == SLOT_RULE, end);
			extend(&b, mutant, change == SLOT_RULE, end);
			differs = unlike(&a.rev, &b.rev, assumptions[p], many, evidence);
		}
		if (!differs)
			return p == 0 ? ALIKE : NO_ACCESS;
	}
	return UNLIKE;
}

/* ---- Evidence as a line to check ------------------------------------------------------------ */

static int to_file(void *arg, const char *data, size_t size)
{
	return fwrite(data, 1, size, arg) == size ? 0 : -1;
}

static char *scenario_of(const struct s2_revision *base, const struct evidence *evidence)
{
	struct s2_explore_options options = { 0 };
	struct s2_json_kernel kernel = { base, base->id, NULL };
	struct s2_json_witness witness = { .kernel = &kernel, .stage = evidence->stage,
					   .facts = evidence->facts };
	struct s2_explorer *ex;
	struct s2_json_sink sink = { .write = to_file };
	char *text;
	size_t size;

	sink.arg = open_memstream(&text, &size);
	if (s2_explorer_new(&ex, base, NULL, &options) != 0)
		give_up("no explorer");
	witness.explorer = ex;
	if (s2_witness_print(&witness, S2_JSON_LINE, &sink) != 0 || fclose(sink.arg) != 0)
		give_up("no scenario");
	s2_explorer_free(ex);
	return text;
}

/* What is decided: not the rules that did it, which a mutant may rename. */
static json_t *expectation(const char *scenario)
{
	struct s2_json_sink sink = { .write = to_file };
	json_t *result, *row;
	size_t size, i;
	char *text;

	sink.arg = open_memstream(&text, &size);
	if (s2_json_run(scenario, strlen(scenario), NULL, S2_JSON_LINE, &sink) != 0 ||
	    fclose(sink.arg) != 0)
		give_up(scenario);
	result = json_loads(text, 0, NULL);
	free(text);
	json_object_del(result, "id");
	json_object_del(result, "kernel");
	json_array_foreach(json_object_get(result, "memslots"), i, row)
		json_object_del(row, "rule");
	json_array_foreach(json_object_get(result, "events"), i, row)
		json_object_del(row, "rules");
	return result;
}

char *evidence_line(const struct s2_revision *base, const struct evidence *evidence)
{
	char *scenario = scenario_of(base, evidence);
	json_t *given = json_loads(scenario, 0, NULL);
	json_t *line = json_object();
	char *text;

	json_object_set_new(line, "scenario", given);
	json_object_set_new(line, "expect", expectation(scenario));
	text = json_dumps(line, JSON_COMPACT);
	json_decref(line);
	free(scenario);
	return text;
}

void evidence_print(const struct evidence *evidence)
{
	for (unsigned i = 0; i < S2_NR_INPUT_FACTS; i++)
		if ((evidence->facts >> i & 1) != 0)
			printf(" %s", s2_facts[i].id);
}

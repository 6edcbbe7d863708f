/* SPDX-License-Identifier: MIT */
/* The space of states, and the assumptions that narrow it. */
#include "space.h"

#include <stdlib.h>
#include <string.h>

#define F(fact) S2_FACT_BIT(S2_FACT_##fact)

static const struct s2_assumption_info assumption_table[S2_NR_ASSUMPTIONS] = {
	[S2_ASSUME_PLAIN_VMA_IS_RAM] = {
		"plain-vma-is-ram", true,
		{ F(VMA) | F(VMA_PFNMAP) | F(VMA_MIXEDMAP) | F(MAP_MEMORY), F(VMA) },
		"a VMA with neither VM_PFNMAP nor VM_MIXEDMAP holds map memory only" },
	[S2_ASSUME_ONE_ACCESS] = {
		"one-access", true, { F(WRITE) | F(EXEC), F(WRITE) | F(EXEC) },
		"a write and an instruction fetch exclude each other" },
	[S2_ASSUME_SLOT_ACCEPTED] = {
		"slot-accepted", false, { 0, 0 },
		"the same revision lets the slot be created; a VMA can be replaced under a slot, "
		"so this is not a law" },
	[S2_ASSUME_GUP_REFUSES_SPECIAL] = {
		"gup-refuses-special", false,
		{ F(PFN_SPECIAL) | F(VMA_PFNMAP) | F(VMA_IO), F(PFN_SPECIAL) },
		"a special PFN is reached only through VM_PFNMAP or VM_IO" },
};
const struct s2_assumption_info *const s2_assumptions = assumption_table;

void *s2i_new(struct s2_explorer *ex, size_t n, size_t size)
{
	struct s2i_block *block = calloc(1, sizeof(*block) + (n + 1) * size);

	if (block == NULL)
		return NULL;
	block->next = ex->blocks;
	ex->blocks = block;
	return block + 1;
}

int s2i_state_of(const struct s2_explorer *ex)
{
	int failed = s2i_bdd_failed(ex->bdd);

	if (failed != 0)
		return failed;
	if (ex->options.progress != NULL && ex->options.progress(ex->options.arg) != 0)
		return S2_ECANCELED;
	return 0;
}

static int find_own(const struct s2_explorer *ex, const char *id)
{
	for (unsigned i = 0; i < ex->n_own; i++)
		if (strcmp(ex->own[i].id, id) == 0)
			return (int)i;
	return -1;
}

static int add_own_facts(struct s2_explorer *ex, const struct s2_revision *rev)
{
	for (size_t i = 0; rev != NULL && i < rev->n_own; i++) {
		if (find_own(ex, rev->own[i].id) >= 0)
			continue;
		if (ex->n_own == S2_MAX_OWN_FACTS)
			return S2_ELIMIT;
		ex->own[ex->n_own++] = rev->own[i];
	}
	return 0;
}

static void add_var(struct s2_explorer *ex, unsigned fact)
{
	ex->level[fact] = (uint8_t)ex->n_vars;
	ex->fact[ex->n_vars++] = (uint8_t)fact;
}

static bool is_derived(unsigned fact)
{
	return fact >= S2_NR_INPUT_FACTS && fact < S2_FACT_NONCACHEABLE;
}

/* Derived facts for which all that they follow from is there: close to it, sets stay small. */
static void add_settled(struct s2_explorer *ex)
{
	for (unsigned i = S2_NR_INPUT_FACTS; is_derived(i); i++) {
		bool settled = ex->level[i] == 0xff;

		for (unsigned j = 0; j < s2_facts[i].n_when; j++)
			for (unsigned k = 0; k < 64; k++)
				if ((s2_facts[i].when[j].mask >> k & 1) != 0)
					settled &= ex->level[k] != 0xff;
		if (settled)
			add_var(ex, i);
	}
}

s2i_set s2i_cond_set(struct s2_explorer *ex, const struct s2_cond *cond)
{
	s2i_set set = S2I_EVERY;

	for (unsigned i = 0; i < 64; i++) {
		s2i_set var;

		if ((cond->mask >> i & 1) == 0)
			continue;
		var = s2i_var(ex->bdd, ex->level[i]);
		set = s2i_and(ex->bdd, set,
			      (cond->value >> i & 1) != 0 ? var : s2i_not(ex->bdd, var));
	}
	return set;
}

unsigned s2i_fact_here(const struct s2_explorer *ex, const struct s2_revision *rev, unsigned fact)
{
	if (fact < S2_FACT_OWN_FIRST)
		return fact;
	return S2_FACT_OWN_FIRST + (unsigned)find_own(ex, rev->own[fact - S2_FACT_OWN_FIRST].id);
}

uint64_t s2i_levels(const struct s2_explorer *ex, uint64_t facts)
{
	uint64_t levels = 0;

	for (unsigned i = 0; i < ex->n_vars; i++)
		if ((facts >> ex->fact[i] & 1) != 0)
			levels |= UINT64_C(1) << i;
	return levels;
}

static s2i_set possible(struct s2_explorer *ex)
{
	s2i_set set = S2I_EVERY;

	for (unsigned i = S2_NR_INPUT_FACTS; is_derived(i); i++) {
		s2i_set means = S2I_NONE;

		for (unsigned j = 0; j < s2_facts[i].n_when; j++)
			means = s2i_or(ex->bdd, means, s2i_cond_set(ex, &s2_facts[i].when[j]));
		set = s2i_and(ex->bdd, set,
			      s2i_equal(ex->bdd, s2i_var(ex->bdd, ex->level[i]), means));
	}
	for (size_t i = 0; i < s2_nr_laws; i++)
		set = s2i_minus(ex->bdd, set, s2i_cond_set(ex, &s2_laws[i].never));
	return set;
}

int s2_explorer_new(struct s2_explorer **out, const struct s2_revision *a,
		    const struct s2_revision *b, const struct s2_explore_options *options)
{
	struct s2_explorer *ex;
	int ret;

	if (options->n_shards > S2_MAX_SHARDS ||
	    (options->n_shards != 0 && options->shard >= options->n_shards))
		return S2_EINVAL;
	ex = calloc(1, sizeof(*ex));
	if (ex == NULL)
		return S2_ENOMEM;
	ex->options = *options;
	memset(ex->level, 0xff, sizeof(ex->level));
	ret = add_own_facts(ex, a);
	if (ret == 0)
		ret = add_own_facts(ex, b);
	for (unsigned i = 0; i < S2_NR_INPUT_FACTS; i++) {
		add_var(ex, i);
		add_settled(ex);
	}
	for (unsigned i = 0; i < ex->n_own; i++)
		add_var(ex, S2_FACT_OWN_FIRST + i);
	ex->bdd = s2i_bdd_new(ex->n_vars);
	if (ret == 0 && ex->bdd == NULL)
		ret = S2_ENOMEM;
	if (ret == 0) {
		s2i_bdd_ask(ex->bdd, options->progress, options->arg);
		ex->possible = possible(ex);
		ex->shard = s2i_part(ex, options->shard, options->n_shards);
		ret = s2i_state_of(ex);
	}
	if (ret != 0) {
		s2_explorer_free(ex);
		return ret;
	}
	*out = ex;
	return 0;
}

void s2_explorer_free(struct s2_explorer *ex)
{
	if (ex == NULL)
		return;
	while (ex->blocks != NULL) {
		struct s2i_block *block = ex->blocks;

		ex->blocks = block->next;
		free(block);
	}
	s2i_bdd_free(ex->bdd);
	free(ex);
}

const char *s2_explorer_fact_name(const struct s2_explorer *ex, unsigned fact)
{
	if (fact < S2_NR_FACTS)
		return s2_facts[fact].id;
	return fact - S2_FACT_OWN_FIRST < ex->n_own ? ex->own[fact - S2_FACT_OWN_FIRST].id : NULL;
}

s2i_set s2i_domain(struct s2_explorer *ex, unsigned assumptions, const struct s2_revision *a,
		   const struct s2_revision *b)
{
	const struct s2_revision *revs[] = { a, b };
	s2i_set set = s2i_and(ex->bdd, ex->possible, ex->shard);

	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		if ((assumptions >> i & 1) != 0 && s2_assumptions[i].never.mask != 0)
			set = s2i_minus(ex->bdd, set, s2i_cond_set(ex, &s2_assumptions[i].never));
	if ((assumptions >> S2_ASSUME_SLOT_ACCEPTED & 1) == 0)
		return set;
	for (size_t i = 0; i < 2; i++) {
		struct s2i_run run;

		if (revs[i] == NULL)
			continue;
		s2i_run(ex, revs[i], set, &run);
		set = s2i_minus(ex->bdd, set, run.refused);
	}
	return set;
}

/*
 * What a scenario is like if nothing else is asked for: a present, writable page of
 * ordinary memory behind a plain slot, and a read. Facts not named here are false.
 */
struct s2_witness s2i_witness(struct s2_explorer *ex, s2i_set set)
{
	static const uint64_t usual = F(SLOT) | F(VMA) | F(VMA_WRITE) | F(VMA_READ_OR_EXEC) |
				      F(VMA_MAYWRITE) | F(VMA_SHARED) | F(HOST_WRITABLE) |
				      F(VMA_CACHEABLE) | F(MAP_MEMORY) | F(VMA_MTE_ALLOWED);
	/* The decisive ones first: what is behind a slot matters only if there is one. */
	static const uint8_t first[] = { S2_FACT_SLOT, S2_FACT_VMA, S2_FACT_VMA_READ_OR_EXEC,
					 S2_FACT_PFN_SPECIAL, S2_FACT_INSN_WALK,
					 S2_FACT_PERMISSION };
	struct s2_witness witness = { .is = set != S2I_NONE };
	uint64_t done = 0;

	for (unsigned round = 0; round < sizeof(first) + ex->n_vars && witness.is; round++) {
		unsigned fact = round < sizeof(first) ? first[round] :
							ex->fact[round - sizeof(first)];
		bool value = (usual >> fact & 1) != 0;
		s2i_set var = s2i_var(ex->bdd, ex->level[fact]), rest;

		if ((done >> fact & 1) != 0 || is_derived(fact))
			continue;
		done |= UINT64_C(1) << fact;
		rest = value ? s2i_and(ex->bdd, set, var) : s2i_minus(ex->bdd, set, var);
		if (rest == S2I_NONE) {
			value = !value;
			rest = value ? s2i_and(ex->bdd, set, var) : s2i_minus(ex->bdd, set, var);
		}
		set = rest;
		witness.facts |= value ? UINT64_C(1) << fact : 0;
	}
	return witness;
}

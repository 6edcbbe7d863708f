/* SPDX-License-Identifier: MIT */
/* Sets of states against truth tables: what the diagrams, covers and witnesses say is so. */
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <s2pte/error.h>

#include "../../lib/explore/space.h"
#include "suites.h"

#define MAX_VARS 10
#define N_ROWS   (1u << MAX_VARS)

static uint64_t seed;

static unsigned lot(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 11) % n;
}

/* A function twice: as a diagram and as a table. */
struct twice {
	s2i_set set;
	bool row[N_ROWS];
};

static bool in_set(const struct s2i_bdd *bdd, s2i_set set, uint64_t row)
{
	while (set != S2I_NONE && set != S2I_EVERY) {
		unsigned level = s2i_level(bdd, set);

		set = s2i_branch(bdd, set, level, (row >> level & 1) != 0);
	}
	return set == S2I_EVERY;
}

static void agree(const struct s2i_bdd *bdd, const struct twice *f, unsigned n, const char *what)
{
	for (unsigned row = 0; row < 1u << n; row++)
		REQUIRE(in_set(bdd, f->set, row) == f->row[row], "%s: row %u", what, row);
}

/* From its table, one row after the other: slow, and shares nothing with the operations. */
static void by_lot(struct s2i_bdd *bdd, struct twice *f, unsigned n, unsigned percent)
{
	f->set = S2I_NONE;
	for (unsigned row = 0; row < 1u << n; row++) {
		s2i_set point = S2I_EVERY;

		f->row[row] = lot(100) < percent;
		if (!f->row[row])
			continue;
		for (unsigned i = n; i-- > 0;)
			point = (row >> i & 1) != 0 ? s2i_and(bdd, point, s2i_var(bdd, i)) :
						      s2i_minus(bdd, point, s2i_var(bdd, i));
		f->set = s2i_or(bdd, f->set, point);
	}
}

START_TEST(operations)
{
	unsigned n = (unsigned)_i + 1;
	struct s2i_bdd *bdd = s2i_bdd_new(n);
	struct twice a, b, r;

	seed = 0x9e3779b97f4a7c15 + (unsigned)_i;
	for (unsigned round = 0; round < 20; round++) {
		uint64_t levels = lot(1u << n), count = 0;

		by_lot(bdd, &a, n, 10 + lot(80));
		by_lot(bdd, &b, n, 10 + lot(80));
		agree(bdd, &a, n, "as made");
#define OPERATION(call, expression)                                                                \
	do {                                                                                       \
		r.set = call;                                                                      \
		for (unsigned row = 0; row < 1u << n; row++)                                       \
			r.row[row] = expression;                                                   \
		agree(bdd, &r, n, #call);                                                          \
	} while (0)
		OPERATION(s2i_and(bdd, a.set, b.set), a.row[row] && b.row[row]);
		OPERATION(s2i_or(bdd, a.set, b.set), a.row[row] || b.row[row]);
		OPERATION(s2i_minus(bdd, a.set, b.set), a.row[row] && !b.row[row]);
		OPERATION(s2i_equal(bdd, a.set, b.set), a.row[row] == b.row[row]);
		OPERATION(s2i_not(bdd, a.set), !a.row[row]);
		ck_assert_uint_eq(s2i_not(bdd, r.set), a.set); /* equal sets are equal nodes */
		for (unsigned row = 0; row < 1u << n; row++) {
			r.row[row] = false;
			for (unsigned other = 0; other < 1u << n; other++)
				r.row[row] |= ((row ^ other) & ~levels) == 0 && a.row[other];
			count += a.row[row];
		}
		r.set = s2i_exists(bdd, a.set, levels);
		agree(bdd, &r, n, "exists");
		ck_assert_uint_eq(s2i_count(bdd, a.set), count);
	}
	ck_assert_uint_eq(s2i_count(bdd, S2I_EVERY), UINT64_C(1) << n);
	ck_assert_uint_eq(s2i_count(bdd, S2I_NONE), 0);
	ck_assert(!s2i_bdd_failed(bdd));
	s2i_bdd_free(bdd);
}
END_TEST

/* ---- Covers ------------------------------------------------------------------------------ */

static void space_of(struct s2_explorer *ex, unsigned n)
{
	memset(ex, 0, sizeof(*ex));
	memset(ex->level, 0xff, sizeof(ex->level));
	for (unsigned i = 0; i < n; i++)
		ex->level[i] = ex->fact[i] = (uint8_t)i;
	ex->n_vars = n;
	ex->bdd = s2i_bdd_new(n);
}

static void free_space(struct s2_explorer *ex)
{
	while (ex->blocks != NULL) {
		struct s2i_block *next = ex->blocks->next;

		free(ex->blocks);
		ex->blocks = next;
	}
	s2i_bdd_free(ex->bdd);
}

static bool meets(uint64_t row, const struct s2_cond *cond)
{
	return (row & cond->mask) == cond->value;
}

/* No row of the domain outside the set meets it. */
static bool implies(const struct s2_cond *cond, const struct twice *set, const struct twice *domain,
		    unsigned n)
{
	for (unsigned row = 0; row < 1u << n; row++)
		if (meets(row, cond) && domain->row[row] && !set->row[row])
			return false;
	return true;
}

static void check_cover(const struct s2_cover *cover, const struct twice *set,
			const struct twice *domain, unsigned n)
{
	bool alone[N_ROWS] = { false };

	for (unsigned row = 0; row < 1u << n; row++) {
		size_t met = 0, last = 0;

		for (size_t i = 0; i < cover->n; i++) {
			if (meets(row, &cover->conds[i])) {
				met++;
				last = i;
			}
		}
		if (!domain->row[row])
			continue;
		REQUIRE((met != 0) == set->row[row], "row %u: %zu conditions", row, met);
		if (met == 1)
			alone[last] = true;
	}
	for (size_t i = 0; i < cover->n; i++) {
		REQUIRE(alone[i], "condition %zu can be dropped", i);
		REQUIRE(implies(&cover->conds[i], set, domain, n), "condition %zu", i);
		for (unsigned k = 0; k < n; k++) {
			uint64_t bit = UINT64_C(1) << k;
			struct s2_cond shorter = { cover->conds[i].mask & ~bit,
						   cover->conds[i].value & ~bit };

			REQUIRE((cover->conds[i].mask & bit) == 0 ||
					!implies(&shorter, set, domain, n),
				"condition %zu: literal %u can be removed", i, k);
		}
	}
}

START_TEST(covers)
{
	unsigned n = (unsigned)_i + 1, percents[] = { 3, 20, 50, 90 };
	struct twice set, domain;
	struct s2_explorer ex;

	seed = 0xdeadbeefcafe + (unsigned)_i;
	space_of(&ex, n);
	for (unsigned round = 0; round < 48; round++) {
		struct s2_cover cover;

		by_lot(ex.bdd, &domain, n, round % 3 == 0 ? 100 : 30 + lot(70));
		by_lot(ex.bdd, &set, n, percents[round % 4]);
		for (unsigned row = 0; row < 1u << n; row++)
			set.row[row] = set.row[row] && domain.row[row];
		ck_assert_int_eq(s2i_cover(&ex, set.set, domain.set, &cover), 0);
		check_cover(&cover, &set, &domain, n);
	}
	free_space(&ex);
}
END_TEST

START_TEST(cover_of_constants)
{
	struct s2_explorer ex;
	struct s2_cover cover;

	space_of(&ex, 5);
	ck_assert_int_eq(s2i_cover(&ex, S2I_NONE, S2I_EVERY, &cover), 0);
	ck_assert_uint_eq(cover.n, 0);
	ck_assert_int_eq(s2i_cover(&ex, s2i_var(ex.bdd, 3), s2i_var(ex.bdd, 3), &cover), 0);
	ck_assert_uint_eq(cover.n, 1); /* all there is: no condition is needed */
	ck_assert_uint_eq(cover.conds[0].mask, 0);
	free_space(&ex);
}
END_TEST

/* ---- The explorer ------------------------------------------------------------------------- */

static struct s2_explorer *explorer(const struct s2_revision *rev, unsigned shard, unsigned n)
{
	struct s2_explore_options options = { .assumptions = S2_ASSUME_DEFAULT, .shard = shard,
					      .n_shards = n };
	struct s2_explorer *ex;

	ck_assert_int_eq(s2_explorer_new(&ex, rev, NULL, &options), 0);
	return ex;
}

START_TEST(witnesses)
{
	struct s2_explorer *ex = explorer(s2_revisions[_i], 0, 0);
	unsigned empty = 0;

	seed = 42 + (unsigned)_i;
	for (unsigned round = 0; round < 400; round++) {
		s2i_set set = s2i_domain(ex, S2_ASSUME_DEFAULT, s2_revisions[_i], NULL);
		struct s2_witness witness;
		uint64_t row = 0, facts;

		for (unsigned k = 0; k < 6; k++) {
			s2i_set var = s2i_var(ex->bdd, lot(ex->n_vars));

			set = lot(2) != 0 ? s2i_and(ex->bdd, set, var) : s2i_minus(ex->bdd, set, var);
		}
		witness = s2i_witness(ex, set);
		ck_assert_int_eq(witness.is, set != S2I_NONE);
		empty += !witness.is;
		if (!witness.is)
			continue;
		facts = s2_facts_derive(witness.facts);
		for (unsigned level = 0; level < ex->n_vars; level++)
			row |= (facts >> ex->fact[level] & 1) << level;
		ck_assert(in_set(ex->bdd, set, row));
	}
	ck_assert_uint_gt(empty, 0);
	ck_assert_uint_lt(empty, 350);
	s2_explorer_free(ex);
}
END_TEST

/* What the sets say of one state is what the rules do with it. */
START_TEST(sets_and_single_states)
{
	const struct s2_revision *rev = s2_revisions[_i];
	struct s2_explorer *ex = explorer(rev, 0, 0);
	struct s2i_run run;

	seed = 7 + (unsigned)_i;
	s2i_run(ex, rev, ex->possible, &run);
	for (unsigned round = 0; round < 20000; round++) {
		uint64_t facts = 0, row = 0;
		struct s2_verdict slot, fault;

		for (unsigned i = 0; i < S2_NR_INPUT_FACTS; i++)
			facts |= (uint64_t)lot(2) << i;
		facts |= S2_FACT_BIT(S2_FACT_SLOT) | S2_FACT_BIT(S2_FACT_VMA);
		facts = s2_facts_derive(facts);
		for (unsigned level = 0; level < ex->n_vars; level++)
			row |= (facts >> ex->fact[level] & 1) << level;
		if (!in_set(ex->bdd, ex->possible, row))
			continue;
		s2_decide(rev, S2_STAGES_SLOT, facts, &slot);
		s2_decide(rev, S2_STAGES_FAULT, facts, &fault);
		for (unsigned i = 0; i < rev->n_rules; i++)
			REQUIRE(in_set(ex->bdd, run.fired[i], row) ==
					(((slot.fired | fault.fired) >> i & 1) != 0),
				"%s: %s on %" PRIx64, rev->id, rev->rules[i]->id, facts);
	}
	s2_explorer_free(ex);
}
END_TEST

static const unsigned shard_counts[] = { 1, 2, 3, 7, 16, 1024 };

START_TEST(shards_make_the_whole)
{
	const struct s2_revision *rev = s2_revision_find("v9"), *to = s2_revision_find("v7.3");
	struct s2_explorer *whole = explorer(rev, 0, 0);
	unsigned n = shard_counts[_i];
	/* With very many only some are looked at: they must be parts of the whole. */
	unsigned step = n == 1024 ? (unit_stride() > 1 ? 509 : 61) : (unsigned)unit_stride();
	uint64_t states = 0, reached[S2_MAX_RULES] = { 0 }, violations[16] = { 0 }, different = 0;
	struct s2_verify verify, part_verify;
	struct s2_reach reach, part_reach;
	struct s2_diff diff, part_diff;

	ck_assert_int_eq(s2_explore_reach(whole, rev, &reach), 0);
	ck_assert_int_eq(s2_explore_verify(whole, rev, &verify), 0);
	ck_assert_int_eq(s2_explore_diff(whole, rev, to, &diff), 0);
	for (unsigned shard = 0; shard < n; shard += step) {
		struct s2_explorer *part = explorer(rev, shard, n);

		ck_assert_int_eq(s2_explore_reach(part, rev, &part_reach), 0);
		ck_assert_int_eq(s2_explore_verify(part, rev, &part_verify), 0);
		ck_assert_int_eq(s2_explore_diff(part, rev, to, &part_diff), 0);
		ck_assert_uint_eq(part_diff.states, part_reach.states);
		states += part_reach.states;
		different += part_diff.different;
		for (size_t i = 0; i < reach.n_rules; i++)
			reached[i] += part_reach.rules[i].reached;
		for (size_t i = 0; i < verify.n_invariants; i++)
			violations[i] += part_verify.invariants[i].violations;
		s2_explorer_free(part);
	}
#define IS_WHOLE(sum, all)                                                                         \
	do {                                                                                       \
		if (step != 1)                                                                     \
			ck_assert_uint_le(sum, all);                                               \
		else                                                                               \
			ck_assert_uint_eq(sum, all);                                               \
	} while (0)
	IS_WHOLE(states, reach.states);
	IS_WHOLE(different, diff.different);
	for (size_t i = 0; i < reach.n_rules; i++)
		IS_WHOLE(reached[i], reach.rules[i].reached);
	for (size_t i = 0; i < verify.n_invariants; i++)
		IS_WHOLE(violations[i], verify.invariants[i].violations);
	s2_explorer_free(whole);
}
END_TEST

/* The state on paper and the state in a set come out the same. */
START_TEST(outcomes_of_witnesses)
{
	const struct s2_revision *from = s2_revisions[_i], *to = s2_revisions[_i + 1];
	struct s2_explorer *ex = explorer(from, 0, 0);
	struct s2_diff diff;

	ck_assert_int_eq(s2_explore_diff(ex, from, to, &diff), 0);
	for (size_t i = 0; i < diff.n_changes; i++) {
		const struct s2_change *change = &diff.changes[i];
		const struct s2_outcome *want[] = { &change->from, &change->to };

		ck_assert(change->witness.is);
		for (unsigned side = 0; side < 2; side++) {
			struct s2_outcome got =
				s2_explore_outcome(ex, side == 0 ? from : to, change->from.stage,
						   change->witness.facts);

			ck_assert_int_eq(got.stage, want[side]->stage);
			ck_assert_int_eq(got.installs, want[side]->installs);
			ck_assert_int_eq(got.err, want[side]->err);
			ck_assert_int_eq(got.action, want[side]->action);
			ck_assert_uint_eq(got.prot, want[side]->prot);
		}
	}
	s2_explorer_free(ex);
}
END_TEST

static int cancel(void *arg)
{
	return ++*(unsigned *)arg > 3;
}

START_TEST(can_be_canceled)
{
	unsigned asked = 0;
	struct s2_explore_options options = { .assumptions = S2_ASSUME_DEFAULT, .progress = cancel,
					      .arg = &asked };
	const struct s2_revision *rev = s2_revision_find("v9");
	struct s2_explorer *ex;
	struct s2_verify verify;

	ck_assert_int_eq(s2_explorer_new(&ex, rev, NULL, &options), 0);
	ck_assert_int_eq(s2_explore_verify(ex, rev, &verify), S2_ECANCELED);
	s2_explorer_free(ex);
}
END_TEST

Suite *explore_suite(void)
{
	Suite *suite = suite_create("explore");
	TCase *tcase = tcase_create("explore");
	int n_revisions = 0;

	while (s2_revisions[n_revisions] != NULL)
		n_revisions++;
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, operations, 0, MAX_VARS);
	tcase_add_loop_test(tcase, covers, 0, MAX_VARS);
	tcase_add_test(tcase, cover_of_constants);
	tcase_add_loop_test(tcase, witnesses, 0, n_revisions);
	tcase_add_loop_test(tcase, sets_and_single_states, 0, n_revisions);
	tcase_add_loop_test(tcase, shards_make_the_whole, 0,
			    (int)(sizeof(shard_counts) / sizeof(shard_counts[0])));
	tcase_add_loop_test(tcase, outcomes_of_witnesses, 0, n_revisions - 1);
	tcase_add_test(tcase, can_be_canceled);
	suite_add_tcase(suite, tcase);
	return suite;
}

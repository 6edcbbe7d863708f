/* SPDX-License-Identifier: MIT */
/*
 * Parts of a sweep joined by the library's own calls. A part comes from a file that anybody may
 * have edited: what is not of these revisions is refused, and says why.
 */
#include <check.h>
#include <string.h>
#include <s2pte/explore.h>

#include "suites.h"

#define N 2 /* parts */
#define MAX_INVARIANTS 16

static const struct s2_revision *from, *to;

static struct s2_explorer *new_explorer(unsigned shard, unsigned n)
{
	struct s2_explore_options options = { .assumptions = S2_ASSUME_DEFAULT, .shard = shard,
					      .n_shards = n };
	struct s2_explorer *ex;

	ck_assert_int_eq(s2_explorer_new(&ex, from, to, &options), 0);
	return ex;
}

/* Of the parts, and of the whole that joins them. */
static struct s2_explorer *parts_of[N], *whole;
static struct s2_error err;

static void setup(void)
{
	from = s2_revision_find("v6.12");
	to = s2_revision_find("v7.3");
	for (unsigned k = 0; k < N; k++)
		parts_of[k] = new_explorer(k, N);
	whole = new_explorer(0, 0);
	memset(&err, 0, sizeof(err));
}

static void teardown(void)
{
	for (unsigned k = 0; k < N; k++)
		s2_explorer_free(parts_of[k]);
	s2_explorer_free(whole);
}

/* The error says of part @k (0-based) that @what. */
static void refused(int ret, unsigned k, const char *what)
{
	ck_assert_int_eq(ret, S2_EINVAL);
	ck_assert_int_eq(err.code, S2_EINVAL);
	ck_assert_msg(strncmp(err.message, k == 0 ? "part 1 " : "part 2 ", 7) == 0, "%s",
		      err.message);
	ck_assert_msg(strstr(err.message, what) != NULL, "%s, not %s", err.message, what);
}

/* A condition over a fact that is no variable: made by rules. */
static const struct s2_cond made = { S2_FACT_BIT(S2_FACT_PROT_W), 0 };
static const struct s2_cover about_made = { &made, 1 };
static const struct s2_cover nothing = { NULL, 0 };

/* ---- reach ---- */

static struct s2_reach reach[N], reach_swept, reach_joined;
static struct s2_reached_rule rules[S2_MAX_RULES];
static struct s2_reached_alternative alternatives[64];

/* The second part as it was swept, with arrays that may be changed. */
static void restore_reach(void)
{
	reach[1] = reach_swept;
	memcpy(rules, reach[1].rules, reach[1].n_rules * sizeof(*rules));
	memcpy(alternatives, reach[1].alternatives,
	       reach[1].n_alternatives * sizeof(*alternatives));
	reach[1].rules = rules;
	reach[1].alternatives = alternatives;
}

static void sweep_reach(void)
{
	for (unsigned k = 0; k < N; k++)
		ck_assert_int_eq(s2_explore_reach(parts_of[k], from, &reach[k]), 0);
	ck_assert_uint_le(reach[1].n_alternatives, 64);
	reach_swept = reach[1];
	restore_reach();
}

static void reach_refused(const char *what)
{
	refused(s2_join_reach(whole, from, reach, N, &reach_joined, &err), 1, what);
	restore_reach();
}

START_TEST(reach_of_parts)
{
	struct s2_reach want;

	sweep_reach();
	ck_assert_int_eq(s2_explore_reach(whole, from, &want), 0);
	ck_assert_int_eq(s2_join_reach(whole, from, reach, N, &reach_joined, &err), 0);
	ck_assert_uint_eq(reach_joined.states, want.states);
	for (size_t i = 0; i < want.n_rules; i++)
		ck_assert_uint_eq(reach_joined.rules[i].reached, want.rules[i].reached);
	ck_assert_uint_eq(reach_joined.n_alternatives, want.n_alternatives);
	for (size_t i = 0; i < want.n_alternatives; i++)
		ck_assert_uint_eq(reach_joined.alternatives[i].decisive,
				  want.alternatives[i].decisive);
}
END_TEST

START_TEST(reach_of_other_parts)
{
	sweep_reach();
	reach[1].states++;
	reach_refused("it has not as many states as it says");
	reach[1].n_rules--;
	reach_refused("there are other rules");
	rules[0].rule = rules[1].rule;
	reach_refused("there are other rules");
	rules[0].reached++;
	reach_refused("a set has not as many states as it says");
	rules[0].when = about_made;
	reach_refused("a condition is not about states");
	alternatives[0].fact = S2_FACT_NONCACHEABLE;
	reach_refused("there is no such definition");
	alternatives[0].fact = S2_NR_INPUT_FACTS - 1;
	reach_refused("there is no such definition");
	alternatives[0].alternative = s2_facts[alternatives[0].fact].n_when;
	reach_refused("there is no such definition");
	alternatives[0].decisive++;
	reach_refused("a set has not as many states as it says");
}
END_TEST

/* ---- verify ---- */

static struct s2_verify verify[N], verify_swept, verify_joined;
static struct s2_invariant invariants[MAX_INVARIANTS];

static void restore_verify(void)
{
	verify[1] = verify_swept;
	memcpy(invariants, verify[1].invariants, verify[1].n_invariants * sizeof(*invariants));
	verify[1].invariants = invariants;
}

static void sweep_verify(void)
{
	for (unsigned k = 0; k < N; k++)
		ck_assert_int_eq(s2_explore_verify(parts_of[k], from, &verify[k]), 0);
	ck_assert_uint_le(verify[1].n_invariants, MAX_INVARIANTS);
	verify_swept = verify[1];
	restore_verify();
}

static void verify_refused(const char *what)
{
	refused(s2_join_verify(whole, from, verify, N, &verify_joined, &err), 1, what);
	restore_verify();
}

START_TEST(verify_of_parts)
{
	struct s2_verify want;

	sweep_verify();
	ck_assert_int_eq(s2_explore_verify(whole, from, &want), 0);
	ck_assert_int_eq(s2_join_verify(whole, from, verify, N, &verify_joined, &err), 0);
	for (size_t i = 0; i < want.n_invariants; i++) {
		ck_assert_uint_eq(verify_joined.invariants[i].violations,
				  want.invariants[i].violations);
		ck_assert_uint_eq(verify_joined.invariants[i].needs, want.invariants[i].needs);
		for (size_t k = 0; k < want.invariants[i].n_kinds; k++)
			ck_assert_uint_eq(verify_joined.invariants[i].kinds[k].witness.facts,
					  want.invariants[i].kinds[k].witness.facts);
	}
}
END_TEST

START_TEST(verify_of_other_parts)
{
	sweep_verify();
	verify[1].states++;
	verify_refused("it has not as many states as it says");
	verify[1].n_invariants--;
	verify_refused("there are other invariants");
	invariants[0].id = "all-is-well";
	verify_refused("there are other invariants");
	invariants[0].id = NULL;
	verify_refused("there are other invariants");
	invariants[0].n_kinds++;
	verify_refused("there are other invariants");
	invariants[0].kinds[0].violations++;
	verify_refused("a set has not as many states as it says");
	invariants[verify[1].n_invariants - 1].kinds[0].shown = about_made;
	verify_refused("a condition is not about states");
}
END_TEST

/* ---- diff ---- */

static struct s2_diff diff[N], diff_swept, diff_joined;
static struct s2_change changes[256];

static void restore_diff(void)
{
	diff[1] = diff_swept;
	memcpy(changes, diff[1].changes, diff[1].n_changes * sizeof(*changes));
	diff[1].changes = changes;
}

static void sweep_diff(void)
{
	for (unsigned k = 0; k < N; k++)
		ck_assert_int_eq(s2_explore_diff(parts_of[k], from, to, &diff[k]), 0);
	ck_assert_uint_gt(diff[1].n_changes, 0);
	ck_assert_uint_le(diff[1].n_changes, 256);
	diff_swept = diff[1];
	restore_diff();
}

static void diff_refused(const char *what)
{
	refused(s2_join_diff(whole, from, to, diff, N, &diff_joined, &err), 1, what);
	restore_diff();
}

START_TEST(diff_of_parts)
{
	struct s2_diff want;

	sweep_diff();
	ck_assert_int_eq(s2_explore_diff(whole, from, to, &want), 0);
	ck_assert_int_eq(s2_join_diff(whole, from, to, diff, N, &diff_joined, &err), 0);
	ck_assert_uint_eq(diff_joined.different, want.different);
	ck_assert_uint_eq(diff_joined.n_changes, want.n_changes);
	for (size_t i = 0; i < want.n_changes; i++) {
		ck_assert_uint_eq(diff_joined.changes[i].states, want.changes[i].states);
		ck_assert_uint_eq(diff_joined.changes[i].from_by, want.changes[i].from_by);
		ck_assert_uint_eq(diff_joined.changes[i].witness.facts,
				  want.changes[i].witness.facts);
	}
}
END_TEST

START_TEST(diff_of_other_parts)
{
	sweep_diff();
	diff[1].states++;
	diff_refused("it has not as many states as it says");
	changes[0].states++;
	diff_refused("a set has not as many states as it says");
	changes[0].when = nothing;
	changes[0].states = 0;
	diff_refused("a change is none");
}
END_TEST

/* Every state, where the two decide alike. */
START_TEST(diff_of_equals_is_no_change)
{
	struct s2_explorer *ex = new_explorer(0, 1);
	const struct s2_cond all = { 0, 0 };
	struct s2_diff same, part;
	struct s2_change change = { .from = { .stage = S2_STAGE_FAULT }, .when = { &all, 1 } };

	ck_assert_int_eq(s2_explore_diff(ex, from, from, &same), 0);
	ck_assert_uint_eq(same.different, 0);
	change.states = same.states;
	part = (struct s2_diff){ .states = same.states, .changes = &change, .n_changes = 1 };
	refused(s2_join_diff(whole, from, from, &part, 1, &diff_joined, &err), 0,
		"a change is none");
	s2_explorer_free(ex);
}
END_TEST

/* ---- Sizes ---- */

#define N_BLOCKS (N * S2_NR_SIZE_INVARIANTS)

static struct s2_size_invariant blocks[N_BLOCKS], blocks_swept[N_BLOCKS];
static struct s2_size_invariant blocks_joined[S2_NR_SIZE_INVARIANTS];
static struct s2_size_diff sizes[N], sizes_swept, sizes_joined;
static struct s2_size_change size_changes[64];

static void sweep_blocks(void)
{
	for (unsigned k = 0; k < N; k++)
		ck_assert_int_eq(s2_explore_size_verify(parts_of[k], from,
							&blocks[k * S2_NR_SIZE_INVARIANTS]), 0);
	memcpy(blocks_swept, blocks, sizeof(blocks));
}

static void blocks_refused(unsigned k, const char *what)
{
	refused(s2_join_size_verify(whole, blocks, N, blocks_joined, &err), k, what);
	memcpy(blocks, blocks_swept, sizeof(blocks));
}

START_TEST(blocks_of_parts)
{
	struct s2_size_invariant want[S2_NR_SIZE_INVARIANTS];

	sweep_blocks();
	ck_assert_int_eq(s2_explore_size_verify(whole, from, want), 0);
	ck_assert_int_eq(s2_join_size_verify(whole, blocks, N, blocks_joined, &err), 0);
	for (unsigned i = 0; i < S2_NR_SIZE_INVARIANTS; i++) {
		ck_assert_uint_eq(blocks_joined[i].violations, want[i].violations);
		ck_assert_uint_eq(blocks_joined[i].witness, want[i].witness);
		ck_assert_uint_eq(blocks_joined[i].when.n, want[i].when.n);
	}
}
END_TEST

START_TEST(blocks_of_other_parts)
{
	sweep_blocks();
	blocks[0].id = NULL;
	blocks_refused(0, "there are other invariants about sizes");
	blocks[S2_NR_SIZE_INVARIANTS + 1].id = "all-is-well";
	blocks_refused(1, "there are other invariants about sizes");
	blocks[S2_NR_SIZE_INVARIANTS].violations++;
	blocks_refused(1, "a set has not as many states as it says");
}
END_TEST

static void restore_sizes(void)
{
	sizes[1] = sizes_swept;
	memcpy(size_changes, sizes[1].changes, sizes[1].n_changes * sizeof(*size_changes));
	sizes[1].changes = size_changes;
}

static void sweep_sizes(void)
{
	for (unsigned k = 0; k < N; k++)
		ck_assert_int_eq(s2_explore_size_diff(parts_of[k], from, to, &sizes[k]), 0);
	ck_assert_uint_gt(sizes[1].n_changes, 0);
	ck_assert_uint_le(sizes[1].n_changes, 64);
	sizes_swept = sizes[1];
	restore_sizes();
}

static void sizes_refused(const char *what)
{
	refused(s2_join_size_diff(whole, from, to, sizes, N, &sizes_joined, &err), 1, what);
	restore_sizes();
}

START_TEST(sizes_of_parts)
{
	struct s2_size_diff want;

	sweep_sizes();
	ck_assert_int_eq(s2_explore_size_diff(whole, from, to, &want), 0);
	ck_assert_int_eq(s2_join_size_diff(whole, from, to, sizes, N, &sizes_joined, &err), 0);
	ck_assert_uint_eq(sizes_joined.different, want.different);
	ck_assert_uint_eq(sizes_joined.n_changes, want.n_changes);
	for (size_t i = 0; i < want.n_changes; i++) {
		ck_assert_uint_eq(sizes_joined.changes[i].cases, want.changes[i].cases);
		ck_assert_uint_eq(sizes_joined.changes[i].witness, want.changes[i].witness);
	}
}
END_TEST

START_TEST(sizes_of_other_parts)
{
	sweep_sizes();
	size_changes[0].cases++;
	sizes_refused("a set has not as many states as it says");
	size_changes[0].when = nothing;
	size_changes[0].cases = 0;
	sizes_refused("a change of sizes is none");
}
END_TEST

/* Every combination, where the two resolve sizes alike. */
START_TEST(sizes_of_equals_are_no_change)
{
	struct s2_explorer *ex = new_explorer(0, 1);
	const struct s2_cond all = { 0, 0 };
	struct s2_size_change change = { .when = { &all, 1 } };
	struct s2_size_diff same, part;

	ck_assert_int_eq(s2_explore_size_diff(ex, from, from, &same), 0);
	ck_assert_uint_eq(same.different, 0);
	change.cases = same.cases;
	part = (struct s2_size_diff){ .cases = same.cases, .changes = &change, .n_changes = 1 };
	refused(s2_join_size_diff(whole, from, from, &part, 1, &sizes_joined, &err), 0,
		"a change of sizes is none");
	s2_explorer_free(ex);
}
END_TEST

Suite *join_suite(void)
{
	Suite *suite = suite_create("join");
	TCase *tcase = tcase_create("parts");

	tcase_set_timeout(tcase, 300);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, reach_of_parts);
	tcase_add_test(tcase, reach_of_other_parts);
	tcase_add_test(tcase, verify_of_parts);
	tcase_add_test(tcase, verify_of_other_parts);
	tcase_add_test(tcase, diff_of_parts);
	tcase_add_test(tcase, diff_of_other_parts);
	tcase_add_test(tcase, diff_of_equals_is_no_change);
	suite_add_tcase(suite, tcase);
	/* A million combinations each: too many where each costs fifty times as much. */
	if (unit_stride() > 1)
		return suite;

	tcase = tcase_create("sizes");
	tcase_set_timeout(tcase, 300);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, blocks_of_parts);
	tcase_add_test(tcase, blocks_of_other_parts);
	tcase_add_test(tcase, sizes_of_parts);
	tcase_add_test(tcase, sizes_of_other_parts);
	tcase_add_test(tcase, sizes_of_equals_are_no_change);
	suite_add_tcase(suite, tcase);
	return suite;
}

/* SPDX-License-Identifier: MIT */
/* How a sweep ends: at limits, when somebody asks it to stop, and with which outcomes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <s2pte/error.h>

#include "../../lib/explore/space.h"
#include "suites.h"

#define F(fact) S2_FACT_BIT(S2_FACT_##fact)

/* Says stop when it is asked for the n-th time. */
struct patience {
	unsigned asked, at; /* 0 = never */
};

static int impatient(void *arg)
{
	struct patience *patience = arg;

	return ++patience->asked == patience->at;
}

/* ---- Sets ---- */

#define N_VARS 40

/* One set out of many rows by lot: nearly nothing of it is shared. */
static s2i_set grow_until_it_fails(struct s2i_bdd *bdd, s2i_set *last)
{
	uint64_t seed = 0x9e3779b97f4a7c15;
	s2i_set set = S2I_NONE;

	for (unsigned i = 0; i < 1u << 20 && s2i_bdd_failed(bdd) == 0; i++) {
		s2i_set row = S2I_EVERY;

		*last = set;
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		for (unsigned level = N_VARS; level-- > 0;)
			row = (seed >> level & 1) != 0 ?
				      s2i_and(bdd, row, s2i_var(bdd, level)) :
				      s2i_minus(bdd, row, s2i_var(bdd, level));
		set = s2i_or(bdd, set, row);
	}
	return set;
}

START_TEST(work_is_canceled)
{
	struct patience patience = { 0, 3 };
	struct s2i_bdd *bdd = s2i_bdd_new(N_VARS);
	s2i_set last;

	s2i_bdd_ask(bdd, impatient, &patience);
	ck_assert_uint_eq(grow_until_it_fails(bdd, &last), S2I_NONE);
	ck_assert_int_eq(s2i_bdd_failed(bdd), S2_ECANCELED);
	ck_assert_uint_eq(patience.asked, 3);
	/* Nothing is made any more. */
	ck_assert_uint_gt(last, S2I_EVERY);
	ck_assert_uint_eq(s2i_not(bdd, last), S2I_NONE);
	ck_assert_uint_eq(s2i_exists(bdd, last, UINT64_C(1) << (N_VARS - 1)), S2I_NONE);
	ck_assert_uint_eq(patience.asked, 3);
	s2i_bdd_free(bdd);
	s2i_bdd_free(NULL);
}
END_TEST

START_TEST(a_set_is_too_large)
{
	struct s2i_bdd *bdd = s2i_bdd_new(N_VARS);
	s2i_set last;

	ck_assert_uint_eq(grow_until_it_fails(bdd, &last), S2I_NONE);
	ck_assert_int_eq(s2i_bdd_failed(bdd), S2_ELIMIT);
	ck_assert_uint_eq(s2i_not(bdd, last), S2I_NONE);
	s2i_bdd_free(bdd);
}
END_TEST

static void free_blocks(struct s2_explorer *ex)
{
	while (ex->blocks != NULL) {
		struct s2i_block *next = ex->blocks->next;

		free(ex->blocks);
		ex->blocks = next;
	}
}

/* No two rows of an odd number of bits can be said in one condition. */
START_TEST(a_cover_is_too_long)
{
	static const struct {
		unsigned n;
		int ret;
	} rows[] = { { 12, 0 }, { 13, 0 }, { 14, S2_ELIMIT } };

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct s2_explorer ex = { .n_vars = rows[k].n, .bdd = s2i_bdd_new(rows[k].n) };
		struct s2_cover cover;
		s2i_set odd = S2I_NONE;

		memset(ex.level, 0xff, sizeof(ex.level));
		for (unsigned i = 0; i < rows[k].n; i++) {
			ex.level[i] = ex.fact[i] = (uint8_t)i;
			odd = s2i_not(ex.bdd, s2i_equal(ex.bdd, odd, s2i_var(ex.bdd, i)));
		}
		ck_assert_int_eq(s2i_cover(&ex, odd, S2I_EVERY, &cover), rows[k].ret);
		ck_assert_uint_eq(cover.n, rows[k].ret == 0 ? 1u << (rows[k].n - 1) : 0);
		free_blocks(&ex);
		s2i_bdd_free(ex.bdd);
	}
}
END_TEST

/* ---- The explorer ---- */

/* A small revision with @n facts of its own, from number @first on. */
static struct s2_builder *new_revision(unsigned first, unsigned n)
{
	static const struct s2_cond special = { F(SPECIAL), F(SPECIAL) };
	static const struct s2_cond never = { F(DEVICE), F(DEVICE) };
	const struct s2_rule rules[] = {
		{ .id = "slot", .when = &special, .n_when = 1, .stage = S2_STAGE_SLOT,
		  .err = S2_K_EINVAL },
		{ .id = "fault", .when = &special, .n_when = 1, .stage = S2_STAGE_FAULT,
		  .err = S2_K_EFAULT },
		{ .id = "dead", .when = &never, .n_when = 1, .stage = S2_STAGE_FAULT,
		  .err = S2_K_EFAULT },
	};
	struct s2_builder *b = s2_builder_new("mine", "");
	char id[16];

	for (unsigned i = first; i < first + n; i++) {
		snprintf(id, sizeof(id), "fact-%u", i);
		ck_assert_int_eq(s2_builder_add_fact(b, id, "", NULL), 0);
	}
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		ck_assert_int_eq(s2_builder_insert(b, i, &rules[i], NULL), 0);
	return b;
}

START_TEST(there_is_no_such_part)
{
	static const struct {
		unsigned shard, n;
		int ret;
	} rows[] = {
		{ 0, 0, 0 }, { 7, 0, 0 },         { 0, 1, 0 },
		{ 1, 1, S2_EINVAL }, { 2, 2, S2_EINVAL }, { 1023, S2_MAX_SHARDS, 0 },
		{ 0, S2_MAX_SHARDS + 1, S2_EINVAL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct s2_explore_options options = { .shard = rows[i].shard,
						      .n_shards = rows[i].n };
		struct s2_explorer *ex = NULL;

		ck_assert_int_eq(s2_explorer_new(&ex, s2_revisions[0], NULL, &options), rows[i].ret);
		ck_assert_int_eq(ex != NULL, rows[i].ret == 0);
		s2_explorer_free(ex);
	}
}
END_TEST

/* Those of one name are one; together they must not be too many. */
START_TEST(own_facts_of_two)
{
	static const struct {
		unsigned first, n;
		int ret;
	} rows[] = { { 0, S2_MAX_OWN_FACTS, 0 }, { 0, 1, 0 }, { S2_MAX_OWN_FACTS, 1, S2_ELIMIT } };
	struct s2_builder *a = new_revision(0, S2_MAX_OWN_FACTS);
	struct s2_explore_options options = { .assumptions = S2_ASSUME_DEFAULT };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct s2_builder *b = new_revision(rows[i].first, rows[i].n);
		struct s2_explorer *ex;

		ck_assert_int_eq(s2_explorer_new(&ex, s2_builder_revision(a),
						 s2_builder_revision(b), &options), rows[i].ret);
		if (rows[i].ret == 0) {
			ck_assert_str_eq(s2_explorer_fact_name(ex, S2_FACT_OWN_LAST), "fact-14");
			s2_explorer_free(ex);
		}
		s2_builder_free(b);
	}
	s2_builder_free(a);
}
END_TEST

/* Of a revision that no builder has seen. */
START_TEST(own_facts_of_one)
{
	struct s2_own_fact own[S2_MAX_OWN_FACTS + 1];
	const struct s2_revision rev = { .id = "theirs", .own = own,
					 .n_own = S2_MAX_OWN_FACTS + 1 };
	struct s2_explore_options options = { .assumptions = S2_ASSUME_DEFAULT };
	char ids[S2_MAX_OWN_FACTS + 1][16];
	struct s2_explorer *ex;

	for (unsigned i = 0; i <= S2_MAX_OWN_FACTS; i++) {
		snprintf(ids[i], sizeof(ids[i]), "fact-%u", i);
		own[i] = (struct s2_own_fact){ ids[i], "" };
	}
	ck_assert_int_eq(s2_explorer_new(&ex, &rev, s2_revisions[0], &options), S2_ELIMIT);
	ck_assert_int_eq(s2_explorer_new(&ex, s2_revisions[0], &rev, &options), S2_ELIMIT);
}
END_TEST

START_TEST(derived_facts_have_few_alternatives)
{
	for (unsigned i = 0; i < S2_NR_FACTS; i++)
		ck_assert_uint_le(s2_facts[i].n_when, S2I_MAX_ALTERNATIVES);
}
END_TEST

/* What the table cannot encode is refused, except where an entry is that keeps its type. */
START_TEST(outcomes_of_types)
{
	static const uint64_t device = F(PROT_DEVICE), nc = F(PROT_NORMAL_NC), x = F(PROT_X);
	static const struct {
		uint64_t set, facts;
		enum s2_errno err;
	} rows[] = {
		{ 0, F(SLOT), S2_K_OK },
		{ 0, F(SLOT) | F(IPA_BEYOND_LIMIT), S2_K_ERANGE },
		{ device, F(SLOT), S2_K_OK },
		{ x, F(SLOT), S2_K_OK },
		{ device | nc, F(SLOT), S2_K_EINVAL },
		{ device | x, F(SLOT), S2_K_EINVAL },
		{ nc | x, F(SLOT), S2_K_EINVAL },
		{ device | nc, F(SLOT) | F(PERMISSION), S2_K_OK },
		{ device | x, F(SLOT) | F(PERMISSION), S2_K_OK },
	};
	const struct s2_cond slot = { F(SLOT), F(SLOT) };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct s2_builder *b = s2_builder_new("mine", "");
		struct s2_explore_options options = { .assumptions = S2_ASSUME_DEFAULT };
		struct s2_outcome got;
		struct s2_explorer *ex;

		ck_assert_int_eq(s2_builder_insert(b, 0, &(struct s2_rule){
					.id = "grants", .when = &slot, .n_when = 1,
					.stage = S2_STAGE_PROT, .set = rows[i].set }, NULL), 0);
		ck_assert_int_eq(s2_explorer_new(&ex, s2_builder_revision(b), NULL, &options), 0);
		got = s2_explore_outcome(ex, s2_builder_revision(b), S2_STAGE_FAULT, rows[i].facts);
		ck_assert_int_eq(got.err, rows[i].err);
		ck_assert_int_eq(got.installs, rows[i].err == S2_K_OK);
		ck_assert_uint_eq(got.prot, rows[i].err == S2_K_OK ? rows[i].set : 0);
		s2_explorer_free(ex);
		s2_builder_free(b);
	}
}
END_TEST

/* Changes of one size with one witness: of the slot first. */
START_TEST(changes_stand_in_order)
{
	const struct s2_cond when = { F(SLOT) | F(VMA_IO) | F(IPA_BEYOND_LIMIT),
				      F(SLOT) | F(VMA_IO) };
	const struct s2_rule rules[] = {
		{ .id = "slot", .when = &when, .n_when = 1, .stage = S2_STAGE_SLOT,
		  .err = S2_K_EINVAL },
		{ .id = "fault", .when = &when, .n_when = 1, .stage = S2_STAGE_FAULT,
		  .err = S2_K_EFAULT },
	};
	struct s2_builder *from = s2_builder_new("from", ""), *to = s2_builder_new("to", "");
	struct s2_explore_options options = { .assumptions = S2_ASSUME_DEFAULT };
	struct s2_explorer *ex;
	struct s2_diff diff;

	ck_assert_int_eq(s2_builder_insert(to, 0, &rules[0], NULL), 0);
	ck_assert_int_eq(s2_builder_insert(to, 1, &rules[1], NULL), 0);
	for (unsigned i = 0; i < 2; i++) {
		const struct s2_revision *a = s2_builder_revision(i == 0 ? from : to);
		const struct s2_revision *b = s2_builder_revision(i == 0 ? to : from);

		ck_assert_int_eq(s2_explorer_new(&ex, a, b, &options), 0);
		ck_assert_int_eq(s2_explore_diff(ex, a, b, &diff), 0);
		ck_assert_uint_eq(diff.n_changes, 2);
		ck_assert_uint_eq(diff.changes[0].states, diff.changes[1].states);
		ck_assert_uint_eq(diff.changes[0].witness.facts, diff.changes[1].witness.facts);
		ck_assert_int_eq(diff.changes[0].from.stage, S2_STAGE_SLOT);
		ck_assert_int_eq(diff.changes[1].from.stage, S2_STAGE_FAULT);
		s2_explorer_free(ex);
	}
	s2_builder_free(from);
	s2_builder_free(to);
}
END_TEST

/* ---- Stopped at each question ---- */

/* The questions a part can be asked, and the joining of that one part. */
struct asked {
	const struct s2_revision *from, *to;
	struct s2_reach reach;
	struct s2_verify verify;
	struct s2_diff diff;
	struct s2_size_invariant blocks[S2_NR_SIZE_INVARIANTS];
	struct s2_size_diff sizes;
};

static int ask_reach(struct s2_explorer *ex, struct asked *a)
{
	return s2_explore_reach(ex, a->from, &a->reach);
}

static int ask_verify(struct s2_explorer *ex, struct asked *a)
{
	return s2_explore_verify(ex, a->from, &a->verify);
}

static int ask_diff(struct s2_explorer *ex, struct asked *a)
{
	return s2_explore_diff(ex, a->from, a->to, &a->diff);
}

static int ask_blocks(struct s2_explorer *ex, struct asked *a)
{
	return s2_explore_size_verify(ex, a->from, a->blocks);
}

static int ask_sizes(struct s2_explorer *ex, struct asked *a)
{
	return s2_explore_size_diff(ex, a->from, a->to, &a->sizes);
}

static int join_reach(struct s2_explorer *ex, struct asked *a)
{
	struct s2_reach reach;

	return s2_join_reach(ex, a->from, &a->reach, 1, &reach, NULL);
}

static int join_verify(struct s2_explorer *ex, struct asked *a)
{
	struct s2_verify verify;

	return s2_join_verify(ex, a->from, &a->verify, 1, &verify, NULL);
}

static int join_diff(struct s2_explorer *ex, struct asked *a)
{
	struct s2_diff diff;

	return s2_join_diff(ex, a->from, a->to, &a->diff, 1, &diff, NULL);
}

static int join_blocks(struct s2_explorer *ex, struct asked *a)
{
	struct s2_size_invariant blocks[S2_NR_SIZE_INVARIANTS];

	return s2_join_size_verify(ex, a->blocks, 1, blocks, NULL);
}

static int join_sizes(struct s2_explorer *ex, struct asked *a)
{
	struct s2_size_diff sizes;

	return s2_join_size_diff(ex, a->from, a->to, &a->sizes, 1, &sizes, NULL);
}

static int (*const questions[])(struct s2_explorer *ex, struct asked *a) = {
	ask_reach, ask_verify, ask_diff, ask_blocks, ask_sizes,
};

static int (*const joins[])(struct s2_explorer *ex, struct asked *a) = {
	join_reach, join_verify, join_diff, join_blocks, join_sizes,
};

/* At the first time it is asked, the second, ... until it comes to an answer. */
static void stop_at_each(const struct asked *about, unsigned n_shards,
			 int (*question)(struct s2_explorer *ex, struct asked *a))
{
	struct patience patience = { 0, 0 };
	unsigned at = 1;
	int ret;

	do {
		struct s2_explore_options options = { .assumptions = S2_ASSUME_DEFAULT,
						      .n_shards = n_shards,
						      .progress = impatient, .arg = &patience };
		struct asked a = *about;
		struct s2_explorer *ex = NULL;

		patience = (struct patience){ 0, at++ };
		ret = s2_explorer_new(&ex, a.from, a.to, &options);
		if (ret == 0)
			ret = question(ex, &a);
		ck_assert_int_eq(ret, patience.asked >= patience.at ? S2_ECANCELED : 0);
		s2_explorer_free(ex);
	} while (ret != 0);
	ck_assert_uint_gt(at, 3);
}

/* The answers of a part of one: those of the whole, with what joining needs. */
START_TEST(stopped_at_each_question)
{
	struct s2_builder *b = new_revision(0, 1), *empty = s2_builder_new("empty", "");
	struct s2_explore_options options = { .assumptions = S2_ASSUME_DEFAULT, .n_shards = 1 };
	struct asked a = { .from = s2_builder_revision(b), .to = s2_builder_revision(empty) };
	struct s2_explorer *part;

	s2_builder_quirks(b, S2_SIZE_PFNMAP_BLOCKS, 0);
	s2_builder_quirks(empty, S2_SIZE_PFNMAP_BLOCKS | S2_SIZE_IPA_ALIGN_4K, 0);
	ck_assert_int_eq(s2_explorer_new(&part, a.from, a.to, &options), 0);
	ck_assert_int_eq(questions[_i](part, &a), 0);
	/* Of sizes only a part, which takes less time: the questions are the same. */
	stop_at_each(&a, _i < 3 ? 0 : S2_MAX_SHARDS, questions[_i]);
	stop_at_each(&a, 0, joins[_i]);
	s2_explorer_free(part);
	s2_builder_free(b);
	s2_builder_free(empty);
}
END_TEST

Suite *ends_suite(void)
{
	Suite *suite = suite_create("ends");
	TCase *tcase = tcase_create("limits");

	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, work_is_canceled);
	tcase_add_test(tcase, a_cover_is_too_long);
	tcase_add_test(tcase, there_is_no_such_part);
	tcase_add_test(tcase, own_facts_of_two);
	tcase_add_test(tcase, own_facts_of_one);
	tcase_add_test(tcase, derived_facts_have_few_alternatives);
	tcase_add_test(tcase, outcomes_of_types);
	tcase_add_test(tcase, changes_stand_in_order);
	/* Both are long where each step costs fifty times as much. */
	if (unit_stride() == 1) {
		tcase_add_test(tcase, a_set_is_too_large);
		tcase_add_loop_test(tcase, stopped_at_each_question, 0, 5);
	}
	suite_add_tcase(suite, tcase);
	return suite;
}

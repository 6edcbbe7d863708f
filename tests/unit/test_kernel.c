/* SPDX-License-Identifier: MIT */
/* Revisions made at run time: what a builder takes, what it refuses, and how it says so. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <s2pte/kernel.h>

#include "suites.h"

#define OWN(i) S2_FACT_BIT(S2_FACT_OWN_FIRST + (i))

static const struct s2_cond when_special = { S2_FACT_BIT(S2_FACT_SPECIAL),
					     S2_FACT_BIT(S2_FACT_SPECIAL) };

static struct s2_rule rule_of(const char *id, enum s2_stage stage)
{
	return (struct s2_rule){ .id = id, .when = &when_special, .n_when = 1,
				 .stage = (uint8_t)stage, .err = S2_K_EFAULT,
				 .where = "here()", .why = "for a test" };
}

static int insert(struct s2_builder *b, size_t at, const char *id, enum s2_stage stage,
		  struct s2_error *err)
{
	struct s2_rule rule = rule_of(id, stage);

	return s2_builder_insert(b, at, &rule, err);
}

static struct s2_builder *new_builder(void)
{
	struct s2_builder *b = s2_builder_new("mine", "of a test");

	ck_assert_ptr_nonnull(b);
	return b;
}

/* ---- Names ---- */

START_TEST(ids_are_words)
{
	static const struct {
		const char *id;
		int ret;
	} rows[] = {
		{ "a", 0 },
		{ "a-1", 0 },
		{ "0", 0 },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0 },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", S2_EINVAL },
		{ "", S2_EINVAL },
		{ "-a", S2_EINVAL },
		{ "A", S2_EINVAL },
		{ "a b", S2_EINVAL },
		{ "a_b", S2_EINVAL },
	};
	struct s2_builder *b = new_builder();
	struct s2_error err = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(s2_builder_add_fact(b, rows[i].id, "", &err), rows[i].ret);
		if (rows[i].ret != 0)
			ck_assert_str_eq(err.message,
					 "a fact's id is made of a-z, 0-9 and -, at most 64");
		ck_assert_int_eq(insert(b, 99, rows[i].id, S2_STAGE_FAULT, &err), rows[i].ret);
		if (rows[i].ret != 0)
			ck_assert_str_eq(err.message,
					 "a rule's id is made of a-z, 0-9 and -, at most 64");
	}
	ck_assert_uint_eq(s2_builder_revision(b)->n_own, 4);
	ck_assert_uint_eq(s2_builder_revision(b)->n_rules, 4);
	s2_builder_free(b);
}
END_TEST

START_TEST(facts_have_names_and_reasons)
{
	struct s2_builder *b = new_builder();
	const struct s2_revision *rev = s2_builder_revision(b);
	unsigned fact;

	ck_assert_int_eq(s2_builder_add_fact(b, "mine", "nobody has modelled it", NULL), 0);
	ck_assert_int_eq(s2_revision_fact(rev, "mine", &fact), 0);
	ck_assert_uint_eq(fact, S2_FACT_OWN_FIRST);
	ck_assert_str_eq(s2_revision_fact_name(rev, fact), "mine");
	ck_assert_str_eq(s2_revision_fact_why(rev, fact), "nobody has modelled it");
	ck_assert_ptr_null(s2_revision_fact_name(rev, fact + 1));
	ck_assert_ptr_null(s2_revision_fact_why(rev, fact + 1));
	ck_assert_str_eq(s2_revision_fact_why(rev, S2_FACT_COW), s2_facts[S2_FACT_COW].why);
	ck_assert_int_eq(s2_revision_fact(rev, "theirs", &fact), S2_ENOENT);
	s2_builder_free(b);
}
END_TEST

START_TEST(words_for_stages_and_actions)
{
	enum s2_stage stage = S2_STAGE_PROT;
	enum s2_action action = S2_ACTION_HIT;

	for (unsigned i = 0; i < S2_NR_STAGES; i++) {
		ck_assert_int_eq(s2_stage_parse(s2_stage_name((enum s2_stage)i), &stage), 0);
		ck_assert_int_eq(stage, i);
	}
	for (unsigned i = 0; i < S2_NR_ACTIONS; i++) {
		ck_assert_int_eq(s2_action_parse(s2_action_name((enum s2_action)i), &action), 0);
		ck_assert_int_eq(action, i);
	}
	ck_assert_int_eq(s2_stage_parse("late", &stage), S2_ENOENT);
	ck_assert_int_eq(stage, S2_NR_STAGES - 1);
	ck_assert_int_eq(s2_action_parse("panic", &action), S2_ENOENT);
	ck_assert_int_eq(action, S2_NR_ACTIONS - 1);
	ck_assert_str_eq(s2_errno_name(-S2_K_EFAULT), "EFAULT");
	ck_assert_str_eq(s2_errno_name(S2_K_E2BIG), "E2BIG");
	ck_assert_ptr_null(s2_errno_name(0));
}
END_TEST

/* ---- The builder ---- */

START_TEST(names_are_taken_once)
{
	struct s2_builder *b = new_builder();
	struct s2_error err = { 0 };

	ck_assert_int_eq(s2_builder_add_fact(b, "special", "", &err), S2_EINVAL);
	ck_assert_str_eq(err.message, "there is a fact \"special\" already");
	ck_assert_int_eq(s2_builder_add_fact(b, "mine", "", &err), 0);
	ck_assert_int_eq(s2_builder_add_fact(b, "mine", "", &err), S2_EINVAL);
	ck_assert_str_eq(err.message, "there is a fact \"mine\" already");
	ck_assert_int_eq(insert(b, 0, "check", S2_STAGE_FAULT, &err), 0);
	ck_assert_int_eq(insert(b, 0, "check", S2_STAGE_SLOT, &err), S2_EINVAL);
	ck_assert_str_eq(err.message, "there is a rule \"check\" already");
	s2_builder_free(b);
}
END_TEST

START_TEST(facts_and_rules_are_limited)
{
	struct s2_builder *b = new_builder();
	struct s2_cond many[S2_MAX_CONDS + 1] = { { 0, 0 } };
	struct s2_rule rule = rule_of("many", S2_STAGE_FAULT);
	struct s2_error err = { 0 };
	char id[16];

	rule.when = many;
	rule.n_when = S2_MAX_CONDS + 1;
	ck_assert_int_eq(s2_builder_insert(b, 0, &rule, &err), S2_ELIMIT);
	ck_assert_str_eq(err.message, "at most 64 alternatives of a rule");
	rule.n_when = S2_MAX_CONDS;
	ck_assert_int_eq(s2_builder_insert(b, 0, &rule, &err), 0);
	for (unsigned i = 1; i < S2_MAX_RULES; i++) {
		snprintf(id, sizeof(id), "rule-%u", i);
		ck_assert_int_eq(insert(b, i, id, S2_STAGE_FAULT, &err), 0);
	}
	ck_assert_int_eq(insert(b, 0, "one-more", S2_STAGE_FAULT, &err), S2_ELIMIT);
	ck_assert_str_eq(err.message, "at most 64 rules");
	for (unsigned i = 0; i < S2_MAX_OWN_FACTS; i++) {
		snprintf(id, sizeof(id), "fact-%u", i);
		ck_assert_int_eq(s2_builder_add_fact(b, id, "", &err), 0);
	}
	ck_assert_int_eq(s2_builder_add_fact(b, "one-more", "", &err), S2_ELIMIT);
	ck_assert_ptr_nonnull(strstr(err.message, "facts can be declared"));
	ck_assert_uint_eq(s2_builder_revision(b)->n_own, S2_MAX_OWN_FACTS);
	s2_builder_free(b);
}
END_TEST

/* A caller's own table may have more alternatives than the library takes. */
START_TEST(a_rule_of_a_foreign_table_is_limited)
{
	static struct s2_cond many[UINT8_MAX];
	struct s2_rule rule = rule_of("many", S2_STAGE_FAULT);
	const struct s2_rule *rules[] = { &rule };
	const struct s2_revision rev = { .id = "theirs", .rules = rules, .n_rules = 1 };
	struct s2_builder *b = new_builder();
	struct s2_error err = { 0 };

	rule.when = many;
	rule.n_when = UINT8_MAX;
	ck_assert_int_eq(s2_builder_copy(b, &rev, &err), S2_ELIMIT);
	ck_assert_uint_eq(s2_builder_revision(b)->n_rules, 0);
	s2_builder_free(b);
}
END_TEST

START_TEST(stages_stand_in_order)
{
	static const struct {
		size_t at;
		enum s2_stage stage;
		int ret;
	} rows[] = {
		{ 0, S2_STAGE_PROT, S2_EINVAL }, { 2, S2_STAGE_SLOT, S2_EINVAL },
		{ 1, S2_STAGE_PROT, S2_EINVAL }, { 1, S2_STAGE_SLOT, 0 },
		{ 2, S2_STAGE_ABORT, 0 },        { 99, S2_STAGE_PROT, 0 },
	};
	struct s2_builder *b = new_builder();
	struct s2_error err = { 0 };
	char id[16];

	ck_assert_int_eq(insert(b, 0, "slot", S2_STAGE_SLOT, &err), 0);
	ck_assert_int_eq(insert(b, 1, "fault", S2_STAGE_FAULT, &err), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(id, sizeof(id), "rule-%zu", i);
		ck_assert_int_eq(insert(b, rows[i].at, id, rows[i].stage, &err), rows[i].ret);
		if (rows[i].ret != 0)
			ck_assert_ptr_nonnull(strstr(err.message, "stands out of order"));
	}
	for (size_t i = 1; i < s2_builder_revision(b)->n_rules; i++)
		ck_assert_int_le(s2_builder_revision(b)->rules[i - 1]->stage,
				 s2_builder_revision(b)->rules[i]->stage);
	ck_assert_uint_eq(s2_builder_revision(b)->n_rules, 5);
	s2_builder_free(b);
}
END_TEST

START_TEST(a_condition_that_contradicts_itself)
{
	const struct s2_cond when[] = { when_special, { 0, S2_FACT_BIT(S2_FACT_COW) } };
	struct s2_rule rule = rule_of("never", S2_STAGE_FAULT);
	struct s2_builder *b = new_builder();
	struct s2_error err = { 0 };

	rule.when = when;
	rule.n_when = 2;
	ck_assert_int_eq(s2_builder_insert(b, 0, &rule, &err), S2_EINVAL);
	ck_assert_str_eq(err.message, "condition 1 of \"never\" can never hold");
	s2_builder_free(b);
}
END_TEST

START_TEST(what_is_given_is_copied)
{
	char id[] = "check";
	struct s2_cond when = when_special;
	struct s2_rule rule = { .id = id, .when = &when, .n_when = 1, .stage = S2_STAGE_FAULT };
	struct s2_builder *b = new_builder();
	const struct s2_rule *got;

	ck_assert_int_eq(s2_builder_insert(b, 0, &rule, NULL), 0);
	id[0] = 'C';
	when.mask = 0;
	got = s2_builder_revision(b)->rules[0];
	ck_assert_str_eq(got->id, "check");
	ck_assert_uint_eq(got->when[0].mask, when_special.mask);
	/* Texts may be left out; readers need not care. */
	ck_assert_str_eq(got->where, "");
	ck_assert_str_eq(got->why, "");
	ck_assert_int_eq(s2_builder_drop(b, "Check"), S2_ENOENT);
	ck_assert_int_eq(s2_builder_drop(b, "check"), 0);
	ck_assert_uint_eq(s2_builder_revision(b)->n_rules, 0);
	s2_builder_free(b);
	s2_builder_free(NULL);
}
END_TEST

/* Two sources number their own facts differently; the copy has each name once. */
START_TEST(own_facts_are_numbered_anew)
{
	const struct s2_cond when = { OWN(0) | OWN(1) | S2_FACT_BIT(S2_FACT_COW), OWN(1) };
	struct s2_rule rule = { .id = "check", .when = &when, .n_when = 1, .stage = S2_STAGE_FAULT,
				.set = OWN(0), .clear = OWN(1) };
	struct s2_builder *from = new_builder(), *to = new_builder();
	const struct s2_revision *rev = s2_builder_revision(to);
	unsigned first, second;

	ck_assert_int_eq(s2_builder_add_fact(from, "first", "", NULL), 0);
	ck_assert_int_eq(s2_builder_add_fact(from, "second", "", NULL), 0);
	ck_assert_int_eq(s2_builder_insert(from, 0, &rule, NULL), 0);
	ck_assert_int_eq(s2_builder_add_fact(to, "second", "", NULL), 0);
	s2_builder_quirks(from, S2_SIZE_IPA_ALIGN_4K, S2_TABLE_XN_SINGLE);
	ck_assert_int_eq(s2_builder_copy(to, s2_builder_revision(from), NULL), 0);
	ck_assert_uint_eq(rev->n_own, 2);
	ck_assert_int_eq(s2_revision_fact(rev, "first", &first), 0);
	ck_assert_int_eq(s2_revision_fact(rev, "second", &second), 0);
	ck_assert_uint_eq(second, S2_FACT_OWN_FIRST);
	ck_assert_uint_eq(first, S2_FACT_OWN_FIRST + 1);
	ck_assert_uint_eq(rev->rules[0]->when[0].mask,
			  OWN(0) | OWN(1) | S2_FACT_BIT(S2_FACT_COW));
	ck_assert_uint_eq(rev->rules[0]->when[0].value, S2_FACT_BIT(second));
	ck_assert_uint_eq(rev->rules[0]->set, S2_FACT_BIT(first));
	ck_assert_uint_eq(rev->rules[0]->clear, S2_FACT_BIT(second));
	ck_assert_uint_eq(rev->sizes, S2_SIZE_IPA_ALIGN_4K);
	ck_assert_uint_eq(rev->table, S2_TABLE_XN_SINGLE);
	s2_builder_free(from);
	s2_builder_free(to);
}
END_TEST

START_TEST(no_room_for_the_facts_of_another)
{
	struct s2_builder *from = new_builder(), *to = new_builder();
	struct s2_error err = { 0 };
	char id[16];

	for (unsigned i = 0; i < S2_MAX_OWN_FACTS; i++) {
		snprintf(id, sizeof(id), "fact-%u", i);
		ck_assert_int_eq(s2_builder_add_fact(to, id, "", &err), 0);
	}
	ck_assert_int_eq(s2_builder_add_fact(from, "one-more", "", &err), 0);
	ck_assert_int_eq(insert(from, 0, "check", S2_STAGE_FAULT, &err), 0);
	ck_assert_int_eq(s2_builder_copy(to, s2_builder_revision(from), &err), S2_ELIMIT);
	ck_assert_ptr_nonnull(strstr(err.message, "facts can be declared"));
	ck_assert_uint_eq(s2_builder_revision(to)->n_rules, 0);
	s2_builder_free(from);
	s2_builder_free(to);
}
END_TEST

Suite *kernel_suite(void)
{
	Suite *suite = suite_create("kernel");
	TCase *tcase = tcase_create("names");

	tcase_add_test(tcase, ids_are_words);
	tcase_add_test(tcase, facts_have_names_and_reasons);
	tcase_add_test(tcase, words_for_stages_and_actions);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("builder");
	tcase_add_test(tcase, names_are_taken_once);
	tcase_add_test(tcase, facts_and_rules_are_limited);
	tcase_add_test(tcase, a_rule_of_a_foreign_table_is_limited);
	tcase_add_test(tcase, stages_stand_in_order);
	tcase_add_test(tcase, a_condition_that_contradicts_itself);
	tcase_add_test(tcase, what_is_given_is_copied);
	tcase_add_test(tcase, own_facts_are_numbered_anew);
	tcase_add_test(tcase, no_room_for_the_facts_of_another);
	suite_add_tcase(suite, tcase);
	return suite;
}

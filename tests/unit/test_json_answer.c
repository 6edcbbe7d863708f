/* SPDX-License-Identifier: MIT */
/* Answers, their witnesses and merges, as callers of the library give and get them. */
#include <check.h>
#include <string.h>

#include "kept_text.h"
#include "suites.h"

static struct kept_text text, again;

static struct s2_json_kernel v9(void)
{
	return (struct s2_json_kernel){ .revision = s2_revision_find("v9"), .name = "v9" };
}

/* ---- What an answer says as a whole ------------------------------------------------------- */

START_TEST(violated)
{
	struct s2_invariant invariants[] = { { .holds = true }, { .holds = true } };
	struct s2_answer a = { .question = S2_ASK_VERIFY,
			       .verify = { .invariants = invariants, .n_invariants = 2 } };

	ck_assert(!s2_answer_violated(&a));
	invariants[1].holds = false;
	ck_assert(s2_answer_violated(&a));
	a.question = S2_ASK_WHATIF;
	ck_assert(s2_answer_violated(&a));
	a.question = S2_ASK_DIFF; /* is not about that */
	ck_assert(!s2_answer_violated(&a));
	a.question = S2_ASK_VERIFY;
	invariants[1].holds = true;
	a.size_invariants[S2_NR_SIZE_INVARIANTS - 1].violations = 1;
	ck_assert(s2_answer_violated(&a));
	a.size_invariants[S2_NR_SIZE_INVARIANTS - 1].violations = 0;
	a.table_invariants[0].violations = 1;
	ck_assert(s2_answer_violated(&a));
}
END_TEST

START_TEST(different)
{
	struct s2_answer a = { .question = S2_ASK_DIFF };

	ck_assert(!s2_answer_different(&a));
	a.diff.different = 1;
	ck_assert(s2_answer_different(&a));
	a.diff.different = 0;
	a.size_diff.different = 1;
	ck_assert(s2_answer_different(&a));
	a.question = S2_ASK_WHATIF;
	ck_assert(s2_answer_different(&a));
	a.question = S2_ASK_VERIFY; /* is not about that */
	ck_assert(!s2_answer_different(&a));
}
END_TEST

/* An invariant of the table that holds: there is nothing to show. */
START_TEST(table_holds)
{
	struct s2_json_sink sink = kept_text_sink(&text);
	const struct s2_answer a = { .question = S2_ASK_VERIFY, .kernel = v9(),
				     .table_invariants = { { .id = "one", .says = "it holds",
							     .cases = 2 } } };

	ck_assert_int_eq(s2_answer_print(&a, S2_JSON_LINE, &sink), 0);
	ck_assert_ptr_nonnull(strstr(text.data, "\"table\":[{\"id\":\"one\",\"says\":\"it holds\","
						"\"holds\":true,\"cases\":2,\"violations\":0,"
						"\"types\":[],\"scenario\":null}]"));
}
END_TEST

START_TEST(no_question)
{
	struct s2_json_sink sink = kept_text_sink(&text);
	const struct s2_answer a = { .question = (enum s2_question)(S2_ASK_WHATIF + 1),
				     .kernel = v9() };

	ck_assert_int_eq(s2_answer_print(&a, S2_JSON_LINE, &sink), S2_EINVAL);
	ck_assert_uint_eq(text.n, 0);
}
END_TEST

/* ---- Witnesses ---------------------------------------------------------------------------- */

#define F(fact) S2_FACT_BIT(S2_FACT_##fact)
#define SZ(fact) (UINT64_C(1) << S2_SZ_##fact)
#define MEMORY (F(SLOT) | F(VMA) | F(VMA_READ_OR_EXEC) | F(HOST_WRITABLE) | F(MAP_MEMORY))

/* @has must be in what is written, @has_not must not. */
static const struct {
	enum s2_stage stage;
	bool is_size;
	uint64_t facts;
	const char *has, *has_not;
} witnesses[] = {
	/* No access is both; the slot check is about none. */
	{ S2_STAGE_FAULT, false, MEMORY | F(WRITE) | F(EXEC), "null\n", "{" },
	{ S2_STAGE_SLOT, false, MEMORY | F(WRITE) | F(EXEC), "\"memslots\":[{", "\"events\"" },
	{ S2_STAGE_FAULT, false, MEMORY | F(WRITE), "\"access\":\"write\"", "null" },
	{ S2_STAGE_FAULT, false, MEMORY | F(EXEC), "\"access\":\"exec\"", "null" },
	/* An entry for the fault to be about, unless a new one is made there. */
	{ S2_STAGE_FAULT, false, MEMORY | F(PERMISSION), "\"op\":\"map\"", "null" },
	{ S2_STAGE_FAULT, false, MEMORY | F(EXCL_ATOMIC), "\"fsc\":\"excl-atomic\"",
	  "\"op\":\"map\"" },
	{ S2_STAGE_FAULT, false, F(EXCL_ATOMIC) | F(IPA_BEYOND_LIMIT), "\"ipa\":\"0x10000000000\"",
	  "\"op\":\"map\"" },
	{ S2_STAGE_FAULT, false, MEMORY, "\"fsc\":\"translation\"", "\"op\":\"map\"" },
	/* Sizes. */
	{ S2_STAGE_FAULT, true, 0, "\"granule\":\"4K\"", "\"hugetlb\"" },
	{ S2_STAGE_FAULT, true, SZ(16K) | SZ(64K), "null\n", "{" },
	{ S2_STAGE_FAULT, true, SZ(HUGETLB_PMD) | SZ(HOST_MAPS_PMD) | SZ(VMA_COVERS_PMD) |
					SZ(CONGRUENT_PMD), "\"hugetlb\":2097152", "null" },
};

START_TEST(witness)
{
	struct s2_json_sink sink = kept_text_sink(&text);
	struct s2_builder *b = s2_builder_new("no-rules", "");
	const struct s2_json_kernel kernel = { .revision = s2_builder_revision(b), .name = "mine" };
	const struct s2_explore_options options = { 0 };
	struct s2_explorer *ex;

	ck_assert_int_eq(s2_explorer_new(&ex, kernel.revision, NULL, &options), 0);
	ck_assert_int_eq(s2_witness_print(&(struct s2_json_witness){ ex, &kernel, NULL,
								      witnesses[_i].stage,
								      witnesses[_i].is_size,
								      witnesses[_i].facts },
					  S2_JSON_LINE, &sink), 0);
	ck_assert_msg(strstr(text.data, witnesses[_i].has) != NULL, "%s", text.data);
	ck_assert_msg(strstr(text.data, witnesses[_i].has_not) == NULL, "%s", text.data);
	s2_explorer_free(ex);
	s2_builder_free(b);
}
END_TEST

/* Both own facts are told, as one object. */
START_TEST(own_facts)
{
	struct s2_json_sink sink = kept_text_sink(&text);
	struct s2_builder *b = s2_builder_new("mine", "");
	const struct s2_json_kernel kernel = { .revision = s2_builder_revision(b), .name = "mine" };
	const struct s2_explore_options options = { 0 };
	struct s2_explorer *ex;

	ck_assert_int_eq(s2_builder_add_fact(b, "first", "", NULL), 0);
	ck_assert_int_eq(s2_builder_add_fact(b, "second", "", NULL), 0);
	ck_assert_int_eq(s2_explorer_new(&ex, kernel.revision, NULL, &options), 0);
	ck_assert_int_eq(s2_witness_print(&(struct s2_json_witness){
		.explorer = ex, .kernel = &kernel, .stage = S2_STAGE_FAULT,
		.facts = UINT64_C(2) << S2_FACT_OWN_FIRST }, S2_JSON_LINE, &sink), 0);
	ck_assert_ptr_nonnull(strstr(text.data, "\"facts\":{\"first\":false,\"second\":true}"));
	s2_explorer_free(ex);
	s2_builder_free(b);
}
END_TEST

static const struct {
	enum s2_memtype type;
	const char *prot;
} types[] = {
	{ S2_MEM_NORMAL, "\"prot\":[\"R\",\"W\"]" },
	{ S2_MEM_NORMAL_NC, "\"prot\":[\"R\",\"W\",\"NORMAL_NC\"]" },
	{ S2_MEM_DEVICE_nGnRE, "\"prot\":[\"R\",\"W\",\"DEVICE\"]" },
};

START_TEST(table_witness)
{
	struct s2_json_sink sink = kept_text_sink(&text);
	const struct s2_table_invariant inv = { .granule = S2_GRANULE_16K, .type = types[_i].type };

	ck_assert_int_eq(s2_table_witness_print(&inv, "v9", S2_JSON_LINE, &sink), 0);
	ck_assert_msg(strstr(text.data, types[_i].prot) != NULL, "%s", text.data);
	sink = kept_text_sink(&again);
	ck_assert_int_eq(s2_json_run(text.data, text.n, NULL, S2_JSON_LINE, &sink), 0);
}
END_TEST

static const struct {
	struct s2_outcome outcome;
	const char *written;
} outcomes[] = {
	{ { .stage = S2_STAGE_SLOT, .err = 22 },
	  "{\"stage\":\"slot\",\"ret\":-22,\"errno\":\"EINVAL\"}\n" },
	{ { .stage = S2_STAGE_FAULT, .action = S2_ACTION_MMIO },
	  "{\"stage\":\"fault\",\"ret\":0,\"errno\":null,\"action\":\"mmio\"}\n" },
	{ { .stage = S2_STAGE_FAULT, .installs = true, .prot = F(PROT_X) | F(SANITISE_TAGS) },
	  "{\"stage\":\"fault\",\"ret\":0,\"errno\":null,\"prot\":[\"R\",\"X\"],"
	  "\"sanitise_mte_tags\":true}\n" },
};

START_TEST(outcome)
{
	struct s2_json_sink sink = kept_text_sink(&text);

	ck_assert_int_eq(s2_outcome_print(&outcomes[_i].outcome, S2_JSON_LINE, &sink), 0);
	ck_assert_str_eq(text.data, outcomes[_i].written);
}
END_TEST

/* An invalid entry has no output address, as it has no fields. */
START_TEST(invalid_descriptor)
{
	struct s2_json_sink sink = kept_text_sink(&text);
	const struct s2_format fmt = { .granule = S2_GRANULE_4K };
	const struct s2_json_descriptor desc = { .raw = 0, .level = 3 };

	ck_assert_int_eq(s2_descriptors_print(&fmt, &desc, 1, S2_JSON_LINE, &sink), 0);
	ck_assert_msg(strstr(text.data, "\"valid\":false,\"type\":\"invalid\",\"oa\":null,") != NULL,
		      "%s", text.data);
}
END_TEST

/* ---- Merging without a resolver ------------------------------------------------------------ */

static void write_part(const char *kernel, unsigned shard)
{
	struct s2_json_sink sink = kept_text_sink(&text);
	struct s2_answer a = { .question = S2_ASK_REACH, .kernel = v9(),
			       .options = { .shard = shard, .n_shards = 2 } };

	a.kernel.name = kernel;
	ck_assert_int_eq(s2_answer_explore(&a), 0);
	ck_assert_int_eq(s2_answer_print(&a, S2_JSON_LINE, &sink), 0);
	s2_answer_free(&a);
}

START_TEST(merge)
{
	struct s2_json_sink sink = kept_text_sink(&again);
	struct s2_answer whole = { .question = S2_ASK_REACH, .kernel = v9() }, merged;
	struct s2_error err;
	struct s2_merge *m;

	ck_assert_int_eq(s2_merge_new(&m, NULL), 0);
	for (unsigned shard = 0; shard < 2; shard++) {
		write_part("v9", shard);
		ck_assert_int_eq(s2_merge_add(m, "part", text.data, text.n, &err), 0);
	}
	ck_assert_int_eq(s2_merge_answer(m, &merged, &err), 0);
	ck_assert_int_eq(s2_answer_print(&merged, S2_JSON_LINE, &sink), 0);
	s2_merge_free(m);
	sink = kept_text_sink(&text);
	ck_assert_int_eq(s2_answer_explore(&whole), 0);
	ck_assert_int_eq(s2_answer_print(&whole, S2_JSON_LINE, &sink), 0);
	s2_answer_free(&whole);
	ck_assert_str_eq(text.data, again.data);
}
END_TEST

START_TEST(merge_unknown)
{
	struct s2_error err;
	struct s2_merge *m;

	write_part("mine", 0);
	ck_assert_int_eq(s2_merge_new(&m, NULL), 0);
	ck_assert_int_eq(s2_merge_add(m, "part", text.data, text.n, &err), S2_EINVAL);
	ck_assert_str_eq(err.message, "\"mine\" is not a kernel revision");
	s2_merge_free(m);
	s2_merge_free(NULL);
}
END_TEST

Suite *json_answer_suite(void)
{
	Suite *suite = suite_create("json-answer");
	TCase *cases = tcase_create("json-answer");

	tcase_set_timeout(cases, 0);
	tcase_add_test(cases, violated);
	tcase_add_test(cases, different);
	tcase_add_test(cases, table_holds);
	tcase_add_test(cases, no_question);
	tcase_add_loop_test(cases, witness, 0, sizeof(witnesses) / sizeof(witnesses[0]));
	tcase_add_test(cases, own_facts);
	tcase_add_loop_test(cases, table_witness, 0, sizeof(types) / sizeof(types[0]));
	tcase_add_loop_test(cases, outcome, 0, sizeof(outcomes) / sizeof(outcomes[0]));
	tcase_add_test(cases, invalid_descriptor);
	tcase_add_test(cases, merge);
	tcase_add_test(cases, merge_unknown);
	suite_add_tcase(suite, cases);
	return suite;
}

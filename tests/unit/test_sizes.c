/* SPDX-License-Identifier: MIT */
/*
 * How large a mapping gets. The linker puts this file before s2_size_initial(), so that a
 * resolution that is wrong can be shown to be found.
 */
#include <check.h>
#include <string.h>
#include <s2pte/explore.h>

#include "suites.h"

#define MiB (UINT64_C(1) << 20)
#define GiB (UINT64_C(1) << 30)

struct s2_size __real_s2_size_initial(uint32_t quirks, enum s2_granule granule, bool logging,
				      const struct s2_vma *vma, const struct s2_memslot *slot,
				      uint64_t hva);
struct s2_size __wrap_s2_size_initial(uint32_t quirks, enum s2_granule granule, bool logging,
				      const struct s2_vma *vma, const struct s2_memslot *slot,
				      uint64_t hva);

static enum { AS_IT_IS, NO_LOGGING, ALWAYS_PUD } resolution;

struct s2_size __wrap_s2_size_initial(uint32_t quirks, enum s2_granule granule, bool logging,
				      const struct s2_vma *vma, const struct s2_memslot *slot,
				      uint64_t hva)
{
	if (resolution == ALWAYS_PUD)
		return (struct s2_size){ s2_pud_size(granule), false };
	return __real_s2_size_initial(quirks, granule, logging && resolution == AS_IT_IS, vma, slot,
				      hva);
}

/* ---- The resolution ---- */

START_TEST(slots_hold_blocks)
{
	/* Congruent below 2 MiB and not below 1 GiB; two PMDs and a page. */
	const struct s2_memslot slot = { .gpa = 64 * MiB, .size = 4 * MiB + 4096,
					 .hva = 8 * GiB };
	const struct s2_memslot crooked = { .gpa = 4096, .size = 4 * MiB, .hva = 8 * GiB };
	static const struct {
		uint64_t offset, size;
		bool fits;
	} rows[] = {
		{ 0, 4096, true },           { 4 * MiB, 4096, true },
		{ 0, 2 * MiB, true },        { 2 * MiB + 4096, 2 * MiB, true },
		{ 4 * MiB, 2 * MiB, false }, { 0, GiB, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_int_eq(s2_slot_supports(&slot, slot.hva + rows[i].offset, rows[i].size,
						  S2_GRANULE_4K), rows[i].fits);
	ck_assert(s2_slot_supports(&crooked, crooked.hva, 4096, S2_GRANULE_4K));
	ck_assert(!s2_slot_supports(&crooked, crooked.hva, 2 * MiB, S2_GRANULE_4K));
}
END_TEST

/* A block that begins below the slot is not held by it either. */
START_TEST(slots_begin_inside_a_block)
{
	const struct s2_memslot slot = { .gpa = 4096, .size = 4 * MiB, .hva = 8 * GiB + 4096 };

	ck_assert(!s2_slot_supports(&slot, slot.hva, 2 * MiB, S2_GRANULE_4K));
	ck_assert(s2_slot_supports(&slot, slot.hva + 2 * MiB, 2 * MiB, S2_GRANULE_4K));
}
END_TEST

/* VM_PFNMAP decides: a VMA cannot be both, and is taken for what it surely is. */
START_TEST(pfnmap_is_no_hugetlb)
{
	struct s2_vma vma = { .start = 8 * GiB, .end = 9 * GiB, .flags = S2_VM_HUGETLB,
			      .hugetlb = 2 * MiB, .backing = { .pa = 4 * GiB } };
	const struct s2_memslot slot = { .gpa = GiB, .size = GiB, .hva = 8 * GiB };

	ck_assert_uint_eq(s2_size_initial(0, S2_GRANULE_4K, false, &vma, &slot, vma.start).size,
			  2 * MiB);
	vma.flags |= S2_VM_PFNMAP;
	ck_assert_uint_eq(s2_size_initial(0, S2_GRANULE_4K, false, &vma, &slot, vma.start).size,
			  4096);
	ck_assert_uint_eq(s2_size_initial(S2_SIZE_PFNMAP_BLOCKS, S2_GRANULE_4K, false, &vma, &slot,
					  vma.start).size, GiB);
}
END_TEST

/* ---- What sweeps say of it ---- */

static uint64_t unsound(const struct s2_revision *rev)
{
	struct s2_explore_options options = { .assumptions = S2_ASSUME_DEFAULT };
	struct s2_explorer *ex;
	struct s2_verify verify;
	uint64_t violations = UINT64_MAX;

	ck_assert_int_eq(s2_explorer_new(&ex, rev, NULL, &options), 0);
	ck_assert_int_eq(s2_explore_verify(ex, rev, &verify), 0);
	for (size_t i = 0; i < verify.n_invariants; i++)
		if (strcmp(verify.invariants[i].id, "dirty-log-sound") == 0)
			violations = verify.invariants[i].violations;
	s2_explorer_free(ex);
	return violations;
}

START_TEST(blocks_under_logging_are_found)
{
	const struct s2_revision *rev = s2_revision_find("latest");
	bool as_it_is = unsound(rev) == 0;

	resolution = NO_LOGGING;
	ck_assert_uint_gt(unsound(rev), 0);
	resolution = AS_IT_IS;
	ck_assert(as_it_is);
}
END_TEST

START_TEST(blocks_that_reach_too_far_are_found)
{
	const struct s2_revision *rev = s2_revision_find("latest");
	struct s2_explore_options options = { .assumptions = S2_ASSUME_DEFAULT };
	struct s2_size_invariant as_it_is[S2_NR_SIZE_INVARIANTS], got[S2_NR_SIZE_INVARIANTS];
	struct s2_explorer *ex;

	ck_assert_int_eq(s2_explorer_new(&ex, rev, NULL, &options), 0);
	ck_assert_int_eq(s2_explore_size_verify(ex, rev, as_it_is), 0);
	resolution = ALWAYS_PUD;
	ck_assert_int_eq(s2_explore_size_verify(ex, rev, got), 0);
	resolution = AS_IT_IS;
	for (unsigned i = 0; i < S2_NR_SIZE_INVARIANTS; i++) {
		ck_assert_uint_eq(as_it_is[i].violations, 0);
		ck_assert_uint_gt(got[i].violations, 0);
		ck_assert_uint_lt(got[i].violations, got[i].cases);
	}
	s2_explorer_free(ex);
}
END_TEST

Suite *sizes_suite(void)
{
	Suite *suite = suite_create("sizes");
	TCase *tcase = tcase_create("sizes");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, slots_hold_blocks);
	tcase_add_test(tcase, slots_begin_inside_a_block);
	tcase_add_test(tcase, pfnmap_is_no_hugetlb);
	tcase_add_test(tcase, blocks_under_logging_are_found);
	tcase_add_test(tcase, blocks_that_reach_too_far_are_found);
	suite_add_tcase(suite, tcase);
	return suite;
}

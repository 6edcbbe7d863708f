/* SPDX-License-Identifier: MIT */
/* What is wrong with a descriptor, each lint by its id. */
#include <inttypes.h>
#include <string.h>

#include "formats.h"
#include "suites.h"

#define LINT(id) (1u << S2_LINT_##id)

static const struct {
	const char *name;
	struct s2_format fmt;
	int level;
	uint64_t raw;
	unsigned want;
	const char *word; /* in one of the messages */
} lint_rows[] = {
	{ "kvm page", { .granule = S2_GRANULE_4K, .fwb = true }, 3, 0x00400000812347db, 0, NULL },
	{ "XN 0b10 is ordinary", { .granule = S2_GRANULE_4K }, 3, 0x00400000812347ff, 0, NULL },
	{ "XN 0b01 without XNX",
	  { .granule = S2_GRANULE_4K },
	  3,
	  0x00200000812347ff,
	  LINT(XN_NEEDS_XNX),
	  "bit 53" },
	{ "XN 0b01 with XNX",
	  { .granule = S2_GRANULE_4K, .xnx = true },
	  3,
	  0x00200000812347ff,
	  0,
	  NULL },
	{ "Device-nGnRE is 0b0001", { .granule = S2_GRANULE_4K }, 3, 0x00400000090007c7, 0, NULL },
	{ "execute without read", { .granule = S2_GRANULE_4K }, 3, 0x000000000000173f, 0, NULL },
	{ "MemAttr 4",
	  { .granule = S2_GRANULE_4K },
	  3,
	  0x1713,
	  LINT(MEMATTR_RESERVED),
	  "bits 5:2" },
	{ "MemAttr 4, FWB",
	  { .granule = S2_GRANULE_4K, .fwb = true },
	  3,
	  0x1713,
	  LINT(MEMATTR_RESERVED),
	  "FWB=1" },
	{ "MemAttr 15, FWB",
	  { .granule = S2_GRANULE_4K, .fwb = true },
	  3,
	  0x173f,
	  LINT(MEMATTR_RESERVED),
	  "bits 5:2" },
	{ "MemAttr 6 has a meaning in both", { .granule = S2_GRANULE_4K }, 3, 0x171b, 0, NULL },
	{ "SH 0b01", { .granule = S2_GRANULE_4K }, 3, 0x153f, LINT(SH_RESERVED), "bits 9:8" },
	{ "9:8 = 0b01 with LPA2", { .granule = S2_GRANULE_4K, .lpa2 = true }, 3, 0x153f, 0, NULL },
	{ "bits 50:48", { .granule = S2_GRANULE_4K }, 3, 0x000700000000173f, LINT(RES0), "50:48" },
	{ "bit 49 with LPA2",
	  { .granule = S2_GRANULE_4K, .lpa2 = true },
	  3,
	  0x000200000000173f,
	  0,
	  NULL },
	{ "bits 15:12 of a 64K page",
	  { .granule = S2_GRANULE_64K },
	  3,
	  0x000000000001973f,
	  LINT(RES0),
	  "bits 15, 12" },
	{ "with LPA", { .granule = S2_GRANULE_64K, .lpa = true }, 3, 0x000000000001973f, 0, NULL },
	{ "LPA flag with 16K",
	  { .granule = S2_GRANULE_16K, .lpa = true },
	  3,
	  0x000000000000573f,
	  LINT(RES0),
	  "12" },
	{ "block misaligned",
	  { .granule = S2_GRANULE_4K },
	  2,
	  0x000000004020173d,
	  LINT(RES0),
	  "12" },
	{ "oa-size",
	  { .granule = S2_GRANULE_4K, .oa_bits = 40 },
	  3,
	  0x000001000000173f,
	  LINT(OA_SIZE),
	  "bits 40" },
	{ "oa-size of a table",
	  { .granule = S2_GRANULE_4K, .oa_bits = 36 },
	  1,
	  0x0000001000000003,
	  LINT(OA_SIZE),
	  "bits 36" },
	{ "oa_bits above what fits",
	  { .granule = S2_GRANULE_4K, .oa_bits = 52 },
	  3,
	  0x000080000000173f,
	  0,
	  NULL },
	{ "1G block", { .granule = S2_GRANULE_4K }, 1, 0x000000004000073d, 0, NULL },
	{ "512G block",
	  { .granule = S2_GRANULE_4K },
	  0,
	  0x000000800000073d,
	  LINT(BLOCK_LEVEL),
	  "level 1 to 2" },
	{ "512G block, LPA2",
	  { .granule = S2_GRANULE_4K, .lpa2 = true },
	  0,
	  0x000000800000043d,
	  0,
	  NULL },
	{ "level -1 block, LPA2",
	  { .granule = S2_GRANULE_4K, .lpa2 = true },
	  -1,
	  0x43d,
	  LINT(BLOCK_LEVEL),
	  "level -1" },
	{ "64G block",
	  { .granule = S2_GRANULE_16K },
	  1,
	  0x000000100000073d,
	  LINT(BLOCK_LEVEL),
	  "expected level 2" },
	{ "64G block, LPA2",
	  { .granule = S2_GRANULE_16K, .lpa2 = true },
	  1,
	  0x000000100000043d,
	  0,
	  NULL },
	{ "4T block",
	  { .granule = S2_GRANULE_64K },
	  1,
	  0x000004000000073d,
	  LINT(BLOCK_LEVEL),
	  "01" },
	{ "4T block, LPA",
	  { .granule = S2_GRANULE_64K, .lpa = true },
	  1,
	  0x000004000000073d,
	  0,
	  NULL },
	{ "page type",
	  { .granule = S2_GRANULE_4K },
	  3,
	  0x0007000000001101,
	  LINT(PAGE_TYPE),
	  "bit 1" },
	{ "nT", { .granule = S2_GRANULE_4K }, 2, 0x000000004001073d, LINT(NT), "bit 16" },
	{ "bit 16 of a page", { .granule = S2_GRANULE_4K }, 3, 0x000000004001073f, 0, NULL },
	{ "level -1", { .granule = S2_GRANULE_4K }, -1, 3, LINT(LEVEL), "level -1" },
	{ "level -1, LPA2", { .granule = S2_GRANULE_4K, .lpa2 = true }, -1, 3, 0, NULL },
	{ "level -1, 16K",
	  { .granule = S2_GRANULE_16K, .lpa2 = true },
	  -1,
	  3,
	  LINT(LEVEL),
	  "0 to 3" },
	{ "level 0, 16K", { .granule = S2_GRANULE_16K }, 0, 3, LINT(LEVEL), "1 to 3" },
	{ "level 0, 16K, LPA2", { .granule = S2_GRANULE_16K, .lpa2 = true }, 0, 3, 0, NULL },
	{ "level 0, 64K", { .granule = S2_GRANULE_64K, .lpa = true }, 0, 3, LINT(LEVEL), "64K" },
	{ "level 7", { .granule = S2_GRANULE_64K }, 7, 0, LINT(LEVEL), "level 7" },
	{ "invalid, all bits", { .granule = S2_GRANULE_4K }, 2, UINT64_MAX - 1, 0, NULL },
	{ "table, ignored bits", { .granule = S2_GRANULE_4K }, 2, 0xfff8000000000fff, 0, NULL },
	{ "table, RES0 bits",
	  { .granule = S2_GRANULE_16K },
	  2,
	  0x0007000000003003,
	  LINT(RES0),
	  "50:48, 13:12" },
	/* Without the input address an entry is taken for the first of its run. */
	{ "contiguous, first of a run", { .granule = S2_GRANULE_4K }, 3, 0x001000000001073f, 0, NULL },
	{ "contiguous, not the first", { .granule = S2_GRANULE_4K }, 3, 0x001000000000173f,
	  LINT(CONTIGUOUS_ALIGN), "address bits 15:12" },
	{ "no runs of 64G",
	  { .granule = S2_GRANULE_16K, .lpa2 = true },
	  1,
	  0x001000100000043d,
	  LINT(CONTIGUOUS_ALIGN),
	  "bit 52" },
	{ "much at once",
	  { .granule = S2_GRANULE_4K, .fwb = true, .oa_bits = 40 },
	  0,
	  0x0021010000011121,
	  LINT(RES0) | LINT(MEMATTR_RESERVED) | LINT(SH_RESERVED) | LINT(OA_SIZE) | LINT(NT) |
		  LINT(BLOCK_LEVEL) | LINT(XN_NEEDS_XNX),
	  "48, 12" },
};

START_TEST(lints)
{
	struct s2_lint out[S2_NR_LINTS + 4];
	unsigned got = 0;
	bool found = lint_rows[_i].word == NULL;
	size_t n = s2_desc_lint(&lint_rows[_i].fmt, lint_rows[_i].level, lint_rows[_i].raw, out,
				ARRAY_SIZE(out));

	ck_assert_uint_le(n, S2_NR_LINTS);
	for (size_t i = 0; i < n; i++) {
		ck_assert_uint_eq(got & (1u << out[i].id), 0);
		got |= 1u << out[i].id;
		ck_assert_uint_lt(strlen(out[i].message), sizeof(out[i].message) - 1);
		if (lint_rows[_i].word != NULL &&
		    strstr(out[i].message, lint_rows[_i].word) != NULL)
			found = true;
	}
	ck_assert_msg(got == lint_rows[_i].want, "%s: lints 0x%x, expected 0x%x (%s)",
		      lint_rows[_i].name, got, lint_rows[_i].want, n > 0 ? out[0].message : "");
	ck_assert_msg(found, "%s: \"%s\" lacks \"%s\"", lint_rows[_i].name,
		      n > 0 ? out[0].message : "", lint_rows[_i].word);
	/* The count does not depend on the room. */
	ck_assert_uint_eq(
		s2_desc_lint(&lint_rows[_i].fmt, lint_rows[_i].level, lint_rows[_i].raw, NULL, 0),
		n);
}
END_TEST

static const struct {
	enum s2_granule granule;
	int level;
	uint64_t raw, ipa;
	bool bad;
} contiguous_rows[] = {
	{ S2_GRANULE_4K, 3, 0x001000008000073f, 0x40000000, false },
	{ S2_GRANULE_4K, 3, 0x001000008000f73f, 0x4000f000, false }, /* the last of its run */
	{ S2_GRANULE_4K, 3, 0x001000008000173f, 0x40000000, true },
	{ S2_GRANULE_4K, 3, 0x000000008000173f, 0x40000000, false }, /* not contiguous */
	{ S2_GRANULE_4K, 3, 0x001000008000073f, 0x40010fff, false }, /* below the page: no matter */
	{ S2_GRANULE_4K, 2, 0x001000008000073d, 0x42000000, false }, /* 32M runs */
	{ S2_GRANULE_4K, 2, 0x001000008000073d, 0x41000000, true },
	{ S2_GRANULE_16K, 3, 0x001000008000073f, 0x40200000, false }, /* 2M runs */
	{ S2_GRANULE_16K, 3, 0x001000008000073f, 0x40100000, true },
	{ S2_GRANULE_16K, 2, 0x001000008000073d, 0x40000000, false }, /* 1G runs */
	{ S2_GRANULE_16K, 2, 0x001000008000073d, 0x60000000, true },
	{ S2_GRANULE_64K, 3, 0x001000008000073f, 0x40200000, false }, /* 2M runs */
	{ S2_GRANULE_64K, 3, 0x001000008000073f, 0x40010000, true },
};

START_TEST(lint_contiguous_misaligned)
{
	struct s2_format fmt = { .granule = contiguous_rows[_i].granule };
	struct s2_lint out[4];
	size_t n = s2_desc_lint_at(&fmt, contiguous_rows[_i].level, contiguous_rows[_i].ipa,
				   contiguous_rows[_i].raw, out, 4);

	ck_assert_uint_eq(n, contiguous_rows[_i].bad);
	if (n == 1) {
		ck_assert_int_eq(out[0].id, S2_LINT_CONTIGUOUS_ALIGN);
		ck_assert_ptr_nonnull(strstr(out[0].message, "bit 52"));
	}
}
END_TEST

/* RES0 bits are linted exactly where the mask has them, in every format. */
START_TEST(lint_res0_each_bit)
{
	struct s2_format fmt = format_of((unsigned)_i);

	for (int level = -1; level <= 3; level++) {
		for (unsigned bit = 2; bit < 64; bit++) {
			for (uint64_t low = 0; low < 4; low++) {
				uint64_t raw = low | UINT64_C(1) << bit;
				struct s2_lint out[S2_NR_LINTS];
				bool res0 = false;
				struct s2_desc desc;
				size_t n = s2_desc_lint(&fmt, level, raw, out, S2_NR_LINTS);

				for (size_t i = 0; i < n; i++)
					res0 = res0 || out[i].id == S2_LINT_RES0;
				s2_desc_decode(&fmt, level, raw, &desc);
				REQUIRE(res0 == (desc.type != S2_DESC_RESERVED &&
						 (s2_res0_mask(&fmt, desc.type, level) & raw) != 0),
					"%s level %d: 0x%" PRIx64, format_text(&fmt), level, raw);
			}
		}
	}
}
END_TEST

START_TEST(lint_names)
{
	static const char *const names[] = {
		"res0", "memattr-reserved", "sh-reserved", "oa-size", "contiguous-misaligned",
		"block-level", "page-type", "xn-needs-xnx", "nt-set", "level",
	};

	ck_assert_uint_eq(ARRAY_SIZE(names), S2_NR_LINTS);
	for (unsigned i = 0; i < S2_NR_LINTS; i++) {
		ck_assert_str_eq(s2_lint_name((enum s2_lint_id)i), names[i]);
		ck_assert_uint_gt(strlen(s2_lint_help((enum s2_lint_id)i)), 8);
	}
	ck_assert_ptr_null(s2_lint_name(S2_NR_LINTS));
	ck_assert_ptr_null(s2_lint_help(S2_NR_LINTS));
}
END_TEST

Suite *lint_suite(void)
{
	Suite *suite = suite_create("lint");
	TCase *tc = tcase_create("lint");

	tcase_set_timeout(tc, 60); /* sanitizers are slow */
	tcase_add_loop_test(tc, lints, 0, (int)ARRAY_SIZE(lint_rows));
	tcase_add_loop_test(tc, lint_contiguous_misaligned, 0, (int)ARRAY_SIZE(contiguous_rows));
	tcase_add_loop_test(tc, lint_res0_each_bit, 0, NR_FORMATS);
	tcase_add_test(tc, lint_names);
	suite_add_tcase(suite, tc);
	return suite;
}

/* SPDX-License-Identifier: MIT */
/* Memory attributes: the recorded combinations, and the words for them. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <s2pte/arch.h>
#include <s2pte/error.h>

#include "suites.h"

static FILE *open_vectors(const char *name)
{
	const char *dir = getenv("S2_VECTORS");
	const char *srcdir = getenv("srcdir");
	char path[512];
	FILE *file;

	if (dir != NULL)
		snprintf(path, sizeof(path), "%s/%s", dir, name);
	else
		snprintf(path, sizeof(path), "%s/tests/vectors/%s", srcdir != NULL ? srcdir : ".",
			 name);
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "cannot open %s", path);
	return file;
}

START_TEST(combine_recorded)
{
	unsigned fwb, mair, sh, memattr, s2_sh, want_mair, want_sh, rows = 0;
	char line[128];
	FILE *file = open_vectors("attr-combine.tsv");

	while (fgets(line, sizeof(line), file) != NULL) {
		struct s2_attr got = { 0xee, 9 };

		if (line[0] == '#')
			continue;
		REQUIRE(sscanf(line, "%u %x %u %x %u %x %u", &fwb, &mair, &sh, &memattr, &s2_sh,
			       &want_mair, &want_sh) == 7,
			"not a row: %s", line);
		REQUIRE(s2_attr_combine(fwb != 0, (struct s2_attr){ (uint8_t)mair, (uint8_t)sh },
					      memattr, s2_sh, &got) == 0, "refused: %s", line);
		REQUIRE(got.mair == want_mair && got.sh == want_sh, "got 0x%02x %u: %s", got.mair,
			      got.sh, line);
		rows++;
	}
	fclose(file);
	ck_assert_uint_eq(rows, 3420);
}
END_TEST

/* What holds for all of the 256 MAIR values, reserved ones included. */
START_TEST(combine_all_mair)
{
	bool fwb = _i != 0;
	char text[96];

	for (unsigned mair = 0; mair < 256; mair++) {
		for (unsigned n = 0; n < 16 * 16; n++) {
			unsigned memattr = n >> 4, s1_sh = n >> 2 & 3, s2_sh = n & 3;
			struct s2_attr s1 = { (uint8_t)mair, (uint8_t)s1_sh }, got = { 0xee, 9 };
			bool bad = s1_sh == 1 || s2_sh == 1;

			if (fwb)
				bad = bad || memattr == 4 || memattr > 7;
			else
				bad = bad || memattr == 4 || memattr == 8 || memattr == 12;
			if (bad) {
				REQUIRE(s2_attr_combine(fwb, s1, memattr, s2_sh, &got) ==
							S2_EINVAL &&
						got.mair == 0xee && got.sh == 9,
					"FWB=%d 0x%02x %u: 0x%02x", fwb, mair, memattr, got.mair);
				continue;
			}
			REQUIRE(s2_attr_combine(fwb, s1, memattr, s2_sh, &got) == 0, "refused");
			/* The result is an attribute that exists. */
			s2_mair_meaning(got.mair, text, sizeof(text));
			REQUIRE(strstr(text, "reserved") == NULL, "0x%02x %u: 0x%02x", mair,
				memattr, got.mair);
			if (got.mair < 0x10 || got.mair == 0x44)
				REQUIRE(got.sh == 2, "FWB=%d 0x%02x %u: 0x%02x", fwb, mair, memattr,
					got.mair);
			/* Stage 2 Device gives Device; with FWB of just that type. */
			if (memattr < 4)
				REQUIRE(fwb ? got.mair == memattr << 2 : got.mair <= memattr << 2,
					"FWB=%d 0x%02x %u: 0x%02x", fwb, mair, memattr, got.mair);
			/* Stage 1 Device stays Device unless FWB overrules it. */
			if (mair < 0x10 && !(fwb && memattr == 6))
				REQUIRE(got.mair < 0x10, "FWB=%d 0x%02x %u: 0x%02x", fwb, mair,
					memattr, got.mair);
			if (fwb && memattr == 6)
				REQUIRE(got.mair == 0xf0 || (got.mair & 0x44) == 0x44,
					"FWB=%d 0x%02x %u: 0x%02x", fwb, mair, memattr, got.mair);
		}
	}
	ck_assert_int_eq(s2_attr_combine(fwb, (struct s2_attr){ 0xff, 3 }, 16, 3,
					 &(struct s2_attr){ 0, 0 }), S2_EINVAL);
	ck_assert_int_eq(s2_attr_combine(fwb, (struct s2_attr){ 0xff, 4 }, 5, 3,
					 &(struct s2_attr){ 0, 0 }), S2_EINVAL);
	ck_assert_int_eq(s2_attr_combine(fwb, (struct s2_attr){ 0xff, 3 }, 5, 4,
					 &(struct s2_attr){ 0, 0 }), S2_EINVAL);
}
END_TEST

/* Reserved MAIR values and those with XS=0 behave as an allocated one. */
START_TEST(combine_reserved_mair)
{
	static const struct {
		uint8_t mair, as;
	} rows[] = {
		{ 0x01, 0x00 }, { 0x05, 0x04 }, { 0x0a, 0x08 }, { 0x0f, 0x0c },
		{ 0x40, 0x44 }, { 0xa0, 0xaa }, { 0x10, 0x11 }, { 0xe0, 0xee },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct s2_attr one, two;

		ck_assert_int_eq(s2_attr_combine(false, (struct s2_attr){ rows[i].mair, 3 }, 0xf, 3,
						 &one), 0);
		ck_assert_int_eq(s2_attr_combine(false, (struct s2_attr){ rows[i].as, 3 }, 0xf, 3,
						 &two), 0);
		ck_assert_msg(one.mair == two.mair && one.sh == two.sh, "0x%02x", rows[i].mair);
	}
}
END_TEST

/* The recorded emulator takes a Normal side's inner nibble for a Device type. */
START_TEST(combine_quirk_device_inner_nibble)
{
	struct s2_attr got;

	ck_assert_int_eq(s2_attr_combine(false, (struct s2_attr){ 0x44, 3 }, 3, 3, &got), 0);
	ck_assert_uint_eq(got.mair, 0x04); /* by the manual's words 0x0c */
	ck_assert_int_eq(s2_attr_combine(false, (struct s2_attr){ 0x0c, 3 }, 5, 3, &got), 0);
	ck_assert_uint_eq(got.mair, 0x04); /* likewise */
	/* What KVM writes for Device is not touched by that. */
	ck_assert_int_eq(s2_attr_combine(false, (struct s2_attr){ 0x44, 3 }, 1, 3, &got), 0);
	ck_assert_uint_eq(got.mair, 0x04);
}
END_TEST

static const struct {
	bool fwb;
	unsigned memattr;
	bool reserved;
	const char *text;
} memattrs[] = {
	{ false, 0x0, false, "Device-nGnRnE" },
	{ false, 0x1, false, "Device-nGnRE" }, /* not 0b0010 */
	{ false, 0x2, false, "Device-nGRE" },
	{ false, 0x3, false, "Device-GRE" },
	{ false, 0x4, true, "reserved" },
	{ false, 0x5, false, "Normal Non-cacheable" },
	{ false, 0x6, false, "Normal, inner Write-Through, outer Non-cacheable" },
	{ false, 0x7, false, "Normal, inner Write-Back, outer Non-cacheable" },
	{ false, 0x8, true, "reserved" },
	{ false, 0x9, false, "Normal, inner Non-cacheable, outer Write-Through" },
	{ false, 0xa, false, "Normal Write-Through" },
	{ false, 0xb, false, "Normal, inner Write-Back, outer Write-Through" },
	{ false, 0xc, true, "reserved" },
	{ false, 0xd, false, "Normal, inner Non-cacheable, outer Write-Back" },
	{ false, 0xe, false, "Normal, inner Write-Through, outer Write-Back" },
	{ false, 0xf, false, "Normal Write-Back" },
	{ true, 0x0, false, "Device-nGnRnE, forced" },
	{ true, 0x1, false, "Device-nGnRE, forced" },
	{ true, 0x2, false, "Device-nGRE, forced" },
	{ true, 0x3, false, "Device-GRE, forced" },
	{ true, 0x4, true, "reserved" },
	{ true, 0x5, false, "Normal Non-cacheable, or stage 1's Device type" },
	{ true, 0x6, false, "Normal Write-Back, forced" },
	{ true, 0x7, false, "as stage 1" },
	{ true, 0x8, true, "reserved" },
	{ true, 0x9, true, "reserved" },
	{ true, 0xa, true, "reserved" },
	{ true, 0xb, true, "reserved" },
	{ true, 0xc, true, "reserved" },
	{ true, 0xd, true, "reserved" },
	{ true, 0xe, true, "reserved" },
	{ true, 0xf, true, "reserved" },
};

START_TEST(memattr_table)
{
	const char *text = s2_memattr_meaning(memattrs[_i].fwb, memattrs[_i].memattr);

	ck_assert_int_eq(s2_memattr_reserved(memattrs[_i].fwb, memattrs[_i].memattr),
			 memattrs[_i].reserved);
	if (memattrs[_i].reserved) /* a note on later features may follow */
		ck_assert_int_eq(strncmp(text, memattrs[_i].text, strlen(memattrs[_i].text)), 0);
	else
		ck_assert_str_eq(text, memattrs[_i].text);
}
END_TEST

START_TEST(memattr_out_of_range)
{
	ck_assert(s2_memattr_reserved(false, 16) && s2_memattr_reserved(true, 0xffffffff));
	ck_assert_ptr_nonnull(s2_memattr_meaning(true, 16));
}
END_TEST

START_TEST(kvm_memattr)
{
	ck_assert_uint_eq(s2_kvm_memattr(false, S2_MEM_NORMAL), 15);
	ck_assert_uint_eq(s2_kvm_memattr(true, S2_MEM_NORMAL), 6);
	ck_assert_uint_eq(s2_kvm_memattr(false, S2_MEM_NORMAL_NC), 5);
	ck_assert_uint_eq(s2_kvm_memattr(true, S2_MEM_NORMAL_NC), 5);
	ck_assert_uint_eq(s2_kvm_memattr(false, S2_MEM_DEVICE_nGnRE), 1);
	ck_assert_uint_eq(s2_kvm_memattr(true, S2_MEM_DEVICE_nGnRE), 1);
}
END_TEST

static const struct {
	uint8_t mair;
	const char *text;
} mairs[] = {
	{ 0x00, "Device-nGnRnE" },
	{ 0x04, "Device-nGnRE" },
	{ 0x08, "Device-nGRE" },
	{ 0x0c, "Device-GRE" },
	{ 0x05, "Device-nGnRE, XS=0" },
	{ 0x02, "reserved" },
	{ 0x44, "Normal, inner+outer Non-cacheable" },
	{ 0x40, "Normal, inner+outer Non-cacheable, XS=0" },
	{ 0xa0, "Normal, inner+outer Write-Through R-allocate, XS=0" },
	{ 0xf0, "Normal, inner+outer Write-Back RW-allocate, tagged" },
	{ 0xb0, "reserved" },
	{ 0xff, "Normal, inner+outer Write-Back RW-allocate" },
	{ 0xbb, "Normal, inner+outer Write-Through RW-allocate" },
	{ 0x77, "Normal, inner+outer Write-Back transient RW-allocate" },
	{ 0x4f, "Normal, inner Write-Back RW-allocate, outer Non-cacheable" },
	{ 0xc9, "Normal, inner Write-Through W-allocate, outer Write-Back no-allocate" },
	{ 0x2e, "Normal, inner Write-Back R-allocate, outer Write-Through transient R-allocate" },
};

START_TEST(mair_texts)
{
	char text[96], cut[8];

	ck_assert_str_eq(s2_mair_meaning(mairs[_i].mair, text, sizeof(text)), mairs[_i].text);
	s2_mair_meaning(mairs[_i].mair, cut, sizeof(cut));
	ck_assert_int_eq(strncmp(cut, text, 7), 0);
	ck_assert_uint_eq(strlen(cut), 7);
}
END_TEST

START_TEST(sh_texts)
{
	ck_assert_str_eq(s2_sh_meaning(0), "non-shareable");
	ck_assert_str_eq(s2_sh_meaning(1), "reserved");
	ck_assert_str_eq(s2_sh_meaning(2), "outer shareable");
	ck_assert_str_eq(s2_sh_meaning(3), "inner shareable");
	ck_assert_ptr_nonnull(s2_sh_meaning(4));
}
END_TEST

Suite *attrs_suite(void)
{
	Suite *suite = suite_create("attrs");
	TCase *tc = tcase_create("attrs");

	tcase_add_test(tc, combine_recorded);
	tcase_add_loop_test(tc, combine_all_mair, 0, 2);
	tcase_add_test(tc, combine_reserved_mair);
	tcase_add_test(tc, combine_quirk_device_inner_nibble);
	tcase_add_loop_test(tc, memattr_table, 0, (int)(sizeof(memattrs) / sizeof(memattrs[0])));
	tcase_add_test(tc, memattr_out_of_range);
	tcase_add_test(tc, kvm_memattr);
	tcase_add_loop_test(tc, mair_texts, 0, (int)(sizeof(mairs) / sizeof(mairs[0])));
	tcase_add_test(tc, sh_texts);
	suite_add_tcase(suite, tc);
	return suite;
}

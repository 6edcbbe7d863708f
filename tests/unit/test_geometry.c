/* SPDX-License-Identifier: MIT */
/* Granules, levels, and VTCR_EL2 against the recorded tables. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <s2pte/arch.h>
#include <s2pte/error.h>

Suite *geometry_suite(void);

static const char *const granules[] = { "4K", "16K", "64K" };

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

START_TEST(vtcr_recorded)
{
	enum s2_granule granule = (enum s2_granule)_i;
	unsigned ipa, parange, vmidbits, lpa2, levels, rows = 0;
	uint64_t vtcr, bytes;
	char name[32], line[256];
	FILE *file;

	snprintf(name, sizeof(name), "vtcr-%s.tsv", granules[_i]);
	file = open_vectors(name);
	while (fgets(line, sizeof(line), file) != NULL) {
		struct s2_vtcr_cpu cpu;
		struct s2_geometry geo;

		if (line[0] == '#')
			continue;
		ck_assert_int_eq(sscanf(line, "%u %u %u %u %" SCNx64 " %u %" SCNu64, &ipa, &parange,
					&vmidbits, &lpa2, &vtcr, &levels, &bytes), 7);
		cpu = (struct s2_vtcr_cpu){ parange, vmidbits == 2, lpa2 != 0 };
		ck_assert_msg(s2_geometry_init(&geo, granule, ipa, &cpu) == 0, "%s: refused: %s",
			      name, line);
		ck_assert_msg(geo.vtcr == vtcr, "%s: vtcr 0x%" PRIx64 ": %s", name, geo.vtcr, line);
		ck_assert_msg(geo.levels == levels, "%s: levels %u: %s", name, geo.levels, line);
		ck_assert_msg(geo.entry_table_bytes == bytes, "%s: bytes %" PRIu64 ": %s", name,
			      geo.entry_table_bytes, line);
		ck_assert_int_eq(geo.start_level, 4 - (int)levels);
		ck_assert_uint_eq(geo.entry_tables * (4096u << 2 * _i), bytes);
		ck_assert_uint_eq(geo.ipa_bits, ipa);
		ck_assert_int_eq(geo.granule, granule);
		rows++;
	}
	fclose(file);
	ck_assert_uint_ge(rows, 196);
}
END_TEST

static const struct {
	const char *why;
	enum s2_granule granule;
	unsigned ipa_bits, parange;
	bool lpa2;
	int want;
} limits[] = {
	{ "31 bits", S2_GRANULE_4K, 31, 5, false, S2_EINVAL },
	{ "32 bits", S2_GRANULE_4K, 32, 5, false, 0 },
	{ "49 bits, 4K", S2_GRANULE_4K, 49, 6, false, S2_EINVAL },
	{ "49 bits, 4K, LPA2", S2_GRANULE_4K, 49, 6, true, 0 },
	{ "49 bits, 16K", S2_GRANULE_16K, 49, 6, false, S2_EINVAL },
	{ "52 bits, 64K", S2_GRANULE_64K, 52, 6, false, 0 },
	{ "53 bits", S2_GRANULE_64K, 53, 6, false, S2_EINVAL },
	{ "PARange 7 is capped", S2_GRANULE_64K, 48, 7, false, 0 },
	{ "PARange 8", S2_GRANULE_64K, 48, 8, false, S2_EINVAL },
	{ "no such granule", (enum s2_granule)3, 40, 5, false, S2_EINVAL },
};

START_TEST(geometry_limits)
{
	struct s2_vtcr_cpu cpu = { limits[_i].parange, false, limits[_i].lpa2 };
	struct s2_geometry geo;

	ck_assert_msg(s2_geometry_init(&geo, limits[_i].granule, limits[_i].ipa_bits, &cpu) ==
		      limits[_i].want, "%s", limits[_i].why);
}
END_TEST

/* The start level's tables cover the IPA space, are at most 16, and no level is wasted. */
START_TEST(geometry_covers)
{
	static const unsigned index_bits[] = { 9, 11, 13 };
	enum s2_granule granule = (enum s2_granule)_i;
	struct s2_vtcr_cpu cpu = { 6, true, true };

	for (unsigned ipa = 32; ipa <= 52; ipa++) {
		unsigned page = 12u + 2u * (unsigned)_i, bits;
		struct s2_geometry geo;

		ck_assert_int_eq(s2_geometry_init(&geo, granule, ipa, &cpu), 0);
		bits = page + geo.levels * index_bits[_i];
		ck_assert_uint_ge(geo.entry_tables, 1);
		ck_assert_uint_le(geo.entry_tables, 16);
		ck_assert((bits < 64 ? (uint64_t)geo.entry_tables << bits : UINT64_MAX) >=
			  (uint64_t)1 << ipa);
		ck_assert(geo.entry_tables == 1 ||
			  (uint64_t)geo.entry_tables << bits == (uint64_t)1 << ipa);
		ck_assert(geo.levels == 2 || bits - index_bits[_i] + 4 < ipa);
		/* A flag of other granules: no DS with 64K. */
		ck_assert_int_eq((int)(geo.vtcr >> 32 & 1), granule != S2_GRANULE_64K);
		/* HA is set whatever the CPU; T0SZ tells the IPA size. */
		ck_assert_int_eq((int)(geo.vtcr >> 21 & 1), 1);
		ck_assert_uint_eq((unsigned)(geo.vtcr & 63), 64 - ipa);
		/* HD and every bit from 33 up stay clear. */
		ck_assert_uint_eq(geo.vtcr & ~UINT64_C(0x1803fffff), 0);
	}
}
END_TEST

static const struct {
	enum s2_granule granule;
	int level;
	unsigned shift;
} shifts[] = {
	{ S2_GRANULE_4K, 3, 12 },  { S2_GRANULE_4K, 2, 21 },  { S2_GRANULE_4K, 1, 30 },
	{ S2_GRANULE_4K, 0, 39 },  { S2_GRANULE_4K, -1, 48 }, { S2_GRANULE_16K, 3, 14 },
	{ S2_GRANULE_16K, 2, 25 }, { S2_GRANULE_16K, 1, 36 }, { S2_GRANULE_16K, 0, 47 },
	{ S2_GRANULE_64K, 3, 16 }, { S2_GRANULE_64K, 2, 29 }, { S2_GRANULE_64K, 1, 42 },
};

START_TEST(level_shifts)
{
	ck_assert_uint_eq(s2_level_shift(shifts[_i].granule, shifts[_i].level), shifts[_i].shift);
	ck_assert_uint_eq(s2_level_size(shifts[_i].granule, shifts[_i].level),
			  (uint64_t)1 << shifts[_i].shift);
}
END_TEST

static const struct {
	const char *name;
	int want; /* granule, or -1 */
} names[] = {
	{ "4K", 0 },  { "4k", 0 },  { "16K", 1 }, { "16k", 1 },  { "64K", 2 }, { "64k", 2 },
	{ "", -1 },   { "4", -1 },  { "K", -1 },  { "4KB", -1 }, { "1", -1 },  { "6K", -1 },
	{ "16", -1 }, { " 4K", -1 },
};

START_TEST(granule_of_no_name)
{
	ck_assert_str_eq(s2_granule_name((enum s2_granule)S2_NR_GRANULES), "unknown");
}
END_TEST

START_TEST(granule_names)
{
	enum s2_granule granule = S2_GRANULE_4K;
	int rc = s2_granule_parse(names[_i].name, &granule);

	ck_assert_msg(rc == (names[_i].want < 0 ? S2_EINVAL : 0), "\"%s\"", names[_i].name);
	if (rc == 0) {
		ck_assert_int_eq(granule, names[_i].want);
		ck_assert_str_eq(s2_granule_name(granule), granules[granule]);
	}
}
END_TEST

Suite *geometry_suite(void)
{
	Suite *suite = suite_create("geometry");
	TCase *tc = tcase_create("geometry");

	tcase_add_loop_test(tc, vtcr_recorded, 0, 3);
	tcase_add_loop_test(tc, geometry_limits, 0, (int)(sizeof(limits) / sizeof(limits[0])));
	tcase_add_loop_test(tc, geometry_covers, 0, 3);
	tcase_add_loop_test(tc, level_shifts, 0, (int)(sizeof(shifts) / sizeof(shifts[0])));
	tcase_add_loop_test(tc, granule_names, 0, (int)(sizeof(names) / sizeof(names[0])));
	tcase_add_test(tc, granule_of_no_name);
	suite_add_tcase(suite, tc);
	return suite;
}

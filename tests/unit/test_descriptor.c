/* SPDX-License-Identifier: MIT */
/*
 * Descriptors. The bits are written out here once more, format by format, and not taken from
 * the library.
 */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <s2pte/arch.h>
#include <s2pte/error.h>

#include "../../lib/arch/fields.h"
#include "formats.h"
#include "suites.h"

#define ROUNDS 250000

/* Bits @hi to @lo. */
static uint64_t bits(unsigned hi, unsigned lo)
{
	return (UINT64_MAX >> (63 - hi)) & (UINT64_MAX << lo);
}

static uint64_t random_state;

static uint64_t xorshift(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* ---- Masks against a table written by hand ---- */

static uint64_t want_oa_mask(const struct s2_format *fmt, enum s2_desc_type type, int level)
{
	static const unsigned page[] = { 12, 14, 16 }, index[] = { 9, 11, 13 };
	unsigned shift = page[fmt->granule];

	if (type == S2_DESC_INVALID)
		return 0;
	if (type == S2_DESC_BLOCK)
		shift += (unsigned)(3 - level) * index[fmt->granule];
	if (fmt->granule != S2_GRANULE_64K && fmt->lpa2) {
		if (shift < 50)
			return bits(49, shift) | bits(9, 8);
		return 0;
	}
	if (shift >= 48)
		return fmt->granule == S2_GRANULE_64K && fmt->lpa && shift < 52
			       ? bits(15, shift - 36)
			       : 0;
	return bits(47, shift) | (fmt->granule == S2_GRANULE_64K && fmt->lpa ? bits(15, 12) : 0);
}

static uint64_t want_field_mask(const struct s2_format *fmt, enum s2_desc_type type,
				enum s2_field field)
{
	bool ds = fmt->lpa2 && fmt->granule != S2_GRANULE_64K;

	switch (type) {
	case S2_DESC_INVALID:
		switch (field) {
		case S2_F_VALID: return 1;
		case S2_F_KVM_LOCKED: return bits(10, 10);
		case S2_F_KVM_TYPE: return bits(63, 60);
		case S2_F_SOFTWARE: return bits(9, 1) | bits(59, 11);
		default: return 0;
		}
	case S2_DESC_TABLE:
		switch (field) {
		case S2_F_VALID: return 1;
		case S2_F_TYPE: return 2;
		case S2_F_IGNORED:
			return (ds ? bits(11, 10) | bits(7, 2) : bits(11, 2)) | bits(58, 51) |
			       bits(63, 59);
		default: return 0;
		}
	case S2_DESC_BLOCK:
		if (field == S2_F_NT)
			return bits(16, 16);
		break;
	case S2_DESC_PAGE:
	case S2_DESC_RESERVED:
		break;
	}
	switch (field) {
	case S2_F_VALID: return 1;
	case S2_F_TYPE: return 2;
	case S2_F_MEMATTR: return bits(5, 2);
	case S2_F_S2AP: return bits(7, 6);
	case S2_F_SH: return ds ? 0 : bits(9, 8);
	case S2_F_AF: return bits(10, 10);
	case S2_F_FNXS: return bits(11, 11);
	case S2_F_DBM: return bits(51, 51);
	case S2_F_CONTIGUOUS: return bits(52, 52);
	case S2_F_XN: return bits(54, 53);
	case S2_F_SW: return bits(58, 55);
	case S2_F_PBHA: return bits(62, 59);
	case S2_F_AMEC: return bits(63, 63);
	default: return 0;
	}
}

/* Each bit belongs to one field, to the address, or is RES0: none to two. */
START_TEST(masks)
{
	struct s2_format fmt = format_of((unsigned)_i);

	for (int t = 0; t < 5; t++) {
		for (int level = -1; level <= 3; level++) {
			enum s2_desc_type type = (enum s2_desc_type)t;
			uint64_t oa = want_oa_mask(&fmt, type, level), all = oa;

			if ((type == S2_DESC_PAGE || type == S2_DESC_RESERVED) != (level == 3) &&
			    type != S2_DESC_INVALID)
				continue;
			REQUIRE(s2_oa_mask(&fmt, type, level) == oa, "%s type %d level %d: oa",
				      format_text(&fmt), t, level);
			for (unsigned f = 0; f < S2_NR_FIELDS; f++) {
				enum s2_field field = (enum s2_field)f;
				uint64_t got = s2_field_mask(&fmt, type, level, field);

				REQUIRE(got == want_field_mask(&fmt, type, field),
					"%s type %d level %d: %s is 0x%" PRIx64, format_text(&fmt),
					t, level, s2_field_name(field), got);
				REQUIRE((all & got) == 0, "%s overlaps", s2_field_name(field));
				all |= got;
			}
			ck_assert_uint_eq(s2_res0_mask(&fmt, type, level), ~all);
		}
	}
}
END_TEST

/* Some known by heart, so that no helper of this file can be wrong the same way. */
static const struct {
	struct s2_format fmt;
	enum s2_desc_type type;
	int level;
	uint64_t oa, res0;
} known_masks[] = {
	{ { .granule = S2_GRANULE_4K }, S2_DESC_PAGE, 3, 0x0000fffffffff000, 0x0007000000000000 },
	{ { .granule = S2_GRANULE_4K }, S2_DESC_BLOCK, 2, 0x0000ffffffe00000, 0x00070000001ef000 },
	{ { .granule = S2_GRANULE_4K }, S2_DESC_TABLE, 0, 0x0000fffffffff000, 0x0007000000000000 },
	{ { .granule = S2_GRANULE_4K, .lpa2 = true }, S2_DESC_PAGE, 3, 0x0003fffffffff300,
	  0x0004000000000000 },
	{ { .granule = S2_GRANULE_4K, .lpa2 = true }, S2_DESC_BLOCK, 0, 0x0003ff8000000300,
	  0x0004007ffffef000 },
	{ { .granule = S2_GRANULE_4K, .lpa2 = true }, S2_DESC_TABLE, -1, 0x0003fffffffff300,
	  0x0004000000000000 },
	{ { .granule = S2_GRANULE_16K }, S2_DESC_PAGE, 3, 0x0000ffffffffc000, 0x0007000000003000 },
	{ { .granule = S2_GRANULE_16K, .lpa2 = true }, S2_DESC_BLOCK, 1, 0x0003fff000000300,
	  0x0004000ffffef000 },
	{ { .granule = S2_GRANULE_64K }, S2_DESC_PAGE, 3, 0x0000ffffffff0000, 0x000700000000f000 },
	{ { .granule = S2_GRANULE_64K, .lpa = true }, S2_DESC_PAGE, 3, 0x0000fffffffff000,
	  0x0007000000000000 },
	{ { .granule = S2_GRANULE_64K, .lpa = true }, S2_DESC_BLOCK, 1, 0x0000fc000000f000,
	  0x000703fffffe0000 },
	{ { .granule = S2_GRANULE_64K, .lpa = true, .lpa2 = true }, S2_DESC_TABLE, 2,
	  0x0000fffffffff000, 0x0007000000000000 },
	{ { .granule = S2_GRANULE_4K }, S2_DESC_INVALID, 3, 0, 0 },
};

START_TEST(masks_known)
{
	ck_assert_uint_eq(s2_oa_mask(&known_masks[_i].fmt, known_masks[_i].type,
				     known_masks[_i].level), known_masks[_i].oa);
	ck_assert_uint_eq(s2_res0_mask(&known_masks[_i].fmt, known_masks[_i].type,
				       known_masks[_i].level), known_masks[_i].res0);
}
END_TEST

/* ---- Decoding ---- */

/* What decoding must give: everything not named is 0. */
struct known {
	const char *name;
	struct s2_format fmt;
	int level;
	uint64_t raw;
	struct s2_desc want;
};

static const struct known known_descs[] = {
	{ "kvm page, read-write, execute never",
	  { .granule = S2_GRANULE_4K, .fwb = true },
	  3,
	  0x00400000812347db,
	  { S2_DESC_PAGE,
	    3,
	    0x81234000,
	    { [S2_F_VALID] = 1,
	      [S2_F_TYPE] = 1,
	      [S2_F_MEMATTR] = 6,
	      [S2_F_S2AP] = 3,
	      [S2_F_SH] = 3,
	      [S2_F_AF] = 1,
	      [S2_F_XN] = 2 } } },
	{ "kvm 2M block, normal without FWB",
	  { .granule = S2_GRANULE_4K },
	  2,
	  0x00000000402007fd,
	  { S2_DESC_BLOCK,
	    2,
	    0x40200000,
	    { [S2_F_VALID] = 1,
	      [S2_F_MEMATTR] = 15,
	      [S2_F_S2AP] = 3,
	      [S2_F_SH] = 3,
	      [S2_F_AF] = 1 } } },
	{ "kvm device page",
	  { .granule = S2_GRANULE_4K },
	  3,
	  0x00400000090006c7 | 0x100,
	  { S2_DESC_PAGE,
	    3,
	    0x09000000,
	    { [S2_F_VALID] = 1,
	      [S2_F_TYPE] = 1,
	      [S2_F_MEMATTR] = 1,
	      [S2_F_S2AP] = 3,
	      [S2_F_SH] = 3,
	      [S2_F_AF] = 1,
	      [S2_F_XN] = 2 } } },
	{ "execute without read",
	  { .granule = S2_GRANULE_4K },
	  3,
	  0x0000000000001403 | 0x3c,
	  { S2_DESC_PAGE,
	    3,
	    0x1000,
	    { [S2_F_VALID] = 1, [S2_F_TYPE] = 1, [S2_F_MEMATTR] = 15, [S2_F_AF] = 1 } } },
	{ "LPA2: 9:8 are the address",
	  { .granule = S2_GRANULE_4K, .lpa2 = true },
	  3,
	  0x0002000000001303,
	  { S2_DESC_PAGE, 3, 0x000e000000001000, { [S2_F_VALID] = 1, [S2_F_TYPE] = 1 } } },
	{ "LPA: 15:12 are the address",
	  { .granule = S2_GRANULE_64K, .lpa = true },
	  3,
	  0x000080000001a003,
	  { S2_DESC_PAGE, 3, 0x000a800000010000, { [S2_F_VALID] = 1, [S2_F_TYPE] = 1 } } },
	{ "LPA2 flag with 64K is void",
	  { .granule = S2_GRANULE_64K, .lpa2 = true },
	  3,
	  0x0000000000010303,
	  { S2_DESC_PAGE, 3, 0x10000, { [S2_F_VALID] = 1, [S2_F_TYPE] = 1, [S2_F_SH] = 3 } } },
	{ "LPA flag with 4K is void",
	  { .granule = S2_GRANULE_4K, .lpa = true },
	  3,
	  0x000000000000f003,
	  { S2_DESC_PAGE, 3, 0xf000, { [S2_F_VALID] = 1, [S2_F_TYPE] = 1 } } },
	{ "nT and 64K LPA block",
	  { .granule = S2_GRANULE_64K, .lpa = true },
	  2,
	  0x000000002001f001,
	  { S2_DESC_BLOCK, 2, 0x000f000020000000, { [S2_F_VALID] = 1, [S2_F_NT] = 1 } } },
	{ "writable-clean, contiguous, all above",
	  { .granule = S2_GRANULE_4K },
	  3,
	  0xfff8000000000043,
	  { S2_DESC_PAGE,
	    3,
	    0,
	    { [S2_F_VALID] = 1,
	      [S2_F_TYPE] = 1,
	      [S2_F_S2AP] = 1,
	      [S2_F_DBM] = 1,
	      [S2_F_CONTIGUOUS] = 1,
	      [S2_F_XN] = 3,
	      [S2_F_SW] = 15,
	      [S2_F_PBHA] = 15,
	      [S2_F_AMEC] = 1 } } },
	{ "FnXS",
	  { .granule = S2_GRANULE_16K },
	  3,
	  0x0000000000004803,
	  { S2_DESC_PAGE, 3, 0x4000, { [S2_F_VALID] = 1, [S2_F_TYPE] = 1, [S2_F_FNXS] = 1 } } },
	{ "table",
	  { .granule = S2_GRANULE_4K },
	  1,
	  0x0000000041000003,
	  { S2_DESC_TABLE, 1, 0x41000000, { [S2_F_VALID] = 1, [S2_F_TYPE] = 1 } } },
	{ "table with LPA2 at level -1",
	  { .granule = S2_GRANULE_4K, .lpa2 = true },
	  -1,
	  0x0001000041000203,
	  { S2_DESC_TABLE, -1, 0x0009000041000000, { [S2_F_VALID] = 1, [S2_F_TYPE] = 1 } } },
	{ "reserved at level 3",
	  { .granule = S2_GRANULE_4K },
	  3,
	  0x0000000041000041,
	  { S2_DESC_RESERVED, 3, 0x41000000, { [S2_F_VALID] = 1, [S2_F_S2AP] = 1 } } },
	{ "kvm 6.12 locked",
	  { .granule = S2_GRANULE_4K },
	  2,
	  0x0000000000000400,
	  { S2_DESC_INVALID, 2, 0, { [S2_F_KVM_LOCKED] = 1 } } },
	{ "kvm 7.3 locked",
	  { .granule = S2_GRANULE_4K },
	  2,
	  0x1000000000000000,
	  { S2_DESC_INVALID, 2, 0, { [S2_F_KVM_TYPE] = 1 } } },
	{ "bits of an invalid one",
	  { .granule = S2_GRANULE_4K },
	  2,
	  0x0800000000000802,
	  { S2_DESC_INVALID, 2, 0, { [S2_F_SOFTWARE] = (UINT64_C(1) << 57) | 0x201 } } },
	{ "zero", { .granule = S2_GRANULE_64K }, 3, 0, { S2_DESC_INVALID, 3, 0, { 0 } } },
};

static void same_desc(const struct s2_desc *got, const struct s2_desc *want, const char *name)
{
	REQUIRE(got->type == want->type, "%s: a %s", name, s2_desc_type_name(got->type));
	REQUIRE(got->level == want->level, "%s: level %d", name, got->level);
	REQUIRE(got->oa == want->oa, "%s: oa 0x%" PRIx64, name, got->oa);
	for (unsigned f = 0; f < S2_NR_FIELDS; f++)
		REQUIRE(got->field[f] == want->field[f], "%s: %s 0x%" PRIx64 ", want 0x%" PRIx64,
			      name, s2_field_name((enum s2_field)f), got->field[f], want->field[f]);
}

START_TEST(decode_known)
{
	const struct known *row = &known_descs[_i];
	struct s2_error err;
	struct s2_desc got;
	uint64_t raw = 0;

	memset(&got, 0xa5, sizeof(got));
	s2_desc_decode(&row->fmt, row->level, row->raw, &got);
	same_desc(&got, &row->want, row->name);
	ck_assert_msg(s2_desc_encode(&row->fmt, &row->want, &raw, &err) == 0, "%s: %s", row->name,
		      err.message);
	ck_assert_uint_eq(raw, row->raw);
}
END_TEST

/* ---- Both ways ---- */

/* Any d without RES0 bits comes back; one with them comes back without. */
START_TEST(raw_round_trip)
{
	random_state = UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)_i;
	for (unsigned n = 0; n < ROUNDS / 8; n++) {
		struct s2_format fmt = format_of((unsigned)_i);
		int level = (int)(xorshift() % 5) - 1;
		uint64_t d = xorshift(), back = 0, res0;
		struct s2_error err;
		struct s2_desc desc;

		/* Sparse and dense ones too. */
		if (n % 3 == 1)
			d &= xorshift();
		if (n % 3 == 2)
			d |= xorshift();
		if (n % 4 != 0)
			d |= 1;
		s2_desc_decode(&fmt, level, d, &desc);
		res0 = s2_res0_mask(&fmt, desc.type, level);
		REQUIRE(s2_desc_encode(&fmt, &desc, &back, &err) == 0, "0x%" PRIx64 ": %s", d,
			      err.message);
		REQUIRE(back == (d & ~res0), "%s level %d: 0x%" PRIx64 " came back as 0x%" PRIx64,
			      format_text(&fmt), level, d, back);
	}
}
END_TEST

static enum s2_desc_type random_type(int level)
{
	static const enum s2_desc_type last[] = { S2_DESC_INVALID, S2_DESC_PAGE, S2_DESC_RESERVED };
	static const enum s2_desc_type other[] = { S2_DESC_INVALID, S2_DESC_BLOCK, S2_DESC_TABLE };

	return (level == 3 ? last : other)[xorshift() % 3];
}

/* How many bits a mask has: the width of the field's values, if they have no hole. */
static unsigned popcount(uint64_t mask)
{
	unsigned n = 0;

	for (; mask != 0; mask &= mask - 1)
		n++;
	return n;
}

static void random_desc(const struct s2_format *fmt, int level, enum s2_desc_type type,
			struct s2_desc *desc)
{
	static const unsigned page[] = { 12, 14, 16 }, index[] = { 9, 11, 13 };
	bool ds = fmt->lpa2 && fmt->granule != S2_GRANULE_64K;
	unsigned oa_bits = ds || (fmt->granule == S2_GRANULE_64K && fmt->lpa) ? 52 : 48;
	unsigned shift = page[fmt->granule];

	memset(desc, 0, sizeof(*desc));
	desc->type = type;
	desc->level = level;
	for (unsigned f = 0; f < S2_NR_FIELDS; f++) {
		unsigned width = popcount(want_field_mask(fmt, type, (enum s2_field)f));

		if (width != 0 && f != S2_F_VALID && f != S2_F_TYPE && f != S2_F_IGNORED)
			desc->field[f] = xorshift() & ((UINT64_C(1) << width) - 1);
	}
	if (type == S2_DESC_TABLE) /* with LPA2 its value has a hole where the address is */
		desc->field[S2_F_IGNORED] = xorshift() & (ds ? 0x7fff3f : 0x7fffff);
	desc->field[S2_F_VALID] = type != S2_DESC_INVALID;
	desc->field[S2_F_TYPE] = type == S2_DESC_PAGE || type == S2_DESC_TABLE;
	if (type == S2_DESC_BLOCK)
		shift += (unsigned)(3 - level) * index[fmt->granule];
	if (type != S2_DESC_INVALID && shift < oa_bits)
		desc->oa = xorshift() & bits(oa_bits - 1, shift);
}

START_TEST(value_round_trip)
{
	random_state = UINT64_C(0xd1b54a32d192ed03) + (uint64_t)_i;
	for (unsigned n = 0; n < ROUNDS / 8 / (unit_stride() > 1 ? 10 : 1); n++) {
		struct s2_format fmt = format_of((unsigned)_i);
		int level = (int)(xorshift() % 5) - 1;
		struct s2_desc desc, back;
		struct s2_error err;
		uint64_t raw = 0;

		random_desc(&fmt, level, random_type(level), &desc);
		REQUIRE(s2_desc_encode(&fmt, &desc, &raw, &err) == 0, "%s level %d: %s",
			      format_text(&fmt), level, err.message);
		s2_desc_decode(&fmt, level, raw, &back);
		same_desc(&back, &desc, format_text(&fmt));
		REQUIRE((raw & s2_res0_mask(&fmt, desc.type, level)) == 0,
			"RES0 bits in 0x%" PRIx64, raw);
	}
}
END_TEST

/* Every value of every field up to 4 bits, alone: its bits are set and every other is zero. */
START_TEST(each_field_alone)
{
	struct s2_format fmt = format_of((unsigned)_i);

	for (int level = -1; level <= 3; level++) {
		for (int t = 0; t < 5; t++) {
			enum s2_desc_type type = (enum s2_desc_type)t;
			uint64_t low = type == S2_DESC_INVALID ? 0 :
				       type == S2_DESC_PAGE || type == S2_DESC_TABLE ? 3 : 1;

			if (type != S2_DESC_INVALID &&
			    (type == S2_DESC_PAGE || type == S2_DESC_RESERVED) != (level == 3))
				continue;
			for (unsigned f = S2_F_TYPE + 1; f < S2_NR_FIELDS; f++) {
				uint64_t mask = want_field_mask(&fmt, type, (enum s2_field)f);
				unsigned width = popcount(mask);
				struct s2_desc desc = { .type = type, .level = level };
				struct s2_error err;
				uint64_t raw = 0x5555;

				/* One bit too many, or any at all where there is no field. */
				desc.field[f] = UINT64_C(1) << width;
				if (f == S2_F_IGNORED && width != 0)
					desc.field[f] = UINT64_C(1) << 23;
				REQUIRE(s2_desc_encode(&fmt, &desc, &raw, &err) == S2_EINVAL,
					"%s: accepted", s2_field_name((enum s2_field)f));
				REQUIRE(err.code == S2_EINVAL, "code %d", err.code);
				REQUIRE(strstr(err.message, s2_field_name((enum s2_field)f)) !=
						NULL,
					"%s", err.message);
				REQUIRE(raw == 0x5555, "result touched");
				if (width == 0 || width > 4)
					continue;
				for (uint64_t v = 0; v < UINT64_C(1) << width; v++) {
					desc.field[f] = v;
					REQUIRE(s2_desc_encode(&fmt, &desc, &raw, NULL) == 0,
						"refused");
					REQUIRE(raw == (low | v * (mask & -mask)), "0x%" PRIx64,
						raw);
				}
			}
		}
	}
}
END_TEST

/* ---- Refusals ---- */

static const struct {
	const char *name;
	struct s2_format fmt;
	struct s2_desc desc;
	const char *word; /* in the message */
} refusals[] = {
	{ "page at level 2", { .granule = S2_GRANULE_4K }, { S2_DESC_PAGE, 2, 0, { 0 } }, "level" },
	{ "block at level 3",
	  { .granule = S2_GRANULE_4K },
	  { S2_DESC_BLOCK, 3, 0, { 0 } },
	  "level" },
	{ "table at level 3",
	  { .granule = S2_GRANULE_4K },
	  { S2_DESC_TABLE, 3, 0, { 0 } },
	  "level" },
	{ "level 4", { .granule = S2_GRANULE_4K }, { S2_DESC_INVALID, 4, 0, { 0 } }, "level" },
	{ "invalid at level -2",
	  { .granule = S2_GRANULE_4K },
	  { S2_DESC_INVALID, -2, 0, { 0 } },
	  "-1 to 3" },
	{ "reserved at level 2",
	  { .granule = S2_GRANULE_4K },
	  { S2_DESC_RESERVED, 2, 0, { 0 } },
	  "expected 3" },
	{ "level -2", { .granule = S2_GRANULE_4K }, { S2_DESC_TABLE, -2, 0, { 0 } }, "level" },
	{ "no such type",
	  { .granule = S2_GRANULE_4K },
	  { (enum s2_desc_type)5, 3, 0, { 0 } },
	  "type" },
	{ "address not aligned",
	  { .granule = S2_GRANULE_4K },
	  { S2_DESC_BLOCK, 2, 0x40001000, { 0 } },
	  "aligned" },
	{ "address of a block that is all there is",
	  { .granule = S2_GRANULE_64K, .lpa = true, .oa_bits = 40 },
	  { S2_DESC_BLOCK, 1, 0x10000, { 0 } },
	  "bits 39:0" },
	{ "table not aligned",
	  { .granule = S2_GRANULE_64K },
	  { S2_DESC_TABLE, 2, 0x40001000, { 0 } },
	  "aligned" },
	{ "address of a block that covers all",
	  { .granule = S2_GRANULE_4K },
	  { S2_DESC_BLOCK, -1, 0x40001000, { 0 } },
	  "expected bits 47:0 to be 0" },
	{ "address of a block that covers more",
	  { .granule = S2_GRANULE_64K },
	  { S2_DESC_BLOCK, -1, UINT64_C(1) << 48, { 0 } },
	  "less than 2^48" },
	{ "address of 49 bits",
	  { .granule = S2_GRANULE_4K },
	  { S2_DESC_PAGE, 3, UINT64_C(1) << 48, { 0 } },
	  "oa" },
	{ "address of 53 bits",
	  { .granule = S2_GRANULE_4K, .lpa2 = true },
	  { S2_DESC_PAGE, 3, UINT64_C(1) << 52, { 0 } },
	  "2^52" },
	{ "address beyond oa_bits",
	  { .granule = S2_GRANULE_4K, .oa_bits = 40 },
	  { S2_DESC_PAGE, 3, UINT64_C(1) << 40, { 0 } },
	  "2^40" },
	{ "address of an invalid one",
	  { .granule = S2_GRANULE_4K },
	  { S2_DESC_INVALID, 3, 0x1000, { 0 } },
	  "oa" },
	{ "SH with LPA2",
	  { .granule = S2_GRANULE_4K, .lpa2 = true },
	  { S2_DESC_PAGE, 3, 0, { [S2_F_SH] = 3 } },
	  "SH[1:0]" },
	{ "nT of a page",
	  { .granule = S2_GRANULE_4K },
	  { S2_DESC_PAGE, 3, 0, { [S2_F_NT] = 1 } },
	  "nT" },
	{ "the address's hole in Ignored",
	  { .granule = S2_GRANULE_4K, .lpa2 = true },
	  { S2_DESC_TABLE, 1, 0, { [S2_F_IGNORED] = 0x40 } },
	  "ignored" },
};

START_TEST(encode_refuses)
{
	struct s2_error err;
	uint64_t raw = 77;

	ck_assert_msg(s2_desc_encode(&refusals[_i].fmt, &refusals[_i].desc, &raw, &err) ==
			      S2_EINVAL,
		      "%s", refusals[_i].name);
	ck_assert_msg(strstr(err.message, refusals[_i].word) != NULL, "%s: %s", refusals[_i].name,
		      err.message);
	ck_assert_uint_eq(raw, 77);
	ck_assert_int_eq(s2_desc_encode(&refusals[_i].fmt, &refusals[_i].desc, &raw, NULL),
			 S2_EINVAL);
}
END_TEST

/* The output size in use: none said, less than the format has, or more than there is. */
START_TEST(oa_bits_of_each_type)
{
	static const struct {
		uint8_t oa_bits;
		uint64_t fits, not; /* addresses that a page, a block of level 2, a table can have */
	} rows[] = {
		{ 0, UINT64_C(1) << 47, UINT64_C(1) << 48 },
		{ 40, UINT64_C(1) << 39, UINT64_C(1) << 40 },
		{ 64, UINT64_C(1) << 47, UINT64_C(1) << 48 },
		{ 255, UINT64_C(1) << 47, UINT64_C(1) << 48 },
	};
	uint64_t raw;

	for (unsigned type = 0; type < S2_NR_DESC_TYPES; type++) {
		bool last = type == S2_DESC_PAGE || type == S2_DESC_RESERVED;
		uint64_t low = type == S2_DESC_INVALID ? 0 :
			       type == S2_DESC_PAGE || type == S2_DESC_TABLE ? 3 : 1;

		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			struct s2_format fmt = { .granule = S2_GRANULE_4K,
						 .oa_bits = rows[i].oa_bits };
			struct s2_desc desc = { .type = (enum s2_desc_type)type,
						.level = last ? 3 : 2 };

			desc.oa = type != S2_DESC_INVALID ? rows[i].fits : 0;
			ck_assert_int_eq(s2_desc_encode(&fmt, &desc, &raw, NULL), 0);
			ck_assert_uint_eq(raw, desc.oa | low);
			desc.oa = rows[i].not;
			ck_assert_int_eq(s2_desc_encode(&fmt, &desc, &raw, NULL), S2_EINVAL);
		}
	}
}
END_TEST

START_TEST(masks_of_what_is_not_there)
{
	const struct s2_format fmt = { .granule = S2_GRANULE_4K };

	ck_assert_uint_ne(s2_field_mask(&fmt, S2_DESC_PAGE, 3, S2_F_AF), 0);
	ck_assert_uint_eq(s2_field_mask(&fmt, S2_DESC_PAGE, 3, S2_NR_FIELDS), 0);
	ck_assert_uint_eq(s2_field_mask(&fmt, (enum s2_desc_type)S2_NR_DESC_TYPES, 3, S2_F_AF), 0);
}
END_TEST

START_TEST(texts_of_bits)
{
	static const struct {
		uint64_t mask;
		size_t size;
		const char *text;
	} rows[] = {
		{ 0, 32, "" },
		{ 1, 32, "0" },
		{ 7, 32, "2:0" },
		{ UINT64_MAX, 32, "63:0" },
		{ UINT64_C(0x8007000000001001), 32, "63, 50:48, 12, 0" },
		/* What does not fit is cut. */
		{ UINT64_C(0x8007000000001001), 7, "63, 50" },
		{ UINT64_C(0x8007000000001001), 1, "" },
	};
	char buf[32];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_str_eq(s2i_bits_text(rows[i].mask, buf, rows[i].size), rows[i].text);
}
END_TEST

START_TEST(decode_levels_out_of_range)
{
	for (unsigned n = 0; n < NR_FORMATS; n++) {
		struct s2_format fmt = format_of(n);
		struct s2_desc desc;

		s2_desc_decode(&fmt, -100, UINT64_MAX - 2, &desc);
		ck_assert_int_eq(desc.type, S2_DESC_BLOCK);
		s2_desc_decode(&fmt, 100, UINT64_MAX, &desc);
		ck_assert_int_eq(desc.type, S2_DESC_PAGE);
	}
}
END_TEST

/* ---- Names and meanings ---- */

START_TEST(field_names)
{
	static const char *const names[] = {
		"valid", "type", "memattr", "s2ap",	  "sh",	      "af",
		"fnxs",	 "nt",	 "dbm",	    "contiguous", "xn",	      "sw",
		"pbha",	 "amec", "ignored", "kvm_locked", "kvm_type", "software",
	};
	enum s2_field field;

	ck_assert_uint_eq(ARRAY_SIZE(names), S2_NR_FIELDS);
	for (unsigned f = 0; f < S2_NR_FIELDS; f++) {
		ck_assert_str_eq(s2_field_name((enum s2_field)f), names[f]);
		ck_assert_int_eq(s2_field_parse(names[f], &field), 0);
		ck_assert_uint_eq(field, f);
		ck_assert_uint_gt(strlen(s2_field_title((enum s2_field)f)), 1);
		ck_assert_uint_gt(strlen(s2_field_help((enum s2_field)f)), 10);
		ck_assert_ptr_null(strchr(s2_field_help((enum s2_field)f), '\n'));
	}
	ck_assert_str_eq(s2_field_title(S2_F_MEMATTR), "MemAttr[3:0]");
	ck_assert_ptr_null(s2_field_name(S2_NR_FIELDS));
	ck_assert_ptr_null(s2_field_title(S2_NR_FIELDS));
	ck_assert_ptr_null(s2_field_help(S2_NR_FIELDS));
	ck_assert_int_eq(s2_field_parse("MEMATTR", &field), S2_ENOENT);
	ck_assert_int_eq(s2_field_parse("", &field), S2_ENOENT);
}
END_TEST

static const struct {
	struct s2_format fmt;
	enum s2_desc_type type;
	enum s2_field field;
	uint64_t raw;
	const char *text;
} meanings[] = {
	{ { .fwb = true }, S2_DESC_PAGE, S2_F_MEMATTR, 6, "Normal Write-Back, forced" },
	{ { .fwb = false }, S2_DESC_PAGE, S2_F_MEMATTR, 1, "Device-nGnRE" },
	{ { .xnx = true }, S2_DESC_PAGE, S2_F_XN, 0, "execute at EL1 and EL0" },
	{ { .xnx = true }, S2_DESC_PAGE, S2_F_XN, 1, "execute at EL0 only" },
	{ { .xnx = true }, S2_DESC_PAGE, S2_F_XN, 2, "execute never" },
	{ { .xnx = true }, S2_DESC_BLOCK, S2_F_XN, 3, "execute at EL1 only" },
	{ { .xnx = false }, S2_DESC_PAGE, S2_F_XN, 0, "execute at EL1 and EL0" },
	{ { .xnx = false }, S2_DESC_PAGE, S2_F_XN, 1, "execute at EL1 and EL0" },
	{ { .xnx = false }, S2_DESC_PAGE, S2_F_XN, 2, "execute never" },
	{ { .xnx = false }, S2_DESC_PAGE, S2_F_XN, 3, "execute never" },
	{ { .xnx = false }, S2_DESC_PAGE, S2_F_XN, 4, "too large for the field" },
	{ { .fwb = false }, S2_DESC_PAGE, S2_F_S2AP, 0, "no access" },
	{ { .fwb = false }, S2_DESC_PAGE, S2_F_S2AP, 1, "read-only" },
	{ { .fwb = false }, S2_DESC_PAGE, S2_F_S2AP, 2, "write-only" },
	{ { .fwb = false }, S2_DESC_PAGE, S2_F_S2AP, 3, "read-write" },
	{ { .fwb = false }, S2_DESC_PAGE, S2_F_SH, 3, "inner shareable" },
	{ { .lpa2 = true }, S2_DESC_PAGE, S2_F_SH, 3, "not in this format" },
	{ { .fwb = false }, S2_DESC_PAGE, S2_F_NT, 1, "not in this format" },
	{ { .fwb = false }, S2_DESC_PAGE, S2_F_TYPE, 1, "page" },
	{ { .fwb = false }, S2_DESC_RESERVED, S2_F_TYPE, 0, "reserved" },
	{ { .fwb = false }, S2_DESC_BLOCK, S2_F_TYPE, 0, "block" },
	{ { .fwb = false }, S2_DESC_TABLE, S2_F_TYPE, 1, "table" },
	{ { .fwb = false }, S2_DESC_PAGE, S2_F_SW, 0, "none set" },
	{ { .fwb = false }, S2_DESC_PAGE, S2_F_SW, 9, "software bits 58, 55 set" },
	{ { .fwb = false }, S2_DESC_INVALID, S2_F_KVM_TYPE, 2, "donated to the hypervisor" },
	{ { .fwb = false }, S2_DESC_INVALID, S2_F_KVM_TYPE, 3, "poisoned" },
	{ { .fwb = false }, S2_DESC_INVALID, S2_F_KVM_TYPE, 9, "unknown" },
	{ { .fwb = false }, S2_DESC_PAGE, S2_NR_FIELDS, 0, "not in this format" },
};

START_TEST(field_meanings)
{
	char text[128], cut[5] = "";
	const char *got;

	ck_assert_str_eq(s2_field_meaning(&meanings[_i].fmt, meanings[_i].type, meanings[_i].field,
					  meanings[_i].raw, text, sizeof(text)), meanings[_i].text);
	/* A static text, or one that was cut to the buffer. */
	got = s2_field_meaning(&meanings[_i].fmt, meanings[_i].type, meanings[_i].field,
			       meanings[_i].raw, cut, sizeof(cut));
	ck_assert_uint_eq(strlen(got), got == cut ? 4 : strlen(meanings[_i].text));
}
END_TEST

/* Every value of every field has some words. */
START_TEST(field_meanings_total)
{
	struct s2_format fmt = format_of((unsigned)_i);
	char text[128];

	for (int t = 0; t < 5; t++) {
		for (unsigned f = 0; f < S2_NR_FIELDS; f++) {
			for (uint64_t v = 0; v < 20; v++) {
				const char *got = s2_field_meaning(&fmt, (enum s2_desc_type)t,
								   (enum s2_field)f, v, text,
								   sizeof(text));

				REQUIRE(strlen(got) > 2, "type %d field %u: \"%s\"", t, f, got);
			}
		}
	}
}
END_TEST

START_TEST(type_names)
{
	ck_assert_str_eq(s2_desc_type_name(S2_DESC_INVALID), "invalid");
	ck_assert_str_eq(s2_desc_type_name(S2_DESC_BLOCK), "block");
	ck_assert_str_eq(s2_desc_type_name(S2_DESC_PAGE), "page");
	ck_assert_str_eq(s2_desc_type_name(S2_DESC_TABLE), "table");
	ck_assert_str_eq(s2_desc_type_name(S2_DESC_RESERVED), "reserved");
	ck_assert_ptr_nonnull(s2_desc_type_name((enum s2_desc_type)77));
}
END_TEST

Suite *descriptor_suite(void)
{
	Suite *suite = suite_create("descriptor");
	TCase *tc = tcase_create("descriptor");

	tcase_set_timeout(tc, 60); /* sanitizers are slow */
	tcase_add_loop_test(tc, masks, 0, NR_FORMATS);
	tcase_add_loop_test(tc, masks_known, 0, (int)ARRAY_SIZE(known_masks));
	tcase_add_loop_test(tc, decode_known, 0, (int)ARRAY_SIZE(known_descs));
	tcase_add_loop_test(tc, raw_round_trip, 0, NR_FORMATS);
	tcase_add_loop_test(tc, value_round_trip, 0, NR_FORMATS);
	tcase_add_loop_test(tc, each_field_alone, 0, NR_FORMATS);
	tcase_add_loop_test(tc, encode_refuses, 0, (int)ARRAY_SIZE(refusals));
	tcase_add_test(tc, oa_bits_of_each_type);
	tcase_add_test(tc, masks_of_what_is_not_there);
	tcase_add_test(tc, texts_of_bits);
	tcase_add_test(tc, decode_levels_out_of_range);
	tcase_add_test(tc, field_names);
	tcase_add_loop_test(tc, field_meanings, 0, (int)ARRAY_SIZE(meanings));
	tcase_add_loop_test(tc, field_meanings_total, 0, NR_FORMATS);
	tcase_add_test(tc, type_names);
	suite_add_tcase(suite, tc);
	return suite;
}

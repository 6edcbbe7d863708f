/* SPDX-License-Identifier: MIT */
/*
 * Descriptors taken apart and put together.
 *
 * Both ways run for every entry of a simulated table, so the field table is expanded into
 * code here, once a descriptor type: fields the type does not have vanish at compile time,
 * and what depends on the format comes out of two small tables.
 */
#include "fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <s2pte/error.h>

/* The conditions of the table as masks, and the bits of an address that the format can hold. */
struct form {
	uint64_t ds, lpa, oa;
	uint64_t pad; /* to a size that is indexed with a shift */
};

#define FORM(has_ds, has_lpa)                                                                      \
	{                                                                                          \
		.ds = (has_ds) ? UINT64_MAX : 0, .lpa = (has_lpa) ? UINT64_MAX : 0,                \
		.oa = S2I_ONES((has_ds) || (has_lpa) ? 52 : 48), .pad = 0,                         \
	}

/* By granule, lpa2 and lpa; a flag of another granule is void, as in s2i_ds(), s2i_lpa(). */
static const struct form forms[S2_NR_GRANULES * 4] = {
	FORM(0, 0), FORM(0, 0), FORM(1, 0), FORM(1, 0), /* 4K */
	FORM(0, 0), FORM(0, 0), FORM(1, 0), FORM(1, 0), /* 16K */
	FORM(0, 0), FORM(0, 1), FORM(0, 0), FORM(0, 1), /* 64K */
};

static inline struct form form_of(const struct s2_format *fmt)
{
	return forms[(unsigned)fmt->granule * 4u + fmt->lpa2 * 2u + fmt->lpa];
}

/* The bits of an address that an entry of a level can have, from level -1 up. */
#define ALIGN(shift) ((shift) < 64 ? UINT64_MAX << ((shift) & 63) : 0)
#define ALIGNS(page)                                                                               \
	{                                                                                          \
		ALIGN(5 * (page) - 12), ALIGN(4 * (page) - 9), ALIGN(3 * (page) - 6),              \
		ALIGN(2 * (page) - 3), ALIGN(page),                                                \
	}

static const uint64_t aligns[S2_NR_GRANULES][S2_LEVEL_LAST - S2_LEVEL_MIN + 1] = {
	[S2_GRANULE_4K] = ALIGNS(12), [S2_GRANULE_16K] = ALIGNS(14), [S2_GRANULE_64K] = ALIGNS(16),
};

#define ON_ANY   UINT64_MAX
#define ON_DS    form.ds
#define ON_NO_DS (~form.ds)
#define ON_LPA   form.lpa

/*
 * Of each field, as constants: the width, and whether it is plain, that is has a single
 * segment that is always there. Nearly all of a leaf's fields are.
 */
#define SEG_WIDTH(c, lo, w, v) + (w)
#define SEG_ONE(c, lo, w, v)   + (IS_ANY_##c ? 1 : 2)
#define IS_ANY_ANY   1
#define IS_ANY_DS    0
#define IS_ANY_NO_DS 0
#define IS_ANY_LPA   0

#define ROW_WIDTH(id, name, title, help, types, segs, ...) WIDTH_##id = 0 segs,
#define ROW_PLAIN(id, name, title, help, types, segs, ...) PLAIN_##id = (0 segs) == 1,

enum { S2I_FIELD_TABLE(ROW_WIDTH, SEG_WIDTH) };
enum { S2I_FIELD_TABLE(ROW_PLAIN, SEG_ONE) };

/*
 * A segment read from @raw, written from @value, and the bits of the value it covers. A
 * plain value needs no mask when written: if it is too large, the result is thrown away.
 */
#define SEG_GET(c, lo, w, v) | ((raw >> (lo) & S2I_ONES(w) & ON_##c) << (v))
#define SEG_PUT(c, lo, w, v)                                                                       \
	| ((value >> (v) & (PLAIN ? UINT64_MAX : S2I_ONES(w) & ON_##c)) << (lo))
#define SEG_BITS(c, lo, w, v) | ((S2I_ONES(w) & ON_##c) << (v))

/* VALID and TYPE are left to desc->type when a descriptor is put together. */
#define FOLLOWS_TYPE(id) (S2_F_##id == S2_F_VALID || S2_F_##id == S2_F_TYPE)

#define ROW_GET(id, name, title, help, types, segs, ...)                                           \
	out->field[S2_F_##id] = ((types) & THIS_TYPE) != 0 ? (UINT64_C(0) segs) : 0;

#define ROW_PUT(id, name, title, help, types, segs, ...)                                           \
	if (!FOLLOWS_TYPE(id) && ((types) & THIS_TYPE) != 0) {                                     \
		enum { PLAIN = PLAIN_##id };                                                       \
		uint64_t value = desc->field[S2_F_##id];                                           \
		raw |= (UINT64_C(0) segs);                                                         \
	}

/* Plain values of one width are gathered and looked at together: most of the time saved. */
#define ROW_EXCESS(id, name, title, help, types, segs, ...)                                        \
	if (!FOLLOWS_TYPE(id)) {                                                                   \
		uint64_t value = desc->field[S2_F_##id];                                           \
		if (((types) & THIS_TYPE) == 0)                                                    \
			excess |= value;                                                           \
		else if (PLAIN_##id && WIDTH_##id == 1)                                            \
			of_1 |= value;                                                             \
		else if (PLAIN_##id && WIDTH_##id == 2)                                            \
			of_2 |= value;                                                             \
		else if (PLAIN_##id && WIDTH_##id == 4)                                            \
			of_4 |= value;                                                             \
		else                                                                               \
			excess |= value & ~(UINT64_C(0) segs);                                     \
	}

const char *s2_desc_type_name(enum s2_desc_type type)
{
	static const char *const names[S2_NR_DESC_TYPES] = {
		[S2_DESC_INVALID] = "invalid", [S2_DESC_BLOCK] = "block", [S2_DESC_PAGE] = "page",
		[S2_DESC_TABLE] = "table", [S2_DESC_RESERVED] = "reserved",
	};

	return (unsigned)type < S2_NR_DESC_TYPES ? names[type] : "unknown";
}

/* Bits 1:0 mean another thing at the last level. */
static inline enum s2_desc_type type_of(int level, uint64_t raw)
{
	if ((raw & 1u) == 0)
		return S2_DESC_INVALID;
	if (level >= S2_LEVEL_LAST)
		return (raw & 2u) != 0 ? S2_DESC_PAGE : S2_DESC_RESERVED;
	return (raw & 2u) != 0 ? S2_DESC_TABLE : S2_DESC_BLOCK;
}

/* The same the other way round: whether the type stands at this level. */
static inline bool type_stands_at(enum s2_desc_type type, int level)
{
	switch (type) {
	case S2_DESC_INVALID:
		return level >= S2_LEVEL_MIN && level <= S2_LEVEL_LAST;
	case S2_DESC_PAGE:
	case S2_DESC_RESERVED:
		return level == S2_LEVEL_LAST;
	default: /* block, table */
		return level >= S2_LEVEL_MIN && level < S2_LEVEL_LAST;
	}
}

static inline uint64_t type_bits(enum s2_desc_type type)
{
	if (type == S2_DESC_INVALID)
		return 0;
	return type == S2_DESC_PAGE || type == S2_DESC_TABLE ? 3 : 1;
}

/* What of an address fits, whatever the output size. Tables are as large as a page. */
static inline uint64_t oa_room(const struct s2_format *fmt, struct form form,
			       enum s2_desc_type type, int level)
{
	if (type == S2_DESC_INVALID)
		return 0;
	if (type != S2_DESC_BLOCK)
		level = S2_LEVEL_LAST;
	return form.oa & aligns[fmt->granule][level - S2_LEVEL_MIN];
}

/* ---- What cannot be put together, in words ---- */

static int field_error(const struct s2_desc *desc, const struct s2i_row *row, uint64_t value,
		       uint64_t mask, struct s2_error *err)
{
	char path[32];

	snprintf(path, sizeof(path), "/%s", row->name);
	if (mask == 0)
		return s2_error_set(err, S2_EINVAL, path,
				    "%s (%s): a %s descriptor of this format has no such field, "
				    "expected 0, not 0x%" PRIx64,
				    row->name, row->title, s2_desc_type_name(desc->type), value);
	return s2_error_set(err, S2_EINVAL, path,
			    "%s (%s): 0x%" PRIx64 " does not fit, expected bits of 0x%" PRIx64,
			    row->name, row->title, value, mask);
}

static int oa_error(const struct s2_format *fmt, const struct s2_desc *desc, struct s2_error *err)
{
	unsigned bits = s2i_oa_bits(fmt);
	unsigned shift = s2i_oa_shift(fmt, desc->type, desc->level);

	if (desc->type == S2_DESC_INVALID)
		return s2_error_set(err, S2_EINVAL, "/oa",
				    "oa: an invalid descriptor has no address, expected 0, "
				    "not 0x%" PRIx64, desc->oa);
	if (shift > bits)
		shift = bits;
	if ((desc->oa & S2I_ONES(shift)) != 0)
		return s2_error_set(err, S2_EINVAL, "/oa",
				    "oa: 0x%" PRIx64 " is not aligned, expected bits %u:0 to be 0",
				    desc->oa, shift - 1u);
	return s2_error_set(err, S2_EINVAL, "/oa",
			    "oa: 0x%" PRIx64 " is too large, expected less than 2^%u", desc->oa,
			    bits);
}

/* Finds what put_*() saw as one sum only, and says it. */
static int put_error(const struct s2_format *fmt, const struct s2_desc *desc, struct s2_error *err)
{
	if ((unsigned)desc->type >= S2_NR_DESC_TYPES)
		return s2_error_set(err, S2_EINVAL, "/type", "type: %u is not a descriptor type",
				    (unsigned)desc->type);
	if (!type_stands_at(desc->type, desc->level))
		return s2_error_set(
			err, S2_EINVAL, "/level",
			"level: a %s descriptor does not exist at level %d, expected %s",
			s2_desc_type_name(desc->type), desc->level,
			type_stands_at(desc->type, 3)
				? type_stands_at(desc->type, 2) ? "-1 to 3" : "3"
				: "-1 to 2");
	for (unsigned f = S2_F_TYPE + 1; f < S2_NR_FIELDS; f++) {
		uint64_t mask = s2i_field_value_mask(fmt, desc->type, (enum s2_field)f);

		if ((desc->field[f] & ~mask) != 0)
			return field_error(desc, &s2i_fields[f], desc->field[f], mask, err);
	}
	return oa_error(fmt, desc, err);
}

/* ---- The code made of the table ---- */

/*
 * get_*() take a descriptor of one type apart, put_*() put it together. The level given to
 * get_*() is one of -1..3.
 */
#define DEFINE_TYPE(suffix, this_type)                                                             \
	static void get_##suffix(const struct s2_format *fmt, int level, uint64_t raw,             \
				 struct s2_desc *out)                                              \
	{                                                                                          \
		const struct form form = form_of(fmt);                                             \
		enum { THIS_TYPE = S2I_BIT(this_type) };                                           \
		uint64_t room = oa_room(fmt, form, S2_DESC_##this_type, level);                    \
                                                                                                   \
		S2I_FIELD_TABLE(ROW_GET, SEG_GET)                                                  \
		out->oa = (UINT64_C(0) S2I_OA_SEGMENTS(SEG_GET)) & room;                           \
	}                                                                                          \
	static int put_##suffix(const struct s2_format *fmt, const struct s2_desc *desc,           \
				uint64_t *bits, struct s2_error *err)                              \
	{                                                                                          \
		const struct form form = form_of(fmt);                                             \
		enum { THIS_TYPE = S2I_BIT(this_type) };                                           \
		uint64_t raw = type_bits(S2_DESC_##this_type);                                     \
		uint64_t excess = 0, of_1 = 0, of_2 = 0, of_4 = 0, room;                           \
                                                                                                   \
		if (!type_stands_at(S2_DESC_##this_type, desc->level))                             \
			return put_error(fmt, desc, err);                                          \
		S2I_FIELD_TABLE(ROW_PUT, SEG_PUT)                                                  \
		S2I_FIELD_TABLE(ROW_EXCESS, SEG_BITS)                                              \
		room = oa_room(fmt, form, S2_DESC_##this_type, desc->level);                       \
		if (fmt->oa_bits != 0 && fmt->oa_bits < 64)                                        \
			room &= S2I_ONES(fmt->oa_bits);                                            \
		if (THIS_TYPE != S2I_BIT(INVALID)) {                                               \
			enum { PLAIN = 0 };                                                        \
			uint64_t value = desc->oa;                                                 \
			raw |= UINT64_C(0) S2I_OA_SEGMENTS(SEG_PUT);                               \
		}                                                                                  \
		excess |= desc->oa & ~room;                                                        \
		if ((excess | of_1 >> 1 | of_2 >> 2 | of_4 >> 4) != 0)                             \
			return put_error(fmt, desc, err);                                          \
		*bits = raw;                                                                       \
		return 0;                                                                          \
	}

DEFINE_TYPE(invalid, INVALID)
DEFINE_TYPE(block, BLOCK)
DEFINE_TYPE(page, PAGE)
DEFINE_TYPE(table, TABLE)
DEFINE_TYPE(reserved, RESERVED)

/* Through a table: of a switch, compilers make one body again, with many branches. */
static const struct {
	void (*get)(const struct s2_format *fmt, int level, uint64_t raw, struct s2_desc *out);
	int (*put)(const struct s2_format *fmt, const struct s2_desc *desc, uint64_t *bits,
		   struct s2_error *err);
} types[S2_NR_DESC_TYPES] = {
	[S2_DESC_INVALID] = { get_invalid, put_invalid },
	[S2_DESC_BLOCK] = { get_block, put_block },
	[S2_DESC_PAGE] = { get_page, put_page },
	[S2_DESC_TABLE] = { get_table, put_table },
	[S2_DESC_RESERVED] = { get_reserved, put_reserved },
};

void s2_desc_decode(const struct s2_format *fmt, int level, uint64_t raw, struct s2_desc *out)
{
	enum s2_desc_type type = type_of(level, raw);

	out->type = type;
	out->level = level;
	/* A level that no format has is read as the nearest one. */
	level = level < S2_LEVEL_MIN ? S2_LEVEL_MIN : level;
	types[type].get(fmt, level, raw, out);
}

int s2_desc_encode(const struct s2_format *fmt, const struct s2_desc *desc, uint64_t *raw,
		   struct s2_error *err)
{
	if ((unsigned)desc->type >= S2_NR_DESC_TYPES)
		return put_error(fmt, desc, err);
	return types[desc->type].put(fmt, desc, raw, err);
}

/* SPDX-License-Identifier: MIT */
/*
 * The field table as an array, and what the other files of this directory share.
 */
#ifndef S2I_FIELDS_H
#define S2I_FIELDS_H

#include <s2pte/arch.h>

#include "field-table.h"

/* Conditions of a segment, and the set of those that a format meets. */
enum s2i_cond { S2I_ANY, S2I_DS, S2I_NO_DS, S2I_LPA };

struct s2i_seg {
	uint8_t cond, lo, width, vlo;
};

#define S2I_MAX_SEGS 4

/* What a check may look at. */
struct s2i_lint_ctx {
	const struct s2_format *fmt;
	const struct s2_desc *desc;
	bool has_ipa;
	uint64_t ipa;
};

/* True if @value is wrong, and then @msg (of @size bytes) says so. */
typedef bool s2i_check_fn(const struct s2i_lint_ctx *ctx, uint64_t value, char *msg, size_t size);
typedef const char *s2i_meaning_fn(const struct s2_format *fmt, enum s2_desc_type type, uint64_t value,
			    char *buf, size_t size);

struct s2i_row {
	const char *name, *title, *help;
	unsigned types; /* 1 << enum s2_desc_type */
	struct s2i_seg seg[S2I_MAX_SEGS]; /* up to the first of width 0 */
	const char *const *values; /* one text a value, as many as the width makes */
	s2i_meaning_fn *meaning;
	int lint; /* enum s2_lint_id, or -1 */
	s2i_check_fn *check;
};

extern const struct s2i_row s2i_fields[S2_NR_FIELDS];

/* VTCR_EL2.DS and FEAT_LPA where the granule has them: a flag of another granule is void. */
static inline bool s2i_ds(const struct s2_format *fmt)
{
	return fmt->lpa2 && fmt->granule != S2_GRANULE_64K;
}

static inline bool s2i_lpa(const struct s2_format *fmt)
{
	return fmt->lpa && fmt->granule == S2_GRANULE_64K;
}

/* The size of output addresses that the format can hold. */
static inline unsigned s2i_oa_bits_max(const struct s2_format *fmt)
{
	return s2i_ds(fmt) || s2i_lpa(fmt) ? 52u : 48u;
}

/* The size of output addresses in use. */
static inline unsigned s2i_oa_bits(const struct s2_format *fmt)
{
	unsigned max = s2i_oa_bits_max(fmt);

	return fmt->oa_bits != 0 && fmt->oa_bits < max ? fmt->oa_bits : max;
}

/* Bits below the address that an entry holds: a table is as large as a page. */
static inline unsigned s2i_oa_shift(const struct s2_format *fmt, enum s2_desc_type type, int level)
{
	if (type == S2_DESC_TABLE || level >= S2_LEVEL_LAST)
		return s2_page_shift(fmt->granule);
	return s2_level_shift(fmt->granule, level < S2_LEVEL_MIN ? S2_LEVEL_MIN : level);
}

/* The bits of an address value that the entry can hold; 0 where it covers too much. */
static inline uint64_t s2i_oa_value_mask(const struct s2_format *fmt, enum s2_desc_type type,
					 int level)
{
	unsigned shift = s2i_oa_shift(fmt, type, level);
	unsigned bits = s2i_oa_bits_max(fmt);

	return shift < bits ? S2I_ONES(bits) & ~S2I_ONES(shift) : 0;
}

/* The bits of the values of a field, holes left out; 0 if it does not exist. */
uint64_t s2i_field_value_mask(const struct s2_format *fmt, enum s2_desc_type type,
			      enum s2_field field);

/* Whether the architecture has blocks of this level, above the last / has it at all in stage 2. */
bool s2i_block_exists(const struct s2_format *fmt, int level);
bool s2i_level_exists(const struct s2_format *fmt, int level);
/* Entries in a contiguous run, as a shift; 0 where there are no runs. */
unsigned s2i_contiguous_shift(enum s2_granule granule, int level);

/* "50:48, 12": the bits of @mask, high to low. */
const char *s2i_bits_text(uint64_t mask, char *buf, size_t size);

/* Texts that the table refers to. */
extern const char *const s2i_values_valid[2], *const s2i_values_s2ap[4], *const s2i_values_af[2],
	*const s2i_values_fnxs[2], *const s2i_values_nt[2], *const s2i_values_dbm[2],
	*const s2i_values_contiguous[2], *const s2i_values_amec[2],
	*const s2i_values_kvm_locked[2];
s2i_meaning_fn s2i_meaning_type, s2i_meaning_memattr, s2i_meaning_sh, s2i_meaning_xn,
	s2i_meaning_sw, s2i_meaning_pbha, s2i_meaning_ignored, s2i_meaning_kvm_type,
	s2i_meaning_software;
s2i_check_fn s2i_check_type, s2i_check_memattr, s2i_check_sh, s2i_check_nt, s2i_check_contiguous,
	s2i_check_xn;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The field table as an array, and all that is read off it: masks, RES0 bits, names, help.
 */
#include "fields.h"

#include <stdio.h>
#include <string.h>
#include <s2pte/error.h>

#define NO_LINT (-1)
#define SEG(c, l, w, v) { S2I_##c, l, w, v },
#define ROW(id, nm, ttl, hlp, tps, segs, vals, mean, lnt, chk)                                     \
	[S2_F_##id] = {                                                                            \
		.name = nm, .title = ttl, .help = hlp, .types = tps, .seg = { segs },              \
		.values = vals, .meaning = mean, .lint = lnt, .check = chk,                        \
	},

const struct s2i_row s2i_fields[S2_NR_FIELDS] = { S2I_FIELD_TABLE(ROW, SEG) };

static const struct s2i_seg oa_segments[] = { S2I_OA_SEGMENTS(SEG) };

static bool seg_on(const struct s2_format *fmt, const struct s2i_seg *seg)
{
	switch ((enum s2i_cond)seg->cond) {
	case S2I_ANY:
		return true;
	case S2I_DS:
		return s2i_ds(fmt);
	case S2I_NO_DS:
		return !s2i_ds(fmt);
	default: /* S2I_LPA */
		return s2i_lpa(fmt);
	}
}

static bool type_has(enum s2_desc_type type, enum s2_field field)
{
	return (unsigned)field < S2_NR_FIELDS && (unsigned)type < S2_NR_DESC_TYPES &&
	       (s2i_fields[field].types & (1u << type)) != 0;
}

uint64_t s2_field_mask(const struct s2_format *fmt, enum s2_desc_type type, int level,
		       enum s2_field field)
{
	const struct s2i_seg *seg;
	uint64_t mask = 0;

	(void)level; /* no field comes or goes with the level alone: the type knows */
	if (!type_has(type, field))
		return 0;
	for (seg = s2i_fields[field].seg; seg < s2i_fields[field].seg + S2I_MAX_SEGS; seg++) {
		if (seg_on(fmt, seg))
			mask |= S2I_ONES(seg->width) << seg->lo;
	}
	return mask;
}

uint64_t s2i_field_value_mask(const struct s2_format *fmt, enum s2_desc_type type,
			      enum s2_field field)
{
	const struct s2i_seg *seg;
	uint64_t mask = 0;

	if (!type_has(type, field))
		return 0;
	for (seg = s2i_fields[field].seg; seg < s2i_fields[field].seg + S2I_MAX_SEGS; seg++) {
		if (seg_on(fmt, seg))
			mask |= S2I_ONES(seg->width) << seg->vlo;
	}
	return mask;
}

uint64_t s2_oa_mask(const struct s2_format *fmt, enum s2_desc_type type, int level)
{
	uint64_t value_mask = s2i_oa_value_mask(fmt, type, level);
	uint64_t mask = 0;

	if (type == S2_DESC_INVALID)
		return 0;
	for (size_t i = 0; i < sizeof(oa_segments) / sizeof(oa_segments[0]); i++) {
		const struct s2i_seg *seg = &oa_segments[i];

		if (seg_on(fmt, seg))
			mask |= ((value_mask >> seg->vlo) & S2I_ONES(seg->width)) << seg->lo;
	}
	return mask;
}

uint64_t s2_res0_mask(const struct s2_format *fmt, enum s2_desc_type type, int level)
{
	uint64_t used = s2_oa_mask(fmt, type, level);

	for (unsigned f = 0; f < S2_NR_FIELDS; f++)
		used |= s2_field_mask(fmt, type, level, (enum s2_field)f);
	return ~used;
}

const char *s2_field_name(enum s2_field field)
{
	return (unsigned)field < S2_NR_FIELDS ? s2i_fields[field].name : NULL;
}

const char *s2_field_title(enum s2_field field)
{
	return (unsigned)field < S2_NR_FIELDS ? s2i_fields[field].title : NULL;
}

const char *s2_field_help(enum s2_field field)
{
	return (unsigned)field < S2_NR_FIELDS ? s2i_fields[field].help : NULL;
}

int s2_field_parse(const char *name, enum s2_field *field)
{
	for (unsigned f = 0; f < S2_NR_FIELDS; f++) {
		if (strcmp(name, s2i_fields[f].name) == 0) {
			*field = (enum s2_field)f;
			return 0;
		}
	}
	return S2_ENOENT;
}

const char *s2_field_meaning(const struct s2_format *fmt, enum s2_desc_type type,
			     enum s2_field field, uint64_t raw, char *buf, size_t size)
{
	uint64_t mask = s2i_field_value_mask(fmt, type, field);
	const struct s2i_row *row;

	if (mask == 0)
		return "not in this format";
	row = &s2i_fields[field];
	if ((raw & ~mask) != 0)
		return "too large for the field";
	return row->values != NULL ? row->values[raw] : row->meaning(fmt, type, raw, buf, size);
}

const char *s2i_bits_text(uint64_t mask, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (int high = 63; high >= 0 && len < size; high--) {
		const char *sep = len != 0 ? ", " : "";
		int low = high;
		int n;

		if ((mask >> high & 1u) == 0)
			continue;
		while (low > 0 && (mask >> (low - 1) & 1u) != 0)
			low--;
		if (low == high)
			n = snprintf(buf + len, size - len, "%s%d", sep, high);
		else
			n = snprintf(buf + len, size - len, "%s%d:%d", sep, high, low);
		len += (size_t)n;
		high = low;
	}
	return buf;
}

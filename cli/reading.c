/* SPDX-License-Identifier: MIT */
#include "reading.h"

static void read_fields(struct reading *r, const struct s2_format *fmt)
{
	for (unsigned f = 0; f < S2_NR_FIELDS; f++) {
		enum s2_field field = (enum s2_field)f;
		uint64_t mask = s2_field_mask(fmt, r->desc.type, r->desc.level, field);
		struct reading_field *row = &r->fields[r->n_fields];
		const char *meaning;
		char text[96];

		if (mask == 0)
			continue;
		/* What is absent seldom matters to who looks; the diagram shows it. */
		if (r->desc.field[f] == 0 && (field == S2_F_FNXS || field >= S2_F_SW ||
					      field == S2_F_NT || field == S2_F_DBM ||
					      field == S2_F_CONTIGUOUS))
			continue;
		row->colour = f;
		diagram_short_title(field, row->name, sizeof(row->name));
		diagram_bits(mask, row->bits, sizeof(row->bits));
		meaning = s2_field_meaning(fmt, r->desc.type, field, r->desc.field[f], text, sizeof(text));
		snprintf(row->meaning, sizeof(row->meaning), "%s", meaning);
		r->n_fields++;
	}
}

static void read_guest_view(struct reading *r, const struct s2_format *fmt)
{
	static const uint8_t types[READING_MAX_GUEST] = { 0x00, 0x04, 0x44, 0xbb, 0xff };
	bool has_sh = s2_field_mask(fmt, r->desc.type, r->desc.level, S2_F_SH) != 0, same = true;
	unsigned memattr = (unsigned)r->desc.field[S2_F_MEMATTR];
	unsigned sh = has_sh ? (unsigned)r->desc.field[S2_F_SH] : S2_SH_INNER;
	struct s2_attr got[READING_MAX_GUEST];

	if (r->desc.type != S2_DESC_BLOCK && r->desc.type != S2_DESC_PAGE)
		return;
	if (s2_memattr_reserved(fmt->fwb, memattr) || sh == S2_SH_RESERVED)
		return;
	for (size_t i = 0; i < READING_MAX_GUEST; i++) {
		struct s2_attr s1 = { types[i], S2_SH_INNER };

		/* The state is not reserved, so that none of them is. */
		if (s2_attr_combine(fmt->fwb, s1, memattr, sh, &got[i]) != 0)
			return;
		same = same && got[i].mair == got[0].mair && got[i].sh == got[0].sh;
	}
	r->n_guest = same ? 1 : READING_MAX_GUEST;
	for (size_t i = 0; i < r->n_guest; i++) {
		char text[80];

		s2_mair_meaning(types[i], r->guest[i].from, sizeof(r->guest[i].from));
		snprintf(r->guest[i].to, sizeof(r->guest[i].to), "%s, %s",
			 s2_mair_meaning(got[i].mair, text, sizeof(text)), s2_sh_meaning(got[i].sh));
	}
}

static void read_head(struct reading *r, const struct s2_format *fmt)
{
	bool leaf = r->desc.type == S2_DESC_BLOCK || r->desc.type == S2_DESC_PAGE;
	char size[32];
	int n = snprintf(r->head, sizeof(r->head), "level %d %s, %s granule", r->desc.level,
			 s2_desc_type_name(r->desc.type), s2_granule_name(fmt->granule));

	if (leaf)
		snprintf(r->head + n, sizeof(r->head) - (size_t)n, ": %s at PA 0x%llx, read with FWB=%d",
			 cli_size_text(s2_level_size(fmt->granule, r->desc.level), size, sizeof(size)),
			 (unsigned long long)r->desc.oa, fmt->fwb);
	else if (r->desc.type == S2_DESC_TABLE)
		snprintf(r->head + n, sizeof(r->head) - (size_t)n, ": next table at PA 0x%llx",
			 (unsigned long long)r->desc.oa);
}

void reading_of(struct reading *r, const struct s2_format *fmt, int level, uint64_t raw)
{
	*r = (struct reading){ .n_fields = 0 };
	s2_desc_decode(fmt, level, raw, &r->desc);
	r->n_cells = diagram_of_descriptor(fmt, &r->desc, raw, r->cells);
	read_head(r, fmt);
	read_fields(r, fmt);
	r->n_lints = s2_desc_lint(fmt, level, raw, r->lints, S2_NR_LINTS);
	read_guest_view(r, fmt);
}

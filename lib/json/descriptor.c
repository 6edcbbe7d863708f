/* SPDX-License-Identifier: MIT */
/* A descriptor taken apart, as results and decode print it. */
#include "writer.h"

static void print_field(struct s2i_writer *w, const struct s2_format *fmt,
			const struct s2_desc *desc, enum s2_field field)
{
	uint64_t mask = s2_field_mask(fmt, desc->type, desc->level, field);
	char text[96];

	if (mask == 0)
		return;
	s2i_open_flat(w, s2_field_name(field), '{');
	s2i_bits(w, "bits", mask);
	s2i_uint(w, "raw", desc->field[field]);
	s2i_string(w, "meaning", s2_field_meaning(fmt, desc->type, field, desc->field[field], text,
						  sizeof(text)));
	s2i_close(w, '}');
}

void s2i_write_fields(struct s2i_writer *w, const struct s2_format *fmt, int level, uint64_t raw)
{
	struct s2_lint lints[S2_NR_LINTS]; /* each at most once */
	struct s2_desc desc;
	size_t n;

	s2_desc_decode(fmt, level, raw, &desc);
	s2i_string(w, "type", s2_desc_type_name(desc.type));
	if (desc.type == S2_DESC_INVALID)
		s2i_string(w, "oa", NULL);
	else
		s2i_hex(w, "oa", desc.oa);
	s2i_open(w, "fields", '{');
	for (unsigned i = 0; i < S2_NR_FIELDS; i++)
		print_field(w, fmt, &desc, (enum s2_field)i);
	s2i_close(w, '}');
	n = s2_desc_lint(fmt, level, raw, lints, S2_NR_LINTS);
	s2i_open(w, "lints", '[');
	for (size_t i = 0; i < n; i++) {
		s2i_open_flat(w, NULL, '{');
		s2i_string(w, "id", s2_lint_name(lints[i].id));
		s2i_string(w, "message", lints[i].message);
		s2i_close(w, '}');
	}
	s2i_close(w, ']');
}

int s2_descriptors_print(const struct s2_format *fmt, const struct s2_json_descriptor *descs,
			 size_t n, enum s2_json_style style, const struct s2_json_sink *sink)
{
	struct s2i_writer w;

	s2i_writer_init(&w, style, sink);
	s2i_open(&w, NULL, '[');
	for (size_t i = 0; i < n; i++) {
		s2i_open(&w, NULL, '{');
		s2i_descriptor(&w, "raw", descs[i].raw);
		s2i_int(&w, "level", descs[i].level);
		s2i_string(&w, "granule", s2_granule_name(fmt->granule));
		s2i_bool(&w, "valid", (descs[i].raw & 1) != 0);
		s2i_write_fields(&w, fmt, descs[i].level, descs[i].raw);
		s2i_close(&w, '}');
	}
	s2i_close(&w, ']');
	return s2i_writer_finish(&w);
}

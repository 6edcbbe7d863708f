/* SPDX-License-Identifier: MIT */
/* The vocabulary as a document: facts, laws, assumptions. */
#include "writer.h"

static const char *fact_name(const struct s2_revision *rev, unsigned fact)
{
	return s2_revision_fact_name(rev, fact);
}

void s2i_write_cond(struct s2i_writer *w, const char *key, const struct s2_revision *rev,
		    const struct s2_cond *cond)
{
	s2i_open_flat(w, key, '{');
	for (unsigned i = 0; i < 64; i++)
		if ((cond->mask >> i & 1) != 0)
			s2i_bool(w, fact_name(rev, i), (cond->value >> i & 1) != 0);
	s2i_close(w, '}');
}

static void write_fact(struct s2i_writer *w, const struct s2_revision *rev, unsigned fact)
{
	static const char *const kinds[] = { [S2_FACT_INPUT] = "input",
					     [S2_FACT_DERIVED] = "derived",
					     [S2_FACT_MADE] = "made" };
	const struct s2_fact_info *info = fact < S2_NR_FACTS ? &s2_facts[fact] : NULL;

	s2i_open(w, NULL, '{');
	s2i_string(w, "id", fact_name(rev, fact));
	s2i_string(w, "kind", info != NULL ? kinds[info->kind] : "own");
	s2i_string(w, "why", s2_revision_fact_why(rev, fact));
	if (info != NULL && info->kind == S2_FACT_DERIVED) {
		s2i_open(w, "when", '[');
		for (unsigned i = 0; i < info->n_when; i++)
			s2i_write_cond(w, NULL, rev, &info->when[i]);
		s2i_close(w, ']');
	}
	s2i_close(w, '}');
}

int s2_facts_print(const struct s2_revision *rev, enum s2_json_style style,
		   const struct s2_json_sink *sink)
{
	struct s2i_writer w;

	s2i_writer_init(&w, style, sink);
	s2i_open(&w, NULL, '{');
	s2i_string(&w, "kernel", rev->id);
	s2i_open(&w, "facts", '[');
	for (unsigned i = 0; i < 64; i++)
		if (fact_name(rev, i) != NULL)
			write_fact(&w, rev, i);
	s2i_close(&w, ']');
	s2i_open(&w, "laws", '[');
	for (size_t i = 0; i < s2_nr_laws; i++) {
		s2i_open(&w, NULL, '{');
		s2i_write_cond(&w, "never", rev, &s2_laws[i].never);
		s2i_string(&w, "why", s2_laws[i].why);
		s2i_close(&w, '}');
	}
	s2i_close(&w, ']');
	s2i_open(&w, "assumptions", '[');
	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++) {
		s2i_open(&w, NULL, '{');
		s2i_string(&w, "id", s2_assumptions[i].id);
		s2i_bool(&w, "default", s2_assumptions[i].by_default);
		/* What is computed from the slot rules has no condition of its own. */
		if (s2_assumptions[i].never.mask != 0)
			s2i_write_cond(&w, "never", rev, &s2_assumptions[i].never);
		s2i_string(&w, "why", s2_assumptions[i].why);
		s2i_close(&w, '}');
	}
	s2i_close(&w, ']');
	s2i_close(&w, '}');
	return s2i_writer_finish(&w);
}

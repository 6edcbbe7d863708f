/* SPDX-License-Identifier: MIT */
/* Answers about all states of a revision. */
#include "part.h"
#include "witness.h"

/* ---- Parts ---------------------------------------------------------------------------- */

static const char *state_fact(const void *names, unsigned fact)
{
	return s2_explorer_fact_name(names, fact);
}

static const char *size_fact(const void *names, unsigned fact)
{
	(void)names;
	return s2_size_facts[fact].id;
}

static void write_cover(struct s2i_writer *w, const struct s2_cover *cover,
			const char *(*name)(const void *names, unsigned fact), const void *names)
{
	for (size_t i = 0; i < cover->n; i++) {
		s2i_open_flat(w, NULL, '{');
		for (unsigned j = 0; j < 64; j++)
			if ((cover->conds[i].mask >> j & 1) != 0)
				s2i_bool(w, name(names, j), (cover->conds[i].value >> j & 1) != 0);
		s2i_close(w, '}');
	}
}

static void write_when(struct s2i_writer *w, const struct s2_explorer *ex,
		       const struct s2_cover *cover)
{
	s2i_open(w, "when", '[');
	write_cover(w, cover, state_fact, ex);
	s2i_close(w, ']');
}

static void write_scenario(struct s2i_writer *w, const struct s2_explorer *ex,
			   const struct s2_json_kernel *kernel, const struct s2_revision *other,
			   enum s2_stage stage, const struct s2_witness *witness)
{
	struct s2_json_witness replay = { .explorer = ex, .kernel = kernel, .other = other,
					  .stage = stage, .facts = witness->facts };

	if (witness->is)
		s2i_write_witness(w, "scenario", &replay);
	else
		s2i_string(w, "scenario", NULL);
}

static void write_size_scenario(struct s2i_writer *w, const struct s2_json_kernel *kernel,
				uint64_t facts)
{
	struct s2_json_witness replay = { .kernel = kernel, .is_size = true, .facts = facts };

	s2i_write_witness(w, "scenario", &replay);
}

static void write_assumptions(struct s2i_writer *w, const struct s2_explore_options *options)
{
	s2i_open_flat(w, "assumptions", '[');
	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		if ((options->assumptions >> i & 1) != 0)
			s2i_string(w, NULL, s2_assumptions[i].id);
	s2i_close(w, ']');
}

/* A part says more than the whole: what it is joined by. */
static bool is_part(const struct s2_answer *a)
{
	return a->options.n_shards != 0;
}

static void write_shard(struct s2i_writer *w, const struct s2_answer *a)
{
	if (!is_part(a))
		return;
	s2i_open_flat(w, "shard", '[');
	s2i_uint(w, NULL, a->options.shard + 1);
	s2i_uint(w, NULL, a->options.n_shards);
	s2i_close(w, ']');
	s2i_open_flat(w, "revisions", '[');
	if (a->base.revision != NULL)
		s2i_hex(w, NULL, s2i_fingerprint(a->base.revision));
	s2i_hex(w, NULL, s2i_fingerprint(a->kernel.revision));
	s2i_close(w, ']');
}

/* ---- reach ------------------------------------------------------------------------------ */

static void write_reached_rule(struct s2i_writer *w, const struct s2_answer *a,
			       const struct s2_reached_rule *res)
{
	enum s2_stage stage = res->rule->stage == S2_STAGE_SLOT ? S2_STAGE_SLOT : S2_STAGE_FAULT;

	s2i_open(w, NULL, '{');
	s2i_string(w, "id", res->rule->id);
	s2i_uint(w, "reached", res->reached);
	if (res->because != NULL)
		s2i_string(w, "because", res->because);
	if (res->assumption >= 0)
		s2i_string(w, "assumption", s2_assumptions[res->assumption].id);
	if (is_part(a))
		write_when(w, a->explorer, &res->when);
	write_scenario(w, a->explorer, &a->kernel, NULL, stage, &res->witness);
	s2i_close(w, '}');
}

static void write_alternative(struct s2i_writer *w, const struct s2_explorer *ex,
			      const struct s2_json_kernel *kernel,
			      const struct s2_reached_alternative *alt)
{
	struct s2_cover part = { &s2_facts[alt->fact].when[alt->alternative], 1 };

	s2i_open(w, NULL, '{');
	s2i_string(w, "fact", s2_facts[alt->fact].id);
	s2i_open_flat(w, "part", '[');
	write_cover(w, &part, state_fact, ex);
	s2i_close(w, ']');
	s2i_uint(w, "decisive", alt->decisive);
	write_when(w, ex, &alt->when);
	write_scenario(w, ex, kernel, NULL, S2_STAGE_FAULT, &alt->witness);
	s2i_close(w, '}');
}

static void write_reach(struct s2i_writer *w, const char *key, const struct s2_answer *a)
{
	const struct s2_reach *reach = &a->reach;

	s2i_open(w, key, '{');
	s2i_string(w, "kernel", a->kernel.name);
	write_shard(w, a);
	s2i_uint(w, "states", reach->states);
	write_assumptions(w, &a->options);
	s2i_open(w, "rules", '[');
	for (size_t i = 0; i < reach->n_rules; i++)
		write_reached_rule(w, a, &reach->rules[i]);
	s2i_close(w, ']');
	s2i_open(w, "definitions", '[');
	for (size_t i = 0; i < reach->n_alternatives; i++)
		write_alternative(w, a->explorer, &a->kernel, &reach->alternatives[i]);
	s2i_close(w, ']');
	s2i_close(w, '}');
}

/* ---- verify ----------------------------------------------------------------------------- */

static void write_kind(struct s2i_writer *w, const struct s2_answer *a,
		       const struct s2_violation *kind)
{
	s2i_open(w, NULL, '{');
	s2i_string(w, "kind", kind->kind);
	s2i_uint(w, "violations", kind->violations);
	write_when(w, a->explorer, &kind->when);
	if (is_part(a)) {
		s2i_open(w, "shown", '[');
		write_cover(w, &kind->shown, state_fact, a->explorer);
		s2i_close(w, ']');
	}
	write_scenario(w, a->explorer, &a->kernel, NULL, S2_STAGE_FAULT, &kind->witness);
	s2i_close(w, '}');
}

static void write_invariant(struct s2i_writer *w, const struct s2_answer *a,
			    const struct s2_invariant *inv)
{
	const struct s2_witness none = { false, 0 };
	const struct s2_witness *witness = &none;

	s2i_open(w, NULL, '{');
	s2i_string(w, "id", inv->id);
	s2i_string(w, "says", inv->says);
	s2i_bool(w, "holds", inv->holds);
	s2i_uint(w, "violations", inv->violations);
	s2i_open(w, "when", '[');
	for (size_t k = 0; k < inv->n_kinds; k++) {
		write_cover(w, &inv->kinds[k].when, state_fact, a->explorer);
		if (!witness->is)
			witness = &inv->kinds[k].witness;
	}
	s2i_close(w, ']');
	if (inv->holds) {
		s2i_open_flat(w, "needs", '[');
		for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
			if ((inv->needs >> i & 1) != 0)
				s2i_string(w, NULL, s2_assumptions[i].id);
		s2i_close(w, ']');
	}
	if (inv->n_kinds > 1) {
		s2i_open(w, "kinds", '[');
		for (size_t k = 0; k < inv->n_kinds; k++)
			write_kind(w, a, &inv->kinds[k]);
		s2i_close(w, ']');
	}
	write_scenario(w, a->explorer, &a->kernel, NULL, S2_STAGE_FAULT, witness);
	s2i_close(w, '}');
}

static void write_size_invariant(struct s2i_writer *w, const struct s2_json_kernel *kernel,
				 const struct s2_size_invariant *inv)
{
	s2i_open(w, NULL, '{');
	s2i_string(w, "id", inv->id);
	s2i_string(w, "says", inv->says);
	s2i_bool(w, "holds", inv->violations == 0);
	s2i_uint(w, "cases", inv->cases);
	s2i_uint(w, "violations", inv->violations);
	s2i_open(w, "when", '[');
	write_cover(w, &inv->when, size_fact, NULL);
	s2i_close(w, ']');
	if (inv->violations != 0)
		write_size_scenario(w, kernel, inv->witness);
	else
		s2i_string(w, "scenario", NULL);
	s2i_close(w, '}');
}

static void write_table_invariant(struct s2i_writer *w, const struct s2_json_kernel *kernel,
				  const struct s2_table_invariant *inv)
{
	s2i_open(w, NULL, '{');
	s2i_string(w, "id", inv->id);
	s2i_string(w, "says", inv->says);
	s2i_bool(w, "holds", inv->violations == 0);
	s2i_uint(w, "cases", inv->cases);
	s2i_uint(w, "violations", inv->violations);
	s2i_open_flat(w, "types", '[');
	for (unsigned i = 0; i < 32; i++)
		if ((inv->types >> i & 1) != 0)
			s2i_string(w, NULL, s2i_memtype_name((enum s2_memtype)i));
	s2i_close(w, ']');
	if (inv->violations != 0)
		s2i_write_table_witness(w, "scenario", inv,
					kernel->run_as != NULL ? kernel->run_as : kernel->name);
	else
		s2i_string(w, "scenario", NULL);
	s2i_close(w, '}');
}

static void write_verify(struct s2i_writer *w, const char *key, const struct s2_answer *a)
{
	s2i_open(w, key, '{');
	s2i_string(w, "kernel", a->kernel.name);
	write_shard(w, a);
	s2i_uint(w, "states", a->verify.states);
	write_assumptions(w, &a->options);
	s2i_open(w, "invariants", '[');
	for (size_t i = 0; i < a->verify.n_invariants; i++)
		write_invariant(w, a, &a->verify.invariants[i]);
	s2i_close(w, ']');
	s2i_open(w, "sizes", '[');
	for (size_t i = 0; i < S2_NR_SIZE_INVARIANTS; i++)
		write_size_invariant(w, &a->kernel, &a->size_invariants[i]);
	s2i_close(w, ']');
	s2i_open(w, "table", '[');
	for (size_t i = 0; i < S2_NR_TABLE_INVARIANTS; i++)
		write_table_invariant(w, &a->kernel, &a->table_invariants[i]);
	s2i_close(w, ']');
	s2i_close(w, '}');
}

/* ---- diff ------------------------------------------------------------------------------- */

static void write_by(struct s2i_writer *w, const char *key, const struct s2_revision *rev,
		     uint64_t rules)
{
	s2i_open_flat(w, key, '[');
	for (size_t i = 0; i < rev->n_rules; i++)
		if ((rules >> i & 1) != 0)
			s2i_string(w, NULL, rev->rules[i]->id);
	s2i_close(w, ']');
}

static void write_change(struct s2i_writer *w, const struct s2_explorer *ex,
			 const struct s2_json_kernel *from, const struct s2_revision *to,
			 const struct s2_change *change)
{
	s2i_open(w, NULL, '{');
	write_when(w, ex, &change->when);
	s2i_write_outcome(w, "from", &change->from);
	s2i_write_outcome(w, "to", &change->to);
	write_by(w, "from_by", from->revision, change->from_by);
	write_by(w, "to_by", to, change->to_by);
	s2i_uint(w, "states", change->states);
	write_scenario(w, ex, from, to, change->from.stage, &change->witness);
	s2i_close(w, '}');
}

static void write_size_outcome(struct s2i_writer *w, const char *key,
			       const struct s2_size_outcome *out)
{
	static const char *const sizes[] = { [1] = "PUD", [2] = "PMD", [3] = "page" };

	s2i_open_flat(w, key, '{');
	s2i_string(w, "action", out->relaxes ? "relax" : "map");
	s2i_string(w, "mapping", sizes[out->level]);
	s2i_uint(w, "size", out->size);
	s2i_hex(w, "ipa", out->ipa);
	s2i_string(w, "marked", out->dirty_start ? "start" : "page");
	s2i_hex(w, "dirty", out->dirty);
	s2i_bool(w, "ipa_page_aligned", out->ipa_aligned);
	s2i_close(w, '}');
}

static void write_sizes(struct s2i_writer *w, const struct s2_json_kernel *from,
			const struct s2_size_diff *sizes)
{
	s2i_open(w, "sizes", '{');
	s2i_uint(w, "cases", sizes->cases);
	s2i_uint(w, "different", sizes->different);
	s2i_open(w, "changes", '[');
	for (size_t i = 0; i < sizes->n_changes; i++) {
		const struct s2_size_change *change = &sizes->changes[i];

		s2i_open(w, NULL, '{');
		s2i_open(w, "when", '[');
		write_cover(w, &change->when, size_fact, NULL);
		s2i_close(w, ']');
		write_size_outcome(w, "from", &change->from);
		write_size_outcome(w, "to", &change->to);
		s2i_uint(w, "cases", change->cases);
		write_size_scenario(w, from, change->witness);
		s2i_close(w, '}');
	}
	s2i_close(w, ']');
	s2i_close(w, '}');
}

static void write_diff(struct s2i_writer *w, const char *key, const struct s2_answer *a)
{
	s2i_open(w, key, '{');
	s2i_string(w, "from", a->base.name);
	s2i_string(w, "to", a->kernel.name);
	write_shard(w, a);
	s2i_uint(w, "states", a->diff.states);
	write_assumptions(w, &a->options);
	s2i_uint(w, "different", a->diff.different);
	s2i_open(w, "changes", '[');
	for (size_t i = 0; i < a->diff.n_changes; i++)
		write_change(w, a->explorer, &a->base, a->kernel.revision, &a->diff.changes[i]);
	s2i_close(w, ']');
	write_sizes(w, &a->base, &a->size_diff);
	s2i_close(w, '}');
}

/* ---- Answers ---------------------------------------------------------------------------- */

/* A proposed revision is nowhere but in the answer: those who join parts need it. */
static void write_proposed(struct s2i_writer *w, const struct s2_answer *a)
{
	write_shard(w, a);
	if (!is_part(a))
		return;
	if (a->kernel.run_as != NULL)
		s2i_string(w, "run_as", a->kernel.run_as);
	s2i_write_rules(w, "proposed", a->kernel.revision);
}

static void write_whatif(struct s2i_writer *w, const struct s2_answer *a)
{
	s2i_open(w, NULL, '{');
	s2i_string(w, "base", a->base.name);
	s2i_string(w, "kernel", a->kernel.name);
	write_proposed(w, a);
	write_reach(w, "reach", a);
	write_verify(w, "verify", a);
	write_diff(w, "diff", a);
	s2i_close(w, '}');
}

int s2_answer_print(const struct s2_answer *a, enum s2_json_style style,
		    const struct s2_json_sink *sink)
{
	struct s2i_writer w;

	s2i_writer_init(&w, style, sink);
	switch (a->question) {
	case S2_ASK_REACH:
		write_reach(&w, NULL, a);
		break;
	case S2_ASK_VERIFY:
		write_verify(&w, NULL, a);
		break;
	case S2_ASK_DIFF:
		write_diff(&w, NULL, a);
		break;
	case S2_ASK_WHATIF:
		write_whatif(&w, a);
		break;
	default:
		return S2_EINVAL;
	}
	return s2i_writer_finish(&w);
}

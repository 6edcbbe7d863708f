/* SPDX-License-Identifier: MIT */
/* Does a revision keep the invariants: in the whole, in a part, and from all parts. */
#include "invariants.h"

#include <string.h>

/* What a sweep finds, or its parts together. */
struct found {
	s2i_set domain;
	struct {
		s2i_set violations[S2_MAX_KINDS];
		s2i_set shown[S2_MAX_KINDS]; /* where a witness is taken from */
		unsigned needs;              /* if there are no violations */
	} by[S2I_NR_INVARIANTS];
};

/* ---- The sweep -------------------------------------------------------------------------- */

static size_t n_kinds(size_t i)
{
	size_t n = 0;

	while (n < S2_MAX_KINDS && s2i_invariants[i].kinds[n].kind != NULL)
		n++;
	return n;
}

static bool holds(struct s2_explorer *ex, const struct s2i_run *run, size_t i)
{
	for (size_t k = 0; k < n_kinds(i); k++)
		if (s2i_invariants[i].kinds[k].violations(ex, run) != S2I_NONE)
			return false;
	return true;
}

/* Assumptions in force without which the invariant would not hold. */
static unsigned needed(struct s2_explorer *ex, const struct s2_revision *rev, size_t i)
{
	unsigned needs = 0;

	for (unsigned a = 0; a < S2_NR_ASSUMPTIONS; a++)
		if ((ex->options.assumptions >> a & 1) != 0 &&
		    !holds(ex, s2i_run_without(ex, rev, a), i))
			needs |= 1u << a;
	return needs;
}

static int sweep(struct s2_explorer *ex, const struct s2_revision *rev, struct found *found)
{
	struct s2i_run run;
	int ret = 0;

	s2i_run(ex, rev, found->domain, &run);
	for (size_t i = 0; i < S2I_NR_INVARIANTS && ret == 0; i++) {
		bool kept = true;

		for (size_t k = 0; k < n_kinds(i); k++) {
			s2i_violations_fn *shown_by = s2i_invariants[i].kinds[k].shown_by;
			s2i_set set = s2i_invariants[i].kinds[k].violations(ex, &run);

			kept &= set == S2I_NONE;
			found->by[i].violations[k] = set;
			if (shown_by != NULL)
				set = s2i_and(ex->bdd, set, shown_by(ex, &run));
			found->by[i].shown[k] = set;
		}
		if (kept)
			found->by[i].needs = needed(ex, rev, i);
		ret = s2i_state_of(ex);
	}
	return ret;
}

/* ---- The answer ------------------------------------------------------------------------- */

static int finish_kind(struct s2_explorer *ex, const struct found *found, size_t i, size_t k,
		       struct s2_violation *out)
{
	s2i_set set = found->by[i].violations[k], shown = found->by[i].shown[k];
	int ret;

	out->kind = s2i_invariants[i].kinds[k].kind;
	out->violations = s2i_count(ex->bdd, set);
	out->witness = s2i_witness(ex, shown);
	ret = s2i_cover(ex, set, found->domain, &out->when);
	if (ret == 0 && s2i_is_part(ex) && s2i_invariants[i].kinds[k].shown_by != NULL)
		ret = s2i_cover(ex, shown, found->domain, &out->shown);
	return ret;
}

static int finish_one(struct s2_explorer *ex, const struct found *found, size_t i,
		      struct s2_invariant *out)
{
	s2i_set all = S2I_NONE;

	out->id = s2i_invariants[i].id;
	out->says = s2i_invariants[i].says;
	for (size_t k = 0; k < n_kinds(i); k++) {
		int ret = finish_kind(ex, found, i, k, &out->kinds[out->n_kinds++]);

		if (ret != 0)
			return ret;
		all = s2i_or(ex->bdd, all, found->by[i].violations[k]);
	}
	out->violations = s2i_count(ex->bdd, all);
	out->holds = all == S2I_NONE;
	if (out->holds)
		out->needs = found->by[i].needs;
	return s2i_state_of(ex);
}

static int finish(struct s2_explorer *ex, const struct found *found, struct s2_verify *verify)
{
	struct s2_invariant *out = s2i_new(ex, S2I_NR_INVARIANTS, sizeof(*out));

	if (out == NULL)
		return S2_ENOMEM;
	for (size_t i = 0; i < S2I_NR_INVARIANTS; i++) {
		int ret = finish_one(ex, found, i, &out[i]);

		if (ret != 0)
			return ret;
	}
	*verify = (struct s2_verify){ s2i_count(ex->bdd, found->domain), out, S2I_NR_INVARIANTS };
	return s2i_state_of(ex);
}

int s2_explore_verify(struct s2_explorer *ex, const struct s2_revision *rev,
		      struct s2_verify *verify)
{
	struct found found = { .domain = s2i_domain(ex, ex->options.assumptions, rev, NULL) };
	int ret = sweep(ex, rev, &found);

	return ret == 0 ? finish(ex, &found, verify) : ret;
}

/* ---- Parts ------------------------------------------------------------------------------ */

static int join_kind(struct s2_explorer *ex, struct found *found, size_t i, size_t k,
		     struct s2i_piece piece, const struct s2_violation *part, struct s2_error *err)
{
	s2i_set violations = S2I_NONE;
	int ret;

	piece.cover = &part->when;
	piece.count = part->violations;
	ret = s2i_join(ex, &piece, found->domain, &violations, err);
	if (ret != 0)
		return ret;
	found->by[i].violations[k] = s2i_or(ex->bdd, found->by[i].violations[k], violations);
	if (s2i_invariants[i].kinds[k].shown_by == NULL) {
		found->by[i].shown[k] = found->by[i].violations[k];
		return 0;
	}
	/* Some of the violations, however many. */
	piece.cover = &part->shown;
	piece.any_count = true;
	return s2i_join(ex, &piece, violations, &found->by[i].shown[k], err);
}

static int join_part(struct s2_explorer *ex, struct found *found, unsigned shard, unsigned n_shards,
		     const struct s2_verify *part, struct s2_error *err)
{
	const struct s2i_piece piece = { .shard = shard, .n_shards = n_shards };
	int ret = s2i_join_domain(ex, shard, n_shards, found->domain, part->states, err);

	if (ret == 0 && part->n_invariants != S2I_NR_INVARIANTS)
		return s2i_misfit(err, shard, "there are other invariants");
	for (size_t i = 0; ret == 0 && i < S2I_NR_INVARIANTS; i++) {
		const struct s2_invariant *inv = &part->invariants[i];

		if (inv->id == NULL || strcmp(inv->id, s2i_invariants[i].id) != 0 ||
		    inv->n_kinds != n_kinds(i))
			return s2i_misfit(err, shard, "there are other invariants");
		/* Where it holds in all parts: what any of them needs. */
		found->by[i].needs |= inv->needs;
		for (size_t k = 0; ret == 0 && k < inv->n_kinds; k++)
			ret = join_kind(ex, found, i, k, piece, &inv->kinds[k], err);
	}
	return ret;
}

int s2_join_verify(struct s2_explorer *ex, const struct s2_revision *rev,
		   const struct s2_verify *parts, unsigned n, struct s2_verify *verify,
		   struct s2_error *err)
{
	struct found found = { .domain = s2i_domain(ex, ex->options.assumptions, rev, NULL) };
	int ret = 0;

	for (unsigned k = 0; ret == 0 && k < n; k++)
		ret = join_part(ex, &found, k, n, &parts[k], err);
	return ret == 0 ? finish(ex, &found, verify) : ret;
}

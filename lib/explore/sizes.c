/* SPDX-License-Identifier: MIT */
/* What depends on addresses and sizes: differences of two revisions, and blocks that reach too far. */
#include "geometry.h"
#include "space.h"

#include <stdlib.h>

#define N_CASES ((size_t)1 << S2_NR_SIZE_FACTS)

/* Sets over the facts about sizes: a space of their own, with an explorer's covers. */
struct sizes {
	struct s2_explorer *owner; /* of the results */
	struct s2_explorer space;
	uint8_t *group; /* by combination: 0 = not possible, 1 = nothing to report, 2... */
};

static int begin(struct sizes *sz, struct s2_explorer *owner)
{
	*sz = (struct sizes){ .owner = owner };
	sz->space.options = owner->options;
	for (unsigned i = 0; i < 64; i++)
		sz->space.level[i] = 0xff;
	for (unsigned i = 0; i < S2_NR_SIZE_FACTS; i++) {
		sz->space.level[i] = (uint8_t)i;
		sz->space.fact[i] = (uint8_t)i;
	}
	sz->space.n_vars = S2_NR_SIZE_FACTS;
	sz->space.bdd = s2i_bdd_new(S2_NR_SIZE_FACTS);
	sz->group = calloc(N_CASES, 1);
	return sz->space.bdd != NULL && sz->group != NULL ? 0 : S2_ENOMEM;
}

static void end(struct sizes *sz)
{
	/* The results live on in the owner. */
	struct s2i_block **last = &sz->owner->blocks;

	while (*last != NULL)
		last = &(*last)->next;
	*last = sz->space.blocks;
	s2i_bdd_free(sz->space.bdd);
	free(sz->group);
}

/* All combinations of groups [from, to): built from the truth table upwards. */
static s2i_set set_of(struct sizes *sz, unsigned level, size_t base, unsigned from, unsigned to)
{
	s2i_set low, high, var;

	if (level == S2_NR_SIZE_FACTS)
		return sz->group[base] >= from && sz->group[base] < to ? S2I_EVERY : S2I_NONE;
	low = set_of(sz, level + 1, base, from, to);
	high = set_of(sz, level + 1, base | (size_t)1 << level, from, to);
	if (low == high)
		return low;
	var = s2i_var(sz->space.bdd, level);
	return s2i_or(sz->space.bdd, s2i_and(sz->space.bdd, var, high),
		      s2i_minus(sz->space.bdd, low, var));
}

#define MAX_GROUPS 64

struct grouped {
	struct s2_size_outcome from, to;
	uint64_t first; /* a combination */
	uint64_t n;
};

static bool same_words(const struct s2_size_outcome *a, const struct s2_size_outcome *b)
{
	return a->relaxes == b->relaxes && a->level == b->level &&
	       a->dirty_start == b->dirty_start && a->ipa_aligned == b->ipa_aligned;
}

static bool same(const struct s2_size_outcome *a, const struct s2_size_outcome *b)
{
	return a->relaxes == b->relaxes && a->size == b->size && a->dirty == b->dirty &&
	       a->ipa == b->ipa;
}

static unsigned find_group(struct grouped *groups, unsigned *n, const struct s2_size_outcome *from,
			   const struct s2_size_outcome *to, uint64_t facts)
{
	for (unsigned i = 0; i < *n; i++)
		if (same_words(&groups[i].from, from) && same_words(&groups[i].to, to))
			return i;
	groups[*n] = (struct grouped){ *from, *to, facts, 0 };
	return (*n)++;
}

static int by_cases(const void *a, const void *b)
{
	const struct s2_size_change *x = a, *y = b;

	if (x->cases != y->cases)
		return x->cases < y->cases ? 1 : -1;
	return (x->witness > y->witness) - (x->witness < y->witness);
}

int s2_explore_size_diff(struct s2_explorer *ex, const struct s2_revision *from,
			 const struct s2_revision *to, struct s2_size_diff *diff)
{
	struct grouped groups[MAX_GROUPS];
	struct s2_size_change *changes = NULL;
	unsigned n = 0;
	struct sizes sz;
	s2i_set domain;
	int ret = begin(&sz, ex);

	*diff = (struct s2_size_diff){ 0, 0, NULL, 0 };
	for (uint64_t facts = 0; ret == 0 && facts < N_CASES; facts++) {
		struct s2_size_outcome a, b;
		struct s2_size_case c;
		unsigned group;

		if (!s2_size_case_init(&c, facts))
			continue;
		diff->cases++;
		a = s2_size_outcome(from->sizes, &c);
		b = s2_size_outcome(to->sizes, &c);
		sz.group[facts] = 1;
		if (same(&a, &b))
			continue;
		diff->different++;
		group = find_group(groups, &n, &a, &b, facts);
		groups[group].n++;
		sz.group[facts] = (uint8_t)(group + 2);
	}
	if (ret == 0)
		changes = s2i_new(ex, n, sizeof(*changes));
	if (ret == 0 && changes == NULL)
		ret = S2_ENOMEM;
	domain = ret == 0 && n != 0 ? set_of(&sz, 0, 0, 1, MAX_GROUPS + 2) : S2I_NONE;
	for (unsigned i = 0; ret == 0 && i < n; i++) {
		changes[i] = (struct s2_size_change){ .from = groups[i].from, .to = groups[i].to,
						      .cases = groups[i].n,
						      .witness = groups[i].first };
		ret = s2i_cover(&sz.space, set_of(&sz, 0, 0, i + 2, i + 3), domain,
				&changes[i].when);
	}
	if (ret == 0) {
		qsort(changes, n, sizeof(*changes), by_cases);
		diff->changes = changes;
		diff->n_changes = n;
	}
	end(&sz);
	return ret;
}

/* ---- Invariants ----------------------------------------------------------------------- */

/* The mapping, seen from the host's side, reaches beyond the VMA that faulted. */
static bool beyond_vma(const struct s2_size_case *c, const struct s2_size_outcome *out)
{
	uint64_t hva = s2_memslot_hva(&c->slot, c->ipa) & ~(out->size - 1);

	return hva < c->vma.start || hva + out->size > c->vma.end;
}

static bool beyond_slot(const struct s2_size_case *c, const struct s2_size_outcome *out)
{
	uint64_t ipa = c->ipa & ~(out->size - 1);

	return ipa < c->slot.gpa || ipa + out->size > c->slot.gpa + c->slot.size;
}

static const struct {
	const char *id, *says;
	bool (*violated)(const struct s2_size_case *c, const struct s2_size_outcome *out);
} invariants[S2_NR_SIZE_INVARIANTS] = {
	{ "block-within-vma", "a mapping never reaches beyond the VMA that faulted", beyond_vma },
	{ "block-within-slot", "a mapping never reaches beyond its slot", beyond_slot },
};

static int verify_one(struct s2_explorer *ex, const struct s2_revision *rev, size_t i,
		      struct s2_size_invariant *out)
{
	struct sizes sz;
	int ret = begin(&sz, ex);

	*out = (struct s2_size_invariant){ .id = invariants[i].id, .says = invariants[i].says };
	for (uint64_t facts = 0; ret == 0 && facts < N_CASES; facts++) {
		struct s2_size_outcome outcome;
		struct s2_size_case c;

		if (!s2_size_case_init(&c, facts))
			continue;
		out->cases++;
		sz.group[facts] = 1;
		outcome = s2_size_outcome(rev->sizes, &c);
		/* A relaxed entry is there already: whoever mapped it is to blame. */
		if (outcome.relaxes || !invariants[i].violated(&c, &outcome))
			continue;
		if (out->violations++ == 0)
			out->witness = facts;
		sz.group[facts] = 2;
	}
	if (ret == 0 && out->violations != 0)
		ret = s2i_cover(&sz.space, set_of(&sz, 0, 0, 2, 3), set_of(&sz, 0, 0, 1, 3),
				&out->when);
	end(&sz);
	return ret;
}

int s2_explore_size_verify(struct s2_explorer *ex, const struct s2_revision *rev,
			   struct s2_size_invariant out[S2_NR_SIZE_INVARIANTS])
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < S2_NR_SIZE_INVARIANTS; i++)
		ret = verify_one(ex, rev, i, &out[i]);
	return ret;
}

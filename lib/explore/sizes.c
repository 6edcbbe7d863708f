/* SPDX-License-Identifier: MIT */
/*
 * What depends on addresses and sizes: differences of two revisions, and blocks that reach
 * too far; in the whole, in a part, and from all parts. Parts are cut as those of the states
 * are, by the first ten facts.
 */
#include "geometry.h"
#include "space.h"

#include <stdlib.h>
#include <string.h>

#define N_CASES ((size_t)1 << S2_NR_SIZE_FACTS)

/* Sets over the facts about sizes: a space of their own, with an explorer's covers. */
struct sizes {
	struct s2_explorer *owner; /* of the results */
	struct s2_explorer space;
	uint16_t *group; /* by combination: 0 = not possible, 1 = nothing to report, 2... */
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
	sz->group = calloc(N_CASES, sizeof(*sz->group));
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

/* Is this combination one of the part that is asked for? */
static bool ours(const struct sizes *sz, uint64_t facts)
{
	const struct s2_explore_options *options = &sz->space.options;

	return options->n_shards <= 1 ||
	       (facts & (S2_MAX_SHARDS - 1)) % options->n_shards == options->shard;
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

/* All that are possible, in the whole: the parts' conditions do not care about the others. */
static s2i_set possible(struct sizes *sz)
{
	for (uint64_t facts = 0; facts < N_CASES; facts++) {
		struct s2_size_case c;

		sz->group[facts] = s2_size_case_init(&c, facts);
	}
	return set_of(sz, 0, 0, 1, 2);
}

/* The first combination of a set that is not empty. */
static uint64_t first_of(struct sizes *sz, s2i_set set)
{
	uint64_t facts = 0;

	for (unsigned i = S2_NR_SIZE_FACTS; i-- > 0;) {
		s2i_set var = s2i_var(sz->space.bdd, i), rest = s2i_minus(sz->space.bdd, set, var);

		if (rest == S2I_NONE) {
			rest = s2i_and(sz->space.bdd, set, var);
			facts |= UINT64_C(1) << i;
		}
		set = rest;
	}
	return facts;
}

/* ---- Differences ------------------------------------------------------------------------ */

/* What same_words() tells apart, and the pairs of it. */
#define N_WORDS ((size_t)2 * 3 * 2 * 2)
#define MAX_GROUPS (N_WORDS * N_WORDS)

struct grouped {
	struct s2_size_outcome from, to; /* of its first combination */
	uint64_t first;
	s2i_set set;
};

/* What a sweep finds, or its parts together. */
struct found {
	uint64_t cases;
	s2i_set domain; /* not looked for where there is no difference */
	struct grouped *groups; /* MAX_GROUPS */
	unsigned n;
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

static int begin_diff(struct sizes *sz, struct s2_explorer *owner, struct found *found)
{
	int ret = begin(sz, owner);

	*found = (struct found){ .groups = calloc(MAX_GROUPS, sizeof(*found->groups)) };
	return found->groups != NULL ? ret : S2_ENOMEM;
}

static void end_diff(struct sizes *sz, struct found *found)
{
	free(found->groups);
	end(sz);
}

/* The group of @one, a new one where it is the first of its words. */
static unsigned find_group(struct found *found, const struct grouped *one)
{
	for (unsigned i = 0; i < found->n; i++)
		if (same_words(&found->groups[i].from, &one->from) &&
		    same_words(&found->groups[i].to, &one->to))
			return i;
	found->groups[found->n] = *one;
	return found->n++;
}

/* What the two make of a combination; false if it is not possible. */
static bool decide(const struct s2_revision *const revs[2], uint64_t facts, struct grouped *one)
{
	struct s2_size_case c;

	if (!s2_size_case_init(&c, facts))
		return false;
	*one = (struct grouped){ s2_size_outcome(revs[0]->sizes, &c),
				 s2_size_outcome(revs[1]->sizes, &c), facts, S2I_NONE };
	return true;
}

static int sweep(struct sizes *sz, const struct s2_revision *const revs[2], struct found *found)
{
	for (uint64_t facts = 0; facts < N_CASES; facts++) {
		struct grouped one;

		if (!ours(sz, facts) || !decide(revs, facts, &one))
			continue;
		found->cases++;
		sz->group[facts] = 1;
		if (same(&one.from, &one.to))
			continue;
		sz->group[facts] = (uint16_t)(find_group(found, &one) + 2);
	}
	if (found->n != 0)
		found->domain = set_of(sz, 0, 0, 1, found->n + 2);
	for (unsigned i = 0; i < found->n; i++)
		found->groups[i].set = set_of(sz, 0, 0, i + 2, i + 3);
	return s2i_state_of(&sz->space);
}

static int by_cases(const void *a, const void *b)
{
	const struct s2_size_change *x = a, *y = b;

	if (x->cases != y->cases)
		return x->cases < y->cases ? 1 : -1;
	return (x->witness > y->witness) - (x->witness < y->witness);
}

static int finish(struct sizes *sz, const struct found *found, struct s2_size_diff *diff)
{
	struct s2_size_change *changes = s2i_new(sz->owner, found->n, sizeof(*changes));
	int ret = changes != NULL ? 0 : S2_ENOMEM;

	*diff = (struct s2_size_diff){ found->cases, 0, changes, found->n };
	for (unsigned i = 0; ret == 0 && i < found->n; i++) {
		const struct grouped *group = &found->groups[i];

		changes[i] = (struct s2_size_change){ .from = group->from, .to = group->to,
						      .cases = s2i_count(sz->space.bdd, group->set),
						      .witness = group->first };
		diff->different += changes[i].cases;
		ret = s2i_cover(&sz->space, group->set, found->domain, &changes[i].when);
	}
	if (ret == 0)
		qsort(changes, found->n, sizeof(*changes), by_cases);
	return ret != 0 ? ret : s2i_state_of(&sz->space);
}

int s2_explore_size_diff(struct s2_explorer *ex, const struct s2_revision *from,
			 const struct s2_revision *to, struct s2_size_diff *diff)
{
	const struct s2_revision *revs[] = { from, to };
	struct found found;
	struct sizes sz;
	int ret = begin_diff(&sz, ex, &found);

	if (ret == 0)
		ret = sweep(&sz, revs, &found);
	if (ret == 0)
		ret = finish(&sz, &found, diff);
	end_diff(&sz, &found);
	return ret;
}

/* The outcomes are those of the first combination: there are no others than the code gives. */
static int join_change(struct sizes *sz, const struct s2_revision *const revs[2],
		       struct found *found, struct s2i_piece piece,
		       const struct s2_size_change *part, struct s2_error *err)
{
	struct grouped one = { .set = S2I_NONE }, *group;
	s2i_set set = S2I_NONE;
	int ret;

	piece.cover = &part->when;
	piece.count = part->cases;
	ret = s2i_join(&sz->space, &piece, found->domain, &set, err);
	if (ret != 0)
		return ret;
	/* What is first of an empty set is not possible: then nothing differs. */
	(void)decide(revs, first_of(sz, set), &one);
	if (same(&one.from, &one.to))
		return s2i_misfit(err, piece.shard, "a change of sizes is none");
	group = &found->groups[find_group(found, &one)];
	one.set = s2i_or(sz->space.bdd, group->set, set);
	if (group->first < one.first) {
		group->set = one.set;
		return 0;
	}
	*group = one;
	return 0;
}

int s2_join_size_diff(struct s2_explorer *ex, const struct s2_revision *from,
		      const struct s2_revision *to, const struct s2_size_diff *parts, unsigned n,
		      struct s2_size_diff *diff, struct s2_error *err)
{
	const struct s2_revision *revs[] = { from, to };
	struct found found;
	struct sizes sz;
	size_t n_changes = 0;
	int ret = begin_diff(&sz, ex, &found);

	for (unsigned k = 0; k < n; k++)
		n_changes += parts[k].n_changes;
	if (ret == 0 && n_changes != 0)
		found.domain = possible(&sz);
	for (unsigned k = 0; ret == 0 && k < n; k++) {
		const struct s2i_piece piece = { .shard = k, .n_shards = n };

		found.cases += parts[k].cases;
		for (size_t i = 0; ret == 0 && i < parts[k].n_changes; i++)
			ret = join_change(&sz, revs, &found, piece, &parts[k].changes[i], err);
	}
	if (ret == 0)
		ret = finish(&sz, &found, diff);
	end_diff(&sz, &found);
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

static int sweep_one(struct sizes *sz, const struct s2_revision *rev, size_t i,
		     struct s2_size_invariant *out)
{
	for (uint64_t facts = 0; facts < N_CASES; facts++) {
		struct s2_size_outcome outcome;
		struct s2_size_case c;

		if (!ours(sz, facts) || !s2_size_case_init(&c, facts))
			continue;
		out->cases++;
		sz->group[facts] = 1;
		outcome = s2_size_outcome(rev->sizes, &c);
		/* A relaxed entry is there already: whoever mapped it is to blame. */
		if (outcome.relaxes || !invariants[i].violated(&c, &outcome))
			continue;
		out->violations++;
		sz->group[facts] = 2;
	}
	return s2i_state_of(&sz->space);
}

static int finish_one(struct sizes *sz, s2i_set violations, s2i_set domain,
		      struct s2_size_invariant *out)
{
	out->witness = first_of(sz, violations);
	return s2i_cover(&sz->space, violations, domain, &out->when);
}

static int verify_one(struct s2_explorer *ex, const struct s2_revision *rev, size_t i,
		      struct s2_size_invariant *out)
{
	struct sizes sz;
	int ret = begin(&sz, ex);

	*out = (struct s2_size_invariant){ .id = invariants[i].id, .says = invariants[i].says };
	if (ret == 0)
		ret = sweep_one(&sz, rev, i, out);
	if (ret == 0 && out->violations != 0)
		ret = finish_one(&sz, set_of(&sz, 0, 0, 2, 3), set_of(&sz, 0, 0, 1, 3), out);
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

static int join_one(struct s2_explorer *ex, size_t i, const struct s2_size_invariant *parts,
		    unsigned n, struct s2_size_invariant *out, struct s2_error *err)
{
	s2i_set domain = S2I_NONE, violations = S2I_NONE;
	struct sizes sz;
	int ret = begin(&sz, ex);

	*out = (struct s2_size_invariant){ .id = invariants[i].id, .says = invariants[i].says };
	for (unsigned k = 0; ret == 0 && k < n; k++) {
		const struct s2_size_invariant *part = &parts[(size_t)k * S2_NR_SIZE_INVARIANTS + i];
		const struct s2i_piece piece = { .shard = k, .n_shards = n, .cover = &part->when,
						 .count = part->violations };

		if (part->id == NULL || strcmp(part->id, invariants[i].id) != 0)
			ret = s2i_misfit(err, k, "there are other invariants about sizes");
		if (ret == 0 && part->violations != 0 && domain == S2I_NONE)
			domain = possible(&sz);
		if (ret == 0)
			ret = s2i_join(&sz.space, &piece, domain, &violations, err);
		out->cases += part->cases;
		out->violations += part->violations;
	}
	if (ret == 0 && out->violations != 0)
		ret = finish_one(&sz, violations, domain, out);
	end(&sz);
	return ret;
}

int s2_join_size_verify(struct s2_explorer *ex, const struct s2_size_invariant *parts, unsigned n,
			struct s2_size_invariant out[S2_NR_SIZE_INVARIANTS], struct s2_error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < S2_NR_SIZE_INVARIANTS; i++)
		ret = join_one(ex, i, parts, n, &out[i], err);
	return ret;
}

/* SPDX-License-Identifier: MIT */
#include "bdd.h"

#include <s2pte/error.h>

#include <stdlib.h>
#include <string.h>

struct node {
	uint32_t level;
	s2i_set low, high;
	uint32_t next; /* in the same bucket */
};

/* Results of if-then-else, overwritten freely. */
struct cached {
	s2i_set a, b, c, result;
};

#define CACHE_BITS 16

struct s2i_bdd {
	struct node *nodes;
	uint32_t n, room;
	uint32_t *buckets;
	uint32_t n_buckets; /* a power of two */
	struct cached *cache;
	unsigned n_vars;
	int failed; /* why, an enum s2_err; 0 = it has not */
	uint32_t work; /* since the beginning, modulo 2^32 */
	int (*progress)(void *arg);
	void *arg;
};

/* How much work passes between two questions: some milliseconds. */
#define ASK_EVERY (UINT32_C(1) << 16)

static uint32_t hash3(uint32_t a, uint32_t b, uint32_t c)
{
	uint64_t h = a * UINT64_C(0x9e3779b97f4a7c15);

	h = (h ^ b) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ c ^ h >> 31) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(h >> 32);
}

struct s2i_bdd *s2i_bdd_new(unsigned n_vars)
{
	struct s2i_bdd *bdd = calloc(1, sizeof(*bdd));

	if (bdd == NULL)
		return NULL;
	bdd->n_vars = n_vars;
	bdd->room = 4096;
	bdd->n_buckets = 4096;
	bdd->nodes = malloc(bdd->room * sizeof(*bdd->nodes));
	bdd->buckets = calloc(bdd->n_buckets, sizeof(*bdd->buckets));
	bdd->cache = calloc((size_t)1 << CACHE_BITS, sizeof(*bdd->cache));
	if (bdd->nodes == NULL || bdd->buckets == NULL || bdd->cache == NULL) {
		s2i_bdd_free(bdd);
		return NULL;
	}
	/* The two constants stand below all variables. */
	for (uint32_t i = 0; i < 2; i++)
		bdd->nodes[i] = (struct node){ S2I_MAX_VARS, i, i, 0 };
	bdd->n = 2;
	return bdd;
}

void s2i_bdd_free(struct s2i_bdd *bdd)
{
	if (bdd == NULL)
		return;
	free(bdd->nodes);
	free(bdd->buckets);
	free(bdd->cache);
	free(bdd);
}

int s2i_bdd_failed(const struct s2i_bdd *bdd)
{
	return bdd->failed;
}

void s2i_bdd_ask(struct s2i_bdd *bdd, int (*progress)(void *arg), void *arg)
{
	bdd->progress = progress;
	bdd->arg = arg;
}

static void ask(struct s2i_bdd *bdd)
{
	if (++bdd->work % ASK_EVERY != 0 || bdd->progress == NULL || bdd->progress(bdd->arg) == 0)
		return;
	bdd->failed = S2_ECANCELED;
}

static int grow(struct s2i_bdd *bdd)
{
	uint32_t room = bdd->room * 2;
	struct node *nodes;
	uint32_t *buckets;

	if (room > S2I_MAX_NODES)
		return S2_ELIMIT;
	nodes = realloc(bdd->nodes, room * sizeof(*nodes));
	if (nodes == NULL)
		return S2_ENOMEM;
	bdd->nodes = nodes;
	bdd->room = room;
	buckets = calloc(room, sizeof(*buckets));
	if (buckets == NULL)
		return S2_ENOMEM;
	free(bdd->buckets);
	bdd->buckets = buckets;
	bdd->n_buckets = room;
	for (uint32_t i = 2; i < bdd->n; i++) {
		struct node *node = &bdd->nodes[i];
		uint32_t *bucket = &buckets[hash3(node->level, node->low, node->high) & (room - 1)];

		node->next = *bucket;
		*bucket = i;
	}
	return 0;
}

static s2i_set make(struct s2i_bdd *bdd, uint32_t level, s2i_set low, s2i_set high)
{
	uint32_t hash = hash3(level, low, high), at;

	if (low == high)
		return low;
	for (at = bdd->buckets[hash & (bdd->n_buckets - 1)]; at != 0; at = bdd->nodes[at].next) {
		const struct node *node = &bdd->nodes[at];

		if (node->level == level && node->low == low && node->high == high)
			return at;
	}
	if (bdd->failed == 0 && bdd->n == bdd->room)
		bdd->failed = grow(bdd);
	if (bdd->failed != 0)
		return S2I_NONE;
	at = bdd->n++;
	bdd->nodes[at] = (struct node){ level, low, high,
					bdd->buckets[hash & (bdd->n_buckets - 1)] };
	bdd->buckets[hash & (bdd->n_buckets - 1)] = at;
	return at;
}

s2i_set s2i_var(struct s2i_bdd *bdd, unsigned level)
{
	return make(bdd, level, S2I_NONE, S2I_EVERY);
}

unsigned s2i_level(const struct s2i_bdd *bdd, s2i_set a)
{
	return bdd->nodes[a].level;
}

s2i_set s2i_branch(const struct s2i_bdd *bdd, s2i_set a, unsigned level, bool value)
{
	const struct node *node = &bdd->nodes[a];

	if (node->level != level)
		return a;
	return value ? node->high : node->low;
}

static s2i_set ite(struct s2i_bdd *bdd, s2i_set a, s2i_set b, s2i_set c)
{
	struct cached *slot;
	s2i_set low, high, result;
	unsigned level;

	/* Without new nodes nothing is remembered either, and the recursion would not end. */
	if (bdd->failed != 0)
		return S2I_NONE;
	if (a == S2I_EVERY || b == c)
		return b;
	if (a == S2I_NONE)
		return c;
	if (b == S2I_EVERY && c == S2I_NONE)
		return a;
	slot = &bdd->cache[hash3(a, b, c) >> (32 - CACHE_BITS)];
	if (slot->a == a && slot->b == b && slot->c == c)
		return slot->result;
	ask(bdd);
	level = s2i_level(bdd, a);
	if (s2i_level(bdd, b) < level)
		level = s2i_level(bdd, b);
	if (s2i_level(bdd, c) < level)
		level = s2i_level(bdd, c);
	low = ite(bdd, s2i_branch(bdd, a, level, false), s2i_branch(bdd, b, level, false),
		  s2i_branch(bdd, c, level, false));
	high = ite(bdd, s2i_branch(bdd, a, level, true), s2i_branch(bdd, b, level, true),
		   s2i_branch(bdd, c, level, true));
	result = make(bdd, level, low, high);
	/* A failure is not a result. */
	if (bdd->failed == 0)
		*slot = (struct cached){ a, b, c, result };
	return result;
}

s2i_set s2i_and(struct s2i_bdd *bdd, s2i_set a, s2i_set b)
{
	return ite(bdd, a, b, S2I_NONE);
}

s2i_set s2i_or(struct s2i_bdd *bdd, s2i_set a, s2i_set b)
{
	return ite(bdd, a, S2I_EVERY, b);
}

s2i_set s2i_not(struct s2i_bdd *bdd, s2i_set a)
{
	return ite(bdd, a, S2I_NONE, S2I_EVERY);
}

s2i_set s2i_minus(struct s2i_bdd *bdd, s2i_set a, s2i_set b)
{
	return ite(bdd, b, S2I_NONE, a);
}

s2i_set s2i_equal(struct s2i_bdd *bdd, s2i_set a, s2i_set b)
{
	return ite(bdd, a, b, s2i_not(bdd, b));
}

/* One variable after the other: each step is a cached disjunction of two cofactors. */
static s2i_set cofactor(struct s2i_bdd *bdd, s2i_set a, unsigned level, bool value, s2i_set *memo)
{
	unsigned at = s2i_level(bdd, a);
	s2i_set low, high;

	if (bdd->failed != 0)
		return S2I_NONE;
	if (at > level)
		return a;
	if (at == level)
		return s2i_branch(bdd, a, level, value);
	if (memo[a] != UINT32_MAX)
		return memo[a];
	low = cofactor(bdd, s2i_branch(bdd, a, at, false), level, value, memo);
	high = cofactor(bdd, s2i_branch(bdd, a, at, true), level, value, memo);
	memo[a] = make(bdd, at, low, high);
	return memo[a];
}

s2i_set s2i_exists(struct s2i_bdd *bdd, s2i_set a, uint64_t levels)
{
	for (unsigned level = 0; level < bdd->n_vars; level++) {
		s2i_set part[2];

		if ((levels >> level & 1) == 0)
			continue;
		for (unsigned value = 0; value < 2; value++) {
			/* Only nodes of @a are looked up: none is newer than it. */
			size_t size = ((size_t)a + 1) * sizeof(s2i_set);
			s2i_set *memo = malloc(size);

			if (memo == NULL) {
				bdd->failed = S2_ENOMEM;
				return S2I_NONE;
			}
			memset(memo, 0xff, size);
			part[value] = cofactor(bdd, a, level, value != 0, memo);
			free(memo);
		}
		a = s2i_or(bdd, part[0], part[1]);
	}
	return a;
}

static uint64_t count_below(const struct s2i_bdd *bdd, s2i_set a, uint64_t *memo)
{
	const struct node *node = &bdd->nodes[a];
	uint64_t count = 0;

	if (a == S2I_NONE || a == S2I_EVERY)
		return a;
	if (memo[a] != UINT64_MAX)
		return memo[a];
	for (unsigned value = 0; value < 2; value++) {
		s2i_set child = value != 0 ? node->high : node->low;
		unsigned below = s2i_level(bdd, child);

		if (below > bdd->n_vars)
			below = bdd->n_vars;
		count += count_below(bdd, child, memo) << (below - node->level - 1);
	}
	memo[a] = count;
	return count;
}

uint64_t s2i_count(struct s2i_bdd *bdd, s2i_set a)
{
	size_t size = ((size_t)a + 1) * sizeof(uint64_t);
	uint64_t *memo = malloc(size), count;
	unsigned level = s2i_level(bdd, a);

	if (memo == NULL) {
		bdd->failed = S2_ENOMEM;
		return 0;
	}
	memset(memo, 0xff, size);
	count = count_below(bdd, a, memo) << (level < bdd->n_vars ? level : bdd->n_vars);
	free(memo);
	return count;
}

/* SPDX-License-Identifier: MIT */
/* Look without touching: the walk of one address, and all leaves of a range. */
#include "walk.h"

int s2_pgtable_walk(const struct s2_pgtable *pgt, uint64_t ipa,
		    struct s2_walk_entry entries[S2_MAX_LEVELS], size_t *n)
{
	const uint64_t *table = pgt->pgd;
	int level = pgt->start_level;
	size_t index;

	*n = 0;
	if (ipa >= pgt->ipa_limit)
		return -S2_K_ERANGE;
	/* The concatenated entry tables are one long table. */
	index = (size_t)(ipa >> s2i_shift(pgt, level));
	for (;; level++) {
		uint64_t pte = table[index];
		uint32_t child;

		entries[(*n)++] = (struct s2_walk_entry){ level, pte };
		if (!s2i_is_table(pte, level))
			return 0;
		table = s2i_table_of(pgt, pte, &child);
		index = (size_t)(ipa >> s2i_shift(pgt, level + 1)) &
			(((size_t)1 << pgt->index_bits) - 1);
	}
}

struct dump {
	struct s2_leaf_run run; /* count 0: none yet */
	int (*visit)(void *arg, const struct s2_leaf_run *run);
	void *arg;
};

static bool continues(const struct s2_pgtable *pgt, const struct s2_leaf_run *run, uint64_t ipa,
		      uint64_t pte, int level)
{
	uint64_t span = run->count * run->size;
	uint64_t address = pgt->oa_low | pgt->oa_high;

	return run->count != 0 && run->level == level && ipa == run->ipa + span &&
	       s2i_oa(pgt, pte) == s2i_oa(pgt, run->pte) + span &&
	       ((pte ^ run->pte) & ~address) == 0;
}

S2I_INLINE int dump_visit(struct s2i_ctx *ctx, unsigned when, void *arg)
{
	struct dump *dump = arg;
	uint64_t size = s2i_size(ctx);
	uint64_t ipa = ctx->addr & ~(size - 1);
	int ret;

	(void)when;
	if ((ctx->old & S2I_PTE_VALID) == 0)
		return 0;
	if (continues(ctx->pgt, &dump->run, ipa, ctx->old, ctx->level)) {
		dump->run.count++;
		return 0;
	}
	ret = dump->run.count != 0 ? dump->visit(dump->arg, &dump->run) : 0;
	dump->run = (struct s2_leaf_run){ ipa, ctx->old, size, 1, ctx->level };
	return ret;
}

int s2_pgtable_dump(const struct s2_pgtable *pgt, uint64_t ipa, uint64_t size,
		    int (*visit)(void *arg, const struct s2_leaf_run *run), void *arg)
{
	struct dump dump = { .visit = visit, .arg = arg };
	/* The walker is made for visitors that change things; this one does not. */
	int ret = s2i_walk((struct s2_pgtable *)(uintptr_t)pgt, ipa, size, 0, dump_visit,
			   &dump);

	if (ret == 0 && dump.run.count != 0)
		ret = visit(arg, &dump.run);
	return ret;
}

struct entries {
	int (*visit)(void *arg, uint64_t ipa, const struct s2_walk_entry *entry);
	void *arg;
};

S2I_INLINE int entries_visit(struct s2i_ctx *ctx, unsigned when, void *arg)
{
	const struct entries *entries = arg;
	struct s2_walk_entry entry = { ctx->level, ctx->old };

	(void)when;
	return entries->visit(entries->arg, ctx->addr & ~(s2i_size(ctx) - 1), &entry);
}

int s2_pgtable_entries(const struct s2_pgtable *pgt, uint64_t ipa, uint64_t size,
		       int (*visit)(void *arg, uint64_t ipa, const struct s2_walk_entry *entry),
		       void *arg)
{
	struct entries entries = { visit, arg };

	return s2i_walk((struct s2_pgtable *)(uintptr_t)pgt, ipa, size, 0, entries_visit,
			&entries);
}

uint64_t s2_pgtable_pte_pa(const struct s2_pgtable *pgt, uint64_t pte)
{
	return s2i_oa(pgt, pte);
}

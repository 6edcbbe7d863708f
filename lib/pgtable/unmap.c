/* SPDX-License-Identifier: MIT */
/* Unmap and flush: what takes memory away from the guest's view. */
#include "walk.h"

static void dcache(const struct s2_pgtable *pgt, uint64_t pte, int level)
{
	if (pgt->config.ops.dcache_clean_inval_poc != NULL)
		pgt->config.ops.dcache_clean_inval_poc(pgt->config.arg, s2i_oa(pgt, pte),
						       s2i_granule(pgt, level));
}

/* One range invalidation at the end is cheaper, where it exists and caches need no care. */
static bool deferred(const struct s2_pgtable *pgt)
{
	return pgt->config.tlbi_range && pgt->config.format.fwb;
}

/* stage2_unmap_walker() */
S2I_INLINE int unmap_visit(struct s2i_ctx *ctx, unsigned when, void *arg)
{
	struct s2_pgtable *pgt = ctx->pgt;
	uint64_t old = ctx->old;

	(void)arg;
	if (when == S2I_TABLE_POST) {
		uint32_t child;

		s2i_table_of(pgt, old, &child);
		if (pgt->refs[child] != 0)
			return 0;
		if (ctx->traced)
			s2i_step_table(pgt, S2_STEP_TABLE_EMPTY, child);
		s2i_set(ctx, 0);
		s2i_tlbi_ipa(pgt, ctx->addr, S2_LEVEL_UNKNOWN);
		s2i_put(pgt, ctx->table);
		s2i_table_free(pgt, child);
		return 0;
	}
	if (old == 0)
		return 0;
	s2i_set(ctx, 0);
	if (!deferred(pgt))
		s2i_tlbi_ipa(pgt, ctx->addr, ctx->level);
	s2i_put(pgt, ctx->table);
	if (s2i_cacheable(pgt, old) && !pgt->config.format.fwb)
		dcache(pgt, old, ctx->level);
	return 0;
}

int s2_pgtable_unmap(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size)
{
	int ret;

	s2i_lock(pgt);
	ret = s2i_walk(pgt, ipa, size, S2I_TABLE_POST, unmap_visit, NULL);
	if (deferred(pgt))
		s2i_tlbi_range(pgt, ipa, size);
	s2i_unlock(pgt);
	return ret;
}

/* stage2_flush_walker() */
S2I_INLINE int flush_visit(struct s2i_ctx *ctx, unsigned when, void *arg)
{
	(void)when;
	(void)arg;
	if (s2i_cacheable(ctx->pgt, ctx->old))
		dcache(ctx->pgt, ctx->old, ctx->level);
	return 0;
}

int s2_pgtable_flush(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size)
{
	int ret;

	if (pgt->config.format.fwb)
		return 0;
	s2i_lock(pgt);
	ret = s2i_walk(pgt, ipa, size, 0, flush_visit, NULL);
	s2i_unlock(pgt);
	return ret;
}

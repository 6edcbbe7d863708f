/* SPDX-License-Identifier: MIT */
/* The map visitor, which split uses too to build a tree that is not linked yet. */
#ifndef S2I_MAP_H
#define S2I_MAP_H

#include "bbm.h"

struct s2i_map {
	uint64_t pa;   /* page-aligned */
	uint64_t attr;
	struct s2_memcache *mc;
	bool force_page;
	bool shared;   /* other CPUs may walk: only the fault path's own changes */
	bool unlinked; /* no CPU can see the tree: no TLB and cache maintenance */
};

S2I_INLINE uint64_t s2i_map_pa(const struct s2i_ctx *ctx, const struct s2i_map *map)
{
	return map->pa + (ctx->addr - ctx->start);
}

/* stage2_leaf_mapping_allowed() and kvm_block_mapping_supported() */
S2I_INLINE bool s2i_leaf_allowed(const struct s2i_ctx *ctx, const struct s2i_map *map)
{
	uint64_t granule = s2i_size(ctx);

	if (ctx->level == S2_LEVEL_LAST)
		return true;
	if (map->force_page || ctx->level < ctx->pgt->min_block_level)
		return false;
	return granule <= ctx->end - ctx->addr &&
	       ((s2i_map_pa(ctx, map) | ctx->addr) & (granule - 1)) == 0;
}

/* stage2_map_walker_try_leaf(), for an entry that may hold a leaf. */
S2I_INLINE int s2i_map_leaf(const struct s2i_ctx *ctx, const struct s2i_map *map)
{
	struct s2_pgtable *pgt = ctx->pgt;
	uint64_t perms = pgt->s2ap_r | pgt->s2ap_w | pgt->xn;
	uint64_t pa = s2i_map_pa(ctx, map);
	uint64_t pte = s2i_leaf(pgt, pa, map->attr, ctx->level);
	uint64_t granule = s2i_size(ctx);

	/* The same, or only other permissions: those are for relax. */
	if ((ctx->old & S2I_PTE_VALID) != 0 && ((ctx->old ^ pte) & ~perms) == 0)
		return -S2_K_EAGAIN;
	if (!map->shared && ((ctx->old ^ pte) & ~pgt->sw) == 0) {
		s2i_set(ctx, pte);
		return 0;
	}
	s2i_break(ctx);
	if (!map->unlinked) {
		const struct s2_pgtable_ops *ops = &pgt->config.ops;

		if (ops->dcache_clean_inval_poc != NULL && s2i_cacheable(pgt, pte))
			ops->dcache_clean_inval_poc(pgt->config.arg, pa, granule);
		if (ops->icache_inval_pou != NULL && s2i_executable(pgt, pte))
			ops->icache_inval_pou(pgt->config.arg, pa, granule);
	}
	s2i_make(ctx, pte);
	return 0;
}

/* stage2_map_walker() */
S2I_INLINE int s2i_map_visit(struct s2i_ctx *ctx, unsigned when, void *arg)
{
	const struct s2i_map *map = arg;
	struct s2_pgtable *pgt = ctx->pgt;
	uint32_t child;

	if (s2i_leaf_allowed(ctx, map)) {
		uint64_t old = ctx->old;
		int ret = s2i_map_leaf(ctx, map);

		if (ret == 0 && when == S2I_TABLE_PRE)
			s2i_subtree_free(pgt, old, ctx->level);
		return ret;
	}
	if (when == S2I_TABLE_PRE)
		return 0;
	/* An empty table takes the place; the rest of a block that stood here is
	 * faulted back in when it is touched. */
	if (map->mc == NULL || map->mc->pages == 0 || !s2i_table_alloc(pgt, &child))
		return -S2_K_ENOMEM;
	map->mc->pages--;
	s2i_break(ctx);
	s2i_make(ctx, s2i_table_pte(pgt, child));
	return 0;
}

#endif

/* SPDX-License-Identifier: MIT */
/* Split blocks into populated tables, eagerly. */
#include "map.h"

/* Tables that page-sized leaves below a block of @level need. */
static size_t tables_for(const struct s2_pgtable *pgt, int level)
{
	return level == 2 ? 1 : ((size_t)1 << pgt->index_bits) + 1;
}

/*
 * kvm_pgtable_stage2_create_unlinked(): a table that maps [pa, pa + block) as a block
 * of @level did, by pages or by the next smaller blocks.
 */
static int create_unlinked(struct s2_pgtable *pgt, uint64_t pa, int level, unsigned prot,
			   struct s2_memcache *mc, bool force_page, uint32_t *index)
{
	/* What an entry allows is never refused. */
	struct s2i_map map = { .pa = pa, .attr = s2i_prot_attr(pgt, prot), .mc = mc,
			       .force_page = force_page, .unlinked = true };
	uint64_t end = s2i_granule(pgt, level);
	int ret;

	if (mc->pages == 0 || !s2i_table_alloc(pgt, index))
		return -S2_K_ENOMEM;
	mc->pages--;
	ret = s2i_walk_table(pgt, 0, end, s2i_table_ptr(pgt, *index), *index, level + 1,
			     (size_t)1 << pgt->index_bits, 0, pgt->step != NULL, s2i_map_visit,
			     &map);
	if (ret != 0)
		s2i_subtree_free(pgt, s2i_table_pte(pgt, *index), level);
	return ret;
}

/* stage2_split_walker() */
S2I_INLINE int split_visit(struct s2i_ctx *ctx, unsigned when, void *arg)
{
	struct s2_pgtable *pgt = ctx->pgt;
	struct s2_memcache *mc = arg;
	bool force_page;
	uint32_t child;
	int ret;

	(void)when;
	if (ctx->level == S2_LEVEL_LAST || (ctx->old & S2I_PTE_VALID) == 0)
		return 0;
	force_page = mc->pages >= tables_for(pgt, ctx->level);
	/* The memory type is not among what pte_prot() tells: a Device block comes out
	 * as Normal pages, as in the kernel. */
	ret = create_unlinked(pgt, s2i_oa(pgt, ctx->old), ctx->level,
			      s2_pgtable_pte_prot(pgt, ctx->old), mc, force_page, &child);
	if (ret != 0)
		return ret;
	s2i_break(ctx);
	s2i_make(ctx, s2i_table_pte(pgt, child));
	return 0;
}

int s2_pgtable_split(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size, struct s2_memcache *mc)
{
	int ret;

	s2i_lock(pgt);
	ret = s2i_walk(pgt, ipa, size, 0, split_visit, mc);
	s2i_unlock(pgt);
	return ret;
}

/* SPDX-License-Identifier: MIT */
/* Break-before-make: an entry that translation may see changes only through invalid. */
#ifndef S2I_BBM_H
#define S2I_BBM_H

#include "walk.h"

/* stage2_make_pte(): the table gets its reference back with the new entry. */
S2I_INLINE void s2i_make(const struct s2i_ctx *ctx, uint64_t pte)
{
	s2i_get(ctx->pgt, ctx->table);
	s2i_set(ctx, pte);
}

/*
 * stage2_try_break_pte(): lock the entry, and take what it said out of the TLBs: nothing, in a
 * tree that no CPU can see yet.
 */
S2I_INLINE void s2i_break(const struct s2i_ctx *ctx)
{
	struct s2_pgtable *pgt = ctx->pgt;
	uint64_t old = ctx->old;

	s2i_set(ctx, pgt->locked);
	if (old == 0)
		return;
	if (s2i_is_table(old, ctx->level)) {
		uint64_t size = s2i_size(ctx);

		s2i_tlbi_range(pgt, ctx->addr & ~(size - 1), size);
	} else {
		s2i_tlbi_ipa(pgt, ctx->addr, ctx->level);
	}
	s2i_put(pgt, ctx->table);
}

#endif

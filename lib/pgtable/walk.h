/* SPDX-License-Identifier: MIT */
/*
 * The one walker. It is inlined into each operation with its visitor, so that a
 * visitor costs no call. Mirrors __kvm_pgtable_walk() and __kvm_pgtable_visit().
 */
#ifndef S2I_WALK_H
#define S2I_WALK_H

#include "pgtable.h"

/* When the visitor is called, and how the walk goes on. */
#define S2I_LEAF        (1u << 0) /* an entry that is no table */
#define S2I_TABLE_PRE   (1u << 1) /* a table, before what is below it */
#define S2I_TABLE_POST  (1u << 2) /* a table, after that */
#define S2I_PASS_EAGAIN (1u << 3) /* go on past an entry that says EAGAIN */

/* All that a visitor may look at: struct kvm_pgtable_visit_ctx. */
struct s2i_ctx {
	struct s2_pgtable *pgt;
	uint64_t *ptep;
	uint64_t old;   /* *ptep when the visit began */
	uint64_t start; /* of the whole walk, page-aligned */
	uint64_t addr;  /* where the walk stands: inside this entry */
	uint64_t end;
	uint32_t table; /* index of the table that holds the entry */
	int level;
};

#if defined(__GNUC__)
#define S2I_INLINE static inline __attribute__((always_inline))
#else
#define S2I_INLINE static inline
#endif

struct s2i_frame {
	struct s2i_ctx ctx;
	uint64_t *last; /* the last entry of the table */
};

S2I_INLINE void s2i_enter(struct s2i_frame *frame, uint64_t *table, uint32_t index,
			  uint64_t addr, unsigned shift, size_t entries)
{
	frame->ctx.ptep = table + (addr >> shift & (entries - 1));
	frame->ctx.table = index;
	frame->last = table + entries - 1;
}

/*
 * Walk [addr, addr + size) below a table @top of @level with @entries entries (a power of two), whose
 * IPAs start at a multiple of what it covers.
 */
S2I_INLINE int s2i_walk_table(struct s2_pgtable *pgt, uint64_t addr, uint64_t end, uint64_t *top,
			      uint32_t top_index, int level, size_t entries, unsigned flags,
			      int (*visit)(struct s2i_ctx *ctx, unsigned when, void *arg),
			      void *arg)
{
	struct s2i_frame frames[S2_MAX_LEVELS], *f = frames;
	const size_t per_table = (size_t)1 << pgt->index_bits;
	unsigned shift = s2i_shift(pgt, level);
	const uint64_t start = addr;
	int ret;

	if (addr >= end)
		return 0;
	s2i_enter(f, top, top_index, addr, shift, entries);
	for (;;) {
		struct s2i_ctx *ctx = &f->ctx;
		bool table;

		ctx->pgt = pgt;
		ctx->start = start;
		ctx->end = end;
		ctx->addr = addr;
		ctx->level = level;
		ctx->old = *ctx->ptep;
		table = s2i_is_table(ctx->old, level);
		if ((flags & (table ? S2I_TABLE_PRE : S2I_LEAF)) != 0) {
			ret = visit(ctx, table ? S2I_TABLE_PRE : S2I_LEAF, arg);
			if (ret != 0 && (ret != -S2_K_EAGAIN || (flags & S2I_PASS_EAGAIN) == 0))
				return ret;
			/* The visitor may have put a table there, or taken it away. */
			ctx->old = *ctx->ptep;
			table = s2i_is_table(ctx->old, level);
		}
		if (table) {
			uint32_t index;
			uint64_t *child = s2i_table_of(pgt, ctx->old, &index);

			shift -= pgt->index_bits;
			level++;
			f++;
			s2i_enter(f, child, index, addr, shift, per_table);
			continue;
		}
		addr = ((addr >> shift) + 1) << shift;
		while (addr >= end || f->ctx.ptep == f->last) {
			if (f == frames)
				return 0;
			f--;
			level--;
			shift += pgt->index_bits;
			if ((flags & S2I_TABLE_POST) == 0)
				continue;
			ret = visit(&f->ctx, S2I_TABLE_POST, arg);
			if (ret != 0 && (ret != -S2_K_EAGAIN || (flags & S2I_PASS_EAGAIN) == 0))
				return ret;
		}
		f->ctx.ptep++;
	}
}

/* kvm_pgtable_walk() */
S2I_INLINE int s2i_walk(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size, unsigned flags,
			int (*visit)(struct s2i_ctx *ctx, unsigned when, void *arg), void *arg)
{
	uint64_t page = UINT64_C(1) << pgt->page_shift;
	uint64_t addr = ipa & ~(page - 1);
	uint64_t end = (addr + size + page - 1) & ~(page - 1);

	if (addr > pgt->ipa_limit || end > pgt->ipa_limit)
		return -S2_K_ERANGE;
	return s2i_walk_table(pgt, addr, end, pgt->pgd, S2I_PGD, pgt->start_level,
			      (size_t)pgt->config.geometry.entry_tables << pgt->index_bits, flags,
			      visit, arg);
}

#endif

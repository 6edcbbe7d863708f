/* SPDX-License-Identifier: MIT */
/*
 * The one walker. It is inlined into each operation with its visitor, so that a
 * visitor costs no call. Mirrors __kvm_pgtable_walk() and __kvm_pgtable_visit().
 */
#ifndef S2I_WALK_H
#define S2I_WALK_H

#include "pgtable.h"

/* When the visitor is called, and how the walk goes on. */
#define S2I_LEAF        (1u << 0) /* an entry that is no table: always */
#define S2I_TABLE_PRE   (1u << 1) /* a table, before what is below it */
#define S2I_TABLE_POST  (1u << 2) /* a table, after that: what the visitor returns is of no avail */
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
	unsigned shift; /* of what the entry covers */
	bool traced;    /* somebody looks on: a constant in each copy of the walker */
};

/* For make coverage one copy of each, so that its branches are counted once. */
#if defined(__GNUC__) && !defined(S2I_COVERAGE)
#define S2I_INLINE static inline __attribute__((always_inline))
#define S2I_RARE(condition) __builtin_expect((condition), 0)
#else
#define S2I_INLINE static inline
#define S2I_RARE(condition) (condition)
#endif

/* The size of what the entry covers. */
S2I_INLINE uint64_t s2i_size(const struct s2i_ctx *ctx)
{
	return UINT64_C(1) << ctx->shift;
}

/* Write the entry. */
S2I_INLINE void s2i_set(const struct s2i_ctx *ctx, uint64_t pte)
{
	*ctx->ptep = pte;
	if (ctx->traced)
		s2i_step_entry(ctx->pgt, S2_STEP_WRITE, ctx->table, ctx->ptep, pte);
}

S2I_INLINE void s2i_read(struct s2i_ctx *ctx)
{
	ctx->old = *ctx->ptep;
	if (ctx->traced)
		s2i_step_entry(ctx->pgt, S2_STEP_READ, ctx->table, ctx->ptep, ctx->old);
}

/* The way back up: where the walk stands in a table above. */
struct s2i_place {
	uint64_t *ptep, *last;
	uint64_t addr; /* where the walk entered this entry */
	uint32_t table;
};

/* Whether what a visitor returned ends the walk. */
S2I_INLINE bool s2i_ends(int ret, unsigned flags)
{
	return ret != 0 && (ret != -S2_K_EAGAIN || (flags & S2I_PASS_EAGAIN) == 0);
}

/*
 * Walk [addr, end) below a table @top of @level with @entries entries (a power of two),
 * whose IPAs start at a multiple of what it covers.
 */
S2I_INLINE int s2i_walk_table(struct s2_pgtable *pgt, uint64_t addr, uint64_t end, uint64_t *top,
			      uint32_t top_index, int level, size_t entries, unsigned flags,
			      bool traced,
			      int (*visit)(struct s2i_ctx *ctx, unsigned when, void *arg),
			      void *arg)
{
	const size_t mask = ((size_t)1 << pgt->index_bits) - 1;
	const uint64_t page = UINT64_C(1) << pgt->page_shift;
	const unsigned shift = s2i_shift(pgt, level);
	struct s2i_ctx ctx = { .pgt = pgt, .start = addr, .addr = addr, .end = end,
			       .table = top_index, .level = level, .shift = shift, .traced = traced,
			       .ptep = top + (addr >> shift & (entries - 1)) };
	uint64_t *last = top + entries - 1;
	struct s2i_place above[S2_MAX_LEVELS], *up = above;
	int ret;

	if (addr >= end)
		return 0;
	for (;;) {
		/* Down to the entry that is no table. */
		while (ctx.level < S2_LEVEL_LAST) {
			uint64_t *child;
			bool table;

			s2i_read(&ctx);
			table = s2i_is_table(ctx.old, ctx.level);
			if (!table || (flags & S2I_TABLE_PRE) != 0) {
				ret = visit(&ctx, table ? S2I_TABLE_PRE : S2I_LEAF, arg);
				if (s2i_ends(ret, flags))
					return ret;
				/* The visitor may have put a table there, or taken it away. */
				ctx.old = *ctx.ptep;
				table = s2i_is_table(ctx.old, ctx.level);
			}
			if (!table) {
				ctx.addr = ((ctx.addr >> ctx.shift) + 1) << ctx.shift;
				break;
			}
			*up++ = (struct s2i_place){ ctx.ptep, last, ctx.addr, ctx.table };
			child = s2i_table_of(pgt, ctx.old, &ctx.table);
			ctx.level++;
			ctx.shift -= pgt->index_bits;
			ctx.ptep = child + (ctx.addr >> ctx.shift & mask);
			last = child + mask;
		}
		/* Pages are where nearly all the time goes: one after the other, at once. */
		if (ctx.level == S2_LEVEL_LAST) {
			for (;;) {
				s2i_read(&ctx);
				/* Known here, and so compiled into the visitor. */
				ctx.level = S2_LEVEL_LAST;
				ret = visit(&ctx, S2I_LEAF, arg);
				if (s2i_ends(ret, flags))
					return ret;
				ctx.addr += page;
				if (ctx.addr >= end || ctx.ptep == last)
					break;
				ctx.ptep++;
			}
		}
		/* On to the next entry: up out of the tables that end here. */
		if (ctx.addr >= end && (flags & S2I_TABLE_POST) == 0)
			return 0;
		while (ctx.addr >= end || ctx.ptep == last) {
			uint64_t next;

			if (up == above)
				return 0;
			up--;
			ctx.ptep = up->ptep;
			ctx.table = up->table;
			last = up->last;
			ctx.level--;
			ctx.shift += pgt->index_bits;
			if ((flags & S2I_TABLE_POST) == 0)
				continue;
			next = ctx.addr;
			ctx.addr = up->addr;
			s2i_read(&ctx);
			(void)visit(&ctx, S2I_TABLE_POST, arg);
			ctx.addr = next;
		}
		ctx.ptep++;
	}
}

/* kvm_pgtable_walk() */
S2I_INLINE int s2i_walk(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size, unsigned flags,
			int (*visit)(struct s2i_ctx *ctx, unsigned when, void *arg), void *arg)
{
	uint64_t page = UINT64_C(1) << pgt->page_shift;
	uint64_t addr = ipa & ~(page - 1);
	uint64_t end = (addr + size + page - 1) & ~(page - 1);
	size_t entries;

	if (addr > pgt->ipa_limit || end > pgt->ipa_limit)
		return -S2_K_ERANGE;
	entries = (size_t)pgt->config.geometry.entry_tables << pgt->index_bits;
	/* Two copies, so that the one which nobody looks at does not ask. */
	if (S2I_RARE(pgt->step != NULL))
		return s2i_walk_table(pgt, addr, end, pgt->pgd, S2I_PGD, pgt->start_level, entries,
				      flags, true, visit, arg);
	return s2i_walk_table(pgt, addr, end, pgt->pgd, S2I_PGD, pgt->start_level, entries, flags,
			      false, visit, arg);
}

#endif

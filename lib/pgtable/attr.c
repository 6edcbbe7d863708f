/* SPDX-License-Identifier: MIT */
/* Operations that change attributes of a leaf in place, without break-before-make. */
#include "walk.h"

struct attr_change {
	uint64_t set, clear;
	int level; /* of the last leaf met */
};

/* stage2_attr_walker() */
S2I_INLINE int attr_visit(struct s2i_ctx *ctx, unsigned when, void *arg)
{
	const struct s2_pgtable *pgt = ctx->pgt;
	struct attr_change *change = arg;
	uint64_t pte = (ctx->old & ~change->clear) | change->set;

	(void)when;
	if ((ctx->old & S2I_PTE_VALID) == 0)
		return -S2_K_EAGAIN;
	change->level = ctx->level;
	if (pte == ctx->old)
		return 0;
	/* Before anyone can fetch through it. */
	if (pgt->config.ops.icache_inval_pou != NULL && s2i_executable(pgt, pte) &&
	    !s2i_executable(pgt, ctx->old))
		pgt->config.ops.icache_inval_pou(pgt->config.arg, s2i_oa(pgt, pte),
						 s2i_granule(pgt, ctx->level));
	*ctx->ptep = pte;
	return 0;
}

int s2_pgtable_relax(struct s2_pgtable *pgt, uint64_t ipa, unsigned prot)
{
	struct attr_change change = { .level = S2_LEVEL_UNKNOWN };
	uint64_t xn;
	int ret;

	if ((prot & S2_PROT_SW) != 0)
		return -S2_K_EINVAL;
	if ((prot & S2_PROT_R) != 0)
		change.set |= pgt->s2ap_r;
	if ((prot & S2_PROT_W) != 0)
		change.set |= pgt->s2ap_w;
	if ((prot & S2_PROT_X) != 0) {
		ret = s2i_prot_xn(pgt, prot, &xn);
		if (ret != 0)
			return ret;
		change.set |= xn;
		change.clear |= ~xn & pgt->xn;
	}
	ret = s2i_walk(pgt, ipa, 1, S2I_LEAF, attr_visit, &change);
	if (ret == 0 || ret == -S2_K_EAGAIN)
		s2i_tlbi_ipa_nsh(pgt, ipa, change.level);
	return ret;
}

int s2_pgtable_wrprotect(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size)
{
	struct attr_change change = { .clear = pgt->s2ap_w };

	return s2i_walk(pgt, ipa, size, S2I_LEAF | S2I_PASS_EAGAIN, attr_visit, &change);
}

int s2_pgtable_mkyoung(struct s2_pgtable *pgt, uint64_t ipa)
{
	struct attr_change change = { .set = pgt->af };

	/* No entry, nothing to make young: not an error. */
	return s2i_walk(pgt, ipa, 1, S2I_LEAF | S2I_PASS_EAGAIN, attr_visit, &change);
}

struct age {
	bool clear, young;
};

/* stage2_age_walker() */
S2I_INLINE int age_visit(struct s2i_ctx *ctx, unsigned when, void *arg)
{
	struct age *age = arg;

	(void)when;
	if ((ctx->old & S2I_PTE_VALID) == 0 || (ctx->old & ctx->pgt->af) == 0)
		return 0;
	age->young = true;
	if (age->clear)
		*ctx->ptep = ctx->old & ~ctx->pgt->af;
	return 0;
}

bool s2_pgtable_age(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size, bool clear)
{
	struct age age = { .clear = clear };

	(void)s2i_walk(pgt, ipa, size, S2I_LEAF, age_visit, &age);
	return age.young;
}

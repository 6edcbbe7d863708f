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
						 s2i_size(ctx));
	s2i_set(ctx, pte);
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
	if ((prot & S2_PROT_X) != 0 || (pgt->config.quirks & S2_TABLE_RELAX_RESETS_XN) != 0) {
		ret = s2i_prot_xn(pgt, prot, &xn);
		if (ret != 0)
			return ret;
		change.set |= xn;
		change.clear |= ~xn & pgt->xn;
	}
	s2i_lock(pgt);
	ret = s2i_walk(pgt, ipa, 1, 0, attr_visit, &change);
	if (ret == 0 || ret == -S2_K_EAGAIN)
		s2i_tlbi_ipa_nsh(pgt, ipa, change.level);
	s2i_unlock(pgt);
	return ret;
}

int s2_pgtable_wrprotect(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size)
{
	struct attr_change change = { .clear = pgt->s2ap_w };
	int ret;

	s2i_lock(pgt);
	ret = s2i_walk(pgt, ipa, size, S2I_PASS_EAGAIN, attr_visit, &change);
	s2i_unlock(pgt);
	return ret;
}

int s2_pgtable_mkyoung(struct s2_pgtable *pgt, uint64_t ipa)
{
	struct attr_change change = { .set = pgt->af };
	int ret;

	s2i_lock(pgt);
	/* No entry, nothing to make young: not an error. */
	ret = s2i_walk(pgt, ipa, 1, S2I_PASS_EAGAIN, attr_visit, &change);
	if (ret == 0)
		s2i_dsb_ishst(pgt);
	s2i_unlock(pgt);
	return ret;
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
		s2i_set(ctx, ctx->old & ~ctx->pgt->af);
	return 0;
}

bool s2_pgtable_age(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size, bool clear)
{
	struct age age = { .clear = clear };

	s2i_lock(pgt);
	(void)s2i_walk(pgt, ipa, size, 0, age_visit, &age);
	s2i_unlock(pgt);
	return age.young;
}

/* SPDX-License-Identifier: MIT */
/* Permissions and memory types, as prot bits and as bits of an entry. */
#include "pgtable.h"

const struct s2_name s2_prot_names[] = {
	{ "R", S2_PROT_R },
	{ "W", S2_PROT_W },
	{ "X", S2_PROT_X },
	{ "PX", S2_PROT_PX },
	{ "UX", S2_PROT_UX },
	{ "DEVICE", S2_PROT_DEVICE },
	{ "NORMAL_NC", S2_PROT_NORMAL_NC },
	{ "SW0", S2_PROT_SW0 },
	{ "SW1", S2_PROT_SW1 },
	{ "SW2", S2_PROT_SW2 },
	{ "SW3", S2_PROT_SW3 },
	{ NULL, 0 },
};

/* XN[1:0] with FEAT_XNX, indexed by UX << 1 | PX. */
static const uint8_t xn_of[4] = { 2, 3, 1, 0 };

/* The XN bits of @prot; -EINVAL where the CPU cannot tell EL0 from EL1. */
int s2i_prot_xn(const struct s2_pgtable *pgt, unsigned prot, uint64_t *xn)
{
	bool px = (prot & S2_PROT_PX) != 0, ux = (prot & S2_PROT_UX) != 0;

	if ((pgt->config.quirks & S2_TABLE_XN_SINGLE) != 0) {
		/* One permission, one bit: whatever asks for a part gets none. */
		*xn = px && ux ? 0 : UINT64_C(2) << pgt->xn_shift;
		return 0;
	}
	if (px != ux && !pgt->config.format.xnx)
		return -S2_K_EINVAL;
	*xn = (uint64_t)xn_of[(unsigned)ux << 1 | (unsigned)px] << pgt->xn_shift;
	return 0;
}

/* stage2_set_prot_attr() */
static int prot_bits(const struct s2_pgtable *pgt, unsigned prot, uint64_t *attr)
{
	uint64_t bits, xn;
	int ret;

	switch (prot & (S2_PROT_DEVICE | S2_PROT_NORMAL_NC)) {
	case 0:
		bits = pgt->attr_normal;
		break;
	case S2_PROT_DEVICE:
		bits = pgt->attr_device;
		break;
	case S2_PROT_NORMAL_NC:
		bits = pgt->attr_normal_nc;
		break;
	default:
		return -S2_K_EINVAL;
	}
	if ((prot & S2_PROT_X) != 0 && (prot & (S2_PROT_DEVICE | S2_PROT_NORMAL_NC)) != 0)
		return -S2_K_EINVAL;
	ret = s2i_prot_xn(pgt, prot, &xn);
	if (ret != 0)
		return ret;
	bits |= xn | pgt->attr_sh | pgt->af;
	if ((prot & S2_PROT_R) != 0)
		bits |= pgt->s2ap_r;
	if ((prot & S2_PROT_W) != 0)
		bits |= pgt->s2ap_w;
	*attr = bits;
	return 0;
}

void s2i_prot_init(struct s2_pgtable *pgt)
{
	pgt->x_never = UINT64_C(2) << pgt->xn_shift;
	pgt->x_mask = (pgt->config.quirks & S2_TABLE_XN_SINGLE) != 0 ? pgt->x_never : pgt->xn;
	for (unsigned prot = 0; prot < S2I_PROT_TABLE; prot++)
		if (prot_bits(pgt, prot, &pgt->prot_attr[prot]) != 0)
			pgt->prot_attr[prot] = 0;
}

int s2_pgtable_prot_attr(const struct s2_pgtable *pgt, unsigned prot, uint64_t *attr)
{
	uint64_t bits = s2i_prot_attr(pgt, prot);

	if (bits == 0)
		return -S2_K_EINVAL;
	*attr = bits;
	return 0;
}

unsigned s2_pgtable_pte_prot(const struct s2_pgtable *pgt, uint64_t pte)
{
	unsigned prot = (unsigned)((pte & pgt->sw) >> pgt->sw_shift) * S2_PROT_SW0;
	unsigned xn = (unsigned)((pte & pgt->xn) >> pgt->xn_shift);

	if ((pte & S2I_PTE_VALID) == 0)
		return prot;
	if ((pte & pgt->s2ap_r) != 0)
		prot |= S2_PROT_R;
	if ((pte & pgt->s2ap_w) != 0)
		prot |= S2_PROT_W;
	if ((pgt->config.quirks & S2_TABLE_XN_SINGLE) != 0)
		return prot | ((xn & 2) == 0 ? S2_PROT_X : 0);
	for (unsigned i = 0; i < 4; i++)
		if (xn_of[i] == xn)
			prot |= i * S2_PROT_PX;
	return prot;
}

/* SPDX-License-Identifier: MIT */
/* Creating and freeing a tree. */
#include "pgtable.h"

#include <string.h>

static uint64_t lowest_bit(uint64_t mask)
{
	return mask & (~mask + 1);
}

static unsigned bit_number(uint64_t bit)
{
	unsigned n = 0;

	while (bit > 1) {
		bit >>= 1;
		n++;
	}
	return n;
}

/* What the entries look like in this format: all from the field table of lib/arch. */
static void init_bits(struct s2_pgtable *pgt)
{
	const struct s2_format *fmt = &pgt->config.format;
	uint64_t page = UINT64_C(1) << pgt->page_shift;
	uint64_t oa = s2_oa_mask(fmt, S2_DESC_PAGE, S2_LEVEL_LAST);
	uint64_t field[S2_NR_FIELDS];
	uint64_t memattr;

	for (unsigned i = 0; i < S2_NR_FIELDS; i++)
		field[i] = s2_field_mask(fmt, S2_DESC_PAGE, S2_LEVEL_LAST, (enum s2_field)i);
	pgt->oa_low = oa & ~(page - 1);
	pgt->oa_high = oa & (page - 1);
	if (pgt->oa_high != 0) {
		/* What does not fit in place goes on above the highest bit that does. */
		unsigned top = bit_number(pgt->oa_low & ~(pgt->oa_low >> 1)) + 1;

		pgt->oa_high_shift = top - bit_number(lowest_bit(pgt->oa_high));
	}
	pgt->memattr = field[S2_F_MEMATTR];
	memattr = lowest_bit(pgt->memattr);
	pgt->attr_normal = memattr * s2_kvm_memattr(fmt->fwb, S2_MEM_NORMAL);
	pgt->attr_normal_nc = memattr * s2_kvm_memattr(fmt->fwb, S2_MEM_NORMAL_NC);
	pgt->attr_device = memattr * s2_kvm_memattr(fmt->fwb, S2_MEM_DEVICE_nGnRE);
	pgt->s2ap_r = lowest_bit(field[S2_F_S2AP]);
	pgt->s2ap_w = field[S2_F_S2AP] & ~pgt->s2ap_r;
	pgt->attr_sh = field[S2_F_SH] != 0 ? lowest_bit(field[S2_F_SH]) * S2_SH_INNER : 0;
	pgt->af = field[S2_F_AF];
	pgt->xn = field[S2_F_XN];
	pgt->xn_shift = bit_number(lowest_bit(pgt->xn));
	pgt->sw = field[S2_F_SW];
	pgt->sw_shift = bit_number(lowest_bit(pgt->sw));
	pgt->locked = (pgt->config.quirks & S2_TABLE_LOCKED_BIT10) != 0 ?
			      s2_field_mask(fmt, S2_DESC_INVALID, S2_LEVEL_LAST, S2_F_KVM_LOCKED) :
			      lowest_bit(s2_field_mask(fmt, S2_DESC_INVALID, S2_LEVEL_LAST,
						       S2_F_KVM_TYPE));
	s2i_prot_init(pgt);
}

int s2_pgtable_new(struct s2_pgtable **out, const struct s2_pgtable_config *config)
{
	const struct s2_geometry *geo = &config->geometry;
	struct s2_pgtable *pgt;

	if (geo->granule != config->format.granule)
		return S2_EINVAL;
	pgt = s2i_alloc(config, sizeof(*pgt));
	if (pgt == NULL)
		return S2_ENOMEM;
	*pgt = (struct s2_pgtable){ .config = *config };
	if (pgt->config.max_tables == 0 || pgt->config.max_tables > S2_MAX_TABLES)
		pgt->config.max_tables = S2_MAX_TABLES;
	pgt->page_shift = s2_page_shift(geo->granule);
	pgt->index_bits = pgt->page_shift - 3;
	pgt->start_level = geo->start_level;
	/* KVM never installs a leaf larger than 1G, 32M, 512M. */
	pgt->min_block_level = geo->granule == S2_GRANULE_4K ? 1 : 2;
	pgt->ipa_limit = UINT64_C(1) << geo->ipa_bits;
	pgt->first_free = S2I_PGD;
	init_bits(pgt);
	pgt->pgd = s2i_alloc(config, (size_t)geo->entry_table_bytes);
	if (pgt->pgd == NULL) {
		s2i_release(config, pgt);
		return S2_ENOMEM;
	}
	memset(pgt->pgd, 0, (size_t)geo->entry_table_bytes);
	*out = pgt;
	return 0;
}

void s2_pgtable_free(struct s2_pgtable *pgt)
{
	struct s2_pgtable_config config;

	if (pgt == NULL)
		return;
	s2i_arena_free(pgt);
	s2i_release(&pgt->config, pgt->pgd);
	config = pgt->config;
	s2i_release(&config, pgt);
}

size_t s2_pgtable_tables(const struct s2_pgtable *pgt)
{
	return pgt->n_tables;
}

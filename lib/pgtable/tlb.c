/* SPDX-License-Identifier: MIT */
/* TLB invalidation as KVM issues it. */
#include "pgtable.h"

/* What one range TLBI covers at most: 32 steps of the largest scale (__TLBI_RANGE_PAGES(31, 3)). */
#define MAX_RANGE_PAGES (UINT64_C(32) << 16)

void s2i_tlbi_ipa(const struct s2_pgtable *pgt, uint64_t ipa, int level)
{
	if (pgt->config.ops.tlbi_ipa != NULL)
		pgt->config.ops.tlbi_ipa(pgt->config.arg, ipa, level);
}

void s2i_tlbi_ipa_nsh(const struct s2_pgtable *pgt, uint64_t ipa, int level)
{
	if (pgt->config.ops.tlbi_ipa_nsh != NULL)
		pgt->config.ops.tlbi_ipa_nsh(pgt->config.arg, ipa, level);
}

/* kvm_tlb_flush_vmid_range(): the whole VMID where the CPU has no range invalidation. */
void s2i_tlbi_range(const struct s2_pgtable *pgt, uint64_t ipa, uint64_t size)
{
	uint64_t step = MAX_RANGE_PAGES << pgt->page_shift;

	if (!pgt->config.tlbi_range) {
		if (pgt->config.ops.tlbi_vmid != NULL)
			pgt->config.ops.tlbi_vmid(pgt->config.arg);
		return;
	}
	if (pgt->config.ops.tlbi_range == NULL)
		return;
	while (size != 0) {
		uint64_t part = size < step ? size : step;

		pgt->config.ops.tlbi_range(pgt->config.arg, ipa, part);
		ipa += part;
		size -= part;
	}
}

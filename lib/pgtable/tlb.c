/* SPDX-License-Identifier: MIT */
/* TLB invalidation as KVM issues it. */
#include "pgtable.h"

/* What one range TLBI covers at most: 32 steps of the largest scale (__TLBI_RANGE_PAGES(31, 3)). */
#define MAX_RANGE_PAGES (UINT64_C(32) << 16)

static void step(const struct s2_pgtable *pgt, enum s2_step_kind kind, uint64_t addr, int level,
		 uint64_t size)
{
	if (pgt->step != NULL)
		s2i_step(pgt, &(struct s2_step){
				      .kind = kind, .addr = addr, .level = level, .size = size });
}

void s2i_tlbi_ipa(const struct s2_pgtable *pgt, uint64_t ipa, int level)
{
	if (pgt->config.ops.tlbi_ipa != NULL)
		pgt->config.ops.tlbi_ipa(pgt->config.arg, ipa, level);
	step(pgt, S2_STEP_TLBI_IPA, ipa, level, 0);
}

void s2i_tlbi_ipa_nsh(const struct s2_pgtable *pgt, uint64_t ipa, int level)
{
	if (pgt->config.ops.tlbi_ipa_nsh != NULL)
		pgt->config.ops.tlbi_ipa_nsh(pgt->config.arg, ipa, level);
	step(pgt, S2_STEP_TLBI_IPA_NSH, ipa, level, 0);
}

/* kvm_tlb_flush_vmid_range(): the whole VMID where the CPU has no range invalidation. */
void s2i_tlbi_range(const struct s2_pgtable *pgt, uint64_t ipa, uint64_t size)
{
	uint64_t most = MAX_RANGE_PAGES << pgt->page_shift;

	if (!pgt->config.tlbi_range) {
		if (pgt->config.ops.tlbi_vmid != NULL)
			pgt->config.ops.tlbi_vmid(pgt->config.arg);
		step(pgt, S2_STEP_TLBI_VMID, 0, S2_LEVEL_UNKNOWN, 0);
		return;
	}
	while (size != 0) {
		uint64_t part = size < most ? size : most;

		if (pgt->config.ops.tlbi_range != NULL)
			pgt->config.ops.tlbi_range(pgt->config.arg, ipa, part);
		step(pgt, S2_STEP_TLBI_RANGE, ipa, S2_LEVEL_UNKNOWN, part);
		ipa += part;
		size -= part;
	}
}

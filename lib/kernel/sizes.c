/* SPDX-License-Identifier: MIT */
/* How large a mapping is made. */
#include <s2pte/kernel.h>

static uint64_t align_down(uint64_t x, uint64_t size)
{
	return x & ~(size - 1);
}

bool s2_slot_supports(const struct s2_memslot *slot, uint64_t hva, uint64_t size,
		      enum s2_granule granule)
{
	uint64_t block = align_down(hva, size);

	if (size == s2_page_size(granule))
		return true;
	if (((slot->gpa ^ slot->hva) & (size - 1)) != 0)
		return false;
	return block >= slot->hva && block + size <= slot->hva + slot->size;
}

/* A block of @size around @hva, inside the VMA and congruent with the physical address. */
static bool pfnmap_block_fits(const struct s2_vma *vma, uint64_t hva, uint64_t pa, uint64_t size)
{
	/* Rounding up an aligned hva gives hva itself: the kernel's test, so it may reach
	 * beyond the end of the VMA. */
	uint64_t up = align_down(hva + size - 1, size);

	return ((hva ^ pa) & (size - 1)) == 0 && align_down(hva, size) >= vma->start &&
	       up <= vma->end;
}

static uint64_t vma_page_size(uint32_t quirks, enum s2_granule granule, const struct s2_vma *vma,
			      uint64_t hva)
{
	if ((vma->flags & S2_VM_HUGETLB) != 0 && (vma->flags & S2_VM_PFNMAP) == 0)
		return vma->hugetlb;
	if ((vma->flags & S2_VM_PFNMAP) != 0 && (quirks & S2_SIZE_PFNMAP_BLOCKS) != 0) {
		uint64_t pa = (s2_vma_pgoff(vma, granule) << s2_page_shift(granule)) +
			      (hva - vma->start);

		if (pfnmap_block_fits(vma, hva, pa, s2_pud_size(granule)))
			return s2_pud_size(granule);
		if (pfnmap_block_fits(vma, hva, pa, s2_pmd_size(granule)))
			return s2_pmd_size(granule);
	}
	return s2_page_size(granule);
}

struct s2_size s2_size_initial(uint32_t quirks, enum s2_granule granule, bool logging,
			       const struct s2_vma *vma, const struct s2_memslot *slot,
			       uint64_t hva)
{
	uint64_t page = s2_page_size(granule);
	uint64_t pmd = s2_pmd_size(granule), pud = s2_pud_size(granule);
	uint64_t size;

	if (logging)
		return (struct s2_size){ page, true };
	size = vma_page_size(quirks, granule, vma, hva);
	if (size == page)
		return (struct s2_size){ page, false };
	if (size >= pud && s2_slot_supports(slot, hva, pud, granule))
		return (struct s2_size){ pud, false };
	/* A contiguous PMD counts as a PMD, a contiguous PTE as a page. */
	if (size >= pmd && s2_slot_supports(slot, hva, pmd, granule))
		return (struct s2_size){ pmd, false };
	return (struct s2_size){ page, true };
}

uint64_t s2_size_upgrade(uint32_t quirks, enum s2_granule granule, struct s2_size initial,
			 bool noncacheable, uint64_t fault_granule,
			 const struct s2_memslot *slot, uint64_t hva, uint64_t mapping)
{
	uint64_t page = s2_page_size(granule), pmd = s2_pmd_size(granule);

	if (initial.size != page || initial.force_page)
		return initial.size;
	if (noncacheable && (quirks & S2_SIZE_UPGRADE_CACHEABLE_ONLY) != 0)
		return page;
	if (fault_granule > page)
		return fault_granule;
	if (mapping >= pmd && s2_slot_supports(slot, hva, pmd, granule))
		return pmd;
	return page;
}

uint64_t s2_size_ipa_align(uint32_t quirks, enum s2_granule granule)
{
	return (quirks & S2_SIZE_IPA_ALIGN_4K) != 0 ? 4096 : s2_page_size(granule);
}

uint64_t s2_size_dirty(uint32_t quirks, enum s2_granule granule, uint64_t ipa, uint64_t size)
{
	bool page_only = (quirks & S2_SIZE_DIRTY_FAULT_PAGE) != 0;

	return align_down(ipa, page_only ? s2_page_size(granule) : size);
}

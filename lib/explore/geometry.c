/* SPDX-License-Identifier: MIT */
/* Addresses and sizes: one example of each combination of what the fault path asks about them. */
#include "geometry.h"

#define F(fact) (UINT64_C(1) << S2_SZ_##fact)

static const struct s2_size_fact_info size_facts[S2_NR_SIZE_FACTS] = {
	[S2_SZ_16K] = { "16k-pages", "the granule is 16K" },
	[S2_SZ_64K] = { "64k-pages", "the granule is 64K" },
	[S2_SZ_LOGGING] = { "logging", "dirty logging is on and the slot is not READONLY" },
	[S2_SZ_NONCACHEABLE] = { "noncacheable", "stage 2 is forced non-cacheable" },
	[S2_SZ_PFNMAP] = { "vma-pfnmap", "the VMA has VM_PFNMAP" },
	[S2_SZ_HUGETLB_PMD] = { "hugetlb-pmd", "a hugetlb VMA with pages of PMD size" },
	[S2_SZ_HUGETLB_PUD] = { "hugetlb-pud", "a hugetlb VMA with pages of PUD size" },
	[S2_SZ_VMA_COVERS_PMD] = { "vma-covers-pmd", "the VMA covers the PMD around the address" },
	[S2_SZ_VMA_COVERS_PUD] = { "vma-covers-pud", "the VMA covers the PUD around the address" },
	[S2_SZ_CONGRUENT_PMD] = { "congruent-pmd",
				  "host virtual and physical address agree below a PMD" },
	[S2_SZ_CONGRUENT_PUD] = { "congruent-pud",
				  "host virtual and physical address agree below a PUD" },
	[S2_SZ_SLOT_HOLDS_PMD] = { "slot-holds-pmd", "the slot supports a PMD there" },
	[S2_SZ_SLOT_HOLDS_PUD] = { "slot-holds-pud", "the slot supports a PUD there" },
	[S2_SZ_HOST_MAPS_PMD] = { "host-maps-pmd", "the host maps the address by a PMD" },
	[S2_SZ_PERMISSION] = { "permission", "the fault is a permission fault" },
	[S2_SZ_GRANULE_PMD] = { "granule-pmd", "the entry that faulted is a PMD" },
	[S2_SZ_GRANULE_PUD] = { "granule-pud", "the entry that faulted is a PUD" },
	[S2_SZ_AT_PMD_START] = { "at-pmd-start", "the first page of a PMD faulted" },
	[S2_SZ_AT_PUD_START] = { "at-pud-start", "the first page of a PUD faulted" },
	[S2_SZ_MID_PAGE] = { "mid-page", "the fault is not in the first 4K of its page" },
};
const struct s2_size_fact_info *const s2_size_facts = size_facts;

/* Combinations that are not possible: all of the first hold, and none of the second. */
static const struct {
	uint64_t is, isnt;
} impossible[] = {
	{ F(16K) | F(64K), 0 },
	{ F(PFNMAP) | F(HUGETLB_PMD), 0 },
	{ F(PFNMAP) | F(HUGETLB_PUD), 0 },
	{ F(HUGETLB_PMD) | F(HUGETLB_PUD), 0 },
	{ F(HUGETLB_PMD) | F(NONCACHEABLE), 0 },
	{ F(HUGETLB_PUD) | F(NONCACHEABLE), 0 },
	/* What covers, agrees below or starts the larger block does so with the smaller. */
	{ F(VMA_COVERS_PUD), F(VMA_COVERS_PMD) },
	{ F(CONGRUENT_PUD), F(CONGRUENT_PMD) },
	{ F(SLOT_HOLDS_PUD), F(SLOT_HOLDS_PMD) },
	{ F(AT_PUD_START), F(AT_PMD_START) },
	/* A huge page is one, and lies in its VMA; so does a block of the host. */
	{ F(HUGETLB_PMD), F(VMA_COVERS_PMD) },
	{ F(HUGETLB_PMD), F(CONGRUENT_PMD) },
	{ F(HUGETLB_PMD), F(HOST_MAPS_PMD) },
	{ F(HUGETLB_PUD), F(VMA_COVERS_PUD) },
	{ F(HUGETLB_PUD), F(CONGRUENT_PUD) },
	{ F(HUGETLB_PUD), F(HOST_MAPS_PMD) },
	{ F(HOST_MAPS_PMD), F(VMA_COVERS_PMD) },
	{ F(HOST_MAPS_PMD), F(CONGRUENT_PMD) },
	/* The level of a fault. */
	{ F(GRANULE_PMD), F(PERMISSION) },
	{ F(GRANULE_PUD), F(PERMISSION) },
	{ F(GRANULE_PMD) | F(GRANULE_PUD), 0 },
	/* KVM installs level-1 leaves with 4K pages only, and a 4K page has one 4K. */
	{ F(GRANULE_PUD) | F(16K), 0 },
	{ F(GRANULE_PUD) | F(64K), 0 },
	{ F(MID_PAGE), F(16K) | F(64K) },
};

static bool has(uint64_t facts, uint64_t fact)
{
	return (facts & fact) != 0;
}

static bool is_possible(uint64_t facts)
{
	for (size_t i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++)
		if ((facts & impossible[i].is) == impossible[i].is &&
		    (facts & impossible[i].isnt) == 0)
			return false;
	return true;
}

/* The smallest of page, PMD and PUD that two facts allow. */
static uint64_t extent(uint64_t facts, uint64_t pmd_fact, uint64_t pud_fact, enum s2_granule granule)
{
	return has(facts, pud_fact) ? s2_pud_size(granule) :
	       has(facts, pmd_fact) ? s2_pmd_size(granule) :
				      s2_page_size(granule);
}

bool s2_size_case_init(struct s2_size_case *c, uint64_t facts)
{
	enum s2_granule granule = has(facts, F(64K)) ? S2_GRANULE_64K :
				  has(facts, F(16K)) ? S2_GRANULE_16K :
						       S2_GRANULE_4K;
	uint64_t page = s2_page_size(granule), pmd = s2_pmd_size(granule);
	uint64_t pud = s2_pud_size(granule);
	/* A PUD-sized window at a multiple of it, in all three address spaces. */
	uint64_t hva0 = 4 * pud, gpa0 = 2 * pud, pa0 = 8 * pud;
	uint64_t offset = has(facts, F(AT_PUD_START)) ? 0 :
			  has(facts, F(AT_PMD_START)) ? pmd :
							pmd + page;
	uint64_t vma_size = extent(facts, F(VMA_COVERS_PMD), F(VMA_COVERS_PUD), granule);
	uint64_t slot_size = extent(facts, F(SLOT_HOLDS_PMD), F(SLOT_HOLDS_PUD), granule);
	/* What makes the addresses disagree below a PUD, or below a PMD already. */
	uint64_t skew = has(facts, F(CONGRUENT_PUD)) ? 0 : has(facts, F(CONGRUENT_PMD)) ? pmd : page;
	uint64_t vma_start = offset & ~(vma_size - 1), slot_start = offset & ~(slot_size - 1);

	if (!is_possible(facts))
		return false;
	*c = (struct s2_size_case){
		.granule = granule,
		.logging = has(facts, F(LOGGING)),
		.noncacheable = has(facts, F(NONCACHEABLE)),
		.permission = has(facts, F(PERMISSION)),
		.fault_level = has(facts, F(GRANULE_PUD)) ? 1 : has(facts, F(GRANULE_PMD)) ? 2 : 3,
		.ipa = gpa0 + offset + (has(facts, F(MID_PAGE)) ? 4096 : 0),
		.vma = { .start = hva0 + vma_start,
			 .end = hva0 + vma_start + vma_size,
			 .backing = { .pa = pa0 + vma_start + skew, .writable = true } },
		.slot = { .gpa = gpa0 + slot_start,
			  .hva = hva0 + slot_start,
			  .size = slot_size,
			  .flags = has(facts, F(LOGGING)) ? S2_MEM_LOG_DIRTY_PAGES : 0 },
	};
	c->vma.flags = S2_VM_READ | S2_VM_WRITE | S2_VM_MAYREAD | S2_VM_MAYWRITE | S2_VM_SHARED;
	if (has(facts, F(PFNMAP)))
		c->vma.flags |= S2_VM_PFNMAP;
	if (has(facts, F(HUGETLB_PMD) | F(HUGETLB_PUD))) {
		c->vma.flags |= S2_VM_HUGETLB;
		c->vma.hugetlb = has(facts, F(HUGETLB_PUD)) ? pud : pmd;
	}
	c->vma.backing.mapping = c->vma.hugetlb != 0			? c->vma.hugetlb :
				 has(facts, F(HOST_MAPS_PMD)) ? pmd :
								page;
	return true;
}

struct s2_size_outcome s2_size_outcome(uint32_t quirks, const struct s2_size_case *c)
{
	uint64_t page = s2_page_size(c->granule);
	uint64_t ipa = c->ipa & ~(s2_size_ipa_align(quirks, c->granule) - 1);
	uint64_t hva = s2_memslot_hva(&c->slot, c->ipa & ~(page - 1));
	uint64_t granule = c->permission ? s2_level_size(c->granule, c->fault_level) : 0;
	struct s2_size initial =
		s2_size_initial(quirks, c->granule, c->logging, &c->vma, &c->slot, hva);
	struct s2_size_outcome out;

	if (initial.size != page)
		ipa &= ~(initial.size - 1);
	out.size = s2_size_upgrade(quirks, c->granule, initial, c->noncacheable, granule, &c->slot,
				   hva, c->vma.backing.mapping);
	out.dirty = s2_size_dirty(quirks, c->granule, ipa, out.size);
	out.relaxes = granule == out.size;
	if (out.size != initial.size && !out.relaxes)
		ipa &= ~(out.size - 1);
	out.ipa = ipa;
	out.level = out.size == page ? 3 : out.size == s2_pmd_size(c->granule) ? 2 : 1;
	out.dirty_start = out.dirty == (c->ipa & ~(out.size - 1));
	out.ipa_aligned = (ipa & (page - 1)) == 0;
	return out;
}

bool s2i_logged_pages_only(const struct s2_revision *rev)
{
	for (uint64_t facts = 0; facts >> S2_NR_SIZE_FACTS == 0; facts++) {
		struct s2_size_case c;

		if (!has(facts, F(LOGGING)) || !s2_size_case_init(&c, facts))
			continue;
		if (s2_size_outcome(rev->sizes, &c).size != s2_page_size(c.granule))
			return false;
	}
	return true;
}

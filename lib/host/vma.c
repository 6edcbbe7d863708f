/* SPDX-License-Identifier: MIT */
/* VMAs, and the memory behind them. */
#include <s2pte/host.h>

bool s2_pgprot_cacheable(enum s2_pgprot pgprot)
{
	return pgprot == S2_PGPROT_NORMAL || pgprot == S2_PGPROT_NORMAL_TAGGED;
}

size_t s2_vma_first(const struct s2_vma *vmas, size_t n, uint64_t hva)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (vmas[mid].end <= hva)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct s2_vma *s2_vma_find(const struct s2_vma *vmas, size_t n, uint64_t hva)
{
	size_t i = s2_vma_first(vmas, n, hva);

	return i < n && vmas[i].start <= hva ? &vmas[i] : NULL;
}

uint64_t s2_vma_pa(const struct s2_vma *vma, uint64_t hva)
{
	return vma->backing.pa + (hva - vma->start);
}

uint64_t s2_vma_pgoff(const struct s2_vma *vma, enum s2_granule granule)
{
	return vma->has_pgoff ? vma->pgoff : vma->backing.pa >> s2_page_shift(granule);
}

bool s2_is_map_memory(const struct s2_vma *vma, uint64_t pa, const struct s2_ram *ram, size_t n_ram)
{
	if (vma->backing.map_memory != S2_MAP_MEMORY_BY_RAM)
		return vma->backing.map_memory == S2_MAP_MEMORY_YES;
	if (n_ram == 0)
		return true;
	for (size_t i = 0; i < n_ram; i++)
		if (pa >= ram[i].pa && pa - ram[i].pa < ram[i].size)
			return true;
	return false;
}

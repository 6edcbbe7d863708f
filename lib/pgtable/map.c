/* SPDX-License-Identifier: MIT */
#include "map.h"

int s2_pgtable_map(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size, uint64_t pa,
		   unsigned prot, struct s2_memcache *mc, bool shared)
{
	struct s2i_map map = { .mc = mc, .shared = shared, .attr = s2i_prot_attr(pgt, prot) };
	unsigned flags = S2I_TABLE_PRE;
	int ret;

	if (map.attr == 0)
		return -S2_K_EINVAL;
	map.pa = pa & ~((UINT64_C(1) << pgt->page_shift) - 1);
	if (!shared && (pgt->config.quirks & S2_TABLE_MAP_PASSES_EAGAIN) != 0)
		flags |= S2I_PASS_EAGAIN;
	s2i_lock(pgt);
	ret = s2i_walk(pgt, ipa, size, flags, s2i_map_visit, &map);
	s2i_dsb_ishst(pgt);
	s2i_unlock(pgt);
	return ret;
}

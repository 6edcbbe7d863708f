/* SPDX-License-Identifier: MIT */
/* Invariants over the table, checked by trying them. */
#include "vm.h"

/* Where the block stands, in both address spaces: aligned to a PMD of every granule. */
#define AT (UINT64_C(1) << 33)

static const unsigned prot_of[] = {
	[S2_MEM_NORMAL] = 0,
	[S2_MEM_NORMAL_NC] = S2_PROT_NORMAL_NC,
	[S2_MEM_DEVICE_nGnRE] = S2_PROT_DEVICE,
};
#define N_TYPES (sizeof(prot_of) / sizeof(prot_of[0]))

static int memattr_at(const struct s2_pgtable *pgt, const struct s2_format *fmt, uint64_t ipa,
		      uint64_t *memattr)
{
	struct s2_walk_entry entries[S2_MAX_LEVELS];
	struct s2_desc desc;
	size_t n;

	if (s2_pgtable_walk(pgt, ipa, entries, &n) != 0)
		return S2_EINVAL;
	s2_desc_decode(fmt, entries[n - 1].level, entries[n - 1].pte, &desc);
	*memattr = desc.field[S2_F_MEMATTR];
	return 0;
}

/* Split a PMD of @type; *@kept: its pages are of that type still. */
static int try_split(const struct s2_revision *rev, enum s2_granule granule, bool fwb,
		     enum s2_memtype type, bool *kept)
{
	const struct s2_vtcr_cpu cpu = { .parange = 5 };
	struct s2_pgtable_config config = {
		.format = { .granule = granule, .fwb = fwb },
		.quirks = rev->table,
	};
	struct s2_memcache mc = { SIZE_MAX };
	uint64_t size = s2_pmd_size(granule), before, after;
	struct s2_pgtable *pgt;
	int ret;

	if (s2_geometry_init(&config.geometry, granule, 40, &cpu) != 0 ||
	    s2_pgtable_new(&pgt, &config) != 0)
		return S2_ENOMEM;
	ret = s2_pgtable_map(pgt, AT, size, AT, S2_PROT_R | S2_PROT_W | prot_of[type], &mc, true);
	if (ret == 0)
		ret = memattr_at(pgt, &config.format, AT, &before);
	if (ret == 0)
		ret = s2_pgtable_split(pgt, AT, size, &mc);
	if (ret == 0)
		ret = memattr_at(pgt, &config.format, AT, &after);
	s2_pgtable_free(pgt);
	if (ret != 0)
		return S2_ENOMEM;
	*kept = before == after;
	return 0;
}

int s2_table_verify(const struct s2_revision *rev,
		    struct s2_table_invariant out[S2_NR_TABLE_INVARIANTS])
{
	out[0] = (struct s2_table_invariant){
		.id = "split-keeps-memtype",
		.says = "splitting a block leaves its memory type as it was",
	};
	for (unsigned g = 0; g < S2_NR_GRANULES; g++) {
		for (unsigned i = 0; i < 2 * N_TYPES; i++) {
			enum s2_granule granule = (enum s2_granule)g;
			enum s2_memtype type = (enum s2_memtype)(i / 2);
			bool kept, fwb = i % 2 != 0;
			int ret = try_split(rev, granule, fwb, type, &kept);

			if (ret != 0)
				return ret;
			out[0].cases++;
			if (kept)
				continue;
			if (out[0].violations++ == 0) {
				out[0].granule = granule;
				out[0].fwb = fwb;
				out[0].type = type;
			}
			out[0].types |= 1u << type;
		}
	}
	return 0;
}

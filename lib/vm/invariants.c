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

static uint64_t memattr_at(const struct s2_pgtable *pgt, const struct s2_format *fmt, uint64_t ipa)
{
	struct s2_walk_entry entries[S2_MAX_LEVELS];
	struct s2_desc desc;
	size_t n;

	(void)s2_pgtable_walk(pgt, ipa, entries, &n); /* fails beyond the IPA space only */
	s2_desc_decode(fmt, entries[n - 1].level, entries[n - 1].pte, &desc);
	return desc.field[S2_F_MEMATTR];
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
	uint64_t size = s2_pmd_size(granule), before = 0;
	struct s2_pgtable *pgt;
	int ret;

	(void)s2_geometry_init(&config.geometry, granule, 40, &cpu); /* every granule has 40 bits */
	if (s2_pgtable_new(&pgt, &config) != 0)
		return S2_ENOMEM;
	ret = s2_pgtable_map(pgt, AT, size, AT, S2_PROT_R | S2_PROT_W | prot_of[type], &mc, true);
	if (ret == 0) {
		before = memattr_at(pgt, &config.format, AT);
		ret = s2_pgtable_split(pgt, AT, size, &mc);
	}
	*kept = before == memattr_at(pgt, &config.format, AT);
	s2_pgtable_free(pgt);
	return ret == 0 ? 0 : S2_ENOMEM;
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

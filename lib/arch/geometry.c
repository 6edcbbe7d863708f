/* SPDX-License-Identifier: MIT */
/*
 * Granules, levels and VTCR_EL2: what KVM makes of an IPA size.
 */
#include "fields.h"

#include <string.h>
#include <s2pte/error.h>

static const char *const granule_names[S2_NR_GRANULES] = { "4K", "16K", "64K" };

const char *s2_granule_name(enum s2_granule granule)
{
	return (unsigned)granule < S2_NR_GRANULES ? granule_names[granule] : "unknown";
}

int s2_granule_parse(const char *name, enum s2_granule *granule)
{
	for (unsigned i = 0; i < S2_NR_GRANULES; i++) {
		const char *want = granule_names[i];
		size_t digits = strlen(want) - 1;

		/* Not strcasecmp(): a number and one letter, whatever the locale. */
		if (strncmp(name, want, digits) == 0 &&
		    (name[digits] == 'K' || name[digits] == 'k') && name[digits + 1] == '\0') {
			*granule = (enum s2_granule)i;
			return 0;
		}
	}
	return S2_EINVAL;
}

/*
 * Stage 2 of the manual: 4K starts at level -1 only with 52 bits, 16K at level 0 only
 * with them (VTCR_EL2.SL0), and 64K has no level 0.
 */
bool s2i_level_exists(const struct s2_format *fmt, int level)
{
	int first = (fmt->granule == S2_GRANULE_4K ? 0 : 1) - s2i_ds(fmt);

	return level >= first && level <= S2_LEVEL_LAST;
}

/* One level more of blocks comes with 52-bit addresses. */
bool s2i_block_exists(const struct s2_format *fmt, int level)
{
	bool large = s2i_ds(fmt) || s2i_lpa(fmt);
	int first = fmt->granule == S2_GRANULE_4K ? 1 : 2;

	return level >= (large ? first - 1 : first);
}

/* "The Contiguous bit" of the manual: ContiguousSize() in its pseudocode. */
unsigned s2i_contiguous_shift(enum s2_granule granule, int level)
{
	switch (granule) {
	case S2_GRANULE_4K:
		return level >= 1 ? 4 : 0;
	case S2_GRANULE_16K:
		return level == 3 ? 7 : level == 2 ? 5 : 0;
	default: /* 64K */
		return level >= 2 ? 5 : 0;
	}
}

/* Up to 16 tables can be concatenated at the start level, which saves 4 bits of walk. */
static unsigned levels_for(enum s2_granule granule, unsigned ipa_bits)
{
	unsigned page_shift = s2_page_shift(granule);
	unsigned per_level = page_shift - 3u;
	unsigned levels = (ipa_bits - 4u - page_shift + per_level - 1u) / per_level;

	/* KVM never starts at the last level. */
	return levels < 2u ? 2u : levels;
}

/* Fields of VTCR_EL2, named as in the manual. */
#define VTCR_SL0(v)   ((uint64_t)(v) << 6)
#define VTCR_IRGN0_WBWA (UINT64_C(1) << 8)
#define VTCR_ORGN0_WBWA (UINT64_C(1) << 10)
#define VTCR_SH0_INNER  (UINT64_C(3) << 12)
#define VTCR_TG0(v)   ((uint64_t)(v) << 14)
#define VTCR_PS(v)    ((uint64_t)(v) << 16)
#define VTCR_VS_16BIT (UINT64_C(1) << 19)
#define VTCR_HA       (UINT64_C(1) << 21)
#define VTCR_RES1     (UINT64_C(1) << 31)
#define VTCR_DS       (UINT64_C(1) << 32)

#define PARANGE_48 5u
#define PARANGE_52 6u

static uint64_t vtcr_of(const struct s2_geometry *geo, const struct s2_vtcr_cpu *cpu)
{
	static const unsigned tg0[S2_NR_GRANULES] = { 0, 2, 1 };
	bool ds = cpu->lpa2 && geo->granule != S2_GRANULE_64K;
	/* The kernel caps PS to what its page size can express (ID_AA64MMFR0_EL1_PARANGE_MAX). */
	unsigned ps_max = ds || geo->granule == S2_GRANULE_64K ? PARANGE_52 : PARANGE_48;
	/* SL0 counts down from the level whose code is 0: 2 with 4K, 3 with the others. */
	int sl0 = (geo->granule == S2_GRANULE_4K ? 2 : 3) - geo->start_level;
	uint64_t vtcr = VTCR_RES1 | VTCR_HA | VTCR_SH0_INNER | VTCR_ORGN0_WBWA | VTCR_IRGN0_WBWA;

	vtcr |= VTCR_PS(cpu->parange < ps_max ? cpu->parange : ps_max);
	vtcr |= VTCR_TG0(tg0[geo->granule]) | VTCR_SL0(sl0);
	vtcr |= 64u - geo->ipa_bits; /* T0SZ */
	if (cpu->vmid16)
		vtcr |= VTCR_VS_16BIT;
	if (ds)
		vtcr |= VTCR_DS;
	return vtcr;
}

int s2_geometry_init(struct s2_geometry *geo, enum s2_granule granule, unsigned ipa_bits,
		     const struct s2_vtcr_cpu *cpu)
{
	unsigned above;

	if ((unsigned)granule >= S2_NR_GRANULES || cpu->parange > 7u)
		return S2_EINVAL;
	if (ipa_bits < 32u || ipa_bits > 52u)
		return S2_EINVAL;
	if (ipa_bits > 48u && granule != S2_GRANULE_64K && !cpu->lpa2)
		return S2_EINVAL;

	memset(geo, 0, sizeof(*geo));
	geo->granule = granule;
	geo->ipa_bits = ipa_bits;
	geo->levels = levels_for(granule, ipa_bits);
	geo->start_level = S2_LEVEL_LAST + 1 - (int)geo->levels;
	/* What one table of the start level covers; address bits above it pick the table. */
	above = s2_level_shift(granule, geo->start_level - 1);
	geo->entry_tables = ipa_bits > above ? 1u << (ipa_bits - above) : 1u;
	geo->entry_table_bytes = geo->entry_tables * s2_page_size(granule);
	geo->vtcr = vtcr_of(geo, cpu);
	return 0;
}

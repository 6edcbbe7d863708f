/* SPDX-License-Identifier: MIT */
/*
 * Stage 1's and stage 2's memory attributes made into one. Arm Architecture Reference
 * Manual, "Combining stage 1 and stage 2 memory type attributes"; S2CombineS1MemAttrs(),
 * S2ApplyFWBMemAttrs() and EffectiveShareability() of its pseudocode.
 *
 * Attributes are nibbles in MAIR form: 0b0100 Non-cacheable, else bit 3 non-transient,
 * bit 2 Write-Back (0: Write-Through), bits 1:0 allocation hints.
 */
#include <s2pte/arch.h>
#include <s2pte/error.h>

#define NIBBLE_NC     0x4u
#define NIBBLE_WB     0x4u /* bit 2, with other bits beside it */
#define NIBBLE_WB_RWA 0xfu
#define MAIR_NC       0x44u
#define MAIR_WB_RWA   0xffu
#define MAIR_TAGGED   0xf0u

static bool is_device(unsigned mair)
{
	return (mair & 0xf0u) == 0;
}

static bool nibble_is_wt(unsigned nibble)
{
	return (nibble & NIBBLE_WB) == 0;
}

/*
 * An attribute that is allocated for certain. Reserved ones are CONSTRAINED UNPREDICTABLE,
 * they behave as some allocated value. Taking an inner nibble of 0 for "as the outer one" also
 * gives 0x40, 0xa0 (FEAT_XS) and 0xf0 (FEAT_MTE2) their type, and dropping the low bits
 * does so for Device with XS=0. XS itself is not reported.
 */
static unsigned allocated(unsigned mair)
{
	unsigned outer = mair >> 4;

	if (is_device(mair))
		return mair & 0xcu;
	return (mair & 0xfu) == 0 ? outer << 4 | outer : mair;
}

/* Stage 2 gives no allocation hints of its own: a cacheable MemAttr half counts as RW. */
static unsigned nibble_of_memattr(unsigned half)
{
	return half == 1u ? NIBBLE_NC : half << 2 | 3u;
}

/*
 * Non-cacheable wins over Write-Through, which wins over Write-Back. The hints are always
 * stage 1's. Its transient hint goes where stage 2 turns Write-Back to Write-Through: so
 * recorded, while the manual's pseudocode keeps it. It is a hint either way.
 */
static unsigned combine_nibble(unsigned s1, unsigned s2)
{
	if (s1 == NIBBLE_NC || s2 == NIBBLE_NC)
		return NIBBLE_NC;
	if (!nibble_is_wt(s1) && nibble_is_wt(s2))
		return 0x8u | (s1 & 3u);
	return s1;
}

/*
 * At least one side is Device. Weaker Device types have larger numbers, 0b00 nGnRnE to 0b11
 * GRE in bits 3:2, and the stronger type wins. Strictly the manual looks at the type of
 * a Device side only. The recorded emulator also weighs bits 3:2 of a Normal side's inner
 * nibble, so Device-GRE with inner Non-cacheable gives nGnRE, and with an inner 0b10xx nGRE:
 * stronger than the manual asks for, never weaker. The vectors want that, and so do we.
 */
static unsigned combine_device(unsigned s1, unsigned s2)
{
	unsigned type1 = s1 & 0xfu, type2 = s2 & 0xfu;

	for (unsigned type = 0x0; type < 0xcu; type += 4u) {
		if (type1 == type || type2 == type)
			return type;
	}
	return 0xcu;
}

static unsigned combine_mair(unsigned s1, unsigned memattr)
{
	unsigned s2;

	if (memattr < 4u)
		s2 = memattr << 2;
	else
		s2 = nibble_of_memattr(memattr >> 2) << 4 | nibble_of_memattr(memattr & 3u);
	if (is_device(s1) || is_device(s2))
		return combine_device(s1, s2);
	return combine_nibble(s1 >> 4, s2 >> 4) << 4 | combine_nibble(s1 & 0xfu, s2 & 0xfu);
}

/* Write-Back of the same hints; an uncached nibble has none, and gets RW-allocate. */
static unsigned force_wb(unsigned nibble)
{
	nibble |= NIBBLE_WB;
	return nibble == NIBBLE_NC ? NIBBLE_WB_RWA : nibble;
}

/*
 * HCR_EL2.FWB=1: stage 2's word is final, except that 0b101 and 0b111 leave it to stage 1.
 * For 0b0xx the manual's pseudocode still takes the stronger of two Device types; the
 * recorded emulator takes stage 2's.
 */
static unsigned combine_mair_fwb(unsigned s1, unsigned memattr)
{
	switch (memattr) {
	case 7:
		return s1;
	case 6:
		if (is_device(s1))
			return MAIR_WB_RWA;
		return force_wb(s1 >> 4) << 4 | force_wb(s1 & 0xfu);
	case 5:
		return is_device(s1) ? s1 : MAIR_NC;
	default:
		return memattr << 2; /* Device of this type */
	}
}

static unsigned combine_sh(unsigned mair, unsigned s1, unsigned s2)
{
	/* Observers must agree on what no cache may hold: always outer shareable. */
	if (is_device(mair) || mair == MAIR_NC)
		return S2_SH_OUTER;
	if (s1 == S2_SH_OUTER || s2 == S2_SH_OUTER)
		return S2_SH_OUTER;
	return s1 == S2_SH_INNER || s2 == S2_SH_INNER ? S2_SH_INNER : S2_SH_NON;
}

static bool sh_ok(unsigned sh)
{
	return sh <= S2_SH_INNER && sh != S2_SH_RESERVED;
}

int s2_attr_combine(bool fwb, struct s2_attr s1, unsigned memattr, unsigned s2_sh,
		    struct s2_attr *out)
{
	unsigned s1_mair = allocated(s1.mair);
	unsigned mair;

	if (s2_memattr_reserved(fwb, memattr) || !sh_ok(s1.sh) || !sh_ok(s2_sh))
		return S2_EINVAL;
	mair = fwb ? combine_mair_fwb(s1_mair, memattr) : combine_mair(s1_mair, memattr);
	out->sh = (uint8_t)combine_sh(mair, s1.sh, s2_sh);
	/* Tags survive only on memory that stays Write-Back, RW-allocate throughout. */
	if (s1.mair == MAIR_TAGGED && mair == MAIR_WB_RWA)
		mair = MAIR_TAGGED;
	out->mair = (uint8_t)mair;
	return 0;
}

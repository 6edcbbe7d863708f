/* SPDX-License-Identifier: MIT */
/*
 * MemAttr[3:0], shareability and MAIR attributes in words. Arm Architecture Reference
 * Manual, "Stage 2 memory type and Cacheability attributes", and MAIR_EL1.
 */
#include <s2pte/arch.h>

#include <stdio.h>

struct memattr {
	const char *meaning;
	bool reserved;
};

#define RESERVED_MTE_PERM "reserved without FEAT_MTE_PERM (MemAttr[3] is RES0)"

static const struct memattr memattrs[2][16] = {
	/* FWB=0: bits 3:2 are the outer attribute, 1:0 the inner one, 00 outer is Device. */
	{
		[0x0] = { "Device-nGnRnE", false },
		[0x1] = { "Device-nGnRE", false },
		[0x2] = { "Device-nGRE", false },
		[0x3] = { "Device-GRE", false },
		[0x4] = { "reserved (FEAT_MTE_PERM: Normal Write-Back, NoTagAccess)", true },
		[0x5] = { "Normal Non-cacheable", false },
		[0x6] = { "Normal, inner Write-Through, outer Non-cacheable", false },
		[0x7] = { "Normal, inner Write-Back, outer Non-cacheable", false },
		[0x8] = { "reserved", true },
		[0x9] = { "Normal, inner Non-cacheable, outer Write-Through", false },
		[0xa] = { "Normal Write-Through", false },
		[0xb] = { "Normal, inner Write-Back, outer Write-Through", false },
		[0xc] = { "reserved", true },
		[0xd] = { "Normal, inner Non-cacheable, outer Write-Back", false },
		[0xe] = { "Normal, inner Write-Through, outer Write-Back", false },
		[0xf] = { "Normal Write-Back", false },
	},
	/* FWB=1: bit 2 tells Device from the rest, and stage 2 may overrule stage 1. */
	{
		[0x0] = { "Device-nGnRnE, forced", false },
		[0x1] = { "Device-nGnRE, forced", false },
		[0x2] = { "Device-nGRE, forced", false },
		[0x3] = { "Device-GRE, forced", false },
		[0x4] = { "reserved", true },
		[0x5] = { "Normal Non-cacheable, or stage 1's Device type", false },
		[0x6] = { "Normal Write-Back, forced", false },
		[0x7] = { "as stage 1", false },
		[0x8] = { RESERVED_MTE_PERM, true },
		[0x9] = { RESERVED_MTE_PERM, true },
		[0xa] = { RESERVED_MTE_PERM, true },
		[0xb] = { RESERVED_MTE_PERM, true },
		[0xc] = { RESERVED_MTE_PERM, true },
		[0xd] = { RESERVED_MTE_PERM, true },
		[0xe] = { "reserved (FEAT_MTE_PERM: Normal Write-Back, forced, NoTagAccess)",
			  true },
		[0xf] = { "reserved (FEAT_MTE_PERM: as stage 1, NoTagAccess)", true },
	},
};

unsigned s2_kvm_memattr(bool fwb, enum s2_memtype type)
{
	switch (type) {
	case S2_MEM_NORMAL:
		return fwb ? 0x6 : 0xf;
	case S2_MEM_NORMAL_NC:
		return 0x5;
	default: /* Device-nGnRE */
		return 0x1;
	}
}

bool s2_memattr_reserved(bool fwb, unsigned memattr)
{
	return memattr > 15u || memattrs[fwb][memattr].reserved;
}

const char *s2_memattr_meaning(bool fwb, unsigned memattr)
{
	return memattr > 15u ? "too large for MemAttr" : memattrs[fwb][memattr].meaning;
}

const char *s2_sh_meaning(unsigned sh)
{
	static const char *const texts[4] = {
		[S2_SH_NON] = "non-shareable", [S2_SH_RESERVED] = "reserved",
		[S2_SH_OUTER] = "outer shareable", [S2_SH_INNER] = "inner shareable",
	};

	return sh < 4u ? texts[sh] : "too large for SH";
}

/* One nibble of a Normal attribute: bit 3 non-transient, bit 2 Write-Back, 1:0 allocation. */
static void nibble_text(unsigned nibble, char *buf, size_t size)
{
	static const char *const alloc[4] = { "no-allocate", "W-allocate", "R-allocate",
					      "RW-allocate" };

	if (nibble == 4u)
		snprintf(buf, size, "Non-cacheable");
	else
		snprintf(buf, size, "Write-%s %s%s", (nibble & 4u) != 0 ? "Back" : "Through",
			 (nibble & 8u) != 0 ? "" : "transient ", alloc[nibble & 3u]);
}

const char *s2_mair_meaning(uint8_t mair, char *buf, size_t size)
{
	static const char *const device[4] = { "nGnRnE", "nGnRE", "nGRE", "GRE" };
	unsigned outer = mair >> 4, inner = mair & 15u;
	const char *note = "";
	char in[40], out[40];

	if (outer == 0) {
		/* dd00, and dd01 with FEAT_XS */
		if ((inner & 2u) != 0)
			snprintf(buf, size, "reserved");
		else
			snprintf(buf, size, "Device-%s%s", device[inner >> 2],
				 (inner & 1u) != 0 ? ", XS=0" : "");
		return buf;
	}
	if (inner == 0) {
		/* Three of these encodings came into use later, for both nibbles at once. */
		if (mair == 0x40 || mair == 0xa0) {
			note = ", XS=0";
		} else if (mair == 0xf0) {
			note = ", tagged";
		} else {
			snprintf(buf, size, "reserved");
			return buf;
		}
		inner = outer;
	}
	nibble_text(inner, in, sizeof(in));
	nibble_text(outer, out, sizeof(out));
	if (inner == outer)
		snprintf(buf, size, "Normal, inner+outer %s%s", in, note);
	else
		snprintf(buf, size, "Normal, inner %s, outer %s", in, out);
	return buf;
}

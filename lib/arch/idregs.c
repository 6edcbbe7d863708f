/* SPDX-License-Identifier: MIT */
/* The table of identification registers as an array, and what follows from their fields. */
#include <s2pte/cpu.h>

#include "idreg-table.h"

const struct s2_name s2_idreg_names[] = {
	{ "ID_AA64MMFR0_EL1", S2_ID_AA64MMFR0 }, { "ID_AA64MMFR1_EL1", S2_ID_AA64MMFR1 },
	{ "ID_AA64MMFR2_EL1", S2_ID_AA64MMFR2 }, { "ID_AA64MMFR3_EL1", S2_ID_AA64MMFR3 },
	{ "ID_AA64ISAR0_EL1", S2_ID_AA64ISAR0 }, { "CTR_EL0", S2_CTR },
	{ NULL, 0 },
};

/* ---- Values ---------------------------------------------------------------------------- */

#define VALUES(name, ...) static const struct s2_idreg_value name[] = { __VA_ARGS__, { 0, NULL } }

VALUES(s2i_parange, { 0, "32 bits" }, { 1, "36 bits" }, { 2, "40 bits" }, { 3, "42 bits" },
       { 4, "44 bits" }, { 5, "48 bits" }, { 6, "52 bits" }, { 7, "56 bits" });
/* Of 4K and 64K 0b1111 is "no": all lower values are "yes", and say more the higher they are. */
VALUES(s2i_tgran4, { 0, "supported" }, { 1, "supported, 52-bit addresses too" },
       { 0xf, "not supported" });
VALUES(s2i_tgran64, { 0, "supported" }, { 0xf, "not supported" });
VALUES(s2i_tgran16, { 0, "not supported" }, { 1, "supported" },
       { 2, "supported, 52-bit addresses too" });
VALUES(s2i_tgran_2, { 0, "as at stage 1" }, { 1, "not supported at stage 2" },
       { 2, "supported at stage 2" }, { 3, "supported at stage 2, 52-bit addresses too" });
VALUES(s2i_tgran64_2, { 0, "as at stage 1" }, { 1, "not supported at stage 2" },
       { 2, "supported at stage 2" });
VALUES(s2i_xnx, { 0, "XN is one bit" }, { 1, "XN is two bits: EL1 and EL0 apart" });
VALUES(s2i_hpds, { 0, "none" }, { 1, "hierarchical permissions can be disabled" },
       { 2, "they can, and descriptors have PBHA bits" });
VALUES(s2i_vh, { 0, "not implemented" }, { 1, "implemented: the kernel runs at EL2" });
VALUES(s2i_vmidbits, { 0, "8 bits" }, { 2, "16 bits" });
VALUES(s2i_hafdbs, { 0, "none" }, { 1, "access flag" }, { 2, "access flag and dirty state" },
       { 3, "both, and the access flag of tables" },
       { 4, "all, and a structure that tracks dirty state" });
VALUES(s2i_bbm, { 0, "break-before-make always" }, { 1, "level 1: with nT" },
       { 2, "level 2: without nT" });
VALUES(s2i_ttl, { 0, "no hint" }, { 1, "the level, as a hint" });
VALUES(s2i_fwb, { 0, "not implemented" }, { 1, "stage 2 can force Write-Back" });
VALUES(s2i_d128_2, { 0, "not implemented" }, { 1, "implemented" });
VALUES(s2i_mec, { 0, "not implemented" }, { 1, "implemented" });
VALUES(s2i_s2poe, { 0, "not implemented" }, { 1, "implemented" });
VALUES(s2i_s2pie, { 0, "not implemented" }, { 1, "implemented" });
VALUES(s2i_tlb, { 0, "by address alone" }, { 1, "by address, outer shareable too" },
       { 2, "by range, too" });
VALUES(s2i_dic, { 0, "I-cache must be invalidated" }, { 1, "I-cache needs no invalidation" });
VALUES(s2i_idc, { 0, "D-cache must be cleaned to the PoU" },
       { 1, "D-cache needs no clean to the PoU" });

/* ---- Fields ----------------------------------------------------------------------------- */

enum field {
#define ROW(reg, name, high, low, values, help) F_##reg##_##name,
	S2I_IDREG_TABLE(ROW)
#undef ROW
	NR_FIELDS
};

static const struct s2_idreg_field fields[] = {
#define ROW(reg, name, high, low, values, help)                                                    \
	[F_##reg##_##name] = { REG_##reg, #name, high, low, help, values },
#define REG_AA64MMFR0 S2_ID_AA64MMFR0
#define REG_AA64MMFR1 S2_ID_AA64MMFR1
#define REG_AA64MMFR2 S2_ID_AA64MMFR2
#define REG_AA64MMFR3 S2_ID_AA64MMFR3
#define REG_AA64ISAR0 S2_ID_AA64ISAR0
#define REG_CTR S2_CTR
	S2I_IDREG_TABLE(ROW)
#undef ROW
	[NR_FIELDS] = { S2_NR_IDREGS, NULL, 0, 0, NULL, NULL },
};
const struct s2_idreg_field *const s2_idreg_fields = fields;

uint64_t s2_idreg_mask(const struct s2_idreg_field *field)
{
	unsigned width = field->high - field->low + 1u;

	return ((UINT64_C(1) << width) - 1) << field->low;
}

int s2_idreg_get(const struct s2_idregs *regs, const struct s2_idreg_field *field)
{
	uint64_t mask = s2_idreg_mask(field);

	if ((regs->known[field->reg] & mask) != mask)
		return -1;
	return (int)((regs->value[field->reg] & mask) >> field->low);
}

const char *s2_idreg_meaning(const struct s2_idreg_field *field, unsigned raw)
{
	if (field->values == NULL)
		return NULL;
	for (const struct s2_idreg_value *v = field->values; v->meaning != NULL; v++)
		if (v->value == raw)
			return v->meaning;
	return "reserved";
}

/* ---- Features --------------------------------------------------------------------------- */

#define SAYS(reg, name, least) &fields[F_##reg##_##name], least

static const struct s2_cpu_feature_row features[S2_NR_FEATURES] = {
	[S2_FEAT_FWB] = { "fwb", "FEAT_S2FWB", "stage 2 can force Write-Back: no D-cache maintenance",
			  SAYS(AA64MMFR2, FWB, 1) },
	[S2_FEAT_DIC] = { "dic", "CTR_EL0.DIC", "no I-cache maintenance", SAYS(CTR, DIC, 1) },
	[S2_FEAT_IDC] = { "idc", "CTR_EL0.IDC", "no D-cache clean before instructions are fetched",
			  SAYS(CTR, IDC, 1) },
	[S2_FEAT_XNX] = { "xnx", "FEAT_XNX", "execute permissions apart for EL1 and EL0",
			  SAYS(AA64MMFR1, XNX, 1) },
	[S2_FEAT_LPA2] = { "lpa2", "FEAT_LPA2", "52-bit addresses with 4K or 16K pages at stage 2",
			   SAYS(AA64MMFR0, TGran4_2, 3) },
	[S2_FEAT_LPA] = { "lpa", "FEAT_LPA", "52-bit addresses with 64K pages",
			  SAYS(AA64MMFR0, PARange, 6) },
	[S2_FEAT_TLBI_RANGE] = { "tlbi_range", "FEAT_TLBIRANGE", "TLBs are invalidated by ranges",
				 SAYS(AA64ISAR0, TLB, 2) },
	[S2_FEAT_TTL] = { "ttl", "FEAT_TTL", "the level in a TLB invalidation has effect",
			  SAYS(AA64MMFR2, TTL, 1) },
	[S2_FEAT_HA] = { "ha", "FEAT_HAFDBS", "hardware sets the access flag (VTCR_EL2.HA)",
			 SAYS(AA64MMFR1, HAFDBS, 1) },
	[S2_FEAT_HD] = { "hd", "FEAT_HAFDBS", "hardware keeps dirty state (VTCR_EL2.HD)",
			 SAYS(AA64MMFR1, HAFDBS, 2) },
	[S2_FEAT_VMID16] = { "vmid16", "FEAT_VMID16", "VMIDs of 16 bits (VTCR_EL2.VS)",
			     SAYS(AA64MMFR1, VMIDBits, 2) },
	[S2_FEAT_VHE] = { "vhe", "FEAT_VHE", "the host's kernel runs at EL2",
			  SAYS(AA64MMFR1, VH, 1) },
	[S2_FEAT_BBM1] = { "bbm1", "FEAT_BBM", "a block with nT may change its size",
			   SAYS(AA64MMFR2, BBM, 1) },
	[S2_FEAT_BBM2] = { "bbm2", "FEAT_BBM", "a block may change its size",
			   SAYS(AA64MMFR2, BBM, 2) },
	[S2_FEAT_HPDS2] = { "hpds2", "FEAT_HPDS2", "PBHA bits in descriptors",
			    SAYS(AA64MMFR1, HPDS, 2) },
	[S2_FEAT_S2PIE] = { "s2pie", "FEAT_S2PIE", "S2AP and XN can become an index of permissions",
			    SAYS(AA64MMFR3, S2PIE, 1) },
};

const struct s2_cpu_feature_row *const s2_cpu_features = features;

/* Of one granule: its fields, and the values of stage 1's that say yes, and 52 bits. */
static const struct {
	enum field stage1, stage2;
	unsigned least, wide; /* wide 0: not by this field */
	bool is_signed;       /* 0b1000 and up are negative: no */
} granules[S2_NR_GRANULES] = {
	[S2_GRANULE_4K] = { F_AA64MMFR0_TGran4, F_AA64MMFR0_TGran4_2, 0, 1, true },
	[S2_GRANULE_16K] = { F_AA64MMFR0_TGran16, F_AA64MMFR0_TGran16_2, 1, 2, false },
	[S2_GRANULE_64K] = { F_AA64MMFR0_TGran64, F_AA64MMFR0_TGran64_2, 0, 0, true },
};

static enum s2_answer3 at_least(int value, unsigned least)
{
	return value < 0 ? S2_UNKNOWN : (unsigned)value >= least ? S2_YES : S2_NO;
}

static enum s2_answer3 all_of(enum s2_answer3 a, enum s2_answer3 b)
{
	return a == S2_NO || b == S2_NO ? S2_NO : a == S2_YES && b == S2_YES ? S2_YES : S2_UNKNOWN;
}

struct s2_granule_support s2_idregs_granule(const struct s2_idregs *regs, enum s2_granule granule)
{
	const struct s2_cpu_feature_row *lpa = &features[S2_FEAT_LPA];
	int first = s2_idreg_get(regs, &fields[granules[granule].stage1]);
	int second = s2_idreg_get(regs, &fields[granules[granule].stage2]);
	struct s2_granule_support s = { at_least(first, granules[granule].least), S2_UNKNOWN,
					S2_UNKNOWN };

	if (granules[granule].is_signed && first >= 8)
		s.stage1 = S2_NO;
	if (second == 0) {
		s.stage2 = s.stage1;
		s.wide = all_of(s.stage1, at_least(first, granules[granule].wide));
	} else if (second > 0) {
		s.stage2 = at_least(second, 2);
		s.wide = at_least(second, 3);
	}
	if (granules[granule].wide == 0)
		s.wide = all_of(s.stage2, at_least(s2_idreg_get(regs, lpa->field), lpa->least));
	return s;
}

enum s2_answer3 s2_idregs_has(const struct s2_idregs *regs, enum s2_cpu_feature feature)
{
	const struct s2_cpu_feature_row *row = &features[feature];
	enum s2_answer3 a, b;

	if (feature == S2_FEAT_LPA)
		return s2_idregs_granule(regs, S2_GRANULE_64K).wide;
	if (feature != S2_FEAT_LPA2)
		return at_least(s2_idreg_get(regs, row->field), row->least);
	a = s2_idregs_granule(regs, S2_GRANULE_4K).wide;
	b = s2_idregs_granule(regs, S2_GRANULE_16K).wide;
	return a == S2_YES || b == S2_YES ? S2_YES : a == S2_NO && b == S2_NO ? S2_NO : S2_UNKNOWN;
}

bool s2_idregs_chosen(const struct s2_idregs *regs, enum s2_cpu_feature feature)
{
	const struct s2_idreg_field *field = features[feature].field;

	return (regs->choice[field->reg] & s2_idreg_mask(field)) != 0;
}

unsigned s2_idregs_pa_bits(const struct s2_idregs *regs)
{
	static const unsigned char bits[] = { 32, 36, 40, 42, 44, 48, 52, 56 };
	int raw = s2_idreg_get(regs, &fields[F_AA64MMFR0_PARange]);

	return raw >= 0 && (size_t)raw < sizeof(bits) ? bits[raw] : 0;
}

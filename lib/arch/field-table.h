/* SPDX-License-Identifier: MIT */
/*
 * THE field table: every field of a stage-2 descriptor, once.
 *
 * It is a list macro and not an array so that two readers can share it: fields.c makes
 * an array of it (masks, names, help, meanings, lints), and descriptor.c makes straight-line
 * code of it, where all shifts and masks are constants and no loop is left.
 *
 * Arm Architecture Reference Manual, "VMSAv8-64 translation table format descriptors",
 * stage 2. The notes in invalid descriptors are KVM's, arch/arm64/kvm/hyp/pgtable.c and
 * arch/arm64/include/asm/kvm_pgtable.h.
 */
#ifndef S2I_FIELD_TABLE_H
#define S2I_FIELD_TABLE_H

/*
 * A segment, S(condition, lo, width, vlo): @width bits from bit @lo of the descriptor are
 * the bits from @vlo of the value. It counts only where the format meets the condition:
 *	ANY	always
 *	DS	VTCR_EL2.DS set, 4K and 16K: bits 9:8 belong to the address
 *	NO_DS	the opposite
 *	LPA	FEAT_LPA with 64K: bits 15:12 are OA[51:48]
 *
 * A row, ROW(ID, name, title, help, types, segments, values, meaning, lint, check):
 *	types	in which descriptors it is found
 *	values	what each value means, if a short list says it, else
 *	meaning	the function that says it
 *	lint	what is wrong with a value that @check does not like
 */
#define S2I_FIELD_TABLE(ROW, S)                                                                    \
	ROW(VALID, "valid", "Valid",                                                               \
	    "whether the walk may use the descriptor; if 0 every other bit is software's",         \
	    S2I_ALL, S(ANY, 0, 1, 0), s2i_values_valid, NULL, NO_LINT, NULL)                       \
	ROW(TYPE, "type", "Type",                                                                  \
	    "1 for a table (levels -1 to 2) or a page (level 3), 0 for a block",                   \
	    S2I_VALID, S(ANY, 1, 1, 0), NULL, s2i_meaning_type, S2_LINT_PAGE_TYPE, s2i_check_type) \
	ROW(MEMATTR, "memattr", "MemAttr[3:0]",                                                    \
	    "memory type and cacheability; HCR_EL2.FWB selects between two readings",              \
	    S2I_LEAF, S(ANY, 2, 4, 0), NULL, s2i_meaning_memattr, S2_LINT_MEMATTR_RESERVED,        \
	    s2i_check_memattr)                                                                     \
	ROW(S2AP, "s2ap", "S2AP[1:0]",                                                             \
	    "data access: bit 0 permits reads, bit 1 writes",                                      \
	    S2I_LEAF, S(ANY, 6, 2, 0), s2i_values_s2ap, NULL, NO_LINT, NULL)                       \
	ROW(SH, "sh", "SH[1:0]",                                                                   \
	    "shareability; with VTCR_EL2.DS it comes from VTCR_EL2.SH0 instead",                   \
	    S2I_LEAF, S(NO_DS, 8, 2, 0), NULL, s2i_meaning_sh, S2_LINT_SH_RESERVED, s2i_check_sh)  \
	ROW(AF, "af", "AF",                                                                        \
	    "access flag: an access while it is 0 faults, or sets it if VTCR_EL2.HA has effect",   \
	    S2I_LEAF, S(ANY, 10, 1, 0), s2i_values_af, NULL, NO_LINT, NULL)                        \
	ROW(FNXS, "fnxs", "FnXS",                                                                  \
	    "FEAT_XS: 1 makes the XS attribute 0 whatever stage 1 says; else RES0",                \
	    S2I_LEAF, S(ANY, 11, 1, 0), s2i_values_fnxs, NULL, NO_LINT, NULL)                      \
	ROW(NT, "nt", "nT",                                                                        \
	    "FEAT_BBM: the block may change size without break-before-make while this is 1",       \
	    S2I_BIT(BLOCK), S(ANY, 16, 1, 0), s2i_values_nt, NULL, S2_LINT_NT, s2i_check_nt)       \
	ROW(DBM, "dbm", "DBM",                                                                     \
	    "FEAT_HAFDBS: with S2AP[1]=0 writable-clean, hardware may set S2AP[1] on a write",     \
	    S2I_LEAF, S(ANY, 51, 1, 0), s2i_values_dbm, NULL, NO_LINT, NULL)                       \
	ROW(CONTIGUOUS, "contiguous", "Contiguous",                                                \
	    "the entry is one of an aligned run that a TLB may hold as one",                       \
	    S2I_LEAF, S(ANY, 52, 1, 0), s2i_values_contiguous, NULL, S2_LINT_CONTIGUOUS_ALIGN,     \
	    s2i_check_contiguous)                                                                  \
	ROW(XN, "xn", "XN[1:0]",                                                                   \
	    "execute never, two bits with FEAT_XNX; without it bit 53 is RES0 and bit 54 decides", \
	    S2I_LEAF, S(ANY, 53, 2, 0), NULL, s2i_meaning_xn, S2_LINT_XN_NEEDS_XNX, s2i_check_xn)  \
	ROW(SW, "sw", "Software[58:55]",                                                           \
	    "free for software: KVM_PGTABLE_PROT_SW0 to SW3",                                      \
	    S2I_LEAF, S(ANY, 55, 4, 0), NULL, s2i_meaning_sw, NO_LINT, NULL)                       \
	ROW(PBHA, "pbha", "PBHA[3:0]",                                                             \
	    "FEAT_HPDS2: page-based hardware attributes, implementation defined; else ignored",    \
	    S2I_LEAF, S(ANY, 59, 4, 0), NULL, s2i_meaning_pbha, NO_LINT, NULL)                     \
	ROW(AMEC, "amec", "AMEC",                                                                  \
	    "Realm world: use the alternate memory encryption context; else ignored",              \
	    S2I_LEAF, S(ANY, 63, 1, 0), s2i_values_amec, NULL, NO_LINT, NULL)                      \
	ROW(IGNORED, "ignored", "Ignored",                                                         \
	    "bits of a table descriptor that a stage-2 walk does not look at",                     \
	    S2I_BIT(TABLE), S(ANY, 2, 6, 0) S(NO_DS, 8, 2, 6) S(ANY, 10, 2, 8) S(ANY, 51, 13, 10), \
	    NULL, s2i_meaning_ignored, NO_LINT, NULL)                                              \
	ROW(KVM_LOCKED, "kvm_locked", "KVM locked",                                                \
	    "KVM up to 6.12: break-before-make of this entry is in progress",                      \
	    S2I_BIT(INVALID), S(ANY, 10, 1, 0), s2i_values_kvm_locked, NULL, NO_LINT, NULL)        \
	ROW(KVM_TYPE, "kvm_type", "KVM type[63:60]",                                               \
	    "KVM 7.3: what an invalid entry stands for",                                           \
	    S2I_BIT(INVALID), S(ANY, 60, 4, 0), NULL, s2i_meaning_kvm_type, NO_LINT, NULL)         \
	ROW(SOFTWARE, "software", "Software",                                                      \
	    "all other bits of an invalid descriptor; KVM up to 6.12 keeps an owner in bits 9:2",  \
	    S2I_BIT(INVALID), S(ANY, 1, 9, 0) S(ANY, 11, 49, 9), NULL, s2i_meaning_software,       \
	    NO_LINT, NULL)

/*
 * The address, in bytes. What of it a descriptor has ends below at the size of what the
 * entry covers, so the first segment needs no variants for 16K, 64K and blocks.
 */
#define S2I_OA_SEGMENTS(S)                                                                         \
	S(ANY, 12, 36, 12)                                                                         \
	S(DS, 48, 2, 48) S(DS, 8, 2, 50)                                                           \
	S(LPA, 12, 4, 48)

/* Sets of descriptor types. */
#define S2I_BIT(type) (1u << S2_DESC_##type)
#define S2I_LEAF      (S2I_BIT(BLOCK) | S2I_BIT(PAGE) | S2I_BIT(RESERVED))
#define S2I_VALID     (S2I_LEAF | S2I_BIT(TABLE))
#define S2I_ALL       (S2I_VALID | S2I_BIT(INVALID))

#define S2I_ONES(width) ((UINT64_C(1) << (width)) - 1u)

#endif

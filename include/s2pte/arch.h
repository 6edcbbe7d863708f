/* SPDX-License-Identifier: MIT */
/*
 * The architecture alone: translation geometry, stage-2 descriptors, memory
 * attributes. Arm Architecture Reference Manual, VMSAv8-64, stage 2.
 *
 * Pure functions on caller-owned values; nothing here allocates or keeps state.
 */
#ifndef S2PTE_ARCH_H
#define S2PTE_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Translation geometry (D8.2, "Translation process") ---------------------- */

enum s2_granule { S2_GRANULE_4K, S2_GRANULE_16K, S2_GRANULE_64K };
#define S2_NR_GRANULES 3

#define S2_LEVEL_MIN (-1) /* 4K with LPA2 only */
#define S2_LEVEL_LAST 3

/* "4K", "16K", "64K". */
const char *s2_granule_name(enum s2_granule granule);
/* 0 or S2_EINVAL. Case-insensitive. */
int s2_granule_parse(const char *name, enum s2_granule *granule);

/* 12, 14 or 16. */
static inline unsigned s2_page_shift(enum s2_granule granule)
{
	return 12u + 2u * (unsigned)granule;
}

static inline uint64_t s2_page_size(enum s2_granule granule)
{
	return (uint64_t)1 << s2_page_shift(granule);
}

/*
 * Bits below the index of @level (-1..3): the size of what one entry there covers is
 * 1 << shift. Mirrors the kernel's ARM64_HW_PGTABLE_LEVEL_SHIFT().
 */
static inline unsigned s2_level_shift(enum s2_granule granule, int level)
{
	unsigned page_shift = s2_page_shift(granule);

	return page_shift + (unsigned)(S2_LEVEL_LAST - level) * (page_shift - 3u);
}

/* The size in bytes of what an entry of @level covers; 0 where that is 2^64 or more. */
static inline uint64_t s2_level_size(enum s2_granule granule, int level)
{
	unsigned shift = s2_level_shift(granule, level);

	return shift < 64u ? (uint64_t)1 << shift : 0;
}

/* What KVM chooses for a guest's IPA space. */
struct s2_geometry {
	enum s2_granule granule;
	unsigned ipa_bits;
	int start_level;
	unsigned levels;            /* 4 - start_level */
	unsigned entry_tables;      /* concatenated tables at the start level, 1..16 */
	uint64_t entry_table_bytes; /* entry_tables * page size */
	uint64_t vtcr;              /* VTCR_EL2 as kvm_get_vtcr() computes it */
};

/*
 * What of the CPU VTCR_EL2 depends on. @parange is ID_AA64MMFR0_EL1.PARange as read
 * (0..7); @vmid16 ID_AA64MMFR1_EL1.VMIDBits == 2; @lpa2 whether the kernel uses LPA2
 * (VTCR_EL2.DS). KVM sets VTCR_EL2.HA whatever the CPU has: it is RES0 where absent.
 */
struct s2_vtcr_cpu {
	unsigned parange;
	bool vmid16;
	bool lpa2;
};

/*
 * KVM's stage-2 geometry for @ipa_bits (32..52) with @granule. Mirrors
 * kvm_get_vtcr(), stage2_pgtable_levels() and kvm_pgtable_stage2_pgd_size().
 * S2_EINVAL if @ipa_bits is out of range for the granule (over 48 needs lpa2 with 4K
 * and 16K) or PARange is reserved.
 */
int s2_geometry_init(struct s2_geometry *geo, enum s2_granule granule, unsigned ipa_bits,
		     const struct s2_vtcr_cpu *cpu);

/* ---- Stage-2 descriptors (D8.3, "Translation table descriptor formats") ------- */

enum s2_desc_type {
	S2_DESC_INVALID,  /* bit 0 clear */
	S2_DESC_BLOCK,    /* levels 0..2, bits 1:0 = 0b01 */
	S2_DESC_PAGE,     /* level 3, bits 1:0 = 0b11 */
	S2_DESC_TABLE,    /* levels -1..2, bits 1:0 = 0b11 */
	S2_DESC_RESERVED, /* level 3, bits 1:0 = 0b01: faults like an invalid one */
};
#define S2_NR_DESC_TYPES 5

/* "invalid", "block", "page", "table", "reserved". */
const char *s2_desc_type_name(enum s2_desc_type type);

/*
 * One row each in the field table of lib/arch/fields.c, from which masks, RES0 bits,
 * decoder, encoder, lints and help are made. Which of them a descriptor has depends
 * on the format and the type; the others are 0 in struct s2_desc.
 */
enum s2_field {
	S2_F_VALID,
	S2_F_TYPE,
	S2_F_MEMATTR,
	S2_F_S2AP,
	S2_F_SH,
	S2_F_AF,
	S2_F_FNXS,
	S2_F_NT,
	S2_F_DBM,
	S2_F_CONTIGUOUS,
	S2_F_XN,
	S2_F_SW,
	S2_F_PBHA,
	S2_F_AMEC,
	S2_F_IGNORED,    /* table descriptors: bits the walk does not look at */
	S2_F_KVM_LOCKED, /* invalid descriptors: KVM up to 6.12, bit 10 */
	S2_F_KVM_TYPE,   /* invalid descriptors: KVM 7.3, bits 63:60 */
	S2_F_SOFTWARE,   /* invalid descriptors: all other bits, free for software */
	S2_NR_FIELDS
};

/* The format: what decides how the bits of a descriptor are to be read. */
struct s2_format {
	enum s2_granule granule;
	bool fwb;  /* HCR_EL2.FWB: another reading of MemAttr */
	bool lpa2; /* VTCR_EL2.DS: OA[51:50] in bits 9:8, no SH field; 4K and 16K only */
	bool lpa;  /* FEAT_LPA: OA[51:48] in bits 15:12; 64K only */
	bool xnx;  /* FEAT_XNX: XN is two bits wide, else bit 53 is RES0 */
	unsigned oa_bits; /* size of output addresses; 0 = all that the format can hold */
};

/* A descriptor taken apart. @oa is the output (or next table's) address in bytes. */
struct s2_desc {
	enum s2_desc_type type;
	int level;
	uint64_t oa;
	uint64_t field[S2_NR_FIELDS]; /* raw values, by enum s2_field */
};

/*
 * Take @raw at @level (-1..3) apart. Total: every 64-bit value has a reading; what is
 * wrong with it is told by s2_desc_lint().
 */
void s2_desc_decode(const struct s2_format *fmt, int level, uint64_t raw, struct s2_desc *out);

/*
 * Put a descriptor together. The bits of VALID and TYPE follow from desc->type; a
 * field the type does not have must be 0. Each value must fit its field and the address its bits
 * (aligned, below the output size), or S2_EINVAL and @err names the field.
 * s2_desc_encode(s2_desc_decode(d)) == d for every d without RES0 bits set and with its
 * address below the output size.
 */
struct s2_error;
int s2_desc_encode(const struct s2_format *fmt, const struct s2_desc *desc, uint64_t *raw,
		   struct s2_error *err);

/* What bits (a mask) hold the field; 0 where the type in this format has no such field. */
uint64_t s2_field_mask(const struct s2_format *fmt, enum s2_desc_type type, int level,
		       enum s2_field field);
/* The bits of the output address. */
uint64_t s2_oa_mask(const struct s2_format *fmt, enum s2_desc_type type, int level);
/* The bits that must be zero. */
uint64_t s2_res0_mask(const struct s2_format *fmt, enum s2_desc_type type, int level);

/* Lower-case name as used in JSON: "memattr". NULL for a number out of range. */
const char *s2_field_name(enum s2_field field);
/* As written in the manual: "MemAttr[3:0]", and one line of help. */
const char *s2_field_title(enum s2_field field);
const char *s2_field_help(enum s2_field field);
/* 0 or S2_ENOENT. */
int s2_field_parse(const char *name, enum s2_field *field);

/*
 * The meaning of a raw value in words ("Normal Write-Back, forced"): a static text, or
 * one made in @buf, of at most @size bytes with the final NUL.
 */
const char *s2_field_meaning(const struct s2_format *fmt, enum s2_desc_type type,
			     enum s2_field field, uint64_t raw, char *buf, size_t size);

/* Stable ids of what can be wrong with a descriptor. */
enum s2_lint_id {
	S2_LINT_RES0,               /* "res0": bits set that must be zero */
	S2_LINT_MEMATTR_RESERVED,   /* "memattr-reserved" */
	S2_LINT_SH_RESERVED,        /* "sh-reserved": SH = 0b01 */
	S2_LINT_OA_SIZE,            /* "oa-size": address bits beyond the output size */
	S2_LINT_CONTIGUOUS_ALIGN,   /* "contiguous-misaligned": see s2_desc_lint_at() */
	S2_LINT_BLOCK_LEVEL,        /* "block-level": no block may stand at this level */
	S2_LINT_PAGE_TYPE,          /* "page-type": level 3 with bit 1 clear */
	S2_LINT_XN_NEEDS_XNX,       /* "xn-needs-xnx": bit 53 set without FEAT_XNX */
	S2_LINT_NT,                 /* "nt-set": not a fault, but software seldom leaves nT set */
	S2_LINT_LEVEL,              /* "level": the granule has no such level */
	S2_NR_LINTS
};

struct s2_lint {
	enum s2_lint_id id;
	char message[160];
};

/* Up to @max lints of @raw into @out; returns how many there are in all. */
size_t s2_desc_lint(const struct s2_format *fmt, int level, uint64_t raw, struct s2_lint *out,
		    size_t max);
/*
 * The same for the entry that maps @ipa. Every entry of a contiguous run has the output
 * address of its own place, so that input and output address must agree below the size of
 * the run; without the IPA the entry is taken for the first of its run.
 */
size_t s2_desc_lint_at(const struct s2_format *fmt, int level, uint64_t ipa, uint64_t raw,
		       struct s2_lint *out, size_t max);
/* "res0", ... and one line of help. */
const char *s2_lint_name(enum s2_lint_id id);
const char *s2_lint_help(enum s2_lint_id id);

/* ---- Memory attributes (D8.6, "Memory region attributes") --------------------- */

enum s2_sh { S2_SH_NON = 0, S2_SH_RESERVED = 1, S2_SH_OUTER = 2, S2_SH_INNER = 3 };

/* What KVM writes into MemAttr[3:0] (KVM_S2_MEMATTR()). */
enum s2_memtype { S2_MEM_NORMAL, S2_MEM_NORMAL_NC, S2_MEM_DEVICE_nGnRE };
unsigned s2_kvm_memattr(bool fwb, enum s2_memtype type);

/* True for MemAttr values without a meaning under this FWB (0b0100, 0b1000, ... or FWB 0b100). */
bool s2_memattr_reserved(bool fwb, unsigned memattr);

/* "Normal Write-Back, forced"; static text, never NULL. @memattr 0..15. */
const char *s2_memattr_meaning(bool fwb, unsigned memattr);

/*
 * What the guest gets: stage 1's MAIR attribute (8 bits, MAIR_EL1.Attr<n>) and SH with
 * stage 2's MemAttr (0..15) and SH. Mirrors S2CombineS1MemAttrs() of the manual's
 * pseudocode. Device and Normal Non-cacheable results are outer shareable.
 * S2_EINVAL for a reserved MemAttr or SH.
 */
struct s2_attr {
	uint8_t mair; /* combined attribute in MAIR form */
	uint8_t sh;   /* combined shareability, enum s2_sh */
};
int s2_attr_combine(bool fwb, struct s2_attr s1, unsigned memattr, unsigned s2_sh,
		    struct s2_attr *out);

/*
 * A MAIR attribute in words ("Normal, inner+outer Write-Back RW-allocate",
 * "Device-nGnRE"). Writes into @buf, returns @buf.
 */
const char *s2_mair_meaning(uint8_t mair, char *buf, size_t size);
/* "non-shareable", "reserved", "outer shareable", "inner shareable". */
const char *s2_sh_meaning(unsigned sh);

#ifdef __cplusplus
}
#endif
#endif

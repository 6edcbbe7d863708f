/* SPDX-License-Identifier: MIT */
/*
 * CPUs: the identification registers that say what a stage 2 can be made of, bit by bit,
 * and what is published about CPUs one can buy.
 *
 * Arm Architecture Reference Manual, "AArch64 System registers", ID registers. Pure
 * functions on caller-owned values, and constant tables.
 */
#ifndef S2PTE_CPU_H
#define S2PTE_CPU_H

#include <s2pte/arch.h>
#include <s2pte/names.h>

#ifdef __cplusplus
extern "C" {
#endif

enum s2_idreg {
	S2_ID_AA64MMFR0,
	S2_ID_AA64MMFR1,
	S2_ID_AA64MMFR2,
	S2_ID_AA64MMFR3,
	S2_ID_AA64ISAR0,
	S2_CTR,
	S2_NR_IDREGS
};
/* "ID_AA64MMFR0_EL1" ... by enum s2_idreg. */
extern const struct s2_name s2_idreg_names[];

/* What is known of the registers of a CPU. */
struct s2_idregs {
	uint64_t value[S2_NR_IDREGS];  /* 0 where it is not known */
	uint64_t known[S2_NR_IDREGS];  /* which bits are */
	uint64_t choice[S2_NR_IDREGS]; /* of these, which ones whoever builds a chip may choose */
};

/* ---- Fields ------------------------------------------------------------------------ */

struct s2_idreg_value {
	unsigned value;
	const char *meaning;
};

/* A row of the table of fields in lib/arch/idreg-table.h, the highest bits of a register first. */
struct s2_idreg_field {
	enum s2_idreg reg;
	const char *name; /* as in the manual: "PARange" */
	unsigned char high, low;
	const char *help;
	const struct s2_idreg_value *values; /* ended by a NULL meaning; NULL: of no concern here */
};
extern const struct s2_idreg_field *const s2_idreg_fields; /* ended by a NULL name */

/* The bits of the field in its register. */
uint64_t s2_idreg_mask(const struct s2_idreg_field *field);
/* The raw value of the field, or -1 if any bit of it is not known. */
int s2_idreg_get(const struct s2_idregs *regs, const struct s2_idreg_field *field);
/* What it means; "reserved" for values without a meaning. NULL for a field of no concern. */
const char *s2_idreg_meaning(const struct s2_idreg_field *field, unsigned raw);

/* ---- What follows from them ---------------------------------------------------------- */

enum s2_answer3 { S2_UNKNOWN = -1, S2_NO, S2_YES };

enum s2_cpu_feature {
	S2_FEAT_FWB,
	S2_FEAT_DIC,
	S2_FEAT_IDC,
	S2_FEAT_XNX,
	S2_FEAT_LPA2,
	S2_FEAT_LPA,
	S2_FEAT_TLBI_RANGE,
	S2_FEAT_TTL,
	S2_FEAT_HA,
	S2_FEAT_HD,
	S2_FEAT_VMID16,
	S2_FEAT_VHE,
	S2_FEAT_BBM1,
	S2_FEAT_BBM2,
	S2_FEAT_HPDS2,
	S2_FEAT_S2PIE,
	S2_NR_FEATURES
};

/* By enum s2_cpu_feature: what it is called in JSON, in the manual, and what it is for. */
struct s2_cpu_feature_row {
	const char *id, *feat, *why;
	const struct s2_idreg_field *field; /* the one that says it; of LPA2 that of 4K */
	unsigned least;                     /* and from which value on */
};
extern const struct s2_cpu_feature_row *const s2_cpu_features;

enum s2_answer3 s2_idregs_has(const struct s2_idregs *regs, enum s2_cpu_feature feature);
/* Does it rest on bits that are chosen by who builds the chip? */
bool s2_idregs_chosen(const struct s2_idregs *regs, enum s2_cpu_feature feature);
/* Size of physical addresses in bits: 32 to 56; 0 if it is not known or reserved. */
unsigned s2_idregs_pa_bits(const struct s2_idregs *regs);

/*
 * Can stage 2 have this granule, and 52-bit addresses with it? The fields TGran*_2 go first;
 * 0 in them is "as at stage 1", and only that sends one to TGran*, where a value of 1 with 4K
 * (2 with 16K) is support of 52 bits, not the lack of it.
 */
struct s2_granule_support {
	enum s2_answer3 stage1, stage2, wide;
};
struct s2_granule_support s2_idregs_granule(const struct s2_idregs *regs, enum s2_granule granule);

/* ---- CPUs with a name ------------------------------------------------------------------ */

struct s2_cpu_model {
	const char *name;   /* as in -cpu of emulators and in compilers: "neoverse-v2" */
	const char *title;
	const char *source; /* where its registers are published */
	uint32_t midr;      /* implementer and part number of MIDR_EL1, all other bits 0 */
	struct s2_idregs regs;
};
extern const struct s2_cpu_model *const s2_cpu_models; /* ended by a NULL name */
/* Other names of some of them; ended by a NULL name. */
struct s2_cpu_alias {
	const char *name, *model;
};
extern const struct s2_cpu_alias *const s2_cpu_aliases;

/* By name or other name, whatever its case; NULL if there is none. */
const struct s2_cpu_model *s2_cpu_model_find(const char *name);
/* The first with this implementer and part number, NULL if there is none. */
const struct s2_cpu_model *s2_cpu_model_by_midr(uint64_t midr);
/* The name nearest to @name in spelling, or NULL. */
const char *s2_cpu_model_nearest(const char *name);

#ifdef __cplusplus
}
#endif
#endif

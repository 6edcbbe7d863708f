/* SPDX-License-Identifier: MIT */
/*
 * One virtual machine: memory slots, host memory and a stage-2 table. Events go in one
 * by one; each gives a result with what the kernel answered, what it did to the table
 * and which maintenance that caused.
 *
 * A struct s2_vm is opaque and owned by who created it. It copies what it is given.
 * Results point into the VM and are valid until its next event.
 */
#ifndef S2PTE_VM_H
#define S2PTE_VM_H

#include <s2pte/cpu.h>
#include <s2pte/pgtable.h>

#ifdef __cplusplus
extern "C" {
#endif

struct s2_cpu {
	bool fwb, dic, xnx, lpa2, lpa, tlbi_range;
};
/* The flags by name, with their offset in struct s2_cpu as value. */
extern const struct s2_name s2_cpu_flag_names[];

/*
 * What of the flags follows from identification registers. *@open gets a bit for each row of
 * s2_cpu_flag_names that does not, because the bits are not known; it is off in @cpu.
 */
void s2_cpu_from_idregs(struct s2_cpu *cpu, const struct s2_idregs *regs, unsigned *open);
/*
 * One word about a CPU: a flag, with a "-" before it if the CPU lacks it, "none", or the name of
 * a CPU (s2_cpu_models), which replaces all there was. *@open, 0 before the first word, gets a
 * bit for each flag that a named CPU leaves open, until a later word settles it. 0, or
 * S2_EINVAL and @err.
 */
int s2_cpu_word(struct s2_cpu *cpu, const char *word, unsigned *open, struct s2_error *err);
/* After the last word: 0, or S2_EINVAL and @err tells what is open. */
int s2_cpu_settled(unsigned open, struct s2_error *err);
/* Both for a list of words with commas between them, into @cpu, whatever it was. */
int s2_cpu_parse(struct s2_cpu *cpu, const char *list, struct s2_error *err);

/* Stated limits on input. */
#define S2_MAX_VMAS     4096
#define S2_MAX_MEMSLOTS 512
#define S2_MAX_RAM      1024
/* Table pages that one VM may take; beyond it an operation ends with ENOMEM. */
#define S2_VM_TABLE_BYTES ((size_t)512 << 20)

struct s2_vm_config {
	const struct s2_revision *revision;
	enum s2_granule granule;
	unsigned ipa_bits;
	struct s2_cpu cpu;
	bool mte;
	uint64_t own_facts; /* facts that the revision declares and the scenario sets */
	const struct s2_ram *ram;
	size_t n_ram;
	const struct s2_vma *vmas;
	size_t n_vmas;
	const struct s2_memslot *memslots;
	size_t n_memslots;
};

enum s2_op {
	S2_OP_ACCESS,
	S2_OP_FAULT,
	S2_OP_SET_MEMSLOT,
	S2_OP_DELETE_MEMSLOT,
	S2_OP_SET_VMA,
	S2_OP_MAP,
	S2_OP_RELAX,
	S2_OP_WRPROTECT,
	S2_OP_UNMAP,
	S2_OP_SPLIT,
	S2_OP_FLUSH,
	S2_OP_AGE,
	S2_OP_TEST_AGE,
	S2_OP_MKYOUNG,
	S2_OP_WALK,
	S2_OP_DUMP,
	S2_NR_OPS
};
extern const struct s2_name s2_op_names[];

enum s2_access { S2_ACCESS_READ, S2_ACCESS_WRITE, S2_ACCESS_EXEC };
extern const struct s2_name s2_access_names[];

/* Fault status codes (ESR_EL2.ISS.DFSC) that KVM's fault path tells apart. */
enum s2_fsc { S2_FSC_TRANSLATION, S2_FSC_PERMISSION, S2_FSC_ACCESS_FLAG, S2_FSC_EXCL_ATOMIC };
extern const struct s2_name s2_fsc_names[];

struct s2_event {
	enum s2_op op;
	uint64_t ipa, size;   /* what of it an op uses: see contract in s2pte-json(5) */
	enum s2_access access;
	/* fault */
	enum s2_fsc fsc;
	int level;            /* of the faulting entry */
	bool s1ptw;           /* the access is a stage-1 walk */
	bool retry;           /* an invalidation raced */
	/* map, relax, split */
	uint64_t pa;
	unsigned prot;        /* S2_PROT_* */
	bool shared;
	bool has_memcache;    /* else as many pages as needed */
	size_t memcache;
	/* set_memslot; delete_memslot uses the number alone */
	struct s2_memslot memslot;
	/* set_vma: which, and what it is from then on */
	size_t vma_index;
	struct s2_vma vma;
};

enum s2_maintenance_op {
	S2_MAINT_DCACHE_CLEAN_INVAL_POC, /* addr is a pa */
	S2_MAINT_ICACHE_INVAL_POU,       /* addr is a pa */
	S2_MAINT_TLBI_IPA,
	S2_MAINT_TLBI_IPA_NSH,
	S2_MAINT_TLBI_RANGE,
	S2_MAINT_TLBI_VMID,
	S2_MAINT_SANITISE_MTE_TAGS,      /* addr is a pa */
};
extern const struct s2_name s2_maintenance_names[];

struct s2_maintenance {
	enum s2_maintenance_op op;
	int level;         /* TLBI by IPA; S2_LEVEL_UNKNOWN = no hint */
	uint64_t addr, size;
	const char *elided_by; /* "fwb", "dic" or NULL; cache maintenance only */
};
#define S2_MAX_MAINTENANCE 4096

struct s2_result {
	enum s2_op op;
	int ret;                /* 0 or a negative enum s2_errno */
	enum s2_action action;  /* fault and access */
	/* The rules that fired (fault, access; slots: the refusing one). */
	uint64_t fired;
	int cause;              /* index of the ending rule, -1 = none */
	uint64_t facts;         /* of the decision, as the rules left them */
	/* The leaf that covers the address; level S2_LEVEL_UNKNOWN if there is none. */
	int level;
	uint64_t ipa, pa, size, pte;
	bool has_prot;          /* mapped or relaxed */
	unsigned prot;
	bool has_range;         /* what the table was asked to map */
	uint64_t range_ipa, range_size;
	bool young;             /* age, test_age */
	const struct s2_maintenance *maintenance;
	size_t n_maintenance;
	bool maintenance_truncated;
	bool is_dirty;          /* the page at dirty was marked dirty in its slot */
	uint64_t dirty;
	/* walk */
	struct s2_walk_entry entries[S2_MAX_LEVELS];
	size_t n_entries;
};

struct s2_slot_result {
	uint32_t slot;
	int ret;  /* 0 or a negative enum s2_errno */
	int rule; /* index of the refusing rule, -1 = none */
};

struct s2_vm;

/*
 * Check @config, create the VM and give it its slots in order, with the kernel's own
 * checks. 0, or S2_EINVAL and S2_ELIMIT with a JSON Pointer in @err, or S2_ENOMEM.
 */
int s2_vm_new(struct s2_vm **vm, const struct s2_vm_config *config, struct s2_error *err);
void s2_vm_free(struct s2_vm *vm);

/* What became of the config's slots, in their order. */
const struct s2_slot_result *s2_vm_slots(const struct s2_vm *vm, size_t *n);

/*
 * Let one event happen. 0, or S2_EINVAL and @err if it is not possible (a VMA number
 * that does not exist, VMAs that overlap), the VM is unchanged then; or S2_ENOMEM if
 * the maintenance of what happened could not be recorded.
 */
int s2_vm_run(struct s2_vm *vm, const struct s2_event *event, struct s2_result *result,
	      struct s2_error *err);

/* The VM's table, for walks and dumps, and how its descriptors read. */
struct s2_pgtable *s2_vm_pgtable(struct s2_vm *vm);
const struct s2_format *s2_vm_format(const struct s2_vm *vm);
const struct s2_geometry *s2_vm_geometry(const struct s2_vm *vm);
const struct s2_revision *s2_vm_revision(const struct s2_vm *vm);

/*
 * Invariants over the table, tried on every granule, FWB setting and memory type: a block
 * of that type is made, the operation done, and the leaves compared.
 */
struct s2_table_invariant {
	const char *id, *says;
	unsigned cases, violations;
	unsigned types; /* bits 1 << enum s2_memtype: of which violate it */
	/* One that does, if any. */
	enum s2_granule granule;
	bool fwb;
	enum s2_memtype type;
};
#define S2_NR_TABLE_INVARIANTS 1
/* 0 or S2_ENOMEM. */
int s2_table_verify(const struct s2_revision *rev,
		    struct s2_table_invariant out[S2_NR_TABLE_INVARIANTS]);

/*
 * The checks of s2_vm_new() on one part each; @path names the part in errors. A VMA
 * that a VM begins with is aligned to the page size; one that is changed under a slot
 * may be moved out of the way to anywhere: S2_VMA_ALIGN_MIN.
 */
#define S2_VMA_ALIGN_MIN 4096
int s2_vma_check(const struct s2_vma *vma, uint64_t align, enum s2_granule granule,
		 const struct s2_cpu *cpu, const char *path, struct s2_error *err);
int s2_memslot_check(const struct s2_memslot *slot, enum s2_granule granule, const char *path,
		     struct s2_error *err);

#ifdef __cplusplus
}
#endif
#endif

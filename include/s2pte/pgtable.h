/* SPDX-License-Identifier: MIT */
/*
 * The stage-2 tree of one VM, operation for operation as KVM's hyp/pgtable.c: one
 * walker, small visitors, every side effect behind one table of callbacks. This floor
 * knows nothing of KVM's policy.
 *
 * The operations return 0 or a negative enum s2_errno: what the kernel's function
 * returns. Addresses and sizes are in bytes; as in the kernel an operation covers the
 * pages from align_down(ipa) up to align_up(align_down(ipa) + size). IPAs beyond the
 * VM's IPA space give -S2_K_ERANGE.
 *
 * A struct s2_pgtable is opaque, owned by who created it, and not thread-safe; there
 * is no state outside it.
 */
#ifndef S2PTE_PGTABLE_H
#define S2PTE_PGTABLE_H

#include <s2pte/kernel.h>

#ifdef __cplusplus
extern "C" {
#endif

/* enum kvm_pgtable_prot. */
#define S2_PROT_R         (1u << 0)
#define S2_PROT_W         (1u << 1)
#define S2_PROT_PX        (1u << 2)
#define S2_PROT_UX        (1u << 3)
#define S2_PROT_X         (S2_PROT_PX | S2_PROT_UX)
#define S2_PROT_DEVICE    (1u << 4)
#define S2_PROT_NORMAL_NC (1u << 5)
#define S2_PROT_SW0       (1u << 8)
#define S2_PROT_SW1       (1u << 9)
#define S2_PROT_SW2       (1u << 10)
#define S2_PROT_SW3       (1u << 11)
#define S2_PROT_SW        (S2_PROT_SW0 | S2_PROT_SW1 | S2_PROT_SW2 | S2_PROT_SW3)
/* Names in the order in which they are written; X stands before PX and UX. */
extern const struct s2_name s2_prot_names[];

/* A TLB invalidation by IPA without a level hint (TLBI_TTL_UNKNOWN). */
#define S2_LEVEL_UNKNOWN (-128)

/* struct kvm_pgtable_mm_ops and the TLB calls. Each may be NULL. */
struct s2_pgtable_ops {
	void (*dcache_clean_inval_poc)(void *arg, uint64_t pa, uint64_t size);
	void (*icache_inval_pou)(void *arg, uint64_t pa, uint64_t size);
	void (*tlbi_ipa)(void *arg, uint64_t ipa, int level);     /* inner shareable */
	void (*tlbi_ipa_nsh)(void *arg, uint64_t ipa, int level); /* this CPU only */
	void (*tlbi_range)(void *arg, uint64_t ipa, uint64_t size);
	void (*tlbi_vmid)(void *arg);
};

struct s2_pgtable_config {
	struct s2_geometry geometry;
	struct s2_format format; /* of the same granule */
	bool tlbi_range;         /* FEAT_TLBIRANGE */
	uint32_t quirks;         /* enum s2_table_quirk */
	struct s2_pgtable_ops ops;
	void *arg;               /* given to the callbacks */
	size_t max_tables;       /* beside the entry tables; 0 = S2_MAX_TABLES */
	/*
	 * All memory that the table takes, its books too, so that every allocation can be
	 * counted or made to fail (NULL); it need not be zeroed. NULL = malloc() and free().
	 */
	void *(*alloc)(void *arg, size_t size);
	void (*release)(void *arg, void *memory);
};
#define S2_MAX_TABLES ((size_t)1 << 22)

/* The simulated physical addresses of table pages: the entry tables, then the others. */
#define S2_PGTABLE_PGD_PA   UINT64_C(0x7f000000)
#define S2_PGTABLE_TABLE_PA UINT64_C(0x100000000000)

struct s2_pgtable;
/* 0 or S2_EINVAL, S2_ENOMEM. */
int s2_pgtable_new(struct s2_pgtable **pgt, const struct s2_pgtable_config *config);
void s2_pgtable_free(struct s2_pgtable *pgt);
/* Table pages in use, without the entry tables. */
size_t s2_pgtable_tables(const struct s2_pgtable *pgt);

/*
 * What the simulated kernel does to the table, step by step and in order: for traces.
 * One critical section an operation. Cache maintenance is not among it.
 */
enum s2_step_kind {
	S2_STEP_LOCK,        /* kvm->mmu_lock */
	S2_STEP_UNLOCK,
	S2_STEP_TABLE_ALLOC, /* addr, size: a zeroed table page, not in the tree yet */
	S2_STEP_TABLE_EMPTY, /* addr, size: its last entry is gone, next it is unlinked */
	S2_STEP_TABLE_FREE,  /* addr, size: out of the tree for good */
	S2_STEP_READ,        /* addr of the entry, value */
	S2_STEP_WRITE,       /* addr of the entry, value */
	S2_STEP_DSB_ISHST,
	S2_STEP_TLBI_IPA,     /* addr, level: __kvm_tlb_flush_vmid_ipa() as a whole */
	S2_STEP_TLBI_IPA_NSH, /* addr, level: __kvm_tlb_flush_vmid_ipa_nsh() */
	S2_STEP_TLBI_RANGE,   /* addr, size: __kvm_tlb_flush_vmid_range() */
	S2_STEP_TLBI_VMID,    /* __kvm_tlb_flush_vmid() */
};

struct s2_step {
	enum s2_step_kind kind;
	int level;
	uint64_t addr; /* of memory: S2_PGTABLE_*_PA and up; of a TLBI: the IPA */
	uint64_t value, size;
};

/* @step is called from then on; NULL = nobody looks, which costs nothing. */
void s2_pgtable_observe(struct s2_pgtable *pgt, void (*step)(void *arg, const struct s2_step *step),
			void *arg);

/* Table pages that an operation may take; NULL where one is wanted: none. */
struct s2_memcache {
	size_t pages;
};

/*
 * stage2_set_prot_attr(): the attribute bits of a leaf. -S2_K_EINVAL for X with Device
 * or Normal-NC, for both of these, and for PX != UX without FEAT_XNX.
 */
int s2_pgtable_prot_attr(const struct s2_pgtable *pgt, unsigned prot, uint64_t *attr);
/* kvm_pgtable_stage2_pte_prot(): R, W, X and software bits; memory types get lost. */
unsigned s2_pgtable_pte_prot(const struct s2_pgtable *pgt, uint64_t pte);

/*
 * kvm_pgtable_stage2_map(). @shared: with the fault path's walk flags. An entry that
 * would not change, or in its permissions only, gives -S2_K_EAGAIN; no table page
 * left -S2_K_ENOMEM, what was mapped until then stays.
 */
int s2_pgtable_map(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size, uint64_t pa,
		   unsigned prot, struct s2_memcache *mc, bool shared);
/* kvm_pgtable_stage2_relax_perms(): adds permissions to the leaf; -S2_K_EAGAIN if none. */
int s2_pgtable_relax(struct s2_pgtable *pgt, uint64_t ipa, unsigned prot);
/* kvm_pgtable_stage2_wrprotect() */
int s2_pgtable_wrprotect(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size);
/* kvm_pgtable_stage2_unmap() */
int s2_pgtable_unmap(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size);
/* kvm_pgtable_stage2_split(); -S2_K_ENOMEM when the cache runs out, what was split stays. */
int s2_pgtable_split(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size,
		     struct s2_memcache *mc);
/* kvm_pgtable_stage2_flush() */
int s2_pgtable_flush(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size);
/* kvm_pgtable_stage2_mkyoung() */
int s2_pgtable_mkyoung(struct s2_pgtable *pgt, uint64_t ipa);
/* kvm_pgtable_stage2_test_clear_young(): was any leaf young; outside the table none is. */
bool s2_pgtable_age(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size, bool clear);

struct s2_walk_entry {
	int level;
	uint64_t pte;
};
#define S2_MAX_LEVELS 5
/*
 * The descriptors a translation of @ipa meets, entry table first. 0 and *@n, or
 * -S2_K_ERANGE.
 */
int s2_pgtable_walk(const struct s2_pgtable *pgt, uint64_t ipa,
		    struct s2_walk_entry entries[S2_MAX_LEVELS], size_t *n);

/* @count leaves of one level with consecutive IPAs and output addresses, equal otherwise. */
struct s2_leaf_run {
	uint64_t ipa, pte; /* of the first */
	uint64_t size;     /* of each */
	uint64_t count;
	int level;
};
/*
 * All valid leaves that [ipa, ipa + size) touches, ascending, folded into runs. Stops
 * and returns what @visit returns if that is not 0. -S2_K_ERANGE.
 */
int s2_pgtable_dump(const struct s2_pgtable *pgt, uint64_t ipa, uint64_t size,
		    int (*visit)(void *arg, const struct s2_leaf_run *run), void *arg);

/*
 * All entries of [ipa, ipa + size) that point to no table, valid or not, ascending. Stops
 * and returns what @visit returns if that is not 0. -S2_K_ERANGE.
 */
int s2_pgtable_entries(const struct s2_pgtable *pgt, uint64_t ipa, uint64_t size,
		       int (*visit)(void *arg, uint64_t ipa, const struct s2_walk_entry *entry),
		       void *arg);

/* The output address of a leaf. */
uint64_t s2_pgtable_pte_pa(const struct s2_pgtable *pgt, uint64_t pte);

#ifdef __cplusplus
}
#endif
#endif

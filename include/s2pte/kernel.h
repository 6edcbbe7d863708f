/* SPDX-License-Identifier: MIT */
/*
 * KVM's policy: facts -> rules -> verdict. A revision of the kernel is an ordered
 * array of rules over named facts, plus named quirks; it is data, and everything here
 * is a function of that data. lib/kernel/catalogue.c holds the rules,
 * lib/kernel/revisions.c says which revision has which.
 */
#ifndef S2PTE_KERNEL_H
#define S2PTE_KERNEL_H

#include <s2pte/error.h>
#include <s2pte/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Linux error numbers, as values in results -------------------------------- */

enum s2_errno {
	S2_K_OK = 0,
	S2_K_ENOENT = 2,
	S2_K_ENOEXEC = 8,
	S2_K_EAGAIN = 11,
	S2_K_ENOMEM = 12,
	S2_K_EFAULT = 14,
	S2_K_EEXIST = 17,
	S2_K_EINVAL = 22,
	S2_K_ERANGE = 34,
	S2_K_E2BIG = 7,
};
/* Names of the above. */
extern const struct s2_name s2_errno_names[];
/* "EFAULT" of 14 or -14; NULL for 0 and for numbers unknown here. */
const char *s2_errno_name(int err);

/* ---- Facts ---------------------------------------------------------------------- */

/*
 * One bit each of a 64-bit word. Input facts come from the scenario (or are swept),
 * derived ones are defined over them (lib/kernel/facts.c), made ones are set and
 * cleared by rules. The rest of the word is for facts that a rule file declares.
 */
enum s2_fact {
	/* input: the CPU and the VM */
	S2_FACT_FWB,
	S2_FACT_DIC,
	S2_FACT_VM_MTE,
	/* input: the memory slot */
	S2_FACT_SLOT,
	S2_FACT_SLOT_LOGGING,
	S2_FACT_SLOT_READONLY,
	S2_FACT_SLOT_BEYOND_IPA,
	/* input: the VMA */
	S2_FACT_VMA,
	S2_FACT_VMA_PFNMAP,
	S2_FACT_VMA_MIXEDMAP,
	S2_FACT_VMA_IO,
	S2_FACT_VMA_SHARED,
	S2_FACT_VMA_MAYWRITE,
	S2_FACT_VMA_WRITE,
	S2_FACT_VMA_READ_OR_EXEC,
	S2_FACT_VMA_CACHEABLE,
	S2_FACT_VMA_MTE_ALLOWED,
	S2_FACT_VMA_ALLOW_ANY_UNCACHED,
	/* input: what the host finds there */
	S2_FACT_MAP_MEMORY,
	S2_FACT_PFN_SPECIAL,
	S2_FACT_PFN_MISSING,
	S2_FACT_PFN_HWPOISON,
	S2_FACT_HOST_WRITABLE,
	/* input: the fault */
	S2_FACT_WRITE,
	S2_FACT_EXEC,
	S2_FACT_INSN_WALK,
	S2_FACT_PERMISSION,
	S2_FACT_ACCESS_FLAG,
	S2_FACT_EXCL_ATOMIC,
	S2_FACT_IPA_BEYOND_LIMIT,
	S2_FACT_INVALIDATED,
	S2_NR_INPUT_FACTS,
	/* derived */
	S2_FACT_SPECIAL = S2_NR_INPUT_FACTS,
	S2_FACT_COW,
	S2_FACT_LOGGING,
	S2_FACT_CACHEABLE_HW,
	S2_FACT_INSN_ABORT,
	S2_FACT_VMA_ACCESSIBLE,
	S2_FACT_PRESENT,
	S2_FACT_REACHABLE,
	S2_FACT_READ,
	S2_FACT_TRANSLATION,
	S2_FACT_WRITABLE,
	/* made by rules */
	S2_FACT_NONCACHEABLE,
	S2_FACT_DEVICE,
	S2_FACT_SANITISE_TAGS,
	S2_FACT_PROT_W,
	S2_FACT_PROT_X,
	S2_FACT_PROT_DEVICE,
	S2_FACT_PROT_NORMAL_NC,
	S2_NR_FACTS,
	/* declared by a rule file */
	S2_FACT_OWN_FIRST = S2_NR_FACTS,
	S2_FACT_OWN_LAST = 63,
};
#define S2_MAX_OWN_FACTS (S2_FACT_OWN_LAST - S2_FACT_OWN_FIRST + 1)

#define S2_FACT_BIT(fact) (UINT64_C(1) << (fact))

/* (facts & mask) == value */
struct s2_cond {
	uint64_t mask, value;
};

enum s2_fact_kind { S2_FACT_INPUT, S2_FACT_DERIVED, S2_FACT_MADE };

struct s2_fact_info {
	const char *id;   /* "vma-pfnmap" */
	enum s2_fact_kind kind;
	const char *why;  /* what it says, in one line */
	const struct s2_cond *when; /* derived: true if any of these holds */
	unsigned n_when;
};
/* S2_NR_FACTS rows by enum s2_fact. */
extern const struct s2_fact_info *const s2_facts;

/* Input facts that cannot hold together, whatever the host and the guest do. */
struct s2_law {
	struct s2_cond never;
	const char *why;
};
extern const struct s2_law *const s2_laws;
extern const size_t s2_nr_laws;

/* Fill in the derived facts of a word of input facts. */
uint64_t s2_facts_derive(uint64_t facts);

/* ---- Rules ---------------------------------------------------------------------- */

enum s2_stage {
	S2_STAGE_SLOT,  /* creating, moving or changing a memory slot */
	S2_STAGE_ABORT, /* before the fault path: kvm_handle_guest_abort() */
	S2_STAGE_FAULT, /* the fault path: user_mem_abort() and what it calls */
	S2_STAGE_PROT,  /* the permissions that it grants */
	S2_NR_STAGES
};
const char *s2_stage_name(enum s2_stage stage);
int s2_stage_parse(const char *name, enum s2_stage *stage);

/* What becomes of a fault. */
enum s2_action {
	S2_ACTION_NONE, /* in a rule: carries on; in a result: nothing was done */
	S2_ACTION_MAP,
	S2_ACTION_RELAX,
	S2_ACTION_YOUNG,
	S2_ACTION_HIT,
	S2_ACTION_RETRY,
	S2_ACTION_MMIO,
	S2_ACTION_INJECT,
	S2_ACTION_SIGNAL,
	S2_NR_ACTIONS
};
const char *s2_action_name(enum s2_action action);
int s2_action_parse(const char *name, enum s2_action *action);

#define S2_MAX_RULES 64  /* of a revision: the rules that fired are one word */
#define S2_MAX_CONDS 64  /* alternatives of a rule */

/*
 * A rule fires if one of its conditions holds. It then sets and clears facts, and if
 * it has an error or an action, evaluation of this request ends there.
 */
struct s2_rule {
	const char *id;
	const struct s2_cond *when;
	uint8_t n_when;
	uint8_t stage;  /* enum s2_stage */
	uint8_t action; /* enum s2_action */
	int16_t err;    /* enum s2_errno, 0 = none */
	uint64_t set, clear;
	const char *where; /* the kernel function it lives in */
	const char *why;
};

/* How sizes are resolved (struct s2_revision.sizes); all absent in the newest kernel. */
enum s2_size_quirk {
	/* a VM_PFNMAP VMA that is aligned well enough is mapped by blocks up to a PUD */
	S2_SIZE_PFNMAP_BLOCKS = 1u << 0,
	/* only a cacheable page is replaced by the host's block */
	S2_SIZE_UPGRADE_CACHEABLE_ONLY = 1u << 1,
	/* the page that faulted is marked dirty, not the start of what was mapped */
	S2_SIZE_DIRTY_FAULT_PAGE = 1u << 2,
	/* the IPA given to the table is aligned to 4K whatever the page size is */
	S2_SIZE_IPA_ALIGN_4K = 1u << 3,
};
extern const struct s2_name *const s2_size_quirk_names;

/* How the table code behaves (struct s2_revision.table); all absent in the newest kernel. */
enum s2_table_quirk {
	/* bit 10 of an invalid entry marks it locked; else the type in bits 63:60 */
	S2_TABLE_LOCKED_BIT10 = 1u << 0,
	/* XN is bit 54 alone; else PX and UX are told apart (FEAT_XNX) */
	S2_TABLE_XN_SINGLE = 1u << 1,
	/* a map outside the fault path passes over an entry that it would not change */
	S2_TABLE_MAP_PASSES_EAGAIN = 1u << 2,
	/* relax writes XN anew: what it is not asked to make executable is no longer so */
	S2_TABLE_RELAX_RESETS_XN = 1u << 3,
};
extern const struct s2_name *const s2_table_quirk_names;

struct s2_own_fact {
	const char *id;
	const char *why;
};

/* Rules stand in the order of their stages. */
struct s2_revision {
	const char *id;
	const char *title;
	const struct s2_rule *const *rules;
	size_t n_rules;
	uint32_t sizes; /* enum s2_size_quirk */
	uint32_t table; /* enum s2_table_quirk */
	const struct s2_own_fact *own; /* fact number S2_FACT_OWN_FIRST + i */
	size_t n_own;
};

/* The built-in revisions, oldest first; ended by NULL. (A pointer: programs must not know how many.) */
extern const struct s2_revision *const *const s2_revisions;
/* By id; "latest" is the newest. NULL if unknown. */
const struct s2_revision *s2_revision_find(const char *id);
/* The built-in id nearest to @id in spelling, or NULL. */
const char *s2_revision_nearest(const char *id);

/* The rule's index in the revision, or -1. */
int s2_revision_rule(const struct s2_revision *rev, const char *id);
/* The fact by name, the revision's own ones included; 0 or S2_ENOENT. */
int s2_revision_fact(const struct s2_revision *rev, const char *id, unsigned *fact);
/* The fact's name, own ones included; NULL if the number is not in use. */
const char *s2_revision_fact_name(const struct s2_revision *rev, unsigned fact);
/* One line about the fact; NULL if the number is not in use. */
const char *s2_revision_fact_why(const struct s2_revision *rev, unsigned fact);

/*
 * A revision under construction: a rule file, or a what-if. Everything given is
 * copied; s2_builder_revision() stays valid until s2_builder_free().
 */
struct s2_builder;
struct s2_builder *s2_builder_new(const char *id, const char *title);
void s2_builder_free(struct s2_builder *builder);
void s2_builder_quirks(struct s2_builder *builder, uint32_t sizes, uint32_t table);
/* S2_EINVAL if the name is taken or malformed, S2_ELIMIT past S2_MAX_OWN_FACTS. */
int s2_builder_add_fact(struct s2_builder *builder, const char *id, const char *why,
			struct s2_error *err);
/*
 * Insert before rule number @at (n_rules = append). S2_EINVAL if the id is taken or
 * malformed, the stage would be out of order or a condition contradicts itself;
 * S2_ELIMIT past S2_MAX_RULES or S2_MAX_CONDS.
 */
int s2_builder_insert(struct s2_builder *builder, size_t at, const struct s2_rule *rule,
		      struct s2_error *err);
/* The same for rule number @i of @rev, whose own facts are declared as needed. */
int s2_builder_insert_from(struct s2_builder *builder, size_t at, const struct s2_revision *rev,
			   size_t i, struct s2_error *err);
/* S2_ENOENT if there is no such rule. */
int s2_builder_drop(struct s2_builder *builder, const char *id);
/* Append all rules, quirks and own facts of @rev. */
int s2_builder_copy(struct s2_builder *builder, const struct s2_revision *rev,
		    struct s2_error *err);
const struct s2_revision *s2_builder_revision(struct s2_builder *builder);

/* ---- Decision ------------------------------------------------------------------- */

struct s2_verdict {
	uint64_t facts; /* as the rules left them */
	uint64_t fired; /* bit i: rule number i fired */
	int cause;      /* the rule that ended it, or -1: it is to be installed */
	int err;        /* enum s2_errno, positive; 0 = none */
	enum s2_action action; /* of the ending rule; MAP if it is to be installed */
};

/*
 * Run the rules of @stages (bits 1 << enum s2_stage) over @facts, which must be
 * derived. Total, no errors: the result is the verdict.
 */
void s2_decide(const struct s2_revision *rev, unsigned stages, uint64_t facts,
	       struct s2_verdict *verdict);

#define S2_STAGES_SLOT (1u << S2_STAGE_SLOT)
#define S2_STAGES_FAULT                                                                            \
	(1u << S2_STAGE_ABORT | 1u << S2_STAGE_FAULT | 1u << S2_STAGE_PROT)

/* ---- Sizes ---------------------------------------------------------------------- */

/* Sizes of the kernel's PMD and PUD mappings: level 2 and level 1. */
static inline uint64_t s2_pmd_size(enum s2_granule granule)
{
	return s2_level_size(granule, 2);
}

static inline uint64_t s2_pud_size(enum s2_granule granule)
{
	return s2_level_size(granule, 1);
}

/* fault_supports_stage2_huge_mapping(): @slot can hold a block of @size at @hva. */
bool s2_slot_supports(const struct s2_memslot *slot, uint64_t hva, uint64_t size,
		      enum s2_granule granule);

struct s2_size {
	uint64_t size;
	bool force_page; /* no later upgrade to a block */
};

/*
 * The mapping size before the PFN is looked up. Mirrors get_vma_page_shift() and the
 * switch after it. @hva must lie in @vma and @slot.
 */
struct s2_size s2_size_initial(uint32_t quirks, enum s2_granule granule, bool logging,
			       const struct s2_vma *vma, const struct s2_memslot *slot,
			       uint64_t hva);

/*
 * The size after the decision: a permission fault's granule, or the host's own block.
 * @fault_granule is 0 unless it is a permission fault; @mapping the size of the host's
 * mapping at @hva. Mirrors transparent_hugepage_adjust() and its caller.
 */
uint64_t s2_size_upgrade(uint32_t quirks, enum s2_granule granule, struct s2_size initial,
			 bool noncacheable, uint64_t fault_granule,
			 const struct s2_memslot *slot, uint64_t hva, uint64_t mapping);

/* What the faulting IPA is aligned to before anything else: HPFAR_EL2's 4K, or a page. */
uint64_t s2_size_ipa_align(uint32_t quirks, enum s2_granule granule);

/*
 * The page marked dirty when @size at @ipa became writable. @ipa is the fault's address,
 * aligned to the initial size.
 */
uint64_t s2_size_dirty(uint32_t quirks, enum s2_granule granule, uint64_t ipa, uint64_t size);

#ifdef __cplusplus
}
#endif
#endif

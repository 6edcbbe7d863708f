/* SPDX-License-Identifier: MIT */
/* The vocabulary: what rules can ask about. */
#include <s2pte/kernel.h>

#define BIT(fact) S2_FACT_BIT(S2_FACT_##fact)

#define INPUT(fact, name, text) [S2_FACT_##fact] = { name, S2_FACT_INPUT, text, NULL, 0 }
#define MADE(fact, name, text) [S2_FACT_##fact] = { name, S2_FACT_MADE, text, NULL, 0 }
#define DERIVED(fact, name, conds, text)                                                           \
	[S2_FACT_##fact] = { name, S2_FACT_DERIVED, text, conds,                                   \
			     sizeof(conds) / sizeof((conds)[0]) }

/* No kernel linear mapping, in a VMA that may hold such memory. */
static const struct s2_cond special[] = {
	{ BIT(VMA_PFNMAP) | BIT(MAP_MEMORY), BIT(VMA_PFNMAP) },
	{ BIT(VMA_MIXEDMAP) | BIT(MAP_MEMORY), BIT(VMA_MIXEDMAP) },
};
static const struct s2_cond cow[] = {
	{ BIT(VMA_MAYWRITE) | BIT(VMA_SHARED), BIT(VMA_MAYWRITE) },
};
static const struct s2_cond logging[] = {
	{ BIT(SLOT_LOGGING) | BIT(SLOT_READONLY), BIT(SLOT_LOGGING) },
};
static const struct s2_cond cacheable_hw[] = {
	{ BIT(FWB) | BIT(DIC), BIT(FWB) | BIT(DIC) },
};
static const struct s2_cond insn_abort[] = {
	{ BIT(EXEC), BIT(EXEC) },
	{ BIT(INSN_WALK), BIT(INSN_WALK) },
};
static const struct s2_cond vma_accessible[] = {
	{ BIT(VMA_WRITE), BIT(VMA_WRITE) },
	{ BIT(VMA_READ_OR_EXEC), BIT(VMA_READ_OR_EXEC) },
};
static const struct s2_cond present[] = {
	{ BIT(PFN_MISSING) | BIT(PFN_HWPOISON), 0 },
};
/* What get_user_pages() does not refuse: vm_normal_page(), or follow_pfnmap_start(). */
static const struct s2_cond reachable[] = {
	{ BIT(PFN_SPECIAL), 0 },
	{ BIT(VMA_PFNMAP), BIT(VMA_PFNMAP) },
	{ BIT(VMA_IO), BIT(VMA_IO) },
};
static const struct s2_cond read_access[] = {
	{ BIT(WRITE) | BIT(EXEC), 0 },
};
static const struct s2_cond translation[] = {
	{ BIT(PERMISSION) | BIT(ACCESS_FLAG) | BIT(EXCL_ATOMIC), 0 },
};
/* A write fault got a writable page or none at all; else the host's entry decides. */
static const struct s2_cond writable[] = {
	{ BIT(SLOT_READONLY) | BIT(WRITE), BIT(WRITE) },
	{ BIT(SLOT_READONLY) | BIT(HOST_WRITABLE) | BIT(VMA_WRITE),
	  BIT(HOST_WRITABLE) | BIT(VMA_WRITE) },
};

static const struct s2_fact_info fact_table[S2_NR_FACTS] = {
	INPUT(FWB, "fwb", "the CPU has FEAT_S2FWB: stage 2 decides cacheability"),
	INPUT(DIC, "dic", "CTR_EL0.DIC: no I-cache invalidation to the PoU is needed"),
	INPUT(VM_MTE, "vm-mte", "the VM has memory tagging (KVM_CAP_ARM_MTE)"),

	INPUT(SLOT, "slot", "a memory slot covers the IPA"),
	INPUT(SLOT_LOGGING, "slot-logging", "the slot has KVM_MEM_LOG_DIRTY_PAGES"),
	INPUT(SLOT_READONLY, "slot-readonly", "the slot has KVM_MEM_READONLY"),
	INPUT(SLOT_BEYOND_IPA, "slot-beyond-ipa", "the slot ends beyond the VM's IPA space"),

	INPUT(VMA, "vma", "there is a VMA at the host address"),
	INPUT(VMA_PFNMAP, "vma-pfnmap", "the VMA has VM_PFNMAP"),
	INPUT(VMA_MIXEDMAP, "vma-mixedmap", "the VMA has VM_MIXEDMAP"),
	INPUT(VMA_IO, "vma-io", "the VMA has VM_IO"),
	INPUT(VMA_SHARED, "vma-shared", "the VMA has VM_SHARED"),
	INPUT(VMA_MAYWRITE, "vma-maywrite", "the VMA has VM_MAYWRITE"),
	INPUT(VMA_WRITE, "vma-write", "the VMA has VM_WRITE"),
	INPUT(VMA_READ_OR_EXEC, "vma-read-or-exec", "the VMA has VM_READ or VM_EXEC"),
	INPUT(VMA_CACHEABLE, "vma-cacheable", "the VMA's page protection is Normal cacheable"),
	INPUT(VMA_MTE_ALLOWED, "vma-mte-allowed", "the VMA has VM_MTE_ALLOWED"),
	INPUT(VMA_ALLOW_ANY_UNCACHED, "vma-allow-any-uncached",
	      "the VMA has VM_ALLOW_ANY_UNCACHED"),

	INPUT(MAP_MEMORY, "map-memory", "pfn_is_map_memory(): the kernel maps the page linearly"),
	INPUT(PFN_SPECIAL, "pfn-special", "the host's entry is special: no struct page behind it"),
	INPUT(PFN_MISSING, "pfn-missing", "the host has nothing there"),
	INPUT(PFN_HWPOISON, "pfn-hwpoison", "the host's page is poisoned"),
	INPUT(HOST_WRITABLE, "host-writable", "the host's entry allows writing"),

	INPUT(WRITE, "write", "the access counts as a write (kvm_is_write_fault())"),
	INPUT(EXEC, "exec", "the access is an instruction fetch"),
	INPUT(INSN_WALK, "insn-walk", "the access is a stage-1 walk for an instruction fetch"),
	INPUT(PERMISSION, "permission", "the fault is a permission fault"),
	INPUT(ACCESS_FLAG, "access-flag", "the fault is an access-flag fault"),
	INPUT(EXCL_ATOMIC, "excl-atomic", "the fault is an unsupported exclusive or atomic access"),
	INPUT(IPA_BEYOND_LIMIT, "ipa-beyond-limit", "the IPA lies beyond the VM's IPA space"),
	INPUT(INVALIDATED, "invalidated", "an MMU notifier ran since the fault was taken"),

	DERIVED(SPECIAL, "special", special,
		"VM_PFNMAP or VM_MIXEDMAP, and the page is not map memory"),
	DERIVED(COW, "cow", cow, "VM_MAYWRITE without VM_SHARED: a private, copy-on-write mapping"),
	DERIVED(LOGGING, "logging", logging, "dirty logging is on and the slot is not READONLY"),
	DERIVED(CACHEABLE_HW, "cacheable-hw", cacheable_hw,
		"FWB and DIC: no cache maintenance through a kernel address is needed"),
	DERIVED(INSN_ABORT, "insn-abort", insn_abort, "the fault is an instruction abort"),
	DERIVED(VMA_ACCESSIBLE, "vma-accessible", vma_accessible,
		"the VMA has any of VM_READ, VM_WRITE, VM_EXEC"),
	DERIVED(PRESENT, "present", present, "the host has a page there, and it is not poisoned"),
	DERIVED(REACHABLE, "reachable", reachable,
		"the entry is not special, or the VMA has VM_PFNMAP or VM_IO"),
	DERIVED(READ, "read", read_access, "the access counts neither as a write nor as a fetch"),
	DERIVED(TRANSLATION, "translation", translation, "the fault has none of the other statuses"),
	DERIVED(WRITABLE, "writable", writable,
		"host and slot let the page be written; rules may take it away"),

	MADE(NONCACHEABLE, "noncacheable", "stage 2 is forced non-cacheable"),
	MADE(DEVICE, "device", "the page counts as a device's"),
	MADE(SANITISE_TAGS, "sanitise-tags", "the page's MTE tags are cleared before it is mapped"),
	MADE(PROT_W, "prot-w", "W in the permissions to install"),
	MADE(PROT_X, "prot-x", "X in the permissions to install"),
	MADE(PROT_DEVICE, "prot-device", "Device-nGnRE in what to install"),
	MADE(PROT_NORMAL_NC, "prot-normal-nc", "Normal-NC in what to install"),
};
const struct s2_fact_info *const s2_facts = fact_table;

#define BOTH(a, b) { BIT(a) | BIT(b), BIT(a) | BIT(b) }
/* @what is about something that is not there. */
#define WITHOUT(there, what) { BIT(there) | BIT(what), BIT(what) }
#define NO_SLOT "without a slot there is nothing to say of one, and no host address"
#define NO_VMA "without a VMA there is nothing to say of one, and no page behind it"

static const struct s2_law laws[] = {
	{ WITHOUT(SLOT, SLOT_LOGGING), NO_SLOT },
	{ WITHOUT(SLOT, SLOT_READONLY), NO_SLOT },
	{ WITHOUT(SLOT, SLOT_BEYOND_IPA), NO_SLOT },
	{ WITHOUT(SLOT, VMA), NO_SLOT },
	{ WITHOUT(VMA, VMA_PFNMAP), NO_VMA },
	{ WITHOUT(VMA, VMA_MIXEDMAP), NO_VMA },
	{ WITHOUT(VMA, VMA_IO), NO_VMA },
	{ WITHOUT(VMA, VMA_SHARED), NO_VMA },
	{ WITHOUT(VMA, VMA_MAYWRITE), NO_VMA },
	{ WITHOUT(VMA, VMA_WRITE), NO_VMA },
	{ WITHOUT(VMA, VMA_READ_OR_EXEC), NO_VMA },
	{ WITHOUT(VMA, VMA_CACHEABLE), NO_VMA },
	{ WITHOUT(VMA, VMA_MTE_ALLOWED), NO_VMA },
	{ WITHOUT(VMA, VMA_ALLOW_ANY_UNCACHED), NO_VMA },
	{ WITHOUT(VMA, MAP_MEMORY), NO_VMA },
	{ WITHOUT(VMA, PFN_SPECIAL), NO_VMA },
	{ WITHOUT(VMA, PFN_MISSING), NO_VMA },
	{ WITHOUT(VMA, PFN_HWPOISON), NO_VMA },
	{ WITHOUT(VMA, HOST_WRITABLE), NO_VMA },
	{ BOTH(PFN_MISSING, PFN_HWPOISON), "a page is missing or poisoned, not both" },
	{ BOTH(EXEC, INSN_WALK), "a fetch faults itself or in its stage-1 walk" },
	{ BOTH(PERMISSION, ACCESS_FLAG), "a fault has one status" },
	{ BOTH(PERMISSION, EXCL_ATOMIC), "a fault has one status" },
	{ BOTH(ACCESS_FLAG, EXCL_ATOMIC), "a fault has one status" },
	{ { BIT(INSN_WALK) | BIT(PERMISSION) | BIT(WRITE), BIT(INSN_WALK) | BIT(PERMISSION) },
	  "a permission fault of a stage-1 walk counts as a write" },
	{ { BIT(INSN_WALK) | BIT(PERMISSION) | BIT(WRITE), BIT(INSN_WALK) | BIT(WRITE) },
	  "any other fault of a stage-1 walk counts as a read" },
	{ { BIT(SLOT) | BIT(IPA_BEYOND_LIMIT) | BIT(SLOT_BEYOND_IPA),
	    BIT(SLOT) | BIT(IPA_BEYOND_LIMIT) },
	  "a slot that covers an IPA beyond the limit ends beyond it" },
};
const struct s2_law *const s2_laws = laws;
const size_t s2_nr_laws = sizeof(laws) / sizeof(laws[0]);

uint64_t s2_facts_derive(uint64_t facts)
{
	for (unsigned i = S2_NR_INPUT_FACTS; i < S2_FACT_NONCACHEABLE; i++) {
		const struct s2_fact_info *info = &s2_facts[i];

		for (unsigned j = 0; j < info->n_when; j++) {
			if ((facts & info->when[j].mask) == info->when[j].value) {
				facts |= S2_FACT_BIT(i);
				break;
			}
		}
	}
	return facts;
}

/* SPDX-License-Identifier: MIT */
/*
 * The rules, each once. Which revision has which, and in what order, stands in
 * revisions.c. A condition reads: all of ALL()'s first argument hold, none of its second.
 */
#include "catalogue.h"

#define F(fact) S2_FACT_BIT(S2_FACT_##fact)
#define ALL(is, isnt) { (is) | (isnt), (is) }

#define RULE_(name, rule_id, stage_, conds, ...)                                                   \
	const struct s2_rule s2i_##name = {                                                        \
		.id = rule_id,                                                                     \
		.stage = S2_STAGE_##stage_,                                                        \
		.when = conds,                                                                     \
		.n_when = sizeof(conds) / sizeof((conds)[0]),                                      \
		__VA_ARGS__                                                                        \
	}
#define RULE(name, rule_id, stage_, ...) RULE_(name, rule_id, stage_, name##_when, __VA_ARGS__)
#define WHEN(name) static const struct s2_cond name##_when[] =

/* ---- Creating, moving or changing a slot ------------------------------------------ */

#define IN_PREPARE "kvm_arch_prepare_memory_region"

WHEN(slot_ipa_range) { ALL(F(SLOT_BEYOND_IPA), 0) };
RULE(slot_ipa_range, "slot-ipa-range", SLOT, .err = S2_K_EFAULT, .where = IN_PREPARE,
     .why = "the slot must end within the VM's IPA space");

WHEN(slot_mte) { ALL(F(VMA) | F(VM_MTE), F(VMA_MTE_ALLOWED)) };
RULE(slot_mte, "slot-mte", SLOT, .err = S2_K_EINVAL, .where = IN_PREPARE,
     .why = "a VM with MTE needs memory that can carry tags");

WHEN(slot_pfnmap_logging) { ALL(F(VMA) | F(VMA_PFNMAP) | F(SLOT_LOGGING), 0) };
RULE(slot_pfnmap_logging, "slot-pfnmap-logging", SLOT, .err = S2_K_EINVAL, .where = IN_PREPARE,
     .why = "writes to VM_PFNMAP memory cannot be logged");

WHEN(slot_cacheable_pfnmap_always) { ALL(F(VMA) | F(VMA_PFNMAP) | F(VMA_CACHEABLE), 0) };
RULE(slot_cacheable_pfnmap_always, "slot-cacheable-pfnmap", SLOT, .err = S2_K_EINVAL,
     .where = IN_PREPARE,
     .why = "cacheable VM_PFNMAP memory would be mapped non-cacheable: refuse it up front");

WHEN(slot_cacheable_pfnmap) {
	ALL(F(VMA) | F(VMA_PFNMAP) | F(VMA_CACHEABLE), F(CACHEABLE_HW)),
};
RULE(slot_cacheable_pfnmap, "slot-cacheable-pfnmap", SLOT, .err = S2_K_EINVAL, .where = IN_PREPARE,
     .why = "cacheable VM_PFNMAP memory needs FWB and DIC; looks at the VMA, not at the page");

/* ---- Before the fault path --------------------------------------------------------- */

#define IN_ABORT "kvm_handle_guest_abort"

WHEN(abort_ipa_size) { ALL(F(IPA_BEYOND_LIMIT), 0) };
RULE(abort_ipa_size, "abort-ipa-size", ABORT, .action = S2_ACTION_INJECT, .where = IN_ABORT,
     .why = "beyond the IPA limit: the guest gets an address size fault");

WHEN(abort_fsc) { ALL(F(EXCL_ATOMIC), 0) };
RULE(abort_fsc, "abort-fsc", ABORT, .err = S2_K_EFAULT, .where = IN_ABORT,
     .why = "not a translation, permission or access-flag fault: unexpected");

WHEN(abort_inject) {
	ALL(F(INSN_ABORT), F(SLOT)),
	ALL(F(INSN_ABORT) | F(WRITE) | F(SLOT_READONLY), 0),
};
RULE(abort_inject, "abort-inject", ABORT, .err = S2_K_ENOEXEC, .action = S2_ACTION_INJECT,
     .where = IN_ABORT,
     .why = "an instruction abort where there is no (writable) memory: external abort");

WHEN(abort_mmio) {
	ALL(0, F(SLOT)),
	ALL(F(WRITE) | F(SLOT_READONLY), 0),
};
RULE(abort_mmio, "abort-mmio", ABORT, .action = S2_ACTION_MMIO, .where = "io_mem_abort",
     .why = "no slot, or a write to a READONLY one: an MMIO exit to userspace");

WHEN(abort_access_flag) { ALL(F(ACCESS_FLAG), 0) };
RULE(abort_access_flag, "abort-access-flag", ABORT, .action = S2_ACTION_YOUNG,
     .where = "handle_access_fault", .why = "the entry is made young, nothing else");

/* ---- The fault path ---------------------------------------------------------------- */

#define IN_FAULT "user_mem_abort"
#define IN_FAULTIN "__kvm_faultin_pfn"

WHEN(perm_read) { ALL(F(PERMISSION) | F(READ), 0) };
RULE(perm_read, "perm-read", FAULT, .err = S2_K_EFAULT, .where = IN_FAULT,
     .why = "a mapping is always readable: a read cannot meet a permission fault");

WHEN(no_vma) { ALL(0, F(VMA)) };
RULE(no_vma, "no-vma", FAULT, .err = S2_K_EFAULT, .where = IN_FAULT,
     .why = "there is no VMA behind the slot at this address");

WHEN(hwpoison) { ALL(F(PFN_HWPOISON), 0) };
RULE(hwpoison, "hwpoison", FAULT, .action = S2_ACTION_SIGNAL,
     .where = "kvm_send_hwpoison_signal", .why = "the page is poisoned: the host gets SIGBUS");

WHEN(no_pfn) {
	ALL(F(PFN_MISSING), 0),
	ALL(0, F(VMA_ACCESSIBLE)),
	ALL(F(WRITE), F(VMA_WRITE)),
	ALL(0, F(REACHABLE)),
};
RULE(no_pfn, "no-pfn", FAULT, .err = S2_K_EFAULT, .where = IN_FAULTIN,
     .why = "the host cannot fault the page in for this access");

WHEN(ro_fault) {
	ALL(F(WRITE) | F(VMA_PFNMAP), F(HOST_WRITABLE)),
	ALL(F(WRITE) | F(VMA_IO), F(HOST_WRITABLE)),
};
RULE(ro_fault, "ro-fault", FAULT, .err = S2_K_EFAULT, .where = "hva_to_pfn_remapped",
     .why = "a write to a read-only PFN entry: the core does not make it writable");

WHEN(pfn_device) { ALL(0, F(MAP_MEMORY)) };
RULE(pfn_device, "pfn-device", FAULT, .set = F(NONCACHEABLE) | F(DEVICE),
     .where = "kvm_is_device_pfn", .why = "not map memory: taken for a device, whatever the VMA says");

WHEN(cow_special) { ALL(F(SPECIAL) | F(COW), 0) };
RULE(cow_special, "cow-special", FAULT, .err = S2_K_EINVAL, .where = IN_FAULT,
     .why = "a private writable mapping of special memory: the page may be replaced by a copy");

WHEN(cacheable_unsupported) { ALL(F(SPECIAL) | F(VMA_CACHEABLE), F(CACHEABLE_HW)) };
RULE(cacheable_unsupported, "cacheable-unsupported", FAULT, .err = S2_K_EFAULT, .where = IN_FAULT,
     .why = "cacheable memory without a kernel mapping needs FWB and DIC: no maintenance is possible");

WHEN(cacheable_degraded) { ALL(F(SPECIAL) | F(VMA_CACHEABLE) | F(NONCACHEABLE), 0) };
RULE(cacheable_degraded, "cacheable-degraded", FAULT, .err = S2_K_EINVAL, .where = IN_FAULT,
     .why = "cacheable in the VMA, yet already decided to be non-cacheable at stage 2");

WHEN(special_noncacheable_any) { ALL(F(SPECIAL), 0) };
RULE(special_noncacheable_any, "special-noncacheable", FAULT, .set = F(NONCACHEABLE),
     .where = IN_FAULT, .why = "special memory is mapped non-cacheable, whatever the VMA says");

WHEN(special_noncacheable) { ALL(F(SPECIAL), F(VMA_CACHEABLE)) };
RULE(special_noncacheable, "special-noncacheable", FAULT, .set = F(NONCACHEABLE),
     .where = IN_FAULT, .why = "special memory that the VMA maps non-cacheable");

WHEN(special_device) { ALL(F(SPECIAL), 0) };
RULE(special_device, "special-device", FAULT, .set = F(DEVICE), .where = IN_FAULT,
     .why = "every special page counts as a device's");

WHEN(read_while_logging_cacheable) { ALL(F(LOGGING), F(WRITE) | F(NONCACHEABLE)) };
RULE(read_while_logging_cacheable, "read-while-logging", FAULT, .clear = F(WRITABLE),
     .where = IN_FAULT, .why = "while logging, only a write makes a page writable");

WHEN(read_while_logging_plain) { ALL(F(LOGGING), F(WRITE) | F(SPECIAL)) };
RULE(read_while_logging_plain, "read-while-logging", FAULT, .clear = F(WRITABLE),
     .where = IN_FAULT, .why = "while logging, only a write makes a page writable");

WHEN(read_while_logging_nodevice) { ALL(F(LOGGING), F(WRITE) | F(DEVICE)) };
RULE(read_while_logging_nodevice, "read-while-logging", FAULT, .clear = F(WRITABLE),
     .where = IN_FAULT, .why = "while logging, only a write makes a page writable, devices excepted");

WHEN(mismatch) { ALL(F(VMA_CACHEABLE) | F(NONCACHEABLE), 0) };
RULE(mismatch, "mismatch", FAULT, .err = S2_K_EINVAL, .where = IN_FAULT,
     .why = "cacheable in the VMA and non-cacheable at stage 2: a mismatched alias");

WHEN(exec_noncacheable) { ALL(F(EXEC) | F(NONCACHEABLE), 0) };
RULE(exec_noncacheable, "exec-noncacheable", FAULT, .err = S2_K_ENOEXEC,
     .action = S2_ACTION_INJECT, .where = IN_FAULT,
     .why = "no instruction fetch from Device or Normal-NC memory: external abort");

WHEN(excl_atomic) { ALL(F(EXCL_ATOMIC), 0) };
RULE(excl_atomic, "excl-atomic", FAULT, .action = S2_ACTION_INJECT, .where = IN_FAULT,
     .why = "the memory does not take this access: the fault goes back to the guest");

WHEN(retry) { ALL(F(INVALIDATED), 0) };
RULE(retry, "retry", FAULT, .action = S2_ACTION_RETRY, .where = "mmu_invalidate_retry",
     .why = "an MMU notifier ran meanwhile: the guest tries again");

WHEN(mte_disallowed) { ALL(F(VM_MTE), F(PERMISSION) | F(NONCACHEABLE) | F(VMA_MTE_ALLOWED)) };
RULE(mte_disallowed, "mte-disallowed", FAULT, .err = S2_K_EFAULT, .where = IN_FAULT,
     .why = "cacheable memory of a VM with MTE must be able to carry tags");

WHEN(mte_sanitise) { ALL(F(VM_MTE) | F(VMA_MTE_ALLOWED), F(PERMISSION) | F(NONCACHEABLE)) };
RULE(mte_sanitise, "mte-sanitise", FAULT, .set = F(SANITISE_TAGS), .where = "sanitise_mte_tags",
     .why = "the guest must not see tags left by another owner");

/* ---- Permissions ------------------------------------------------------------------- */

WHEN(prot_write) { ALL(F(WRITABLE), 0) };
RULE(prot_write, "prot-write", PROT, .set = F(PROT_W), .where = IN_FAULT,
     .why = "host and slot let the page be written");

WHEN(prot_exec_fault) { ALL(F(EXEC), 0) };
RULE(prot_exec_fault, "prot-exec-fault", PROT, .set = F(PROT_X), .where = IN_FAULT,
     .why = "the guest fetches instructions there");

WHEN(prot_normal_nc) { ALL(F(NONCACHEABLE) | F(VMA_ALLOW_ANY_UNCACHED), 0) };
RULE(prot_normal_nc, "prot-normal-nc", PROT, .set = F(PROT_NORMAL_NC), .where = IN_FAULT,
     .why = "the driver vouches for any non-cacheable type: Normal-NC");

WHEN(prot_device) { ALL(F(NONCACHEABLE), F(VMA_ALLOW_ANY_UNCACHED)) };
RULE(prot_device, "prot-device", PROT, .set = F(PROT_DEVICE), .where = IN_FAULT,
     .why = "non-cacheable memory of unknown kind: Device-nGnRE");

WHEN(prot_exec_dic) { ALL(F(DIC), F(NONCACHEABLE)) };
RULE(prot_exec_dic, "prot-exec-dic", PROT, .set = F(PROT_X), .where = IN_FAULT,
     .why = "with DIC executability costs nothing: grant it at once");

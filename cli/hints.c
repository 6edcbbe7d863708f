/* SPDX-License-Identifier: MIT */
#include "hints.h"

#include <limits.h>
#include <string.h>

#include <s2pte/pgtable.h>
#include <s2pte/vm.h>

const struct hint hints_vma[] = {
	{ "pgprot", "the host's memory type" },
	{ "pa", "physical address of the VMA's start" },
	{ "device", "outside the kernel's linear map" },
	{ "ram", "in the kernel's linear map" },
	{ "readonly", "the host's entry does not allow writing" },
	{ "writable", "the host's entry allows writing" },
	{ "special", "no struct page behind it" },
	{ "mapping", "size of the host's own mapping" },
	{ "hugetlb", "size of the huge pages" },
	{ "state", "what a host fault finds" },
	{ "pgoff", "offset in pages" },
	{ NULL, NULL },
};

const struct hint hints_slot[] = {
	{ "force", "keep it even if the kernel refuses it" },
	{ "delete", "delete the slot" },
	{ NULL, NULL },
};

const struct hint hints_fault[] = {
	{ "level", "of the faulting entry" },
	{ "s1ptw", "the access is a stage-1 walk" },
	{ "retry", "an invalidation raced" },
	{ NULL, NULL },
};

const struct hint hints_cpu[] = { { "none", "turn all off" }, { NULL, NULL } };

const struct hint hints_on_off[] = { { "on", "" }, { "off", "" }, { NULL, NULL } };

const struct hint hints_settings[] = {
	{ "output", "text for people, json for programs" },
	{ "color", "colours in text" },
	{ "pager", "what is longer than the screen goes through $PAGER" },
	{ NULL, NULL },
};

const struct hint hints_output[] = {
	{ "json", "for programs" },
	{ "text", "for people" },
	{ NULL, NULL },
};

const struct hint hints_formats[] = {
	{ "json", "for programs" },
	{ "text", "for people" },
	{ "markdown", "for a mail or a comment" },
	{ "html", "a page of its own" },
	{ NULL, NULL },
};

const struct hint hints_pfn[] = {
	{ "ram", "in the kernel's linear map" },
	{ "device", "outside the kernel's linear map" },
	{ NULL, NULL },
};

const struct hint hints_granules[] = {
	{ "4K", "pages of 4 KiB" },
	{ "16K", "pages of 16 KiB" },
	{ "64K", "pages of 64 KiB" },
	{ NULL, NULL },
};

const struct hint hints_types[] = {
	{ "block", "a leaf above the last level" },
	{ "page", "a leaf at the last level" },
	{ "table", "points to the next table" },
	{ "invalid", "nothing there" },
	{ NULL, NULL },
};

/* In the order of verify. */
const struct hint hints_invariants[] = {
	{ "alias-mismatch", "what the host maps cacheable is never mapped non-cacheable" },
	{ "cmo-needs-kva", "cache maintenance that is not elided is of map memory" },
	{ "no-exec-noncacheable", "no executable Device or Normal-NC mapping" },
	{ "no-write-readonly", "no W without a writable host page and slot" },
	{ "dirty-log-sound", "what becomes writable is marked dirty in the same step" },
	{ "dirty-log-exact", "only a write makes a page writable" },
	{ "mte-tags", "no cacheable mapping in an MTE VM without VM_MTE_ALLOWED" },
	{ "slot-fault-agree", "the slot check and the fault path agree about a VMA" },
	{ NULL, NULL },
};

static const struct hint vm_flags[] = {
	{ "READ", "the process may read" },
	{ "WRITE", "the process may write" },
	{ "EXEC", "the process may execute" },
	{ "SHARED", "writes are seen by others: no copy on write" },
	{ "MAYREAD", "mprotect() may allow reading" },
	{ "MAYWRITE", "mprotect() may allow writing: without SHARED a COW mapping" },
	{ "MAYEXEC", "mprotect() may allow executing" },
	{ "MAYSHARE", "it may be shared" },
	{ "PFNMAP", "page frame numbers alone, mapped by a driver: no struct page" },
	{ "MIXEDMAP", "page frame numbers and pages mixed" },
	{ "IO", "memory-mapped I/O" },
	{ "HUGETLB", "huge pages of hugetlbfs" },
	{ "ALLOW_ANY_UNCACHED", "the driver lets a guest map it Normal non-cacheable" },
	{ "MTE", "the process uses its memory tags" },
	{ "MTE_ALLOWED", "it may have memory tags" },
	{ "HUGEPAGE", "madvise(MADV_HUGEPAGE)" },
	{ "DONTEXPAND", "mremap() may not grow it" },
	{ "DONTDUMP", "not part of a core dump" },
	{ NULL, NULL },
};

static const struct hint pgprots[] = {
	{ "NORMAL", "Normal Write-Back: cacheable" },
	{ "NORMAL_TAGGED", "Normal Write-Back with memory tags" },
	{ "NORMAL_NC", "Normal non-cacheable: write-combining" },
	{ "DEVICE_nGnRnE", "strongly ordered device memory" },
	{ "DEVICE_nGnRE", "device memory with early write acknowledgement" },
	{ NULL, NULL },
};

static const struct hint slot_flags[] = {
	{ "LOG_DIRTY_PAGES", "keep a bitmap of the pages that the guest writes" },
	{ "READONLY", "writes of the guest exit to userspace" },
	{ NULL, NULL },
};

static const struct hint states[] = {
	{ "present", "the page is there, or can be faulted in" },
	{ "missing", "the host fault fails" },
	{ "hwpoison", "the page has a memory error" },
	{ NULL, NULL },
};

static const struct hint cpu_flags[] = {
	{ "fwb", "FEAT_S2FWB: stage 2 can force Write-Back, D-cache maintenance is needless" },
	{ "dic", "CTR_EL0.DIC: I-cache maintenance is needless" },
	{ "xnx", "FEAT_XNX: execute permissions apart for EL1 and EL0" },
	{ "lpa2", "FEAT_LPA2: 52-bit addresses with 4K and 16K pages" },
	{ "lpa", "FEAT_LPA: 52-bit physical addresses with 64K pages" },
	{ "tlbi_range", "FEAT_TLBIRANGE: TLBs are invalidated by ranges" },
	{ NULL, NULL },
};

static const struct hint accesses[] = {
	{ "read", "a load" },
	{ "write", "a store" },
	{ "exec", "an instruction fetch" },
	{ NULL, NULL },
};

static const struct hint causes[] = {
	{ "translation", "there is no valid entry" },
	{ "permission", "the entry does not allow the access" },
	{ "access-flag", "the entry is old" },
	{ "excl-atomic", "an unsupported exclusive or atomic access" },
	{ NULL, NULL },
};

static const struct hint prots[] = {
	{ "R", "read" },
	{ "W", "write" },
	{ "X", "execute at EL1 and EL0" },
	{ "PX", "execute at EL1" },
	{ "UX", "execute at EL0" },
	{ "DEVICE", "Device-nGnRE" },
	{ "NORMAL_NC", "Normal non-cacheable" },
	{ "SW0", "software bit 0" },
	{ "SW1", "software bit 1" },
	{ "SW2", "software bit 2" },
	{ "SW3", "software bit 3" },
	{ NULL, NULL },
};

static const struct {
	const struct s2_name *names;
	const struct hint *hints;
} tables[] = {
	{ s2_vm_flag_names, vm_flags },      { s2_pgprot_names, pgprots },
	{ s2_memslot_flag_names, slot_flags }, { s2_backing_state_names, states },
	{ s2_cpu_flag_names, cpu_flags },    { s2_access_names, accesses },
	{ s2_fsc_names, causes },	      { s2_prot_names, prots },
};

const char *hints_nearest(const struct s2_name *names, const struct hint *hints, const char *word)
{
	const char *near = NULL;
	unsigned best = UINT_MAX;

	for (; names->name != NULL; names++)
		if (s2_name_near(word, names->name, &best))
			near = names->name;
	for (; hints->word != NULL; hints++)
		if (s2_name_near(word, hints->word, &best))
			near = hints->word;
	return near;
}

const char *hint_of(const struct s2_name *table, const char *name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (tables[i].names != table)
			continue;
		for (const struct hint *h = tables[i].hints; h->word != NULL; h++)
			if (strcmp(h->word, name) == 0)
				return h->help;
	}
	return "";
}

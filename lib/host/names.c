/* SPDX-License-Identifier: MIT */
/* The kernel's names of what the host floor knows. */
#include <s2pte/host.h>

const struct s2_name s2_vm_flag_names[] = {
	{ "READ", S2_VM_READ },
	{ "WRITE", S2_VM_WRITE },
	{ "EXEC", S2_VM_EXEC },
	{ "SHARED", S2_VM_SHARED },
	{ "MAYREAD", S2_VM_MAYREAD },
	{ "MAYWRITE", S2_VM_MAYWRITE },
	{ "MAYEXEC", S2_VM_MAYEXEC },
	{ "MAYSHARE", S2_VM_MAYSHARE },
	{ "PFNMAP", S2_VM_PFNMAP },
	{ "MIXEDMAP", S2_VM_MIXEDMAP },
	{ "IO", S2_VM_IO },
	{ "HUGETLB", S2_VM_HUGETLB },
	{ "ALLOW_ANY_UNCACHED", S2_VM_ALLOW_ANY_UNCACHED },
	{ "MTE", S2_VM_MTE },
	{ "MTE_ALLOWED", S2_VM_MTE_ALLOWED },
	{ "HUGEPAGE", S2_VM_HUGEPAGE },
	{ "DONTEXPAND", S2_VM_DONTEXPAND },
	{ "DONTDUMP", S2_VM_DONTDUMP },
	{ NULL, 0 },
};

const struct s2_name s2_pgprot_names[] = {
	{ "NORMAL", S2_PGPROT_NORMAL },
	{ "NORMAL_TAGGED", S2_PGPROT_NORMAL_TAGGED },
	{ "NORMAL_NC", S2_PGPROT_NORMAL_NC },
	{ "DEVICE_nGnRnE", S2_PGPROT_DEVICE_nGnRnE },
	{ "DEVICE_nGnRE", S2_PGPROT_DEVICE_nGnRE },
	{ NULL, 0 },
};

const struct s2_name s2_memslot_flag_names[] = {
	{ "LOG_DIRTY_PAGES", S2_MEM_LOG_DIRTY_PAGES },
	{ "READONLY", S2_MEM_READONLY },
	{ NULL, 0 },
};

const struct s2_name s2_backing_state_names[] = {
	{ "present", S2_BACKING_PRESENT },
	{ "missing", S2_BACKING_MISSING },
	{ "hwpoison", S2_BACKING_HWPOISON },
	{ NULL, 0 },
};

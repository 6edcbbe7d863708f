/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What the module is asked, and what it answers. One ioctl each; every number is 64 bits. */
#ifndef S2PROBE_H
#define S2PROBE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* How the next mmap() enters its memory. */
enum { S2P_REMAP, S2P_FAULT, S2P_FAULT_PAGE, S2P_FAULT_HUGE };
/* With which VMA flags, beside what the method implies. */
enum {
	S2P_PFNMAP = 1, S2P_MIXEDMAP = 2, S2P_IO = 4, S2P_ANY_UNCACHED = 8, S2P_READONLY = 16,
	S2P_NO_IO = 32,
};
enum { S2P_NORMAL, S2P_NORMAL_TAGGED, S2P_NORMAL_NC, S2P_nGnRnE, S2P_nGnRE, S2P_OTHER_PGPROT };

struct s2p_memory {
	__u64 pa;	/* 0: pages of the kernel's own, allocated for this mapping */
	__u64 method;
	__u64 flags;
	__u64 pgprot;
	__u64 at_pgoff;	/* whether vm_pgoff becomes the physical page number */
};

/* A VMA and what the host's own table has at one address in it. */
struct s2p_vma {
	__u64 addr;	/* in */
	__u64 start, end, pgoff;
	__u64 flags;	/* bits in the order of s2p_vma_flag_names */
	__u64 pgprot;
	__u64 page_size;	/* of a hugetlb VMA, or 0 */
	__u64 entry;	/* the leaf, 0 if there is none */
	__u64 entry_size;
	__u64 pa;
	__u64 writable, special, map_memory;
};
#define S2P_VMA_FLAG_NAMES \
	"READ", "WRITE", "EXEC", "SHARED", "MAYREAD", "MAYWRITE", "MAYEXEC", "MAYSHARE", "PFNMAP", \
	"MIXEDMAP", "IO", "HUGETLB", "ALLOW_ANY_UNCACHED", "MTE", "MTE_ALLOWED", "HUGEPAGE", \
	"DONTEXPAND", "DONTDUMP"

struct s2p_walk {
	__s64 vm;	/* in: the VM's file descriptor */
	__u64 ipa;	/* in */
	__u64 start_level, ia_bits, vtcr, root;
	__u64 count;
	__u64 pte[6];	/* from the start level down to the leaf or the hole */
};

/* The VM's own MMU notifier, as the host's page reclaim calls it. */
struct s2p_age {
	__s64 vm;
	__u64 start, end;
	__u64 test;	/* in: look only */
	__u64 young;
};

struct s2p_cpu {
	__u64 fwb, dic, xnx, tlbi_range, vhe, parange, vmid16;
};

#define S2P_IOC_MEMORY	_IOW('s', 1, struct s2p_memory)
#define S2P_IOC_VMA	_IOWR('s', 2, struct s2p_vma)
#define S2P_IOC_WALK	_IOWR('s', 3, struct s2p_walk)
#define S2P_IOC_AGE	_IOWR('s', 4, struct s2p_age)
#define S2P_IOC_CPU	_IOR('s', 5, struct s2p_cpu)

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What the host knows: VMAs and what a host fault in them finds, the RAM map, and the
 * memory slots that userspace gave to KVM. Plain values owned by the caller; sizes and
 * addresses are in bytes.
 */
#ifndef S2PTE_HOST_H
#define S2PTE_HOST_H

#include <s2pte/arch.h>
#include <s2pte/names.h>

#ifdef __cplusplus
extern "C" {
#endif

/* VMA flags that s2pte knows, named as in the kernel without VM_. The values are s2pte's own. */
#define S2_VM_READ               (UINT64_C(1) << 0)
#define S2_VM_WRITE              (UINT64_C(1) << 1)
#define S2_VM_EXEC               (UINT64_C(1) << 2)
#define S2_VM_SHARED             (UINT64_C(1) << 3)
#define S2_VM_MAYREAD            (UINT64_C(1) << 4)
#define S2_VM_MAYWRITE           (UINT64_C(1) << 5)
#define S2_VM_MAYEXEC            (UINT64_C(1) << 6)
#define S2_VM_MAYSHARE           (UINT64_C(1) << 7)
#define S2_VM_PFNMAP             (UINT64_C(1) << 8)
#define S2_VM_MIXEDMAP           (UINT64_C(1) << 9)
#define S2_VM_IO                 (UINT64_C(1) << 10)
#define S2_VM_HUGETLB            (UINT64_C(1) << 11)
#define S2_VM_ALLOW_ANY_UNCACHED (UINT64_C(1) << 12)
#define S2_VM_MTE                (UINT64_C(1) << 13)
#define S2_VM_MTE_ALLOWED        (UINT64_C(1) << 14)
#define S2_VM_HUGEPAGE           (UINT64_C(1) << 15)
#define S2_VM_DONTEXPAND         (UINT64_C(1) << 16)
#define S2_VM_DONTDUMP           (UINT64_C(1) << 17)

/* The page protection's memory type (pgprot_val(vm_page_prot) & PTE_ATTRINDX_MASK). */
enum s2_pgprot {
	S2_PGPROT_NORMAL,
	S2_PGPROT_NORMAL_TAGGED,
	S2_PGPROT_NORMAL_NC,
	S2_PGPROT_DEVICE_nGnRnE,
	S2_PGPROT_DEVICE_nGnRE,
};

enum s2_backing_state { S2_BACKING_PRESENT, S2_BACKING_MISSING, S2_BACKING_HWPOISON };

/* Whether pfn_is_map_memory() accepts it: from the RAM map, or said directly. */
enum s2_map_memory { S2_MAP_MEMORY_BY_RAM, S2_MAP_MEMORY_NO, S2_MAP_MEMORY_YES };

/* What a host fault in a VMA finds. */
struct s2_backing {
	uint64_t pa;      /* of the VMA's start; the rest follows linearly */
	uint64_t mapping; /* size of the host's own mapping: a page, PMD, PUD...; 0 = a page */
	bool writable;    /* the host's entry allows writing */
	bool special;     /* no struct page behind it */
	enum s2_backing_state state;
	enum s2_map_memory map_memory;
};

struct s2_vma {
	uint64_t start, end; /* [start, end), page-aligned */
	uint64_t flags;      /* S2_VM_* */
	uint64_t hugetlb;    /* huge page size, 0 = none; goes with S2_VM_HUGETLB */
	uint64_t pgoff;      /* in pages; used only with has_pgoff, else backing.pa / page size */
	bool has_pgoff;
	enum s2_pgprot pgprot;
	struct s2_backing backing;
};

/* A range that the kernel maps linearly. */
struct s2_ram {
	uint64_t pa, size;
};

#define S2_MEM_LOG_DIRTY_PAGES (1u << 0)
#define S2_MEM_READONLY        (1u << 1)

/* A memory slot (struct kvm_userspace_memory_region). */
struct s2_memslot {
	uint32_t slot;
	uint32_t flags; /* S2_MEM_* */
	uint64_t gpa, size, hva;
	bool force; /* keep it even if the kernel refuses it, to study the fault path */
};

/* Tables of the names above; the JSON reader and the shell share them. */
extern const struct s2_name s2_vm_flag_names[];
extern const struct s2_name s2_pgprot_names[];
extern const struct s2_name s2_memslot_flag_names[];
extern const struct s2_name s2_backing_state_names[];

/* Anything but Normal-NC and Device: kvm_vma_is_cacheable(). */
bool s2_pgprot_cacheable(enum s2_pgprot pgprot);

/* The VMA of [vmas, vmas + n), sorted by address, that contains @hva; NULL for a hole. */
const struct s2_vma *s2_vma_find(const struct s2_vma *vmas, size_t n, uint64_t hva);
/* Index of the first VMA whose end lies above @hva: find_vma(); n if there is none. */
size_t s2_vma_first(const struct s2_vma *vmas, size_t n, uint64_t hva);
/* The physical address behind @hva, which must lie in @vma. */
uint64_t s2_vma_pa(const struct s2_vma *vma, uint64_t hva);
/* The VMA's offset in pages: vm_pgoff. */
uint64_t s2_vma_pgoff(const struct s2_vma *vma, enum s2_granule granule);
/* pfn_is_map_memory() of what is at @pa in @vma; without any @ram all memory is mapped. */
bool s2_is_map_memory(const struct s2_vma *vma, uint64_t pa, const struct s2_ram *ram, size_t n_ram);

/* The slot of [slots, slots + n) that contains @ipa, or NULL. */
const struct s2_memslot *s2_memslot_find(const struct s2_memslot *slots, size_t n, uint64_t ipa);
bool s2_memslot_overlap(const struct s2_memslot *a, const struct s2_memslot *b);
/* The host address of @ipa, which must lie in @slot. */
static inline uint64_t s2_memslot_hva(const struct s2_memslot *slot, uint64_t ipa)
{
	return slot->hva + (ipa - slot->gpa);
}

#ifdef __cplusplus
}
#endif
#endif

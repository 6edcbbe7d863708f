// SPDX-License-Identifier: GPL-2.0
/* mmap() of pages the kernel owns, or of any physical address, in the way asked for. */
#include <linux/list.h>
#include <linux/pgtable.h>
#include <linux/slab.h>
#include <linux/version.h>
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#include <linux/pfn_t.h>
#endif

#include "probe.h"

struct region {
	struct list_head list;
	struct s2p_memory how;
	struct page *pages;	/* NULL: somebody else's memory */
	unsigned int order;
	unsigned long pfn;
};

void probe_free(struct probe *probe)
{
	struct region *region, *next;
	unsigned long i;

	list_for_each_entry_safe(region, next, &probe->regions, list) {
		for (i = 0; region->pages && i < 1UL << region->order; i++)
			put_page(region->pages + i);
		kfree(region);
	}
}

static struct region *region_new(struct probe *probe, unsigned long size)
{
	struct region *region = kzalloc(sizeof(*region), GFP_KERNEL);

	if (!region)
		return NULL;
	region->how = probe->next;
	region->pfn = region->how.pa >> PAGE_SHIFT;
	if (!region->how.pa) {
		region->order = get_order(size);
		region->pages = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN, region->order);
		if (!region->pages) {
			kfree(region);
			return NULL;
		}
		/* Pages on their own: the tails of a higher order cannot be mapped one by one. */
		split_page(region->pages, region->order);
		region->pfn = page_to_pfn(region->pages);
	}
	list_add(&region->list, &probe->regions);
	return region;
}

/* Entries that the driver makes read-only, whatever the VMA says. */
static pgprot_t entry_prot(const struct region *region, const struct vm_area_struct *vma)
{
	pgprot_t prot = vma->vm_page_prot;

	if (region->how.flags & S2P_READONLY)
		prot = __pgprot((pgprot_val(prot) & ~PTE_WRITE) | PTE_RDONLY);
	return prot;
}

static vm_fault_t region_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct region *region = vma->vm_private_data;
	unsigned long addr = vmf->address & PAGE_MASK;
	unsigned long pfn = region->pfn + ((addr - vma->vm_start) >> PAGE_SHIFT);

	if (region->how.method == S2P_FAULT_PAGE) {
		int err = vm_insert_page(vma, addr, pfn_to_page(pfn));

		return err && err != -EBUSY ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;
	}
	if (region->how.flags & S2P_MIXEDMAP)
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
		return vmf_insert_mixed(vma, addr, __pfn_to_pfn_t(pfn, PFN_DEV));
#else
		return vmf_insert_mixed(vma, addr, pfn);
#endif
	return vmf_insert_pfn_prot(vma, addr, pfn, entry_prot(region, vma));
}

static vm_fault_t region_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct vm_area_struct *vma = vmf->vma;
	struct region *region = vma->vm_private_data;
	unsigned long addr = vmf->address & PMD_MASK;
	unsigned long pfn = region->pfn + ((addr - vma->vm_start) >> PAGE_SHIFT);
	bool write = vmf->flags & FAULT_FLAG_WRITE;

	if (region->how.method != S2P_FAULT_HUGE || order != PMD_SHIFT - PAGE_SHIFT ||
	    addr < vma->vm_start || addr + PMD_SIZE > vma->vm_end ||
	    pfn & ((PMD_SIZE >> PAGE_SHIFT) - 1))
		return VM_FAULT_FALLBACK;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
	return vmf_insert_pfn_pmd(vmf, __pfn_to_pfn_t(pfn, PFN_DEV), write);
#else
	return vmf_insert_pfn_pmd(vmf, pfn, write);
#endif
}

static const struct vm_operations_struct region_ops = {
	.fault = region_fault,
	.huge_fault = region_huge_fault,
};

static pgprot_t chosen_prot(pgprot_t prot, __u64 kind)
{
	static const unsigned long index[] = {
		[S2P_NORMAL_TAGGED] = MT_NORMAL_TAGGED, [S2P_NORMAL_NC] = MT_NORMAL_NC,
		[S2P_nGnRnE] = MT_DEVICE_nGnRnE, [S2P_nGnRE] = MT_DEVICE_nGnRE,
	};

	if (kind == S2P_NORMAL || kind >= ARRAY_SIZE(index))
		return prot;
	return __pgprot_modify(prot, PTE_ATTRINDX_MASK, PTE_ATTRINDX(index[kind]) | PTE_PXN | PTE_UXN);
}

int probe_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct probe *probe = file->private_data;
	unsigned long size = vma->vm_end - vma->vm_start;
	struct region *region = region_new(probe, size);
	const struct s2p_memory *how = &probe->next;
	int ret = 0;

	if (!region)
		return -ENOMEM;
	vma->vm_page_prot = chosen_prot(vma->vm_page_prot, how->pgprot);
	if (how->at_pgoff)
		vma->vm_pgoff = region->pfn;
	vma->vm_private_data = region;
	vma->vm_ops = &region_ops;
	if (how->method == S2P_REMAP)
		ret = remap_pfn_range(vma, vma->vm_start, region->pfn, size, entry_prot(region, vma));
	if (how->flags & S2P_PFNMAP)
		vm_flags_set(vma, VM_PFNMAP);
	if (how->flags & S2P_MIXEDMAP)
		vm_flags_set(vma, VM_MIXEDMAP);
	if (how->flags & S2P_IO)
		vm_flags_set(vma, VM_IO);
	if (how->flags & S2P_NO_IO)
		vm_flags_clear(vma, VM_IO);
	if (how->flags & S2P_ANY_UNCACHED)
		vm_flags_set(vma, VM_ALLOW_ANY_UNCACHED);
	return ret;
}

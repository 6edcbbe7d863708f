// SPDX-License-Identifier: GPL-2.0
/* Read-only looks: a VMA and the host's table, a VM's stage-2 table, the CPU. */
#include <linux/file.h>
#include <linux/hugetlb.h>
#include <linux/kvm_host.h>
#include <linux/mmu_notifier.h>
#include <linux/pgtable.h>

#include <asm/cpufeature.h>
#include <asm/kvm_pgtable.h>

#include "probe.h"

static const vm_flags_t vma_flags[] = {
	VM_READ, VM_WRITE, VM_EXEC, VM_SHARED, VM_MAYREAD, VM_MAYWRITE, VM_MAYEXEC, VM_MAYSHARE,
	VM_PFNMAP, VM_MIXEDMAP, VM_IO, VM_HUGETLB, VM_ALLOW_ANY_UNCACHED, VM_MTE, VM_MTE_ALLOWED,
	VM_HUGEPAGE, VM_DONTEXPAND, VM_DONTDUMP,
};

static __u64 pgprot_kind(pgprot_t prot)
{
	switch ((pgprot_val(prot) & PTE_ATTRINDX_MASK) >> 2) {
	case MT_NORMAL:
		return S2P_NORMAL;
	case MT_NORMAL_TAGGED:
		return S2P_NORMAL_TAGGED;
	case MT_NORMAL_NC:
		return S2P_NORMAL_NC;
	case MT_DEVICE_nGnRnE:
		return S2P_nGnRnE;
	case MT_DEVICE_nGnRE:
		return S2P_nGnRE;
	default:
		return S2P_OTHER_PGPROT;
	}
}

/* The leaf of the host's own table, of whatever size. */
static pte_t host_leaf(struct mm_struct *mm, unsigned long addr, unsigned long *size)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;

	*size = 0;
	if (pgd_none(READ_ONCE(*pgd)))
		return __pte(0);
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(READ_ONCE(*p4d)))
		return __pte(0);
	pud = pud_offset(p4d, addr);
	if (pud_leaf(READ_ONCE(*pud))) {
		*size = PUD_SIZE;
		return pud_pte(READ_ONCE(*pud));
	}
	if (pud_none(READ_ONCE(*pud)))
		return __pte(0);
	pmd = pmd_offset(pud, addr);
	if (pmd_leaf(READ_ONCE(*pmd))) {
		*size = PMD_SIZE;
		return pmd_pte(READ_ONCE(*pmd));
	}
	if (pmd_none(READ_ONCE(*pmd)))
		return __pte(0);
	*size = PAGE_SIZE;
	return READ_ONCE(*pte_offset_kernel(pmd, addr));
}

/*
 * Whether a write could go to the page that is there without a fault, as the core answers it. That
 * is not quite what the entry says: 6.12 does not hand out pages of drivers in this way.
 */
static bool page_writable(unsigned long addr)
{
	struct page *page;

	if (!get_user_page_fast_only(addr, FOLL_WRITE, &page))
		return false;
	put_page(page);
	return true;
}

int probe_vma(struct s2p_vma *out)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long size;
	unsigned int i;
	pte_t pte;

	mmap_read_lock(mm);
	vma = find_vma(mm, out->addr);
	if (!vma || vma->vm_start > out->addr) {
		mmap_read_unlock(mm);
		return -ENOENT;
	}
	out->start = vma->vm_start;
	out->end = vma->vm_end;
	out->pgoff = vma->vm_pgoff;
	out->flags = 0;
	for (i = 0; i < ARRAY_SIZE(vma_flags); i++)
		if (vma->vm_flags & vma_flags[i])
			out->flags |= 1ULL << i;
	out->pgprot = pgprot_kind(vma->vm_page_prot);
	out->page_size = vma->vm_flags & VM_HUGETLB ? huge_page_size(hstate_vma(vma)) : 0;
	pte = host_leaf(mm, out->addr, &size);
	out->entry = pte_present(pte) ? pte_val(pte) : 0;
	out->entry_size = out->entry ? size : 0;
	if (out->entry) {
		out->pa = __pte_to_phys(pte) + (out->addr & (size - 1) & PAGE_MASK);
		out->writable = !!pte_write(pte);
		out->special = !!pte_special(pte);
		out->map_memory = pfn_is_map_memory(PHYS_PFN(out->pa));
		if (!out->special && !(vma->vm_flags & (VM_PFNMAP | VM_IO)))
			out->writable = page_writable(out->addr);
	}
	mmap_read_unlock(mm);
	return 0;
}

/* The VM behind a descriptor; fput() the file when done. */
static struct kvm *vm_of(__s64 fd, struct file **file)
{
	*file = fget(fd);
	return *file ? (*file)->private_data : NULL;
}

int probe_walk(struct s2p_walk *walk)
{
	struct file *file;
	struct kvm *kvm = vm_of(walk->vm, &file);
	struct kvm_pgtable *pgt;
	__u64 *table;
	int level;

	if (!kvm)
		return -EBADF;
	pgt = kvm->arch.mmu.pgt;
	walk->start_level = (__u64)(__s64)pgt->start_level;
	walk->ia_bits = pgt->ia_bits;
	walk->vtcr = kvm->arch.mmu.vtcr;
	walk->root = kvm->arch.mmu.pgd_phys;
	walk->count = 0;
	if (walk->ipa >> pgt->ia_bits) {
		fput(file);
		return -ERANGE;
	}
	table = phys_to_virt(walk->root);
	for (level = pgt->start_level; level <= 3 && walk->count < ARRAY_SIZE(walk->pte); level++) {
		unsigned int per_level = PAGE_SHIFT - 3;
		unsigned int shift = PAGE_SHIFT + (3 - level) * per_level;
		__u64 index = walk->ipa >> shift;
		__u64 pte;

		/* The start level may be several tables in a row. */
		if (level != pgt->start_level)
			index &= (1ULL << per_level) - 1;
		pte = READ_ONCE(table[index]);
		walk->pte[walk->count++] = pte;
		if ((pte & 3) != 3 || level == 3)
			break;
		table = phys_to_virt(kvm_pte_to_phys(pte));
	}
	fput(file);
	return 0;
}

int probe_age(struct s2p_age *age)
{
	struct file *file;
	struct kvm *kvm = vm_of(age->vm, &file);
	const struct mmu_notifier_ops *ops;
	struct mmu_notifier *mn;

	if (!kvm)
		return -EBADF;
	mn = &kvm->mmu_notifier;
	ops = mn->ops;
	if (!age->test)
		age->young = !!ops->clear_young(mn, kvm->mm, age->start, age->end);
	else
		age->young = !!ops->test_young(mn, kvm->mm, age->start);
	fput(file);
	return 0;
}

void probe_cpu(struct s2p_cpu *cpu)
{
	__u64 mmfr0 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1);
	__u64 mmfr1 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR1_EL1);
	__u64 mmfr2 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR2_EL1);
	__u64 isar0 = read_sanitised_ftr_reg(SYS_ID_AA64ISAR0_EL1);

	cpu->fwb = mmfr2 >> ID_AA64MMFR2_EL1_FWB_SHIFT & 0xf;
	cpu->dic = read_sanitised_ftr_reg(SYS_CTR_EL0) >> 29 & 1;
	cpu->xnx = mmfr1 >> ID_AA64MMFR1_EL1_XNX_SHIFT & 0xf;
	cpu->tlbi_range = (isar0 >> ID_AA64ISAR0_EL1_TLB_SHIFT & 0xf) == 2;
	cpu->vhe = mmfr1 >> ID_AA64MMFR1_EL1_VH_SHIFT & 0xf;
	cpu->parange = mmfr0 & 0xf;
	cpu->vmid16 = (mmfr1 >> ID_AA64MMFR1_EL1_VMIDBits_SHIFT & 0xf) == 2;
}

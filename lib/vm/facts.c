/* SPDX-License-Identifier: MIT */
/* From the state of a VM to the facts that rules ask about. */
#include "vm.h"

static uint64_t fact_if(bool is, enum s2_fact fact)
{
	return is ? S2_FACT_BIT(fact) : 0;
}

uint64_t s2i_vm_facts(const struct s2_vm *vm)
{
	return vm->own_facts | fact_if(vm->cpu.fwb, S2_FACT_FWB) |
	       fact_if(vm->cpu.dic, S2_FACT_DIC) | fact_if(vm->mte, S2_FACT_VM_MTE);
}

uint64_t s2i_slot_facts(const struct s2_vm *vm, const struct s2_memslot *slot)
{
	return S2_FACT_BIT(S2_FACT_SLOT) |
	       fact_if(slot->gpa + slot->size > UINT64_C(1) << vm->ipa_bits,
		       S2_FACT_SLOT_BEYOND_IPA) |
	       fact_if((slot->flags & S2_MEM_LOG_DIRTY_PAGES) != 0, S2_FACT_SLOT_LOGGING) |
	       fact_if((slot->flags & S2_MEM_READONLY) != 0, S2_FACT_SLOT_READONLY);
}

uint64_t s2i_vma_facts(const struct s2_vma *vma)
{
	static const struct {
		uint64_t flags;
		enum s2_fact fact;
	} map[] = {
		{ S2_VM_PFNMAP, S2_FACT_VMA_PFNMAP },
		{ S2_VM_MIXEDMAP, S2_FACT_VMA_MIXEDMAP },
		{ S2_VM_IO, S2_FACT_VMA_IO },
		{ S2_VM_SHARED, S2_FACT_VMA_SHARED },
		{ S2_VM_MAYWRITE, S2_FACT_VMA_MAYWRITE },
		{ S2_VM_WRITE, S2_FACT_VMA_WRITE },
		{ S2_VM_READ | S2_VM_EXEC, S2_FACT_VMA_READ_OR_EXEC },
		{ S2_VM_MTE_ALLOWED, S2_FACT_VMA_MTE_ALLOWED },
		{ S2_VM_ALLOW_ANY_UNCACHED, S2_FACT_VMA_ALLOW_ANY_UNCACHED },
	};
	uint64_t facts;

	if (vma == NULL)
		return 0;
	facts = S2_FACT_BIT(S2_FACT_VMA);
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		facts |= fact_if((vma->flags & map[i].flags) != 0, map[i].fact);
	return facts | fact_if(s2_pgprot_cacheable(vma->pgprot), S2_FACT_VMA_CACHEABLE);
}

uint64_t s2i_pfn_facts(const struct s2_vm *vm, const struct s2_vma *vma, uint64_t hva)
{
	if (vma == NULL)
		return S2_FACT_BIT(S2_FACT_PFN_MISSING);
	return fact_if(s2_is_map_memory(vma, s2_vma_pa(vma, hva), vm->ram, vm->n_ram),
		       S2_FACT_MAP_MEMORY) |
	       fact_if(vma->backing.special, S2_FACT_PFN_SPECIAL) |
	       fact_if(vma->backing.state == S2_BACKING_MISSING, S2_FACT_PFN_MISSING) |
	       fact_if(vma->backing.state == S2_BACKING_HWPOISON, S2_FACT_PFN_HWPOISON) |
	       fact_if(vma->backing.writable, S2_FACT_HOST_WRITABLE);
}

uint64_t s2i_fault_facts(const struct s2_vm *vm, const struct s2_event *event)
{
	bool perm = event->fsc == S2_FSC_PERMISSION;
	bool insn = event->access == S2_ACCESS_EXEC;
	/* kvm_is_write_fault(): a walk that may not read its table wants to write the
	 * Access flag or dirty state there; otherwise it only reads. */
	bool write = event->s1ptw ? perm : event->access == S2_ACCESS_WRITE;

	return fact_if(write, S2_FACT_WRITE) | fact_if(insn && !event->s1ptw, S2_FACT_EXEC) |
	       fact_if(insn && event->s1ptw, S2_FACT_INSN_WALK) |
	       fact_if(perm, S2_FACT_PERMISSION) |
	       fact_if(event->fsc == S2_FSC_ACCESS_FLAG, S2_FACT_ACCESS_FLAG) |
	       fact_if(event->fsc == S2_FSC_EXCL_ATOMIC, S2_FACT_EXCL_ATOMIC) |
	       fact_if(event->ipa >> vm->ipa_bits != 0, S2_FACT_IPA_BEYOND_LIMIT) |
	       fact_if(event->retry, S2_FACT_INVALIDATED);
}

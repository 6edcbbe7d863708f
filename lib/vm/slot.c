/* SPDX-License-Identifier: MIT */
/* Memory slots: what userspace's ioctl does and what arm64 KVM checks. */
#include "vm.h"

#include <stdlib.h>

/* The VMAs that a slot meets, in the order of addresses; NULL after the last. */
static const struct s2_vma *next_vma(const struct s2_vm *vm, size_t *i, uint64_t end)
{
	return *i < vm->n_vmas && vm->sorted[*i].start < end ? &vm->sorted[(*i)++] : NULL;
}

/* kvm_arch_prepare_memory_region(): the first VMA that fails decides; none is no error. */
int s2i_slot_decide(const struct s2_vm *vm, const struct s2_memslot *slot, int *rule)
{
	uint64_t end = slot->hva + slot->size;
	uint64_t facts = s2i_vm_facts(vm) | s2i_slot_facts(vm, slot);
	size_t i = s2_vma_first(vm->sorted, vm->n_vmas, slot->hva);
	const struct s2_vma *vma = next_vma(vm, &i, end);
	struct s2_verdict verdict;

	do {
		s2_decide(vm->revision, S2_STAGES_SLOT,
			  s2_facts_derive(facts | s2i_vma_facts(vma)), &verdict);
		vma = next_vma(vm, &i, end);
	} while (verdict.err == 0 && vma != NULL);
	*rule = verdict.cause;
	return -verdict.err;
}

static struct s2_memslot *find_slot(struct s2_vm *vm, uint32_t number)
{
	for (size_t i = 0; i < vm->n_slots; i++)
		if (vm->slots[i].slot == number)
			return &vm->slots[i];
	return NULL;
}

static bool overlaps_other(const struct s2_vm *vm, const struct s2_memslot *slot)
{
	for (size_t i = 0; i < vm->n_slots; i++)
		if (vm->slots[i].slot != slot->slot && s2_memslot_overlap(&vm->slots[i], slot))
			return true;
	return false;
}

static bool room_for_slot(struct s2_vm *vm)
{
	size_t room = vm->slot_room * 2 + 1;
	struct s2_memslot *grown;

	if (vm->n_slots < vm->slot_room)
		return true;
	grown = realloc(vm->slots, room * sizeof(*grown));
	if (grown == NULL) {
		vm->out_of_memory = true;
		return false;
	}
	vm->slots = grown;
	vm->slot_room = room;
	return true;
}

/* kvm_set_memory_region() and kvm_arch_commit_memory_region() */
int s2i_set_memslot(struct s2_vm *vm, const struct s2_memslot *slot, struct s2_result *result)
{
	struct s2_memslot *old = find_slot(vm, slot->slot);
	uint32_t turned_on;
	int ret;

	if (old != NULL && (old->hva != slot->hva || old->size != slot->size ||
			    ((old->flags ^ slot->flags) & S2_MEM_READONLY) != 0))
		return -S2_K_EINVAL;
	if (overlaps_other(vm, slot))
		return -S2_K_EEXIST;
	if (old != NULL && old->gpa == slot->gpa && old->flags == slot->flags)
		return 0;
	ret = s2i_slot_decide(vm, slot, &result->cause);
	if (ret != 0 && !slot->force)
		return ret;
	if (old == NULL) {
		if (!room_for_slot(vm))
			return -S2_K_ENOMEM;
		vm->slots[vm->n_slots++] = *slot;
		return ret;
	}
	if (old->gpa != slot->gpa)
		s2_pgtable_unmap(vm->pgt, old->gpa, old->size);
	turned_on = slot->flags & ~old->flags;
	*old = *slot;
	/* The TLB invalidation that follows goes by the whole VM and is not the table's. */
	if ((turned_on & S2_MEM_LOG_DIRTY_PAGES) != 0)
		s2_pgtable_wrprotect(vm->pgt, slot->gpa, slot->size);
	return ret;
}

int s2i_delete_memslot(struct s2_vm *vm, uint32_t number)
{
	struct s2_memslot *slot = find_slot(vm, number);

	if (slot == NULL)
		return -S2_K_EINVAL;
	s2_pgtable_unmap(vm->pgt, slot->gpa, slot->size);
	*slot = vm->slots[--vm->n_slots];
	return 0;
}

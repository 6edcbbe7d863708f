/* SPDX-License-Identifier: MIT */
/* The way of one fault: from the guest's access to the entry in the table. */
#include "vm.h"

static uint64_t align_down(uint64_t x, uint64_t size)
{
	return x & ~(size - 1);
}

/* What the verdict's facts say is to be granted. */
static unsigned verdict_prot(uint64_t facts)
{
	static const struct {
		enum s2_fact fact;
		unsigned prot;
	} map[] = {
		{ S2_FACT_PROT_W, S2_PROT_W },
		{ S2_FACT_PROT_X, S2_PROT_X },
		{ S2_FACT_PROT_DEVICE, S2_PROT_DEVICE },
		{ S2_FACT_PROT_NORMAL_NC, S2_PROT_NORMAL_NC },
	};
	unsigned prot = S2_PROT_R;

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if ((facts & S2_FACT_BIT(map[i].fact)) != 0)
			prot |= map[i].prot;
	return prot;
}

/* Where a fault landed, and how large its mapping gets. */
struct fault {
	const struct s2_memslot *slot;
	const struct s2_vma *vma; /* at hva, may be NULL */
	uint64_t hva;             /* of the fault */
	uint64_t ipa;             /* of the mapping */
	uint64_t pa;
	struct s2_size size;
	uint64_t granule;         /* of a permission fault, else 0 */
};

/* Find slot and VMA, resolve the size, look the page up; returns all input facts. */
static uint64_t locate(const struct s2_vm *vm, const struct s2_event *event, struct fault *f)
{
	uint64_t facts = s2i_vm_facts(vm) | s2i_fault_facts(vm, event);
	uint64_t page = s2_page_size(vm->granule);
	uint64_t page_ipa = align_down(event->ipa, page);
	const struct s2_vma *found;
	uint64_t slot_facts, hva;

	f->ipa = align_down(event->ipa, s2_size_ipa_align(vm->revision->sizes, vm->granule));
	if (event->fsc == S2_FSC_PERMISSION)
		f->granule = s2_level_size(vm->granule, event->level);
	f->slot = s2_memslot_find(vm->slots, vm->n_slots, event->ipa);
	if (f->slot == NULL)
		return facts;
	slot_facts = s2i_slot_facts(vm, f->slot);
	f->hva = s2_memslot_hva(f->slot, page_ipa);
	f->vma = s2_vma_find(vm->sorted, vm->n_vmas, f->hva);
	if (f->vma == NULL)
		return facts | slot_facts;
	f->size = s2_size_initial(vm->revision->sizes, vm->granule,
				  (s2_facts_derive(slot_facts) & S2_FACT_BIT(S2_FACT_LOGGING)) != 0,
				  f->vma, f->slot, f->hva);
	if (f->size.size != page)
		f->ipa = align_down(f->ipa, f->size.size);
	hva = s2_memslot_hva(f->slot, align_down(page_ipa, f->size.size));
	found = s2_vma_find(vm->sorted, vm->n_vmas, hva);
	if (found != NULL)
		f->pa = s2_vma_pa(found, hva);
	return facts | slot_facts | s2i_vma_facts(f->vma) | s2i_pfn_facts(vm, found, hva);
}

static int install(struct s2_vm *vm, const struct fault *f, uint64_t size, struct s2_result *result)
{
	struct s2_memcache mc = { SIZE_MAX };

	if (f->granule == size) {
		result->action = S2_ACTION_RELAX;
		return s2_pgtable_relax(vm->pgt, f->ipa, result->prot);
	}
	result->has_range = true;
	result->range_ipa = f->ipa;
	result->range_size = size;
	return s2_pgtable_map(vm->pgt, f->ipa, size, f->pa, result->prot, &mc, true);
}

void s2i_fault(struct s2_vm *vm, const struct s2_event *event, struct s2_result *result)
{
	struct fault f = { .size = { s2_page_size(vm->granule), false } };
	struct s2_verdict verdict;
	uint64_t size, initial_ipa;
	int ret;

	s2_decide(vm->revision, S2_STAGES_FAULT, s2_facts_derive(locate(vm, event, &f)), &verdict);
	result->fired = verdict.fired;
	result->cause = verdict.cause;
	result->facts = verdict.facts;
	result->action = verdict.action;
	result->ret = -verdict.err;
	if (verdict.action == S2_ACTION_YOUNG) {
		s2_pgtable_mkyoung(vm->pgt, f.ipa);
		s2i_find_leaf(vm, event->ipa, result);
	}
	if (verdict.cause >= 0)
		return;

	initial_ipa = f.ipa;
	size = f.size.size;
	/* Rules may let a fault pass where there is no memory: what they install is a page at PA 0. */
	if (f.vma != NULL)
		size = s2_size_upgrade(vm->revision->sizes, vm->granule, f.size,
				       (verdict.facts & S2_FACT_BIT(S2_FACT_NONCACHEABLE)) != 0,
				       f.granule, f.slot, f.hva, f.vma->backing.mapping);
	/* The host's block is taken from its start; a permission fault's granule is not
	 * looked up again, the entry is there. */
	if (size != f.size.size && size != f.granule) {
		f.ipa = align_down(f.ipa, size);
		f.pa = align_down(f.pa, size);
	}
	if ((verdict.facts & S2_FACT_BIT(S2_FACT_SANITISE_TAGS)) != 0)
		s2i_record(vm, &(struct s2_maintenance){ .op = S2_MAINT_SANITISE_MTE_TAGS,
							 .addr = f.pa,
							 .size = size });
	result->prot = verdict_prot(verdict.facts);
	ret = install(vm, &f, size, result);
	if (ret == -S2_K_EAGAIN) {
		result->action = S2_ACTION_RETRY;
		return;
	}
	result->ret = ret;
	if (ret != 0) {
		result->action = S2_ACTION_NONE;
		return;
	}
	result->has_prot = true;
	result->is_dirty = (result->prot & S2_PROT_W) != 0;
	if (result->is_dirty)
		result->dirty =
			s2_size_dirty(vm->revision->sizes, vm->granule, initial_ipa, size);
	s2i_find_leaf(vm, event->ipa, result);
}

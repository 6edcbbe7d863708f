/* SPDX-License-Identifier: MIT */
/* The access that causes a fault, or does not. */
#include "vm.h"

void s2i_find_leaf(const struct s2_vm *vm, uint64_t ipa, struct s2_result *result)
{
	struct s2_walk_entry entries[S2_MAX_LEVELS];
	size_t n;

	if (s2_pgtable_walk(vm->pgt, ipa, entries, &n) != 0 || (entries[n - 1].pte & 1) == 0)
		return;
	result->level = entries[n - 1].level;
	result->pte = entries[n - 1].pte;
	result->size = s2_level_size(vm->granule, result->level);
	result->ipa = ipa & ~(result->size - 1);
	result->pa = s2_pgtable_pte_pa(vm->pgt, result->pte);
}

/* Whether the leaf lets a guest's EL1 do it. Stage 2 allows execute without read. */
static bool permitted(const struct s2_vm *vm, uint64_t pte, enum s2_access access)
{
	static const unsigned needs[] = {
		[S2_ACCESS_READ] = S2_PROT_R,
		[S2_ACCESS_WRITE] = S2_PROT_W,
		[S2_ACCESS_EXEC] = S2_PROT_PX,
	};

	return (s2_pgtable_pte_prot(vm->pgt, pte) & needs[access]) != 0;
}

void s2i_access(struct s2_vm *vm, const struct s2_event *event, struct s2_result *result)
{
	struct s2_event fault = *event;
	struct s2_walk_entry entries[S2_MAX_LEVELS];
	struct s2_desc desc;
	size_t n;

	fault.fsc = S2_FSC_TRANSLATION;
	fault.level = vm->geometry.start_level;
	if (s2_pgtable_walk(vm->pgt, event->ipa, entries, &n) == 0) {
		fault.level = entries[n - 1].level;
		s2_desc_decode(&vm->format, fault.level, entries[n - 1].pte, &desc);
		if (desc.type == S2_DESC_BLOCK || desc.type == S2_DESC_PAGE) {
			if (desc.field[S2_F_AF] == 0)
				fault.fsc = S2_FSC_ACCESS_FLAG;
			else if (!permitted(vm, entries[n - 1].pte, event->access))
				fault.fsc = S2_FSC_PERMISSION;
			else {
				result->action = S2_ACTION_HIT;
				s2i_find_leaf(vm, event->ipa, result);
				return;
			}
		}
	}
	s2i_fault(vm, &fault, result);
}

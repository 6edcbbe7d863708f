/* SPDX-License-Identifier: MIT */
#ifndef S2I_VM_H
#define S2I_VM_H

#include <s2pte/vm.h>

struct s2_vm {
	const struct s2_revision *revision;
	enum s2_granule granule;
	unsigned ipa_bits;
	struct s2_cpu cpu;
	bool mte;
	uint64_t own_facts;
	struct s2_geometry geometry;
	struct s2_format format;
	struct s2_pgtable *pgt;

	struct s2_ram *ram;
	size_t n_ram;
	struct s2_vma *vmas;   /* as numbered in the scenario */
	struct s2_vma *sorted; /* by address */
	size_t n_vmas;
	struct s2_memslot *slots; /* those that exist */
	size_t n_slots, slot_room;
	struct s2_slot_result *slot_results;
	size_t n_slot_results;

	/* What the running event caused (recorder.c). */
	struct s2_maintenance *maintenance;
	size_t n_maintenance, maintenance_room;
	bool truncated, out_of_memory;
};

/* recorder.c */
void s2i_record(struct s2_vm *vm, const struct s2_maintenance *entry);
extern const struct s2_pgtable_ops s2i_recorder_ops;

/* slot.c: the decision alone, and what userspace's ioctl does. */
int s2i_slot_decide(const struct s2_vm *vm, const struct s2_memslot *slot, int *rule);
int s2i_set_memslot(struct s2_vm *vm, const struct s2_memslot *slot, struct s2_result *result);
int s2i_delete_memslot(struct s2_vm *vm, uint32_t slot);

/* facts.c: what rules can ask about; @vma may be NULL. */
uint64_t s2i_vm_facts(const struct s2_vm *vm);
uint64_t s2i_slot_facts(const struct s2_vm *vm, const struct s2_memslot *slot);
uint64_t s2i_vma_facts(const struct s2_vma *vma);
uint64_t s2i_pfn_facts(const struct s2_vm *vm, const struct s2_vma *vma, uint64_t hva);
uint64_t s2i_fault_facts(const struct s2_vm *vm, const struct s2_event *event);

/* fault.c */
void s2i_fault(struct s2_vm *vm, const struct s2_event *event, struct s2_result *result);
/* access.c */
void s2i_access(struct s2_vm *vm, const struct s2_event *event, struct s2_result *result);
/* The leaf at @ipa, into the result; none leaves level S2_LEVEL_UNKNOWN. */
void s2i_find_leaf(const struct s2_vm *vm, uint64_t ipa, struct s2_result *result);

#endif

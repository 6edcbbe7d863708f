/* SPDX-License-Identifier: MIT */
/* What an event causes, written down in order. */
#include "vm.h"

#include <stdlib.h>

void s2i_record(struct s2_vm *vm, const struct s2_maintenance *entry)
{
	if (vm->n_maintenance == S2_MAX_MAINTENANCE) {
		vm->truncated = true;
		return;
	}
	if (vm->n_maintenance == vm->maintenance_room) {
		size_t room = vm->maintenance_room != 0 ? vm->maintenance_room * 2 : 16;
		struct s2_maintenance *grown =
			realloc(vm->maintenance, room * sizeof(*vm->maintenance));

		if (grown == NULL) {
			vm->out_of_memory = true;
			return;
		}
		vm->maintenance = grown;
		vm->maintenance_room = room;
	}
	vm->maintenance[vm->n_maintenance++] = *entry;
}

static void dcache(void *arg, uint64_t pa, uint64_t size)
{
	struct s2_vm *vm = arg;

	s2i_record(vm, &(struct s2_maintenance){ .op = S2_MAINT_DCACHE_CLEAN_INVAL_POC,
						 .addr = pa,
						 .size = size,
						 .elided_by = vm->cpu.fwb ? "fwb" : NULL });
}

static void icache(void *arg, uint64_t pa, uint64_t size)
{
	struct s2_vm *vm = arg;

	s2i_record(vm, &(struct s2_maintenance){ .op = S2_MAINT_ICACHE_INVAL_POU,
						 .addr = pa,
						 .size = size,
						 .elided_by = vm->cpu.dic ? "dic" : NULL });
}

static void tlbi_ipa(void *arg, uint64_t ipa, int level)
{
	s2i_record(arg, &(struct s2_maintenance){
				.op = S2_MAINT_TLBI_IPA, .addr = ipa, .level = level });
}

static void tlbi_ipa_nsh(void *arg, uint64_t ipa, int level)
{
	s2i_record(arg, &(struct s2_maintenance){
				.op = S2_MAINT_TLBI_IPA_NSH, .addr = ipa, .level = level });
}

static void tlbi_range(void *arg, uint64_t ipa, uint64_t size)
{
	s2i_record(arg, &(struct s2_maintenance){
				.op = S2_MAINT_TLBI_RANGE, .addr = ipa, .size = size });
}

static void tlbi_vmid(void *arg)
{
	s2i_record(arg, &(struct s2_maintenance){ .op = S2_MAINT_TLBI_VMID });
}

const struct s2_pgtable_ops s2i_recorder_ops = {
	.dcache_clean_inval_poc = dcache,
	.icache_inval_pou = icache,
	.tlbi_ipa = tlbi_ipa,
	.tlbi_ipa_nsh = tlbi_ipa_nsh,
	.tlbi_range = tlbi_range,
	.tlbi_vmid = tlbi_vmid,
};

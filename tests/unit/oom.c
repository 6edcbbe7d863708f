/* SPDX-License-Identifier: MIT */
/*
 * A VM whose n-th allocation fails, for all n. The library is linked in whole, with the
 * C library's allocator wrapped by the linker. Speaks TAP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <s2pte/vm.h>

#include "failing.h"

#define GiB UINT64_C(0x40000000)
#define RAM (S2_VM_READ | S2_VM_WRITE | S2_VM_MAYWRITE)

static const struct s2_ram ram = { 0, 64 * GiB };
static const struct s2_vma vmas[] = {
	{ .start = 16 * GiB, .end = 20 * GiB, .flags = RAM,
	  .backing = { .pa = GiB, .writable = true } },
	{ .start = 8 * GiB, .end = 12 * GiB, .flags = RAM,
	  .backing = { .pa = 8 * GiB, .writable = true, .mapping = 0x200000 } },
};
static const struct s2_memslot slots[] = {
	{ .slot = 0, .gpa = 0, .size = 4 * GiB, .hva = 16 * GiB },
	{ .slot = 1, .gpa = 8 * GiB, .size = 4 * GiB, .hva = 8 * GiB },
};

static const struct s2_event events[] = {
	{ .op = S2_OP_ACCESS, .ipa = 0x1000, .access = S2_ACCESS_WRITE },
	{ .op = S2_OP_ACCESS, .ipa = 8 * GiB, .access = S2_ACCESS_EXEC },
	{ .op = S2_OP_MAP, .ipa = 32 * GiB, .size = 0x200000, .pa = 0x1000, .prot = S2_PROT_R },
	{ .op = S2_OP_MAP, .ipa = 64 * GiB, .size = 16 * GiB, .pa = 0, .prot = S2_PROT_R },
	{ .op = S2_OP_SPLIT, .ipa = 64 * GiB, .size = GiB },
	{ .op = S2_OP_SET_VMA, .vma_index = 1,
	  .vma = { .start = 8 * GiB, .end = 12 * GiB, .flags = S2_VM_READ } },
	{ .op = S2_OP_SET_MEMSLOT, .memslot = { .slot = 2, .gpa = 16 * GiB, .size = GiB,
						.hva = 16 * GiB } },
	{ .op = S2_OP_SET_MEMSLOT, .memslot = { .slot = 0, .gpa = 0, .size = 4 * GiB,
						.hva = 16 * GiB,
						.flags = S2_MEM_LOG_DIRTY_PAGES } },
	{ .op = S2_OP_DELETE_MEMSLOT, .memslot = { .slot = 2 } },
	{ .op = S2_OP_UNMAP, .ipa = 0, .size = 128 * GiB },
};
#define N_EVENTS (sizeof(events) / sizeof(events[0]))

/* 0, or 1 when memory ran out as it should; -1 for anything else. */
static int run_events(struct s2_vm *vm)
{
	int short_of = 0;

	for (size_t i = 0; i < N_EVENTS; i++) {
		struct s2_error err = { 0 };
		struct s2_result result;
		int ret = s2_vm_run(vm, &events[i], &result, &err);

		if (ret == S2_ENOMEM || (ret == 0 && result.ret == -S2_K_ENOMEM))
			short_of = 1;
		else if (ret != 0 || (result.ret != 0 && short_of == 0))
			return -1;
	}
	return short_of;
}

static const char *attempt(void)
{
	const struct s2_vm_config config = {
		.revision = s2_revision_find("v6.17"),
		.ipa_bits = 40,
		.ram = &ram, .n_ram = 1,
		.vmas = vmas, .n_vmas = 2,
		.memslots = slots, .n_memslots = 2,
	};
	struct s2_error err = { 0 };
	const char *wrong = NULL;
	struct s2_vm *vm;
	int ret = s2_vm_new(&vm, &config, &err);

	if (ret != 0)
		return ret == S2_ENOMEM && err.code == S2_ENOMEM && failing_at != 0 ?
			       NULL : "s2_vm_new() failed otherwise";
	ret = run_events(vm);
	if (ret < 0)
		wrong = "an event failed otherwise";
	else if (ret == 0 && failing_at != 0 && failing_calls >= failing_at)
		wrong = "nobody noticed";
	else if (s2_pgtable_tables(s2_vm_pgtable(vm)) != 0)
		wrong = "tables are left";
	s2_vm_free(vm);
	if (wrong == NULL && failing_live != 0)
		wrong = "memory is left";
	return wrong;
}

int main(void)
{
	unsigned long wanted, bad = 0;
	const char *wrong = attempt();

	wanted = failing_calls;
	printf("1..%lu\n", wanted + 1);
	printf("%s 1 - %lu allocations%s%s\n", wrong == NULL ? "ok" : "not ok", wanted,
	       wrong == NULL ? "" : ": ", wrong == NULL ? "" : wrong);
	for (unsigned long n = 1; n <= wanted; n++) {
		failing_start(n);
		wrong = attempt();
		bad += wrong != NULL;
		printf("%s %lu - number %lu fails%s%s\n", wrong == NULL ? "ok" : "not ok", n + 1,
		       n, wrong == NULL ? "" : ": ", wrong == NULL ? "" : wrong);
	}
	return bad != 0;
}

/* SPDX-License-Identifier: MIT */
/* The life of a VM: slots, VMAs, accesses, and what the kernel does oddly. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <s2pte/vm.h>

#include "suites.h"

#define GiB (UINT64_C(1) << 30)
#define MiB (UINT64_C(1) << 20)
#define HVA UINT64_C(0x7c0000000000) /* aligned to any PUD */
#define PA  UINT64_C(0x4000000000)

#define RAM_FLAGS (S2_VM_READ | S2_VM_WRITE | S2_VM_MAYREAD | S2_VM_MAYWRITE)

/* A VM with a VMA of @size at HVA, and a slot over it at @gpa. */
struct setup {
	const char *kernel;
	enum s2_granule granule;
	unsigned ipa_bits;
	uint64_t gpa, size;
	struct s2_vma vma; /* start, end and PA are filled in */
	uint32_t slot_flags;
	struct s2_cpu cpu;
};

static const struct setup plain = {
	.kernel = "latest",
	.ipa_bits = 40,
	.gpa = GiB,
	.size = GiB,
	.vma = { .flags = RAM_FLAGS, .backing = { .writable = true } },
	.cpu = { .fwb = true, .dic = true },
};

static struct s2_vm *new_vm(const struct setup *setup)
{
	struct s2_vma vma = setup->vma;
	struct s2_memslot slot = { .gpa = setup->gpa, .size = setup->size, .hva = HVA,
				   .flags = setup->slot_flags };
	struct s2_vm_config config = { .revision = s2_revision_find(setup->kernel),
				       .granule = setup->granule,
				       .ipa_bits = setup->ipa_bits,
				       .cpu = setup->cpu,
				       .vmas = &vma,
				       .n_vmas = 1,
				       .memslots = &slot,
				       .n_memslots = 1 };
	struct s2_error err = { 0 };
	const struct s2_slot_result *slots;
	struct s2_vm *vm;
	size_t n;

	vma.start = HVA;
	vma.end = HVA + setup->size;
	vma.backing.pa = PA;
	ck_assert_ptr_nonnull(config.revision);
	ck_assert_msg(s2_vm_new(&vm, &config, &err) == 0, "%s: %s", err.path, err.message);
	slots = s2_vm_slots(vm, &n);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(slots[0].ret, 0);
	return vm;
}

static struct s2_result run(struct s2_vm *vm, const struct s2_event *event)
{
	struct s2_error err = { 0 };
	struct s2_result result;

	ck_assert_msg(s2_vm_run(vm, event, &result, &err) == 0, "%s: %s", err.path, err.message);
	return result;
}

static struct s2_result access_at(struct s2_vm *vm, uint64_t ipa, enum s2_access access)
{
	return run(vm, &(struct s2_event){ .op = S2_OP_ACCESS, .ipa = ipa, .access = access });
}

static struct s2_result table(struct s2_vm *vm, enum s2_op op, uint64_t ipa, uint64_t size)
{
	return run(vm, &(struct s2_event){ .op = op, .ipa = ipa, .size = size });
}

static struct s2_result set_slot(struct s2_vm *vm, uint32_t number, uint64_t gpa, uint64_t size,
				 uint64_t hva, uint32_t flags)
{
	return run(vm, &(struct s2_event){ .op = S2_OP_SET_MEMSLOT,
					   .memslot = { .slot = number, .gpa = gpa, .size = size,
							.hva = hva, .flags = flags } });
}

static struct s2_result delete_slot(struct s2_vm *vm, uint32_t number)
{
	return run(vm, &(struct s2_event){ .op = S2_OP_DELETE_MEMSLOT,
					   .memslot = { .slot = number } });
}

static uint64_t pte_at(struct s2_vm *vm, uint64_t ipa)
{
	struct s2_result walk = table(vm, S2_OP_WALK, ipa, 0);

	return walk.entries[walk.n_entries - 1].pte;
}

/* ---- Slots ---- */

START_TEST(slots_live)
{
	struct s2_vm *vm = new_vm(&plain);

	/* CREATE: anywhere but over another one. */
	ck_assert_int_eq(set_slot(vm, 1, 4 * GiB, 16 * MiB, HVA, 0).ret, 0);
	ck_assert_int_eq(set_slot(vm, 2, 2 * GiB - 4096, 8192, HVA, 0).ret, -S2_K_EEXIST);
	ck_assert_int_eq(set_slot(vm, 2, 4 * GiB + 8 * MiB, 4096, HVA, 0).ret, -S2_K_EEXIST);
	ck_assert_int_eq(set_slot(vm, 2, 2 * GiB, 4096, HVA, 0).ret, 0);
	ck_assert_int_eq(delete_slot(vm, 2).ret, 0);
	ck_assert_int_eq(delete_slot(vm, 2).ret, -S2_K_EINVAL);
	/* The size, the HVA and READONLY stay what they are. */
	ck_assert_int_eq(set_slot(vm, 1, 4 * GiB, 8 * MiB, HVA, 0).ret, -S2_K_EINVAL);
	ck_assert_int_eq(set_slot(vm, 1, 4 * GiB, 16 * MiB, HVA + 4096, 0).ret, -S2_K_EINVAL);
	ck_assert_int_eq(set_slot(vm, 1, 4 * GiB, 16 * MiB, HVA, S2_MEM_READONLY).ret,
			 -S2_K_EINVAL);
	/* Nothing changes: nothing happens. */
	ck_assert_int_eq(access_at(vm, 4 * GiB, S2_ACCESS_WRITE).action, S2_ACTION_MAP);
	ck_assert_int_eq(set_slot(vm, 1, 4 * GiB, 16 * MiB, HVA, 0).ret, 0);
	ck_assert_uint_ne(pte_at(vm, 4 * GiB), 0);
	/* MOVE: what was mapped there goes. */
	ck_assert_int_eq(set_slot(vm, 1, GiB + 4096, 16 * MiB, HVA, 0).ret, -S2_K_EEXIST);
	ck_assert_int_eq(set_slot(vm, 1, 8 * GiB, 16 * MiB, HVA, 0).ret, 0);
	ck_assert_uint_eq(pte_at(vm, 4 * GiB), 0);
	ck_assert_int_eq(access_at(vm, 4 * GiB, S2_ACCESS_READ).action, S2_ACTION_MMIO);
	ck_assert_int_eq(access_at(vm, 8 * GiB, S2_ACCESS_READ).action, S2_ACTION_MAP);
	/* Delete: so does what is mapped now, and the slot's place is free again. */
	ck_assert_int_eq(delete_slot(vm, 1).ret, 0);
	ck_assert_uint_eq(pte_at(vm, 8 * GiB), 0);
	ck_assert_uint_eq(s2_pgtable_tables(s2_vm_pgtable(vm)), 0);
	ck_assert_int_eq(set_slot(vm, 7, 8 * GiB, 4096, HVA, 0).ret, 0);
	s2_vm_free(vm);
}
END_TEST

START_TEST(flags_only_turns_logging_on)
{
	struct s2_vm *vm = new_vm(&plain);
	struct s2_result r = access_at(vm, GiB + 8192, S2_ACCESS_WRITE);

	ck_assert_int_eq(r.action, S2_ACTION_MAP);
	ck_assert_uint_eq(r.pte >> 6 & 3, 3);
	ck_assert_int_eq(set_slot(vm, 0, GiB, GiB, HVA, S2_MEM_LOG_DIRTY_PAGES).ret, 0);
	/* Write-protected, so that the next write is seen. */
	ck_assert_uint_eq(pte_at(vm, GiB + 8192) >> 6 & 3, 1);
	ck_assert_int_eq(access_at(vm, GiB + 8192, S2_ACCESS_READ).action, S2_ACTION_HIT);
	r = access_at(vm, GiB + 8200, S2_ACCESS_WRITE);
	ck_assert_int_eq(r.action, S2_ACTION_RELAX);
	ck_assert(r.is_dirty);
	ck_assert_uint_eq(r.dirty, GiB + 8192);
	ck_assert_int_eq(access_at(vm, GiB + 8192, S2_ACCESS_WRITE).action, S2_ACTION_HIT);
	/* Off again: nothing is taken away. */
	ck_assert_int_eq(set_slot(vm, 0, GiB, GiB, HVA, 0).ret, 0);
	ck_assert_uint_eq(pte_at(vm, GiB + 8192) >> 6 & 3, 3);
	s2_vm_free(vm);
}
END_TEST

START_TEST(logging_makes_only_written_pages_writable)
{
	struct setup setup = plain;
	struct s2_vm *vm;
	struct s2_result r;

	setup.slot_flags = S2_MEM_LOG_DIRTY_PAGES;
	setup.vma.backing.mapping = 2 * MiB;
	vm = new_vm(&setup);
	r = access_at(vm, GiB, S2_ACCESS_READ);
	ck_assert_uint_eq(r.size, 4096);
	ck_assert_uint_eq(r.pte >> 6 & 3, 1);
	ck_assert(!r.is_dirty);
	r = access_at(vm, GiB + 4096, S2_ACCESS_WRITE);
	ck_assert_uint_eq(r.pte >> 6 & 3, 3);
	ck_assert_uint_eq(r.dirty, GiB + 4096);
	s2_vm_free(vm);
}
END_TEST

START_TEST(vma_may_be_replaced_under_a_slot)
{
	struct s2_vm *vm = new_vm(&plain);
	struct s2_event set = { .op = S2_OP_SET_VMA,
				.vma = { .start = HVA, .end = HVA + GiB, .flags = S2_VM_READ,
					 .backing = { .pa = 2 * PA } } };
	struct s2_error err = { 0 };
	struct s2_result r;

	ck_assert_uint_eq(access_at(vm, GiB, S2_ACCESS_READ).pa, PA);
	run(vm, &set);
	/* There is no MMU notifier: what is mapped stays. */
	ck_assert_int_eq(access_at(vm, GiB, S2_ACCESS_READ).action, S2_ACTION_HIT);
	r = access_at(vm, GiB + 4096, S2_ACCESS_READ);
	ck_assert_uint_eq(r.pa, 2 * PA + 4096);
	ck_assert_int_eq(access_at(vm, GiB + 8192, S2_ACCESS_WRITE).ret, -S2_K_EFAULT);
	/* Away altogether. */
	set.vma.start += 2 * GiB;
	set.vma.end += 2 * GiB;
	run(vm, &set);
	ck_assert_int_eq(access_at(vm, GiB + 8192, S2_ACCESS_READ).ret, -S2_K_EFAULT);
	set.vma_index = 1;
	ck_assert_int_eq(s2_vm_run(vm, &set, &r, &err), S2_EINVAL);
	ck_assert_str_eq(err.path, "/vma");
	s2_vm_free(vm);
}
END_TEST

/* ---- What an access meets ---- */

START_TEST(access_faults_as_the_table_says)
{
	struct setup setup = plain;
	struct s2_vm *vm;
	struct s2_result r;

	setup.cpu.dic = false; /* or whatever is mapped may be executed */
	vm = new_vm(&setup);
	/* A translation fault maps; then it is a hit. */
	ck_assert_int_eq(access_at(vm, GiB, S2_ACCESS_READ).action, S2_ACTION_MAP);
	r = access_at(vm, GiB + 0xabc, S2_ACCESS_WRITE);
	ck_assert_int_eq(r.action, S2_ACTION_HIT);
	ck_assert_uint_eq(r.n_maintenance, 0);
	/* A permission fault at the level of the page relaxes. */
	ck_assert_int_eq(access_at(vm, GiB, S2_ACCESS_EXEC).action, S2_ACTION_RELAX);
	ck_assert_int_eq(access_at(vm, GiB, S2_ACCESS_EXEC).action, S2_ACTION_HIT);
	/* An entry that has grown old gives an access-flag fault. */
	ck_assert(table(vm, S2_OP_TEST_AGE, GiB, 4096).young);
	ck_assert(table(vm, S2_OP_AGE, GiB, 4096).young);
	ck_assert(!table(vm, S2_OP_TEST_AGE, GiB, 4096).young);
	r = access_at(vm, GiB, S2_ACCESS_READ);
	ck_assert_int_eq(r.action, S2_ACTION_YOUNG);
	ck_assert_uint_eq(r.pte >> 10 & 1, 1);
	ck_assert_int_eq(access_at(vm, GiB, S2_ACCESS_READ).action, S2_ACTION_HIT);
	/* The walk that ends early gives a translation fault too. */
	ck_assert_int_eq(table(vm, S2_OP_UNMAP, GiB, GiB).ret, 0);
	ck_assert_int_eq(access_at(vm, GiB, S2_ACCESS_READ).action, S2_ACTION_MAP);
	s2_vm_free(vm);
}
END_TEST

START_TEST(abort_entry)
{
	struct setup setup = plain;
	struct s2_vm *vm;
	struct s2_result r;

	setup.slot_flags = S2_MEM_READONLY;
	vm = new_vm(&setup);
	/* Beyond the IPA limit an address-size fault goes to the guest. */
	ck_assert_int_eq(access_at(vm, UINT64_C(1) << 40, S2_ACCESS_READ).action,
			 S2_ACTION_INJECT);
	/* Where no slot is: MMIO, or an external abort for an instruction fetch. */
	ck_assert_int_eq(access_at(vm, 0, S2_ACCESS_READ).action, S2_ACTION_MMIO);
	ck_assert_int_eq(access_at(vm, 0, S2_ACCESS_WRITE).action, S2_ACTION_MMIO);
	r = access_at(vm, 0, S2_ACCESS_EXEC);
	ck_assert_int_eq(r.ret, -S2_K_ENOEXEC);
	ck_assert_int_eq(r.action, S2_ACTION_INJECT);
	/* A write to a read-only slot is MMIO, a read maps without W. */
	ck_assert_int_eq(access_at(vm, GiB, S2_ACCESS_WRITE).action, S2_ACTION_MMIO);
	r = access_at(vm, GiB, S2_ACCESS_READ);
	ck_assert_int_eq(r.action, S2_ACTION_MAP);
	ck_assert_uint_eq(r.pte >> 6 & 3, 1);
	ck_assert_int_eq(access_at(vm, GiB, S2_ACCESS_WRITE).action, S2_ACTION_MMIO);
	/* Nothing of all this has touched the table elsewhere. */
	ck_assert_uint_eq(pte_at(vm, 0), 0);
	s2_vm_free(vm);
}
END_TEST

START_TEST(forced_permission_fault_on_nothing_is_a_retry)
{
	struct s2_vm *vm = new_vm(&plain);
	struct s2_result r = run(vm, &(struct s2_event){ .op = S2_OP_FAULT, .ipa = GiB, .level = 3,
							 .fsc = S2_FSC_PERMISSION,
							 .access = S2_ACCESS_WRITE });

	ck_assert_int_eq(r.ret, 0);
	ck_assert_int_eq(r.action, S2_ACTION_RETRY);
	ck_assert_uint_eq(pte_at(vm, GiB), 0);
	s2_vm_free(vm);
}
END_TEST

START_TEST(tables_run_out_in_a_fault)
{
	struct s2_vm *vm = new_vm(&plain);
	struct s2_result r = run(vm, &(struct s2_event){ .op = S2_OP_MAP, .ipa = GiB, .size = 4096,
							 .pa = PA, .prot = S2_PROT_R,
							 .has_memcache = true, .memcache = 1 });

	ck_assert_int_eq(r.ret, -S2_K_ENOMEM);
	ck_assert_int_eq(access_at(vm, GiB, S2_ACCESS_READ).action, S2_ACTION_MAP);
	s2_vm_free(vm);
}
END_TEST

/* ---- Oddities ---- */

START_TEST(quirk_relax_tells_the_tlb_a_4k_aligned_ipa)
{
	static const struct {
		const char *kernel;
		enum s2_granule granule;
		uint64_t offset; /* of the IPA in the TLBI, in its page */
	} rows[] = {
		{ "v6.12", S2_GRANULE_16K, 0x3000 },
		{ "v6.17", S2_GRANULE_16K, 0x3000 },
		{ "v7.3", S2_GRANULE_16K, 0 },
		{ "v6.17", S2_GRANULE_64K, 0xf000 },
		{ "v7.3", S2_GRANULE_64K, 0 },
		{ "v6.17", S2_GRANULE_4K, 0 },
	};
	struct setup setup = plain;
	uint64_t page = s2_page_size(rows[_i].granule);
	struct s2_vm *vm;
	struct s2_result r;

	setup.kernel = rows[_i].kernel;
	setup.granule = rows[_i].granule;
	setup.cpu.dic = false;
	vm = new_vm(&setup);
	ck_assert_int_eq(access_at(vm, GiB + page - 8, S2_ACCESS_READ).action, S2_ACTION_MAP);
	r = access_at(vm, GiB + page - 8, S2_ACCESS_EXEC);
	ck_assert_int_eq(r.action, S2_ACTION_RELAX);
	ck_assert_uint_eq(r.n_maintenance, 2);
	ck_assert_int_eq(r.maintenance[1].op, S2_MAINT_TLBI_IPA_NSH);
	ck_assert_uint_eq(r.maintenance[1].addr, GiB + rows[_i].offset);
	s2_vm_free(vm);
}
END_TEST

START_TEST(quirk_pfnmap_is_mapped_by_a_pud_at_once)
{
	static const struct {
		const char *kernel;
		enum s2_granule granule;
		unsigned ipa_bits;
		uint64_t range, leaf, leaves;
	} rows[] = {
		{ "v6.17", S2_GRANULE_4K, 40, GiB, GiB, 1 },
		{ "v7.3", S2_GRANULE_4K, 40, 4096, 4096, 1 },
		/* A PUD of 64 GiB, which KVM maps by blocks of 32 MiB. */
		{ "v6.12", S2_GRANULE_16K, 40, 64 * GiB, 32 * MiB, 2048 },
		{ "v6.17", S2_GRANULE_64K, 44, 4096 * GiB, 512 * MiB, 8192 },
		{ "v7.3", S2_GRANULE_64K, 44, 65536, 65536, 1 },
	};
	struct setup setup = plain;
	struct s2_result r;
	struct s2_vm *vm;

	setup.kernel = rows[_i].kernel;
	setup.granule = rows[_i].granule;
	setup.ipa_bits = rows[_i].ipa_bits;
	setup.size = s2_pud_size(setup.granule);
	setup.gpa = setup.size;
	setup.vma.flags |= S2_VM_PFNMAP | S2_VM_SHARED;
	setup.vma.pgprot = S2_PGPROT_DEVICE_nGnRE;
	setup.vma.backing.map_memory = S2_MAP_MEMORY_NO;
	setup.vma.has_pgoff = true;
	vm = new_vm(&setup);
	r = access_at(vm, setup.gpa, S2_ACCESS_WRITE);
	ck_assert_int_eq(r.action, S2_ACTION_MAP);
	ck_assert_uint_eq(r.range_size, rows[_i].range);
	ck_assert_uint_eq(r.size, rows[_i].leaf);
	/* The last of them is there too. */
	if (rows[_i].leaves > 1)
		ck_assert_uint_eq(pte_at(vm, setup.gpa + setup.size - 4096) & 1, 1);
	s2_vm_free(vm);
}
END_TEST

START_TEST(quirk_split_through_events_loses_device)
{
	static const char *const kernels[] = { "v6.12", "v7.3" };
	struct setup setup = plain;
	struct s2_vm *vm;

	setup.kernel = kernels[_i];
	vm = new_vm(&setup);
	ck_assert_int_eq(run(vm, &(struct s2_event){ .op = S2_OP_MAP, .ipa = 0, .size = 2 * MiB,
						     .pa = PA, .shared = true,
						     .prot = S2_PROT_R | S2_PROT_DEVICE }).ret, 0);
	ck_assert_uint_eq(pte_at(vm, 0) >> 2 & 15, 1);
	ck_assert_int_eq(table(vm, S2_OP_SPLIT, 0, 2 * MiB).ret, 0);
	ck_assert_uint_eq(pte_at(vm, 0) >> 2 & 15, 6);
	s2_vm_free(vm);
}
END_TEST

/* ---- Sizes ---- */

struct totals {
	uint64_t leaves, bytes;
	size_t runs;
};

static int add_run(void *arg, const struct s2_leaf_run *run)
{
	struct totals *t = arg;

	t->runs++;
	t->leaves += run->count;
	t->bytes += run->count * run->size;
	return 0;
}

static struct totals totals_of(struct s2_vm *vm)
{
	struct totals t = { 0, 0, 0 };

	ck_assert_int_eq(s2_pgtable_dump(s2_vm_pgtable(vm), 0, UINT64_C(1) << 40, add_run, &t), 0);
	return t;
}

START_TEST(a_gib_page_by_page)
{
	struct s2_vm *vm = new_vm(&plain);
	struct s2_result r;
	struct totals t;

	for (uint64_t at = 0; at < GiB; at += 4096)
		if (s2_vm_run(vm, &(struct s2_event){ .op = S2_OP_ACCESS, .ipa = GiB + at,
						      .access = S2_ACCESS_WRITE }, &r, NULL) != 0 ||
		    r.action != S2_ACTION_MAP)
			ck_abort_msg("0x%llx", (unsigned long long)at);
	t = totals_of(vm);
	ck_assert_uint_eq(t.leaves, 262144);
	ck_assert_uint_eq(t.runs, 1);
	ck_assert_uint_eq(s2_pgtable_tables(s2_vm_pgtable(vm)), 513);
	s2_vm_free(vm);
}
END_TEST

START_TEST(sixteen_gib_in_blocks)
{
	struct setup setup = plain;
	struct totals t;
	struct s2_vm *vm;

	setup.gpa = 16 * GiB;
	setup.size = 16 * GiB;
	setup.vma.backing.mapping = 2 * MiB;
	vm = new_vm(&setup);
	for (uint64_t at = 0; at < setup.size; at += 2 * MiB)
		ck_assert_uint_eq(access_at(vm, setup.gpa + at + 4096, S2_ACCESS_WRITE).size,
				  2 * MiB);
	t = totals_of(vm);
	ck_assert_uint_eq(t.leaves, 8192);
	ck_assert_uint_eq(t.bytes, setup.size);
	ck_assert_uint_eq(t.runs, 1);
	s2_vm_free(vm);
}
END_TEST

/* Normal blocks stay what they were; Device and Normal-NC ones come out as Normal. */
START_TEST(quirk_split_changes_memory_types_in_every_revision)
{
	struct s2_table_invariant inv[S2_NR_TABLE_INVARIANTS];

	ck_assert_int_eq(s2_table_verify(s2_revisions[_i], inv), 0);
	ck_assert_str_eq(inv[0].id, "split-keeps-memtype");
	ck_assert_uint_eq(inv[0].cases, 3 * 2 * 3);
	ck_assert_uint_eq(inv[0].violations, 3 * 2 * 2);
	ck_assert_uint_eq(inv[0].types, 1u << S2_MEM_NORMAL_NC | 1u << S2_MEM_DEVICE_nGnRE);
	ck_assert_int_ne(inv[0].type, S2_MEM_NORMAL);
}
END_TEST

Suite *vm_suite(void)
{
	Suite *suite = suite_create("vm");
	TCase *tcase = tcase_create("events");

	tcase_add_test(tcase, slots_live);
	tcase_add_test(tcase, flags_only_turns_logging_on);
	tcase_add_test(tcase, logging_makes_only_written_pages_writable);
	tcase_add_test(tcase, vma_may_be_replaced_under_a_slot);
	tcase_add_test(tcase, access_faults_as_the_table_says);
	tcase_add_test(tcase, abort_entry);
	tcase_add_test(tcase, forced_permission_fault_on_nothing_is_a_retry);
	tcase_add_test(tcase, tables_run_out_in_a_fault);
	tcase_add_loop_test(tcase, quirk_relax_tells_the_tlb_a_4k_aligned_ipa, 0, 6);
	tcase_add_loop_test(tcase, quirk_pfnmap_is_mapped_by_a_pud_at_once, 0, 5);
	tcase_add_loop_test(tcase, quirk_split_through_events_loses_device, 0, 2);
	tcase_add_loop_test(tcase, quirk_split_changes_memory_types_in_every_revision, 0, 7);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("sizes");
	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, a_gib_page_by_page);
	tcase_add_test(tcase, sixteen_gib_in_blocks);
	suite_add_tcase(suite, tcase);
	return suite;
}

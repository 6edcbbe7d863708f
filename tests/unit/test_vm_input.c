/* SPDX-License-Identifier: MIT */
/* What a VM is made of and what it is told: what is refused, where, and why. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <s2pte/vm.h>

#include "suites.h"

#define GiB (UINT64_C(1) << 30)
#define MiB (UINT64_C(1) << 20)
#define HVA UINT64_C(0x7c0000000000)
#define PA  UINT64_C(0x4000000000)
#define RAM_FLAGS (S2_VM_READ | S2_VM_WRITE | S2_VM_MAYREAD | S2_VM_MAYWRITE)

#define MAX_VMAS 2

/* A VM that is fine: two VMAs, a slot over the first. */
struct setup {
	struct s2_vma vmas[MAX_VMAS];
	struct s2_memslot slot;
	struct s2_vm_config config;
	struct s2_error err;
};

static struct setup plain;

static void reset(void)
{
	plain = (struct setup){
		.vmas = { { .start = HVA, .end = HVA + GiB, .flags = RAM_FLAGS,
			    .backing = { .pa = PA, .writable = true } },
			  { .start = HVA + 2 * GiB, .end = HVA + 3 * GiB, .flags = RAM_FLAGS,
			    .backing = { .pa = 2 * PA, .writable = true } } },
		.slot = { .gpa = GiB, .size = GiB, .hva = HVA },
		.config = { .ipa_bits = 40, .n_vmas = MAX_VMAS, .n_memslots = 1 },
	};
	plain.config.revision = s2_revision_find("latest");
	plain.config.vmas = plain.vmas;
	plain.config.memslots = &plain.slot;
}

static void refused(int ret, int code, const char *path, const char *message)
{
	ck_assert_int_eq(ret, code);
	ck_assert_int_eq(plain.err.code, code);
	ck_assert_str_eq(plain.err.path, path);
	ck_assert_str_eq(plain.err.message, message);
}

static void new_refused(int code, const char *path, const char *message)
{
	struct s2_vm *vm;

	refused(s2_vm_new(&vm, &plain.config, &plain.err), code, path, message);
	reset();
}

static struct s2_vm *new_vm(void)
{
	struct s2_vm *vm;

	ck_assert_msg(s2_vm_new(&vm, &plain.config, &plain.err) == 0, "%s: %s", plain.err.path,
		      plain.err.message);
	return vm;
}

static struct s2_result run(struct s2_vm *vm, const struct s2_event *event)
{
	struct s2_result result;

	ck_assert_int_eq(s2_vm_run(vm, event, &result, &plain.err), 0);
	return result;
}

/* ---- The VM ---- */

START_TEST(counts_are_limited)
{
	plain.config.n_vmas = S2_MAX_VMAS + 1;
	new_refused(S2_ELIMIT, "/vmas", "at most 4096 VMAs");
	plain.config.n_memslots = S2_MAX_MEMSLOTS + 1;
	new_refused(S2_ELIMIT, "/memslots", "at most 512 slots");
	plain.config.n_ram = S2_MAX_RAM + 1;
	new_refused(S2_ELIMIT, "/ram", "at most 1024 ranges");
	s2_vm_free(new_vm());
	s2_vm_free(NULL);
}
END_TEST

START_TEST(ipa_bits_of_the_cpu)
{
	plain.config.ipa_bits = 31;
	new_refused(S2_EINVAL, "/ipa_bits",
		    "31 bits: expected 32 to 48 with this granule and CPU");
	plain.config.ipa_bits = 49;
	new_refused(S2_EINVAL, "/ipa_bits",
		    "49 bits: expected 32 to 48 with this granule and CPU");
	plain.config.ipa_bits = 53;
	plain.config.cpu.lpa2 = true;
	new_refused(S2_EINVAL, "/ipa_bits",
		    "53 bits: expected 32 to 52 with this granule and CPU");
	plain.config.ipa_bits = 52;
	plain.config.cpu.lpa2 = true;
	s2_vm_free(new_vm());
}
END_TEST

START_TEST(vmas_of_a_vm)
{
	plain.vmas[1].end += 2048;
	new_refused(S2_EINVAL, "/vmas/1/end", "0x7c00c0000800 is not aligned to 4K");
	plain.vmas[1].start = plain.vmas[0].start;
	plain.vmas[1].end = plain.vmas[0].end;
	new_refused(S2_EINVAL, "/vmas/1/start", "the VMA at 0x7c0000000000 overlaps another one");
	plain.vmas[0].start = HVA + 3 * GiB - MiB;
	plain.vmas[0].end = HVA + 4 * GiB;
	new_refused(S2_EINVAL, "/vmas/0/start", "the VMA at 0x7c00bff00000 overlaps another one");
}
END_TEST

START_TEST(slots_of_a_vm)
{
	struct s2_memslot two[2] = { plain.slot, plain.slot };

	plain.slot.size = 0;
	new_refused(S2_EINVAL, "/memslots/0/size", "a slot must not be empty");
	plain.config.memslots = two;
	plain.config.n_memslots = 2;
	new_refused(S2_EINVAL, "/memslots/1/slot", "the number is that of /memslots/0");
	two[1].slot = 1;
	plain.config.memslots = two;
	plain.config.n_memslots = 2;
	new_refused(S2_EINVAL, "/memslots/1/gpa", "the slot overlaps /memslots/0");
}
END_TEST

/* ---- A VMA, a slot ---- */

struct vma_row {
	enum s2_granule granule;
	bool lpa, lpa2;
	struct s2_vma vma;
	const char *path, *message; /* NULL: it is fine */
};

#define TOP_48 (UINT64_C(1) << 48)
#define TOP_52 (UINT64_C(1) << 52)
#define LIMIT(bits) "the memory must end below 2^" bits " (more needs lpa2, or lpa with 64K pages)"

static const struct vma_row vma_rows[] = {
	{ .vma = { .start = HVA, .end = HVA + MiB, .backing = { .pa = PA } } },
	{ .vma = { .start = HVA + 1, .end = HVA + MiB },
	  .path = "/v/start", .message = "0x7c0000000001 is not aligned to 4K" },
	{ .vma = { .start = HVA, .end = HVA + 1 },
	  .path = "/v/end", .message = "0x7c0000000001 is not aligned to 4K" },
	{ .vma = { .start = HVA, .end = HVA + MiB, .backing = { .pa = 512 } },
	  .path = "/v/backing/pa", .message = "0x200 is not aligned to 4K" },
	{ .granule = S2_GRANULE_64K, .vma = { .start = HVA + 4096, .end = HVA + MiB },
	  .path = "/v/start", .message = "0x7c0000001000 is not aligned to 64K" },
	{ .vma = { .start = HVA, .end = HVA },
	  .path = "/v/end",
	  .message = "the end 0x7c0000000000 must lie above the start 0x7c0000000000" },
	{ .vma = { .start = TOP_52 - MiB, .end = TOP_52 } },
	{ .vma = { .start = TOP_52 - MiB, .end = TOP_52 + 4096 },
	  .path = "/v/end", .message = "a host address has at most 52 bits" },
	{ .vma = { .start = HVA, .end = HVA + MiB, .backing = { .pa = TOP_48 - MiB } } },
	{ .vma = { .start = HVA, .end = HVA + 2 * MiB, .backing = { .pa = TOP_48 - MiB } },
	  .path = "/v/backing/pa", .message = LIMIT("48") },
	{ .vma = { .start = HVA, .end = HVA + MiB, .backing = { .pa = TOP_48 } },
	  .path = "/v/backing/pa", .message = LIMIT("48") },
	{ .lpa = true, .vma = { .start = HVA, .end = HVA + MiB, .backing = { .pa = TOP_48 } },
	  .path = "/v/backing/pa", .message = LIMIT("48") },
	{ .lpa2 = true, .vma = { .start = HVA, .end = HVA + MiB, .backing = { .pa = TOP_48 } } },
	{ .lpa2 = true, .vma = { .start = HVA, .end = HVA + MiB, .backing = { .pa = TOP_52 } },
	  .path = "/v/backing/pa", .message = LIMIT("52") },
	{ .granule = S2_GRANULE_64K, .lpa = true,
	  .vma = { .start = HVA, .end = HVA + MiB, .backing = { .pa = TOP_48 } } },
	{ .granule = S2_GRANULE_64K, .lpa2 = true,
	  .vma = { .start = HVA, .end = HVA + MiB, .backing = { .pa = TOP_48 } },
	  .path = "/v/backing/pa", .message = LIMIT("48") },
	{ .vma = { .start = HVA, .end = HVA + MiB, .has_pgoff = true, .pgoff = TOP_52 - 1 } },
	{ .vma = { .start = HVA, .end = HVA + MiB, .has_pgoff = true, .pgoff = TOP_52 },
	  .path = "/v/pgoff", .message = "a page offset above the 64-bit range" },
};

START_TEST(a_vma)
{
	for (size_t i = 0; i < sizeof(vma_rows) / sizeof(vma_rows[0]); i++) {
		const struct vma_row *row = &vma_rows[i];
		struct s2_cpu cpu = { .lpa = row->lpa, .lpa2 = row->lpa2 };
		int ret = s2_vma_check(&row->vma, s2_page_size(row->granule), row->granule, &cpu,
				       "/v", &plain.err);

		if (row->path == NULL)
			ck_assert_msg(ret == 0, "row %zu: %s", i, plain.err.message);
		else
			refused(ret, S2_EINVAL, row->path, row->message);
	}
}
END_TEST

START_TEST(a_slot)
{
	const uint64_t limit = UINT64_C(1) << 60;
	static const char large[] = "addresses and sizes must stay below 2^60";
	const struct {
		struct s2_memslot slot;
		const char *path, *message;
	} rows[] = {
		{ { .gpa = 512, .size = GiB, .hva = HVA }, "/s/gpa", "0x200 is not aligned to 4K" },
		{ { .size = 512, .hva = HVA }, "/s/size", "0x200 is not aligned to 4K" },
		{ { .size = GiB, .hva = 512 }, "/s/hva", "0x200 is not aligned to 4K" },
		{ { .size = 0, .hva = HVA }, "/s/size", "a slot must not be empty" },
		{ { .size = limit + GiB, .hva = HVA }, "/s/size", large },
		{ { .gpa = limit + GiB, .size = GiB, .hva = HVA }, "/s/size", large },
		{ { .size = GiB, .hva = limit + GiB }, "/s/size", large },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		refused(s2_memslot_check(&rows[i].slot, S2_GRANULE_4K, "/s", &plain.err),
			S2_EINVAL, rows[i].path, rows[i].message);
	ck_assert_int_eq(s2_memslot_check(&plain.slot, S2_GRANULE_4K, "/s", &plain.err), 0);
}
END_TEST

/* ---- Events ---- */

START_TEST(a_vma_that_is_moved)
{
	struct s2_vm *vm = new_vm();
	struct s2_event set = { .op = S2_OP_SET_VMA, .vma_index = 1, .vma = plain.vmas[1] };
	struct s2_event access = { .op = S2_OP_ACCESS, .ipa = GiB, .access = S2_ACCESS_READ };
	struct s2_result r;

	set.vma.start = HVA + MiB;
	set.vma.end = HVA + 2 * MiB;
	refused(s2_vm_run(vm, &set, &r, &plain.err), S2_EINVAL, "/start",
		"the VMA would overlap another one");
	set.vma.end = set.vma.start;
	refused(s2_vm_run(vm, &set, &r, &plain.err), S2_EINVAL, "/end",
		"the end 0x7c0000100000 must lie above the start 0x7c0000100000");
	/* It is where it was. */
	ck_assert_uint_eq(run(vm, &access).pa, PA);
	access.ipa += MiB;
	ck_assert_uint_eq(run(vm, &access).pa, PA + MiB);
	s2_vm_free(vm);
}
END_TEST

START_TEST(slots_are_limited)
{
	struct s2_vm *vm = new_vm();
	struct s2_event set = { .op = S2_OP_SET_MEMSLOT, .memslot = plain.slot };
	struct s2_result r;

	set.memslot.size = 4096;
	for (uint32_t i = 1; i < S2_MAX_MEMSLOTS; i++) {
		set.memslot.slot = i;
		set.memslot.gpa = 4 * GiB + i * 4096;
		ck_assert_int_eq(run(vm, &set).ret, 0);
	}
	set.memslot.slot = S2_MAX_MEMSLOTS;
	set.memslot.gpa = 8 * GiB;
	refused(s2_vm_run(vm, &set, &r, &plain.err), S2_ELIMIT, "", "at most 512 slots");
	set.memslot.size = 512;
	refused(s2_vm_run(vm, &set, &r, &plain.err), S2_EINVAL, "/size",
		"0x200 is not aligned to 4K");
	s2_vm_free(vm);
}
END_TEST

/* A huge page that is cut off at the start of its VMA: what is below it is not there. */
START_TEST(a_huge_page_that_begins_below_its_vma)
{
	struct s2_event access = { .op = S2_OP_ACCESS, .ipa = GiB + MiB, .access = S2_ACCESS_READ };
	struct s2_vm *vm;
	struct s2_result r;

	plain.vmas[0].start += MiB;
	plain.vmas[0].backing.pa += MiB;
	plain.vmas[0].flags |= S2_VM_HUGETLB;
	plain.vmas[0].hugetlb = 2 * MiB;
	vm = new_vm();
	r = run(vm, &access);
	ck_assert_int_eq(r.ret, -S2_K_EFAULT);
	ck_assert_uint_eq(r.facts >> S2_FACT_PFN_MISSING & 1, 1);
	access.ipa = GiB + 2 * MiB;
	ck_assert_uint_eq(run(vm, &access).size, 2 * MiB);
	s2_vm_free(vm);
}
END_TEST

/* An access-flag fault, reported where nothing is mapped, finds nothing either. */
START_TEST(an_access_flag_fault_on_nothing)
{
	struct s2_vm *vm = new_vm();
	struct s2_result r = run(vm, &(struct s2_event){ .op = S2_OP_FAULT, .ipa = GiB, .level = 3,
							 .fsc = S2_FSC_ACCESS_FLAG });

	ck_assert_int_eq(r.action, S2_ACTION_YOUNG);
	ck_assert_int_eq(r.level, S2_LEVEL_UNKNOWN);
	ck_assert_uint_eq(r.pte, 0);
	s2_vm_free(vm);
}
END_TEST

/* ... and beyond the table, where a revision does not see to it before. */
START_TEST(an_access_flag_fault_beyond_the_table)
{
	const struct s2_cond flag = { S2_FACT_BIT(S2_FACT_ACCESS_FLAG),
				      S2_FACT_BIT(S2_FACT_ACCESS_FLAG) };
	struct s2_builder *b = s2_builder_new("mine", "");
	struct s2_vm *vm;
	struct s2_result r;

	ck_assert_int_eq(s2_builder_insert(b, 0, &(struct s2_rule){
				.id = "young", .when = &flag, .n_when = 1, .stage = S2_STAGE_ABORT,
				.action = S2_ACTION_YOUNG }, NULL), 0);
	plain.config.revision = s2_builder_revision(b);
	vm = new_vm();
	r = run(vm, &(struct s2_event){ .op = S2_OP_FAULT, .ipa = UINT64_C(1) << 40, .level = 3,
					.fsc = S2_FSC_ACCESS_FLAG });
	ck_assert_int_eq(r.action, S2_ACTION_YOUNG);
	ck_assert_int_eq(r.level, S2_LEVEL_UNKNOWN);
	s2_vm_free(vm);
	s2_builder_free(b);
}
END_TEST

/* A revision that refuses nothing: where there is no slot, or no VMA, a page at PA 0. */
START_TEST(a_fault_on_no_memory)
{
	struct s2_builder *b = s2_builder_new("mine", "");
	struct s2_event access = { .op = S2_OP_ACCESS, .access = S2_ACCESS_READ };
	struct s2_vm *vm;
	struct s2_result r;

	plain.config.revision = s2_builder_revision(b);
	plain.vmas[0].end -= MiB;
	plain.vmas[0].backing.mapping = 2 * MiB;
	vm = new_vm();
	for (unsigned i = 0; i < 2; i++) {
		access.ipa = i == 0 ? 0 : 2 * GiB - 4096;
		r = run(vm, &access);
		ck_assert_int_eq(r.action, S2_ACTION_MAP);
		ck_assert_uint_eq(r.pa, 0);
		ck_assert_uint_eq(r.size, 4096);
	}
	access.ipa = GiB;
	r = run(vm, &access);
	ck_assert_uint_eq(r.pa, PA);
	ck_assert_uint_eq(r.size, 2 * MiB);
	s2_vm_free(vm);
	s2_builder_free(b);
}
END_TEST

/* The table's own operations, told one after the other. */
START_TEST(operations_on_the_table)
{
	struct s2_event e = { .ipa = 0, .size = 2 * MiB, .pa = PA, .prot = S2_PROT_R };
	struct s2_vm *vm;
	struct s2_result r;

	vm = new_vm();
	e.op = S2_OP_MAP;
	ck_assert_int_eq(run(vm, &e).ret, 0);
	e.op = S2_OP_RELAX;
	e.prot = S2_PROT_W;
	ck_assert_int_eq(run(vm, &e).ret, 0);
	e.op = S2_OP_WALK;
	r = run(vm, &e);
	ck_assert_uint_eq(r.entries[r.n_entries - 1].pte >> 6 & 3, 3);
	e.op = S2_OP_WRPROTECT;
	ck_assert_int_eq(run(vm, &e).ret, 0);
	e.op = S2_OP_WALK;
	r = run(vm, &e);
	ck_assert_uint_eq(r.entries[r.n_entries - 1].pte >> 6 & 3, 1);
	e.op = S2_OP_FLUSH;
	r = run(vm, &e);
	ck_assert_int_eq(r.ret, 0);
	ck_assert_uint_eq(r.n_maintenance, 1);
	ck_assert_int_eq(r.maintenance[0].op, S2_MAINT_DCACHE_CLEAN_INVAL_POC);
	ck_assert_uint_eq(r.maintenance[0].addr, PA);
	ck_assert_uint_eq(r.maintenance[0].size, 2 * MiB);
	e.op = S2_OP_AGE;
	ck_assert(run(vm, &e).young);
	ck_assert(!run(vm, &e).young);
	e.op = S2_OP_MKYOUNG;
	ck_assert_int_eq(run(vm, &e).ret, 0);
	e.op = S2_OP_AGE;
	ck_assert(run(vm, &e).young);
	s2_vm_free(vm);
}
END_TEST

/* A block that takes the place of a table: by ranges, or all of the VMID. */
START_TEST(a_table_is_taken_out_of_the_tlb)
{
	struct s2_event e = { .op = S2_OP_MAP, .ipa = 4096, .size = 4096, .pa = PA,
			      .prot = S2_PROT_R };
	struct s2_vm *vm;
	struct s2_result r;

	plain.config.cpu.tlbi_range = _i == 1;
	vm = new_vm();
	ck_assert_int_eq(run(vm, &e).ret, 0);
	e.ipa = 0;
	e.size = 2 * MiB;
	r = run(vm, &e);
	ck_assert_int_eq(r.ret, 0);
	ck_assert_uint_ge(r.n_maintenance, 1);
	ck_assert_int_eq(r.maintenance[0].op, _i == 1 ? S2_MAINT_TLBI_RANGE : S2_MAINT_TLBI_VMID);
	ck_assert_uint_eq(r.maintenance[0].addr, 0);
	ck_assert_uint_eq(r.maintenance[0].size, _i == 1 ? 2 * MiB : 0);
	s2_vm_free(vm);
}
END_TEST

/* Map memory is what lies in a range of RAM, all of it where none is given. */
START_TEST(ram)
{
	static const struct s2_ram two[] = { { PA, GiB }, { 2 * PA, GiB } };
	static const struct {
		uint64_t pa;
		bool in;
	} rows[] = {
		{ PA - 1, false },    { PA, true },     { PA + GiB - 1, true },
		{ PA + GiB, false },  { 2 * PA, true }, { 2 * PA + GiB, false },
	};
	struct s2_vma vma = plain.vmas[0];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		vma.backing.map_memory = S2_MAP_MEMORY_BY_RAM;
		ck_assert_int_eq(s2_is_map_memory(&vma, rows[i].pa, two, 2), rows[i].in);
		ck_assert(s2_is_map_memory(&vma, rows[i].pa, NULL, 0));
		vma.backing.map_memory = S2_MAP_MEMORY_YES;
		ck_assert(s2_is_map_memory(&vma, rows[i].pa, two, 2));
		vma.backing.map_memory = S2_MAP_MEMORY_NO;
		ck_assert(!s2_is_map_memory(&vma, rows[i].pa, NULL, 0));
	}
}
END_TEST

Suite *vm_input_suite(void)
{
	Suite *suite = suite_create("vm_input");
	TCase *tcase = tcase_create("refused");

	tcase_add_checked_fixture(tcase, reset, NULL);
	tcase_add_test(tcase, counts_are_limited);
	tcase_add_test(tcase, ipa_bits_of_the_cpu);
	tcase_add_test(tcase, vmas_of_a_vm);
	tcase_add_test(tcase, slots_of_a_vm);
	tcase_add_test(tcase, a_vma);
	tcase_add_test(tcase, a_slot);
	tcase_add_test(tcase, ram);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("events");
	tcase_add_checked_fixture(tcase, reset, NULL);
	tcase_add_test(tcase, a_vma_that_is_moved);
	tcase_add_test(tcase, slots_are_limited);
	tcase_add_test(tcase, a_huge_page_that_begins_below_its_vma);
	tcase_add_test(tcase, an_access_flag_fault_on_nothing);
	tcase_add_test(tcase, an_access_flag_fault_beyond_the_table);
	tcase_add_test(tcase, a_fault_on_no_memory);
	tcase_add_test(tcase, operations_on_the_table);
	tcase_add_loop_test(tcase, a_table_is_taken_out_of_the_tlb, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}

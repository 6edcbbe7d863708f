/* SPDX-License-Identifier: MIT */
/* Creating a VM and letting events happen to it. */
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_start(const void *a, const void *b)
{
	const struct s2_vma *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* Sort into @sorted and look for neighbours that overlap; returns the later one's place or NULL. */
static const struct s2_vma *sort_vmas(const struct s2_vma *vmas, size_t n, struct s2_vma *sorted)
{
	if (n == 0)
		return NULL;
	memcpy(sorted, vmas, n * sizeof(*vmas));
	qsort(sorted, n, sizeof(*sorted), by_start);
	for (size_t i = 1; i < n; i++)
		if (sorted[i].start < sorted[i - 1].end)
			return &sorted[i];
	return NULL;
}

static int check_vmas(const struct s2_vm_config *config, struct s2_vma *sorted,
		      struct s2_error *err)
{
	const struct s2_vma *overlap;
	char path[64];

	for (size_t i = 0; i < config->n_vmas; i++) {
		uint64_t page = s2_page_size(config->granule);

		if (s2_vma_check(&config->vmas[i], page, config->granule, &config->cpu, "",
				 NULL) == 0)
			continue;
		snprintf(path, sizeof(path), "/vmas/%zu", i);
		return s2_vma_check(&config->vmas[i], page, config->granule, &config->cpu, path,
				    err);
	}
	overlap = sort_vmas(config->vmas, config->n_vmas, sorted);
	if (overlap == NULL)
		return 0;
	for (size_t i = 0; i < config->n_vmas; i++)
		if (config->vmas[i].start == overlap->start)
			snprintf(path, sizeof(path), "/vmas/%zu/start", i);
	return s2_error_set(err, S2_EINVAL, path, "the VMA at 0x%llx overlaps another one",
			    (unsigned long long)overlap->start);
}

static int check_memslots(const struct s2_vm_config *config, struct s2_error *err)
{
	for (size_t i = 0; i < config->n_memslots; i++) {
		const struct s2_memslot *slot = &config->memslots[i];
		char path[64];

		if (s2_memslot_check(slot, config->granule, "", NULL) != 0) {
			snprintf(path, sizeof(path), "/memslots/%zu", i);
			return s2_memslot_check(slot, config->granule, path, err);
		}
		for (size_t j = 0; j < i; j++) {
			const char *what = config->memslots[j].slot == slot->slot ? "slot" :
					   s2_memslot_overlap(&config->memslots[j], slot) ? "gpa" :
											    NULL;
			if (what == NULL)
				continue;
			snprintf(path, sizeof(path), "/memslots/%zu/%s", i, what);
			return s2_error_set(err, S2_EINVAL, path,
					    strcmp(what, "slot") == 0 ?
						    "the number is that of /memslots/%zu" :
						    "the slot overlaps /memslots/%zu",
					    j);
		}
	}
	return 0;
}

static int check_counts(const struct s2_vm_config *config, struct s2_error *err)
{
	if (config->n_vmas > S2_MAX_VMAS)
		return s2_error_set(err, S2_ELIMIT, "/vmas", "at most %d VMAs", S2_MAX_VMAS);
	if (config->n_memslots > S2_MAX_MEMSLOTS)
		return s2_error_set(err, S2_ELIMIT, "/memslots", "at most %d slots",
				    S2_MAX_MEMSLOTS);
	if (config->n_ram > S2_MAX_RAM)
		return s2_error_set(err, S2_ELIMIT, "/ram", "at most %d ranges", S2_MAX_RAM);
	return 0;
}

/* One more than needed, so that there is always something to allocate. */
static void *new_array(size_t n, size_t size)
{
	return calloc(n + 1, size);
}

static void *copy(const void *from, size_t n, size_t size)
{
	void *to = new_array(n, size);

	if (to != NULL && n != 0)
		memcpy(to, from, n * size);
	return to;
}

/* The simulated kernel can be out of table pages; the host that has none is an error. */
static void *table_memory(void *arg, size_t size)
{
	struct s2_vm *vm = arg;
	void *memory = malloc(size);

	if (memory == NULL)
		vm->out_of_memory = true;
	return memory;
}

static void release_memory(void *arg, void *memory)
{
	(void)arg;
	free(memory);
}

static int new_table(struct s2_vm *vm, struct s2_error *err)
{
	struct s2_pgtable_config config = {
		.geometry = vm->geometry,
		.format = vm->format,
		.tlbi_range = vm->cpu.tlbi_range,
		.quirks = vm->revision->table,
		.ops = s2i_recorder_ops,
		.arg = vm,
		.max_tables = S2_VM_TABLE_BYTES >> s2_page_shift(vm->granule),
		.alloc = table_memory,
		.release = release_memory,
	};

	if (s2_pgtable_new(&vm->pgt, &config) != 0)
		return s2_error_set(err, S2_ENOMEM, "", "out of memory");
	return 0;
}

static void create_slots(struct s2_vm *vm, const struct s2_vm_config *config)
{
	for (size_t i = 0; i < config->n_memslots; i++) {
		struct s2_slot_result *res = &vm->slot_results[vm->n_slot_results++];
		struct s2_result result = { .cause = -1 };

		res->slot = config->memslots[i].slot;
		res->ret = s2i_set_memslot(vm, &config->memslots[i], &result);
		res->rule = result.cause;
	}
}

int s2_vm_new(struct s2_vm **out, const struct s2_vm_config *config, struct s2_error *err)
{
	/* The CPU's PARange is taken as large as the format can hold. */
	bool wide = config->granule == S2_GRANULE_64K ? config->cpu.lpa : config->cpu.lpa2;
	struct s2_vtcr_cpu vtcr = { .parange = wide ? 6 : 5, .lpa2 = config->cpu.lpa2 };
	struct s2_vm *vm;
	int ret = check_counts(config, err);

	if (ret != 0)
		return ret;
	vm = calloc(1, sizeof(*vm));
	if (vm == NULL)
		return s2_error_set(err, S2_ENOMEM, "", "out of memory");
	vm->revision = config->revision;
	vm->granule = config->granule;
	vm->ipa_bits = config->ipa_bits;
	vm->cpu = config->cpu;
	vm->mte = config->mte;
	vm->own_facts = config->own_facts;
	vm->format = (struct s2_format){ .granule = config->granule, .fwb = config->cpu.fwb,
					 .lpa2 = config->cpu.lpa2, .lpa = config->cpu.lpa,
					 .xnx = config->cpu.xnx };
	vm->n_ram = config->n_ram;
	vm->n_vmas = config->n_vmas;
	vm->ram = copy(config->ram, config->n_ram, sizeof(*vm->ram));
	vm->vmas = copy(config->vmas, config->n_vmas, sizeof(*vm->vmas));
	vm->sorted = new_array(config->n_vmas, sizeof(*vm->sorted));
	vm->slots = new_array(config->n_memslots, sizeof(*vm->slots));
	vm->slot_room = config->n_memslots;
	vm->slot_results = new_array(config->n_memslots, sizeof(*vm->slot_results));
	if (vm->ram == NULL || vm->vmas == NULL || vm->sorted == NULL || vm->slots == NULL ||
	    vm->slot_results == NULL)
		ret = s2_error_set(err, S2_ENOMEM, "", "out of memory");
	if (ret == 0 && s2_geometry_init(&vm->geometry, vm->granule, vm->ipa_bits, &vtcr) != 0)
		ret = s2_error_set(err, S2_EINVAL, "/ipa_bits",
				   "%u bits: expected 32 to %d with this granule and CPU",
				   vm->ipa_bits, wide ? 52 : 48);
	if (ret == 0)
		ret = check_vmas(config, vm->sorted, err);
	if (ret == 0)
		ret = check_memslots(config, err);
	if (ret == 0)
		ret = new_table(vm, err);
	if (ret != 0) {
		s2_vm_free(vm);
		return ret;
	}
	create_slots(vm, config);
	*out = vm;
	return 0;
}

void s2_vm_free(struct s2_vm *vm)
{
	if (vm == NULL)
		return;
	s2_pgtable_free(vm->pgt);
	free(vm->ram);
	free(vm->vmas);
	free(vm->sorted);
	free(vm->slots);
	free(vm->slot_results);
	free(vm->maintenance);
	free(vm);
}

static int set_vma(struct s2_vm *vm, const struct s2_event *event, struct s2_error *err)
{
	struct s2_vma old;

	if (event->vma_index >= vm->n_vmas)
		return s2_error_set(err, S2_EINVAL, "/vma", "there is no VMA number %zu",
				    event->vma_index);
	if (s2_vma_check(&event->vma, S2_VMA_ALIGN_MIN, vm->granule, &vm->cpu, "", err) != 0)
		return S2_EINVAL;
	old = vm->vmas[event->vma_index];
	vm->vmas[event->vma_index] = event->vma;
	if (sort_vmas(vm->vmas, vm->n_vmas, vm->sorted) == NULL)
		return 0;
	vm->vmas[event->vma_index] = old;
	sort_vmas(vm->vmas, vm->n_vmas, vm->sorted);
	return s2_error_set(err, S2_EINVAL, "/start", "the VMA would overlap another one");
}

/* The operations on the table alone. */
static int table_op(struct s2_vm *vm, const struct s2_event *event, struct s2_result *result)
{
	struct s2_memcache mc = { event->has_memcache ? event->memcache : SIZE_MAX };
	struct s2_pgtable *pgt = vm->pgt;

	switch (event->op) {
	case S2_OP_MAP:
		return s2_pgtable_map(pgt, event->ipa, event->size, event->pa, event->prot, &mc,
				      event->shared);
	case S2_OP_RELAX:
		return s2_pgtable_relax(pgt, event->ipa, event->prot);
	case S2_OP_WRPROTECT:
		return s2_pgtable_wrprotect(pgt, event->ipa, event->size);
	case S2_OP_UNMAP:
		return s2_pgtable_unmap(pgt, event->ipa, event->size);
	case S2_OP_SPLIT:
		return s2_pgtable_split(pgt, event->ipa, event->size, &mc);
	case S2_OP_FLUSH:
		return s2_pgtable_flush(pgt, event->ipa, event->size);
	case S2_OP_MKYOUNG:
		return s2_pgtable_mkyoung(pgt, event->ipa);
	case S2_OP_AGE:
	case S2_OP_TEST_AGE:
		result->young = s2_pgtable_age(pgt, event->ipa, event->size,
					       event->op == S2_OP_AGE);
		return 0;
	case S2_OP_WALK:
		return s2_pgtable_walk(pgt, event->ipa, result->entries, &result->n_entries);
	default:
		return 0;
	}
}

int s2_vm_run(struct s2_vm *vm, const struct s2_event *event, struct s2_result *result,
	      struct s2_error *err)
{
	int ret = 0;

	*result = (struct s2_result){ .op = event->op, .cause = -1, .level = S2_LEVEL_UNKNOWN };
	vm->n_maintenance = 0;
	vm->truncated = false;
	vm->out_of_memory = false;
	switch (event->op) {
	case S2_OP_ACCESS:
		s2i_access(vm, event, result);
		break;
	case S2_OP_FAULT:
		s2i_fault(vm, event, result);
		break;
	case S2_OP_SET_MEMSLOT:
		ret = s2_memslot_check(&event->memslot, vm->granule, "", err);
		if (ret == 0 && vm->n_slots == S2_MAX_MEMSLOTS)
			ret = s2_error_set(err, S2_ELIMIT, "", "at most %d slots", S2_MAX_MEMSLOTS);
		if (ret == 0)
			result->ret = s2i_set_memslot(vm, &event->memslot, result);
		break;
	case S2_OP_DELETE_MEMSLOT:
		result->ret = s2i_delete_memslot(vm, event->memslot.slot);
		break;
	case S2_OP_SET_VMA:
		ret = set_vma(vm, event, err);
		break;
	default:
		result->ret = table_op(vm, event, result);
		break;
	}
	if (ret == 0 && vm->out_of_memory)
		ret = s2_error_set(err, S2_ENOMEM, "", "out of memory");
	result->maintenance = vm->maintenance;
	result->n_maintenance = vm->n_maintenance;
	result->maintenance_truncated = vm->truncated;
	return ret;
}

const struct s2_slot_result *s2_vm_slots(const struct s2_vm *vm, size_t *n)
{
	*n = vm->n_slot_results;
	return vm->slot_results;
}

struct s2_pgtable *s2_vm_pgtable(struct s2_vm *vm)
{
	return vm->pgt;
}

const struct s2_format *s2_vm_format(const struct s2_vm *vm)
{
	return &vm->format;
}

const struct s2_geometry *s2_vm_geometry(const struct s2_vm *vm)
{
	return &vm->geometry;
}

const struct s2_revision *s2_vm_revision(const struct s2_vm *vm)
{
	return vm->revision;
}

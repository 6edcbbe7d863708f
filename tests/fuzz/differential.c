/* SPDX-License-Identifier: MIT */
/*
 * Scenarios from any bytes, run by the library and looked at by the second implementation of
 * slots and faults. Bytes that begin with a brace are a scenario or a line to check in JSON;
 * others choose one: more of them are valid, and stranger.
 */
#include "targets.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <s2pte/json.h>

#include "reference.h"

#define MAX_VMAS   4
#define MAX_SLOTS  3
#define MAX_EVENTS 6

/* ---- The comparison -------------------------------------------------------------------------- */

static bool sanitised(const struct s2_result *got)
{
	for (size_t i = 0; i < got->n_maintenance; i++)
		if (got->maintenance[i].op == S2_MAINT_SANITISE_MTE_TAGS)
			return true;
	return false;
}

static void compare_leaf(const struct s2_vm_config *config, const struct reference *want,
			 const struct s2_result *got)
{
	uint64_t page = s2_page_size(config->granule);
	uint64_t ipa = want->ipa & ~(page - 1), pa = want->pa & ~(page - 1);

	if (got->level == S2_LEVEL_UNKNOWN || got->ipa < ipa || got->ipa - ipa >= want->size)
		return;
	MUST(got->pa - pa == got->ipa - ipa);
	MUST((got->pte & want->attr_mask) == want->attr);
}

static void compare_fault(const struct s2_vm_config *config, const struct s2_memslot *slots,
			  size_t n_slots, const struct s2_event *event, const struct s2_result *got)
{
	struct reference want = reference_fault(config, slots, n_slots, event);

	if (!want.installs) {
		MUST(got->ret == want.ret && got->action == want.action);
		return;
	}
	/* What the table says to it is not the reference's to know. */
	MUST(got->maintenance_truncated || sanitised(got) == want.sanitises);
	if (got->ret == -S2_K_ENOMEM || (got->ret == 0 && got->action == S2_ACTION_RETRY))
		return;
	MUST(got->ret == 0 && got->action == want.action && got->prot == want.prot);
	MUST(got->is_dirty == want.is_dirty && (!got->is_dirty || got->dirty == want.dirty));
	if (want.action == S2_ACTION_MAP) {
		MUST(got->has_range && got->range_ipa == want.ipa && got->range_size == want.size);
		compare_leaf(config, &want, got);
	}
}

/* Slots as they come to be; false where a slot is changed, which the reference does not do. */
static bool compare_slots(struct s2_vm *vm, const struct s2_vm_config *config,
			  struct s2_memslot *slots, size_t *n_slots)
{
	const struct s2_slot_result *got;
	size_t n;

	*n_slots = 0;
	got = s2_vm_slots(vm, &n);
	for (size_t i = 0; i < n; i++) {
		const struct s2_memslot *slot = &config->memslots[i];
		int want;

		for (size_t j = 0; j < *n_slots; j++)
			if (slots[j].slot == slot->slot)
				return false;
		want = reference_slot(config, slots, *n_slots, slot);
		MUST(got[i].ret == want);
		if (want == 0 || (slot->force && want != -S2_K_EEXIST))
			slots[(*n_slots)++] = *slot;
	}
	return true;
}

static void compare(const struct s2_vm_config *given, const struct s2_event *events, size_t n)
{
	struct s2_vm_config config = *given;
	struct s2_memslot *slots = calloc(config.n_memslots + 1, sizeof(*slots));
	struct s2_vma *vmas = calloc(config.n_vmas + 1, sizeof(*vmas));
	struct s2_error err = { 0 };
	struct s2_vm *vm;
	size_t n_slots;
	bool good;

	MUST(slots != NULL && vmas != NULL);
	if (s2_vm_new(&vm, &config, &err) == 0) {
		if (config.n_vmas != 0)
			memcpy(vmas, config.vmas, config.n_vmas * sizeof(*vmas));
		config.vmas = vmas;
		good = compare_slots(vm, &config, slots, &n_slots);
		for (size_t i = 0; i < n && good; i++) {
			struct s2_result got;

			if (s2_vm_run(vm, &events[i], &got, &err) != 0)
				continue;
			if (events[i].op == S2_OP_SET_VMA)
				vmas[events[i].vma_index] = events[i].vma;
			else if (events[i].op == S2_OP_FAULT)
				compare_fault(&config, slots, n_slots, &events[i], &got);
			good = events[i].op != S2_OP_SET_MEMSLOT && events[i].op != S2_OP_DELETE_MEMSLOT;
		}
		s2_vm_free(vm);
	} else {
		MUST(err.message[0] != '\0');
	}
	free(vmas);
	free(slots);
}

/* ---- From JSON --------------------------------------------------------------------------------- */

static void compare_text(const char *text, size_t size)
{
	struct s2_scenario *scenario;
	struct s2_error err;
	const struct s2_event *events;
	size_t n;

	if (s2_scenario_parse(&scenario, text, size, NULL, &err) == 0) {
		events = s2_scenario_events(scenario, &n);
		compare(s2_scenario_config(scenario), events, n);
	}
	s2_scenario_free(scenario);
}

static void compare_json(const char *text, size_t size)
{
	json_t *line = json_loadb(text, size, 0, NULL);
	json_t *inner = json_object_get(line, "scenario");
	char *scenario = inner != NULL ? json_dumps(inner, JSON_COMPACT) : NULL;

	if (scenario != NULL)
		compare_text(scenario, strlen(scenario));
	else
		compare_text(text, size);
	free(scenario);
	json_decref(line);
}

/* ---- From bytes -------------------------------------------------------------------------------- */

struct bytes {
	const uint8_t *at, *end;
};

static unsigned take(struct bytes *b)
{
	return b->at < b->end ? *b->at++ : 0;
}

static unsigned choose(struct bytes *b, unsigned n)
{
	return take(b) % n;
}

/* Mostly round numbers, some pages more or less. */
static uint64_t address(struct bytes *b, enum s2_granule g)
{
	static const int levels[] = { 3, 3, 2, 1 };
	uint64_t page = s2_page_size(g), size = s2_level_size(g, levels[choose(b, 4)]);
	unsigned more = take(b);

	return size * (1 + more % 16) + page * (more / 16 < 4 ? more / 16 : 0);
}

static uint64_t flags(struct bytes *b)
{
	unsigned low = take(b), high = take(b);

	/* Most memory can be read and written. */
	return ((uint64_t)high << 8 | low) ^ (S2_VM_READ | S2_VM_WRITE | S2_VM_MAYWRITE);
}

static void take_vma(struct bytes *b, enum s2_granule g, uint64_t *from, struct s2_vma *vma)
{
	const uint64_t sizes[] = { 0, s2_pmd_size(g), s2_pud_size(g), s2_page_size(g) * 16 };
	unsigned bits = take(b), more = take(b);

	vma->start = *from + (bits & 1 ? address(b, g) : 0);
	vma->end = vma->start + address(b, g);
	*from = vma->end;
	vma->flags = flags(b) & ~(uint64_t)S2_VM_HUGETLB;
	vma->pgprot = (enum s2_pgprot)(more % 5);
	if (bits & 2) {
		vma->flags |= S2_VM_HUGETLB;
		/* No kernel has larger ones of 16K or 64K pages, and mapping one by pages takes seconds. */
		vma->hugetlb = sizes[1 + choose(b, g == S2_GRANULE_4K ? 2 : 1)];
	}
	/* Where pages are larger, one fault would map millions of them. */
	vma->has_pgoff = g == S2_GRANULE_4K && (bits & 4) != 0;
	vma->pgoff = address(b, g) / s2_page_size(g);
	vma->backing = (struct s2_backing){
		.pa = bits & 8 ? vma->start : address(b, g),
		.mapping = sizes[more / 5 % 4],
		.writable = bits & 16,
		.special = bits & 32,
		.state = (bits & 192) == 192 ? S2_BACKING_HWPOISON :
			 (bits & 192) == 128 ? S2_BACKING_MISSING : S2_BACKING_PRESENT,
		.map_memory = (enum s2_map_memory)(more / 20 % 3),
	};
}

static void take_slot(struct bytes *b, enum s2_granule g, const struct s2_vma *vmas, size_t n,
		      uint32_t number, struct s2_memslot *slot)
{
	unsigned bits = take(b);

	slot->slot = number;
	slot->flags = bits & 3;
	slot->force = bits & 4;
	slot->hva = n != 0 ? vmas[bits / 8 % n].start : address(b, g);
	if (bits & 64)
		slot->hva += s2_page_size(g) * choose(b, 3);
	slot->gpa = bits & 128 ? slot->hva : address(b, g) * (number + 1);
	slot->size = address(b, g);
}

static void take_event(struct bytes *b, const struct s2_vm_config *config, struct s2_event *event)
{
	static const enum s2_op ops[] = { S2_OP_FAULT, S2_OP_FAULT, S2_OP_FAULT, S2_OP_ACCESS,
					  S2_OP_UNMAP, S2_OP_WRPROTECT, S2_OP_MAP, S2_OP_SET_VMA };
	unsigned bits = take(b), more = take(b);
	enum s2_granule g = config->granule;

	event->op = ops[bits % 8];
	event->access = (enum s2_access)(bits / 8 % 3);
	event->fsc = (enum s2_fsc)(more % 4);
	event->level = 1 + (int)(more / 4 % 3);
	event->s1ptw = more & 128;
	event->retry = more % 128 > 120;
	event->size = s2_page_size(g) * (1 + choose(b, 100));
	event->pa = address(b, g);
	event->prot = S2_PROT_R | (take(b) & (S2_PROT_W | S2_PROT_X));
	event->shared = bits & 128;
	if (config->n_memslots != 0) {
		const struct s2_memslot *slot = &config->memslots[more % config->n_memslots];
		uint64_t offset = address(b, g) - s2_page_size(g) + take(b) * 16;

		event->ipa = slot->gpa + offset % (slot->size + s2_page_size(g));
	} else {
		event->ipa = address(b, g);
	}
	if (event->op != S2_OP_FAULT && event->op != S2_OP_ACCESS)
		event->ipa &= ~(s2_page_size(g) - 1);
	if (event->op == S2_OP_SET_VMA && config->n_vmas != 0) {
		event->vma_index = more % config->n_vmas;
		event->vma = config->vmas[event->vma_index];
		event->vma.flags ^= flags(b);
		event->vma.flags &= ~(uint64_t)S2_VM_HUGETLB;
		event->vma.hugetlb = 0;
		event->vma.pgprot = (enum s2_pgprot)choose(b, 5);
	}
}

static size_t n_revisions(void)
{
	size_t n = 0;

	while (s2_revisions[n] != NULL)
		n++;
	return n;
}

static void compare_bytes(struct bytes *b)
{
	struct s2_vma vmas[MAX_VMAS] = { 0 };
	struct s2_memslot slots[MAX_SLOTS] = { 0 };
	struct s2_event events[MAX_EVENTS] = { 0 };
	struct s2_ram ram = { .size = UINT64_C(1) << 40 };
	struct s2_vm_config config = { .vmas = vmas, .memslots = slots, .ram = &ram };
	unsigned cpu = take(b);
	uint64_t from = 0;
	size_t n_events;

	config.revision = s2_revisions[choose(b, (unsigned)n_revisions())];
	config.granule = (enum s2_granule)choose(b, S2_NR_GRANULES);
	config.ipa_bits = 36 + choose(b, 12);
	config.cpu = (struct s2_cpu){ .fwb = cpu & 1, .dic = cpu & 2, .xnx = cpu & 4,
				      .lpa2 = cpu & 8, .lpa = cpu & 16, .tlbi_range = cpu & 32 };
	config.mte = cpu & 64;
	config.n_ram = cpu >> 7;
	config.n_vmas = choose(b, MAX_VMAS + 1);
	config.n_memslots = choose(b, MAX_SLOTS + 1);
	n_events = 1 + choose(b, MAX_EVENTS);
	ram.pa = address(b, config.granule);
	for (size_t i = 0; i < config.n_vmas; i++)
		take_vma(b, config.granule, &from, &vmas[i]);
	for (size_t i = 0; i < config.n_memslots; i++)
		take_slot(b, config.granule, vmas, config.n_vmas, (uint32_t)i, &slots[i]);
	for (size_t i = 0; i < n_events; i++)
		take_event(b, &config, &events[i]);
	compare(&config, events, n_events);
}

void fuzz_differential(const uint8_t *data, size_t size)
{
	struct bytes b = { data, data + size };

	if (size > 100000)
		return;
	if (size != 0 && data[0] == '{')
		compare_json((const char *)data, size);
	else
		compare_bytes(&b);
}

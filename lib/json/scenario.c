/* SPDX-License-Identifier: MIT */
/* Scenarios: what stands where is in the tables of keys. */
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the read functions of one scenario share. */
struct context {
	const struct s2_json_resolver *resolver;
	struct s2_scenario *scenario;
	struct s2_vma *vmas; /* as the events so far have left them */
	size_t n_slots;      /* ever given */
};

static struct context *context(const struct s2i_reader *r)
{
	return r->context;
}

static int no_memory(struct s2i_reader *r)
{
	return s2i_fail(r, S2_ENOMEM, "out of memory");
}

/* ---- Values ------------------------------------------------------------------------ */

static int read_kernel(struct s2i_reader *r, const json_t *value, void *dst)
{
	const struct s2_json_resolver *resolver = context(r)->resolver;
	const struct s2_revision **rev = dst;
	const char *id = json_string_value(value), *near;

	if (id == NULL)
		return s2i_expected(r, value, "the id of a kernel revision");
	if (resolver != NULL) {
		struct s2_error why = { 0 };

		*rev = resolver->resolve(resolver->arg, id, &why);
		/* A rule file that cannot be read makes the scenario invalid, nothing else. */
		if (*rev == NULL)
			return s2i_fail(r, why.code == S2_ENOMEM ? S2_ENOMEM : S2_EINVAL, "%s%s%s",
					why.path, why.path[0] != '\0' ? ": " : "", why.message);
		return 0;
	}
	*rev = s2_revision_find(id);
	if (*rev != NULL)
		return 0;
	near = s2_revision_nearest(id);
	return s2i_fail(r, S2_EINVAL, "\"%.60s\" is not a kernel revision%s%s%s", id,
			near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
			near != NULL ? "\"?" : "");
}

static int read_granule(struct s2i_reader *r, const json_t *value, void *dst)
{
	const char *name = json_string_value(value);

	if (name == NULL || s2_granule_parse(name, dst) != 0)
		return s2i_expected(r, value, "\"4K\", \"16K\" or \"64K\"");
	return 0;
}

static int read_unsigned(struct s2i_reader *r, const json_t *value, void *dst)
{
	uint64_t n;
	int ret = s2i_integer(r, value, UINT32_MAX, &n);

	if (ret == 0)
		*(unsigned *)dst = (unsigned)n;
	return ret;
}

static int read_count(struct s2i_reader *r, const json_t *value, void *dst)
{
	uint64_t n;
	int ret = s2i_integer(r, value, SIZE_MAX / 2, &n);

	if (ret == 0)
		*(size_t *)dst = (size_t)n;
	return ret;
}

static int read_level(struct s2i_reader *r, const json_t *value, void *dst)
{
	uint64_t n;
	int ret;

	if (json_is_integer(value) && json_integer_value(value) == -1) {
		*(int *)dst = -1;
		return 0;
	}
	ret = s2i_integer(r, value, S2_LEVEL_LAST, &n);
	if (ret == 0)
		*(int *)dst = (int)n;
	return ret;
}

/* A name into an enum. */
#define READ_ENUM(fn, type, names, what)                                                           \
	static int fn(struct s2i_reader *r, const json_t *value, void *dst)                        \
	{                                                                                          \
		uint64_t v;                                                                        \
		int ret = s2i_name(r, value, names, NULL, what, &v);                               \
                                                                                                   \
		if (ret == 0)                                                                      \
			*(type *)dst = (type)v;                                                    \
		return ret;                                                                        \
	}

READ_ENUM(read_pgprot, enum s2_pgprot, s2_pgprot_names, "a page protection")
READ_ENUM(read_state, enum s2_backing_state, s2_backing_state_names, "a state of the backing")
READ_ENUM(read_op, enum s2_op, s2_op_names, "an event")
READ_ENUM(read_access, enum s2_access, s2_access_names, "an access")
READ_ENUM(read_fsc, enum s2_fsc, s2_fsc_names, "a fault status")

static int read_vm_flags(struct s2i_reader *r, const json_t *value, void *dst)
{
	return s2i_names(r, value, s2_vm_flag_names, "VM_", "a VMA flag", dst);
}

static int read_slot_flags(struct s2i_reader *r, const json_t *value, void *dst)
{
	uint64_t bits;
	int ret = s2i_names(r, value, s2_memslot_flag_names, "KVM_MEM_", "a slot flag", &bits);

	if (ret == 0)
		*(uint32_t *)dst = (uint32_t)bits;
	return ret;
}

static int read_prot(struct s2i_reader *r, const json_t *value, void *dst)
{
	uint64_t bits;
	int ret = s2i_names(r, value, s2_prot_names, NULL, "a permission", &bits);

	if (ret == 0)
		*(unsigned *)dst = (unsigned)bits;
	return ret;
}

static int read_map_memory(struct s2i_reader *r, const json_t *value, void *dst)
{
	bool yes;
	int ret = s2i_read_bool(r, value, &yes);

	if (ret == 0)
		*(enum s2_map_memory *)dst = yes ? S2_MAP_MEMORY_YES : S2_MAP_MEMORY_NO;
	return ret;
}

/* Physical addresses fit the widest format; s2_vma_check() knows the one at hand. */
static int read_pa(struct s2i_reader *r, const json_t *value, void *dst)
{
	int ret = s2i_read_address(r, value, dst);

	if (ret == 0 && *(uint64_t *)dst >> 52 != 0)
		return s2i_fail(r, S2_EINVAL, "a physical address has at most 52 bits");
	return ret;
}

/* IPAs may lie beyond the VM's limit, that is a case of its own, but not beyond all reason. */
static int read_ipa(struct s2i_reader *r, const json_t *value, void *dst)
{
	int ret = s2i_read_address(r, value, dst);

	if (ret == 0 && *(uint64_t *)dst >> 56 != 0)
		return s2i_fail(r, S2_EINVAL, "an IPA must stay below 2^56");
	return ret;
}

static int read_range(struct s2i_reader *r, const json_t *value, void *dst)
{
	int ret = s2i_read_size(r, value, dst);

	if (ret == 0 && *(uint64_t *)dst >> 56 != 0)
		return s2i_fail(r, S2_EINVAL, "a size must stay below 2^56");
	return ret;
}

static int read_page_size(struct s2i_reader *r, const json_t *value, void *dst)
{
	uint64_t size;
	int ret = s2i_read_size(r, value, &size);

	if (ret == 0 && (size == 0 || (size & (size - 1)) != 0 || size >> 52 != 0))
		return s2i_expected(r, value, "a power of two");
	if (ret == 0)
		*(uint64_t *)dst = size;
	return ret;
}

/* ---- Objects ----------------------------------------------------------------------- */

#define KEY(key, type, member, fn) { key, fn, offsetof(type, member), 0, 0 }
#define NEED(key, type, member, fn) { key, fn, offsetof(type, member), ~0u, 0 }
#define END { NULL, NULL, 0, 0, 0 }

static const struct s2i_key cpu_keys[] = {
	KEY("fwb", struct s2_cpu, fwb, s2i_read_bool),
	KEY("dic", struct s2_cpu, dic, s2i_read_bool),
	KEY("xnx", struct s2_cpu, xnx, s2i_read_bool),
	KEY("lpa2", struct s2_cpu, lpa2, s2i_read_bool),
	KEY("lpa", struct s2_cpu, lpa, s2i_read_bool),
	KEY("tlbi_range", struct s2_cpu, tlbi_range, s2i_read_bool),
	END,
};

static int read_cpu(struct s2i_reader *r, const json_t *value, void *dst)
{
	return s2i_object(r, value, cpu_keys, 1, dst, NULL);
}

static const struct s2i_key vm_keys[] = {
	{ "mte", s2i_read_bool, 0, 0, 0 },
	END,
};

static int read_vm(struct s2i_reader *r, const json_t *value, void *dst)
{
	return s2i_object(r, value, vm_keys, 1, dst, NULL);
}

static const struct s2i_key ram_keys[] = {
	NEED("pa", struct s2_ram, pa, read_pa),
	NEED("size", struct s2_ram, size, read_range),
	END,
};

static const struct s2i_key backing_keys[] = {
	KEY("pa", struct s2_backing, pa, read_pa),
	KEY("mapping", struct s2_backing, mapping, read_page_size),
	KEY("writable", struct s2_backing, writable, s2i_read_bool),
	KEY("special", struct s2_backing, special, s2i_read_bool),
	KEY("state", struct s2_backing, state, read_state),
	KEY("map_memory", struct s2_backing, map_memory, read_map_memory),
	END,
};

static int read_backing(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_backing *backing = dst;

	*backing = (struct s2_backing){ .writable = true };
	return s2i_object(r, value, backing_keys, 1, backing, NULL);
}

static int read_pgoff(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_vma *vma = dst;

	vma->has_pgoff = true;
	return s2i_read_address(r, value, &vma->pgoff);
}

/* For people and the shell; nothing depends on it. */
static int read_name(struct s2i_reader *r, const json_t *value, void *dst)
{
	(void)dst;
	return json_is_string(value) ? 0 : s2i_expected(r, value, "a string");
}

static int read_hugetlb(struct s2i_reader *r, const json_t *value, void *dst)
{
	return read_page_size(r, value, &((struct s2_vma *)dst)->hugetlb);
}

/* The last row is for set_vma alone; "need" is 1 for a VMA of its own and 2 there. */
static const struct s2i_key vma_keys[] = {
	{ "start", s2i_read_address, offsetof(struct s2_vma, start), 1, 0 },
	{ "end", s2i_read_address, offsetof(struct s2_vma, end), 1, 0 },
	KEY("flags", struct s2_vma, flags, read_vm_flags),
	KEY("pgprot", struct s2_vma, pgprot, read_pgprot),
	KEY("backing", struct s2_vma, backing, read_backing),
	{ "hugetlb", read_hugetlb, 0, 0, 0 },
	{ "pgoff", read_pgoff, 0, 0, 0 },
	{ "name", read_name, 0, 0, 0 },
	{ "op", NULL, 0, 2, 2 },
	{ "vma", NULL, 0, 2, 2 },
	END,
};

static int read_vma_keys(struct s2i_reader *r, const json_t *value, unsigned need,
			 struct s2_vma *vma)
{
	const struct s2_vm_config *config = &context(r)->scenario->config;
	int ret = s2i_object(r, value, vma_keys, need, vma, NULL);

	if (ret != 0)
		return ret;
	/* Either of them says it; without a size it is a PMD's. */
	if (vma->hugetlb != 0)
		vma->flags |= S2_VM_HUGETLB;
	else if ((vma->flags & S2_VM_HUGETLB) != 0)
		vma->hugetlb = s2_pmd_size(config->granule);
	return s2_vma_check(vma, need == 1 ? s2_page_size(config->granule) : S2_VMA_ALIGN_MIN,
			    config->granule, &config->cpu, r->path, r->err);
}

static int read_vma(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_vma *vma = dst;

	*vma = (struct s2_vma){ .backing = { .writable = true } };
	return read_vma_keys(r, value, 1, vma);
}

static int read_ram(struct s2i_reader *r, const json_t *value, void *dst)
{
	return s2i_object(r, value, ram_keys, 1, dst, NULL);
}

/* A slot of its own (1), in set_memslot (2), or its number in delete_memslot (4). */
static const struct s2i_key memslot_keys[] = {
	{ "slot", read_unsigned, offsetof(struct s2_memslot, slot), 7, 0 },
	{ "gpa", s2i_read_address, offsetof(struct s2_memslot, gpa), 3, 3 },
	{ "size", s2i_read_size, offsetof(struct s2_memslot, size), 3, 3 },
	{ "hva", s2i_read_address, offsetof(struct s2_memslot, hva), 3, 3 },
	{ "flags", read_slot_flags, offsetof(struct s2_memslot, flags), 0, 3 },
	{ "force", s2i_read_bool, offsetof(struct s2_memslot, force), 0, 3 },
	{ "name", read_name, 0, 0, 3 },
	{ "op", NULL, 0, 6, 6 },
	END,
};

static int read_memslot_keys(struct s2i_reader *r, const json_t *value, unsigned need,
			     struct s2_memslot *slot)
{
	int ret = s2i_object(r, value, memslot_keys, need, slot, NULL);

	if (ret != 0 || need == 4)
		return ret;
	if (++context(r)->n_slots > S2_MAX_MEMSLOTS)
		return s2i_fail(r, S2_ELIMIT, "at most %d slots", S2_MAX_MEMSLOTS);
	return s2_memslot_check(slot, context(r)->scenario->config.granule, r->path, r->err);
}

static int read_memslot(struct s2i_reader *r, const json_t *value, void *dst)
{
	return read_memslot_keys(r, value, 1, dst);
}

/* An array of at most @max objects of @size, into memory that the scenario owns. */
static int read_array(struct s2i_reader *r, const json_t *value, size_t max, size_t size,
		      s2i_read_fn *read, void **items, size_t *n)
{
	size_t count, i;
	json_t *item;

	if (!json_is_array(value))
		return s2i_expected(r, value, "an array");
	count = json_array_size(value);
	if (count > max)
		return s2i_fail(r, S2_ELIMIT, "%zu elements: at most %zu are allowed", count, max);
	*items = calloc(count + 1, size);
	if (*items == NULL)
		return no_memory(r);
	*n = count;
	json_array_foreach(value, i, item) {
		size_t mark = s2i_enter_index(r, i);
		int ret = read(r, item, (char *)*items + i * size);

		if (ret != 0)
			return ret;
		s2i_leave(r, mark);
	}
	return 0;
}

/* ---- Events ------------------------------------------------------------------------ */

#define OP(op) (1u << S2_OP_##op)
#define RANGES (OP(MAP) | OP(WRPROTECT) | OP(UNMAP) | OP(SPLIT) | OP(FLUSH) | OP(AGE) | OP(TEST_AGE))
#define WITH_IPA (RANGES | OP(ACCESS) | OP(FAULT) | OP(RELAX) | OP(MKYOUNG) | OP(WALK))
#define EVENT(key, fn, member, needed, optional)                                                   \
	{ key, fn, offsetof(struct s2_event, member), needed, (needed) | (optional) }

static int read_memcache(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_event *event = dst;

	event->has_memcache = true;
	return read_count(r, value, &event->memcache);
}

static const struct s2i_key event_keys[] = {
	EVENT("op", NULL, op, ~0u, 0),
	EVENT("ipa", read_ipa, ipa, WITH_IPA, OP(DUMP)),
	EVENT("size", read_range, size, RANGES, OP(DUMP)),
	EVENT("access", read_access, access, OP(ACCESS) | OP(FAULT), 0),
	EVENT("fsc", read_fsc, fsc, 0, OP(FAULT)),
	EVENT("level", read_level, level, 0, OP(FAULT)),
	EVENT("s1ptw", s2i_read_bool, s1ptw, 0, OP(FAULT)),
	EVENT("retry", s2i_read_bool, retry, 0, OP(FAULT)),
	EVENT("pa", read_pa, pa, OP(MAP), 0),
	EVENT("prot", read_prot, prot, OP(MAP) | OP(RELAX), 0),
	EVENT("shared", s2i_read_bool, shared, 0, OP(MAP)),
	{ "memcache", read_memcache, 0, 0, OP(MAP) | OP(SPLIT) },
	END,
};

/* The VMA as it is from then on; the events after it build on that. */
static int read_set_vma(struct s2i_reader *r, const json_t *value, struct s2_event *event)
{
	struct context *c = context(r);
	const struct s2_vm_config *config = &c->scenario->config;
	const json_t *number = json_object_get(value, "vma");
	uint64_t index;
	size_t mark;
	int ret;

	if (number == NULL)
		return s2i_fail(r, S2_EINVAL, "the key \"vma\" is missing");
	mark = s2i_enter_key(r, "vma");
	ret = s2i_integer(r, number, UINT32_MAX, &index);
	if (ret == 0 && index >= config->n_vmas)
		ret = s2i_fail(r, S2_EINVAL, "there are only %zu VMAs", config->n_vmas);
	if (ret != 0)
		return ret;
	s2i_leave(r, mark);
	event->vma_index = (size_t)index;
	event->vma = c->vmas[index];
	ret = read_vma_keys(r, value, 2, &event->vma);
	if (ret != 0)
		return ret;
	for (size_t i = 0; i < config->n_vmas; i++) {
		const struct s2_vma *other = &c->vmas[i];

		if (i != index && event->vma.start < other->end && other->start < event->vma.end)
			return s2i_fail(r, S2_EINVAL, "the VMA would overlap /vmas/%zu", i);
	}
	c->vmas[index] = event->vma;
	return 0;
}

/* The map alone: it writes addresses, and KVM's own callers never give others. */
static int check_map(struct s2i_reader *r, const struct s2_event *event)
{
	const struct s2_vm_config *config = &context(r)->scenario->config;
	bool wide = config->granule == S2_GRANULE_64K ? config->cpu.lpa : config->cpu.lpa2;
	uint64_t limit = UINT64_C(1) << (wide ? 52 : 48);

	if (event->pa < limit && event->size <= limit - event->pa)
		return 0;
	return s2i_fail(r, S2_EINVAL, "the physical range must end below 2^%d with this CPU and granule",
			wide ? 52 : 48);
}

static int read_event(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_event *event = dst;
	const json_t *op;
	size_t mark;
	int ret;

	*event = (struct s2_event){ .level = S2_LEVEL_LAST, .shared = true };
	if (!json_is_object(value))
		return s2i_expected(r, value, "an object");
	op = json_object_get(value, "op");
	if (op == NULL)
		return s2i_fail(r, S2_EINVAL, "the key \"op\" is missing");
	mark = s2i_enter_key(r, "op");
	ret = read_op(r, op, &event->op);
	if (ret != 0)
		return ret;
	s2i_leave(r, mark);
	switch (event->op) {
	case S2_OP_SET_VMA:
		return read_set_vma(r, value, event);
	case S2_OP_SET_MEMSLOT:
		return read_memslot_keys(r, value, 2, &event->memslot);
	case S2_OP_DELETE_MEMSLOT:
		return read_memslot_keys(r, value, 4, &event->memslot);
	default:
		ret = s2i_object(r, value, event_keys, 1u << event->op, event, NULL);
		return ret == 0 && event->op == S2_OP_MAP ? check_map(r, event) : ret;
	}
}

/* ---- The document ------------------------------------------------------------------ */

static int read_rams(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_scenario *s = dst;

	return read_array(r, value, S2_MAX_RAM, sizeof(*s->ram), read_ram, (void **)&s->ram,
			  &s->config.n_ram);
}

static int read_vmas(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_scenario *s = dst;

	return read_array(r, value, S2_MAX_VMAS, sizeof(*s->vmas), read_vma, (void **)&s->vmas,
			  &s->config.n_vmas);
}

static int read_memslots(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_scenario *s = dst;

	return read_array(r, value, S2_MAX_MEMSLOTS, sizeof(*s->memslots), read_memslot,
			  (void **)&s->memslots, &s->config.n_memslots);
}

static int read_events(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_scenario *s = dst;
	struct context *c = context(r);
	int ret;

	c->vmas = calloc(s->config.n_vmas + 1, sizeof(*c->vmas));
	if (c->vmas == NULL)
		return no_memory(r);
	if (s->config.n_vmas != 0)
		memcpy(c->vmas, s->vmas, s->config.n_vmas * sizeof(*c->vmas));
	ret = read_array(r, value, S2_JSON_MAX_EVENTS, sizeof(*s->events), read_event,
			 (void **)&s->events, &s->n_events);
	free(c->vmas);
	return ret;
}

static int read_title(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_scenario *s = dst;

	if (!json_is_string(value))
		return s2i_expected(r, value, "a string");
	s->title = strdup(json_string_value(value));
	return s->title != NULL ? 0 : no_memory(r);
}

/* Facts that the revision's rule file declares. */
static int read_facts(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_scenario *s = dst;
	const char *name;
	json_t *item;

	if (!json_is_object(value))
		return s2i_expected(r, value, "an object: fact to true or false");
	json_object_foreach((json_t *)(uintptr_t)value, name, item) {
		size_t mark = s2i_enter_key(r, name);
		unsigned fact;
		bool yes;
		int ret;

		if (s2_revision_fact(s->config.revision, name, &fact) != 0)
			return s2i_fail(r, S2_EINVAL, "the kernel revision declares no such fact");
		if (fact < S2_FACT_OWN_FIRST)
			return s2i_fail(r, S2_EINVAL, "the fact follows from the scenario; only facts "
						      "declared by a rule file are set here");
		ret = s2i_read_bool(r, item, &yes);
		if (ret != 0)
			return ret;
		s->config.own_facts |= yes ? S2_FACT_BIT(fact) : 0;
		s2i_leave(r, mark);
	}
	return 0;
}

/*
 * In the order of these rows, not of the document: what is below is checked against
 * what is above. "need" tells the passes apart.
 */
#define CONFIG(key, fn, member) { key, fn, offsetof(struct s2_scenario, config.member), 0, 0 }
static const struct s2i_key scenario_keys[] = {
	{ "id", NULL, 0, 0, 0 },
	{ "title", read_title, 0, 0, 0 },
	CONFIG("kernel", read_kernel, revision),
	CONFIG("granule", read_granule, granule),
	CONFIG("ipa_bits", read_unsigned, ipa_bits),
	CONFIG("cpu", read_cpu, cpu),
	CONFIG("vm", read_vm, mte),
	{ "facts", read_facts, 0, 0, 0 },
	{ "ram", read_rams, 0, 0, 0 },
	{ "vmas", read_vmas, 0, 0, 0 },
	{ "memslots", read_memslots, 0, 0, 0 },
	{ "events", read_events, 0, 0, 0 },
	END,
};

static int read_in_order(struct s2i_reader *r, const json_t *root, struct s2_scenario *s)
{
	for (const struct s2i_key *key = scenario_keys; key->name != NULL; key++) {
		const json_t *value = json_object_get(root, key->name);
		size_t mark;
		int ret;

		if (value == NULL || key->read == NULL)
			continue;
		mark = s2i_enter_key(r, key->name);
		ret = key->read(r, value, (char *)s + key->offset);
		if (ret != 0)
			return ret;
		s2i_leave(r, mark);
	}
	return 0;
}

/* Before any value is read: are all keys known? */
static int check_keys(struct s2i_reader *r, const json_t *root)
{
	struct s2i_key names[sizeof(scenario_keys) / sizeof(scenario_keys[0])];

	memcpy(names, scenario_keys, sizeof(names));
	for (size_t i = 0; names[i].name != NULL; i++)
		names[i].read = NULL;
	return s2i_object(r, root, names, 1, NULL, NULL);
}

int s2i_scenario_read(struct s2i_reader *r, const json_t *root,
		      const struct s2_json_resolver *resolver, struct s2_scenario **out)
{
	struct s2_scenario *s = calloc(1, sizeof(*s));
	struct context c = { .resolver = resolver, .scenario = s };
	const json_t *id = json_is_object(root) ? json_object_get(root, "id") : NULL;
	int ret;

	if (s == NULL)
		return no_memory(r);
	*out = s;
	s->config.revision = s2_revision_find("latest");
	s->config.ipa_bits = 40;
	if (id != NULL)
		s->id = json_dumps(id, JSON_COMPACT | JSON_ENCODE_ANY);
	r->context = &c;
	ret = check_keys(r, root);
	if (ret == 0)
		ret = read_in_order(r, root, s);
	s->config.ram = s->ram;
	s->config.vmas = s->vmas;
	s->config.memslots = s->memslots;
	if (ret != 0)
		return ret;
	/* What remains to be checked concerns several parts at once. */
	return s2_vm_new(&s->vm, &s->config, r->err);
}

int s2_scenario_parse(struct s2_scenario **scenario, const char *text, size_t size,
		      const struct s2_json_resolver *resolver, struct s2_error *err)
{
	struct s2i_reader r = { .err = err };
	json_t *root;
	int ret;

	*scenario = NULL;
	root = s2i_parse(text, size, err);
	if (root == NULL)
		return err != NULL ? err->code : S2_EINVAL;
	ret = s2i_scenario_read(&r, root, resolver, scenario);
	json_decref(root);
	return ret;
}

void s2_scenario_free(struct s2_scenario *s)
{
	if (s == NULL)
		return;
	s2_vm_free(s->vm);
	free(s->id);
	free(s->title);
	free(s->ram);
	free(s->vmas);
	free(s->memslots);
	free(s->events);
	free(s);
}

const struct s2_vm_config *s2_scenario_config(const struct s2_scenario *s)
{
	return &s->config;
}

const char *s2_scenario_id(const struct s2_scenario *s)
{
	return s->id;
}

const char *s2_scenario_title(const struct s2_scenario *s)
{
	return s->title;
}

const struct s2_event *s2_scenario_events(const struct s2_scenario *s, size_t *n)
{
	*n = s->n_events;
	return s->events;
}

/* SPDX-License-Identifier: MIT */
/* Events: which keys each takes, and what they mean. */
#include "scenario_parts.h"

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

	if (json_integer_value(value) == -1) { /* of an integer: else it gives 0 */
		*(int *)dst = -1;
		return 0;
	}
	ret = s2i_integer(r, value, S2_LEVEL_LAST, &n);
	if (ret == 0)
		*(int *)dst = (int)n;
	return ret;
}

READ_ENUM(read_op, enum s2_op, s2_op_names, "an event")
READ_ENUM(read_access, enum s2_access, s2_access_names, "an access")
READ_ENUM(read_fsc, enum s2_fsc, s2_fsc_names, "a fault status")

static int read_prot(struct s2i_reader *r, const json_t *value, void *dst)
{
	uint64_t bits;
	int ret = s2i_names(r, value, s2_prot_names, NULL, "a permission", &bits);

	if (ret == 0)
		*(unsigned *)dst = (unsigned)bits;
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
	EVENT("size", s2i_read_range, size, RANGES, OP(DUMP)),
	EVENT("access", read_access, access, OP(ACCESS) | OP(FAULT), 0),
	EVENT("fsc", read_fsc, fsc, 0, OP(FAULT)),
	EVENT("level", read_level, level, 0, OP(FAULT)),
	EVENT("s1ptw", s2i_read_bool, s1ptw, 0, OP(FAULT)),
	EVENT("retry", s2i_read_bool, retry, 0, OP(FAULT)),
	EVENT("pa", s2i_read_pa, pa, OP(MAP), 0),
	EVENT("prot", read_prot, prot, OP(MAP) | OP(RELAX), 0),
	EVENT("shared", s2i_read_bool, shared, 0, OP(MAP)),
	{ "memcache", read_memcache, 0, 0, OP(MAP) | OP(SPLIT) },
	END,
};

/* The VMA as it is from then on; the events after it build on that. */
static int read_set_vma(struct s2i_reader *r, const json_t *value, struct s2_event *event)
{
	struct s2i_context *c = s2i_context(r);
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
	ret = s2i_read_vma_keys(r, value, 2, &event->vma);
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
	const struct s2_vm_config *config = &s2i_context(r)->scenario->config;
	bool wide = config->granule == S2_GRANULE_64K ? config->cpu.lpa : config->cpu.lpa2;
	uint64_t limit = UINT64_C(1) << (wide ? 52 : 48);

	if (event->pa < limit && event->size <= limit - event->pa)
		return 0;
	return s2i_fail(r, S2_EINVAL, "the physical range must end below 2^%d with this CPU and granule",
			wide ? 52 : 48);
}

int s2i_read_event(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_event *event = dst;
	const json_t *op;
	size_t mark;
	int ret;

	*event = (struct s2_event){ .level = S2_LEVEL_LAST, .shared = true };
	if (json_typeof(value) != JSON_OBJECT)
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
		return s2i_read_memslot_keys(r, value, 2, &event->memslot);
	case S2_OP_DELETE_MEMSLOT:
		return s2i_read_memslot_keys(r, value, 4, &event->memslot);
	default:
		ret = s2i_object(r, value, event_keys, 1u << event->op, event);
		return ret == 0 && event->op == S2_OP_MAP ? check_map(r, event) : ret;
	}
}

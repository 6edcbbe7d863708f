/* SPDX-License-Identifier: MIT */
/* Running a scenario and writing what came of it. */
#include "scenario.h"
#include "writer.h"

static bool decides(enum s2_op op)
{
	return op == S2_OP_FAULT || op == S2_OP_ACCESS;
}

static void write_maintenance(struct s2i_writer *w, const struct s2_maintenance *m)
{
	static const struct {
		const char *at; /* NULL: all of the VM */
		bool has_size, has_level, has_elided;
	} shapes[] = {
		[S2_MAINT_DCACHE_CLEAN_INVAL_POC] = { "pa", true, false, true },
		[S2_MAINT_ICACHE_INVAL_POU] = { "pa", true, false, true },
		[S2_MAINT_TLBI_IPA] = { "ipa", false, true, false },
		[S2_MAINT_TLBI_IPA_NSH] = { "ipa", false, true, false },
		[S2_MAINT_TLBI_RANGE] = { "ipa", true, false, false },
		[S2_MAINT_TLBI_VMID] = { NULL, false, false, false },
		[S2_MAINT_SANITISE_MTE_TAGS] = { "pa", true, false, false },
	};

	s2i_open_flat(w, NULL, '{');
	s2i_string(w, "op", s2_name_of(s2_maintenance_names, m->op));
	if (shapes[m->op].at != NULL)
		s2i_hex(w, shapes[m->op].at, m->addr);
	if (shapes[m->op].has_size)
		s2i_uint(w, "size", m->size);
	if (shapes[m->op].has_level && m->level == S2_LEVEL_UNKNOWN)
		s2i_raw(w, "level", "null");
	else if (shapes[m->op].has_level)
		s2i_int(w, "level", m->level);
	if (shapes[m->op].has_elided)
		s2i_string(w, "elided_by", m->elided_by);
	s2i_close(w, '}');
}

static void write_rules(struct s2i_writer *w, const struct s2_revision *rev, uint64_t fired)
{
	s2i_open_flat(w, "rules", '[');
	for (size_t i = 0; i < rev->n_rules; i++)
		if ((fired >> i & 1) != 0)
			s2i_string(w, NULL, rev->rules[i]->id);
	s2i_close(w, ']');
}

static void write_leaf(struct s2i_writer *w, const struct s2_format *fmt,
		       const struct s2_result *res)
{
	if (res->has_range) {
		s2i_open_flat(w, "range", '{');
		s2i_hex(w, "ipa", res->range_ipa);
		s2i_uint(w, "size", res->range_size);
		s2i_close(w, '}');
	}
	s2i_hex(w, "ipa", res->ipa);
	s2i_hex(w, "pa", res->pa);
	s2i_int(w, "level", res->level);
	s2i_uint(w, "size", res->size);
	s2i_descriptor(w, "pte", res->pte);
	if (res->has_prot)
		s2i_flags(w, "prot", s2_prot_names, res->prot);
	s2i_open(w, "descriptor", '{');
	s2i_write_fields(w, fmt, res->level, res->pte);
	s2i_close(w, '}');
}

static void write_walk(struct s2i_writer *w, const struct s2_result *res)
{
	s2i_open(w, "descriptors", '[');
	for (size_t i = 0; i < res->n_entries; i++) {
		s2i_open_flat(w, NULL, '{');
		s2i_int(w, "level", res->entries[i].level);
		s2i_descriptor(w, "pte", res->entries[i].pte);
		s2i_close(w, '}');
	}
	s2i_close(w, ']');
	if (res->n_entries != 0) {
		s2i_int(w, "level", res->entries[res->n_entries - 1].level);
		s2i_descriptor(w, "pte", res->entries[res->n_entries - 1].pte);
	}
}

static int write_run_of_leaves(void *arg, const struct s2_leaf_run *run)
{
	struct s2i_writer *w = arg;

	s2i_open_flat(w, NULL, '{');
	s2i_hex(w, "ipa", run->ipa);
	s2i_int(w, "level", run->level);
	s2i_uint(w, "size", run->size);
	s2i_descriptor(w, "pte", run->pte);
	s2i_uint(w, "count", run->count);
	s2i_close(w, '}');
	return 0;
}

/* Straight from the table: there may be millions. */
static void write_dump(struct s2i_writer *w, struct s2_vm *vm, const struct s2_event *event)
{
	uint64_t limit = UINT64_C(1) << s2_vm_geometry(vm)->ipa_bits;
	uint64_t size = event->size != 0 ? event->size : limit - event->ipa;

	if (event->ipa >= limit || size > limit - event->ipa) {
		s2i_ret(w, -S2_K_ERANGE);
		return;
	}
	s2i_open(w, "leaves", '[');
	s2_pgtable_dump(s2_vm_pgtable(vm), event->ipa, size, write_run_of_leaves, w);
	s2i_close(w, ']');
}

static void write_result(struct s2i_writer *w, struct s2_vm *vm, const struct s2_event *event,
			 const struct s2_result *res)
{
	const struct s2_revision *rev = s2_vm_revision(vm);

	s2i_string(w, "op", s2_name_of(s2_op_names, event->op));
	if (event->op == S2_OP_SET_VMA)
		return;
	if (event->op == S2_OP_DUMP) {
		write_dump(w, vm, event);
		return;
	}
	s2i_ret(w, res->ret);
	if (event->op == S2_OP_WALK) {
		write_walk(w, res);
		return;
	}
	if (decides(event->op))
		s2i_string(w, "action", s2_action_name(res->action));
	if (event->op == S2_OP_AGE || event->op == S2_OP_TEST_AGE)
		s2i_bool(w, "young", res->young);
	if (event->op == S2_OP_SET_MEMSLOT)
		s2i_string(w, "rule", res->cause >= 0 ? rev->rules[res->cause]->id : NULL);
	if (decides(event->op) && res->level != S2_LEVEL_UNKNOWN)
		write_leaf(w, s2_vm_format(vm), res);
	s2i_open(w, "maintenance", '[');
	for (size_t i = 0; i < res->n_maintenance; i++)
		write_maintenance(w, &res->maintenance[i]);
	s2i_close(w, ']');
	if (res->maintenance_truncated)
		s2i_bool(w, "maintenance_truncated", true);
	if (!decides(event->op))
		return;
	s2i_open_flat(w, "dirty", '[');
	if (res->is_dirty)
		s2i_hex(w, NULL, res->dirty);
	s2i_close(w, ']');
	write_rules(w, rev, res->fired);
}

static void write_slots(struct s2i_writer *w, const struct s2_vm *vm)
{
	const struct s2_revision *rev = s2_vm_revision(vm);
	size_t n;
	const struct s2_slot_result *slots = s2_vm_slots(vm, &n);

	s2i_open(w, "memslots", '[');
	for (size_t i = 0; i < n; i++) {
		s2i_open_flat(w, NULL, '{');
		s2i_uint(w, "slot", slots[i].slot);
		s2i_ret(w, slots[i].ret);
		s2i_string(w, "rule", slots[i].rule >= 0 ? rev->rules[slots[i].rule]->id : NULL);
		s2i_close(w, '}');
	}
	s2i_close(w, ']');
}

static void write_id(struct s2i_writer *w, const struct s2_scenario *s)
{
	if (s != NULL && s->id != NULL)
		s2i_raw(w, "id", s->id);
}

int s2i_scenario_run(const struct s2_scenario *s, struct s2i_writer *w, struct s2_error *err)
{
	int ret = 0;

	s2i_open(w, NULL, '{');
	write_id(w, s);
	s2i_string(w, "kernel", s->config.revision->id);
	write_slots(w, s->vm);
	s2i_open(w, "events", '[');
	for (size_t i = 0; i < s->n_events; i++) {
		struct s2_result res;

		ret = s2_vm_run(s->vm, &s->events[i], &res, err);
		if (ret != 0)
			break;
		s2i_open(w, NULL, '{');
		write_result(w, s->vm, &s->events[i], &res);
		s2i_close(w, '}');
	}
	s2i_close(w, ']');
	/* The parser has refused all that is not possible: what is left is memory. */
	if (ret != 0)
		s2i_error(w, "error", err);
	s2i_close(w, '}');
	return ret;
}

int s2_json_run(const char *text, size_t size, const struct s2_json_resolver *resolver,
		enum s2_json_style style, const struct s2_json_sink *sink)
{
	struct s2_scenario *scenario;
	struct s2_error err = { 0 };
	struct s2i_writer w;
	int ret = s2_scenario_parse(&scenario, text, size, resolver, &err);

	s2i_writer_init(&w, style, sink);
	if (ret == 0) {
		ret = s2i_scenario_run(scenario, &w, &err);
	} else {
		s2i_open(&w, NULL, '{');
		write_id(&w, scenario);
		s2i_error(&w, "error", &err);
		s2i_close(&w, '}');
	}
	s2_scenario_free(scenario);
	return s2i_writer_finish(&w) != 0 ? S2_EIO : ret;
}

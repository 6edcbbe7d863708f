/* SPDX-License-Identifier: MIT */
/* What the readers of a scenario's parts share. */
#ifndef S2I_SCENARIO_PARTS_H
#define S2I_SCENARIO_PARTS_H

#include "scenario.h"

struct s2i_context {
	const struct s2_json_resolver *resolver;
	struct s2_scenario *scenario;
	struct s2_vma *vmas; /* as the events so far have left them */
	size_t n_slots;      /* ever given */
};

static inline struct s2i_context *s2i_context(const struct s2i_reader *r)
{
	return r->context;
}

/* Rows of tables of keys: may be there, must be there, the end. */
#define KEY(key, type, member, fn) { key, fn, offsetof(type, member), 0, 0 }
#define NEED(key, type, member, fn) { key, fn, offsetof(type, member), ~0u, 0 }
#define END { NULL, NULL, 0, 0, 0 }

/* A read function for a name of an enum. */
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

/* scenario_host.c: into struct s2_cpu, bool, struct s2_ram, struct s2_vma, struct s2_memslot. */
s2i_read_fn s2i_read_cpu, s2i_read_vm, s2i_read_ram, s2i_read_vma, s2i_read_memslot;
/* The keys of a VMA or slot that an event gives beside its own; @need as in the tables. */
int s2i_read_vma_keys(struct s2i_reader *r, const json_t *value, unsigned need,
		      struct s2_vma *vma);
int s2i_read_memslot_keys(struct s2i_reader *r, const json_t *value, unsigned need,
			  struct s2_memslot *slot);
/* Into uint64_t: physical addresses, and sizes of ranges. */
s2i_read_fn s2i_read_pa, s2i_read_range;

/* scenario_events.c: into struct s2_event. */
s2i_read_fn s2i_read_event;

#endif

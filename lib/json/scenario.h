/* SPDX-License-Identifier: MIT */
#ifndef S2I_SCENARIO_H
#define S2I_SCENARIO_H

#include "reader.h"

struct s2_scenario {
	char *id, *title;
	struct s2_vm_config config;
	struct s2_ram *ram;
	struct s2_vma *vmas;
	struct s2_memslot *memslots;
	struct s2_event *events;
	size_t n_events;
	struct s2_vm *vm; /* as created, for the first run */
};

/* Of a parsed document; the reader's path is where it stands. */
int s2i_scenario_read(struct s2i_reader *r, const json_t *root, const struct s2_json_resolver *resolver,
		      struct s2_scenario **scenario);
/* Run and write; the writer stays open after the object. */
struct s2i_writer;
int s2i_scenario_run(const struct s2_scenario *scenario, struct s2i_writer *w,
		     struct s2_error *err);

#endif

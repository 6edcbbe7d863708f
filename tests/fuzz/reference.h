/* SPDX-License-Identifier: MIT */
/*
 * What KVM does with one slot and one fault: a second implementation, kernel by kernel in
 * plain ifs. It shares the structures of a scenario with the library, and no code.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include <s2pte/vm.h>

struct reference {
	int ret; /* 0 or a negative error number */
	enum s2_action action;
	/* If it goes to the table: */
	bool installs, sanitises, is_dirty;
	unsigned prot;
	uint64_t ipa, size, pa, dirty;
	uint64_t attr; /* bits 10:2 and 54:53 of the entry, and which of them are told */
	uint64_t attr_mask;
};

/* Of a revision that is built in. @slots: what there is so far. */
int reference_slot(const struct s2_vm_config *config, const struct s2_memslot *slots, size_t n,
		   const struct s2_memslot *slot);
/* What becomes of a fault event. */
struct reference reference_fault(const struct s2_vm_config *config, const struct s2_memslot *slots,
				 size_t n, const struct s2_event *event);

#endif

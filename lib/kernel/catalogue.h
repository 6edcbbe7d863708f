/* SPDX-License-Identifier: MIT */
/* The rules that the built-in revisions are made of. */
#ifndef S2I_CATALOGUE_H
#define S2I_CATALOGUE_H

#include <s2pte/kernel.h>

/* In the order in which the newest kernel asks; a suffix names the variant of an id. */
extern const struct s2_rule
	/* creating a slot */
	s2i_slot_ipa_range, s2i_slot_mte, s2i_slot_pfnmap_logging,
	s2i_slot_cacheable_pfnmap_always, s2i_slot_cacheable_pfnmap,
	/* before the fault path */
	s2i_abort_ipa_size, s2i_abort_fsc, s2i_abort_inject, s2i_abort_mmio, s2i_abort_access_flag,
	/* the fault path */
	s2i_perm_read, s2i_no_vma, s2i_hwpoison, s2i_no_pfn, s2i_ro_fault, s2i_pfn_device,
	s2i_cow_special, s2i_cacheable_unsupported, s2i_cacheable_degraded,
	s2i_special_noncacheable_any, s2i_special_noncacheable, s2i_special_device,
	s2i_read_while_logging_cacheable, s2i_read_while_logging_plain,
	s2i_read_while_logging_nodevice, s2i_mismatch, s2i_exec_noncacheable, s2i_excl_atomic,
	s2i_retry, s2i_mte_disallowed, s2i_mte_sanitise,
	/* permissions */
	s2i_prot_write, s2i_prot_exec_fault, s2i_prot_normal_nc, s2i_prot_device,
	s2i_prot_exec_dic;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The revisions: which rules, in which order, and which quirks. To add a kernel, add
 * an array here and, for what is new in it, a row in catalogue.c.
 */
#include "catalogue.h"

#include <limits.h>
#include <string.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define SIZES_6                                                                                    \
	(S2_SIZE_PFNMAP_BLOCKS | S2_SIZE_UPGRADE_CACHEABLE_ONLY | S2_SIZE_DIRTY_FAULT_PAGE |       \
	 S2_SIZE_IPA_ALIGN_4K)
#define TABLE_6 (S2_TABLE_LOCKED_BIT10 | S2_TABLE_XN_SINGLE | S2_TABLE_MAP_PASSES_EAGAIN)

#define REVISION(name, rev_id, sizes_, table_, text)                                               \
	static const struct s2_revision name##_revision = {                                        \
		.id = rev_id, .title = text, .rules = name, .n_rules = LEN(name),                  \
		.sizes = sizes_, .table = table_,                                                  \
	}

/* What the fault path does before it classifies the page, until the rework of 7.2. */
#define ABORT_6                                                                                    \
	&s2i_abort_ipa_size, &s2i_abort_fsc, &s2i_abort_inject, &s2i_abort_mmio,                   \
	&s2i_abort_access_flag
#define FAULTIN_6                                                                                  \
	ABORT_6, &s2i_perm_read, &s2i_no_vma, &s2i_hwpoison, &s2i_no_pfn, &s2i_ro_fault
/* ... and after it has. */
#define INSTALL_6                                                                                  \
	&s2i_exec_noncacheable, &s2i_retry, &s2i_mte_disallowed, &s2i_mte_sanitise, PROT
#define PROT                                                                                       \
	&s2i_prot_write, &s2i_prot_exec_fault, &s2i_prot_normal_nc, &s2i_prot_device,              \
	&s2i_prot_exec_dic

static const struct s2_rule *const v6_12[] = {
	&s2i_slot_ipa_range, &s2i_slot_mte, &s2i_slot_pfnmap_logging,
	FAULTIN_6,
	&s2i_pfn_device, &s2i_read_while_logging_cacheable,
	INSTALL_6,
};
REVISION(v6_12, "v6.12", SIZES_6, TABLE_6, "Linux 6.12, before the series");

static const struct s2_rule *const v9_2of6[] = {
	&s2i_slot_ipa_range, &s2i_slot_mte, &s2i_slot_pfnmap_logging,
	FAULTIN_6,
	&s2i_special_noncacheable_any, &s2i_read_while_logging_cacheable,
	INSTALL_6,
};
REVISION(v9_2of6, "v9-2of6", SIZES_6, TABLE_6,
	 "v6.16 plus patches 1-2 of v9: device detection narrowed");

static const struct s2_rule *const v9_3of6[] = {
	&s2i_slot_ipa_range, &s2i_slot_mte, &s2i_slot_pfnmap_logging,
	&s2i_slot_cacheable_pfnmap_always,
	FAULTIN_6,
	&s2i_special_noncacheable_any, &s2i_read_while_logging_cacheable, &s2i_mismatch,
	INSTALL_6,
};
REVISION(v9_3of6, "v9-3of6", SIZES_6, TABLE_6, "plus patch 3: cacheable PFNMAP blocked");

static const struct s2_rule *const v9[] = {
	&s2i_slot_ipa_range, &s2i_slot_mte, &s2i_slot_pfnmap_logging, &s2i_slot_cacheable_pfnmap,
	FAULTIN_6,
	&s2i_cow_special, &s2i_cacheable_unsupported, &s2i_cacheable_degraded,
	&s2i_special_noncacheable, &s2i_read_while_logging_plain, &s2i_mismatch,
	INSTALL_6,
};
REVISION(v9, "v9", SIZES_6, TABLE_6,
	 "plus patches 4-6: cacheable PFNMAP with FWB and DIC, COW refused");

/* What was posted as v10 is what was merged. */
static const struct s2_rule *const merged[] = {
	&s2i_slot_ipa_range, &s2i_slot_mte, &s2i_slot_pfnmap_logging, &s2i_slot_cacheable_pfnmap,
	FAULTIN_6,
	&s2i_cacheable_unsupported, &s2i_special_noncacheable, &s2i_read_while_logging_plain,
	INSTALL_6,
};
#define v10 merged
#define v6_17 merged
REVISION(v10, "v10", SIZES_6, TABLE_6, "the next posting: COW and dead checks gone");
REVISION(v6_17, "v6.17", SIZES_6, TABLE_6, "Linux 6.17 to 7.1: as merged");

static const struct s2_rule *const v7_3[] = {
	&s2i_slot_ipa_range, &s2i_slot_mte, &s2i_slot_pfnmap_logging, &s2i_slot_cacheable_pfnmap,
	&s2i_abort_ipa_size, &s2i_abort_inject, &s2i_abort_mmio, &s2i_abort_access_flag,
	&s2i_no_vma, &s2i_hwpoison, &s2i_no_pfn, &s2i_ro_fault,
	&s2i_cacheable_unsupported, &s2i_special_noncacheable, &s2i_special_device,
	&s2i_read_while_logging_nodevice,
	&s2i_exec_noncacheable, &s2i_excl_atomic, &s2i_mte_disallowed, &s2i_retry,
	&s2i_mte_sanitise, PROT,
};
REVISION(v7_3, "v7.3", 0, 0, "Linux 7.2 and 7.3: fault path split, sizes reworked");

static const struct s2_revision *const revisions[] = {
	&v6_12_revision, &v9_2of6_revision, &v9_3of6_revision, &v9_revision,
	&v10_revision,   &v6_17_revision,   &v7_3_revision,    NULL,
};
const struct s2_revision *const *const s2_revisions = revisions;

const struct s2_revision *s2_revision_find(const char *id)
{
	size_t n = LEN(revisions) - 1;

	if (strcmp(id, "latest") == 0)
		return s2_revisions[n - 1];
	for (size_t i = 0; i < n; i++)
		if (strcmp(s2_revisions[i]->id, id) == 0)
			return s2_revisions[i];
	return NULL;
}

const char *s2_revision_nearest(const char *id)
{
	const char *found = NULL;
	unsigned best = UINT_MAX;

	for (size_t i = 0; s2_revisions[i] != NULL; i++)
		if (s2_name_near(id, s2_revisions[i]->id, &best))
			found = s2_revisions[i]->id;
	return found;
}

/* SPDX-License-Identifier: MIT */
/* Names of stages, actions, errors, quirks. */
#include <s2pte/kernel.h>

#include <stdlib.h>

const struct s2_name s2_errno_names[] = {
	{ "ENOENT", S2_K_ENOENT }, { "E2BIG", S2_K_E2BIG },   { "ENOEXEC", S2_K_ENOEXEC },
	{ "EAGAIN", S2_K_EAGAIN }, { "ENOMEM", S2_K_ENOMEM }, { "EFAULT", S2_K_EFAULT },
	{ "EEXIST", S2_K_EEXIST }, { "EINVAL", S2_K_EINVAL }, { "ERANGE", S2_K_ERANGE },
	{ NULL, 0 },
};

const char *s2_errno_name(int err)
{
	return s2_name_of(s2_errno_names, (uint64_t)abs(err));
}

static const struct s2_name stage_names[] = {
	{ "slot", S2_STAGE_SLOT },
	{ "abort", S2_STAGE_ABORT },
	{ "fault", S2_STAGE_FAULT },
	{ "prot", S2_STAGE_PROT },
	{ NULL, 0 },
};

const char *s2_stage_name(enum s2_stage stage)
{
	return s2_name_of(stage_names, stage);
}

int s2_stage_parse(const char *name, enum s2_stage *stage)
{
	uint64_t value;
	int ret = s2_name_find(stage_names, NULL, name, &value);

	if (ret == 0)
		*stage = (enum s2_stage)value;
	return ret;
}

static const struct s2_name action_names[] = {
	{ "none", S2_ACTION_NONE },   { "map", S2_ACTION_MAP },       { "relax", S2_ACTION_RELAX },
	{ "young", S2_ACTION_YOUNG }, { "hit", S2_ACTION_HIT },       { "retry", S2_ACTION_RETRY },
	{ "mmio", S2_ACTION_MMIO },   { "inject", S2_ACTION_INJECT }, { "signal", S2_ACTION_SIGNAL },
	{ NULL, 0 },
};

const char *s2_action_name(enum s2_action action)
{
	return s2_name_of(action_names, action);
}

int s2_action_parse(const char *name, enum s2_action *action)
{
	uint64_t value;
	int ret = s2_name_find(action_names, NULL, name, &value);

	if (ret == 0)
		*action = (enum s2_action)value;
	return ret;
}

static const struct s2_name size_quirks[] = {
	{ "pfnmap-blocks", S2_SIZE_PFNMAP_BLOCKS },
	{ "upgrade-cacheable-only", S2_SIZE_UPGRADE_CACHEABLE_ONLY },
	{ "dirty-fault-page", S2_SIZE_DIRTY_FAULT_PAGE },
	{ "ipa-align-4k", S2_SIZE_IPA_ALIGN_4K },
	{ NULL, 0 },
};
const struct s2_name *const s2_size_quirk_names = size_quirks;

static const struct s2_name table_quirks[] = {
	{ "locked-bit10", S2_TABLE_LOCKED_BIT10 },
	{ "xn-single", S2_TABLE_XN_SINGLE },
	{ "map-passes-eagain", S2_TABLE_MAP_PASSES_EAGAIN },
	{ "relax-resets-xn", S2_TABLE_RELAX_RESETS_XN },
	{ NULL, 0 },
};
const struct s2_name *const s2_table_quirk_names = table_quirks;

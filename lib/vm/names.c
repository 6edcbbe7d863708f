/* SPDX-License-Identifier: MIT */
#include <s2pte/vm.h>

const struct s2_name s2_cpu_flag_names[] = {
	{ "fwb", offsetof(struct s2_cpu, fwb) },
	{ "dic", offsetof(struct s2_cpu, dic) },
	{ "xnx", offsetof(struct s2_cpu, xnx) },
	{ "lpa2", offsetof(struct s2_cpu, lpa2) },
	{ "lpa", offsetof(struct s2_cpu, lpa) },
	{ "tlbi_range", offsetof(struct s2_cpu, tlbi_range) },
	{ NULL, 0 },
};

const struct s2_name s2_op_names[] = {
	{ "access", S2_OP_ACCESS },
	{ "fault", S2_OP_FAULT },
	{ "set_memslot", S2_OP_SET_MEMSLOT },
	{ "delete_memslot", S2_OP_DELETE_MEMSLOT },
	{ "set_vma", S2_OP_SET_VMA },
	{ "map", S2_OP_MAP },
	{ "relax", S2_OP_RELAX },
	{ "wrprotect", S2_OP_WRPROTECT },
	{ "unmap", S2_OP_UNMAP },
	{ "split", S2_OP_SPLIT },
	{ "flush", S2_OP_FLUSH },
	{ "age", S2_OP_AGE },
	{ "test_age", S2_OP_TEST_AGE },
	{ "mkyoung", S2_OP_MKYOUNG },
	{ "walk", S2_OP_WALK },
	{ "dump", S2_OP_DUMP },
	{ NULL, 0 },
};

const struct s2_name s2_access_names[] = {
	{ "read", S2_ACCESS_READ },
	{ "write", S2_ACCESS_WRITE },
	{ "exec", S2_ACCESS_EXEC },
	{ NULL, 0 },
};

const struct s2_name s2_fsc_names[] = {
	{ "translation", S2_FSC_TRANSLATION },
	{ "permission", S2_FSC_PERMISSION },
	{ "access-flag", S2_FSC_ACCESS_FLAG },
	{ "excl-atomic", S2_FSC_EXCL_ATOMIC },
	{ NULL, 0 },
};

const struct s2_name s2_maintenance_names[] = {
	{ "dcache_clean_inval_poc", S2_MAINT_DCACHE_CLEAN_INVAL_POC },
	{ "icache_inval_pou", S2_MAINT_ICACHE_INVAL_POU },
	{ "tlbi_ipa", S2_MAINT_TLBI_IPA },
	{ "tlbi_ipa_nsh", S2_MAINT_TLBI_IPA_NSH },
	{ "tlbi_range", S2_MAINT_TLBI_RANGE },
	{ "tlbi_vmid", S2_MAINT_TLBI_VMID },
	{ "sanitise_mte_tags", S2_MAINT_SANITISE_MTE_TAGS },
	{ NULL, 0 },
};

/* SPDX-License-Identifier: MIT */
/* Identification registers, what follows from them, and CPUs with a name. */
#include <check.h>
#include <string.h>
#include <s2pte/error.h>
#include <s2pte/vm.h>

#include "suites.h"

static struct s2_idregs with(enum s2_idreg reg, uint64_t value)
{
	struct s2_idregs regs = { { 0 }, { 0 }, { 0 } };

	regs.value[reg] = value;
	regs.known[reg] = UINT64_MAX;
	return regs;
}

/* No bit twice, the highest first: bits that no row has are reserved. */
START_TEST(fields_in_order)
{
	const struct s2_idreg_field *last = NULL;

	for (const struct s2_idreg_field *f = s2_idreg_fields; f->name != NULL; last = f++) {
		ck_assert_msg(f->high >= f->low && f->high < 64, "%s", f->name);
		if (last != NULL && last->reg == f->reg)
			ck_assert_msg(f->high < last->low, "%s", f->name);
		if (last != NULL)
			ck_assert_msg(f->reg >= last->reg, "%s", f->name);
		for (const struct s2_idreg_value *v = f->values; v != NULL && v->meaning != NULL; v++)
			ck_assert_msg(v->value < 1u << (f->high - f->low + 1), "%s", f->name);
	}
}
END_TEST

/* By the manual's words, not by the code's table: field by field, for each value of both. */
static void expect_granule(enum s2_granule granule, unsigned low1, unsigned low2)
{
	for (unsigned first = 0; first < 16; first++) {
		bool stage1 = granule == S2_GRANULE_16K ? first >= 1 : first < 8;
		bool wide1 = granule == S2_GRANULE_16K ? first >= 2 : first >= 1 && first < 8;

		for (unsigned second = 0; second < 16; second++) {
			struct s2_idregs regs = with(S2_ID_AA64MMFR0, (uint64_t)first << low1 |
								      (uint64_t)second << low2 | 5);
			struct s2_granule_support s = s2_idregs_granule(&regs, granule);
			bool stage2 = second == 0 ? stage1 : second >= 2;
			bool wide = second == 0 ? wide1 : second >= 3;

			if (granule == S2_GRANULE_64K)
				wide = false; /* a matter of PARange */
			ck_assert_msg(s.stage1 == (stage1 ? S2_YES : S2_NO) &&
				      s.stage2 == (stage2 ? S2_YES : S2_NO) &&
				      s.wide == (wide ? S2_YES : S2_NO),
				      "%s: TGran %u, TGran_2 %u", s2_granule_name(granule), first, second);
		}
	}
}

START_TEST(granules)
{
	expect_granule(S2_GRANULE_4K, 28, 40);
	expect_granule(S2_GRANULE_16K, 20, 32);
	expect_granule(S2_GRANULE_64K, 24, 36);
}
END_TEST

START_TEST(wide_addresses)
{
	/* TGran4 = 1 says 52 bits, and stage 2 is as stage 1. */
	struct s2_idregs regs = with(S2_ID_AA64MMFR0, UINT64_C(1) << 28 | 6);

	ck_assert_int_eq(s2_idregs_has(&regs, S2_FEAT_LPA2), S2_YES);
	ck_assert_int_eq(s2_idregs_has(&regs, S2_FEAT_LPA), S2_YES);
	ck_assert_uint_eq(s2_idregs_pa_bits(&regs), 52);
	/* 64K pages that stage 2 has not: then no 52 bits by them. */
	regs.value[S2_ID_AA64MMFR0] |= UINT64_C(1) << 36;
	ck_assert_int_eq(s2_idregs_has(&regs, S2_FEAT_LPA), S2_NO);
	/* 4K says no, of 16K nothing is known. */
	regs = with(S2_ID_AA64MMFR0, UINT64_C(2) << 40);
	regs.known[S2_ID_AA64MMFR0] = UINT64_C(0xff) << 40;
	ck_assert_int_eq(s2_idregs_granule(&regs, S2_GRANULE_4K).wide, S2_NO);
	ck_assert_int_eq(s2_idregs_has(&regs, S2_FEAT_LPA2), S2_UNKNOWN);
	ck_assert_uint_eq(s2_idregs_pa_bits(&regs), 0);
}
END_TEST

/* 52 bits with 64K pages: where stage 2 has both. Unknown where either is and no other says no. */
START_TEST(wide_64k)
{
	enum { NO, YES, UNKNOWN };
	static const enum s2_answer3 answers[] = { S2_NO, S2_YES, S2_UNKNOWN };

	for (unsigned pages = NO; pages <= UNKNOWN; pages++) {
		for (unsigned range = NO; range <= UNKNOWN; range++) {
			struct s2_idregs regs = with(S2_ID_AA64MMFR0,
						     (pages == YES ? UINT64_C(2) : 1) << 36 |
							     (range == YES ? 6 : 5));
			unsigned want = pages == NO || range == NO ? NO :
					pages == YES && range == YES ? YES : UNKNOWN;

			if (pages == UNKNOWN)
				regs.known[S2_ID_AA64MMFR0] &= ~(UINT64_C(15) << 36);
			if (range == UNKNOWN)
				regs.known[S2_ID_AA64MMFR0] &= ~UINT64_C(15);
			regs.value[S2_ID_AA64MMFR0] &= regs.known[S2_ID_AA64MMFR0];
			ck_assert_msg(s2_idregs_has(&regs, S2_FEAT_LPA) == answers[want], "%u, %u",
				      pages, range);
		}
	}
}
END_TEST

/* Each feature turns at its own value of its own bits, and only with these known. */
START_TEST(features)
{
	static const struct {
		enum s2_cpu_feature feature;
		enum s2_idreg reg;
		unsigned low, least, width;
	} rows[] = {
		{ S2_FEAT_FWB, S2_ID_AA64MMFR2, 40, 1, 4 }, { S2_FEAT_TTL, S2_ID_AA64MMFR2, 48, 1, 4 },
		{ S2_FEAT_BBM1, S2_ID_AA64MMFR2, 52, 1, 4 }, { S2_FEAT_BBM2, S2_ID_AA64MMFR2, 52, 2, 4 },
		{ S2_FEAT_HA, S2_ID_AA64MMFR1, 0, 1, 4 }, { S2_FEAT_HD, S2_ID_AA64MMFR1, 0, 2, 4 },
		{ S2_FEAT_VMID16, S2_ID_AA64MMFR1, 4, 2, 4 }, { S2_FEAT_VHE, S2_ID_AA64MMFR1, 8, 1, 4 },
		{ S2_FEAT_HPDS2, S2_ID_AA64MMFR1, 12, 2, 4 }, { S2_FEAT_XNX, S2_ID_AA64MMFR1, 28, 1, 4 },
		{ S2_FEAT_S2PIE, S2_ID_AA64MMFR3, 12, 1, 4 },
		{ S2_FEAT_TLBI_RANGE, S2_ID_AA64ISAR0, 56, 2, 4 },
		{ S2_FEAT_DIC, S2_CTR, 29, 1, 1 }, { S2_FEAT_IDC, S2_CTR, 28, 1, 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t mask = ((UINT64_C(1) << rows[i].width) - 1) << rows[i].low;

		for (uint64_t v = 0; v < UINT64_C(1) << rows[i].width; v++) {
			struct s2_idregs regs = with(rows[i].reg, ~mask | v << rows[i].low);
			enum s2_answer3 want = v >= rows[i].least ? S2_YES : S2_NO;

			ck_assert_int_eq(s2_idregs_has(&regs, rows[i].feature), want);
			regs.known[rows[i].reg] = ~(UINT64_C(1) << rows[i].low);
			ck_assert_int_eq(s2_idregs_has(&regs, rows[i].feature), S2_UNKNOWN);
		}
	}
}
END_TEST

START_TEST(models)
{
	/* As they were seen with KVM on them: FWB and DIC. */
	static const struct {
		const char *name;
		enum s2_answer3 fwb, dic;
	} seen[] = {
		{ "neoverse-v1", S2_YES, S2_YES }, { "neoverse-n2", S2_YES, S2_YES },
		{ "cortex-a710", S2_YES, S2_NO }, { "neoverse-n1", S2_NO, S2_NO },
		{ "cortex-a76", S2_NO, S2_NO }, { "cortex-a72", S2_NO, S2_NO },
		{ "Grace", S2_YES, S2_YES },
	};

	for (const struct s2_cpu_model *m = s2_cpu_models; m->name != NULL; m++) {
		ck_assert_ptr_eq(s2_cpu_model_find(m->name), m);
		ck_assert_ptr_nonnull(s2_cpu_model_by_midr(m->midr | 0x000f0003));
		for (unsigned i = 0; i < S2_NR_IDREGS; i++) {
			ck_assert_msg((m->regs.value[i] & ~m->regs.known[i]) == 0, "%s", m->name);
			ck_assert_msg((m->regs.choice[i] & ~m->regs.known[i]) == 0, "%s", m->name);
		}
	}
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		const struct s2_cpu_model *m = s2_cpu_model_find(seen[i].name);

		ck_assert_ptr_nonnull(m);
		ck_assert_int_eq(s2_idregs_has(&m->regs, S2_FEAT_FWB), seen[i].fwb);
		ck_assert_int_eq(s2_idregs_has(&m->regs, S2_FEAT_DIC), seen[i].dic);
	}
	ck_assert_ptr_null(s2_cpu_model_find("neoverse"));
	ck_assert_ptr_null(s2_cpu_model_by_midr(0));
	ck_assert_str_eq(s2_cpu_model_nearest("neovers-v2"), "neoverse-v2");
	ck_assert_str_eq(s2_cpu_model_find("grace")->name, "neoverse-v2");
}
END_TEST

START_TEST(words)
{
	struct s2_error err;
	struct s2_cpu cpu;

	ck_assert_int_eq(s2_cpu_parse(&cpu, "neoverse-v2,-dic", &err), 0);
	ck_assert(cpu.fwb && !cpu.dic && cpu.xnx && !cpu.lpa2 && !cpu.lpa && cpu.tlbi_range);
	ck_assert_int_eq(s2_cpu_parse(&cpu, "FWB,none,dic", &err), 0);
	ck_assert(!cpu.fwb && cpu.dic);
	ck_assert_int_eq(s2_cpu_parse(&cpu, "", &err), 0);
	ck_assert_int_eq(s2_cpu_parse(&cpu, "cortex-x4,lpa", &err), S2_EINVAL);
	ck_assert_ptr_nonnull(strstr(err.message, "dic, lpa2;"));
	ck_assert_int_eq(s2_cpu_parse(&cpu, "cortex-x4,-dic,-lpa2,-lpa", &err), 0);
	ck_assert_int_eq(s2_cpu_parse(&cpu, "nonee", &err), S2_EINVAL);
	ck_assert_ptr_nonnull(strstr(err.message, "did you mean none?"));
	ck_assert_int_eq(s2_cpu_parse(&cpu, "-fbw", &err), S2_EINVAL);
	ck_assert_ptr_nonnull(strstr(err.message, "did you mean fwb?"));
	ck_assert_int_eq(s2_cpu_parse(&cpu, "-grace", &err), S2_EINVAL);
	/* The first word that is none is told; of a long one the beginning. */
	ck_assert_int_eq(s2_cpu_parse(&cpu, "fwb,6502,z80", &err), S2_EINVAL);
	ck_assert_str_eq(err.message,
			 "\"6502\" is not a feature of the CPU, nor the name of one");
	ck_assert_int_eq(s2_cpu_parse(&cpu, "a-word-that-is-longer-than-any-name-of-a-cpu-or-of-a-"
				      "feature-can-be", &err), S2_EINVAL);
	ck_assert_str_eq(err.message, "\"a-word-that-is-longer-than-any-name-of-a\" is not a "
			 "feature of the CPU, nor the name of one");
}
END_TEST

Suite *cpu_suite(void)
{
	Suite *suite = suite_create("cpu");
	TCase *tc = tcase_create("cpu");

	tcase_add_test(tc, fields_in_order);
	tcase_add_test(tc, granules);
	tcase_add_test(tc, wide_addresses);
	tcase_add_test(tc, wide_64k);
	tcase_add_test(tc, features);
	tcase_add_test(tc, models);
	tcase_add_test(tc, words);
	suite_add_tcase(suite, tc);
	return suite;
}

/* SPDX-License-Identifier: MIT */
#ifndef UNIT_SUITES_H
#define UNIT_SUITES_H

#include <stddef.h>

#include <check.h>

Suite *geometry_suite(void);
Suite *descriptor_suite(void);
Suite *lint_suite(void);
Suite *attrs_suite(void);
Suite *cpu_suite(void);
Suite *kernel_suite(void);
Suite *pgtable_suite(void);
Suite *pgtable_model_suite(void);
Suite *vm_suite(void);
Suite *vm_input_suite(void);
Suite *explore_suite(void);
Suite *join_suite(void);
Suite *dead_suite(void);
Suite *ends_suite(void);
Suite *sizes_suite(void);
/* Of the program "json". */
Suite *json_reader_suite(void);
Suite *json_writer_suite(void);
Suite *json_scenario_suite(void);
Suite *json_answer_suite(void);
Suite *error_suite(void);

/*
 * Check writes a mark for every assertion it passes, which costs more than what is tested
 * here. Loops of many rounds therefore only come to it when something is wrong.
 */
#define REQUIRE(cond, ...)                                                                         \
	do {                                                                                       \
		if (!(cond))                                                                       \
			ck_abort_msg(__VA_ARGS__);                                                 \
	} while (0)

/*
 * Of a long row of like steps take every n-th: S2_TEST_STRIDE, 1 by default. Under valgrind
 * each costs fifty times as much.
 */
size_t unit_stride(void);

typedef Suite *unit_suite_fn(void);
extern unit_suite_fn *const unit_suites[]; /* ended by NULL */

#endif

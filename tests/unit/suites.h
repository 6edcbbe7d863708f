/* SPDX-License-Identifier: MIT */
#ifndef UNIT_SUITES_H
#define UNIT_SUITES_H

#include <check.h>

Suite *geometry_suite(void);
Suite *descriptor_suite(void);
Suite *attrs_suite(void);
Suite *pgtable_suite(void);
Suite *pgtable_model_suite(void);
Suite *vm_suite(void);
Suite *explore_suite(void);

typedef Suite *unit_suite_fn(void);
extern unit_suite_fn *const unit_suites[]; /* ended by NULL */

#endif

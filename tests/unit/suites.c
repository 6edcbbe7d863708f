/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <stddef.h>

unit_suite_fn *const unit_suites[] = {
	geometry_suite, descriptor_suite, attrs_suite, pgtable_suite,
	pgtable_model_suite, vm_suite, explore_suite, NULL,
};

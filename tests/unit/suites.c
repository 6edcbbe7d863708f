/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <stdlib.h>

size_t unit_stride(void)
{
	const char *text = getenv("S2_TEST_STRIDE");
	unsigned long n = text != NULL ? strtoul(text, NULL, 10) : 1;

	return n != 0 ? n : 1;
}

unit_suite_fn *const unit_suites[] = {
	geometry_suite, descriptor_suite, lint_suite, attrs_suite, cpu_suite, kernel_suite, pgtable_suite,
	pgtable_model_suite, vm_suite, vm_input_suite, explore_suite, join_suite,
	dead_suite, ends_suite, sizes_suite, NULL,
};

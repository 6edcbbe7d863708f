/* SPDX-License-Identifier: MIT */
/* All suites, as one program that speaks TAP. CK_RUN_SUITE picks one. */
#include <check.h>
#include <stdlib.h>

#include "suites.h"

int main(void)
{
	SRunner *runner = srunner_create(NULL);
	int failed;

	for (size_t i = 0; unit_suites[i] != NULL; i++)
		srunner_add_suite(runner, unit_suites[i]());
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

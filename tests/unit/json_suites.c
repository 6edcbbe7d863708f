/* SPDX-License-Identifier: MIT */
/* What is tested of libs2pte-json, of its own functions too. */
#include "suites.h"

unit_suite_fn *const unit_suites[] = {
	error_suite, json_reader_suite, json_writer_suite, json_scenario_suite, json_answer_suite,
	NULL,
};

/* SPDX-License-Identifier: MIT */
/* Parts of a page of HTML that know nothing of reports. */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include "markup.h"

void page_begin(FILE *out, const char *title);
/* Where the filter is to be, before the first part. */
void page_filter(FILE *out);
/* The words that made the page are at its foot. */
void page_end(FILE *out, int argc, char *const *argv);

/*
 * What the scenario in @text comes to under up to two revisions (a NULL ends them): the
 * descriptors that it ends with. Of two nothing is drawn if neither ends with one. False if there
 * is no memory for it.
 */
bool page_scenario(FILE *out, const char *text, const struct s2_json_kernel *const *kernels);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * An allocator whose n-th call fails. The linker puts it between the program and the C
 * library's: -Wl,--wrap= of each function here. What libraries allocate inside is not seen.
 */
#ifndef FAILING_H
#define FAILING_H

#include <stdbool.h>

/* Calls so far; the one that fails, 0 = none; how many pieces are not freed yet. */
extern unsigned long failing_calls, failing_at;
extern long failing_live;

/* Begin to count anew; without a call that fails, note the places that call, too. */
void failing_start(unsigned long at);

/* One more call, of whatever kind, by the code at @place: is it the one to fail? */
bool failing_now(const void *place);

/* Was call @n the first one by its place? */
bool failing_is_first(unsigned long n);

/* How many calls to let fail beside the first of each place, fewer with S2_TEST_STRIDE. */
unsigned long failing_attempts(void);

#endif

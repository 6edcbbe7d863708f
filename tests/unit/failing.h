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

/* Begin to count anew. */
void failing_start(unsigned long at);

/* One more call, of whatever kind: is it the one to fail? */
bool failing_now(void);

#endif

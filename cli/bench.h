/* SPDX-License-Identifier: MIT */
/* What can be measured. A measurement runs once; who asks takes the best of several. */
#ifndef CLI_BENCH_H
#define CLI_BENCH_H

#include <s2pte/json.h>

struct bench {
	const char *name; /* as in the results */
	const char *what; /* for people */
	uint64_t ops;     /* of one measurement */
	/* The nanoseconds of all @ops together; false if memory ran out. */
	bool (*measure)(const struct bench *bench, double *ns);
};

/* Ended by a NULL name. */
extern const struct bench bench_steps[], bench_table[];

/* A monotonic clock, in nanoseconds. */
double bench_now(void);
/* Results go here, so that no compiler drops the work that made them. */
void bench_use(uint64_t value);

#endif

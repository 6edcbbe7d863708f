/* SPDX-License-Identifier: MIT */
/*
 * What is fuzzed: functions that take any bytes. Each ends the process where something is
 * not as it should be, so that libFuzzer and the replay of the corpus see it alike.
 */
#ifndef TARGETS_H
#define TARGETS_H

#include <stddef.h>
#include <stdint.h>

struct target {
	const char *name; /* and of its folder in corpus/ */
	void (*run)(const uint8_t *data, size_t size);
};

extern const struct target targets[]; /* ended by a NULL name */
const struct target *target_find(const char *name);

void fuzz_scenario(const uint8_t *data, size_t size);
void fuzz_rules(const uint8_t *data, size_t size);
void fuzz_line(const uint8_t *data, size_t size);
void fuzz_decode(const uint8_t *data, size_t size);
void fuzz_ptdump(const uint8_t *data, size_t size);
void fuzz_shell(const uint8_t *data, size_t size);
void fuzz_differential(const uint8_t *data, size_t size);

/* What must hold; says where and ends. */
#define MUST(what)                                                                                 \
	do {                                                                                       \
		if (!(what))                                                                       \
			must_fail(__FILE__, __LINE__, #what);                                      \
	} while (0)
_Noreturn void must_fail(const char *file, int line, const char *what);

#endif

/* SPDX-License-Identifier: MIT */
/* Tables of names, as scenarios, rule files and command lines use them. */
#ifndef S2PTE_NAMES_H
#define S2PTE_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A row; a table ends with a NULL name. */
struct s2_name {
	const char *name;
	uint64_t value;
};

/*
 * Find @name in @table, case-insensitively and with @prefix ("VM_", may be NULL)
 * optional. 0 or S2_ENOENT.
 */
int s2_name_find(const struct s2_name *table, const char *prefix, const char *name,
		 uint64_t *value);
/* The name of @value, or NULL. */
const char *s2_name_of(const struct s2_name *table, uint64_t value);
/* The entry of @table nearest to @name in spelling, or NULL if none is near. */
const char *s2_name_nearest(const struct s2_name *table, const char *name);

/*
 * True if @candidate is near to @name in spelling, and nearer than *@best (start it at
 * UINT_MAX), which is then updated: for a search over names that are in no table.
 */
bool s2_name_near(const char *name, const char *candidate, unsigned *best);

#ifdef __cplusplus
}
#endif
#endif

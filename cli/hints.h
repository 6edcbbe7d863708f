/* SPDX-License-Identifier: MIT */
/* One line about each name that can stand on a line, for the lists that TAB shows. */
#ifndef CLI_HINTS_H
#define CLI_HINTS_H

#include <s2pte/names.h>

/* A word and what it means; lists end with a NULL word. */
struct hint {
	const char *word, *help;
};

extern const struct hint hints_vma[];      /* the words of vma that are no flags */
extern const struct hint hints_slot[];     /* the words of slot that are no flags */
extern const struct hint hints_fault[];    /* those of fault that are neither access nor cause */
extern const struct hint hints_cpu[];      /* those of cpu that are no features */
extern const struct hint hints_on_off[];
extern const struct hint hints_settings[];
extern const struct hint hints_output[];
extern const struct hint hints_formats[];
extern const struct hint hints_pfn[];
extern const struct hint hints_granules[];
extern const struct hint hints_types[];    /* of descriptors, for encode */
extern const struct hint hints_invariants[];

/* What is said about a name of one of the library's tables; "" if nothing. */
const char *hint_of(const struct s2_name *table, const char *name);

/* The name or word that was meant by @word, or NULL. */
const char *hints_nearest(const struct s2_name *names, const struct hint *hints, const char *word);

#endif

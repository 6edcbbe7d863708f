/* SPDX-License-Identifier: MIT */
/* Scenarios as JSON documents under construction. */
#ifndef CLI_DOCUMENTS_H
#define CLI_DOCUMENTS_H

#include <stdbool.h>

#include <jansson.h>

#include <s2pte/vm.h>

/* Set the value (taken over) at a JSON Pointer, whose containers exist or are objects. */
void json_set_at(json_t *root, const char *path, json_t *value);
/*
 * Take the VMA flag called @name out of an array of names, whatever its case and prefix;
 * false if there is no such flag at all.
 */
bool json_drop_flag(json_t *flags, const char *name);
/* A CPU as the object of a scenario, what it has alone; and from there, or from its text. */
json_t *json_of_cpu(const struct s2_cpu *cpu);
void json_to_cpu(const json_t *value, struct s2_cpu *cpu);

#endif

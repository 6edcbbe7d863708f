/* SPDX-License-Identifier: MIT */
#include "documents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <s2pte/error.h>
#include <s2pte/host.h>

void json_set_at(json_t *root, const char *path, json_t *value)
{
	char part[32];
	size_t len;

	for (path++;; path += len + 1) {
		json_t *next;

		len = strcspn(path, "/");
		snprintf(part, sizeof(part), "%.*s", (int)len, path);
		if (path[len] == '\0')
			break;
		next = json_is_array(root) ? json_array_get(root, (size_t)atoi(part)) :
					     json_object_get(root, part);
		if (next == NULL) {
			next = json_object();
			json_object_set_new(root, part, next);
		}
		root = next;
	}
	json_object_set_new(root, part, value);
}

bool json_drop_flag(json_t *flags, const char *name)
{
	uint64_t flag, other;
	size_t i;
	json_t *item;

	if (s2_name_find(s2_vm_flag_names, "VM_", name, &flag) != 0)
		return false;
	json_array_foreach(flags, i, item) {
		if (s2_name_find(s2_vm_flag_names, "VM_", json_string_value(item), &other) == 0 &&
		    other == flag) {
			json_array_remove(flags, i);
			break;
		}
	}
	return true;
}

json_t *json_of_cpu(const struct s2_cpu *cpu)
{
	json_t *object = json_object();

	for (const struct s2_name *n = s2_cpu_flag_names; n->name != NULL; n++)
		if (*(const bool *)((const char *)cpu + n->value))
			json_object_set_new(object, n->name, json_true());
	return object;
}

void json_to_cpu(const json_t *value, struct s2_cpu *cpu)
{
	struct s2_error err;

	*cpu = (struct s2_cpu){ 0 };
	if (json_is_string(value) && s2_cpu_parse(cpu, json_string_value(value), &err) != 0)
		*cpu = (struct s2_cpu){ 0 };
	for (const struct s2_name *n = s2_cpu_flag_names; n->name != NULL; n++)
		if (json_is_true(json_object_get(value, n->name)))
			*(bool *)((char *)cpu + n->value) = true;
}

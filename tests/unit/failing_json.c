/* SPDX-License-Identifier: MIT */
/*
 * What the JSON library allocates does not fail one by one: where it cannot store a piece of
 * text, it loses it, or ends the process (2.14). Its calls fail as a whole.
 */
#include "failing.h"

#include <jansson.h>
#include <string.h>

json_t *__real_json_loadb(const char *text, size_t size, size_t flags, json_error_t *error);
json_t *__wrap_json_loadb(const char *text, size_t size, size_t flags, json_error_t *error);
char *__real_json_dumps(const json_t *value, size_t flags);
char *__wrap_json_dumps(const json_t *value, size_t flags);

json_t *__wrap_json_loadb(const char *text, size_t size, size_t flags, json_error_t *error)
{
	if (!failing_now(__builtin_return_address(0)))
		return __real_json_loadb(text, size, flags, error);
	if (error != NULL)
		memset(error, 0, sizeof(*error));
	return NULL;
}

char *__wrap_json_dumps(const json_t *value, size_t flags)
{
	bool fails = failing_now(__builtin_return_address(0));
	char *text = fails ? NULL : __real_json_dumps(value, flags);

	failing_live += text != NULL;
	return text;
}

/* SPDX-License-Identifier: MIT */
/* Check lines: does what came out have all that is expected? */
#include "scenario.h"
#include "writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys whose arrays are sets. */
static bool is_set(const char *key)
{
	return strcmp(key, "prot") == 0;
}

static bool same_string(const char *a, const char *b)
{
	uint64_t x, y;

	if (s2i_parse_hex(a, &x) == 0 && s2i_parse_hex(b, &y) == 0)
		return x == y;
	return strcmp(a, b) == 0;
}

static int differ(struct s2i_reader *r, const json_t *expect, const json_t *got)
{
	char *want = json_dumps(expect, JSON_COMPACT | JSON_ENCODE_ANY);
	char *have = got != NULL ? json_dumps(got, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	s2i_fail(r, 1, "expected %.100s, got %.100s", want != NULL ? want : "?",
		 have != NULL ? have : "nothing");
	free(want);
	free(have);
	return 1;
}

static int compare(struct s2i_reader *r, const json_t *expect, const json_t *got,
		   const char *key);

static bool in_array(const json_t *array, const json_t *item)
{
	struct s2i_reader quiet = { .err = NULL };
	size_t i;
	json_t *other;

	json_array_foreach(array, i, other)
		if (compare(&quiet, item, other, "") == 0)
			return true;
	return false;
}

static int compare_arrays(struct s2i_reader *r, const json_t *expect, const json_t *got,
			  const char *key)
{
	size_t i;
	json_t *item;

	if (json_array_size(expect) != json_array_size(got))
		return differ(r, expect, got);
	json_array_foreach(expect, i, item) {
		size_t mark;
		int ret;

		if (is_set(key)) {
			if (!in_array(got, item))
				return differ(r, expect, got);
			continue;
		}
		mark = s2i_enter_index(r, i);
		ret = compare(r, item, json_array_get(got, i), "");
		if (ret != 0)
			return ret;
		s2i_leave(r, mark);
	}
	return 0;
}

static int compare(struct s2i_reader *r, const json_t *expect, const json_t *got, const char *key)
{
	const char *name;
	json_t *value;

	if (got == NULL || (json_typeof(expect) != json_typeof(got)))
		return differ(r, expect, got);
	switch (json_typeof(expect)) {
	case JSON_OBJECT:
		json_object_foreach((json_t *)(uintptr_t)expect, name, value) {
			size_t mark = s2i_enter_key(r, name);
			int ret = compare(r, value, json_object_get(got, name), name);

			if (ret != 0)
				return ret;
			s2i_leave(r, mark);
		}
		return 0;
	case JSON_ARRAY:
		return compare_arrays(r, expect, got, key);
	case JSON_STRING:
		if (same_string(json_string_value(expect), json_string_value(got)))
			return 0;
		return differ(r, expect, got);
	default:
		return json_equal(expect, got) ? 0 : differ(r, expect, got);
	}
}

/* A sink that keeps all. */
struct text {
	char *data;
	size_t n, room;
};

static int keep(void *arg, const char *data, size_t size)
{
	struct text *text = arg;

	if (text->room - text->n < size) {
		size_t room = (text->n + size) * 2;
		char *grown = realloc(text->data, room);

		if (grown == NULL)
			return -1;
		text->data = grown;
		text->room = room;
	}
	memcpy(text->data + text->n, data, size);
	text->n += size;
	return 0;
}

/* The scenario's result, or the error it gives, as a value. */
static json_t *result_of(const json_t *scenario, const struct s2_json_resolver *resolver,
			 struct s2_error *err)
{
	char *text = json_dumps(scenario, JSON_COMPACT | JSON_ENCODE_ANY);
	struct text out = { NULL, 0, 0 };
	struct s2_json_sink sink = { keep, &out };
	json_t *result = NULL;
	int ret = S2_ENOMEM;

	if (text != NULL)
		ret = s2_json_run(text, strlen(text), resolver, S2_JSON_LINE, &sink);
	if (ret == 0 || ret == S2_EINVAL || ret == S2_ELIMIT)
		result = json_loadb(out.data, out.n, 0, NULL);
	if (result == NULL)
		s2_error_set(err, S2_ENOMEM, "", "out of memory");
	free(text);
	free(out.data);
	return result;
}

static void name_line(const json_t *line, char *name, size_t size)
{
	const json_t *scenario = json_object_get(line, "scenario");
	const json_t *id = json_object_get(scenario, "id");
	const json_t *kernel = json_object_get(scenario, "kernel");
	const char *bare = json_string_value(id);
	char *text = id != NULL && bare == NULL ? json_dumps(id, JSON_COMPACT | JSON_ENCODE_ANY) :
						  NULL;

	if (bare == NULL)
		bare = text;
	snprintf(name, size, "%s%s%s", bare != NULL ? bare : "no id",
		 json_is_string(kernel) ? " " : "",
		 json_is_string(kernel) ? json_string_value(kernel) : "");
	free(text);
}

int s2_json_check(const char *text, size_t size, const struct s2_json_resolver *resolver,
		  char *name, size_t name_size, struct s2_error *err)
{
	static const struct s2i_key keys[] = {
		{ "scenario", NULL, 0, ~0u, 0 },
		{ "expect", NULL, 0, ~0u, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};
	struct s2i_reader r = { .err = err };
	json_t *line = s2i_parse(text, size, err);
	json_t *result;
	int ret = 0;

	snprintf(name, name_size, "invalid line");
	if (line == NULL)
		return err->code;
	name_line(line, name, name_size);
	if (!json_is_object(line))
		ret = s2i_expected(&r, line, "an object with scenario and expect");
	for (size_t i = 0; ret == 0 && keys[i].name != NULL; i++)
		if (!json_is_object(json_object_get(line, keys[i].name)))
			ret = s2i_fail(&r, S2_EINVAL, "the key \"%s\" is missing or not an object",
				       keys[i].name);
	if (ret == 0) {
		const json_t *expect = json_object_get(line, "expect"), *why;

		result = result_of(json_object_get(line, "scenario"), resolver, err);
		why = json_object_get(result, "error");
		if (result == NULL)
			ret = S2_ENOMEM;
		else
			ret = compare(&r, expect, result, "");
		/* That a scenario is invalid must be expected; and it explains itself better
		 * than a key that is not there. */
		if (why != NULL && (ret == 1 || json_object_get(expect, "error") == NULL)) {
			ret = 1;
			s2_error_set(err, 1, r.path, "the scenario is invalid: %.60s: %.180s",
				     json_string_value(json_object_get(why, "path")),
				     json_string_value(json_object_get(why, "message")));
		}
		json_decref(result);
	}
	json_decref(line);
	return ret;
}

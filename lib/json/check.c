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

static char *in_words(const json_t *value)
{
	return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
}

static int differ(struct s2i_reader *r, const json_t *expect, const json_t *got)
{
	char *want = in_words(expect), *have = got != NULL ? in_words(got) : strdup("nothing");
	int ret = want != NULL && have != NULL ?
			  s2i_fail(r, 1, "expected %.100s, got %.100s", want, have) :
			  s2i_no_memory(r);

	free(want);
	free(have);
	return ret;
}

static int compare(struct s2i_reader *r, const json_t *expect, const json_t *got,
		   const char *key);

static bool in_array(const json_t *array, const json_t *item)
{
	struct s2i_reader quiet = { .err = NULL };

	for (size_t i = 0; i < json_array_size(array); i++)
		if (compare(&quiet, item, json_array_get(array, i), "") == 0)
			return true;
	return false;
}

static int compare_sets(struct s2i_reader *r, const json_t *expect, const json_t *got)
{
	for (size_t i = 0; i < json_array_size(expect); i++)
		if (!in_array(got, json_array_get(expect, i)))
			return differ(r, expect, got);
	return 0;
}

static int compare_element(struct s2i_reader *r, size_t i, const json_t *expect, const json_t *got)
{
	size_t mark = s2i_enter_index(r, i);
	int ret = compare(r, json_array_get(expect, i), json_array_get(got, i), "");

	if (ret == 0)
		s2i_leave(r, mark);
	return ret;
}

static int compare_arrays(struct s2i_reader *r, const json_t *expect, const json_t *got,
			  const char *key)
{
	int ret = 0;

	if (json_array_size(expect) != json_array_size(got))
		return differ(r, expect, got);
	if (is_set(key))
		return compare_sets(r, expect, got);
	for (size_t i = 0; ret == 0 && i < json_array_size(expect); i++)
		ret = compare_element(r, i, expect, got);
	return ret;
}

static int compare_member(struct s2i_reader *r, const char *key, const json_t *expect, void *got)
{
	return compare(r, expect, json_object_get(got, key), key);
}

static int compare(struct s2i_reader *r, const json_t *expect, const json_t *got, const char *key)
{
	if (got == NULL || json_typeof(expect) != json_typeof(got))
		return differ(r, expect, got);
	switch (json_typeof(expect)) {
	case JSON_OBJECT:
		return s2i_members(r, expect, "an object", compare_member,
				   (json_t *)(uintptr_t)got);
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

/* The scenario's result, or the error it gives, as a value; NULL if memory is out. */
static json_t *result_of(const json_t *scenario, const struct s2_json_resolver *resolver)
{
	char *text = in_words(scenario);
	struct text out = { NULL, 0, 0 };
	struct s2_json_sink sink = { keep, &out };
	json_t *result = NULL;
	int ret = S2_ENOMEM;

	if (text != NULL)
		ret = s2_json_run(text, strlen(text), resolver, S2_JSON_LINE, &sink);
	if (ret == 0 || ret == S2_EINVAL || ret == S2_ELIMIT)
		result = json_loadb(out.data, out.n, 0, NULL);
	free(text);
	free(out.data);
	return result;
}

static int name_line(struct s2i_reader *r, const json_t *line, char *name, size_t size)
{
	const json_t *scenario = json_object_get(line, "scenario");
	const json_t *id = json_object_get(scenario, "id");
	const char *kernel = json_string_value(json_object_get(scenario, "kernel"));
	const char *bare = id != NULL ? json_string_value(id) : "no id";
	char *text = bare == NULL ? in_words(id) : NULL;

	if (bare == NULL && text == NULL)
		return s2i_no_memory(r);
	snprintf(name, size, "%s%s%s", bare != NULL ? bare : text, kernel != NULL ? " " : "",
		 kernel != NULL ? kernel : "");
	free(text);
	return 0;
}

static int check(struct s2i_reader *r, const json_t *line, const struct s2_json_resolver *resolver)
{
	static const char *const keys[] = { "scenario", "expect" };
	const json_t *expect = json_object_get(line, "expect"), *why;
	json_t *result;
	int ret;

	if (json_typeof(line) != JSON_OBJECT)
		return s2i_expected(r, line, "an object with scenario and expect");
	for (size_t i = 0; i < 2; i++)
		if (!json_is_object(json_object_get(line, keys[i])))
			return s2i_fail(r, S2_EINVAL, "the key \"%s\" is missing or not an object",
					keys[i]);
	result = result_of(json_object_get(line, "scenario"), resolver);
	if (result == NULL)
		return s2i_no_memory(r);
	ret = compare(r, expect, result, "");
	/* That a scenario is invalid must be expected; and it explains itself better than a key
	 * that is not there. */
	why = json_object_get(result, "error");
	if (why != NULL && (ret == 1 || json_object_get(expect, "error") == NULL))
		ret = s2_error_set(r->err, 1, r->path, "the scenario is invalid: %.60s: %.180s",
				   json_string_value(json_object_get(why, "path")),
				   json_string_value(json_object_get(why, "message")));
	json_decref(result);
	return ret;
}

int s2_json_check(const char *text, size_t size, const struct s2_json_resolver *resolver,
		  char *name, size_t name_size, struct s2_error *err)
{
	struct s2i_reader r = { .err = err };
	json_t *line = s2i_parse(text, size, err);
	int ret;

	snprintf(name, name_size, "invalid line");
	if (line == NULL)
		return err->code;
	ret = name_line(&r, line, name, name_size);
	if (ret == 0)
		ret = check(&r, line, resolver);
	json_decref(line);
	return ret;
}

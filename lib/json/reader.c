/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* jansson passes over a NUL byte after a number. */
static bool has_nul(const char *text, size_t size, struct s2_error *err)
{
	const char *nul = size != 0 ? memchr(text, '\0', size) : NULL, *start = text;
	unsigned long line = 1;

	if (nul == NULL)
		return false;
	for (const char *at = text; at < nul; at++) {
		if (*at == '\n') {
			line++;
			start = at + 1;
		}
	}
	s2_error_set(err, S2_EINVAL, "", "not valid JSON: line %lu, column %zu: a NUL byte", line,
		     (size_t)(nul - start) + 1);
	return true;
}

json_t *s2i_parse(const char *text, size_t size, struct s2_error *err)
{
	json_error_t jerr;
	json_t *root;

	if (size > S2_JSON_MAX_DOCUMENT) {
		s2_error_set(err, S2_ELIMIT, "", "the document is larger than %zu MiB",
			     S2_JSON_MAX_DOCUMENT >> 20);
		return NULL;
	}
	if (has_nul(text, size, err))
		return NULL;
	root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &jerr);
	if (root != NULL)
		return root;
	/* It has a word for whatever is wrong with a text; often none if memory is out. */
	if (json_error_code(&jerr) == json_error_out_of_memory || jerr.text[0] == '\0')
		s2_error_set(err, S2_ENOMEM, "", "out of memory");
	else
		s2_error_set(err, S2_EINVAL, "", "not valid JSON: line %d, column %d: %s", jerr.line,
			     jerr.column, jerr.text);
	return NULL;
}

/* A key as a part of a JSON Pointer: "~" and "/" are escaped. */
size_t s2i_enter_key(struct s2i_reader *r, const char *key)
{
	size_t mark = r->n, room = sizeof(r->path) - 1;

	if (r->n < room)
		r->path[r->n++] = '/';
	for (; *key != '\0' && r->n + 1 < room; key++) {
		if (*key == '~' || *key == '/') {
			r->path[r->n++] = '~';
			r->path[r->n++] = *key == '~' ? '0' : '1';
		} else {
			r->path[r->n++] = *key;
		}
	}
	r->path[r->n] = '\0';
	return mark;
}

size_t s2i_enter_index(struct s2i_reader *r, size_t index)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", index);
	return s2i_enter_key(r, text);
}

void s2i_leave(struct s2i_reader *r, size_t mark)
{
	r->n = mark;
	r->path[mark] = '\0';
}

int s2i_fail(struct s2i_reader *r, int code, const char *fmt, ...)
{
	char message[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return s2_error_set(r->err, code, r->path, "%s", message);
}

static const char *type_name(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
		return "an integer";
	case JSON_REAL:
		return "a number with a fraction or exponent";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	default:
		return "null";
	}
}

int s2i_expected(struct s2i_reader *r, const json_t *value, const char *what)
{
	if (json_is_string(value))
		return s2i_fail(r, S2_EINVAL, "expected %s, not \"%.60s\"", what,
				json_string_value(value));
	return s2i_fail(r, S2_EINVAL, "expected %s, not %s", what, type_name(value));
}

static const struct s2i_key *find_key(const struct s2i_key *keys, unsigned need, const char *name)
{
	for (; keys->name != NULL; keys++)
		if ((keys->allowed == 0 || (keys->allowed & need) != 0) &&
		    strcmp(keys->name, name) == 0)
			return keys;
	return NULL;
}

static int unknown_key(struct s2i_reader *r, const struct s2i_key *keys, unsigned need,
		       const char *name)
{
	const char *near = NULL;
	unsigned best = UINT_MAX;

	for (; keys->name != NULL; keys++)
		if ((keys->allowed == 0 || (keys->allowed & need) != 0) &&
		    s2_name_near(name, keys->name, &best))
			near = keys->name;
	if (near != NULL)
		return s2i_fail(r, S2_EINVAL, "unknown key; did you mean \"%s\"?", near);
	return s2i_fail(r, S2_EINVAL, "unknown key");
}

int s2i_object(struct s2i_reader *r, const json_t *object, const struct s2i_key *keys,
	       unsigned need, void *dst, uint64_t *seen)
{
	uint64_t have = 0;
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		return s2i_expected(r, object, "an object");
	/* The iteration does not change the object. */
	json_object_foreach((json_t *)(uintptr_t)object, name, value) {
		size_t mark = s2i_enter_key(r, name);
		const struct s2i_key *key = find_key(keys, need, name);
		int ret;

		if (key == NULL)
			return unknown_key(r, keys, need, name);
		have |= UINT64_C(1) << (key - keys);
		ret = key->read != NULL ? key->read(r, value, (char *)dst + key->offset) : 0;
		if (ret != 0)
			return ret;
		s2i_leave(r, mark);
	}
	for (size_t i = 0; keys[i].name != NULL; i++)
		if ((keys[i].required & need) != 0 && (have >> i & 1) == 0)
			return s2i_fail(r, S2_EINVAL, "the key \"%s\" is missing", keys[i].name);
	if (seen != NULL)
		*seen = have;
	return 0;
}

static size_t prefix_length(const char *prefix, const char *text)
{
	size_t n = prefix != NULL ? strlen(prefix) : 0;

	return n != 0 && strncasecmp(prefix, text, n) == 0 ? n : 0;
}

int s2i_name(struct s2i_reader *r, const json_t *value, const struct s2_name *names,
	     const char *prefix, const char *what, uint64_t *out)
{
	const char *text = json_string_value(value), *near;

	if (text == NULL)
		return s2i_expected(r, value, what);
	if (s2_name_find(names, prefix, text, out) == 0)
		return 0;
	near = s2_name_nearest(names, text + prefix_length(prefix, text));
	if (near != NULL)
		return s2i_fail(r, S2_EINVAL, "\"%.60s\" is not %s; did you mean \"%s\"?", text,
				what, near);
	return s2i_fail(r, S2_EINVAL, "\"%.60s\" is not %s", text, what);
}

int s2i_names(struct s2i_reader *r, const json_t *value, const struct s2_name *names,
	      const char *prefix, const char *what, uint64_t *out)
{
	uint64_t bits = 0, one;
	size_t i;
	json_t *item;

	if (!json_is_array(value))
		return s2i_expected(r, value, "an array of names");
	json_array_foreach(value, i, item) {
		size_t mark = s2i_enter_index(r, i);
		int ret = s2i_name(r, item, names, prefix, what, &one);

		if (ret != 0)
			return ret;
		bits |= one;
		s2i_leave(r, mark);
	}
	*out = bits;
	return 0;
}

int s2i_integer(struct s2i_reader *r, const json_t *value, uint64_t max, uint64_t *out)
{
	json_int_t n;

	if (!json_is_integer(value))
		return s2i_expected(r, value, "an integer");
	n = json_integer_value(value);
	if (n < 0 || (uint64_t)n > max)
		return s2i_fail(r, S2_EINVAL, "%" JSON_INTEGER_FORMAT " is out of range: expected 0 to %llu",
				n, (unsigned long long)max);
	*out = (uint64_t)n;
	return 0;
}

int s2i_read_bool(struct s2i_reader *r, const json_t *value, void *dst)
{
	if (!json_is_boolean(value))
		return s2i_expected(r, value, "true or false");
	*(bool *)dst = json_is_true(value);
	return 0;
}

int s2i_parse_hex(const char *text, uint64_t *value)
{
	uint64_t v = 0;
	size_t digits = 0;

	if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
		return S2_EINVAL;
	for (text += 2; *text != '\0'; text++, digits++) {
		int c = *text;
		int digit = c >= '0' && c <= '9' ? c - '0' :
			    c >= 'a' && c <= 'f' ? c - 'a' + 10 :
			    c >= 'A' && c <= 'F' ? c - 'A' + 10 :
						   -1;

		if (digit < 0 || v >> 60 != 0)
			return S2_EINVAL;
		v = v << 4 | (unsigned)digit;
	}
	if (digits == 0)
		return S2_EINVAL;
	*value = v;
	return 0;
}

int s2i_parse_size(const char *text, uint64_t *size)
{
	static const char units[] = "KMGT";
	const char *unit;
	uint64_t v = 0;
	size_t digits = 0;
	unsigned shift = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return s2i_parse_hex(text, size);
	for (; *text >= '0' && *text <= '9'; text++, digits++) {
		unsigned digit = (unsigned)(*text - '0');

		if (v > (UINT64_MAX - digit) / 10)
			return S2_EINVAL;
		v = v * 10 + digit;
	}
	if (digits == 0)
		return S2_EINVAL;
	if (*text != '\0') {
		int c = *text >= 'a' && *text <= 'z' ? *text - 'a' + 'A' : *text;

		unit = strchr(units, c);
		if (unit == NULL || text[1] != '\0')
			return S2_EINVAL;
		shift = 10u * (unsigned)(unit - units + 1);
	}
	if (shift != 0 && v >> (64 - shift) != 0)
		return S2_EINVAL;
	*size = v << shift;
	return 0;
}

/* A hex string or an integer, or a size with a unit. */
static int read_number(struct s2i_reader *r, const json_t *value, const char *what,
		       int (*parse)(const char *text, uint64_t *v), void *dst)
{
	const char *text = json_string_value(value);

	if (text != NULL)
		return parse(text, dst) == 0 ? 0 : s2i_expected(r, value, what);
	if (!json_is_integer(value))
		return s2i_expected(r, value, what);
	if (json_integer_value(value) < 0)
		return s2i_fail(r, S2_EINVAL, "%" JSON_INTEGER_FORMAT " is negative: expected %s",
				json_integer_value(value), what);
	*(uint64_t *)dst = (uint64_t)json_integer_value(value);
	return 0;
}

int s2i_read_address(struct s2i_reader *r, const json_t *value, void *dst)
{
	return read_number(r, value, "an address: a hex string (\"0x80000000\") or an integer",
			   s2i_parse_hex, dst);
}

int s2i_read_size(struct s2i_reader *r, const json_t *value, void *dst)
{
	return read_number(r, value, "a size: bytes, a hex string, or a number with K, M, G or T",
			   s2i_parse_size, dst);
}

int s2i_read_unsigned(struct s2i_reader *r, const json_t *value, void *dst)
{
	uint64_t n;
	int ret = s2i_integer(r, value, UINT32_MAX, &n);

	if (ret == 0)
		*(unsigned *)dst = (unsigned)n;
	return ret;
}

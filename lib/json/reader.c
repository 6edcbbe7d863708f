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
	/* It has a word for whatever is wrong with a text, and none if memory is out. */
	if (jerr.text[0] == '\0')
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
	static const char *const names[] = {
		[JSON_OBJECT] = "an object",
		[JSON_ARRAY] = "an array",
		[JSON_STRING] = "a string",
		[JSON_INTEGER] = "an integer",
		[JSON_REAL] = "a number with a fraction or exponent",
		[JSON_TRUE] = "true or false",
		[JSON_FALSE] = "true or false",
		[JSON_NULL] = "null",
	};

	return names[json_typeof(value)];
}

int s2i_expected(struct s2i_reader *r, const json_t *value, const char *what)
{
	const char *text = json_string_value(value);

	if (text != NULL)
		return s2i_fail(r, S2_EINVAL, "expected %s, not \"%.60s\"", what, text);
	return s2i_fail(r, S2_EINVAL, "expected %s, not %s", what, type_name(value));
}

int s2i_no_memory(struct s2i_reader *r)
{
	return s2i_fail(r, S2_ENOMEM, "out of memory");
}

int s2i_array(struct s2i_reader *r, const json_t *value, const char *what, s2i_read_fn *read,
	      void *dst, size_t size)
{
	if (json_typeof(value) != JSON_ARRAY)
		return s2i_expected(r, value, what);
	for (size_t i = 0; i < json_array_size(value); i++) {
		size_t mark = s2i_enter_index(r, i);
		int ret = read(r, json_array_get(value, i), (char *)dst + i * size);

		if (ret != 0)
			return ret;
		s2i_leave(r, mark);
	}
	return 0;
}

int s2i_members(struct s2i_reader *r, const json_t *value, const char *what, s2i_member_fn *read,
		void *dst)
{
	/* The iteration does not change the object. */
	json_t *object = (json_t *)(uintptr_t)value;

	if (json_typeof(value) != JSON_OBJECT)
		return s2i_expected(r, value, what);
	for (void *at = json_object_iter(object); at != NULL;
	     at = json_object_iter_next(object, at)) {
		const char *key = json_object_iter_key(at);
		size_t mark = s2i_enter_key(r, key);
		int ret = read(r, key, json_object_iter_value(at), dst);

		if (ret != 0)
			return ret;
		s2i_leave(r, mark);
	}
	return 0;
}

static bool allowed(const struct s2i_key *key, unsigned need)
{
	return key->allowed == 0 || (key->allowed & need) != 0;
}

static const struct s2i_key *find_key(const struct s2i_key *keys, unsigned need, const char *name)
{
	for (; keys->name != NULL; keys++)
		if (allowed(keys, need) && strcmp(keys->name, name) == 0)
			return keys;
	return NULL;
}

static int unknown_key(struct s2i_reader *r, const struct s2i_key *keys, unsigned need,
		       const char *name)
{
	const char *near = NULL;
	unsigned best = UINT_MAX;

	for (; keys->name != NULL; keys++)
		if (allowed(keys, need) && s2_name_near(name, keys->name, &best))
			near = keys->name;
	if (near != NULL)
		return s2i_fail(r, S2_EINVAL, "unknown key; did you mean \"%s\"?", near);
	return s2i_fail(r, S2_EINVAL, "unknown key");
}

static int missing_key(struct s2i_reader *r, const struct s2i_key *key)
{
	return s2i_fail(r, S2_EINVAL, "the key \"%s\" is missing", key->name);
}

/* An object that is read by a table. */
struct by_table {
	const struct s2i_key *keys;
	unsigned need;
	char *dst;
	uint64_t seen;
};

static int read_by_table(struct s2i_reader *r, const char *name, const json_t *value, void *dst)
{
	struct by_table *t = dst;
	const struct s2i_key *key = find_key(t->keys, t->need, name);

	if (key == NULL)
		return unknown_key(r, t->keys, t->need, name);
	t->seen |= UINT64_C(1) << (key - t->keys);
	return key->read != NULL ? key->read(r, value, t->dst + key->offset) : 0;
}

int s2i_object(struct s2i_reader *r, const json_t *object, const struct s2i_key *keys,
	       unsigned need, void *dst)
{
	struct by_table t = { keys, need, dst, 0 };
	int ret = s2i_members(r, object, "an object", read_by_table, &t);

	if (ret != 0)
		return ret;
	for (size_t i = 0; keys[i].name != NULL; i++)
		if ((keys[i].required & need) != 0 && (t.seen >> i & 1) == 0)
			return missing_key(r, &keys[i]);
	return 0;
}

int s2i_in_order(struct s2i_reader *r, const json_t *object, const struct s2i_key *keys,
		 unsigned need, void *dst)
{
	if (json_typeof(object) != JSON_OBJECT)
		return s2i_expected(r, object, "an object");
	for (const struct s2i_key *key = keys; key->name != NULL; key++) {
		const json_t *value = json_object_get(object, key->name);
		size_t mark;
		int ret;

		if (value == NULL && (key->required & need) != 0)
			return missing_key(r, key);
		if (value == NULL || key->read == NULL || !allowed(key, need))
			continue;
		mark = s2i_enter_key(r, key->name);
		ret = key->read(r, value, (char *)dst + key->offset);
		if (ret != 0)
			return ret;
		s2i_leave(r, mark);
	}
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

struct named_bits {
	const struct s2_name *names;
	const char *prefix, *what;
	uint64_t bits;
};

static int read_named_bit(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct named_bits *b = dst;
	uint64_t bit = 0;
	int ret = s2i_name(r, value, b->names, b->prefix, b->what, &bit);

	b->bits |= bit;
	return ret;
}

int s2i_names(struct s2i_reader *r, const json_t *value, const struct s2_name *names,
	      const char *prefix, const char *what, uint64_t *out)
{
	struct named_bits b = { names, prefix, what, 0 };
	int ret = s2i_array(r, value, "an array of names", read_named_bit, &b, 0);

	if (ret == 0)
		*out = b.bits;
	return ret;
}

int s2i_integer(struct s2i_reader *r, const json_t *value, uint64_t max, uint64_t *out)
{
	json_int_t n = json_integer_value(value);

	if (json_typeof(value) != JSON_INTEGER)
		return s2i_expected(r, value, "an integer");
	if (n < 0 || (uint64_t)n > max)
		return s2i_fail(r, S2_EINVAL, "%" JSON_INTEGER_FORMAT " is out of range: expected 0 to %llu",
				n, (unsigned long long)max);
	*out = (uint64_t)n;
	return 0;
}

int s2i_read_bool(struct s2i_reader *r, const json_t *value, void *dst)
{
	if (json_typeof(value) != JSON_TRUE && json_typeof(value) != JSON_FALSE)
		return s2i_expected(r, value, "true or false");
	*(bool *)dst = json_typeof(value) == JSON_TRUE;
	return 0;
}

int s2i_read_text(struct s2i_reader *r, const json_t *value, void *dst)
{
	const char *text = json_string_value(value);

	if (text == NULL)
		return s2i_expected(r, value, "a string");
	*(const char **)dst = text;
	return 0;
}

int s2i_parse_hex(const char *text, uint64_t *value)
{
	uint64_t v = 0;
	size_t digits = 0;

	if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
		return S2_EINVAL;
	for (text += 2; *text != '\0'; text++, digits++) {
		unsigned char c = (unsigned char)*text;
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
	if (json_typeof(value) != JSON_INTEGER)
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
	uint64_t n = 0;
	int ret = s2i_integer(r, value, UINT32_MAX, &n);

	if (ret == 0)
		*(unsigned *)dst = (unsigned)n;
	return ret;
}

/* SPDX-License-Identifier: MIT */
/* What the writer makes of values, and what it does when its sink fails. */
#include <check.h>
#include <stdlib.h>

#include "kept_text.h"
#include "suites.h"
#include "writer.h"

static struct kept_text text;

static struct s2i_writer begun(enum s2_json_style style)
{
	struct s2_json_sink sink = kept_text_sink(&text);
	struct s2i_writer w;

	s2i_writer_init(&w, style, &sink);
	return w;
}

static const struct {
	const char *value, *written;
} strings[] = {
	{ NULL, "null\n" },
	{ "", "\"\"\n" },
	{ "a \"quoted\" \\ word", "\"a \\\"quoted\\\" \\\\ word\"\n" },
	{ "\x01\n\x1f \x7f", "\"\\u0001\\u000a\\u001f \x7f\"\n" },
};

START_TEST(string)
{
	struct s2i_writer w = begun(S2_JSON_LINE);

	s2i_string(&w, NULL, strings[_i].value);
	ck_assert_int_eq(s2i_writer_finish(&w), 0);
	ck_assert_str_eq(text.data, strings[_i].written);
}
END_TEST

static const struct {
	uint64_t mask;
	const char *written;
} masks[] = {
	{ 0, "\"\"\n" },
	{ 1, "\"0:0\"\n" },
	{ 0x3c, "\"5:2\"\n" },
	{ UINT64_C(0x1f00000000300), "\"48:44,9:8\"\n" },
	{ UINT64_C(0x8000000000000001), "\"63:63,0:0\"\n" },
	{ UINT64_MAX, "\"63:0\"\n" },
};

START_TEST(bits)
{
	struct s2i_writer w = begun(S2_JSON_LINE);

	s2i_bits(&w, NULL, masks[_i].mask);
	ck_assert_int_eq(s2i_writer_finish(&w), 0);
	ck_assert_str_eq(text.data, masks[_i].written);
}
END_TEST

START_TEST(layout)
{
	struct s2i_writer w = begun(S2_JSON_INDENTED);

	s2i_open(&w, NULL, '{');
	s2i_int(&w, "a", -1);
	s2i_open_flat(&w, "b", '[');
	s2i_open(&w, NULL, '{');
	s2i_bool(&w, "c", true);
	s2i_hex(&w, "d", 0);
	s2i_close(&w, '}');
	s2i_uint(&w, NULL, 10);
	s2i_close(&w, ']');
	s2i_open(&w, "e", '[');
	s2i_close(&w, ']');
	s2i_close(&w, '}');
	ck_assert_int_eq(s2i_writer_finish(&w), 0);
	ck_assert_str_eq(text.data, "{\n  \"a\": -1,\n  \"b\": [{\"c\": true, \"d\": \"0x0\"}, 10],\n"
				    "  \"e\": []\n}\n");
}
END_TEST

/* Deeper than any document is: the indentation ends, the nesting does not. */
START_TEST(deep)
{
	struct s2i_writer w = begun(S2_JSON_INDENTED);

	for (int i = 0; i < 40; i++)
		s2i_open(&w, NULL, '[');
	for (int i = 0; i < 40; i++)
		s2i_close(&w, ']');
	ck_assert_int_eq(s2i_writer_finish(&w), 0);
	ck_assert_uint_eq(strspn(text.data, "[ \n"), strcspn(text.data, "]"));
	ck_assert_ptr_nonnull(strstr(text.data, "[\n                                [\n"));
	ck_assert_ptr_null(strstr(text.data, "                                 "));
}
END_TEST

/* Whatever is cut where the buffer ends arrives whole. */
START_TEST(buffer_full)
{
	struct s2i_writer w = begun(S2_JSON_LINE);
	const size_t room = sizeof(w.buffer);
	char *value = calloc(1, 2 * room);

	ck_assert_ptr_nonnull(value);
	memset(value, 'v', room - 4 + (size_t)_i);
	s2i_string(&w, NULL, value);
	ck_assert_int_eq(s2i_writer_finish(&w), 0);
	ck_assert_uint_eq(text.n, strlen(value) + 3);
	ck_assert_int_eq(memcmp(text.data + 1, value, strlen(value)), 0);
	ck_assert_str_eq(text.data + 1 + strlen(value), "\"\n");
	free(value);
}
END_TEST

static int refuse(void *arg, const char *data, size_t size)
{
	(void)data;
	(void)size;
	++*(int *)arg;
	return -1;
}

/* A sink that has failed is left alone. */
START_TEST(sink_fails)
{
	int calls = 0;
	struct s2_json_sink sink = { refuse, &calls };
	struct s2i_writer w;

	s2i_writer_init(&w, S2_JSON_LINE, &sink);
	s2i_open(&w, NULL, '[');
	for (int i = 0; i < 10000; i++)
		s2i_uint(&w, NULL, 1000);
	s2i_close(&w, ']');
	ck_assert_int_eq(s2i_writer_finish(&w), S2_EIO);
	ck_assert_int_eq(calls, 1);
}
END_TEST

Suite *json_writer_suite(void)
{
	Suite *suite = suite_create("json-writer");
	TCase *cases = tcase_create("json-writer");

	tcase_add_loop_test(cases, string, 0, sizeof(strings) / sizeof(strings[0]));
	tcase_add_loop_test(cases, bits, 0, sizeof(masks) / sizeof(masks[0]));
	tcase_add_test(cases, layout);
	tcase_add_test(cases, deep);
	tcase_add_loop_test(cases, buffer_full, 0, 8);
	tcase_add_test(cases, sink_fails);
	suite_add_tcase(suite, cases);
	return suite;
}

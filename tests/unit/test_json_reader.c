/* SPDX-License-Identifier: MIT */
/* Numbers as text, and the place that an error names. */
#include <check.h>
#include <string.h>

#include "reader.h"
#include "suites.h"

#define NO UINT64_C(0xdead)

/* NO: it is not one, and the value stays what it was. */
static const struct {
	const char *text;
	uint64_t hex, size;
} numbers[] = {
	{ "0x0", 0, 0 },
	{ "0X9aF", 0x9af, 0x9af },
	{ "0xffffffffffffffff", UINT64_MAX, UINT64_MAX },
	{ "0x10000000000000000", NO, NO },
	{ "0x", NO, NO },
	{ "0xfg", NO, NO },
	{ "0x:", NO, NO },
	{ "0x/", NO, NO },
	{ "0x@", NO, NO },
	{ "0xG", NO, NO },
	{ "0x`", NO, NO },
	{ "0", NO, 0 },
	{ "", NO, NO },
	{ "1x1", NO, NO },
	{ "4096", NO, 4096 },
	{ "4k", NO, 4096 },
	{ "2M", NO, 0x200000 },
	{ "1G", NO, 0x40000000 },
	{ "16777215T", NO, UINT64_C(0xffffff0000000000) },
	{ "16777216T", NO, NO },
	{ "18446744073709551615", NO, UINT64_MAX },
	{ "18446744073709551616", NO, NO },
	{ "184467440737095516150", NO, NO },
	{ "4KB", NO, NO },
	{ "4 K", NO, NO },
	{ "4P", NO, NO },
	{ "4{", NO, NO },
	{ "4\x80", NO, NO },
	{ "K", NO, NO },
	{ "-1", NO, NO },
};

START_TEST(number)
{
	uint64_t hex = NO, size = NO;

	ck_assert_int_eq(s2i_parse_hex(numbers[_i].text, &hex),
			 numbers[_i].hex != NO ? 0 : S2_EINVAL);
	ck_assert_uint_eq(hex, numbers[_i].hex);
	ck_assert_int_eq(s2i_parse_size(numbers[_i].text, &size),
			 numbers[_i].size != NO ? 0 : S2_EINVAL);
	ck_assert_uint_eq(size, numbers[_i].size);
}
END_TEST

/* What does not fit into a path is left out, and going back is possible all the same. */
START_TEST(long_path)
{
	struct s2i_reader r = { .err = NULL };
	char key[200];
	size_t outer, inner;

	memset(key, 'k', sizeof(key));
	key[199] = '\0';
	s2i_enter_key(&r, "a");
	outer = s2i_enter_key(&r, key);
	ck_assert_uint_lt(r.n, sizeof(r.path));
	ck_assert_uint_eq(strlen(r.path), r.n);
	s2i_enter_key(&r, "b");
	inner = s2i_enter_index(&r, 7);
	ck_assert_uint_eq(strlen(r.path), r.n);
	s2i_leave(&r, inner);
	s2i_leave(&r, outer);
	ck_assert_str_eq(r.path, "/a");
}
END_TEST

/* An escape is in the path as a whole or not at all. */
START_TEST(escapes)
{
	struct s2i_reader r = { .err = NULL };
	char key[200];

	memset(key, '~', sizeof(key));
	key[199] = '\0';
	s2i_enter_key(&r, key);
	ck_assert_uint_eq(r.n % 2, 1);
	for (size_t i = 1; i < r.n; i += 2)
		ck_assert_int_eq(memcmp(&r.path[i], "~0", 2), 0);
}
END_TEST

Suite *json_reader_suite(void)
{
	Suite *suite = suite_create("json-reader");
	TCase *cases = tcase_create("json-reader");

	tcase_add_loop_test(cases, number, 0, sizeof(numbers) / sizeof(numbers[0]));
	tcase_add_test(cases, long_path);
	tcase_add_test(cases, escapes);
	suite_add_tcase(suite, cases);
	return suite;
}

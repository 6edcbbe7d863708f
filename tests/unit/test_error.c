/* SPDX-License-Identifier: MIT */
/* Errors: what may stand in a message, and the names of codes and of other things. */
#include <check.h>
#include <limits.h>
#include <s2pte/error.h>
#include <s2pte/names.h>

#include "suites.h"

/* A message goes to terminals and into JSON: what is no printable character is not in it. */
static const struct {
	const char *text, *kept;
} messages[] = {
	{ "plain ~", "plain ~" },
	{ "\x1b[31m\n\x7f", "?[31m??" },
	{ "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "\xc3", "?" },             /* cut */
	{ "\xe2\x82 ", "?? " },
	{ "\x80\xbf", "??" },        /* no first byte */
	{ "\xc1\xbf", "??" },        /* overlong */
	{ "\xe0\x9f\xbf", "???" },
	{ "\xed\xa0\x80", "???" },   /* half of a surrogate pair */
	{ "\xf4\x90\x80\x80", "????" }, /* beyond Unicode */
	{ "\xf8\x88\x80\x80", "????" },
	{ "\xff", "?" },
};

START_TEST(printable)
{
	struct s2_error err;

	ck_assert_int_eq(s2_error_set(&err, S2_ELIMIT, messages[_i].text, "%s", messages[_i].text),
			 S2_ELIMIT);
	ck_assert_int_eq(err.code, S2_ELIMIT);
	ck_assert_str_eq(err.message, messages[_i].kept);
	ck_assert_str_eq(err.path, messages[_i].kept);
}
END_TEST

START_TEST(nobody_asks)
{
	ck_assert_int_eq(s2_error_set(NULL, S2_EIO, NULL, "nobody sees this"), S2_EIO);
}
END_TEST

START_TEST(code_names)
{
	ck_assert_str_eq(s2_err_name(S2_OK), "S2_OK");
	ck_assert_str_eq(s2_err_name(S2_EINVAL), "S2_EINVAL");
	ck_assert_str_eq(s2_err_name(S2_ECANCELED), "S2_ECANCELED");
	ck_assert_str_eq(s2_err_name(S2_ECANCELED - 1), "S2_E?");
	ck_assert_str_eq(s2_err_name(1), "S2_E?");
}
END_TEST

/* Beyond 48 letters nothing is near, whichever of the two is that long. */
START_TEST(long_names)
{
	const char *most = "abcdefghabcdefghabcdefghabcdefghabcdefghabcdefgh";
	const char *more = "abcdefghabcdefghabcdefghabcdefghabcdefghabcdefghi";
	unsigned best = UINT_MAX;

	ck_assert(!s2_name_near(most, more, &best));
	ck_assert(!s2_name_near(more, most, &best));
	ck_assert_uint_eq(best, UINT_MAX);
	ck_assert(s2_name_near(most, most, &best));
	ck_assert_uint_eq(best, 0);
}
END_TEST

Suite *error_suite(void)
{
	Suite *suite = suite_create("error");
	TCase *cases = tcase_create("error");

	tcase_add_loop_test(cases, printable, 0, sizeof(messages) / sizeof(messages[0]));
	tcase_add_test(cases, nobody_asks);
	tcase_add_test(cases, code_names);
	tcase_add_test(cases, long_names);
	suite_add_tcase(suite, cases);
	return suite;
}

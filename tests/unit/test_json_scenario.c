/* SPDX-License-Identifier: MIT */
/* Scenarios and check lines as callers of the library give them, with and without a resolver. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "kept_text.h"
#include "suites.h"

static struct kept_text text;

static int parse(struct s2_scenario **scenario, const char *document,
		 const struct s2_json_resolver *resolver, struct s2_error *err)
{
	return s2_scenario_parse(scenario, document, strlen(document), resolver, err);
}

START_TEST(good)
{
	struct s2_scenario *s;
	struct s2_error err;
	size_t n;

	ck_assert_int_eq(parse(&s, "{\"id\":[1, \"a\"],\"title\":\"one\",\"kernel\":\"v9\","
			       "\"events\":[{\"op\":\"walk\",\"ipa\":0}]}", NULL, &err), 0);
	ck_assert_str_eq(s2_scenario_id(s), "[1,\"a\"]");
	ck_assert_str_eq(s2_scenario_title(s), "one");
	ck_assert_str_eq(s2_scenario_config(s)->revision->id, "v9");
	ck_assert_int_eq(s2_scenario_events(s, &n)->op, S2_OP_WALK);
	ck_assert_uint_eq(n, 1);
	s2_scenario_free(s);
	s2_scenario_free(NULL);
}
END_TEST

static const struct {
	const char *id, *says;
} no_kernels[] = {
	{ "v6.13", "\"v6.13\" is not a kernel revision; did you mean \"v6.12\"?" },
	{ "nothing like it", "\"nothing like it\" is not a kernel revision" },
};

START_TEST(no_kernel)
{
	char document[80];
	struct s2_scenario *s;
	struct s2_error err;

	snprintf(document, sizeof(document), "{\"kernel\": \"%s\"}", no_kernels[_i].id);
	ck_assert_int_eq(parse(&s, document, NULL, &err), S2_EINVAL);
	ck_assert_str_eq(err.path, "/kernel");
	ck_assert_str_eq(err.message, no_kernels[_i].says);
	s2_scenario_free(s);
}
END_TEST

/* A resolver that knows v9 and what is wrong with all others. */
static const struct s2_revision *resolve(void *arg, const char *id, struct s2_error *err)
{
	if (strcmp(id, "v9") == 0)
		return s2_revision_find(id);
	*err = *(const struct s2_error *)arg;
	return NULL;
}

/* What the resolver says, and what becomes of it: only memory is not the scenario's fault. */
static const struct {
	struct s2_error why;
	int ret;
	const char *says;
} refusals[] = {
	{ { S2_EINVAL, "/rules/1", "wrong", "" }, S2_EINVAL, "/rules/1: wrong" },
	{ { S2_EIO, "", "no such file", "" }, S2_EINVAL, "no such file" },
	{ { S2_ENOMEM, "", "out of memory", "" }, S2_ENOMEM, "out of memory" },
};

START_TEST(refused_kernel)
{
	struct s2_error why = refusals[_i].why, err;
	const struct s2_json_resolver resolver = { resolve, &why };
	struct s2_scenario *s;

	ck_assert_int_eq(parse(&s, "{\"kernel\": \"mine\"}", &resolver, &err), refusals[_i].ret);
	ck_assert_int_eq(err.code, refusals[_i].ret);
	ck_assert_str_eq(err.path, "/kernel");
	ck_assert_str_eq(err.message, refusals[_i].says);
	s2_scenario_free(s);
	ck_assert_int_eq(parse(&s, "{\"kernel\": \"v9\"}", &resolver, &err), 0);
	s2_scenario_free(s);
}
END_TEST

START_TEST(nobody_asks_why)
{
	struct s2_scenario *s;

	ck_assert_int_eq(parse(&s, "{", NULL, NULL), S2_EINVAL);
	s2_scenario_free(s);
	ck_assert_int_eq(parse(&s, "{\"id\": 7, \"granule\": \"8K\"}", NULL, NULL), S2_EINVAL);
	ck_assert_str_eq(s2_scenario_id(s), "7");
	s2_scenario_free(s);
	ck_assert_int_eq(s2_scenario_parse(&s, "", S2_JSON_MAX_DOCUMENT + 1, NULL, NULL), S2_ELIMIT);
	s2_scenario_free(s);
}
END_TEST

static const struct {
	const char *document, *rest; /* of the result, from "events" on */
} results[] = {
	{ "{\"kernel\":\"v9\",\"events\":[{\"op\":\"walk\",\"ipa\":\"0x10000000000\"}]}",
	  "[{\"op\":\"walk\",\"ret\":-34,\"errno\":\"ERANGE\",\"descriptors\":[]}]}\n" },
	{ "{\"kernel\":\"v9\",\"events\":[{\"op\":\"dump\",\"ipa\":\"0x10000000000\"}]}",
	  "[{\"op\":\"dump\",\"ret\":-34,\"errno\":\"ERANGE\"}]}\n" },
	{ "{\"kernel\":\"v9\",\"events\":[{\"op\":\"dump\",\"ipa\":\"0xffffe00000\",\"size\":\"4M\"}]}",
	  "[{\"op\":\"dump\",\"ret\":-34,\"errno\":\"ERANGE\"}]}\n" },
	{ "{\"kernel\":\"v9\",\"events\":[{\"op\":\"dump\",\"ipa\":\"0xffffe00000\",\"size\":\"2M\"}]}",
	  "[{\"op\":\"dump\",\"leaves\":[]}]}\n" },
};

START_TEST(result)
{
	struct s2_json_sink sink = kept_text_sink(&text);
	const char *events;

	ck_assert_int_eq(s2_json_run(results[_i].document, strlen(results[_i].document), NULL,
				     S2_JSON_LINE, &sink), 0);
	events = strstr(text.data, "\"events\":");
	ck_assert_ptr_nonnull(events);
	ck_assert_str_eq(events + strlen("\"events\":"), results[_i].rest);
}
END_TEST

static int broken(void *arg, const char *data, size_t size)
{
	(void)arg;
	(void)data;
	(void)size;
	return -1;
}

START_TEST(nowhere_to_write)
{
	const struct s2_json_sink sink = { broken, NULL };

	ck_assert_int_eq(s2_json_run("{}", 2, NULL, S2_JSON_LINE, &sink), S2_EIO);
	ck_assert_int_eq(s2_json_run("[]", 2, NULL, S2_JSON_LINE, &sink), S2_EIO);
}
END_TEST

/* A write to memory, which is then mapped RW. */
#define HOST                                                                                       \
	"\"vmas\":[{\"start\":\"0x400000000000\",\"end\":\"0x400000200000\","                      \
	"\"flags\":[\"READ\",\"WRITE\",\"MAYWRITE\"]}],"                                           \
	"\"memslots\":[{\"slot\":0,\"gpa\":0,\"size\":\"2M\",\"hva\":\"0x400000000000\"}],"
#define LINE(id, expect)                                                                           \
	"{\"scenario\":{" id "\"kernel\":\"v9\"," HOST                                             \
	"\"events\":[{\"op\":\"access\",\"ipa\":\"0x1000\",\"access\":\"write\"}]},"              \
	"\"expect\":" expect "}"
#define EVENT(expect) LINE("\"id\":\"a\",", "{\"events\":[{" expect "}]}")

static const struct {
	const char *line;
	int ret;
	const char *name, *path, *says;
} lines[] = {
	/* What a line is called. */
	{ LINE("\"id\":\"a\",", "{}"), 0, "a v9", NULL, NULL },
	{ LINE("\"id\":[1],", "{}"), 0, "[1] v9", NULL, NULL },
	{ LINE("", "{}"), 0, "no id v9", NULL, NULL },
	{ "{\"scenario\":{\"id\":null,\"kernel\":9},\"expect\":{}}", 1, "null", "",
	  "the scenario is invalid: /kernel: expected the id of a kernel revision, not an integer" },
	{ "{", S2_EINVAL, "invalid line", "",
	  "not valid JSON: line 1, column 1: string or '}' expected near end of file" },
	{ "[]", S2_EINVAL, "no id", "", "expected an object with scenario and expect, not an array" },
	{ "{\"expect\":{}}", S2_EINVAL, "no id", "",
	  "the key \"scenario\" is missing or not an object" },
	{ "{\"scenario\":{},\"expect\":[]}", S2_EINVAL, "no id", "",
	  "the key \"expect\" is missing or not an object" },
	/* Strings: numbers in hex by value. */
	{ EVENT("\"op\":\"access\""), 0, "a v9", NULL, NULL },
	{ EVENT("\"op\":\"acces\""), 1, "a v9", "/events/0/op", "expected \"acces\", got \"access\"" },
	{ EVENT("\"ipa\":\"0x0001000\""), 0, "a v9", NULL, NULL },
	{ EVENT("\"ipa\":\"0x2000\""), 1, "a v9", "/events/0/ipa", "expected \"0x2000\", got \"0x1000\"" },
	{ EVENT("\"ipa\":\"1000\""), 1, "a v9", "/events/0/ipa", "expected \"1000\", got \"0x1000\"" },
	{ EVENT("\"op\":\"0x1000\""), 1, "a v9", "/events/0/op", "expected \"0x1000\", got \"access\"" },
	/* Other values, and what is not there. */
	{ EVENT("\"level\":3,\"errno\":null"), 0, "a v9", NULL, NULL },
	{ EVENT("\"level\":2"), 1, "a v9", "/events/0/level", "expected 2, got 3" },
	{ EVENT("\"level\":\"3\""), 1, "a v9", "/events/0/level", "expected \"3\", got 3" },
	{ EVENT("\"young\":true"), 1, "a v9", "/events/0/young", "expected true, got nothing" },
	/* A list has an order, a set of permissions has none. */
	{ EVENT("\"prot\":[\"W\",\"R\"]"), 0, "a v9", NULL, NULL },
	{ EVENT("\"prot\":[\"R\",\"X\"]"), 1, "a v9", "/events/0/prot",
	  "expected [\"R\",\"X\"], got [\"R\",\"W\"]" },
	{ EVENT("\"prot\":[\"R\"]"), 1, "a v9", "/events/0/prot", "expected [\"R\"], got [\"R\",\"W\"]" },
	{ EVENT("\"dirty\":[\"0x1000\"]"), 0, "a v9", NULL, NULL },
	{ EVENT("\"rules\":[\"prot-write\",1]"), 1, "a v9", "/events/0/rules",
	  "expected [\"prot-write\",1], got [\"prot-write\"]" },
	{ EVENT("\"rules\":[\"prot-exec\"]"), 1, "a v9", "/events/0/rules/0",
	  "expected \"prot-exec\", got \"prot-write\"" },
	/* An invalid scenario, expected and not. */
	{ "{\"scenario\":{\"id\":\"b\",\"granule\":\"8K\"},\"expect\":{\"error\":{\"path\":\"/granule\"}}}",
	  0, "b", NULL, NULL },
	{ "{\"scenario\":{\"id\":\"b\",\"granule\":\"8K\"},\"expect\":{\"error\":{\"path\":\"/kernel\"}}}",
	  1, "b", "/error/path", "the scenario is invalid: /granule: expected \"4K\", \"16K\" or "
	  "\"64K\", not \"8K\"" },
	{ "{\"scenario\":{\"id\":\"b\",\"granule\":\"8K\"},\"expect\":{\"id\":\"b\"}}",
	  1, "b", "", "the scenario is invalid: /granule: expected \"4K\", \"16K\" or \"64K\", not \"8K\"" },
};

START_TEST(check_line)
{
	const char *line = lines[_i].line;
	struct s2_error err = { 0 };
	char name[20];
	int ret = s2_json_check(line, strlen(line), NULL, name, sizeof(name), &err);

	ck_assert_msg(ret == lines[_i].ret, "%s: %d: %s: %s", line, ret, err.path, err.message);
	ck_assert_str_eq(name, lines[_i].name);
	if (ret == 0)
		return;
	ck_assert_str_eq(err.path, lines[_i].path);
	ck_assert_str_eq(err.message, lines[_i].says);
}
END_TEST

Suite *json_scenario_suite(void)
{
	Suite *suite = suite_create("json-scenario");
	TCase *cases = tcase_create("json-scenario");

	tcase_add_test(cases, good);
	tcase_add_loop_test(cases, no_kernel, 0, sizeof(no_kernels) / sizeof(no_kernels[0]));
	tcase_add_loop_test(cases, refused_kernel, 0, sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(cases, nobody_asks_why);
	tcase_add_loop_test(cases, result, 0, sizeof(results) / sizeof(results[0]));
	tcase_add_test(cases, nowhere_to_write);
	tcase_add_loop_test(cases, check_line, 0, sizeof(lines) / sizeof(lines[0]));
	suite_add_tcase(suite, cases);
	return suite;
}

/* SPDX-License-Identifier: MIT */
/* Documents: scenarios, rule files, lines to check. */
#include "targets.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <s2pte/json.h>

/* More would only be slow. */
#define MAX_SIZE 100000

struct text {
	char *data;
	size_t n;
};

static int keep(void *arg, const char *data, size_t size)
{
	struct text *text = arg;

	text->data = realloc(text->data, text->n + size + 1);
	MUST(text->data != NULL);
	memcpy(text->data + text->n, data, size);
	text->n += size;
	text->data[text->n] = '\0';
	return 0;
}

/* Whatever goes in, what comes out is JSON. */
void fuzz_scenario(const uint8_t *data, size_t size)
{
	struct text out = { NULL, 0 };
	struct s2_json_sink sink = { keep, &out };
	json_t *result;
	int ret;

	if (size > MAX_SIZE)
		return;
	ret = s2_json_run((const char *)data, size, NULL, S2_JSON_LINE, &sink);
	MUST(ret == 0 || ret == S2_EINVAL || ret == S2_ELIMIT);
	MUST(out.n > 1 && out.data[out.n - 1] == '\n' && memchr(out.data, '\n', out.n - 1) == NULL);
	result = json_loadb(out.data, out.n, 0, NULL);
	MUST(json_is_object(result));
	MUST((json_object_get(result, "error") == NULL) == (ret == 0));
	json_decref(result);
	free(out.data);
}

/* A rule file that is taken is printed as one that reads the same. */
void fuzz_rules(const uint8_t *data, size_t size)
{
	struct text first = { NULL, 0 }, second = { NULL, 0 };
	struct s2_json_sink sink = { keep, &first };
	struct s2_builder *builder, *again;
	struct s2_error err = { 0 };
	int ret;

	if (size > MAX_SIZE)
		return;
	ret = s2_rules_parse(&builder, (const char *)data, size, &err);
	if (ret != 0) {
		MUST(ret == S2_EINVAL || ret == S2_ELIMIT);
		MUST(err.code == ret && err.message[0] != '\0');
		return;
	}
	MUST(s2_rules_print(s2_builder_revision(builder), S2_JSON_LINE, &sink) == 0);
	MUST(s2_rules_parse(&again, first.data, first.n, &err) == 0);
	sink.arg = &second;
	MUST(s2_rules_print(s2_builder_revision(again), S2_JSON_LINE, &sink) == 0);
	MUST(first.n == second.n && memcmp(first.data, second.data, first.n) == 0);
	s2_builder_free(builder);
	s2_builder_free(again);
	free(first.data);
	free(second.data);
}

void fuzz_line(const uint8_t *data, size_t size)
{
	struct s2_error err = { 0 };
	char name[60];
	int ret;

	if (size > MAX_SIZE)
		return;
	ret = s2_json_check((const char *)data, size, NULL, name, sizeof(name), &err);
	MUST(ret == 0 || ret == 1 || ret == S2_EINVAL || ret == S2_ELIMIT);
	MUST(strlen(name) < sizeof(name));
	MUST(ret == 0 || err.message[0] != '\0');
}

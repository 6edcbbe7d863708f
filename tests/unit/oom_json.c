/* SPDX-License-Identifier: MIT */
/*
 * Calls of libs2pte-json whose n-th allocation fails: each says so, or does what it does
 * otherwise, and leaves no memory behind. Of what takes long the first allocation of each
 * place fails, of the rest all. Speaks TAP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <s2pte/json.h>

#include "failing.h"
#include "kept_text.h"

#define HOST                                                                                       \
	"\"kernel\":\"v9\",\"ram\":[{\"pa\":0,\"size\":\"4G\"}],"                                  \
	"\"vmas\":[{\"start\":\"0x400000000000\",\"end\":\"0x400000200000\","                      \
	"\"flags\":[\"READ\",\"WRITE\",\"MAYWRITE\"]}],"                                           \
	"\"memslots\":[{\"slot\":0,\"gpa\":0,\"size\":\"2M\",\"hva\":\"0x400000000000\"}],"
#define SCENARIO                                                                                   \
	"{\"id\":[1],\"title\":\"a title\"," HOST                                                  \
	"\"events\":[{\"op\":\"access\",\"ipa\":\"0x1000\",\"access\":\"write\"},"                 \
	"{\"op\":\"map\",\"ipa\":\"0x40000000\",\"size\":\"2M\",\"pa\":0,\"prot\":[]}]}"
#define LINE(expect) "{\"scenario\":" SCENARIO ",\"expect\":" expect "}"
#define RULES                                                                                      \
	"{\"kernel\":\"mine\",\"title\":\"a title\",\"facts\":[{\"id\":\"own\"}],\"rules\":["      \
	"{\"id\":\"a\",\"stage\":\"fault\",\"when\":[{\"own\":true}],"                          \
	"\"then\":{\"errno\":\"EFAULT\"}},"                                                      \
	"{\"id\":\"b\",\"stage\":\"prot\",\"when\":[{}],\"then\":{\"set\":[\"prot-w\"]}}]}"

/* What a call is given: a document, or a question and one part of how many. */
struct given {
	const char *text;
	enum s2_question question;
	unsigned n_shards;
};
typedef int call_fn(const struct given *given, struct kept_text *out, struct s2_error *err);

static int run_scenario(const struct given *given, struct kept_text *out, struct s2_error *err)
{
	struct s2_json_sink sink = kept_text_sink(out);
	int ret = s2_json_run(given->text, strlen(given->text), NULL, S2_JSON_LINE, &sink);

	/* It writes its errors. */
	if (ret != 0 && strstr(out->data, "out of memory") != NULL)
		s2_error_set(err, ret, NULL, "out of memory");
	return ret;
}

static int check_line(const struct given *given, struct kept_text *out, struct s2_error *err)
{
	char name[40];
	int ret = s2_json_check(given->text, strlen(given->text), NULL, name, sizeof(name), err);

	kept_text_sink(out);
	out->n = (size_t)snprintf(out->data, sizeof(out->data), "%s: %s", name, err->message);
	return ret;
}

static int parse_rules(const struct given *given, struct kept_text *out, struct s2_error *err)
{
	struct s2_json_sink sink = kept_text_sink(out);
	struct s2_builder *b;
	int ret = s2_rules_parse(&b, given->text, strlen(given->text), err);

	if (ret != 0)
		return ret;
	ret = s2_rules_print(s2_builder_revision(b), S2_JSON_LINE, &sink);
	s2_builder_free(b);
	return ret;
}

static int explore(const struct given *given, struct kept_text *out, struct s2_error *err)
{
	struct s2_json_sink sink = kept_text_sink(out);
	struct s2_answer a = { .question = given->question,
			       .options = { .n_shards = given->n_shards } };
	int ret;

	a.kernel = (struct s2_json_kernel){ s2_revision_find("v10"), "v10", NULL };
	if (given->question == S2_ASK_DIFF || given->question == S2_ASK_WHATIF)
		a.base = (struct s2_json_kernel){ s2_revision_find("v9"), "v9", NULL };
	if (given->question == S2_ASK_WHATIF)
		a.kernel.run_as = "v10";
	ret = s2_answer_explore(&a);
	if (ret != 0)
		return s2_error_set(err, ret, NULL, "%s", ret == S2_ENOMEM ? "out of memory" : "");
	ret = s2_answer_print(&a, S2_JSON_LINE, &sink);
	s2_answer_free(&a);
	return ret;
}

static struct kept_text part;

/* Of one part that is there. */
static int merge(const struct given *given, struct kept_text *out, struct s2_error *err)
{
	struct s2_json_sink sink = kept_text_sink(out);
	struct s2_answer answer;
	struct s2_merge *m;
	int ret = s2_merge_new(&m, NULL);

	(void)given;
	if (ret != 0)
		return s2_error_set(err, ret, NULL, "out of memory");
	ret = s2_merge_add(m, "a part", part.data, part.n, err);
	if (ret == 0)
		ret = s2_merge_answer(m, &answer, err);
	if (ret == 0)
		ret = s2_answer_print(&answer, S2_JSON_LINE, &sink);
	s2_merge_free(m);
	return ret;
}

static const struct {
	const char *name;
	call_fn *call;
	struct given given;
	bool is_long;
} calls[] = {
	{ "a scenario", run_scenario, { .text = SCENARIO }, false },
	{ "a line", check_line,
	  { .text = LINE("{\"events\":[{\"prot\":[\"W\",\"R\"]}]}") }, false },
	{ "a line that fails", check_line,
	  { .text = LINE("{\"events\":[{\"prot\":[\"W\",\"X\"]}]}") }, false },
	{ "a line without a key", check_line, { .text = LINE("{\"nothing\":[]}") }, false },
	{ "a rule file", parse_rules, { .text = RULES }, false },
	{ "part of reach", explore, { .question = S2_ASK_REACH, .n_shards = 900 }, true },
	{ "part of verify", explore, { .question = S2_ASK_VERIFY, .n_shards = 900 }, true },
	{ "part of diff", explore, { .question = S2_ASK_DIFF, .n_shards = 900 }, true },
	{ "part of whatif", explore, { .question = S2_ASK_WHATIF, .n_shards = 900 }, true },
	{ "unfinished merge of reach", merge,
	  { .question = S2_ASK_REACH, .n_shards = 900 }, false },
	{ "unfinished merge of verify", merge,
	  { .question = S2_ASK_VERIFY, .n_shards = 900 }, false },
	{ "unfinished merge of diff", merge,
	  { .question = S2_ASK_DIFF, .n_shards = 900 }, false },
	{ "unfinished merge of whatif", merge,
	  { .question = S2_ASK_WHATIF, .n_shards = 900 }, false },
	{ "merge of whatif", merge, { .question = S2_ASK_WHATIF, .n_shards = 1 }, true },
};
#define N_CALLS (sizeof(calls) / sizeof(calls[0]))

static struct kept_text usual, got;

static const char *judge(int usual_ret, int ret, const struct s2_error *err)
{
	if (failing_live != 0)
		return "memory is left";
	if (ret == S2_ENOMEM)
		return strcmp(err->message, "out of memory") == 0 ? NULL : "no word of memory";
	if (ret != usual_ret)
		return "it returns otherwise";
	return strcmp(usual.data, got.data) == 0 ? NULL : "it says otherwise";
}

static bool try_call(size_t i)
{
	const struct given *given = &calls[i].given;
	struct s2_error err = { 0 };
	unsigned long wanted, tried = 0;
	bool good;
	int ret;

	if (given->text == NULL)
		explore(given, &part, &err);
	failing_start(0);
	ret = calls[i].call(given, &usual, &err);
	wanted = failing_calls;
	good = failing_live == 0 && wanted != 0 && ret != S2_ENOMEM;
	for (unsigned long n = 1; n <= wanted; n++) {
		const char *wrong;

		if (calls[i].is_long && !failing_is_first(n))
			continue;
		tried++;
		memset(&err, 0, sizeof(err));
		kept_text_sink(&got);
		failing_start(n);
		wrong = judge(ret, calls[i].call(given, &got, &err), &err);
		if (wrong != NULL)
			printf("# number %lu fails: %s: %s\n", n, wrong, err.message);
		good &= wrong == NULL;
	}
	failing_at = 0;
	printf("# %lu of %lu allocations\n", tried, wanted);
	return good;
}

int main(void)
{
	bool all = true;

	printf("1..%zu\n", N_CALLS);
	for (size_t i = 0; i < N_CALLS; i++) {
		bool good = try_call(i);

		printf("%s %zu - %s\n", good ? "ok" : "not ok", i + 1, calls[i].name);
		fflush(stdout);
		all &= good;
	}
	return all ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/* Whose part an answer is: the question, the kernels, its number. */
#include "part.h"

#include <string.h>

/* FNV-1a over what s2_rules_print() writes. */
static int add_to_fingerprint(void *arg, const char *data, size_t size)
{
	uint64_t *hash = arg;

	for (size_t i = 0; i < size; i++)
		*hash = (*hash ^ (unsigned char)data[i]) * UINT64_C(0x100000001b3);
	return 0;
}

uint64_t s2i_fingerprint(const struct s2_revision *rev)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	struct s2_json_sink sink = { add_to_fingerprint, &hash };

	s2_rules_print(rev, S2_JSON_LINE, &sink);
	return hash;
}

int s2i_read_assumptions(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_name names[S2_NR_ASSUMPTIONS + 1] = { { NULL, 0 } };

	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		names[i] = (struct s2_name){ s2_assumptions[i].id, UINT64_C(1) << i };
	return s2i_names(r, value, names, NULL, "an assumption", dst);
}

static int read_object(struct s2i_reader *r, const json_t *value, void *dst)
{
	if (json_typeof(value) != JSON_OBJECT)
		return s2i_expected(r, value, "an object");
	*(const json_t **)dst = value;
	return 0;
}

static int read_shard(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2i_part_head *head = dst;
	bool good = json_array_size(value) == 2;
	uint64_t number[2] = { 0, 0 };

	for (size_t i = 0; good && i < 2; i++)
		good = s2i_integer(r, json_array_get(value, i), S2_MAX_SHARDS, &number[i]) == 0;
	if (!good || number[0] == 0 || number[0] > number[1])
		return s2i_fail(r, S2_EINVAL, "expected [K, N], K from 1 to N, N at most %d",
				S2_MAX_SHARDS);
	head->shard = (unsigned)number[0] - 1;
	head->n_shards = (unsigned)number[1];
	return 0;
}

static int read_revisions(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2i_part_head *head = dst;
	size_t n = head->question == S2_ASK_DIFF || head->question == S2_ASK_WHATIF ? 2 : 1;

	if (json_array_size(value) != n)
		return s2i_fail(r, S2_EINVAL, "expected a number for each kernel");
	return s2i_array(r, value, "an array", s2i_read_address, &head->revisions[2 - n],
			 sizeof(head->revisions[0]));
}

#define ASK(question) (1u << S2_ASK_##question)
#define ONE (ASK(REACH) | ASK(VERIFY))
#define ALL (ONE | ASK(DIFF) | ASK(WHATIF))
#define HEAD(key, fn, member, in) { key, fn, offsetof(struct s2i_part_head, member), in, in }

static int read_inner_head(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		HEAD("assumptions", s2i_read_assumptions, assumptions, ALL),
		{ NULL, NULL, 0, 0, 0 },
	};

	return s2i_in_order(r, value, keys, ALL, dst);
}

static const struct s2i_key head_keys[] = {
	{ "shard", read_shard, 0, ALL, ALL },
	{ "revisions", read_revisions, 0, ALL, ALL },
	HEAD("kernel", s2i_read_text, kernel, ONE | ASK(WHATIF)),
	HEAD("to", s2i_read_text, kernel, ASK(DIFF)),
	HEAD("from", s2i_read_text, base, ASK(DIFF)),
	HEAD("base", s2i_read_text, base, ASK(WHATIF)),
	{ "run_as", s2i_read_text, offsetof(struct s2i_part_head, run_as), 0, ASK(WHATIF) },
	HEAD("proposed", read_object, proposed, ASK(WHATIF)),
	{ "reach", read_inner_head, 0, ASK(WHATIF), ASK(WHATIF) },
	HEAD("assumptions", s2i_read_assumptions, assumptions, ONE | ASK(DIFF)),
	{ NULL, NULL, 0, 0, 0 },
};

int s2i_read_part_head(struct s2i_reader *r, const json_t *root, struct s2i_part_head *head)
{
	static const struct {
		const char *key;
		enum s2_question question;
	} known_by[] = { { "rules", S2_ASK_REACH },
			 { "invariants", S2_ASK_VERIFY },
			 { "changes", S2_ASK_DIFF },
			 { "reach", S2_ASK_WHATIF } };
	size_t i = 0;

	*head = (struct s2i_part_head){ .base = NULL };
	while (i < 4 && json_object_get(root, known_by[i].key) == NULL)
		i++;
	if (i == 4)
		return s2i_fail(r, S2_EINVAL, "is not an answer of reach, verify, diff or whatif");
	if (json_object_get(root, "shard") == NULL)
		return s2i_fail(r, S2_EINVAL, "is not a part: there is no \"shard\"");
	head->question = known_by[i].question;
	return s2i_in_order(r, root, head_keys, 1u << head->question, head);
}

/* SPDX-License-Identifier: MIT */
/*
 * Parts of a sweep, as the answers to parts of a question are written: the counts and
 * conditions that they are joined by. What follows from these is passed over.
 */
#include "part.h"

#include <stdlib.h>
#include <string.h>

void *s2i_keep(struct s2i_kept **kept, size_t n, size_t size)
{
	struct s2i_kept *block = calloc(1, sizeof(*block) + (n + 1) * size);

	if (block == NULL)
		return NULL;
	block->next = *kept;
	*kept = block;
	return block + 1;
}

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

static struct s2i_parts *parts_of(const struct s2i_reader *r)
{
	return r->context;
}

/* An array, each element read into a new row of @size bytes. */
static int read_rows(struct s2i_reader *r, const json_t *value, s2i_read_fn *read, size_t size,
		     void **rows, size_t *n)
{
	const json_t *item;
	size_t i;
	int ret;

	if (!json_is_array(value))
		return s2i_expected(r, value, "an array");
	*n = json_array_size(value);
	*rows = s2i_keep(&parts_of(r)->kept, *n, size);
	if (*rows == NULL)
		return s2i_fail(r, S2_ENOMEM, "out of memory");
	json_array_foreach(value, i, item) {
		size_t mark = s2i_enter_index(r, i);

		ret = read(r, item, (char *)*rows + i * size);
		if (ret != 0)
			return ret;
		s2i_leave(r, mark);
	}
	return 0;
}

static int read_count(struct s2i_reader *r, const json_t *value, void *dst)
{
	return s2i_integer(r, value, INT64_MAX, dst);
}

static int read_id(struct s2i_reader *r, const json_t *value, void *dst)
{
	const char *text = json_string_value(value);
	char *copy;

	if (text == NULL)
		return s2i_expected(r, value, "a string");
	copy = s2i_keep(&parts_of(r)->kept, strlen(text), 1);
	if (copy == NULL)
		return s2i_fail(r, S2_ENOMEM, "out of memory");
	strcpy(copy, text);
	*(const char **)dst = copy;
	return 0;
}

/* ---- Conditions ------------------------------------------------------------------------- */

static const char *state_fact(const struct s2i_reader *r, unsigned fact)
{
	return s2_explorer_fact_name(parts_of(r)->explorer, fact);
}

static const char *size_fact(const struct s2i_reader *r, unsigned fact)
{
	(void)r;
	return fact < S2_NR_SIZE_FACTS ? s2_size_facts[fact].id : NULL;
}

typedef const char *fact_name_fn(const struct s2i_reader *r, unsigned fact);

static int read_cond(struct s2i_reader *r, const json_t *value, fact_name_fn *name,
		     struct s2_cond *cond)
{
	const char *key;
	json_t *item;

	if (!json_is_object(value))
		return s2i_expected(r, value, "an object: fact to true or false");
	/* The iteration does not change the object. */
	json_object_foreach((json_t *)(uintptr_t)value, key, item) {
		size_t mark = s2i_enter_key(r, key);
		unsigned fact = 0;
		bool holds;
		int ret;

		while (fact < 64 && (name(r, fact) == NULL || strcmp(name(r, fact), key) != 0))
			fact++;
		if (fact == 64)
			return s2i_fail(r, S2_EINVAL, "is not a fact of these kernels");
		ret = s2i_read_bool(r, item, &holds);
		if (ret != 0)
			return ret;
		cond->mask |= UINT64_C(1) << fact;
		cond->value |= holds ? UINT64_C(1) << fact : 0;
		s2i_leave(r, mark);
	}
	return 0;
}

static int read_state_cond(struct s2i_reader *r, const json_t *value, void *dst)
{
	return read_cond(r, value, state_fact, dst);
}

static int read_size_cond(struct s2i_reader *r, const json_t *value, void *dst)
{
	return read_cond(r, value, size_fact, dst);
}

static int read_conds(struct s2i_reader *r, const json_t *value, s2i_read_fn *read, void *dst)
{
	struct s2_cover *cover = dst;
	void *rows;
	int ret = read_rows(r, value, read, sizeof(struct s2_cond), &rows, &cover->n);

	if (ret == 0)
		cover->conds = rows;
	return ret;
}

static int read_cover(struct s2i_reader *r, const json_t *value, void *dst)
{
	return read_conds(r, value, read_state_cond, dst);
}

static int read_size_cover(struct s2i_reader *r, const json_t *value, void *dst)
{
	return read_conds(r, value, read_size_cond, dst);
}

/* ---- reach ------------------------------------------------------------------------------ */

static int find_rule(struct s2i_reader *r, const json_t *value, const struct s2_revision *rev,
		     int *rule)
{
	if (!json_is_string(value))
		return s2i_expected(r, value, "a rule");
	*rule = s2_revision_rule(rev, json_string_value(value));
	return *rule >= 0 ? 0 : s2i_fail(r, S2_EINVAL, "is not a rule of %.60s", rev->id);
}

static int read_rule_id(struct s2i_reader *r, const json_t *value, void *dst)
{
	const struct s2_revision *rev = parts_of(r)->kernel;
	int rule = 0, ret = find_rule(r, value, rev, &rule);

	if (ret == 0)
		*(const struct s2_rule **)dst = rev->rules[rule];
	return ret;
}

static int read_rule(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		{ "id", read_rule_id, offsetof(struct s2_reached_rule, rule), 1, 0 },
		{ "reached", read_count, offsetof(struct s2_reached_rule, reached), 1, 0 },
		{ "when", read_cover, offsetof(struct s2_reached_rule, when), 1, 0 },
		{ "scenario", NULL, 0, 0, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};

	return s2i_object(r, value, keys, 1, dst, NULL);
}

struct definition {
	struct s2_reached_alternative alternative;
	struct s2_cover part;
	const char *fact;
};

static int find_alternative(struct s2i_reader *r, const struct definition *def,
			    struct s2_reached_alternative *out)
{
	*out = def->alternative;
	for (unsigned fact = 0; fact < S2_NR_FACTS && def->part.n == 1; fact++) {
		if (strcmp(s2_facts[fact].id, def->fact) != 0)
			continue;
		for (unsigned i = 0; i < s2_facts[fact].n_when; i++) {
			const struct s2_cond *when = &s2_facts[fact].when[i];

			if (when->mask != def->part.conds[0].mask ||
			    when->value != def->part.conds[0].value)
				continue;
			out->fact = fact;
			out->alternative = i;
			return 0;
		}
	}
	return s2i_fail(r, S2_EINVAL, "is not a part of a definition");
}

static int read_definition(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		{ "fact", read_id, offsetof(struct definition, fact), 1, 0 },
		{ "part", read_cover, offsetof(struct definition, part), 1, 0 },
		{ "decisive", read_count, offsetof(struct definition, alternative.decisive), 1, 0 },
		{ "when", read_cover, offsetof(struct definition, alternative.when), 1, 0 },
		{ "scenario", NULL, 0, 0, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};
	struct definition def = { .fact = NULL };
	int ret = s2i_object(r, value, keys, 1, &def, NULL);

	return ret == 0 ? find_alternative(r, &def, dst) : ret;
}

static int read_rules(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_reach *reach = dst;
	void *rows;
	int ret = read_rows(r, value, read_rule, sizeof(*reach->rules), &rows, &reach->n_rules);

	if (ret == 0)
		reach->rules = rows;
	return ret;
}

static int read_definitions(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_reach *reach = dst;
	void *rows;
	int ret = read_rows(r, value, read_definition, sizeof(*reach->alternatives), &rows,
			    &reach->n_alternatives);

	if (ret == 0)
		reach->alternatives = rows;
	return ret;
}

/* What the head has been read from. */
#define HEAD_KEYS                                                                                  \
	{ "shard", NULL, 0, 1, 0 }, { "revisions", NULL, 0, 1, 0 },                                \
		{ "assumptions", NULL, 0, 1, 0 }

static int read_reach(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		HEAD_KEYS,
		{ "kernel", NULL, 0, 1, 0 },
		{ "states", read_count, offsetof(struct s2_reach, states), 1, 0 },
		{ "rules", read_rules, 0, 1, 0 },
		{ "definitions", read_definitions, 0, 1, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};

	return s2i_object(r, value, keys, 1, dst, NULL);
}

/* ---- verify ----------------------------------------------------------------------------- */

static int read_assumptions(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_name names[S2_NR_ASSUMPTIONS + 1] = { { NULL, 0 } };

	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		names[i] = (struct s2_name){ s2_assumptions[i].id, UINT64_C(1) << i };
	return s2i_names(r, value, names, NULL, "an assumption", dst);
}

static int read_kind(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		{ "kind", read_id, offsetof(struct s2_violation, kind), 1, 0 },
		{ "violations", read_count, offsetof(struct s2_violation, violations), 1, 0 },
		{ "when", read_cover, offsetof(struct s2_violation, when), 1, 0 },
		{ "shown", read_cover, offsetof(struct s2_violation, shown), 1, 0 },
		{ "scenario", NULL, 0, 0, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};

	return s2i_object(r, value, keys, 1, dst, NULL);
}

struct invariant {
	struct s2_invariant inv;
	struct s2_violation alone; /* where there are no kinds */
	uint64_t needs;
};

static int read_kinds(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct invariant *inv = dst;
	size_t i;
	const json_t *item;

	if (!json_is_array(value) || json_array_size(value) > S2_MAX_KINDS)
		return s2i_expected(r, value, "an array of kinds of violations");
	json_array_foreach(value, i, item) {
		size_t mark = s2i_enter_index(r, i);
		int ret = read_kind(r, item, &inv->inv.kinds[i]);

		if (ret != 0)
			return ret;
		s2i_leave(r, mark);
	}
	inv->inv.n_kinds = json_array_size(value);
	return 0;
}

static int read_invariant(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		{ "id", read_id, offsetof(struct invariant, inv.id), 1, 0 },
		{ "says", NULL, 0, 0, 0 },
		{ "holds", s2i_read_bool, offsetof(struct invariant, inv.holds), 1, 0 },
		{ "violations", read_count, offsetof(struct invariant, alone.violations), 1, 0 },
		{ "when", read_cover, offsetof(struct invariant, alone.when), 1, 0 },
		{ "needs", read_assumptions, offsetof(struct invariant, needs), 0, 0 },
		{ "kinds", read_kinds, 0, 0, 0 },
		{ "scenario", NULL, 0, 0, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};
	struct s2_invariant *out = dst;
	struct invariant inv = { .needs = 0 };
	int ret = s2i_object(r, value, keys, 1, &inv, NULL);

	*out = inv.inv;
	out->violations = inv.alone.violations;
	out->needs = (unsigned)inv.needs;
	if (out->n_kinds == 0) {
		out->kinds[0] = inv.alone;
		out->n_kinds = 1;
	}
	return ret;
}

static int read_size_invariant(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		{ "id", read_id, offsetof(struct s2_size_invariant, id), 1, 0 },
		{ "says", NULL, 0, 0, 0 },
		{ "holds", NULL, 0, 1, 0 },
		{ "cases", read_count, offsetof(struct s2_size_invariant, cases), 1, 0 },
		{ "violations", read_count, offsetof(struct s2_size_invariant, violations), 1, 0 },
		{ "when", read_size_cover, offsetof(struct s2_size_invariant, when), 1, 0 },
		{ "scenario", NULL, 0, 0, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};

	return s2i_object(r, value, keys, 1, dst, NULL);
}

struct verified {
	struct s2_verify verify;
	struct s2_size_invariant *sizes;
	size_t n_sizes;
};

static int read_invariants(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_verify *verify = dst;
	void *rows;
	int ret = read_rows(r, value, read_invariant, sizeof(*verify->invariants), &rows,
			    &verify->n_invariants);

	if (ret == 0)
		verify->invariants = rows;
	return ret;
}

static int read_size_invariants(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct verified *v = dst;
	void *rows;
	int ret = read_rows(r, value, read_size_invariant, sizeof(*v->sizes), &rows, &v->n_sizes);

	if (ret == 0 && v->n_sizes != S2_NR_SIZE_INVARIANTS)
		return s2i_fail(r, S2_EINVAL, "expected %d invariants", S2_NR_SIZE_INVARIANTS);
	if (ret == 0)
		v->sizes = rows;
	return ret;
}

static int read_verify(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		HEAD_KEYS,
		{ "kernel", NULL, 0, 1, 0 },
		{ "states", read_count, offsetof(struct verified, verify.states), 1, 0 },
		{ "invariants", read_invariants, offsetof(struct verified, verify), 1, 0 },
		{ "sizes", read_size_invariants, 0, 1, 0 },
		{ "table", NULL, 0, 1, 0 }, /* not swept: the merge tries it again */
		{ NULL, NULL, 0, 0, 0 },
	};

	return s2i_object(r, value, keys, 1, dst, NULL);
}

/* ---- diff ------------------------------------------------------------------------------- */

static int read_by(struct s2i_reader *r, const json_t *value, const struct s2_revision *rev,
		   uint64_t *rules)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(value))
		return s2i_expected(r, value, "an array of rules");
	json_array_foreach(value, i, item) {
		size_t mark = s2i_enter_index(r, i);
		int rule = 0, ret = find_rule(r, item, rev, &rule);

		if (ret != 0)
			return ret;
		*rules |= UINT64_C(1) << rule;
		s2i_leave(r, mark);
	}
	return 0;
}

static int read_from_by(struct s2i_reader *r, const json_t *value, void *dst)
{
	return read_by(r, value, parts_of(r)->base, dst);
}

static int read_to_by(struct s2i_reader *r, const json_t *value, void *dst)
{
	return read_by(r, value, parts_of(r)->kernel, dst);
}

/* The rest of an outcome follows from the states. */
static int read_stage(struct s2i_reader *r, const json_t *value, void *dst)
{
	const json_t *stage = json_object_get(value, "stage");

	if (!json_is_string(stage) ||
	    s2_stage_parse(json_string_value(stage), &((struct s2_outcome *)dst)->stage) != 0)
		return s2i_fail(r, S2_EINVAL, "expected an outcome with its stage");
	return 0;
}

static int read_change(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		{ "when", read_cover, offsetof(struct s2_change, when), 1, 0 },
		{ "from", read_stage, offsetof(struct s2_change, from), 1, 0 },
		{ "to", NULL, 0, 1, 0 },
		{ "from_by", read_from_by, offsetof(struct s2_change, from_by), 1, 0 },
		{ "to_by", read_to_by, offsetof(struct s2_change, to_by), 1, 0 },
		{ "states", read_count, offsetof(struct s2_change, states), 1, 0 },
		{ "scenario", NULL, 0, 0, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};

	return s2i_object(r, value, keys, 1, dst, NULL);
}

static int read_size_change(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		{ "when", read_size_cover, offsetof(struct s2_size_change, when), 1, 0 },
		{ "from", NULL, 0, 1, 0 },
		{ "to", NULL, 0, 1, 0 },
		{ "cases", read_count, offsetof(struct s2_size_change, cases), 1, 0 },
		{ "scenario", NULL, 0, 0, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};

	return s2i_object(r, value, keys, 1, dst, NULL);
}

static int read_changes(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_diff *diff = dst;
	void *rows;
	int ret = read_rows(r, value, read_change, sizeof(*diff->changes), &rows, &diff->n_changes);

	if (ret == 0)
		diff->changes = rows;
	return ret;
}

static int read_size_changes(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_size_diff *diff = dst;
	void *rows;
	int ret = read_rows(r, value, read_size_change, sizeof(*diff->changes), &rows,
			    &diff->n_changes);

	if (ret == 0)
		diff->changes = rows;
	return ret;
}

struct compared {
	struct s2_diff diff;
	struct s2_size_diff sizes;
};

static int read_size_diff(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		{ "cases", read_count, offsetof(struct s2_size_diff, cases), 1, 0 },
		{ "different", NULL, 0, 1, 0 },
		{ "changes", read_size_changes, 0, 1, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};

	return s2i_object(r, value, keys, 1, dst, NULL);
}

static int read_diff(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		HEAD_KEYS,
		{ "from", NULL, 0, 1, 0 },
		{ "to", NULL, 0, 1, 0 },
		{ "states", read_count, offsetof(struct compared, diff.states), 1, 0 },
		{ "different", NULL, 0, 1, 0 },
		{ "changes", read_changes, offsetof(struct compared, diff), 1, 0 },
		{ "sizes", read_size_diff, offsetof(struct compared, sizes), 1, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};

	return s2i_object(r, value, keys, 1, dst, NULL);
}

/* ---- A part ----------------------------------------------------------------------------- */

/* A value that must be there. */
static int get(struct s2i_reader *r, const json_t *object, const char *key, s2i_read_fn *read,
	       void *dst)
{
	const json_t *value = json_object_get(object, key);
	size_t mark;
	int ret;

	if (value == NULL)
		return s2i_fail(r, S2_EINVAL, "the key \"%s\" is missing", key);
	mark = s2i_enter_key(r, key);
	ret = read(r, value, dst);
	if (ret == 0)
		s2i_leave(r, mark);
	return ret;
}

static int read_text(struct s2i_reader *r, const json_t *value, void *dst)
{
	if (!json_is_string(value))
		return s2i_expected(r, value, "a string");
	*(const char **)dst = json_string_value(value);
	return 0;
}

static int read_object(struct s2i_reader *r, const json_t *value, void *dst)
{
	if (!json_is_object(value))
		return s2i_expected(r, value, "an object");
	*(const json_t **)dst = value;
	return 0;
}

static int read_shard(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2i_part_head *head = dst;
	uint64_t number[2] = { 0, 0 };

	for (size_t i = 0; json_array_size(value) == 2 && i < 2; i++)
		if (s2i_integer(r, json_array_get(value, i), S2_MAX_SHARDS, &number[i]) != 0)
			number[0] = 0;
	if (number[0] == 0 || number[0] > number[1])
		return s2i_fail(r, S2_EINVAL, "expected [K, N], K from 1 to N, N at most %d",
				S2_MAX_SHARDS);
	head->shard = (unsigned)number[0] - 1;
	head->n_shards = (unsigned)number[1];
	return 0;
}

static int read_revisions(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2i_part_head *head = dst;
	bool two = head->question == S2_ASK_DIFF || head->question == S2_ASK_WHATIF;
	size_t n = two ? 2 : 1;

	if (json_array_size(value) != n)
		return s2i_fail(r, S2_EINVAL, "expected a number for each kernel");
	for (size_t i = 0; i < n; i++) {
		int ret = s2i_read_address(r, json_array_get(value, i),
					   &head->revisions[two ? i : 1]);

		if (ret != 0)
			return ret;
	}
	return 0;
}

static int read_whatif_head(struct s2i_reader *r, const json_t *root, struct s2i_part_head *head)
{
	const json_t *reach = NULL;
	int ret = get(r, root, "base", read_text, &head->base);

	if (ret == 0 && json_object_get(root, "run_as") != NULL)
		ret = get(r, root, "run_as", read_text, &head->run_as);
	if (ret == 0)
		ret = get(r, root, "proposed", read_object, &head->proposed);
	if (ret == 0)
		ret = get(r, root, "reach", read_object, &reach);
	return ret == 0 ? get(r, reach, "assumptions", read_assumptions, &head->assumptions) : ret;
}

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
	int ret;

	*head = (struct s2i_part_head){ .base = NULL };
	while (i < 4 && json_object_get(root, known_by[i].key) == NULL)
		i++;
	if (i == 4)
		return s2i_fail(r, S2_EINVAL, "is not an answer of reach, verify, diff or whatif");
	if (json_object_get(root, "shard") == NULL)
		return s2i_fail(r, S2_EINVAL, "is not a part: there is no \"shard\"");
	head->question = known_by[i].question;
	ret = get(r, root, "shard", read_shard, head);
	if (ret == 0)
		ret = get(r, root, "revisions", read_revisions, head);
	if (ret == 0)
		ret = get(r, root, head->question == S2_ASK_DIFF ? "to" : "kernel", read_text,
			  &head->kernel);
	if (ret == 0 && head->question == S2_ASK_WHATIF)
		return read_whatif_head(r, root, head);
	if (ret == 0 && head->question == S2_ASK_DIFF)
		ret = get(r, root, "from", read_text, &head->base);
	return ret == 0 ? get(r, root, "assumptions", read_assumptions, &head->assumptions) : ret;
}

struct whole {
	struct s2_reach reach;
	struct verified verified;
	struct compared compared;
};

static int read_whatif(struct s2i_reader *r, const json_t *root, struct whole *part)
{
	static const struct s2i_key keys[] = {
		{ "base", NULL, 0, 1, 0 },
		{ "kernel", NULL, 0, 1, 0 },
		{ "shard", NULL, 0, 1, 0 },
		{ "revisions", NULL, 0, 1, 0 },
		{ "run_as", NULL, 0, 0, 0 },
		{ "proposed", NULL, 0, 1, 0 },
		{ "reach", read_reach, offsetof(struct whole, reach), 1, 0 },
		{ "verify", read_verify, offsetof(struct whole, verified), 1, 0 },
		{ "diff", read_diff, offsetof(struct whole, compared), 1, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};

	return s2i_object(r, root, keys, 1, part, NULL);
}

int s2i_read_part(struct s2i_reader *r, const json_t *root, enum s2_question question,
		  unsigned shard, struct s2i_parts *parts)
{
	struct whole part = { .verified = { .sizes = NULL } };
	int ret = 0;

	r->context = parts;
	switch (question) {
	case S2_ASK_REACH:
		ret = read_reach(r, root, &part.reach);
		break;
	case S2_ASK_VERIFY:
		ret = read_verify(r, root, &part.verified);
		break;
	case S2_ASK_DIFF:
		ret = read_diff(r, root, &part.compared);
		break;
	case S2_ASK_WHATIF:
		ret = read_whatif(r, root, &part);
		break;
	}
	if (ret != 0)
		return ret;
	parts->reach[shard] = part.reach;
	parts->verify[shard] = part.verified.verify;
	if (part.verified.sizes != NULL)
		memcpy(&parts->size_invariants[shard * S2_NR_SIZE_INVARIANTS], part.verified.sizes,
		       S2_NR_SIZE_INVARIANTS * sizeof(*part.verified.sizes));
	parts->diff[shard] = part.compared.diff;
	parts->size_diff[shard] = part.compared.sizes;
	return 0;
}

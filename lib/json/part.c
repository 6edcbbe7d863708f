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

char *s2i_keep_text(struct s2i_kept **kept, const char *text)
{
	char *copy = s2i_keep(kept, strlen(text), 1);

	return copy != NULL ? strcpy(copy, text) : NULL;
}

static struct s2i_parts *parts_of(const struct s2i_reader *r)
{
	return r->context;
}

/* An array, each element read into a new row of @size bytes. */
static int read_rows(struct s2i_reader *r, const json_t *value, s2i_read_fn *read, size_t size,
		     void **rows, size_t *n)
{
	*n = json_array_size(value);
	*rows = s2i_keep(&parts_of(r)->kept, *n, size);
	if (*rows == NULL)
		return s2i_no_memory(r);
	return s2i_array(r, value, "an array", read, *rows, size);
}

static int read_count(struct s2i_reader *r, const json_t *value, void *dst)
{
	return s2i_integer(r, value, INT64_MAX, dst);
}

/* A text that outlives the document. */
static int read_id(struct s2i_reader *r, const json_t *value, void *dst)
{
	const char *text;
	char *copy;
	int ret = s2i_read_text(r, value, &text);

	if (ret != 0)
		return ret;
	copy = s2i_keep_text(&parts_of(r)->kept, text);
	if (copy == NULL)
		return s2i_no_memory(r);
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

struct cond_of {
	fact_name_fn *name;
	struct s2_cond *cond;
};

static int read_literal(struct s2i_reader *r, const char *key, const json_t *value, void *dst)
{
	struct cond_of *of = dst;
	unsigned fact = 0;
	bool holds;
	int ret;

	while (fact < 64 && (of->name(r, fact) == NULL || strcmp(of->name(r, fact), key) != 0))
		fact++;
	if (fact == 64)
		return s2i_fail(r, S2_EINVAL, "is not a fact of these kernels");
	ret = s2i_read_bool(r, value, &holds);
	if (ret != 0)
		return ret;
	of->cond->mask |= UINT64_C(1) << fact;
	of->cond->value |= holds ? UINT64_C(1) << fact : 0;
	return 0;
}

static int read_cond(struct s2i_reader *r, const json_t *value, fact_name_fn *name, void *cond)
{
	struct cond_of of = { name, cond };

	return s2i_members(r, value, "an object: fact to true or false", read_literal, &of);
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
	const char *id = json_string_value(value);

	if (id == NULL)
		return s2i_expected(r, value, "a rule");
	*rule = s2_revision_rule(rev, id);
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

	return s2i_object(r, value, keys, 1, dst);
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
	int ret = s2i_object(r, value, keys, 1, &def);

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

	return s2i_object(r, value, keys, 1, dst);
}

/* ---- verify ----------------------------------------------------------------------------- */

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

	return s2i_object(r, value, keys, 1, dst);
}

struct invariant {
	struct s2_invariant inv;
	struct s2_violation alone; /* where there are no kinds */
	uint64_t needs;
};

static int read_kinds(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_invariant *inv = dst;

	inv->n_kinds = json_array_size(value);
	if (inv->n_kinds > S2_MAX_KINDS)
		return s2i_fail(r, S2_EINVAL, "at most %d kinds of violations", S2_MAX_KINDS);
	return s2i_array(r, value, "an array of kinds of violations", read_kind, inv->kinds,
			 sizeof(inv->kinds[0]));
}

static int read_invariant(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		{ "id", read_id, offsetof(struct invariant, inv.id), 1, 0 },
		{ "says", NULL, 0, 0, 0 },
		{ "holds", s2i_read_bool, offsetof(struct invariant, inv.holds), 1, 0 },
		{ "violations", read_count, offsetof(struct invariant, alone.violations), 1, 0 },
		{ "when", read_cover, offsetof(struct invariant, alone.when), 1, 0 },
		{ "needs", s2i_read_assumptions, offsetof(struct invariant, needs), 0, 0 },
		{ "kinds", read_kinds, offsetof(struct invariant, inv), 0, 0 },
		{ "scenario", NULL, 0, 0, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};
	struct s2_invariant *out = dst;
	struct invariant inv = { .needs = 0 };
	int ret = s2i_object(r, value, keys, 1, &inv);

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

	return s2i_object(r, value, keys, 1, dst);
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

	return s2i_object(r, value, keys, 1, dst);
}

/* ---- diff ------------------------------------------------------------------------------- */

struct rules_of {
	const struct s2_revision *rev;
	uint64_t *rules;
};

static int read_by_one(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct rules_of *of = dst;
	int rule = 0, ret = find_rule(r, value, of->rev, &rule);

	if (ret == 0)
		*of->rules |= UINT64_C(1) << rule;
	return ret;
}

static int read_by(struct s2i_reader *r, const json_t *value, const struct s2_revision *rev,
		   void *rules)
{
	struct rules_of of = { rev, rules };

	return s2i_array(r, value, "an array of rules", read_by_one, &of, 0);
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
	const char *stage = json_string_value(json_object_get(value, "stage"));

	if (stage == NULL || s2_stage_parse(stage, &((struct s2_outcome *)dst)->stage) != 0)
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

	return s2i_object(r, value, keys, 1, dst);
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

	return s2i_object(r, value, keys, 1, dst);
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

	return s2i_object(r, value, keys, 1, dst);
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

	return s2i_object(r, value, keys, 1, dst);
}

/* ---- A part ----------------------------------------------------------------------------- */

struct whole {
	struct s2_reach reach;
	struct verified verified;
	struct compared compared;
};

static int read_whatif(struct s2i_reader *r, const json_t *root, void *part)
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

	return s2i_object(r, root, keys, 1, part);
}

int s2i_read_part(struct s2i_reader *r, const json_t *root, enum s2_question question,
		  unsigned shard, struct s2i_parts *parts)
{
	static const struct {
		s2i_read_fn *read;
		size_t offset;
	} of[] = {
		[S2_ASK_REACH] = { read_reach, offsetof(struct whole, reach) },
		[S2_ASK_VERIFY] = { read_verify, offsetof(struct whole, verified) },
		[S2_ASK_DIFF] = { read_diff, offsetof(struct whole, compared) },
		[S2_ASK_WHATIF] = { read_whatif, 0 },
	};
	struct whole part = { .verified = { .sizes = NULL } };
	int ret;

	r->context = parts;
	ret = of[question].read(r, root, (char *)&part + of[question].offset);
	if (ret != 0)
		return ret;
	parts->reach[shard] = part.reach;
	parts->verify[shard] = part.verified.verify;
	if (part.verified.sizes != NULL)
		memcpy(&parts->size_invariants[(size_t)shard * S2_NR_SIZE_INVARIANTS],
		       part.verified.sizes,
		       S2_NR_SIZE_INVARIANTS * sizeof(*part.verified.sizes));
	parts->diff[shard] = part.compared.diff;
	parts->size_diff[shard] = part.compared.sizes;
	return 0;
}

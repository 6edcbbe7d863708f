/* SPDX-License-Identifier: MIT */
/* Rule files: a revision as a document, both ways. */
#include "reader.h"
#include "writer.h"

#include <stdlib.h>
#include <string.h>

/* ---- Writing ------------------------------------------------------------------------ */

static void write_facts(struct s2i_writer *w, const struct s2_revision *rev, const char *key,
			uint64_t facts)
{
	if (facts == 0)
		return;
	s2i_open_flat(w, key, '[');
	for (unsigned i = 0; i < 64; i++)
		if ((facts >> i & 1) != 0)
			s2i_string(w, NULL, s2_revision_fact_name(rev, i));
	s2i_close(w, ']');
}

static void write_rule(struct s2i_writer *w, const struct s2_revision *rev,
		       const struct s2_rule *rule)
{
	s2i_open(w, NULL, '{');
	s2i_string(w, "id", rule->id);
	s2i_string(w, "stage", s2_stage_name((enum s2_stage)rule->stage));
	s2i_open(w, "when", '[');
	for (unsigned i = 0; i < rule->n_when; i++)
		s2i_write_cond(w, NULL, rev, &rule->when[i]);
	s2i_close(w, ']');
	s2i_open_flat(w, "then", '{');
	write_facts(w, rev, "set", rule->set);
	write_facts(w, rev, "clear", rule->clear);
	if (rule->err != 0)
		s2i_string(w, "errno", s2_errno_name(rule->err));
	if (rule->action != S2_ACTION_NONE)
		s2i_string(w, "action", s2_action_name((enum s2_action)rule->action));
	s2i_close(w, '}');
	s2i_string(w, "where", rule->where);
	s2i_string(w, "why", rule->why);
	s2i_close(w, '}');
}

static void write_quirks(struct s2i_writer *w, const char *key, const struct s2_name *names,
			 uint32_t quirks)
{
	s2i_open(w, key, '{');
	for (; names->name != NULL; names++)
		s2i_bool(w, names->name, (quirks & names->value) != 0);
	s2i_close(w, '}');
}

void s2i_write_rules(struct s2i_writer *w, const char *key, const struct s2_revision *rev)
{
	s2i_open(w, key, '{');
	s2i_string(w, "kernel", rev->id);
	s2i_string(w, "title", rev->title);
	write_quirks(w, "sizes", s2_size_quirk_names, rev->sizes);
	write_quirks(w, "table", s2_table_quirk_names, rev->table);
	if (rev->n_own != 0) {
		s2i_open(w, "facts", '[');
		for (size_t i = 0; i < rev->n_own; i++) {
			s2i_open_flat(w, NULL, '{');
			s2i_string(w, "id", rev->own[i].id);
			s2i_string(w, "why", rev->own[i].why);
			s2i_close(w, '}');
		}
		s2i_close(w, ']');
	}
	s2i_open(w, "rules", '[');
	for (size_t i = 0; i < rev->n_rules; i++)
		write_rule(w, rev, rev->rules[i]);
	s2i_close(w, ']');
	s2i_close(w, '}');
}

int s2_rules_print(const struct s2_revision *rev, enum s2_json_style style,
		   const struct s2_json_sink *sink)
{
	struct s2i_writer w;

	s2i_writer_init(&w, style, sink);
	s2i_write_rules(&w, NULL, rev);
	return s2i_writer_finish(&w);
}

int s2_kernels_print(enum s2_json_style style, const struct s2_json_sink *sink)
{
	struct s2i_writer w;

	s2i_writer_init(&w, style, sink);
	s2i_open(&w, NULL, '[');
	for (size_t i = 0; s2_revisions[i] != NULL; i++) {
		s2i_open_flat(&w, NULL, '{');
		s2i_string(&w, "id", s2_revisions[i]->id);
		s2i_string(&w, "title", s2_revisions[i]->title);
		s2i_uint(&w, "rules", s2_revisions[i]->n_rules);
		s2i_close(&w, '}');
	}
	s2i_close(&w, ']');
	return s2i_writer_finish(&w);
}

/* ---- Reading ------------------------------------------------------------------------ */

static struct s2_builder *builder(const struct s2i_reader *r)
{
	return r->context;
}

/* A fact that rules may test (@made_only false), or set and clear. */
static int find_fact(struct s2i_reader *r, const char *name, bool to_change, uint64_t *bit)
{
	const struct s2_revision *rev = s2_builder_revision(builder(r));
	const char *near = NULL;
	unsigned fact, best = 1000;

	if (s2_revision_fact(rev, name, &fact) == 0) {
		if (to_change && fact < S2_NR_INPUT_FACTS)
			return s2i_fail(r, S2_EINVAL,
					"\"%s\" is an input fact: rules cannot change it", name);
		*bit = S2_FACT_BIT(fact);
		return 0;
	}
	for (unsigned i = 0; i < 64; i++) {
		const char *known = s2_revision_fact_name(rev, i);

		if (known != NULL && s2_name_near(name, known, &best))
			near = known;
	}
	return s2i_fail(r, S2_EINVAL, "\"%.60s\" is not a fact%s%s%s", name,
			near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
			near != NULL ? "\"?" : "; a file may declare its own under /facts");
}

static int read_fact(struct s2i_reader *r, const json_t *value, void *dst)
{
	const char *name = json_string_value(value);
	uint64_t bit = 0;
	int ret;

	if (name == NULL)
		return s2i_expected(r, value, "the name of a fact");
	ret = find_fact(r, name, true, &bit);
	*(uint64_t *)dst |= bit;
	return ret;
}

static int read_facts(struct s2i_reader *r, const json_t *value, void *dst)
{
	return s2i_array(r, value, "an array of facts", read_fact, dst, 0);
}

static int read_literal(struct s2i_reader *r, const char *name, const json_t *value, void *dst)
{
	struct s2_cond *cond = dst;
	uint64_t bit;
	bool is;
	int ret = find_fact(r, name, false, &bit);

	if (ret == 0)
		ret = s2i_read_bool(r, value, &is);
	if (ret != 0)
		return ret;
	cond->mask |= bit;
	cond->value |= is ? bit : 0;
	return 0;
}

static int read_cond(struct s2i_reader *r, const json_t *value, void *dst)
{
	*(struct s2_cond *)dst = (struct s2_cond){ 0, 0 };
	return s2i_members(r, value, "an object: fact to true or false", read_literal, dst);
}

/* A rule as it is read; the builder copies it. */
struct rule_text {
	struct s2_rule rule;
	struct s2_cond when[S2_MAX_CONDS];
};

static int read_when(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct rule_text *text = dst;
	size_t n = json_array_size(value);

	if (json_typeof(value) == JSON_ARRAY && (n == 0 || n > S2_MAX_CONDS))
		return s2i_fail(r, S2_EINVAL, "%zu conditions: expected 1 to %d (an empty object "
				"is always true)", n, S2_MAX_CONDS);
	text->rule.when = text->when;
	text->rule.n_when = (uint8_t)n;
	return s2i_array(r, value, "an array of conditions", read_cond, text->when,
			 sizeof(text->when[0]));
}

static int read_stage(struct s2i_reader *r, const json_t *value, void *dst)
{
	const char *name = json_string_value(value);
	enum s2_stage stage;

	if (name == NULL || s2_stage_parse(name, &stage) != 0)
		return s2i_expected(r, value, "\"slot\", \"abort\", \"fault\" or \"prot\"");
	*(uint8_t *)dst = (uint8_t)stage;
	return 0;
}

static int read_errno(struct s2i_reader *r, const json_t *value, void *dst)
{
	uint64_t err;
	int ret = s2i_name(r, value, s2_errno_names, NULL, "an error name", &err);

	if (ret == 0)
		*(int16_t *)dst = (int16_t)err;
	return ret;
}

static int read_action(struct s2i_reader *r, const json_t *value, void *dst)
{
	const char *name = json_string_value(value);
	enum s2_action action;

	/* What a rule can do by itself: map, relax and hit are for the table to say. */
	if (name == NULL || s2_action_parse(name, &action) != 0 ||
	    action == S2_ACTION_MAP || action == S2_ACTION_RELAX || action == S2_ACTION_HIT ||
	    action == S2_ACTION_NONE)
		return s2i_expected(r, value,
				    "\"retry\", \"mmio\", \"inject\", \"signal\" or \"young\"");
	*(uint8_t *)dst = (uint8_t)action;
	return 0;
}

static const struct s2i_key then_keys[] = {
	{ "set", read_facts, offsetof(struct s2_rule, set), 0, 0 },
	{ "clear", read_facts, offsetof(struct s2_rule, clear), 0, 0 },
	{ "errno", read_errno, offsetof(struct s2_rule, err), 0, 0 },
	{ "action", read_action, offsetof(struct s2_rule, action), 0, 0 },
	{ NULL, NULL, 0, 0, 0 },
};

static int read_then(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_rule *rule = dst;
	int ret = s2i_object(r, value, then_keys, 1, rule);

	/* Lists without a fact are none. */
	if (ret == 0 && (rule->set | rule->clear) == 0 && rule->err == 0 &&
	    rule->action == S2_ACTION_NONE)
		return s2i_fail(r, S2_EINVAL, "expected at least one of set, clear, errno, action");
	return ret;
}

static const struct s2i_key rule_keys[] = {
	{ "id", s2i_read_text, offsetof(struct rule_text, rule.id), 1, 0 },
	{ "stage", read_stage, offsetof(struct rule_text, rule.stage), 1, 0 },
	{ "when", read_when, 0, 1, 0 },
	{ "then", read_then, offsetof(struct rule_text, rule), 1, 0 },
	{ "where", s2i_read_text, offsetof(struct rule_text, rule.where), 0, 0 },
	{ "why", s2i_read_text, offsetof(struct rule_text, rule.why), 0, 0 },
	{ NULL, NULL, 0, 0, 0 },
};

/* Of the builder: it names no place, the reader does. */
static int builder_error(struct s2i_reader *r, const struct s2_error *why)
{
	return s2i_fail(r, why->code, "%s", why->message);
}

static int read_rule(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct rule_text *text = dst;
	struct s2_error why;
	int ret;

	text->rule = (struct s2_rule){ .where = "", .why = "" };
	ret = s2i_object(r, value, rule_keys, 1, text);
	if (ret == 0 && s2_builder_insert(builder(r), S2_MAX_RULES, &text->rule, &why) != 0)
		return builder_error(r, &why);
	return ret;
}

static int read_rules(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct rule_text *text = malloc(sizeof(*text));
	int ret;

	(void)dst;
	if (text == NULL)
		return s2i_no_memory(r);
	ret = s2i_array(r, value, "an array of rules", read_rule, text, 0);
	free(text);
	return ret;
}

struct quirks {
	const struct s2_name *names;
	uint32_t *on;
};

static int read_quirk(struct s2i_reader *r, const char *name, const json_t *value, void *dst)
{
	struct quirks *quirks = dst;
	const char *near;
	uint64_t bit;
	bool on;
	int ret;

	if (s2_name_find(quirks->names, NULL, name, &bit) != 0) {
		near = s2_name_nearest(quirks->names, name);
		return s2i_fail(r, S2_EINVAL, "unknown quirk%s%s%s",
				near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
				near != NULL ? "\"?" : "");
	}
	ret = s2i_read_bool(r, value, &on);
	if (ret == 0)
		*quirks->on |= on ? (uint32_t)bit : 0;
	return ret;
}

static int read_quirks(struct s2i_reader *r, const json_t *value, const struct s2_name *names,
		       uint32_t *on)
{
	struct quirks quirks = { names, on };

	return s2i_members(r, value, "an object: quirk to true or false", read_quirk, &quirks);
}

static int read_sizes(struct s2i_reader *r, const json_t *value, void *dst)
{
	return read_quirks(r, value, s2_size_quirk_names, dst);
}

static int read_table(struct s2i_reader *r, const json_t *value, void *dst)
{
	return read_quirks(r, value, s2_table_quirk_names, dst);
}

static int read_own_fact(struct s2i_reader *r, const json_t *value, void *dst)
{
	static const struct s2i_key keys[] = {
		{ "id", s2i_read_text, offsetof(struct s2_own_fact, id), 1, 0 },
		{ "why", s2i_read_text, offsetof(struct s2_own_fact, why), 0, 0 },
		{ NULL, NULL, 0, 0, 0 },
	};
	struct s2_own_fact own = { .why = "" };
	struct s2_error why;
	int ret = s2i_object(r, value, keys, 1, &own);

	(void)dst;
	if (ret == 0 && s2_builder_add_fact(builder(r), own.id, own.why, &why) != 0)
		return builder_error(r, &why);
	return ret;
}

static int read_own_facts(struct s2i_reader *r, const json_t *value, void *dst)
{
	return s2i_array(r, value, "an array of facts", read_own_fact, dst, 0);
}

struct head {
	const char *kernel, *title;
	uint32_t sizes, table;
};

static const struct s2i_key file_keys[] = {
	{ "kernel", s2i_read_text, offsetof(struct head, kernel), 1, 0 },
	{ "title", s2i_read_text, offsetof(struct head, title), 0, 0 },
	{ "sizes", read_sizes, offsetof(struct head, sizes), 0, 0 },
	{ "table", read_table, offsetof(struct head, table), 0, 0 },
	{ "facts", NULL, 0, 0, 0 },
	{ "rules", NULL, 0, 1, 0 },
	{ NULL, NULL, 0, 0, 0 },
};

/* Rules may ask for the facts. */
static const struct s2i_key body_keys[] = {
	{ "facts", read_own_facts, 0, 0, 0 },
	{ "rules", read_rules, 0, 0, 0 },
	{ NULL, NULL, 0, 0, 0 },
};

static int read_file(struct s2i_reader *r, const json_t *root, struct s2_builder **out)
{
	struct head head = { .title = "" };
	struct s2_builder *b;
	int ret = s2i_object(r, root, file_keys, 1, &head);

	if (ret != 0)
		return ret;
	b = s2_builder_new(head.kernel, head.title);
	if (b == NULL)
		return s2i_no_memory(r);
	s2_builder_quirks(b, head.sizes, head.table);
	r->context = b;
	ret = s2i_in_order(r, root, body_keys, 1, b);
	if (ret == 0)
		*out = b;
	else
		s2_builder_free(b);
	return ret;
}

int s2_rules_parse(struct s2_builder **out, const char *text, size_t size, struct s2_error *err)
{
	struct s2i_reader r = { .err = err };
	json_t *root = s2i_parse(text, size, err);
	int ret;

	if (root == NULL)
		return err->code;
	ret = read_file(&r, root, out);
	json_decref(root);
	return ret;
}

/* SPDX-License-Identifier: MIT */
/* Revisions made at run time: rule files and what-ifs. */
#include <s2pte/kernel.h>

#include <stdlib.h>
#include <string.h>

struct s2_builder {
	struct s2_revision revision;
	const struct s2_rule *rules[S2_MAX_RULES];
	struct s2_own_fact own[S2_MAX_OWN_FACTS];
};

/* A rule with all that it points to, in one piece of memory. */
struct owned_rule {
	struct s2_rule rule;
	struct s2_cond when[];
};

static void free_rule(const struct s2_rule *rule)
{
	struct s2_rule *owned = (struct s2_rule *)(uintptr_t)rule;

	free((char *)(uintptr_t)owned->id);
	free((char *)(uintptr_t)owned->where);
	free((char *)(uintptr_t)owned->why);
	free(owned);
}

static const struct s2_rule *copy_rule(const struct s2_rule *rule)
{
	struct owned_rule *owned =
		malloc(sizeof(*owned) + rule->n_when * sizeof(owned->when[0]));

	if (owned == NULL)
		return NULL;
	owned->rule = *rule;
	memcpy(owned->when, rule->when, rule->n_when * sizeof(owned->when[0]));
	owned->rule.when = owned->when;
	owned->rule.id = strdup(rule->id);
	owned->rule.where = strdup(rule->where != NULL ? rule->where : "");
	owned->rule.why = strdup(rule->why != NULL ? rule->why : "");
	if (owned->rule.id == NULL || owned->rule.where == NULL || owned->rule.why == NULL) {
		free_rule(&owned->rule);
		return NULL;
	}
	return &owned->rule;
}

struct s2_builder *s2_builder_new(const char *id, const char *title)
{
	struct s2_builder *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	b->revision.id = strdup(id);
	b->revision.title = strdup(title);
	b->revision.rules = b->rules;
	b->revision.own = b->own;
	if (b->revision.id == NULL || b->revision.title == NULL) {
		s2_builder_free(b);
		return NULL;
	}
	return b;
}

void s2_builder_free(struct s2_builder *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->revision.n_rules; i++)
		free_rule(b->rules[i]);
	for (size_t i = 0; i < b->revision.n_own; i++) {
		free((char *)(uintptr_t)b->own[i].id);
		free((char *)(uintptr_t)b->own[i].why);
	}
	free((char *)(uintptr_t)b->revision.id);
	free((char *)(uintptr_t)b->revision.title);
	free(b);
}

void s2_builder_quirks(struct s2_builder *b, uint32_t sizes, uint32_t table)
{
	b->revision.sizes = sizes;
	b->revision.table = table;
}

/* Names that can be typed at a prompt and stand in a list of options. */
static bool well_formed(const char *id)
{
	size_t n = strlen(id);

	return n != 0 && n <= 64 &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n && id[0] != '-';
}

int s2_builder_add_fact(struct s2_builder *b, const char *id, const char *why,
			struct s2_error *err)
{
	struct s2_own_fact *own = &b->own[b->revision.n_own];
	unsigned fact;

	if (!well_formed(id))
		return s2_error_set(err, S2_EINVAL, NULL,
				    "a fact's id is made of a-z, 0-9 and -, at most 64");
	if (s2_revision_fact(&b->revision, id, &fact) == 0)
		return s2_error_set(err, S2_EINVAL, NULL, "there is a fact \"%s\" already", id);
	if (b->revision.n_own == S2_MAX_OWN_FACTS)
		return s2_error_set(err, S2_ELIMIT, NULL, "at most %d facts can be declared",
				    S2_MAX_OWN_FACTS);
	own->id = strdup(id);
	own->why = strdup(why);
	if (own->id == NULL || own->why == NULL) {
		free((char *)(uintptr_t)own->id);
		free((char *)(uintptr_t)own->why);
		return s2_error_set(err, S2_ENOMEM, NULL, "out of memory");
	}
	b->revision.n_own++;
	return 0;
}

int s2_builder_insert(struct s2_builder *b, size_t at, const struct s2_rule *rule,
		      struct s2_error *err)
{
	size_t n = b->revision.n_rules;
	const struct s2_rule *copy;

	if (at > n)
		at = n;
	if (!well_formed(rule->id))
		return s2_error_set(err, S2_EINVAL, NULL,
				    "a rule's id is made of a-z, 0-9 and -, at most 64");
	if (s2_revision_rule(&b->revision, rule->id) >= 0)
		return s2_error_set(err, S2_EINVAL, NULL, "there is a rule \"%s\" already", rule->id);
	if (n == S2_MAX_RULES)
		return s2_error_set(err, S2_ELIMIT, NULL, "at most %d rules", S2_MAX_RULES);
	if (rule->n_when > S2_MAX_CONDS)
		return s2_error_set(err, S2_ELIMIT, NULL, "at most %d alternatives of a rule",
				    S2_MAX_CONDS);
	if ((at > 0 && b->rules[at - 1]->stage > rule->stage) ||
	    (at < n && b->rules[at]->stage < rule->stage))
		return s2_error_set(err, S2_EINVAL, NULL,
				    "the rule \"%s\" of stage %s stands out of order: the stages "
				    "are slot, abort, fault, prot", rule->id,
				    s2_stage_name((enum s2_stage)rule->stage));
	for (unsigned i = 0; i < rule->n_when; i++)
		if ((rule->when[i].value & ~rule->when[i].mask) != 0)
			return s2_error_set(err, S2_EINVAL, NULL,
					    "condition %u of \"%s\" can never hold", i, rule->id);
	copy = copy_rule(rule);
	if (copy == NULL)
		return s2_error_set(err, S2_ENOMEM, NULL, "out of memory");
	memmove(&b->rules[at + 1], &b->rules[at], (n - at) * sizeof(b->rules[0]));
	b->rules[at] = copy;
	b->revision.n_rules++;
	return 0;
}

int s2_builder_drop(struct s2_builder *b, const char *id)
{
	int at = s2_revision_rule(&b->revision, id);

	if (at < 0)
		return S2_ENOENT;
	free_rule(b->rules[at]);
	b->revision.n_rules--;
	memmove(&b->rules[at], &b->rules[at + 1],
		(b->revision.n_rules - (size_t)at) * sizeof(b->rules[0]));
	return 0;
}

/* A word of facts of @rev, as the builder numbers them; its own facts are there already. */
static uint64_t renumber(const struct s2_builder *b, const struct s2_revision *rev, uint64_t facts)
{
	uint64_t here = facts & (S2_FACT_BIT(S2_FACT_OWN_FIRST) - 1);

	for (unsigned i = 0; i < rev->n_own; i++) {
		unsigned fact = 0;

		if ((facts >> (S2_FACT_OWN_FIRST + i) & 1) == 0)
			continue;
		(void)s2_revision_fact(&b->revision, rev->own[i].id, &fact);
		here |= S2_FACT_BIT(fact);
	}
	return here;
}

static int declare_facts(struct s2_builder *b, const struct s2_revision *rev, struct s2_error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < rev->n_own; i++) {
		unsigned fact;

		if (s2_revision_fact(&b->revision, rev->own[i].id, &fact) != 0)
			ret = s2_builder_add_fact(b, rev->own[i].id, rev->own[i].why, err);
	}
	return ret;
}

int s2_builder_insert_from(struct s2_builder *b, size_t at, const struct s2_revision *rev,
			   size_t i, struct s2_error *err)
{
	struct s2_rule rule = *rev->rules[i];
	struct s2_cond when[UINT8_MAX]; /* as many as a rule of somebody's own can have */
	int ret = declare_facts(b, rev, err);

	if (ret != 0)
		return ret;
	for (unsigned j = 0; j < rule.n_when; j++)
		when[j] = (struct s2_cond){ renumber(b, rev, rule.when[j].mask),
					    renumber(b, rev, rule.when[j].value) };
	rule.when = when;
	rule.set = renumber(b, rev, rule.set);
	rule.clear = renumber(b, rev, rule.clear);
	return s2_builder_insert(b, at, &rule, err);
}

int s2_builder_copy(struct s2_builder *b, const struct s2_revision *rev, struct s2_error *err)
{
	int ret = 0;

	b->revision.sizes |= rev->sizes;
	b->revision.table |= rev->table;
	for (size_t i = 0; ret == 0 && i < rev->n_rules; i++)
		ret = s2_builder_insert_from(b, S2_MAX_RULES, rev, i, err);
	return ret;
}

const struct s2_revision *s2_builder_revision(struct s2_builder *b)
{
	return &b->revision;
}

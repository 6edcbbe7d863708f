/* SPDX-License-Identifier: MIT */
/* Scenarios: the document as a whole. */
#include "scenario_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_kernel(struct s2i_reader *r, const json_t *value, void *dst)
{
	const struct s2_json_resolver *resolver = s2i_context(r)->resolver;
	const struct s2_revision **rev = dst;
	const char *id = json_string_value(value), *near;

	if (id == NULL)
		return s2i_expected(r, value, "the id of a kernel revision");
	if (resolver != NULL) {
		struct s2_error why = { 0 };

		*rev = resolver->resolve(resolver->arg, id, &why);
		/* A rule file that cannot be read makes the scenario invalid, nothing else. */
		if (*rev == NULL)
			return s2i_fail(r, why.code == S2_ENOMEM ? S2_ENOMEM : S2_EINVAL, "%s%s%s",
					why.path, why.path[0] != '\0' ? ": " : "", why.message);
		return 0;
	}
	*rev = s2_revision_find(id);
	if (*rev != NULL)
		return 0;
	near = s2_revision_nearest(id);
	return s2i_fail(r, S2_EINVAL, "\"%.60s\" is not a kernel revision%s%s%s", id,
			near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
			near != NULL ? "\"?" : "");
}

static int read_granule(struct s2i_reader *r, const json_t *value, void *dst)
{
	const char *name = json_string_value(value);

	if (name == NULL || s2_granule_parse(name, dst) != 0)
		return s2i_expected(r, value, "\"4K\", \"16K\" or \"64K\"");
	return 0;
}

/* An array of at most @max objects of @size, into memory that the scenario owns. */
static int read_array(struct s2i_reader *r, const json_t *value, size_t max, size_t size,
		      s2i_read_fn *read, void **items, size_t *n)
{
	size_t count = json_array_size(value);

	if (count > max)
		return s2i_fail(r, S2_ELIMIT, "%zu elements: at most %zu are allowed", count, max);
	*items = calloc(count + 1, size);
	if (*items == NULL)
		return s2i_no_memory(r);
	*n = count;
	return s2i_array(r, value, "an array", read, *items, size);
}

static int read_rams(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_scenario *s = dst;

	return read_array(r, value, S2_MAX_RAM, sizeof(*s->ram), s2i_read_ram, (void **)&s->ram,
			  &s->config.n_ram);
}

static int read_vmas(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_scenario *s = dst;

	return read_array(r, value, S2_MAX_VMAS, sizeof(*s->vmas), s2i_read_vma, (void **)&s->vmas,
			  &s->config.n_vmas);
}

static int read_memslots(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_scenario *s = dst;

	return read_array(r, value, S2_MAX_MEMSLOTS, sizeof(*s->memslots), s2i_read_memslot,
			  (void **)&s->memslots, &s->config.n_memslots);
}

static int read_events(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_scenario *s = dst;
	struct s2i_context *c = s2i_context(r);
	int ret;

	c->vmas = calloc(s->config.n_vmas + 1, sizeof(*c->vmas));
	if (c->vmas == NULL)
		return s2i_no_memory(r);
	if (s->config.n_vmas != 0)
		memcpy(c->vmas, s->vmas, s->config.n_vmas * sizeof(*c->vmas));
	ret = read_array(r, value, S2_JSON_MAX_EVENTS, sizeof(*s->events), s2i_read_event,
			 (void **)&s->events, &s->n_events);
	free(c->vmas);
	return ret;
}

static int read_title(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_scenario *s = dst;

	const char *text;
	int ret = s2i_read_text(r, value, &text);

	if (ret != 0)
		return ret;
	s->title = strdup(text);
	return s->title != NULL ? 0 : s2i_no_memory(r);
}

/* Facts that the revision's rule file declares. */
static int read_fact(struct s2i_reader *r, const char *name, const json_t *value, void *dst)
{
	struct s2_scenario *s = dst;
	unsigned fact;
	bool yes;
	int ret;

	if (s2_revision_fact(s->config.revision, name, &fact) != 0)
		return s2i_fail(r, S2_EINVAL, "the kernel revision declares no such fact");
	if (fact < S2_FACT_OWN_FIRST)
		return s2i_fail(r, S2_EINVAL, "the fact follows from the scenario; only facts "
					      "declared by a rule file are set here");
	ret = s2i_read_bool(r, value, &yes);
	if (ret == 0)
		s->config.own_facts |= yes ? S2_FACT_BIT(fact) : 0;
	return ret;
}

static int read_facts(struct s2i_reader *r, const json_t *value, void *dst)
{
	return s2i_members(r, value, "an object: fact to true or false", read_fact, dst);
}

/*
 * In the order of these rows, not of the document: what is below is checked against
 * what is above. "need" tells the passes apart.
 */
#define CONFIG(key, fn, member) { key, fn, offsetof(struct s2_scenario, config.member), 0, 0 }
static const struct s2i_key scenario_keys[] = {
	{ "id", NULL, 0, 0, 0 },
	{ "title", read_title, 0, 0, 0 },
	CONFIG("kernel", read_kernel, revision),
	CONFIG("granule", read_granule, granule),
	CONFIG("ipa_bits", s2i_read_unsigned, ipa_bits),
	CONFIG("cpu", s2i_read_cpu, cpu),
	CONFIG("vm", s2i_read_vm, mte),
	{ "facts", read_facts, 0, 0, 0 },
	{ "ram", read_rams, 0, 0, 0 },
	{ "vmas", read_vmas, 0, 0, 0 },
	{ "memslots", read_memslots, 0, 0, 0 },
	{ "events", read_events, 0, 0, 0 },
	END,
};

/* Before any value is read: are all keys known? */
static int check_keys(struct s2i_reader *r, const json_t *root)
{
	struct s2i_key names[sizeof(scenario_keys) / sizeof(scenario_keys[0])];

	memcpy(names, scenario_keys, sizeof(names));
	for (size_t i = 0; names[i].name != NULL; i++)
		names[i].read = NULL;
	return s2i_object(r, root, names, 1, NULL);
}

int s2i_scenario_read(struct s2i_reader *r, const json_t *root,
		      const struct s2_json_resolver *resolver, struct s2_scenario **out)
{
	struct s2_scenario *s = calloc(1, sizeof(*s));
	struct s2i_context c = { .resolver = resolver, .scenario = s };
	const json_t *id = json_object_get(root, "id"); /* NULL, too, if it is no object */
	int ret;

	if (s == NULL)
		return s2i_no_memory(r);
	*out = s;
	s->config.revision = s2_revision_find("latest");
	s->config.ipa_bits = 40;
	if (id != NULL)
		s->id = json_dumps(id, JSON_COMPACT | JSON_ENCODE_ANY);
	/* For the readers of its parts, which are done when this returns. */
	/* cppcheck-suppress autoVariables */
	r->context = &c;
	ret = id != NULL && s->id == NULL ? s2i_no_memory(r) : check_keys(r, root);
	if (ret == 0)
		ret = s2i_in_order(r, root, scenario_keys, 1, s);
	s->config.ram = s->ram;
	s->config.vmas = s->vmas;
	s->config.memslots = s->memslots;
	if (ret != 0)
		return ret;
	/* What remains to be checked concerns several parts at once. */
	return s2_vm_new(&s->vm, &s->config, r->err);
}

int s2_scenario_parse(struct s2_scenario **scenario, const char *text, size_t size,
		      const struct s2_json_resolver *resolver, struct s2_error *err)
{
	struct s2_error own = { 0 };
	struct s2i_reader r = { .err = err != NULL ? err : &own };
	json_t *root;
	int ret;

	*scenario = NULL;
	root = s2i_parse(text, size, r.err);
	if (root == NULL)
		return r.err->code;
	ret = s2i_scenario_read(&r, root, resolver, scenario);
	json_decref(root);
	return ret;
}

void s2_scenario_free(struct s2_scenario *s)
{
	if (s == NULL)
		return;
	s2_vm_free(s->vm);
	free(s->id);
	free(s->title);
	free(s->ram);
	free(s->vmas);
	free(s->memslots);
	free(s->events);
	free(s);
}

const struct s2_vm_config *s2_scenario_config(const struct s2_scenario *s)
{
	return &s->config;
}

const char *s2_scenario_id(const struct s2_scenario *s)
{
	return s->id;
}

const char *s2_scenario_title(const struct s2_scenario *s)
{
	return s->title;
}

const struct s2_event *s2_scenario_events(const struct s2_scenario *s, size_t *n)
{
	*n = s->n_events;
	return s->events;
}

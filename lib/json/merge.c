/* SPDX-License-Identifier: MIT */
/* The parts of a sweep, put together to the answer of the whole. */
#include "answer.h"
#include "part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct s2_merge {
	struct s2_json_resolver resolver;
	struct s2_answer answer; /* its question, from the first part on */
	unsigned n;              /* parts that there must be, 0 = none has come yet */
	const char **names;      /* of those that have come, by number */
	const char *first;       /* the name of the first that came */
	struct s2_builder *proposed; /* the revision of a whatif, */
	json_t *rules;               /* and the rule file that it was made from */
	struct s2i_parts parts;
};

int s2_merge_new(struct s2_merge **out, const struct s2_json_resolver *resolver)
{
	struct s2_merge *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return S2_ENOMEM;
	if (resolver != NULL)
		m->resolver = *resolver;
	*out = m;
	return 0;
}

void s2_merge_free(struct s2_merge *m)
{
	if (m == NULL)
		return;
	while (m->parts.kept != NULL) {
		struct s2i_kept *block = m->parts.kept;

		m->parts.kept = block->next;
		free(block);
	}
	s2_answer_free(&m->answer);
	s2_builder_free(m->proposed);
	json_decref(m->rules);
	free(m);
}

static int no_memory(struct s2_error *err)
{
	return s2_error_set(err, S2_ENOMEM, NULL, "out of memory");
}

static const char *keep_text(struct s2_merge *m, const char *text)
{
	return text != NULL ? s2i_keep_text(&m->parts.kept, text) : NULL;
}

/* ---- The first part says what it is all about ------------------------------------------- */

static const struct s2_revision *find_kernel(struct s2_merge *m, const char *id,
					     struct s2_error *err)
{
	const struct s2_revision *rev;

	if (m->resolver.resolve != NULL)
		return m->resolver.resolve(m->resolver.arg, id, err);
	rev = s2_revision_find(id);
	if (rev == NULL)
		s2_error_set(err, S2_EINVAL, NULL, "\"%.60s\" is not a kernel revision", id);
	return rev;
}

static int load_proposed(struct s2_merge *m, const json_t *rules, struct s2_error *err)
{
	char *text = json_dumps(rules, JSON_COMPACT);
	struct s2_error why;
	char path[10 + sizeof(why.path)];
	int ret;

	if (text == NULL)
		return no_memory(err);
	ret = s2_rules_parse(&m->proposed, text, strlen(text), &why);
	free(text);
	if (ret != 0) {
		snprintf(path, sizeof(path), "/proposed%s", why.path);
		return s2_error_set(err, ret, path, "%s", why.message);
	}
	m->rules = json_incref((json_t *)(uintptr_t)rules);
	m->answer.kernel.revision = s2_builder_revision(m->proposed);
	return 0;
}

static int find_kernels(struct s2_merge *m, const struct s2i_part_head *head, struct s2_error *err)
{
	struct s2_answer *a = &m->answer;

	a->question = head->question;
	a->options.assumptions = (unsigned)head->assumptions;
	a->kernel.name = keep_text(m, head->kernel);
	a->kernel.run_as = keep_text(m, head->run_as);
	a->base.name = keep_text(m, head->base);
	if (a->kernel.name == NULL || (head->base != NULL && a->base.name == NULL) ||
	    (head->run_as != NULL && a->kernel.run_as == NULL))
		return no_memory(err);
	if (head->base != NULL) {
		a->base.revision = find_kernel(m, head->base, err);
		if (a->base.revision == NULL)
			return err->code;
	}
	if (head->proposed != NULL)
		return load_proposed(m, head->proposed, err);
	a->kernel.revision = find_kernel(m, head->kernel, err);
	return a->kernel.revision != NULL ? 0 : err->code;
}

static int make_room(struct s2_merge *m, unsigned n)
{
	struct s2i_parts *parts = &m->parts;

	m->names = s2i_keep(&parts->kept, n, sizeof(*m->names));
	parts->reach = s2i_keep(&parts->kept, n, sizeof(*parts->reach));
	parts->verify = s2i_keep(&parts->kept, n, sizeof(*parts->verify));
	parts->size_invariants = s2i_keep(&parts->kept, (size_t)n * S2_NR_SIZE_INVARIANTS,
					  sizeof(*parts->size_invariants));
	parts->diff = s2i_keep(&parts->kept, n, sizeof(*parts->diff));
	parts->size_diff = s2i_keep(&parts->kept, n, sizeof(*parts->size_diff));
	return m->names != NULL && parts->reach != NULL && parts->verify != NULL &&
	       parts->size_invariants != NULL && parts->diff != NULL &&
	       parts->size_diff != NULL ? 0 : S2_ENOMEM;
}

static int begin(struct s2_merge *m, const char *name, const struct s2i_part_head *head,
		 struct s2_error *err)
{
	const struct s2_revision *base, *kernel;
	int ret = find_kernels(m, head, err);

	if (ret != 0)
		return ret;
	base = m->answer.base.revision;
	kernel = m->answer.kernel.revision;
	ret = s2_explorer_new(&m->answer.explorer, base != NULL ? base : kernel,
			      base != NULL ? kernel : NULL, &m->answer.options);
	if (ret == 0)
		ret = make_room(m, head->n_shards);
	m->first = keep_text(m, name);
	if (ret != 0 || m->first == NULL)
		return ret == S2_ELIMIT ? s2_error_set(err, ret, NULL, "the rules are too intricate") :
					  no_memory(err);
	m->parts.explorer = m->answer.explorer;
	m->parts.base = base;
	m->parts.kernel = kernel;
	m->n = head->n_shards;
	return 0;
}

/* ---- The others must belong to it --------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Rule files are read again, and another build may know other revisions. */
static int unchanged(const struct s2_merge *m, const struct s2i_part_head *head,
		     struct s2_error *err)
{
	const struct s2_json_kernel *const kernels[] = { &m->answer.base, &m->answer.kernel };

	for (size_t i = 0; i < 2; i++)
		if (kernels[i]->revision != NULL &&
		    s2i_fingerprint(kernels[i]->revision) != head->revisions[i])
			return s2_error_set(err, S2_EINVAL, NULL, "the part was made of other rules "
					    "than %.80s has now", kernels[i]->name);
	return 0;
}

static int belongs(const struct s2_merge *m, const struct s2i_part_head *head, struct s2_error *err)
{
	static const char *const questions[] = { "reach", "verify", "diff", "whatif" };
	const struct s2_answer *a = &m->answer;

	if (head->question != a->question)
		return s2_error_set(err, S2_EINVAL, NULL, "a part of %s, where %.80s is one of %s",
				    questions[head->question], m->first, questions[a->question]);
	if (!same_text(head->kernel, a->kernel.name) || !same_text(head->base, a->base.name))
		return s2_error_set(err, S2_EINVAL, NULL, "a part about %.40s%s%.40s, where %.80s is "
				    "about %.40s%s%.40s", head->base != NULL ? head->base : "",
				    head->base != NULL ? " and " : "", head->kernel, m->first,
				    a->base.name != NULL ? a->base.name : "",
				    a->base.name != NULL ? " and " : "", a->kernel.name);
	if (!same_text(head->run_as, a->kernel.run_as) ||
	    (m->rules != NULL && !json_equal(m->rules, head->proposed)))
		return s2_error_set(err, S2_EINVAL, NULL, "a part about other rules than %.80s",
				    m->first);
	if (head->assumptions != a->options.assumptions)
		return s2_error_set(err, S2_EINVAL, NULL, "a part under other assumptions than %.80s",
				    m->first);
	if (head->n_shards != m->n)
		return s2_error_set(err, S2_EINVAL, NULL, "one of %u parts, where %.80s is one of %u",
				    head->n_shards, m->first, m->n);
	if (m->names[head->shard] != NULL)
		return s2_error_set(err, S2_EINVAL, NULL, "part %u of %u is there twice: also %.80s",
				    head->shard + 1, m->n, m->names[head->shard]);
	return 0;
}

static int add(struct s2_merge *m, const char *name, const json_t *root, struct s2_error *err)
{
	struct s2i_reader r = { .err = err };
	struct s2i_part_head head;
	int ret = s2i_read_part_head(&r, root, &head);

	if (ret == 0 && m->n == 0)
		ret = begin(m, name, &head, err);
	if (ret == 0)
		ret = belongs(m, &head, err);
	if (ret == 0)
		ret = unchanged(m, &head, err);
	if (ret == 0)
		ret = s2i_read_part(&r, root, head.question, head.shard, &m->parts);
	if (ret != 0)
		return ret;
	m->names[head.shard] = keep_text(m, name);
	return m->names[head.shard] != NULL ? 0 : no_memory(err);
}

int s2_merge_add(struct s2_merge *m, const char *name, const char *text, size_t size,
		 struct s2_error *err)
{
	json_t *root = s2i_parse(text, size, err);
	int ret;

	if (root == NULL)
		return err->code;
	ret = add(m, name, root, err);
	json_decref(root);
	return ret;
}

/* ---- The answer --------------------------------------------------------------------------- */

/* "parts 2, 5-8 of 16 are missing" */
static int missing(const struct s2_merge *m, struct s2_error *err)
{
	char list[160] = "";
	size_t n = 0;
	unsigned count = 0;

	for (unsigned k = 0; k < m->n; k++) {
		unsigned last = k;

		if (m->names[k] != NULL)
			continue;
		while (last + 1 < m->n && m->names[last + 1] == NULL)
			last++;
		if (n + 20 < sizeof(list)) {
			n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%u", n != 0 ? ", " : "",
					      k + 1);
			if (last != k)
				n += (size_t)snprintf(list + n, sizeof(list) - n, "-%u", last + 1);
		} else if (list[n - 1] != '.') {
			n += (size_t)snprintf(list + n, sizeof(list) - n, ", ...");
		}
		count += last - k + 1;
		k = last;
	}
	if (count == 0)
		return 0;
	return s2_error_set(err, S2_EINVAL, NULL, "part%s %s of %u %s missing", count > 1 ? "s" : "",
			    list, m->n, count > 1 ? "are" : "is");
}

static int join_reach(struct s2_merge *m, struct s2_error *err)
{
	struct s2_answer *a = &m->answer;

	return s2_join_reach(a->explorer, m->parts.kernel, m->parts.reach, m->n, &a->reach, err);
}

static int join_verify(struct s2_merge *m, struct s2_error *err)
{
	const struct s2i_parts *p = &m->parts;
	struct s2_answer *a = &m->answer;
	int ret = s2_join_verify(a->explorer, p->kernel, p->verify, m->n, &a->verify, err);

	if (ret == 0)
		ret = s2_join_size_verify(a->explorer, p->size_invariants, m->n,
					  a->size_invariants, err);
	/* Not a sweep: every part has all of it. */
	return ret == 0 ? s2_table_verify(p->kernel, a->table_invariants) : ret;
}

static int join_diff(struct s2_merge *m, struct s2_error *err)
{
	const struct s2i_parts *p = &m->parts;
	struct s2_answer *a = &m->answer;
	int ret = s2_join_diff(a->explorer, p->base, p->kernel, p->diff, m->n, &a->diff, err);

	if (ret != 0)
		return ret;
	return s2_join_size_diff(a->explorer, p->base, p->kernel, p->size_diff, m->n, &a->size_diff,
				 err);
}

static int join(struct s2_merge *m, struct s2_error *err)
{
	const struct s2_answer *a = &m->answer;
	int ret = s2i_asks(a, S2_ASK_REACH) ? join_reach(m, err) : 0;

	if (ret == 0 && s2i_asks(a, S2_ASK_VERIFY))
		ret = join_verify(m, err);
	if (ret == 0 && s2i_asks(a, S2_ASK_DIFF))
		ret = join_diff(m, err);
	if (ret == S2_ELIMIT)
		s2_error_set(err, ret, NULL, "the sets of states grow beyond the limit");
	else if (ret == S2_ENOMEM)
		no_memory(err);
	return ret;
}

int s2_merge_answer(struct s2_merge *m, struct s2_answer *answer, struct s2_error *err)
{
	int ret;

	if (m->n == 0)
		return s2_error_set(err, S2_EINVAL, NULL, "there are no parts");
	ret = missing(m, err);
	if (ret == 0)
		ret = join(m, err);
	if (ret == 0)
		*answer = m->answer;
	return ret;
}

/* SPDX-License-Identifier: MIT */
/* Questions about all states of a revision, asked. */
#include "answer.h"

static int reach(struct s2_answer *a)
{
	return s2_explore_reach(a->explorer, a->kernel.revision, &a->reach);
}

static int verify(struct s2_answer *a)
{
	const struct s2_revision *rev = a->kernel.revision;
	int ret = s2_explore_verify(a->explorer, rev, &a->verify);

	if (ret == 0)
		ret = s2_explore_size_verify(a->explorer, rev, a->size_invariants);
	return ret == 0 ? s2_table_verify(rev, a->table_invariants) : ret;
}

static int diff(struct s2_answer *a)
{
	const struct s2_revision *rev = a->kernel.revision, *base = a->base.revision;
	int ret = s2_explore_diff(a->explorer, base, rev, &a->diff);

	return ret == 0 ? s2_explore_size_diff(a->explorer, base, rev, &a->size_diff) : ret;
}

static int explore(struct s2_answer *a)
{
	int ret = s2i_asks(a, S2_ASK_REACH) ? reach(a) : 0;

	if (ret == 0 && s2i_asks(a, S2_ASK_VERIFY))
		ret = verify(a);
	if (ret == 0 && s2i_asks(a, S2_ASK_DIFF))
		ret = diff(a);
	return ret;
}

int s2_answer_explore(struct s2_answer *a)
{
	const struct s2_revision *base = a->base.revision;
	int ret;

	a->explorer = NULL;
	if (base != NULL)
		ret = s2_explorer_new(&a->explorer, base, a->kernel.revision, &a->options);
	else
		ret = s2_explorer_new(&a->explorer, a->kernel.revision, NULL, &a->options);
	if (ret == 0)
		ret = explore(a);
	if (ret != 0)
		s2_answer_free(a);
	return ret;
}

void s2_answer_free(struct s2_answer *a)
{
	s2_explorer_free(a->explorer);
	a->explorer = NULL;
}

bool s2_answer_violated(const struct s2_answer *a)
{
	if (!s2i_asks(a, S2_ASK_VERIFY))
		return false;
	for (size_t i = 0; i < a->verify.n_invariants; i++)
		if (!a->verify.invariants[i].holds)
			return true;
	for (size_t i = 0; i < S2_NR_SIZE_INVARIANTS; i++)
		if (a->size_invariants[i].violations != 0)
			return true;
	for (size_t i = 0; i < S2_NR_TABLE_INVARIANTS; i++)
		if (a->table_invariants[i].violations != 0)
			return true;
	return false;
}

bool s2_answer_different(const struct s2_answer *a)
{
	return s2i_asks(a, S2_ASK_DIFF) && (a->diff.different != 0 || a->size_diff.different != 0);
}

/* SPDX-License-Identifier: MIT */
/* Questions about all states of a revision, asked. */
#include <s2pte/json.h>

static bool asks(const struct s2_answer *a, enum s2_question question)
{
	return a->question == question || a->question == S2_ASK_WHATIF;
}

static int explore(struct s2_answer *a)
{
	const struct s2_revision *rev = a->kernel.revision, *base = a->base.revision;
	int ret = 0;

	if (asks(a, S2_ASK_REACH))
		ret = s2_explore_reach(a->explorer, rev, &a->reach);
	if (ret == 0 && asks(a, S2_ASK_VERIFY))
		ret = s2_explore_verify(a->explorer, rev, &a->verify);
	if (ret == 0 && asks(a, S2_ASK_VERIFY))
		ret = s2_explore_size_verify(a->explorer, rev, a->size_invariants);
	if (ret == 0 && asks(a, S2_ASK_VERIFY))
		ret = s2_table_verify(rev, a->table_invariants);
	if (ret == 0 && asks(a, S2_ASK_DIFF))
		ret = s2_explore_diff(a->explorer, base, rev, &a->diff);
	if (ret == 0 && asks(a, S2_ASK_DIFF))
		ret = s2_explore_size_diff(a->explorer, base, rev, &a->size_diff);
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
	if (!asks(a, S2_ASK_VERIFY))
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
	return asks(a, S2_ASK_DIFF) && (a->diff.different != 0 || a->size_diff.different != 0);
}

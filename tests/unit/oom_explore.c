/* SPDX-License-Identifier: MIT */
/*
 * Revisions made, and questions asked of them, whose n-th allocation fails, for all n: the
 * answer is S2_ENOMEM, or the one wanted where it was not needed, and no memory is left. Speaks
 * TAP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <s2pte/explore.h>
#include <s2pte/vm.h>

#include "../../lib/explore/bdd.h"
#include "failing.h"

#define F(fact) S2_FACT_BIT(S2_FACT_##fact)

/* Two revisions with differences of every kind, and a rule that is dead. */
static const struct s2_cond special = { F(SPECIAL), F(SPECIAL) };
static const struct s2_cond never = { F(DEVICE), F(DEVICE) };
static const struct s2_rule slot_rule = { .id = "slot", .when = &special, .n_when = 1,
					  .stage = S2_STAGE_SLOT, .err = S2_K_EINVAL };
static const struct s2_rule fault_rule = { .id = "fault", .when = &special, .n_when = 1,
					   .stage = S2_STAGE_FAULT, .err = S2_K_EFAULT };
static const struct s2_rule dead_rule = { .id = "dead", .when = &never, .n_when = 1,
					  .stage = S2_STAGE_FAULT, .err = S2_K_EFAULT };
static const struct s2_rule *const rules[] = { &slot_rule, &fault_rule, &dead_rule };
static const struct s2_own_fact own = { "own-fact", "a predicate nobody has modelled" };
static const struct s2_revision from = { .id = "from", .title = "", .rules = rules, .n_rules = 3,
					 .sizes = S2_SIZE_PFNMAP_BLOCKS, .own = &own, .n_own = 1 };
static const struct s2_revision to = { .id = "to", .title = "",
				       .sizes = S2_SIZE_PFNMAP_BLOCKS | S2_SIZE_IPA_ALIGN_4K };

/* The answers of a part of one, for joining. */
static struct s2_reach reach;
static struct s2_verify verify;
static struct s2_diff diff;
static struct s2_size_invariant blocks[S2_NR_SIZE_INVARIANTS];
static struct s2_size_diff sizes;

/* ---- What is tried; 0 or an error ---- */

static int make_revision(void)
{
	struct s2_builder *b = s2_builder_new("copy", "of another");
	struct s2_error err = { 0 };
	int ret = b != NULL ? s2_builder_copy(b, &from, &err) : S2_ENOMEM;

	if (b != NULL && ret != err.code)
		ret = S2_EINVAL; /* it did not say so */
	s2_builder_free(b);
	return ret;
}

/* Enough for the diagram to grow. */
static int grow_sets(void)
{
	struct s2i_bdd *bdd = s2i_bdd_new(16);
	s2i_set set = S2I_NONE;
	int ret;

	if (bdd == NULL)
		return S2_ENOMEM;
	for (unsigned i = 0; i < 300; i++) {
		s2i_set row = S2I_EVERY;

		for (unsigned level = 16; level-- > 0;)
			row = (i * 40503u >> level & 1) != 0 ?
				      s2i_and(bdd, row, s2i_var(bdd, level)) :
				      s2i_minus(bdd, row, s2i_var(bdd, level));
		set = s2i_equal(bdd, set, row);
	}
	ret = s2i_bdd_failed(bdd);
	s2i_bdd_free(bdd);
	return ret;
}

static int ask(const struct s2_explore_options *options, int (*question)(struct s2_explorer *ex))
{
	struct s2_explorer *ex;
	int ret = s2_explorer_new(&ex, &from, &to, options);

	if (ret != 0)
		return ret;
	ret = question(ex);
	s2_explorer_free(ex);
	return ret;
}

static int ask_reach(struct s2_explorer *ex)
{
	struct s2_reach got;

	return s2_explore_reach(ex, &from, &got);
}

static int ask_verify(struct s2_explorer *ex)
{
	struct s2_verify got;

	return s2_explore_verify(ex, &from, &got);
}

static int ask_diff(struct s2_explorer *ex)
{
	struct s2_diff got;

	return s2_explore_diff(ex, &from, &to, &got);
}

static int ask_blocks(struct s2_explorer *ex)
{
	struct s2_size_invariant got[S2_NR_SIZE_INVARIANTS];

	return s2_explore_size_verify(ex, &from, got);
}

static int ask_sizes(struct s2_explorer *ex)
{
	struct s2_size_diff got;

	return s2_explore_size_diff(ex, &from, &to, &got);
}

static int join_reach(struct s2_explorer *ex)
{
	struct s2_reach got;

	return s2_join_reach(ex, &from, &reach, 1, &got, NULL);
}

static int join_verify(struct s2_explorer *ex)
{
	struct s2_verify got;

	return s2_join_verify(ex, &from, &verify, 1, &got, NULL);
}

static int join_diff(struct s2_explorer *ex)
{
	struct s2_diff got;

	return s2_join_diff(ex, &from, &to, &diff, 1, &got, NULL);
}

static int join_blocks(struct s2_explorer *ex)
{
	struct s2_size_invariant got[S2_NR_SIZE_INVARIANTS];

	return s2_join_size_verify(ex, blocks, 1, got, NULL);
}

static int join_sizes(struct s2_explorer *ex)
{
	struct s2_size_diff got;

	return s2_join_size_diff(ex, &from, &to, &sizes, 1, &got, NULL);
}

static int ask_table(void)
{
	struct s2_table_invariant got[S2_NR_TABLE_INVARIANTS];

	return s2_table_verify(&from, got);
}

#define WHOLE { .assumptions = S2_ASSUME_DEFAULT }
/* Of sizes only a part, which takes less time and the same memory. */
#define PART { .assumptions = S2_ASSUME_DEFAULT, .n_shards = S2_MAX_SHARDS }

static const struct {
	const char *what;
	int (*alone)(void);
	int (*question)(struct s2_explorer *ex);
	struct s2_explore_options options;
} tried[] = {
	{ "a revision is made", make_revision, NULL, WHOLE },
	{ "a diagram grows", grow_sets, NULL, WHOLE },
	{ "reach", NULL, ask_reach, WHOLE },
	{ "reach of a part", NULL, ask_reach, PART },
	{ "verify", NULL, ask_verify, PART },
	{ "diff", NULL, ask_diff, WHOLE },
	{ "blocks", NULL, ask_blocks, PART },
	{ "sizes", NULL, ask_sizes, PART },
	{ "joined reach", NULL, join_reach, WHOLE },
	{ "joined verify", NULL, join_verify, WHOLE },
	{ "joined diff", NULL, join_diff, WHOLE },
	{ "joined blocks", NULL, join_blocks, WHOLE },
	{ "joined sizes", NULL, join_sizes, WHOLE },
	{ "the table's invariants", ask_table, NULL, WHOLE },
};
#define N_TRIED (sizeof(tried) / sizeof(tried[0]))

static int try_once(size_t i, unsigned long at)
{
	int ret;

	failing_start(at);
	ret = tried[i].alone != NULL ? tried[i].alone() : ask(&tried[i].options, tried[i].question);
	failing_at = 0;
	return ret;
}

/* Of very many allocations some: about as many as this, less with S2_TEST_STRIDE. */
#define ATTEMPTS 100

static unsigned long attempts(void)
{
	const char *stride = getenv("S2_TEST_STRIDE");
	unsigned long n = stride != NULL ? strtoul(stride, NULL, 10) : 1;

	return n != 0 ? ATTEMPTS / n + 1 : ATTEMPTS;
}

static bool try_each(size_t i)
{
	int usual = try_once(i, 0);
	unsigned long wanted = failing_calls, step = wanted / attempts() + 1, n;
	bool good = usual == 0 && failing_live == 0 && wanted != 0;

	printf("# %s: %d, %lu allocations, %ld left\n", tried[i].what, usual, wanted, failing_live);
	for (n = 1; n <= wanted; n += step) {
		int ret = try_once(i, n);

		if (ret == S2_ENOMEM && failing_live == 0)
			continue;
		printf("# number %lu of %lu fails: %d, %ld left\n", n, wanted, ret, failing_live);
		good = false;
	}
	return good;
}

int main(void)
{
	const struct s2_explore_options options = { .assumptions = S2_ASSUME_DEFAULT,
						    .n_shards = 1 };
	struct s2_explorer *part;
	bool all = true;

	if (s2_explorer_new(&part, &from, &to, &options) != 0 ||
	    s2_explore_reach(part, &from, &reach) != 0 ||
	    s2_explore_verify(part, &from, &verify) != 0 ||
	    s2_explore_diff(part, &from, &to, &diff) != 0 ||
	    s2_explore_size_verify(part, &from, blocks) != 0 ||
	    s2_explore_size_diff(part, &from, &to, &sizes) != 0)
		return 99;
	for (size_t i = 0; i < N_TRIED; i++) {
		bool good = try_each(i);

		printf("%s %zu - %s\n", good ? "ok" : "not ok", i + 1, tried[i].what);
		all &= good;
	}
	printf("1..%zu\n", N_TRIED);
	s2_explorer_free(part);
	return all ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/* Why a rule is never reached, of small revisions each of which has one reason. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <s2pte/explore.h>

#include "suites.h"

#define F(fact) S2_FACT_BIT(S2_FACT_##fact)
#define ALL(facts) { { (facts), (facts) } }

#define MAX 6

struct dead {
	struct {
		const char *id;
		enum s2_stage stage;
		struct s2_cond when[2];
		uint64_t set;
		enum s2_errno err;
		enum s2_action action;
	} rules[MAX];
	unsigned more; /* assumptions (bits) besides the default ones */
	const char *because; /* of the last rule */
};

#define RULE(name, where, ...) { .id = name, .stage = S2_STAGE_##where, __VA_ARGS__ }

static const struct dead rows[] = {
	{ .rules = { RULE("last", FAULT, .when = ALL(F(DEVICE))) },
	  .because = "its condition cannot hold: device; no rule before it sets device" },
	{ .rules = { RULE("makes", FAULT, .when = ALL(F(SPECIAL)), .set = F(DEVICE)),
		     RULE("last", FAULT, .when = { { F(SPECIAL) | F(DEVICE), F(DEVICE) } }) },
	  .because = "its condition cannot hold: not special and device; device is set only by "
		     "makes, never in such a state" },
	{ .rules = { RULE("makes", FAULT, .when = ALL(F(SPECIAL)), .set = F(DEVICE)),
		     RULE("other", FAULT, .when = ALL(F(COW)), .set = F(NONCACHEABLE)),
		     RULE("too", FAULT, .when = ALL(F(SPECIAL) | F(COW)), .set = F(DEVICE)),
		     RULE("last", FAULT, .when = { { F(SPECIAL) | F(DEVICE), F(DEVICE) },
						   { F(WRITE) | F(READ), F(WRITE) | F(READ) } }) },
	  .because = "its condition cannot hold: not special and device; device is set only by "
		     "makes, too, never in such a state; nor: write and read" },
	/* Those of another pass, and those that go on, have no part in it. */
	{ .rules = { RULE("slot", SLOT, .when = ALL(F(SLOT)), .err = S2_K_EINVAL),
		     RULE("write", ABORT, .when = ALL(F(WRITE)), .err = S2_K_EFAULT),
		     RULE("marks", FAULT, .when = ALL(F(SLOT)), .set = F(DEVICE)),
		     RULE("fetch", FAULT, .when = ALL(F(EXEC)), .err = S2_K_EFAULT),
		     RULE("others", FAULT, .when = { { F(WRITE), 0 } }, .action = S2_ACTION_RETRY),
		     RULE("last", PROT, .when = ALL(F(SLOT)), .set = F(PROT_W)) },
	  .because = "every state that meets its condition has ended before, by write, fetch, "
		     "others" },
	{ .rules = { RULE("first", SLOT, .when = ALL(F(VMA_IO)), .err = S2_K_EINVAL),
		     RULE("last", SLOT, .when = ALL(F(VMA_IO) | F(VMA_PFNMAP)),
			  .err = S2_K_EINVAL) },
	  .because = "every state that meets its condition has ended before, by first" },
	{ .rules = { RULE("last", FAULT, .when = ALL(F(WRITE) | F(EXEC)), .err = S2_K_EFAULT) },
	  .because = "the assumption one-access excludes it: a write and an instruction fetch "
		     "exclude each other" },
	/* One slot rule is enough, the others are chance. */
	{ .rules = { RULE("some", SLOT, .when = ALL(F(SLOT) | F(VMA_IO) | F(VMA_PFNMAP)),
			  .err = S2_K_EINVAL),
		     RULE("all", SLOT, .when = ALL(F(SLOT) | F(VMA_IO)), .err = S2_K_EINVAL),
		     RULE("last", FAULT, .when = ALL(F(SLOT) | F(VMA_IO)), .err = S2_K_EFAULT) },
	  .more = 1u << S2_ASSUME_SLOT_ACCEPTED,
	  .because = "slot-accepted excludes it: such a slot is refused by all. No reason to drop "
		     "the check: a VMA can be replaced under a slot that was accepted" },
	/* None alone is. */
	{ .rules = { RULE("io", SLOT, .when = ALL(F(SLOT) | F(VMA_IO)), .err = S2_K_EINVAL),
		     RULE("plain", SLOT, .when = { { F(VMA_IO) | F(VMA_PFNMAP), 0 } },
			  .err = S2_K_EINVAL),
		     RULE("pfnmap", SLOT, .when = ALL(F(SLOT) | F(VMA_PFNMAP)),
			  .err = S2_K_EINVAL),
		     RULE("else", FAULT, .when = ALL(F(PFN_MISSING)), .err = S2_K_EFAULT),
		     RULE("last", FAULT,
			  .when = { { F(SLOT) | F(VMA_IO), F(SLOT) | F(VMA_IO) },
				    { F(SLOT) | F(VMA_PFNMAP), F(SLOT) | F(VMA_PFNMAP) } },
			  .err = S2_K_EFAULT) },
	  .more = 1u << S2_ASSUME_SLOT_ACCEPTED,
	  .because = "slot-accepted excludes it: such a slot is refused by io, pfnmap. No reason to "
		     "drop the check: a VMA can be replaced under a slot that was accepted" },
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static size_t add_rules(struct s2_builder *b, const struct dead *row)
{
	size_t n = 0;

	while (n < MAX && row->rules[n].id != NULL) {
		struct s2_rule rule = { .id = row->rules[n].id, .when = row->rules[n].when,
					.n_when = row->rules[n].when[1].mask != 0 ? 2 : 1,
					.stage = (uint8_t)row->rules[n].stage,
					.action = (uint8_t)row->rules[n].action,
					.err = (int16_t)row->rules[n].err,
					.set = row->rules[n].set };
		struct s2_error err = { 0 };

		ck_assert_msg(s2_builder_insert(b, n, &rule, &err) == 0, "%s", err.message);
		n++;
	}
	return n;
}

static void check_because(const struct s2_revision *rev, unsigned assumptions, size_t i,
			  const char *because)
{
	struct s2_explore_options options = { .assumptions = assumptions };
	struct s2_explorer *ex;
	struct s2_reach reach;

	ck_assert_int_eq(s2_explorer_new(&ex, rev, NULL, &options), 0);
	ck_assert_int_eq(s2_explore_reach(ex, rev, &reach), 0);
	ck_assert_uint_eq(reach.rules[i].reached, 0);
	ck_assert_str_eq(reach.rules[i].because, because);
	s2_explorer_free(ex);
}

START_TEST(each_reason)
{
	struct s2_builder *b = s2_builder_new("mine", "");
	size_t n = add_rules(b, &rows[_i]);

	check_because(s2_builder_revision(b), S2_ASSUME_DEFAULT | rows[_i].more, n - 1,
		      rows[_i].because);
	s2_builder_free(b);
}
END_TEST

/* As many names as would fill more than there is room for. */
START_TEST(a_long_reason_ends_in_dots)
{
	struct s2_builder *b = s2_builder_new("mine", "");
	struct s2_cond when = { F(SLOT), F(SLOT) };
	char id[65], because[400] =
		"every state that meets its condition has ended before, by ";
	size_t len = strlen(because);

	memset(id, 'a', 64);
	id[64] = '\0';
	/* Six end some states each, told by three facts, and two the rest. */
	for (unsigned i = 0; i < 8; i++) {
		struct s2_cond some = { F(SLOT) | F(WRITE), F(SLOT) | (i % 2 != 0 ? F(WRITE) : 0) };
		struct s2_rule rule = { .id = id, .when = &some, .n_when = 1,
					.stage = S2_STAGE_FAULT, .err = S2_K_EFAULT };

		if (i < 6) {
			some.mask |= F(FWB) | F(DIC) | F(VM_MTE);
			some.value |= (uint64_t)i;
		}
		id[0] = (char)('b' + i);
		ck_assert_int_eq(s2_builder_insert(b, i, &rule, NULL), 0);
		if (len < sizeof(because) - 1)
			len += (size_t)snprintf(because + len, sizeof(because) - len, "%s%s",
						i != 0 ? ", " : "", id);
	}
	memcpy(because + sizeof(because) - 4, "...", 4);
	ck_assert_int_eq(s2_builder_insert(b, 8, &(struct s2_rule){
				.id = "last", .when = &when, .n_when = 1,
				.stage = S2_STAGE_PROT, .set = F(PROT_W) }, NULL), 0);
	check_because(s2_builder_revision(b), S2_ASSUME_DEFAULT, 8, because);
	s2_builder_free(b);
}
END_TEST

Suite *dead_suite(void)
{
	Suite *suite = suite_create("dead");
	TCase *tcase = tcase_create("reasons");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, each_reason, 0, (int)N_ROWS);
	tcase_add_test(tcase, a_long_reason_ends_in_dots);
	suite_add_tcase(suite, tcase);
	return suite;
}

/* SPDX-License-Identifier: MIT */
/* Facts to verdict: the hot path. */
#include <s2pte/kernel.h>

static bool rule_holds(const struct s2_rule *rule, uint64_t facts)
{
	for (unsigned i = 0; i < rule->n_when; i++)
		if ((facts & rule->when[i].mask) == rule->when[i].value)
			return true;
	return false;
}

void s2_decide(const struct s2_revision *rev, unsigned stages, uint64_t facts,
	       struct s2_verdict *verdict)
{
	uint64_t fired = 0;

	for (size_t i = 0; i < rev->n_rules; i++) {
		const struct s2_rule *rule = rev->rules[i];

		if ((stages >> rule->stage & 1u) == 0 || !rule_holds(rule, facts))
			continue;
		fired |= UINT64_C(1) << i;
		facts = (facts | rule->set) & ~rule->clear;
		if (rule->err != 0 || rule->action != S2_ACTION_NONE) {
			*verdict = (struct s2_verdict){ facts, fired, (int)i, rule->err,
							(enum s2_action)rule->action };
			return;
		}
	}
	*verdict = (struct s2_verdict){ facts, fired, -1, 0, S2_ACTION_MAP };
}

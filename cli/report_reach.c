/* SPDX-License-Identifier: MIT */
#include "report.h"

static void witness_of(struct s2_json_witness *out, const struct s2_explorer *ex,
		       const struct s2_json_kernel *kernel, enum s2_stage stage, uint64_t facts)
{
	*out = (struct s2_json_witness){ .explorer = ex, .kernel = kernel, .stage = stage,
					 .facts = facts };
}

static void dead_rules(struct report *r, const struct s2_reach *reach)
{
	for (size_t i = 0; i < reach->n_rules; i++)
		if (reach->rules[i].because != NULL)
			report_named(r, reach->rules[i].rule->id, "is never reached: %s.",
				     reach->rules[i].because);
}

static void definitions(struct report *r, const struct s2_explorer *ex,
			const struct s2_json_kernel *kernel, const struct s2_reach *reach)
{
	if (reach->n_alternatives == 0)
		return;
	report_heading(r, 3, "Parts of definitions: in how many states one alone decides");
	for (size_t i = 0; i < reach->n_alternatives; i++) {
		const struct s2_reached_alternative *alt = &reach->alternatives[i];
		struct s2_cover part = { &s2_facts[alt->fact].when[alt->alternative], 1 };
		struct s2_json_witness witness;

		report_heading(r, 4, "%s by this part: %llu states", s2_facts[alt->fact].id,
			       (unsigned long long)alt->decisive);
		report_conditions(r, &part, report_state_fact, ex);
		if (!alt->witness.is)
			continue;
		witness_of(&witness, ex, kernel, S2_STAGE_FAULT, alt->witness.facts);
		report_scenario(r, &witness, NULL);
	}
}

void report_reach(struct report *r, const struct s2_answer *a)
{
	static const char *const heads[] = { "rule", "stage", "states", "where" };
	const struct s2_reach *reach = &a->reach;
	struct report_table table;

	report_heading(r, 2, "Rules of %s: how often each fires", a->kernel.name);
	report_assumptions(r, reach->states, a->options.assumptions);
	report_table_begin(&table, r, 4, heads);
	for (size_t i = 0; i < reach->n_rules; i++) {
		const struct s2_reached_rule *res = &reach->rules[i];

		report_cell(&table, "%s", res->rule->id);
		report_cell(&table, "%s", s2_stage_name((enum s2_stage)res->rule->stage));
		if (res->reached == 0)
			report_bad_cell(&table, "dead");
		else
			report_cell(&table, "%llu", (unsigned long long)res->reached);
		report_cell(&table, "%s", res->rule->where);
	}
	report_table_end(&table);
	dead_rules(r, reach);
	report_heading(r, 3, "A scenario that reaches each rule");
	for (size_t i = 0; i < reach->n_rules; i++) {
		const struct s2_reached_rule *res = &reach->rules[i];
		struct s2_json_witness witness;

		if (!res->witness.is)
			continue;
		report_heading(r, 4, "%s", res->rule->id);
		witness_of(&witness, a->explorer, &a->kernel,
			   res->rule->stage == S2_STAGE_SLOT ? S2_STAGE_SLOT : S2_STAGE_FAULT,
			   res->witness.facts);
		report_scenario(r, &witness, NULL);
	}
	definitions(r, a->explorer, &a->kernel, reach);
}

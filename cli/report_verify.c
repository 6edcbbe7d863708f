/* SPDX-License-Identifier: MIT */
#include "report.h"

static const char *needs_text(unsigned needs, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		if ((needs >> i & 1) != 0 && n < size)
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n != 0 ? ", " : " given ",
					      s2_assumptions[i].id);
	return buf;
}

static void invariant_row(struct report_table *table, const struct s2_invariant *inv)
{
	char needs[128];

	report_cell(table, "%s", inv->id);
	if (inv->holds)
		report_cell(table, "holds%s", needs_text(inv->needs, needs, sizeof(needs)));
	else
		report_bad_cell(table, "violated");
	report_cell(table, "%llu", (unsigned long long)inv->violations);
	report_cell(table, "%s", inv->says);
}

static void violation_details(struct report *r, const struct s2_explorer *ex,
			      const struct s2_json_kernel *kernel, const struct s2_invariant *inv)
{
	for (size_t k = 0; k < inv->n_kinds; k++) {
		const struct s2_violation *v = &inv->kinds[k];
		struct s2_json_witness witness = { .explorer = ex, .kernel = kernel,
						   .stage = S2_STAGE_FAULT,
						   .facts = v->witness.facts };

		if (v->violations == 0)
			continue;
		report_heading(r, 4, "%s%s%s: %llu states", inv->id, v->kind[0] != '\0' ? ", " : "",
			       v->kind, (unsigned long long)v->violations);
		report_conditions(r, &v->when, report_state_fact, ex);
		report_scenario(r, &witness, NULL);
	}
}

static void size_details(struct report *r, const struct s2_json_kernel *kernel,
			 const struct s2_size_invariant *inv)
{
	struct s2_json_witness witness = { .kernel = kernel, .is_size = true,
					   .facts = inv->witness };

	report_heading(r, 4, "%s: %llu of %llu combinations of sizes", inv->id,
		       (unsigned long long)inv->violations, (unsigned long long)inv->cases);
	report_conditions(r, &inv->when, report_size_fact, NULL);
	report_scenario(r, &witness, NULL);
}

static void table_details(struct report *r, const struct s2_json_kernel *kernel,
			  const struct s2_table_invariant *inv)
{
	report_heading(r, 4, "%s: %u of %u combinations of granule, FWB and memory type", inv->id,
		       inv->violations, inv->cases);
	report_table_scenario(r, inv, kernel);
}

void report_verify(struct report *r, const struct s2_answer *a)
{
	static const char *const heads[] = { "invariant", "answer", "violations", "what it says" };
	const struct s2_size_invariant *sizes = a->size_invariants;
	const struct s2_table_invariant *tables = a->table_invariants;
	const struct s2_verify *verify = &a->verify;
	struct report_table table;

	report_heading(r, 2, "Invariants of %s", a->kernel.name);
	report_assumptions(r, verify->states, a->options.assumptions);
	report_table_begin(&table, r, 4, heads);
	for (size_t i = 0; i < verify->n_invariants; i++)
		invariant_row(&table, &verify->invariants[i]);
	for (size_t i = 0; i < S2_NR_SIZE_INVARIANTS; i++) {
		struct s2_invariant row = { .id = sizes[i].id, .says = sizes[i].says,
					    .holds = sizes[i].violations == 0,
					    .violations = sizes[i].violations };

		invariant_row(&table, &row);
	}
	for (size_t i = 0; i < S2_NR_TABLE_INVARIANTS; i++) {
		struct s2_invariant row = { .id = tables[i].id, .says = tables[i].says,
					    .holds = tables[i].violations == 0,
					    .violations = tables[i].violations };

		invariant_row(&table, &row);
	}
	report_table_end(&table);
	for (size_t i = 0; i < verify->n_invariants; i++)
		violation_details(r, a->explorer, &a->kernel, &verify->invariants[i]);
	for (size_t i = 0; i < S2_NR_SIZE_INVARIANTS; i++)
		if (sizes[i].violations != 0)
			size_details(r, &a->kernel, &sizes[i]);
	for (size_t i = 0; i < S2_NR_TABLE_INVARIANTS; i++)
		if (tables[i].violations != 0)
			table_details(r, &a->kernel, &tables[i]);
}

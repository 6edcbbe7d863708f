/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <string.h>

static const char *outcome_text(const struct s2_outcome *o, char *buf, size_t size)
{
	static const struct {
		enum s2_fact fact;
		const char *name;
	} prot[] = { { S2_FACT_PROT_W, " W" },
		     { S2_FACT_PROT_X, " X" },
		     { S2_FACT_PROT_DEVICE, " DEVICE" },
		     { S2_FACT_PROT_NORMAL_NC, " NORMAL_NC" },
		     { S2_FACT_SANITISE_TAGS, ", tags cleared" } };
	size_t n;

	if (o->stage == S2_STAGE_SLOT) {
		snprintf(buf, size, "slot %s%s", o->err != 0 ? "refused, " : "created",
			 o->err != 0 ? s2_errno_name(o->err) : "");
		return buf;
	}
	if (!o->installs) {
		snprintf(buf, size, "%s%s%s", o->err != 0 ? s2_errno_name(o->err) : "",
			 o->err != 0 && o->action != S2_ACTION_NONE ? ", " : "",
			 o->action != S2_ACTION_NONE ? s2_action_name(o->action) : "");
		return buf;
	}
	n = (size_t)snprintf(buf, size, "installs R");
	for (size_t i = 0; i < sizeof(prot) / sizeof(prot[0]); i++)
		if ((o->prot & S2_FACT_BIT(prot[i].fact)) != 0 && n < size)
			n += (size_t)snprintf(buf + n, size - n, "%s", prot[i].name);
	return buf;
}

static const char *rules_text(const struct s2_revision *rev, uint64_t rules, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < rev->n_rules; i++)
		if ((rules >> i & 1) != 0 && n < size)
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n != 0 ? ", " : " by ",
					      rev->rules[i]->id);
	return buf;
}

static void change_table(struct report *r, const struct s2_json_kernel *from,
			 const struct s2_json_kernel *to, const struct s2_diff *diff)
{
	static const char *const heads[] = { "states", "before", "after" };
	struct report_table table;

	report_table_begin(&table, r, 3, heads);
	table.headed = true;
	for (size_t i = 0; i < diff->n_changes; i++) {
		const struct s2_change *c = &diff->changes[i];
		char text[80], rules[200];

		report_cell(&table, "%llu", (unsigned long long)c->states);
		report_cell(&table, "%s%s", outcome_text(&c->from, text, sizeof(text)),
			    rules_text(from->revision, c->from_by, rules, sizeof(rules)));
		report_cell(&table, "%s%s", outcome_text(&c->to, text, sizeof(text)),
			    rules_text(to->revision, c->to_by, rules, sizeof(rules)));
	}
	report_table_end(&table);
}

static const char *size_text(const struct s2_size_outcome *o, char *buf, size_t size)
{
	static const char *const names[] = { [1] = "a PUD", [2] = "a PMD", [3] = "a page" };

	snprintf(buf, size, "%s %s, marks %s dirty%s", o->relaxes ? "relaxes" : "maps",
		 names[o->level], o->dirty_start ? "its start" : "the page that faulted",
		 o->ipa_aligned ? "" : ", IPA within the page");
	return buf;
}

static void size_changes(struct report *r, const struct s2_json_kernel *from,
			 const struct s2_json_kernel *to, const struct s2_size_diff *sizes)
{
	static const char *const heads[] = { "combinations", "before", "after" };
	struct report_table table;

	report_heading(r, 3, "Sizes and dirty pages: %llu of %llu combinations differ",
		       (unsigned long long)sizes->different, (unsigned long long)sizes->cases);
	report_paragraph(r, "One example of each combination of what the fault path asks about "
			    "addresses: extents, congruence, slot, host mapping, fault level, place "
			    "in the block. Nothing else of an address comes into the decision.");
	report_table_begin(&table, r, 3, heads);
	table.headed = true;
	for (size_t i = 0; i < sizes->n_changes; i++) {
		char text[120];

		report_cell(&table, "%llu", (unsigned long long)sizes->changes[i].cases);
		report_cell(&table, "%s", size_text(&sizes->changes[i].from, text, sizeof(text)));
		report_cell(&table, "%s", size_text(&sizes->changes[i].to, text, sizeof(text)));
	}
	report_table_end(&table);
	for (size_t i = 0; i < sizes->n_changes; i++) {
		struct s2_json_witness witness = { .kernel = from, .is_size = true,
						   .facts = sizes->changes[i].witness };
		char before[120], after[120];

		report_heading(r, 4, "%s -> %s: %llu combinations",
			       size_text(&sizes->changes[i].from, before, sizeof(before)),
			       size_text(&sizes->changes[i].to, after, sizeof(after)),
			       (unsigned long long)sizes->changes[i].cases);
		report_conditions(r, &sizes->changes[i].when, report_size_fact, NULL);
		report_scenario(r, &witness, to);
	}
}

void report_diff(struct report *r, const struct s2_answer *a)
{
	const struct s2_json_kernel *from = &a->base, *to = &a->kernel;
	const struct s2_size_diff *sizes = &a->size_diff;
	const struct s2_diff *diff = &a->diff;

	report_heading(r, 2, "From %s to %s", from->name, to->name);
	report_assumptions(r, diff->states, a->options.assumptions);
	if (diff->different == 0)
		report_paragraph(r, "No state is decided differently.");
	else
		report_paragraph(r, "%llu states are decided differently:",
				 (unsigned long long)diff->different);
	if (diff->n_changes != 0)
		change_table(r, from, to, diff);
	for (size_t i = 0; i < diff->n_changes; i++) {
		const struct s2_change *c = &diff->changes[i];
		struct s2_json_witness witness = { .explorer = a->explorer, .kernel = from,
						   .other = to->revision, .stage = c->from.stage,
						   .facts = c->witness.facts };
		char before[80], after[80];

		report_heading(r, 4, "%s -> %s: %llu states",
			       outcome_text(&c->from, before, sizeof(before)),
			       outcome_text(&c->to, after, sizeof(after)),
			       (unsigned long long)c->states);
		report_conditions(r, &c->when, report_state_fact, a->explorer);
		report_scenario(r, &witness, to);
	}
	if (sizes->different != 0)
		size_changes(r, from, to, sizes);
}

/* SPDX-License-Identifier: MIT */
/* A scenario on a page: run, and the descriptor drawn that it ends with. */
#include "page.h"

#include <string.h>

#define PER_ROW 16
#define SVG_WIDTH (PER_ROW * MARKUP_BIT + 16)

/* Does the other descriptor say the same of this field? */
static bool same_in(const struct reading_field *field, const struct reading *other)
{
	for (size_t i = 0; i < other->n_fields; i++)
		if (other->fields[i].colour == field->colour)
			return strcmp(other->fields[i].meaning, field->meaning) == 0;
	return false;
}

/* @other: the descriptor to compare with, NULL if there is none. */
static void draw_descriptor(FILE *out, const struct reading *d, uint64_t raw,
			    const struct reading *other)
{
	fprintf(out, "<p class=\"raw m\">0x%016llx</p>\n<p class=\"head\">",
		(unsigned long long)raw);
	markup_text(out, d->head);
	fprintf(out, "</p>\n<div class=\"bits\">\n<svg viewBox=\"0 0 %d %d\" role=\"img\">"
		     "<title>bits of the descriptor</title>\n", SVG_WIDTH,
		64 / PER_ROW * MARKUP_BITS_ROW);
	markup_bits(out, d, raw, 4, 0, PER_ROW);
	fputs("</svg>\n<table class=\"fields\">\n", out);
	for (size_t i = 0; i < d->n_fields; i++) {
		const struct reading_field *field = &d->fields[i];
		unsigned c = field->colour % 6;

		fprintf(out, "<tr%s><td><span class=\"key\" style=\"background:var(--f%u);"
			     "border-color:var(--s%u)\"></span>%s</td><td>",
			other != NULL && !same_in(field, other) ? " class=\"hit\"" : "", c, c,
			field->bits);
		markup_text(out, field->name);
		fputs("</td><td>", out);
		markup_text(out, field->meaning);
		fputs("</td></tr>\n", out);
	}
	fputs("</table>\n</div>\n", out);
	for (size_t i = 0; i < d->n_lints; i++) {
		fputs("<p class=\"bad\">", out);
		markup_printf(out, "%s: %s", s2_lint_name(d->lints[i].id), d->lints[i].message);
		fputs("</p>\n", out);
	}
}

static const struct s2_revision *that_one(void *arg, const char *id, struct s2_error *err)
{
	(void)id;
	(void)err;
	return arg;
}

static int first_leaf(void *arg, const struct s2_leaf_run *run)
{
	struct s2_result *result = arg;

	result->level = run->level;
	result->pte = run->pte;
	return 1;
}

/* What the last event of the scenario comes to; of one that looks at the table, its first leaf. */
static int last_result(struct s2_vm *vm, const struct s2_scenario *scenario, struct s2_result *result,
		       struct s2_error *err)
{
	size_t n;
	const struct s2_event *events = s2_scenario_events(scenario, &n);
	int ret = 0;

	*result = (struct s2_result){ .level = S2_LEVEL_UNKNOWN, .cause = -1 };
	for (size_t i = 0; i < n && ret == 0; i++)
		ret = s2_vm_run(vm, &events[i], result, err);
	if (ret == 0 && n != 0 && events[n - 1].op == S2_OP_DUMP)
		s2_pgtable_dump(s2_vm_pgtable(vm), 0, UINT64_C(1) << s2_vm_geometry(vm)->ipa_bits,
				first_leaf, result);
	return ret;
}

/* A scenario run under one revision. */
struct played {
	const struct s2_json_kernel *kernel;
	struct s2_scenario *scenario;
	struct s2_vm *vm;
	struct s2_result result;
	bool refused; /* the slot, so that nothing else happens */
	bool drawn;   /* it ends with a descriptor */
	struct reading reading;
};

/* False if there is no memory for it: whoever makes scenarios to show makes those that run. */
static bool play(struct played *p, const char *text)
{
	struct s2_json_resolver resolver = { that_one, (void *)(uintptr_t)p->kernel->revision };
	const struct s2_slot_result *slots;
	struct s2_error err;
	size_t n;

	if (s2_scenario_parse(&p->scenario, text, strlen(text), &resolver, &err) != 0 ||
	    s2_vm_new(&p->vm, s2_scenario_config(p->scenario), &err) != 0 ||
	    last_result(p->vm, p->scenario, &p->result, &err) != 0)
		return false;
	slots = s2_vm_slots(p->vm, &n);
	p->refused = n != 0 && slots[0].ret != 0 &&
		     !s2_scenario_config(p->scenario)->memslots[0].force;
	p->drawn = p->result.level != S2_LEVEL_UNKNOWN;
	if (p->drawn)
		reading_of(&p->reading, s2_vm_format(p->vm), p->result.level, p->result.pte);
	return true;
}

static void draw_played(FILE *out, const struct played *p, const struct played *other)
{
	fprintf(out, "<figure%s>\n<figcaption>", p->drawn ? "" : " class=\"none\"");
	markup_text(out, p->kernel->name);
	fputs(": <b>", out);
	if (p->result.ret != 0 || p->refused)
		markup_printf(out, "%s%s", p->refused ? "slot refused" : "",
			      p->result.ret != 0 ? s2_errno_name(p->result.ret) : "");
	else
		markup_text(out, p->result.action != S2_ACTION_NONE ? s2_action_name(p->result.action) :
								      "done");
	fputs("</b></figcaption>\n", out);
	if (p->drawn)
		draw_descriptor(out, &p->reading, p->result.pte, other->drawn ? &other->reading : NULL);
	fputs("</figure>\n", out);
}

/* What it comes to; of two, the part has said all there is if no descriptor is installed. */
bool page_scenario(FILE *out, const char *text, const struct s2_json_kernel *const *kernels)
{
	struct played p[2] = { 0 };
	size_t n = 0;
	bool any = false, good = true;

	for (; n < 2 && kernels[n] != NULL; n++) {
		p[n].kernel = kernels[n];
		good = play(&p[n], text) && good;
		any |= p[n].drawn;
	}
	if (good && (any || n == 1)) {
		fputs("<div class=\"drawn\">\n", out);
		for (size_t i = 0; i < n; i++)
			draw_played(out, &p[i], &p[!i]);
		fputs("</div>\n", out);
	}
	for (size_t i = 0; i < n; i++) {
		s2_vm_free(p[i].vm);
		s2_scenario_free(p[i].scenario);
	}
	return good;
}

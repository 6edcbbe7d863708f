/* SPDX-License-Identifier: MIT */
/* A scenario told as a story: which facts, which rule fired and why, what came of it. */
#include "cli.h"

#include <string.h>

static void label(struct cli *cli, const char *text)
{
	fprintf(cli->out, "  %s%-12s%s", cli_colour(cli, CLI_BOLD), text,
		cli_colour(cli, CLI_PLAIN));
}

static void print_flags(struct cli *cli, const struct s2_name *names, uint64_t bits)
{
	for (; names->name != NULL; names++) {
		if ((bits & names->value) != names->value)
			continue;
		fprintf(cli->out, " %s", names->name);
		bits &= ~names->value;
	}
}

static void print_size(struct cli *cli, uint64_t size)
{
	char text[32];

	fputs(cli_size_text(size, text, sizeof(text)), cli->out);
}

/* ---- What there is ---------------------------------------------------------------------- */

static void tell_head(struct cli *cli, const struct s2_scenario *scenario)
{
	const struct s2_vm_config *config = s2_scenario_config(scenario);
	const char *title = s2_scenario_title(scenario);
	/* Of what spares maintenance, by whether the CPU has FWB, and DIC. */
	static const char *const missing[2][2] = { { "fwb, no dic", "fwb" }, { "dic", NULL } };

	if (title != NULL)
		fprintf(cli->out, "%s%s%s\n", cli_colour(cli, CLI_BOLD), title,
			cli_colour(cli, CLI_PLAIN));
	fprintf(cli->out, "kernel %s (%s), %s pages, %u-bit IPA%s, CPU:", config->revision->id,
		config->revision->title, s2_granule_name(config->granule), config->ipa_bits,
		config->mte ? ", MTE" : "");
	for (const struct s2_name *n = s2_cpu_flag_names; n->name != NULL; n++)
		if (*((const bool *)&config->cpu + n->value))
			fprintf(cli->out, " %s", n->name);
	if (missing[config->cpu.fwb][config->cpu.dic] != NULL)
		fprintf(cli->out, " (no %s)", missing[config->cpu.fwb][config->cpu.dic]);
	fputs("\n\n", cli->out);
}

static void tell_vma(struct cli *cli, const struct s2_vm_config *config, const struct s2_vma *vma)
{
	bool map_memory = s2_is_map_memory(vma, vma->backing.pa, config->ram, config->n_ram);

	fprintf(cli->out, "0x%llx to 0x%llx%s", (unsigned long long)vma->start,
		(unsigned long long)vma->end, vma->flags != 0 ? "," : "");
	print_flags(cli, s2_vm_flag_names, vma->flags);
	fprintf(cli->out, ", pgprot %s\n", s2_name_of(s2_pgprot_names, vma->pgprot));
	label(cli, "");
	fprintf(cli->out, "PA 0x%llx (%s the kernel's linear map), host mapping %s%s",
		(unsigned long long)vma->backing.pa, map_memory ? "in" : "outside",
		vma->backing.writable ? "" : "read-only ", vma->backing.special ? "special " : "");
	print_size(cli, vma->backing.mapping != 0 ? vma->backing.mapping :
						    s2_page_size(config->granule));
	if (vma->backing.state != S2_BACKING_PRESENT)
		fprintf(cli->out, ", %s", s2_name_of(s2_backing_state_names, vma->backing.state));
	fputc('\n', cli->out);
}

void cli_print_rule(struct cli *cli, const struct s2_rule *rule, size_t column)
{
	bool ends = rule->err != 0 || rule->action != S2_ACTION_NONE;
	struct cli_flow flow;

	fprintf(cli->out, "%s%-22s%s ", ends ? cli_colour(cli, CLI_WARN) : "", rule->id,
		ends ? cli_colour(cli, CLI_PLAIN) : "");
	cli_flow_begin(&flow, cli, column + 23, column + 23);
	cli_flow(&flow, "%s; in %s()", rule->why, rule->where);
	cli_flow_end(&flow);
}

static void tell_slot(struct cli *cli, const struct s2_revision *rev,
		      const struct s2_memslot *slot, const struct s2_slot_result *res)
{
	fprintf(cli->out, "%u: IPA 0x%llx, ", slot->slot, (unsigned long long)slot->gpa);
	print_size(cli, slot->size);
	fprintf(cli->out, ", HVA 0x%llx", (unsigned long long)slot->hva);
	print_flags(cli, s2_memslot_flag_names, slot->flags);
	if (res->ret == 0) {
		fprintf(cli->out, ": %screated%s\n", cli_colour(cli, CLI_GOOD),
			cli_colour(cli, CLI_PLAIN));
		return;
	}
	fprintf(cli->out, ": %srefused, %s%s%s\n", cli_colour(cli, CLI_BAD), s2_errno_name(res->ret),
		cli_colour(cli, CLI_PLAIN), slot->force ? ", but kept by force" : "");
	if (res->rule >= 0) {
		label(cli, "");
		cli_print_rule(cli, rev->rules[res->rule], 14);
	}
}

/* ---- What happens ----------------------------------------------------------------------- */

static void tell_facts(struct cli *cli, const struct s2_revision *rev, uint64_t facts)
{
	static const struct {
		const char *label;
		unsigned from, to;
	} groups[] = {
		{ "facts", 0, S2_NR_INPUT_FACTS },
		{ "", S2_FACT_OWN_FIRST, S2_FACT_OWN_LAST + 1 },
		{ "so", S2_NR_INPUT_FACTS, S2_FACT_PROT_W },
	};

	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
		const char *head = groups[g].label;
		struct cli_flow flow;

		for (unsigned i = groups[g].from; i < groups[g].to; i++) {
			if ((facts >> i & 1) == 0)
				continue;
			if (head != NULL) {
				label(cli, head);
				cli_flow_begin(&flow, cli, 14, 14);
			}
			cli_flow(&flow, "%s", s2_revision_fact_name(rev, i));
			head = NULL;
		}
		if (head == NULL)
			cli_flow_end(&flow);
	}
}

static void tell_rules(struct cli *cli, const struct s2_revision *rev, uint64_t fired)
{
	const char *head = "rules";

	for (size_t i = 0; i < rev->n_rules; i++) {
		if ((fired >> i & 1) == 0)
			continue;
		label(cli, head);
		cli_print_rule(cli, rev->rules[i], 14);
		head = "";
	}
}

static void tell_action(struct cli *cli, const struct s2_result *res)
{
	static const char *const texts[S2_NR_ACTIONS] = {
		[S2_ACTION_NONE] = "nothing is installed",
		[S2_ACTION_RETRY] = "the guest tries again",
		[S2_ACTION_MMIO] = "an MMIO exit to userspace",
		[S2_ACTION_INJECT] = "an exception for the guest",
		[S2_ACTION_SIGNAL] = "SIGBUS for the host's process",
		[S2_ACTION_YOUNG] = "the entry is made young",
		[S2_ACTION_HIT] = "no fault: the table lets it through",
	};

	label(cli, "result");
	if (res->ret != 0)
		fprintf(cli->out, "%s%s%s: ", cli_colour(cli, CLI_BAD), s2_errno_name(res->ret),
			cli_colour(cli, CLI_PLAIN));
	if (res->action == S2_ACTION_MAP && res->ret == 0) {
		fprintf(cli->out, "maps ");
		print_size(cli, res->range_size);
		fprintf(cli->out, " at IPA 0x%llx, prot", (unsigned long long)res->range_ipa);
	} else if (res->action == S2_ACTION_RELAX && res->ret == 0) {
		fprintf(cli->out, "relaxes the entry at IPA 0x%llx to prot",
			(unsigned long long)res->ipa);
	} else if (texts[res->action] != NULL) {
		fputs(texts[res->action], cli->out);
	}
	if (res->has_prot)
		print_flags(cli, s2_prot_names, res->prot);
	fputc('\n', cli->out);
}

static void tell_one_maintenance(struct cli *cli, const struct s2_maintenance *m)
{
	char text[128], size[32];
	struct cli_flow flow;
	int n;

	n = snprintf(text, sizeof(text), "%s", s2_name_of(s2_maintenance_names, m->op));
	if (m->op != S2_MAINT_TLBI_VMID)
		n += snprintf(text + n, sizeof(text) - (size_t)n, " 0x%llx",
			      (unsigned long long)m->addr);
	if (m->size != 0)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", %s",
			      cli_size_text(m->size, size, sizeof(size)));
	if ((m->op == S2_MAINT_TLBI_IPA || m->op == S2_MAINT_TLBI_IPA_NSH) &&
	    m->level != S2_LEVEL_UNKNOWN)
		snprintf(text + n, sizeof(text) - (size_t)n, ", level %d", m->level);
	cli_flow_begin(&flow, cli, 14, 14);
	cli_flow(&flow, "%s%s", text, m->elided_by != NULL ? ";" : "");
	if (m->elided_by != NULL) {
		fputs(cli_colour(cli, CLI_GOOD), cli->out);
		cli_flow(&flow, "not needed,");
		fputs(cli_colour(cli, CLI_PLAIN), cli->out);
		cli_flow(&flow, "the CPU has %s", m->elided_by);
	}
	cli_flow_end(&flow);
}

static void tell_maintenance(struct cli *cli, const struct s2_result *res)
{
	/* More than this is for a program to read. */
	static const size_t max = 8;
	const char *head = "maintenance";

	for (size_t i = 0; i < res->n_maintenance && i < max; i++) {
		const struct s2_maintenance *m = &res->maintenance[i];

		label(cli, head);
		head = "";
		tell_one_maintenance(cli, m);
	}
	if (res->n_maintenance > max) {
		label(cli, "");
		fprintf(cli->out, "and %zu more%s\n", res->n_maintenance - max,
			res->maintenance_truncated ? ", the list is cut" : "");
	}
}

static void tell_walk(struct cli *cli, const struct s2_format *fmt, const struct s2_result *res)
{
	for (size_t i = 0; i < res->n_entries; i++) {
		label(cli, i == 0 ? "walk" : "");
		fprintf(cli->out, "level %d  0x%016llx\n", res->entries[i].level,
			(unsigned long long)res->entries[i].pte);
	}
	if (res->n_entries != 0) {
		const struct s2_walk_entry *last = &res->entries[res->n_entries - 1];

		fputc('\n', cli->out);
		cli_print_descriptor(cli, fmt, last->level, last->pte);
	}
}

struct leaves {
	struct cli *cli;
	const char *head;
};

static int tell_leaf(void *arg, const struct s2_leaf_run *run)
{
	struct leaves *leaves = arg;
	struct cli *cli = leaves->cli;

	label(cli, leaves->head);
	leaves->head = "";
	fprintf(cli->out, "0x%012llx  level %d  0x%016llx  %llu x ", (unsigned long long)run->ipa,
		run->level, (unsigned long long)run->pte, (unsigned long long)run->count);
	print_size(cli, run->size);
	fputc('\n', cli->out);
	return 0;
}

static void tell_head_of_event(struct cli *cli, size_t number, const struct s2_event *event)
{
	fprintf(cli->out, "\n%sevent %zu%s  %s", cli_colour(cli, CLI_BOLD), number,
		cli_colour(cli, CLI_PLAIN), s2_name_of(s2_op_names, event->op));
	switch (event->op) {
	case S2_OP_FAULT:
		fprintf(cli->out, ": %s, %s fault%s%s", s2_name_of(s2_access_names, event->access),
			s2_name_of(s2_fsc_names, event->fsc), event->s1ptw ? " of a stage-1 walk" : "",
			event->retry ? ", an invalidation raced" : "");
		if (event->fsc != S2_FSC_TRANSLATION)
			fprintf(cli->out, " at level %d", event->level);
		break;
	case S2_OP_ACCESS:
		fprintf(cli->out, ": %s", s2_name_of(s2_access_names, event->access));
		break;
	case S2_OP_SET_VMA:
		fprintf(cli->out, " %zu\n", event->vma_index);
		return;
	case S2_OP_SET_MEMSLOT:
	case S2_OP_DELETE_MEMSLOT:
		fprintf(cli->out, " %u\n", event->memslot.slot);
		return;
	default:
		break;
	}
	fprintf(cli->out, " at IPA 0x%llx", (unsigned long long)event->ipa);
	if (event->size != 0) {
		fputs(", ", cli->out);
		print_size(cli, event->size);
	}
	fputc('\n', cli->out);
}

static void tell_event(struct cli *cli, struct s2_vm *vm, const struct s2_vm_config *config,
		       const struct s2_event *event, const struct s2_result *res)
{
	const struct s2_revision *rev = s2_vm_revision(vm);
	bool decides = event->op == S2_OP_FAULT || event->op == S2_OP_ACCESS;

	if (event->op == S2_OP_SET_VMA) {
		label(cli, "now");
		tell_vma(cli, config, &event->vma);
		return;
	}
	if (event->op == S2_OP_DUMP) {
		uint64_t limit = UINT64_C(1) << s2_vm_geometry(vm)->ipa_bits;
		struct leaves leaves = { cli, "leaves" };

		s2_pgtable_dump(s2_vm_pgtable(vm), event->ipa,
				event->size != 0 ? event->size : limit - event->ipa, tell_leaf,
				&leaves);
		return;
	}
	if (decides && res->action != S2_ACTION_HIT) {
		tell_facts(cli, rev, res->facts);
		tell_rules(cli, rev, res->fired);
	}
	if (decides) {
		tell_action(cli, res);
	} else {
		label(cli, "result");
		fprintf(cli->out, "%s%s\n", res->ret == 0 ? "done" : s2_errno_name(res->ret),
			res->young ? ", it was young" : "");
		if (event->op == S2_OP_SET_MEMSLOT && res->cause >= 0)
			tell_rules(cli, rev, UINT64_C(1) << res->cause);
	}
	tell_maintenance(cli, res);
	if (res->is_dirty) {
		label(cli, "dirty");
		fprintf(cli->out, "the page at 0x%llx\n", (unsigned long long)res->dirty);
	}
	if (event->op == S2_OP_WALK)
		tell_walk(cli, s2_vm_format(vm), res);
	if (decides && res->level != S2_LEVEL_UNKNOWN) {
		fputc('\n', cli->out);
		cli_print_descriptor(cli, s2_vm_format(vm), res->level, res->pte);
	}
}

/* The VM before any event. */
static void tell_setup(struct cli *cli, const struct s2_scenario *scenario, const struct s2_vm *vm)
{
	const struct s2_vm_config *config = s2_scenario_config(scenario);
	size_t n_slots;
	const struct s2_slot_result *slots = s2_vm_slots(vm, &n_slots);

	tell_head(cli, scenario);
	for (size_t i = 0; i < config->n_vmas; i++) {
		label(cli, i == 0 ? "host memory" : "");
		tell_vma(cli, config, &config->vmas[i]);
	}
	for (size_t i = 0; i < n_slots; i++) {
		label(cli, i == 0 ? "slot" : "");
		tell_slot(cli, config->revision, &config->memslots[i], &slots[i]);
	}
}

/* All of it, or what the last event did. */
static int tell_scenario(struct cli *cli, const struct s2_scenario *scenario, bool only_last,
			 struct s2_error *err)
{
	const struct s2_vm_config *config = s2_scenario_config(scenario);
	size_t n_events;
	const struct s2_event *events = s2_scenario_events(scenario, &n_events);
	struct s2_vm *vm;
	int ret = s2_vm_new(&vm, config, err);

	if (ret != 0)
		return ret;
	if (!only_last || n_events == 0)
		tell_setup(cli, scenario, vm);
	for (size_t i = 0; i < n_events && ret == 0; i++) {
		struct s2_result res;

		ret = s2_vm_run(vm, &events[i], &res, err);
		if (ret != 0 || (only_last && i + 1 < n_events))
			continue;
		if (!only_last)
			tell_head_of_event(cli, i, &events[i]);
		tell_event(cli, vm, config, &events[i], &res);
	}
	s2_vm_free(vm);
	return ret;
}

static int tell(struct cli *cli, const char *name, const char *text, size_t size, bool only_last)
{
	struct s2_json_resolver resolver = cli_resolver(cli);
	struct s2_scenario *scenario;
	struct s2_error err = { 0 };
	int ret = s2_scenario_parse(&scenario, text, size, &resolver, &err);

	if (ret == 0)
		ret = tell_scenario(cli, scenario, only_last, &err);
	s2_scenario_free(scenario);
	if (ret == 0)
		return CLI_OK;
	return cli_fail(cli, ret == S2_ENOMEM ? CLI_IO : CLI_NOT_ALL, "%s%s%s: %s", name,
			err.path[0] != '\0' ? ": " : "", err.path, err.message);
}

int cli_tell(struct cli *cli, const char *name, const char *text, size_t size)
{
	return tell(cli, name, text, size, false);
}

int cli_tell_last(struct cli *cli, const char *text)
{
	return tell(cli, "the session", text, strlen(text), true);
}

/* SPDX-License-Identifier: MIT */
/* The address spaces side by side. */
#include "session_commands.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH 21 /* inside a box: three, and what is between them, fit 80 columns */
#define LINES 3  /* of a box */

/* A piece of guest memory: what of a slot lies in one VMA, or in a hole. */
struct piece {
	uint64_t ipa, size, hva;
	const struct s2_memslot *slot;
	size_t slot_number;
	const struct s2_slot_result *slot_result;
	const struct s2_vma *vma;
	size_t vma_number;
};

/* The three boxes of a piece: HVA, IPA, PA. */
struct boxes {
	char text[3][LINES][96];
	enum cli_colour colour[3][LINES];
	bool there[3];
};

/* What does not fit ends in two dots. */
static void fit(char *text)
{
	if (strlen(text) > WIDTH - 1)
		strcpy(text + WIDTH - 3, "..");
}

static void print_name(const json_t *present, const char *list, size_t i, const char *kind,
		       char *buf, size_t size)
{
	const json_t *item = json_array_get(json_object_get(present, list), i);
	const char *name = json_string_value(json_object_get(item, "name"));

	if (name != NULL)
		snprintf(buf, size, "%s %s", kind, name);
	else
		snprintf(buf, size, "%s %zu", kind, i);
}

static void edge(FILE *out, const bool there[3])
{
	for (size_t i = 0; i < 3; i++) {
		fputs(i == 0 ? "  " : "   ", out);
		for (int j = 0; j < WIDTH + 2; j++)
			fputc(!there[i] ? ' ' : j == 0 || j == WIDTH + 1 ? '+' : '-', out);
	}
	fputc('\n', out);
}

static void row(struct cli *cli, struct boxes *b, size_t line)
{
	for (size_t i = 0; i < 3; i++) {
		const char *arrow = line != 0 || !b->there[i] ? "   " : i == 1 ? "<--" : "-->";

		fputs(i == 0 ? "  " : arrow, cli->out);
		fit(b->text[i][line]);
		if (b->there[i])
			fprintf(cli->out, "|%s %-*s%s|", cli_colour(cli, b->colour[i][line]), WIDTH - 1,
				b->text[i][line], cli_colour(cli, CLI_PLAIN));
		else
			fprintf(cli->out, "%*s", WIDTH + 2, "");
	}
	fputc('\n', cli->out);
}

static void fill_slot(const json_t *present, const struct piece *p, struct boxes *b)
{
	char size[32];

	snprintf(b->text[1][0], 96, "0x%llx", (unsigned long long)p->ipa);
	print_name(present, "memslots", p->slot_number, "slot", b->text[1][1], 96);
	snprintf(b->text[1][2], 96, "%s%s%s", cli_size_text(p->size, size, sizeof(size)),
		 (p->slot->flags & S2_MEM_LOG_DIRTY_PAGES) != 0 ? ", logged" : "",
		 (p->slot->flags & S2_MEM_READONLY) != 0 ? ", r/o" : "");
	b->colour[1][1] = CLI_BOLD;
	if (p->slot_result->ret != 0) {
		snprintf(b->text[1][2], 96, "refused: %s%s", s2_errno_name(p->slot_result->ret),
			 p->slot->force ? ", kept" : "");
		b->colour[1][2] = CLI_BAD;
	}
	b->there[1] = true;
}

static void fill_host(const json_t *present, const struct s2_vm_config *config,
		      const struct piece *p, struct boxes *b)
{
	char size[32];
	uint64_t pa;

	snprintf(b->text[0][0], 96, "0x%llx", (unsigned long long)p->hva);
	b->there[0] = true;
	if (p->vma == NULL) {
		snprintf(b->text[0][1], 96, "a hole: no VMA");
		b->colour[0][1] = CLI_WARN;
		return;
	}
	print_name(present, "vmas", p->vma_number, "vma", b->text[0][1], 96);
	b->colour[0][1] = CLI_BOLD;
	snprintf(b->text[0][2], 96, "%s%s", s2_name_of(s2_pgprot_names, p->vma->pgprot),
		 (p->vma->flags & S2_VM_PFNMAP) != 0   ? ", PFNMAP" :
		 (p->vma->flags & S2_VM_MIXEDMAP) != 0 ? ", MIXEDMAP" :
							 "");
	pa = s2_vma_pa(p->vma, p->hva);
	b->there[2] = true;
	snprintf(b->text[2][0], 96, "0x%llx", (unsigned long long)pa);
	snprintf(b->text[2][1], 96, "%s",
		 s2_is_map_memory(p->vma, pa, config->ram, config->n_ram) ? "in the linear map" :
									    "outside linear map");
	if (p->vma->backing.state != S2_BACKING_PRESENT)
		snprintf(b->text[2][2], 96, "%s",
			 s2_name_of(s2_backing_state_names, p->vma->backing.state));
	else
		snprintf(b->text[2][2], 96, "by %s%s",
			 cli_size_text(p->vma->backing.mapping != 0 ? p->vma->backing.mapping :
								      s2_page_size(config->granule),
				       size, sizeof(size)),
			 p->vma->backing.writable ? "" : ", read-only");
}

/* Pieces that follow each other share an edge; @before: what the one above had. */
static void draw_piece(struct cli *cli, const json_t *present, const struct s2_vm_config *config,
		       const struct piece *p, bool before[3])
{
	struct boxes b = { 0 };
	bool above[3];

	fill_slot(present, p, &b);
	fill_host(present, config, p, &b);
	for (size_t i = 0; i < 3; i++)
		above[i] = before[i] || b.there[i];
	edge(cli->out, above);
	for (size_t line = 0; line < LINES; line++)
		row(cli, &b, line);
	memcpy(before, b.there, sizeof(b.there));
}

/* Where the VMA or the hole that @hva is in ends, at most @end. */
static uint64_t piece_end(const struct s2_vm_config *config, struct piece *p, uint64_t end)
{
	for (size_t i = 0; i < config->n_vmas; i++) {
		const struct s2_vma *vma = &config->vmas[i];

		if (vma->start <= p->hva && p->hva < vma->end) {
			p->vma = vma;
			p->vma_number = i;
			return vma->end < end ? vma->end : end;
		}
	}
	for (size_t i = 0; i < config->n_vmas; i++)
		if (config->vmas[i].start > p->hva && config->vmas[i].start < end)
			end = config->vmas[i].start;
	return end;
}

/* The VMAs that a slot runs over, and the holes between them, in order. */
static void draw_slot(struct cli *cli, const json_t *present, const struct s2_vm_config *config,
		      size_t number, const struct s2_slot_result *result)
{
	const struct s2_memslot *slot = &config->memslots[number];
	uint64_t hva = slot->hva, end = slot->hva + slot->size;
	bool before[3] = { false, false, false };
	unsigned pieces;

	for (pieces = 0; hva < end && pieces < 64; pieces++) {
		struct piece p = { .slot = slot, .slot_number = number, .slot_result = result,
				   .hva = hva, .ipa = slot->gpa + (hva - slot->hva) };
		uint64_t stop = piece_end(config, &p, end);

		p.size = stop - hva;
		draw_piece(cli, present, config, &p, before);
		hva = stop;
	}
	edge(cli->out, before);
	if (hva < end)
		fputs("  and so on\n", cli->out);
}

/* A VMA that no slot lies over is not in the drawing. */
static void list_unused(struct cli *cli, const json_t *present, const struct s2_vm_config *config)
{
	for (size_t i = 0; i < config->n_vmas; i++) {
		const struct s2_vma *vma = &config->vmas[i];
		bool used = false;
		char name[96], size[32];

		for (size_t k = 0; k < config->n_memslots; k++) {
			const struct s2_memslot *slot = &config->memslots[k];

			used |= slot->hva < vma->end && vma->start < slot->hva + slot->size;
		}
		if (used)
			continue;
		print_name(present, "vmas", i, "vma", name, sizeof(name));
		fprintf(cli->out, "  %s, %s at HVA 0x%llx, is in no slot\n", name,
			cli_size_text(vma->end - vma->start, size, sizeof(size)),
			(unsigned long long)vma->start);
	}
}

/* @use sees the VM as the events have left it. */
static int with_scenario(struct session *s, int (*use)(struct session *s, const json_t *present,
						       const struct s2_vm_config *config,
						       const struct s2_vm *vm))
{
	struct s2_json_resolver resolver = cli_resolver(s->cli);
	json_t *present = session_present(s);
	char *text = present != NULL ? json_dumps(present, JSON_COMPACT) : NULL;
	struct s2_scenario *scenario = NULL;
	struct s2_vm *vm = NULL;
	struct s2_error err;
	int ret = S2_ENOMEM;

	if (text != NULL)
		ret = s2_scenario_parse(&scenario, text, strlen(text), &resolver, &err);
	free(text);
	if (ret == 0)
		ret = s2_vm_new(&vm, s2_scenario_config(scenario), &err);
	if (ret == 0)
		ret = use(s, present, s2_scenario_config(scenario), vm);
	else
		ret = cli_fail(s->cli, CLI_IO, "out of memory");
	s2_vm_free(vm);
	s2_scenario_free(scenario);
	json_decref(present);
	return ret;
}

static void draw_head(struct cli *cli, const struct s2_vm_config *config, size_t n_events)
{
	fprintf(cli->out, "kernel %s, %s pages, %u-bit IPA, CPU:", config->revision->id,
		s2_granule_name(config->granule), config->ipa_bits);
	for (const struct s2_name *n = s2_cpu_flag_names; n->name != NULL; n++)
		if (*((const bool *)&config->cpu + n->value))
			fprintf(cli->out, " %s", n->name);
	fprintf(cli->out, "%s; %zu event%s\n", config->mte ? "; MTE" : "", n_events,
		n_events == 1 ? "" : "s");
}

static int draw(struct session *s, const json_t *present, const struct s2_vm_config *config,
		const struct s2_vm *vm)
{
	size_t n_events = json_array_size(json_object_get(session_now(s), "events")), n;
	const struct s2_slot_result *results;
	struct cli *cli = s->cli;

	results = s2_vm_slots(vm, &n);
	draw_head(cli, config, n_events);
	if (n != 0)
		fprintf(cli->out, "\n  %s%-26s%-26s%s%s\n", cli_colour(cli, CLI_BOLD), "HVA", "IPA",
			"PA", cli_colour(cli, CLI_PLAIN));
	for (size_t i = 0; i < n; i++)
		draw_slot(cli, present, config, i, &results[i]);
	list_unused(cli, present, config);
	if (n == 0)
		fputs("  no slots: slot 0 0x40000000 1G VMA makes one\n", cli->out);
	if (n_events == 0)
		return CLI_OK;
	fputs("\nthe table:\n", cli->out);
	return session_event(s, json_pack("{s:s}", "op", "dump"), false, 0);
}

int session_show(struct session *s)
{
	return s->cli->prefer_text ? with_scenario(s, draw) : session_show_json(s);
}

static int tell(struct session *s, const json_t *present, const struct s2_vm_config *config,
		const struct s2_vm *vm)
{
	const struct s2_slot_result *slots;
	size_t n;

	(void)present;
	slots = s2_vm_slots(vm, &n);
	/* Only what needs saying: a slot that is refused. */
	for (size_t i = 0; i < n; i++) {
		if (slots[i].ret == 0 || (config->memslots[i].force && !s->forced_too))
			continue;
		fprintf(s->cli->out, "slot %u is %srefused, %s%s%s\n", slots[i].slot,
			cli_colour(s->cli, CLI_BAD), s2_errno_name(slots[i].ret),
			cli_colour(s->cli, CLI_PLAIN),
			config->memslots[i].force ? ", but kept by force" : "");
		if (slots[i].rule >= 0) {
			fputs("  ", s->cli->out);
			cli_print_rule(s->cli, config->revision->rules[slots[i].rule], 2);
		}
	}
	return CLI_OK;
}

void session_tell_slots(struct session *s)
{
	if (s->cli->prefer_text)
		with_scenario(s, tell);
}

void session_tell_slot(struct session *s, size_t number)
{
	json_t *result;

	if (s->cli->prefer_text) {
		s->forced_too = true;
		with_scenario(s, tell);
		s->forced_too = false;
		return;
	}
	result = session_run(s, session_now(s));
	if (result != NULL)
		session_print_json(s, json_array_get(json_object_get(result, "memslots"), number));
	else
		s->cli->out_of_memory = true;
	json_decref(result);
}

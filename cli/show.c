/* SPDX-License-Identifier: MIT */
/* The address spaces side by side. */
#include "session_commands.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH 26 /* inside a box */

/* A piece of guest memory: what of a slot lies in one VMA, or in a hole. */
struct piece {
	uint64_t ipa, size, hva;
	const struct s2_memslot *slot;
	const struct s2_vma *vma;
	size_t vma_number;
};

static const char *name_of(const struct session *s, const char *list, size_t i, const char *kind,
			   char *buf, size_t size)
{
	const json_t *item = json_array_get(json_object_get(session_now(s), list), i);
	const char *name = json_string_value(json_object_get(item, "name"));

	if (name != NULL)
		snprintf(buf, size, "%s %s", kind, name);
	else
		snprintf(buf, size, "%s %zu", kind, i);
	return buf;
}

static void edge(FILE *out, bool left, bool middle, bool right)
{
	const bool box[] = { left, middle, right };

	for (size_t i = 0; i < 3; i++) {
		fputs(i == 0 ? "  " : "      ", out);
		for (int j = 0; j < WIDTH + 2; j++)
			fputc(!box[i] ? ' ' : j == 0 || j == WIDTH + 1 ? '+' : '-', out);
	}
	fputc('\n', out);
}

static void cells(FILE *out, const char *const text[3], const char *arrow_left,
		  const char *arrow_right)
{
	const char *const arrows[] = { "", arrow_left, arrow_right };

	for (size_t i = 0; i < 3; i++) {
		fprintf(out, i == 0 ? "  " : " %4s ", arrows[i]);
		if (text[i] != NULL)
			fprintf(out, "|%-*.*s|", WIDTH, WIDTH, text[i]);
		else
			fprintf(out, "%*s", WIDTH + 2, "");
	}
	fputc('\n', out);
}

static void draw_piece(struct session *s, const struct s2_vm_config *config, const struct piece *p,
		       size_t slot_number)
{
	char text[3][2][64], size[32], name[48];
	bool mapped = p->vma != NULL, ram;
	FILE *out = s->cli->out;

	cli_size_text(p->size, size, sizeof(size));
	snprintf(text[1][0], 64, " IPA 0x%llx", (unsigned long long)p->ipa);
	snprintf(text[1][1], 64, " %s, %s",
		 name_of(s, "memslots", slot_number, "slot", name, sizeof(name)), size);
	snprintf(text[0][0], 64, " HVA 0x%llx", (unsigned long long)p->hva);
	if (mapped) {
		uint64_t pa = s2_vma_pa(p->vma, p->hva);

		ram = s2_is_map_memory(p->vma, pa, config->ram, config->n_ram);
		snprintf(text[0][1], 64, " %s, %s",
			 name_of(s, "vmas", p->vma_number, "vma", name, sizeof(name)),
			 s2_name_of(s2_pgprot_names, p->vma->pgprot));
		snprintf(text[2][0], 64, " PA 0x%llx", (unsigned long long)pa);
		snprintf(text[2][1], 64, " %s", ram ? "in the linear map" : "not in the linear map");
	} else {
		snprintf(text[0][1], 64, " a hole: no VMA");
	}
	edge(out, true, true, mapped);
	for (size_t line = 0; line < 2; line++) {
		const char *const row[] = { text[0][line], text[1][line],
					    mapped ? text[2][line] : NULL };

		cells(out, row, line == 0 ? "<---" : "", mapped && line == 0 ? "--->" : "");
	}
	edge(out, true, true, mapped);
}

/* The VMAs that a slot runs over, and the holes between them, in order. */
static void draw_slot(struct session *s, const struct s2_vm_config *config, size_t number)
{
	const struct s2_memslot *slot = &config->memslots[number];
	uint64_t hva = slot->hva, end = slot->hva + slot->size;

	for (unsigned pieces = 0; hva < end && pieces < 64; pieces++) {
		struct piece p = { .slot = slot, .hva = hva, .ipa = slot->gpa + (hva - slot->hva) };
		uint64_t stop = end;

		for (size_t i = 0; i < config->n_vmas; i++) {
			const struct s2_vma *vma = &config->vmas[i];

			if (vma->start <= hva && hva < vma->end) {
				p.vma = vma;
				p.vma_number = i;
				stop = vma->end < end ? vma->end : end;
			}
		}
		for (size_t i = 0; i < config->n_vmas && p.vma == NULL; i++)
			if (config->vmas[i].start > hva && config->vmas[i].start < stop)
				stop = config->vmas[i].start;
		p.size = stop - hva;
		draw_piece(s, config, &p, number);
		hva = stop;
	}
}

static int with_scenario(struct session *s, int (*use)(struct session *s,
						       const struct s2_scenario *scenario))
{
	struct s2_json_resolver resolver = cli_resolver(s->cli);
	char *text = json_dumps(session_now(s), JSON_COMPACT);
	struct s2_scenario *scenario = NULL;
	struct s2_error err;
	int ret = S2_ENOMEM;

	if (text != NULL)
		ret = s2_scenario_parse(&scenario, text, strlen(text), &resolver, &err);
	free(text);
	if (ret == 0)
		ret = use(s, scenario);
	else
		ret = cli_fail(s->cli, CLI_IO, "out of memory");
	s2_scenario_free(scenario);
	return ret;
}

static int draw(struct session *s, const struct s2_scenario *scenario)
{
	const struct s2_vm_config *config = s2_scenario_config(scenario);
	FILE *out = s->cli->out;
	size_t n_events;

	(void)s2_scenario_events(scenario, &n_events);
	fprintf(out, "kernel %s, %s pages, %u-bit IPA, CPU:", config->revision->id,
		s2_granule_name(config->granule), config->ipa_bits);
	for (const struct s2_name *n = s2_cpu_flag_names; n->name != NULL; n++)
		if (*((const bool *)&config->cpu + n->value))
			fprintf(out, " %s", n->name);
	fprintf(out, "%s; %zu event%s\n", config->mte ? "; MTE" : "", n_events,
		n_events == 1 ? "" : "s");
	for (size_t i = 0; i < config->n_memslots; i++)
		draw_slot(s, config, i);
	if (config->n_memslots == 0)
		fputs("  no slots: slot 0 0x40000000 1G VMA makes one\n", out);
	if (n_events == 0)
		return CLI_OK;
	fputs("the table:\n", out);
	return session_event(s, json_pack("{s:s}", "op", "dump"), false, 0);
}

int session_show(struct session *s)
{
	return with_scenario(s, draw);
}

static int tell(struct session *s, const struct s2_scenario *scenario)
{
	const struct s2_vm_config *config = s2_scenario_config(scenario);
	struct s2_error err;
	struct s2_vm *vm;
	const struct s2_slot_result *slots;
	size_t n;

	if (s2_vm_new(&vm, config, &err) != 0)
		return cli_fail(s->cli, CLI_IO, "out of memory");
	slots = s2_vm_slots(vm, &n);
	/* Only what needs saying: a slot that is refused. */
	for (size_t i = 0; i < n; i++) {
		if (slots[i].ret == 0)
			continue;
		fprintf(s->cli->out, "slot %u is refused, %s%s\n", slots[i].slot,
			s2_errno_name(slots[i].ret),
			config->memslots[i].force ? ", but kept by force" : "");
		if (slots[i].rule >= 0) {
			fputs("  ", s->cli->out);
			cli_print_rule(s->cli, config->revision->rules[slots[i].rule]);
		}
	}
	s2_vm_free(vm);
	return CLI_OK;
}

void session_tell_slots(struct session *s)
{
	if (s->cli->prefer_text)
		with_scenario(s, tell);
}

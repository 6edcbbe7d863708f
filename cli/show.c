/* SPDX-License-Identifier: MIT */
/* The address spaces side by side, as text. */
#include "session_commands.h"

#include <stdlib.h>
#include <string.h>

#include "picture.h"
#include "spaces.h"

#define WIDTH 21 /* inside a box: three, and what is between them, fit 80 columns */

/* What does not fit ends in two dots. */
static void fit(char *text)
{
	if (strlen(text) > WIDTH - 1)
		strcpy(text + WIDTH - 3, "..");
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

static void row(struct cli *cli, struct space_boxes *b, size_t line)
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

/* Pieces that follow each other share an edge; @before: what the one above had. */
static void draw_piece(struct cli *cli, const struct space_view *view,
		       const struct space_piece *piece, bool before[NR_SPACES])
{
	struct space_boxes b;
	bool above[NR_SPACES];

	space_describe(view, piece, &b);
	for (size_t i = 0; i < NR_SPACES; i++)
		above[i] = before[i] || b.there[i];
	edge(cli->out, above);
	for (size_t line = 0; line < SPACE_LINES; line++)
		row(cli, &b, line);
	memcpy(before, b.there, sizeof(b.there));
}

/* The VMAs that a slot runs over, and the holes between them, in order. */
static void draw_slot(struct cli *cli, const struct space_view *view, size_t number)
{
	uint64_t hva = view->config->memslots[number].hva;
	bool before[NR_SPACES] = { false, false, false };
	struct space_piece piece;
	unsigned pieces = 0;

	for (; pieces < 64 && space_piece_at(view, number, hva, &piece); pieces++) {
		draw_piece(cli, view, &piece, before);
		hva = piece.hva + piece.size;
	}
	edge(cli->out, before);
	if (space_piece_at(view, number, hva, &piece))
		fputs("  and so on\n", cli->out);
}

/* A VMA that no slot lies over is not in the drawing. */
static void list_unused(struct cli *cli, const struct space_view *view)
{
	const struct s2_vm_config *config = view->config;

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
		space_name(view, "vmas", i, "vma", name, sizeof(name));
		fprintf(cli->out, "  %s, %s at HVA 0x%llx, is in no slot\n", name,
			cli_size_text(vma->end - vma->start, size, sizeof(size)),
			(unsigned long long)vma->start);
	}
}

/* @use sees the VM as the events have left it. */
static int with_view(struct session *s, int (*use)(struct session *s, const struct space_view *view))
{
	struct s2_json_resolver resolver = cli_resolver(s->cli);
	struct space_view view = { .present = session_present(s) };
	char *text = view.present != NULL ? json_dumps(view.present, JSON_COMPACT) : NULL;
	struct s2_scenario *scenario = NULL;
	struct s2_vm *vm = NULL;
	struct s2_error err;
	int ret = S2_ENOMEM;

	if (text != NULL)
		ret = s2_scenario_parse(&scenario, text, strlen(text), &resolver, &err);
	free(text);
	if (ret == 0) {
		view.config = s2_scenario_config(scenario);
		ret = s2_vm_new(&vm, view.config, &err);
	}
	if (ret == 0) {
		view.slots = s2_vm_slots(vm, &view.n_slots);
		ret = use(s, &view);
	} else {
		ret = cli_fail(s->cli, CLI_IO, "out of memory");
	}
	s2_vm_free(vm);
	s2_scenario_free(scenario);
	json_decref((json_t *)(uintptr_t)view.present);
	return ret;
}

static int draw(struct session *s, const struct space_view *view)
{
	size_t n_events = json_array_size(json_object_get(session_now(s), "events"));
	struct cli *cli = s->cli;
	char head[256];

	fprintf(cli->out, "%s\n", space_head(view->config, n_events, head, sizeof(head)));
	if (view->n_slots != 0)
		fprintf(cli->out, "\n  %s%-26s%-26s%s%s\n", cli_colour(cli, CLI_BOLD), "HVA", "IPA",
			"PA", cli_colour(cli, CLI_PLAIN));
	for (size_t i = 0; i < view->n_slots; i++)
		draw_slot(cli, view, i);
	list_unused(cli, view);
	if (view->n_slots == 0)
		fputs("  no slots: slot 0 0x40000000 1G VMA makes one\n", cli->out);
	if (n_events == 0)
		return CLI_OK;
	fputs("\nthe table:\n", cli->out);
	return session_event(s, json_pack("{s:s}", "op", "dump"), false, 0);
}

int session_show(struct session *s)
{
	return s->cli->prefer_text ? with_view(s, draw) : session_show_json(s);
}

int session_picture(struct session *s)
{
	return with_view(s, show_picture);
}

static int tell(struct session *s, const struct space_view *view)
{
	const struct s2_vm_config *config = view->config;
	const struct s2_slot_result *slots = view->slots;

	/* Only what needs saying: a slot that is refused. */
	for (size_t i = 0; i < view->n_slots; i++) {
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
		with_view(s, tell);
}

void session_tell_slot(struct session *s, size_t number)
{
	json_t *result;

	if (s->cli->prefer_text) {
		s->forced_too = true;
		with_view(s, tell);
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

/* SPDX-License-Identifier: MIT */
/* The address spaces side by side, as a picture, with what stage 2 maps between them. */
#include "spaces.h"

#include <stdlib.h>
#include <string.h>

#include "picture.h"

#define MARGIN 24
#define BOX_WIDTH 222
#define BOX_HEIGHT 76
#define SLOT_GAP 22
#define TOP 140
#define TITLE_LINE 96 /* characters that have room */
#define LINE 21
#define MAX_PIECES 48
#define MAX_ROWS 40 /* of the table */
#define WIDTH 960

static const int left_of[NR_SPACES] = { MARGIN, 340, WIDTH - MARGIN - BOX_WIDTH };

/* Where a piece is drawn. */
struct placed {
	struct space_piece piece;
	struct space_boxes boxes;
	uint64_t pa; /* of its start, where it has one */
	int y;
};

struct drawing {
	FILE *out;
	const struct space_view *view;
	const struct s2_format *fmt;
	struct placed *placed;
	size_t n_placed;
	bool more_pieces;
	int bottom;
	struct s2_leaf_run runs[MAX_ROWS];
	size_t n_runs; /* in all */
};

/* ---- Layout -------------------------------------------------------------------------------- */

static void place_slot(struct drawing *d, size_t number)
{
	uint64_t hva = d->view->config->memslots[number].hva;
	struct space_piece piece;

	while (space_piece_at(d->view, number, hva, &piece)) {
		struct placed *p = &d->placed[d->n_placed];

		if (d->n_placed == MAX_PIECES) {
			d->more_pieces = true;
			return;
		}
		*p = (struct placed){ .piece = piece, .y = d->bottom };
		if (piece.vma != NULL)
			p->pa = s2_vma_pa(piece.vma, piece.hva);
		space_describe(d->view, &piece, &p->boxes);
		d->n_placed++;
		d->bottom += BOX_HEIGHT;
		hva = piece.hva + piece.size;
	}
	d->bottom += SLOT_GAP;
}

static int keep_run(void *arg, const struct s2_leaf_run *run)
{
	struct drawing *d = arg;

	if (d->n_runs < MAX_ROWS)
		d->runs[d->n_runs] = *run;
	d->n_runs++;
	return 0;
}

/* ---- Boxes and what is between them ---------------------------------------------------------- */

static const char *class_of(enum cli_colour colour, size_t line)
{
	switch (colour) {
	case CLI_BAD:
		return "t bad";
	case CLI_WARN:
		return "t warn";
	case CLI_BOLD:
		return "t b";
	default:
		return line == 0 ? "t m" : "t faint";
	}
}

static void draw_box(FILE *out, const struct placed *p, enum space space)
{
	static const char *const classes[NR_SPACES] = { "c4", "c2", "c0" };
	int x = left_of[space];
	bool hole = space == SPACE_HVA && p->piece.vma == NULL;

	if (!p->boxes.there[space])
		return;
	fprintf(out, "<rect class=\"box %s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
		hole ? "r" : classes[space], x, p->y, BOX_WIDTH, BOX_HEIGHT);
	for (size_t line = 0; line < SPACE_LINES; line++)
		picture_text(out, class_of(p->boxes.colour[space][line], line), x + 12,
			     p->y + 23 + (int)line * 20, "%s", p->boxes.text[space][line]);
}

/* The slot is what joins guest and host addresses. */
static void draw_links(FILE *out, const struct placed *p)
{
	int from = left_of[SPACE_HVA] + BOX_WIDTH, middle = p->y + BOX_HEIGHT / 2;

	if (p->piece.slot_result->ret == 0 || p->piece.slot->force)
		fprintf(out, "<path class=\"band\" d=\"M%d %dH%dV%dH%dz\"/>\n", from, p->y + 1,
			left_of[SPACE_IPA], p->y + BOX_HEIGHT - 1, from);
	/* Where the host's own mapping leads; dashed: stage 2 need not have followed yet. */
	if (p->boxes.there[SPACE_PA])
		fprintf(out, "<path class=\"dash\" d=\"M%d %dH%d\"/>\n", left_of[SPACE_IPA] + BOX_WIDTH,
			middle, left_of[SPACE_PA]);
}

/* Of a leaf, by what it makes of memory. */
static unsigned leaf_colour(const struct s2_format *fmt, const struct s2_desc *desc)
{
	unsigned memattr = (unsigned)desc->field[S2_F_MEMATTR];

	if (memattr == s2_kvm_memattr(fmt->fwb, S2_MEM_DEVICE_nGnRE))
		return 5;
	return memattr == s2_kvm_memattr(fmt->fwb, S2_MEM_NORMAL_NC) ? 1 : 3;
}

/* How far down a box @at of @size is. */
static int share(uint64_t at, uint64_t size)
{
	return (int)((double)at / (double)size * (BOX_HEIGHT - 4)) + 2;
}

/* The part of a run that is in the piece, from the guest's box to the host's memory. */
static void draw_run(struct drawing *d, const struct s2_leaf_run *run, const struct placed *p)
{
	uint64_t end = run->ipa + run->size * run->count, stop = p->piece.ipa + p->piece.size;
	uint64_t from = run->ipa > p->piece.ipa ? run->ipa : p->piece.ipa, pa;
	int y1, y2, z1, z2, x = left_of[SPACE_IPA] + BOX_WIDTH;
	struct s2_desc desc;

	if (run->ipa >= stop || end <= p->piece.ipa || !p->boxes.there[SPACE_PA])
		return;
	s2_desc_decode(d->fmt, run->level, run->pte, &desc);
	pa = desc.oa + (from - run->ipa);
	if (pa < p->pa || pa - p->pa >= p->piece.size)
		return; /* elsewhere: the table tells */
	stop = end < stop ? end : stop;
	y1 = p->y + share(from - p->piece.ipa, p->piece.size);
	y2 = p->y + share(stop - p->piece.ipa, p->piece.size);
	z1 = p->y + share(pa - p->pa, p->piece.size);
	z2 = z1 + (y2 - y1 < 4 ? 4 : y2 - y1);
	y2 = y2 - y1 < 4 ? y1 + 4 : y2;
	fprintf(d->out, "<path class=\"c%u\" d=\"M%d %dH%dL%d %dH%dV%dH%dL%d %dH%dz\"/>\n",
		leaf_colour(d->fmt, &desc), x - 14, y1, x, left_of[SPACE_PA], z1,
		left_of[SPACE_PA] + 6, z2, left_of[SPACE_PA], x, y2, x - 14);
}

/* ---- The table ------------------------------------------------------------------------------- */

static int draw_rows(struct drawing *d, int y)
{
	static const struct {
		int x;
		const char *head;
	} columns[] = { { 20, "IPA" }, { 150, "maps" }, { 250, "to PA" }, { 376, "level" },
			{ 424, "memory" }, { 630, "access" }, { 720, "execute" } };

	picture_text(d->out, "h", MARGIN, y, "stage 2: %s",
		     d->n_runs == 0 ? "nothing is mapped" : "what is mapped");
	y += LINE + 4;
	for (size_t i = 0; d->n_runs != 0 && i < sizeof(columns) / sizeof(columns[0]); i++)
		picture_text(d->out, "t faint", MARGIN + columns[i].x, y, "%s", columns[i].head);
	for (size_t i = 0; i < d->n_runs && i < MAX_ROWS; i++) {
		const struct s2_leaf_run *run = &d->runs[i];
		char size[32], text[96];
		struct s2_desc desc;

		y += LINE;
		s2_desc_decode(d->fmt, run->level, run->pte, &desc);
		fprintf(d->out, "<rect class=\"c%u\" x=\"%d\" y=\"%d\" width=\"11\" height=\"11\"/>\n",
			leaf_colour(d->fmt, &desc), MARGIN, y - 10);
		picture_text(d->out, "t m", MARGIN + columns[0].x, y, "0x%llx",
			     (unsigned long long)run->ipa);
		cli_size_text(run->size, size, sizeof(size));
		if (run->count > 1)
			picture_text(d->out, "t", MARGIN + columns[1].x, y, "%llu x %s",
				     (unsigned long long)run->count, size);
		else
			picture_text(d->out, "t", MARGIN + columns[1].x, y, "%s", size);
		picture_text(d->out, "t m", MARGIN + columns[2].x, y, "0x%llx",
			     (unsigned long long)desc.oa);
		picture_text(d->out, "t", MARGIN + columns[3].x, y, "%d", run->level);
		picture_text(d->out, "t", MARGIN + columns[4].x, y, "%s",
			     s2_memattr_meaning(d->fmt->fwb, (unsigned)desc.field[S2_F_MEMATTR]));
		picture_text(d->out, "t", MARGIN + columns[5].x, y, "%s",
			     s2_field_meaning(d->fmt, desc.type, S2_F_S2AP, desc.field[S2_F_S2AP], text,
					      sizeof(text)));
		picture_text(d->out, "t", MARGIN + columns[6].x, y, "%s",
			     s2_field_meaning(d->fmt, desc.type, S2_F_XN, desc.field[S2_F_XN], text,
					      sizeof(text)));
	}
	if (d->n_runs > MAX_ROWS)
		picture_text(d->out, "t faint", MARGIN + 20, y += LINE, "and %zu more",
			     d->n_runs - MAX_ROWS);
	return y;
}

/* ---- The picture ------------------------------------------------------------------------------ */

/* Two lines of it, broken between words where that is possible. */
static void draw_title(struct drawing *d, const char *title)
{
	size_t first = picture_cut(title, TITLE_LINE), second;

	if (title[first] != '\0')
		for (size_t i = first; i > TITLE_LINE / 2; i--)
			if (title[i] == ' ') {
				first = i;
				break;
			}
	picture_text(d->out, "title", MARGIN, title[first] != '\0' ? 36 : 54, "%.*s", (int)first, title);
	title += first + (title[first] == ' ');
	second = picture_cut(title, TITLE_LINE - 3);
	if (*title != '\0')
		picture_text(d->out, "title", MARGIN, 57, "%.*s%s", (int)second, title,
			     title[second] != '\0' ? "..." : "");
}

static void draw_head(struct drawing *d, const struct session *s)
{
	static const char *const names[NR_SPACES] = { "HVA", "IPA", "PA" };
	static const char *const whose[NR_SPACES] = { "the host process", "the guest", "the machine" };
	const json_t *now = session_now(s);
	const char *title = json_string_value(json_object_get(now, "title"));
	size_t n_events = json_array_size(json_object_get(now, "events"));
	char head[256];

	draw_title(d, title != NULL ? title : "Guest memory");
	picture_text(d->out, "t faint", MARGIN, TOP - 56, "%s",
		     space_head(d->view->config, n_events, head, sizeof(head)));
	for (size_t i = 0; i < NR_SPACES; i++) {
		picture_text(d->out, "h", left_of[i], TOP - 14, "%s", names[i]);
		picture_text(d->out, "t faint", left_of[i] + 42, TOP - 14, "%s", whose[i]);
	}
}

static void draw(struct drawing *d, const struct session *s)
{
	size_t rows = d->n_runs < MAX_ROWS ? d->n_runs : MAX_ROWS + 1;
	int height = d->bottom + 16 + (int)(rows + 2) * LINE + MARGIN;

	picture_begin(d->out, WIDTH, height, "guest memory: HVA, IPA and PA side by side");
	draw_head(d, s);
	if (d->n_placed == 0)
		picture_text(d->out, "t warn", left_of[SPACE_IPA], TOP + 20, "no slots");
	for (size_t i = 0; i < d->n_placed; i++)
		draw_links(d->out, &d->placed[i]);
	for (size_t i = 0; i < d->n_placed; i++)
		for (int space = 0; space < NR_SPACES; space++)
			draw_box(d->out, &d->placed[i], (enum space)space);
	for (size_t i = 0; i < d->n_placed; i++)
		for (size_t k = 0; k < d->n_runs && k < MAX_ROWS; k++)
			draw_run(d, &d->runs[k], &d->placed[i]);
	if (d->more_pieces)
		picture_text(d->out, "t faint", left_of[SPACE_IPA], d->bottom - 6, "and so on");
	draw_rows(d, d->bottom + 24);
	picture_end(d->out);
}

/* The table that the events make. */
static int play(struct s2_vm *vm, const struct s2_scenario *scenario)
{
	size_t n;
	const struct s2_event *events = s2_scenario_events(scenario, &n);
	struct s2_result result;
	struct s2_error err;
	int ret = 0;

	for (size_t i = 0; i < n && ret == 0; i++)
		ret = s2_vm_run(vm, &events[i], &result, &err);
	return ret;
}

int show_picture(struct session *s, const struct space_view *view)
{
	struct s2_json_resolver resolver = cli_resolver(s->cli);
	char *text = json_dumps(session_now(s), JSON_COMPACT);
	struct drawing d = { .out = s->cli->out, .view = view, .bottom = TOP };
	struct s2_scenario *scenario = NULL;
	struct s2_vm *vm = NULL;
	struct s2_error err;
	int ret = S2_ENOMEM;

	d.placed = calloc(MAX_PIECES, sizeof(*d.placed));
	if (text != NULL && d.placed != NULL)
		ret = s2_scenario_parse(&scenario, text, strlen(text), &resolver, &err);
	if (ret == 0)
		ret = s2_vm_new(&vm, s2_scenario_config(scenario), &err);
	if (ret == 0)
		ret = play(vm, scenario);
	if (ret == 0) {
		d.fmt = s2_vm_format(vm);
		for (size_t i = 0; i < view->n_slots; i++)
			place_slot(&d, i);
		s2_pgtable_dump(s2_vm_pgtable(vm), 0, UINT64_C(1) << s2_vm_geometry(vm)->ipa_bits,
				keep_run, &d);
		draw(&d, s);
	} else {
		ret = cli_fail(s->cli, CLI_IO, "out of memory");
	}
	s2_vm_free(vm);
	s2_scenario_free(scenario);
	free(d.placed);
	free(text);
	return ret;
}

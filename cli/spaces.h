/* SPDX-License-Identifier: MIT */
/* Guest memory piece by piece, with what lies behind it in the host: what show draws. */
#ifndef CLI_SPACES_H
#define CLI_SPACES_H

#include "session.h"

/* A piece of guest memory: what of a slot lies in one VMA, or in a hole. */
struct space_piece {
	uint64_t ipa, size, hva;
	const struct s2_memslot *slot;
	size_t slot_number;
	const struct s2_slot_result *slot_result;
	const struct s2_vma *vma; /* NULL: a hole */
	size_t vma_number;
};

#define SPACE_LINES 3 /* of a box */
enum space { SPACE_HVA, SPACE_IPA, SPACE_PA, NR_SPACES };

/* What is said of a piece in each address space. */
struct space_boxes {
	char text[NR_SPACES][SPACE_LINES][96];
	enum cli_colour colour[NR_SPACES][SPACE_LINES];
	bool there[NR_SPACES];
};

/* A session as its events have left it: the document has the names, the VM the slots' results. */
struct space_view {
	const json_t *present;
	const struct s2_vm_config *config;
	const struct s2_slot_result *slots;
	size_t n_slots;
};

/*
 * The piece of slot @number that begins at @hva. False at the end of the slot; the next one
 * begins at hva + size.
 */
bool space_piece_at(const struct space_view *view, size_t number, uint64_t hva,
		    struct space_piece *piece);
void space_describe(const struct space_view *view, const struct space_piece *piece,
		    struct space_boxes *boxes);
/* "vma gpu", or its number, where it has no name. */
void space_name(const struct space_view *view, const char *list, size_t i, const char *kind,
		char *buf, size_t size);
/* "kernel v9, 4K pages, 40-bit IPA, CPU: fwb dic; 2 events" */
const char *space_head(const struct s2_vm_config *config, size_t n_events, char *buf, size_t size);

/* show_svg.c: the view as a picture, with the table that the session's events have made. */
int show_picture(struct session *s, const struct space_view *view);

#endif

/* SPDX-License-Identifier: MIT */
/* 64 bits as a row of fields: descriptors and registers, as text. */
#ifndef CLI_DIAGRAM_H
#define CLI_DIAGRAM_H

#include "cli.h"

#define DIAGRAM_MAX_CELLS 64

/* A run of bits that belong together. */
struct diagram_cell {
	int high, low;
	unsigned colour; /* neighbours of different ones differ */
	bool reserved;   /* RES0, or of no concern: drawn faintly */
	char bits[8], value[24], name[16];
	int width;       /* of its texts */
};

/* Both return how many cells there are, the highest bits first. */
size_t diagram_of_descriptor(const struct s2_format *fmt, const struct s2_desc *desc, uint64_t raw,
			     struct diagram_cell cells[DIAGRAM_MAX_CELLS]);
size_t diagram_of_register(const struct s2_idregs *regs, enum s2_idreg reg,
			   struct diagram_cell cells[DIAGRAM_MAX_CELLS]);

void diagram_print(struct cli *cli, const struct diagram_cell *cells, size_t n);

/* "47:30, 9:8", the bits of a mask. */
const char *diagram_bits(uint64_t mask, char *buf, size_t room);
/* "MemAttr" of "MemAttr[3:0]". */
void diagram_short_title(enum s2_field field, char *buf, size_t room);
/* The escape sequence of a field's colour in text, "" without colours. */
const char *diagram_colour(const struct cli *cli, unsigned colour);

#endif

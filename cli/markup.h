/* SPDX-License-Identifier: MIT */
/*
 * What HTML and SVG have in common: text with nothing in it that could be markup, one style for
 * light and dark, diagrams of bits. What is written here is XML, too.
 */
#ifndef CLI_MARKUP_H
#define CLI_MARKUP_H

#include "reading.h"

/* Text, escaped; what XML cannot hold becomes a replacement character. */
void markup_text(FILE *out, const char *text);
/* Its first @n bytes. */
void markup_part(FILE *out, const char *text, size_t n);
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void markup_printf(FILE *out, const char *fmt, ...);

/* Colours for light and dark, and how bits are drawn: the inside of a style element. */
void markup_bits_style(FILE *out);

#define MARKUP_BIT 24         /* width of a bit */
#define MARKUP_BITS_ROW 62    /* height of a row of them, with numbers and names */

/*
 * The bits of @r from (@x, @y) on, @per_row of them side by side; elements of an SVG. Returns
 * the height.
 */
int markup_bits(FILE *out, const struct reading *r, uint64_t raw, int x, int y, int per_row);

#endif

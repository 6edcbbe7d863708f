/* SPDX-License-Identifier: MIT */
/* Pictures: whole SVG files. */
#ifndef CLI_PICTURE_H
#define CLI_PICTURE_H

#include "markup.h"

/* The beginning and end of a file; @title is for who cannot see it. */
void picture_begin(FILE *out, int width, int height, const char *title);
void picture_end(FILE *out);
/* A line of text at a place. */
#if defined(__GNUC__)
__attribute__((format(printf, 5, 6)))
#endif
void picture_text(FILE *out, const char *class, int x, int y, const char *fmt, ...);

/* How many bytes of @text, at most @most, are whole characters. */
size_t picture_cut(const char *text, size_t most);

/* Descriptors, one below the other. */
void picture_descriptors(FILE *out, const struct s2_format *fmt,
			 const struct s2_json_descriptor *descs, size_t n);

#endif

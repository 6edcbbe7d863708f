/* SPDX-License-Identifier: MIT */
/* A line of the shell as words: quotes, escapes, comments, and where each word stands. */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct words {
	char **word;
	size_t *column; /* of the word's first character in the line, from 0 */
	int n;
	size_t end;     /* where the command ends: at a semicolon, or at the end of the line */
	bool open;      /* the line ends inside quotes */
	bool touching;  /* the line's end is that of the last word, no space is between them */
	bool comment;   /* the line ends in a comment */
	char *text;     /* the words' characters */
};

/*
 * The first command of @line. False when out of memory. A "#" at the start of a word begins a
 * comment, a ";" ends the command.
 */
bool words_split(struct words *w, const char *line);
void words_free(struct words *w);

#endif

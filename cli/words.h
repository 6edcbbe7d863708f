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
	bool open;      /* the line ends inside quotes */
	char *text;     /* the words' characters */
};

/* False when out of memory. A "#" at the start of a word begins a comment. */
bool words_split(struct words *w, const char *line);
void words_free(struct words *w);

#endif

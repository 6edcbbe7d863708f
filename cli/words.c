/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <stdlib.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool words_split(struct words *w, const char *line)
{
	size_t len = strlen(line), most = len / 2 + 2;
	const char *at = line;
	char *to;

	*w = (struct words){ 0 };
	w->word = calloc(most, sizeof(*w->word));
	w->column = calloc(most, sizeof(*w->column));
	w->text = malloc(len + 1);
	if (w->word == NULL || w->column == NULL || w->text == NULL) {
		words_free(w);
		return false;
	}
	to = w->text;
	while (*at != '\0') {
		char quote = '\0';

		while (is_space(*at))
			at++;
		if (*at == '\0' || *at == '#')
			break;
		w->column[w->n] = (size_t)(at - line);
		w->word[w->n++] = to;
		for (; *at != '\0' && (quote != '\0' || !is_space(*at)); at++) {
			if (quote == '\0' && (*at == '"' || *at == '\'')) {
				quote = *at;
			} else if (*at == quote) {
				quote = '\0';
			} else if (*at == '\\' && quote != '\'' && at[1] != '\0') {
				*to++ = *++at;
			} else {
				*to++ = *at;
			}
		}
		w->open = quote != '\0';
		*to++ = '\0';
		/* The space that ended the word paid for its NUL; the last one's is the line's. */
	}
	return true;
}

void words_free(struct words *w)
{
	free(w->word);
	free(w->column);
	free(w->text);
	*w = (struct words){ 0 };
}

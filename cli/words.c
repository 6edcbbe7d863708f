/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <stdlib.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* How many characters the command has at most; to look no further than its semicolon. */
static size_t command_length(const char *line)
{
	char quote = '\0';
	size_t i;

	for (i = 0; line[i] != '\0'; i++) {
		if (quote == '\0' && line[i] == ';')
			break;
		if (line[i] == '\\' && quote != '\'' && line[i + 1] != '\0')
			i++;
		else if (quote == '\0' && (line[i] == '"' || line[i] == '\''))
			quote = line[i];
		else if (line[i] == quote)
			quote = '\0';
	}
	return i;
}

/* One word from @at on, into *@to; returns where it ends. */
static const char *take_word(struct words *w, const char *at, const char *end, char **to)
{
	char quote = '\0';

	for (; at < end && (quote != '\0' || !is_space(*at)); at++) {
		if (quote == '\0' && (*at == '"' || *at == '\''))
			quote = *at;
		else if (*at == quote)
			quote = '\0';
		else if (*at == '\\' && quote != '\'' && at + 1 < end)
			*(*to)++ = *++at;
		else
			*(*to)++ = *at;
	}
	w->open = quote != '\0';
	w->touching = at == end;
	/* The space that ended the word paid for its NUL; the last one's is the line's. */
	*(*to)++ = '\0';
	return at;
}

bool words_split(struct words *w, const char *line)
{
	size_t len = command_length(line);
	const char *at = line, *end = line + len;
	char *to;

	*w = (struct words){ .end = len };
	w->word = calloc(len / 2 + 2, sizeof(*w->word));
	w->column = calloc(len / 2 + 2, sizeof(*w->column));
	w->text = malloc(len + 1);
	if (w->word == NULL || w->column == NULL || w->text == NULL) {
		words_free(w);
		return false;
	}
	to = w->text;
	for (;;) {
		while (at < end && is_space(*at))
			at++;
		if (at == end)
			break;
		if (*at == '#') {
			/* A comment goes on behind semicolons, and quotes mean nothing in it. */
			w->end = (size_t)(at - line) + strlen(at);
			w->comment = true;
			w->touching = false;
			break;
		}
		w->touching = false;
		w->column[w->n] = (size_t)(at - line);
		w->word[w->n++] = to;
		at = take_word(w, at, end, &to);
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

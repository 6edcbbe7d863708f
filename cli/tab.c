/* SPDX-License-Identifier: MIT */
/* The TAB key: the first adds what is certain, the second lists what there is. */
#include "prompt.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

#define MAX_LISTED 100

struct candidates {
	char **list, **help;
	size_t n, room;
	bool lost; /* no memory for one: what is certain cannot be told */
};

static bool grow(char ***texts, size_t room)
{
	char **more = realloc(*texts, room * sizeof(*more));

	if (more != NULL)
		*texts = more;
	return more != NULL;
}

static void collect(void *arg, const char *candidate, const char *help)
{
	struct candidates *c = arg;

	if (c->n == c->room) {
		size_t room = c->room != 0 ? c->room * 2 : 32;

		if (!grow(&c->list, room) || !grow(&c->help, room)) {
			c->lost = true;
			return;
		}
		c->room = room;
	}
	c->list[c->n] = strdup(candidate);
	c->help[c->n] = strdup(help);
	if (c->list[c->n] != NULL && c->help[c->n] != NULL) {
		c->n++;
	} else {
		free(c->list[c->n]);
		free(c->help[c->n]);
		c->lost = true;
	}
}

static void forget(struct candidates *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->list[i]);
		free(c->help[i]);
	}
	free(c->list);
	free(c->help);
}

/* What all candidates begin with, whatever the case. */
static size_t common_length(const struct candidates *c)
{
	size_t len = strlen(c->list[0]);

	for (size_t i = 1; i < c->n; i++)
		for (size_t j = 0; j < len; j++)
			if (tolower((unsigned char)c->list[i][j]) !=
			    tolower((unsigned char)c->list[0][j]))
				len = j;
	return len;
}

/* Each with its help, cut where the screen ends. */
static void list_candidates(const struct prompt *p, const struct candidates *c)
{
	int width = 0, room = (int)screen_columns() - 1;
	FILE *out = p->s->cli->out;

	for (size_t i = 0; i < c->n && i < MAX_LISTED; i++)
		if ((int)strlen(c->list[i]) > width)
			width = (int)strlen(c->list[i]);
	fputc('\n', out);
	for (size_t i = 0; i < c->n && i < MAX_LISTED; i++) {
		int left = room - 4 - width;

		if (left > 0)
			fprintf(out, "  %-*s  %.*s\n", width, c->list[i], left, c->help[i]);
		else
			fprintf(out, "  %s\n", c->list[i]);
	}
	if (c->n > MAX_LISTED)
		fprintf(out, "  and %zu more\n", c->n - MAX_LISTED);
	fflush(out);
}

/* The command at the cursor: the last one, if there are semicolons. */
static bool split_last(struct words *w, char **text)
{
	for (;;) {
		if (!words_split(w, *text))
			return false;
		if ((*text)[w->end] != ';')
			return true;
		*text += w->end + 1;
		words_free(w);
	}
}

/* Put @word, with what the shell would take for more than text escaped, in the place of @len. */
static bool replace(EditLine *el, size_t len, const char *word, size_t word_len)
{
	char *text = malloc(2 * word_len + 1), *to = text;
	bool done;

	if (text == NULL)
		return false;
	for (size_t i = 0; i < word_len; i++) {
		if (strchr(" \t\"'\\#;", word[i]) != NULL)
			*to++ = '\\';
		*to++ = word[i];
	}
	*to = '\0';
	if (len != 0)
		el_deletestr(el, (int)len);
	done = el_insertstr(el, text) == 0;
	free(text);
	return done;
}

/* libedit counts characters. */
static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static unsigned char answer(struct prompt *p, const struct candidates *c, const char *raw,
			    const char *prefix)
{
	char after = *el_line(p->el)->cursor;
	const char *end = el_line(p->el)->lastchar;
	bool at_end = el_line(p->el)->cursor == end;
	size_t common;
	bool certain, again;
	char last = '\0';

	if (c->n == 0 || c->lost)
		return CC_ERROR;
	common = common_length(c);
	if (common > 0)
		last = c->list[0][common - 1];
	certain = c->n == 1 && last != '/' && last != '=';
	if (common > strlen(prefix) || c->n == 1) {
		if (!replace(p->el, characters(raw), c->list[0], common))
			return CC_ERROR;
		if (certain && (at_end || after != ' '))
			el_insertstr(p->el, " ");
		return CC_REFRESH;
	}
	/* A second TAB in a row, or one more. */
	again = p->tab_at != 0 && p->tab_at + 1 == keyboard_count();
	p->tab_at = keyboard_count();
	if (!again)
		return CC_ERROR;
	list_candidates(p, c);
	return CC_REDISPLAY;
}

unsigned char tab_key(EditLine *el, int key)
{
	const LineInfo *line = el_line(el);
	struct candidates c = { 0 };
	unsigned char result = CC_ERROR;
	struct prompt *p;
	struct words w;
	char *text, *at;

	(void)key;
	el_get(el, EL_CLIENTDATA, &p);
	text = strndup(line->buffer, (size_t)(line->cursor - line->buffer));
	at = text;
	if (text == NULL || !split_last(&w, &at)) {
		free(text);
		return CC_ERROR;
	}
	if (!w.comment) {
		const char *prefix = w.touching ? w.word[w.n - 1] : "";
		const char *raw = w.touching ? at + w.column[w.n - 1] : "";

		complete_words(p->s, w.n - w.touching, w.word, prefix, collect, &c);
		result = answer(p, &c, raw, prefix);
	}
	forget(&c);
	words_free(&w);
	free(text);
	return result;
}

/* SPDX-License-Identifier: MIT */
/* A sink for JSON that keeps what is written, as a string. */
#ifndef UNIT_KEPT_TEXT_H
#define UNIT_KEPT_TEXT_H

#include <string.h>
#include <s2pte/json.h>

struct kept_text {
	size_t n;
	char data[400000];
};

static inline int keep_text(void *arg, const char *data, size_t size)
{
	struct kept_text *text = arg;

	if (size >= sizeof(text->data) - text->n)
		return -1;
	memcpy(text->data + text->n, data, size);
	text->n += size;
	text->data[text->n] = '\0';
	return 0;
}

static inline struct s2_json_sink kept_text_sink(struct kept_text *text)
{
	text->n = 0;
	text->data[0] = '\0';
	return (struct s2_json_sink){ keep_text, text };
}

#endif

/* SPDX-License-Identifier: MIT */
#include "writer.h"

#include <stdlib.h>
#include <string.h>

void s2i_writer_init(struct s2i_writer *w, enum s2_json_style style,
		     const struct s2_json_sink *sink)
{
	w->sink = *sink;
	w->style = style;
	w->error = 0;
	w->depth = 0;
	w->flat = 0;
	w->empty = true;
	w->n = 0;
}

static void flush(struct s2i_writer *w)
{
	if (w->error == 0 && w->n != 0 && w->sink.write(w->sink.arg, w->buffer, w->n) != 0)
		w->error = S2_EIO;
	w->n = 0;
}

/* What does not fit in the buffer at once. */
static void put_long(struct s2i_writer *w, const char *data, size_t size)
{
	while (size != 0) {
		size_t room = sizeof(w->buffer) - w->n;
		size_t part = size < room ? size : room;

		memcpy(w->buffer + w->n, data, part);
		w->n += part;
		data += part;
		size -= part;
		if (w->n == sizeof(w->buffer))
			flush(w);
	}
}

static inline void put(struct s2i_writer *w, const char *data, size_t size)
{
	if (size >= sizeof(w->buffer) - w->n) {
		put_long(w, data, size);
		return;
	}
	memcpy(w->buffer + w->n, data, size);
	w->n += size;
}

static inline void put_char(struct s2i_writer *w, char c)
{
	w->buffer[w->n++] = c;
	if (w->n == sizeof(w->buffer))
		flush(w);
}

static inline void put_text(struct s2i_writer *w, const char *text)
{
	put(w, text, strlen(text));
}

int s2i_writer_finish(struct s2i_writer *w)
{
	put_char(w, '\n');
	flush(w);
	return w->error;
}

static bool inline_now(const struct s2i_writer *w)
{
	return w->style == S2_JSON_LINE || w->flat != 0;
}

static void new_line(struct s2i_writer *w)
{
	static const char tabs[] = "                                ";
	size_t width = 2 * (size_t)w->depth;

	put_char(w, '\n');
	put(w, tabs, width < sizeof(tabs) - 1 ? width : sizeof(tabs) - 1);
}

static void put_quoted(struct s2i_writer *w, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	const char *from = text;

	put_char(w, '"');
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		char escaped[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		put(w, from, (size_t)(text - from));
		if (c >= 0x20) {
			put_char(w, '\\');
			put_char(w, (char)c);
		} else {
			put(w, escaped, sizeof(escaped));
		}
		from = text + 1;
	}
	put(w, from, (size_t)(text - from));
	put_char(w, '"');
}

/* What stands before a value: comma, line and key. */
static void begin(struct s2i_writer *w, const char *key)
{
	if (w->depth != 0) {
		if (!w->empty)
			put_char(w, ',');
		if (!inline_now(w))
			new_line(w);
		else if (!w->empty && w->style == S2_JSON_INDENTED)
			put_char(w, ' ');
	}
	w->empty = false;
	if (key == NULL)
		return;
	put_char(w, '"');
	put_text(w, key);
	put_text(w, w->style == S2_JSON_INDENTED ? "\": " : "\":");
}

void s2i_open(struct s2i_writer *w, const char *key, char bracket)
{
	begin(w, key);
	put_char(w, bracket);
	w->depth++;
	w->empty = true;
}

void s2i_open_flat(struct s2i_writer *w, const char *key, char bracket)
{
	s2i_open(w, key, bracket);
	if (w->flat == 0)
		w->flat = w->depth;
}

void s2i_close(struct s2i_writer *w, char bracket)
{
	bool on_line = inline_now(w);

	if (w->flat == w->depth)
		w->flat = 0;
	w->depth--;
	if (!w->empty && !on_line)
		new_line(w);
	put_char(w, bracket);
	w->empty = false;
}

void s2i_string(struct s2i_writer *w, const char *key, const char *value)
{
	begin(w, key);
	if (value == NULL)
		put_text(w, "null");
	else
		put_quoted(w, value);
}

static void put_hex(struct s2i_writer *w, const char *key, uint64_t value, unsigned min_digits)
{
	static const char hex[] = "0123456789abcdef";
	char text[20];
	size_t at = sizeof(text);

	text[--at] = '"';
	while (value != 0 || min_digits != 0) {
		text[--at] = hex[value & 15];
		value >>= 4;
		if (min_digits != 0)
			min_digits--;
	}
	begin(w, key);
	put_text(w, "\"0x");
	put(w, text + at, sizeof(text) - at);
}

void s2i_hex(struct s2i_writer *w, const char *key, uint64_t value)
{
	put_hex(w, key, value, 1);
}

void s2i_descriptor(struct s2i_writer *w, const char *key, uint64_t value)
{
	put_hex(w, key, value, 16);
}

static void put_number(struct s2i_writer *w, uint64_t value)
{
	char text[20];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	put(w, text + at, sizeof(text) - at);
}

void s2i_uint(struct s2i_writer *w, const char *key, uint64_t value)
{
	begin(w, key);
	put_number(w, value);
}

void s2i_int(struct s2i_writer *w, const char *key, int value)
{
	begin(w, key);
	if (value < 0)
		put_char(w, '-');
	put_number(w, (uint64_t)llabs(value));
}

/* "5:2", or "49:12,9:8" for bits in several places. */
void s2i_bits(struct s2i_writer *w, const char *key, uint64_t mask)
{
	const char *comma = "";

	begin(w, key);
	put_char(w, '"');
	while (mask != 0) {
		unsigned high = 63, low;

		while ((mask >> high & 1) == 0)
			high--;
		low = high;
		while (low > 0 && (mask >> (low - 1) & 1) != 0)
			low--;
		put_text(w, comma);
		put_number(w, high);
		put_char(w, ':');
		put_number(w, low);
		mask &= (UINT64_C(1) << low) - 1;
		comma = ",";
	}
	put_char(w, '"');
}

void s2i_bool(struct s2i_writer *w, const char *key, bool value)
{
	begin(w, key);
	put_text(w, value ? "true" : "false");
}

void s2i_raw(struct s2i_writer *w, const char *key, const char *json)
{
	begin(w, key);
	put_text(w, json);
}

void s2i_ret(struct s2i_writer *w, int ret)
{
	s2i_int(w, "ret", ret);
	s2i_string(w, "errno", s2_errno_name(ret));
}

void s2i_error(struct s2i_writer *w, const char *key, const struct s2_error *err)
{
	s2i_open_flat(w, key, '{');
	s2i_string(w, "path", err->path);
	s2i_string(w, "message", err->message);
	s2i_close(w, '}');
}

void s2i_flags(struct s2i_writer *w, const char *key, const struct s2_name *names, uint64_t bits)
{
	s2i_open_flat(w, key, '[');
	for (; names->name != NULL; names++) {
		if ((bits & names->value) != names->value)
			continue;
		s2i_string(w, NULL, names->name);
		/* A name that stands for several bits comes before theirs. */
		bits &= ~names->value;
	}
	s2i_close(w, ']');
}

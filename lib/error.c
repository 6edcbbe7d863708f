/* SPDX-License-Identifier: MIT */
#include <s2pte/error.h>

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* How many bytes of @text are one character in UTF-8, 0 if its first byte starts none. */
static size_t character(const unsigned char *text)
{
	static const unsigned first[] = { 0, 0x80, 0x800, 0x10000 }; /* less would be overlong */
	size_t n = text[0] >= 0xf0 ? 3 : text[0] >= 0xe0 ? 2 : text[0] >= 0xc0 ? 1 : 0;
	unsigned value = text[0] & (0x3fu >> n);

	if (n == 0)
		return text[0] >= 0x20 && text[0] < 0x7f ? 1 : 0;
	if (text[0] >= 0xf8)
		return 0;
	for (size_t i = 1; i <= n; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3fu);
	}
	return value < first[n] || value > 0x10ffff || value >> 11 == 0x1b ? 0 : n + 1;
}

/*
 * Errors quote what they are about, and cut it. They go to terminals, into TAP and into
 * JSON, so no control character and no part of a character may remain.
 */
static void clean(char *text)
{
	while (*text != '\0') {
		size_t n = character((const unsigned char *)text);

		if (n == 0)
			*text = '?';
		text += n != 0 ? n : 1;
	}
}

int s2_error_set(struct s2_error *err, int code, const char *path, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return code;
	memset(err, 0, sizeof(*err));
	err->code = code;
	snprintf(err->path, sizeof(err->path), "%s", path != NULL ? path : "");
	va_start(ap, fmt);
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
	va_end(ap);
	clean(err->path);
	clean(err->message);
	return code;
}

const char *s2_err_name(int code)
{
	static const char *const names[] = {
		"S2_OK", "S2_EINVAL", "S2_ENOMEM", "S2_ELIMIT", "S2_ENOENT", "S2_EIO", "S2_ECANCELED",
	};
	size_t index = (size_t)-code;

	return code <= 0 && index < sizeof(names) / sizeof(names[0]) ? names[index] : "S2_E?";
}

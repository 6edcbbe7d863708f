/* SPDX-License-Identifier: MIT */
#include <s2pte/error.h>

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

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

/* SPDX-License-Identifier: MIT */
/* Text from outside, before it gets to a terminal or into a document. */
#ifndef CLI_UTF8_H
#define CLI_UTF8_H

#include <stddef.h>

/*
 * Bytes of the character that @text, which ends with a NUL, begins with; 0 if it is a control
 * character or none at all, or is not UTF-8.
 */
size_t utf8_printable(const char *text);

#endif

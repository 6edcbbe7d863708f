/* SPDX-License-Identifier: MIT */
#include "utf8.h"

#include <string.h>

/* What begins a character, what may follow first, and how many bytes it has (Unicode, table 3-7). */
static const struct form {
	unsigned char first, last, low, high, n;
} forms[] = {
	{ 0x20, 0x7e, 0x00, 0xff, 1 }, { 0xc2, 0xc2, 0xa0, 0xbf, 2 }, /* no C1 controls */
	{ 0xc3, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, /* no surrogates */
	{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static const struct form *form_of(unsigned char first)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (forms[i].first <= first && first <= forms[i].last)
			return &forms[i];
	return NULL;
}

size_t utf8_printable(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	const struct form *form = form_of(at[0]);
	size_t n = 1;

	if (form == NULL || at[1] < form->low || at[1] > form->high)
		return 0;
	while (n < form->n && (at[n] & 0xc0) == 0x80)
		n++;
	/* U+FFFE and U+FFFF are no characters; XML has no place for them. */
	if (n < form->n || strncmp(text, "\xef\xbf\xbe", 3) == 0 || strncmp(text, "\xef\xbf\xbf", 3) == 0)
		return 0;
	return n;
}

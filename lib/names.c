/* SPDX-License-Identifier: MIT */
/* Look-up in tables of names, and the nearest name for a misspelt one. */
#include <s2pte/error.h>
#include <s2pte/names.h>

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

static const char *without_prefix(const char *prefix, const char *name)
{
	size_t len = prefix != NULL ? strlen(prefix) : 0;

	return len != 0 && strncasecmp(name, prefix, len) == 0 ? name + len : name;
}

int s2_name_find(const struct s2_name *table, const char *prefix, const char *name,
		 uint64_t *value)
{
	name = without_prefix(prefix, name);
	for (; table->name != NULL; table++) {
		if (strcasecmp(table->name, name) == 0) {
			*value = table->value;
			return 0;
		}
	}
	return S2_ENOENT;
}

const char *s2_name_of(const struct s2_name *table, uint64_t value)
{
	for (; table->name != NULL; table++)
		if (table->value == value)
			return table->name;
	return NULL;
}

#define NEAREST_MAX_LEN 48

/* Optimal string alignment distance, case-insensitive; names longer than the limit are far. */
static unsigned name_distance(const char *a, const char *b)
{
	unsigned row[3][NEAREST_MAX_LEN + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > NEAREST_MAX_LEN || nb > NEAREST_MAX_LEN)
		return NEAREST_MAX_LEN;
	for (size_t j = 0; j <= nb; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned *cur = row[i % 3], *up = row[(i + 2) % 3], *up2 = row[(i + 1) % 3];
		int ca = tolower((unsigned char)a[i - 1]);

		cur[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			int cb = tolower((unsigned char)b[j - 1]);
			unsigned best = up[j - 1] + (ca != cb);

			if (up[j] + 1 < best)
				best = up[j] + 1;
			if (cur[j - 1] + 1 < best)
				best = cur[j - 1] + 1;
			if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
			    cb == tolower((unsigned char)a[i - 2]) && up2[j - 2] + 1 < best)
				best = up2[j - 2] + 1;
			cur[j] = best;
		}
	}
	return row[na % 3][nb];
}

bool s2_name_near(const char *name, const char *candidate, unsigned *best)
{
	unsigned distance = name_distance(name, candidate);
	size_t len = strlen(candidate);

	if (distance >= *best || distance > 1 + len / 4)
		return false;
	*best = distance;
	return true;
}

const char *s2_name_nearest(const struct s2_name *table, const char *name)
{
	const char *found = NULL;
	unsigned best = UINT_MAX;

	for (; table->name != NULL; table++)
		if (s2_name_near(name, table->name, &best))
			found = table->name;
	return found;
}

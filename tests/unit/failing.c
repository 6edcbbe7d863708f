/* SPDX-License-Identifier: MIT */
#include "failing.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *memory);
typedef int chosen_fn(const struct dirent *entry);
typedef int order_fn(const struct dirent **a, const struct dirent **b);
int __real_scandir(const char *name, struct dirent ***list, chosen_fn *chosen, order_fn *order);
int __wrap_scandir(const char *name, struct dirent ***list, chosen_fn *chosen, order_fn *order);
FILE *__real_open_memstream(char **text, size_t *size);
char *__real_realpath(const char *name, char *path);
FILE *__wrap_open_memstream(char **text, size_t *size);
char *__wrap_realpath(const char *name, char *path);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

unsigned long failing_calls, failing_at;
long failing_live;

/* Places that allocate, each with its first call; a table with gaps, found by address. */
#define MAX_PLACES 2048
#define ATTEMPTS   12
static struct {
	const void *place;
	unsigned long first;
} places[MAX_PLACES];

#define CALLER __builtin_return_address(0)

void failing_start(unsigned long at)
{
	failing_calls = 0;
	failing_at = at;
	failing_live = 0;
	if (at == 0)
		memset(places, 0, sizeof(places));
}

static void note(const void *place)
{
	size_t i = (uintptr_t)place % MAX_PLACES;

	while (places[i].place != NULL && places[i].place != place)
		i = (i + 1) % MAX_PLACES;
	if (places[i].place == NULL) {
		places[i].place = place;
		places[i].first = failing_calls;
	}
}

bool failing_now(const void *place)
{
	failing_calls++;
	if (failing_at == 0)
		note(place);
	if (failing_calls != failing_at)
		return false;
	errno = ENOMEM;
	return true;
}

bool failing_is_first(unsigned long n)
{
	for (size_t i = 0; i < MAX_PLACES; i++)
		if (places[i].first == n)
			return true;
	return false;
}

static void *counted(void *memory)
{
	failing_live += memory != NULL;
	return memory;
}

void *__wrap_malloc(size_t size)
{
	return failing_now(CALLER) ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
	return failing_now(CALLER) ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *old, size_t size)
{
	void *memory = failing_now(CALLER) ? NULL : __real_realloc(old, size);

	return old == NULL ? counted(memory) : memory;
}

void __wrap_free(void *memory)
{
	failing_live -= memory != NULL;
	__real_free(memory);
}

static char *copied(const char *text, size_t len, const void *place)
{
	char *copy = failing_now(place) ? NULL : counted(__real_malloc(len + 1));

	if (copy != NULL) {
		memcpy(copy, text, len);
		copy[len] = '\0';
	}
	return copy;
}

char *__wrap_strndup(const char *text, size_t size)
{
	return copied(text, strnlen(text, size), CALLER);
}

char *__wrap_strdup(const char *text)
{
	return copied(text, strlen(text), CALLER);
}

/* What these make is freed with free(). */
FILE *__wrap_open_memstream(char **text, size_t *size)
{
	return failing_now(CALLER) ? NULL : counted(__real_open_memstream(text, size));
}

char *__wrap_realpath(const char *name, char *path)
{
	char *full = failing_now(CALLER) ? NULL : __real_realpath(name, path);

	return path == NULL ? counted(full) : full;
}

/* The list and each of its entries are freed, too. */
int __wrap_scandir(const char *name, struct dirent ***list, chosen_fn *chosen, order_fn *order)
{
	int n = failing_now(CALLER) ? -1 : __real_scandir(name, list, chosen, order);

	failing_live += n >= 0 ? n + 1 : 0;
	return n;
}

unsigned long failing_attempts(void)
{
	const char *stride = getenv("S2_TEST_STRIDE");
	unsigned long n = stride != NULL ? strtoul(stride, NULL, 10) : 1;

	return n != 0 ? ATTEMPTS / n + 1 : ATTEMPTS;
}

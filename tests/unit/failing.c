/* SPDX-License-Identifier: MIT */
#include "failing.h"

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
FILE *__real_open_memstream(char **text, size_t *size);
char *__real_realpath(const char *name, char *path);
FILE *__wrap_open_memstream(char **text, size_t *size);
char *__wrap_realpath(const char *name, char *path);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

unsigned long failing_calls, failing_at;
long failing_live;

void failing_start(unsigned long at)
{
	failing_calls = 0;
	failing_at = at;
	failing_live = 0;
}

bool failing_now(void)
{
	return ++failing_calls == failing_at;
}

static void *counted(void *memory)
{
	failing_live += memory != NULL;
	return memory;
}

void *__wrap_malloc(size_t size)
{
	return failing_now() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
	return failing_now() ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *old, size_t size)
{
	void *memory = failing_now() ? NULL : __real_realloc(old, size);

	return old == NULL ? counted(memory) : memory;
}

void __wrap_free(void *memory)
{
	failing_live -= memory != NULL;
	__real_free(memory);
}

char *__wrap_strndup(const char *text, size_t size)
{
	size_t len = strnlen(text, size);
	char *copy = __wrap_malloc(len + 1);

	if (copy != NULL) {
		memcpy(copy, text, len);
		copy[len] = '\0';
	}
	return copy;
}

char *__wrap_strdup(const char *text)
{
	return __wrap_strndup(text, strlen(text));
}

/* What these make is freed with free(). */
FILE *__wrap_open_memstream(char **text, size_t *size)
{
	return failing_now() ? NULL : counted(__real_open_memstream(text, size));
}

char *__wrap_realpath(const char *name, char *path)
{
	return failing_now() ? NULL : counted(__real_realpath(name, path));
}

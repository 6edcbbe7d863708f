/* SPDX-License-Identifier: MIT */
/* See recorded.h. The linker puts this between the library and s2_decide(). */
#include "recorded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct word {
	unsigned stages;
	uint64_t facts;
};

struct line {
	char *text;
	size_t first, n; /* its words */
};

struct recorded {
	const struct s2_revision *kernel;
	struct line *lines;
	size_t n_lines;
	struct word *words;
	size_t n_words;
};

void __real_s2_decide(const struct s2_revision *rev, unsigned stages, uint64_t facts,
		      struct s2_verdict *verdict);
void __wrap_s2_decide(const struct s2_revision *rev, unsigned stages, uint64_t facts,
		      struct s2_verdict *verdict);

static struct recorded *recording;

static void *grown(void *old, size_t n, size_t size)
{
	void *new = old;

	/* Twice as large at each power of two. */
	if ((n & (n - 1)) == 0)
		new = realloc(old, (n == 0 ? 1 : 2 * n) * size);
	if (new == NULL) {
		perror("realloc");
		exit(99);
	}
	return new;
}

void __wrap_s2_decide(const struct s2_revision *rev, unsigned stages, uint64_t facts,
		      struct s2_verdict *verdict)
{
	struct recorded *r = recording;

	if (r != NULL) {
		r->words = grown(r->words, r->n_words, sizeof(*r->words));
		r->words[r->n_words++] = (struct word){ stages, facts };
	}
	__real_s2_decide(rev, stages, facts, verdict);
}

bool same_verdict(const struct s2_verdict *a, const struct s2_verdict *b)
{
	/* What lib/vm goes by if no rule ends the fault. */
	const uint64_t read = S2_FACT_BIT(S2_FACT_NONCACHEABLE) |
			      S2_FACT_BIT(S2_FACT_SANITISE_TAGS) | S2_FACT_BIT(S2_FACT_PROT_W) |
			      S2_FACT_BIT(S2_FACT_PROT_X) | S2_FACT_BIT(S2_FACT_PROT_DEVICE) |
			      S2_FACT_BIT(S2_FACT_PROT_NORMAL_NC);
	bool installs = a->cause < 0;

	return installs == (b->cause < 0) && a->err == b->err && a->action == b->action &&
	       (!installs || ((a->facts ^ b->facts) & read) == 0);
}

static const struct s2_revision *resolve(void *arg, const char *id, struct s2_error *err)
{
	(void)id;
	(void)err;
	return arg;
}

static bool fails(const char *text, const struct s2_revision *rev, struct s2_error *err)
{
	struct s2_json_resolver resolver = { resolve, (void *)(uintptr_t)rev };
	char name[100];

	return s2_json_check(text, strlen(text), &resolver, name, sizeof(name), err) != 0;
}

bool recorded_add(struct recorded *r, const char *text, const char *file)
{
	struct s2_error err;
	struct line *line;

	r->lines = grown(r->lines, r->n_lines, sizeof(*r->lines));
	line = &r->lines[r->n_lines++];
	*line = (struct line){ .text = strdup(text), .first = r->n_words };
	recording = r;
	if (line->text == NULL || fails(text, r->kernel, &err)) {
		fprintf(stderr, "%s: fails as it is: %.200s: %s\n", file, text, err.message);
		return false;
	}
	recording = NULL;
	line->n = r->n_words - line->first;
	return true;
}

static bool add_file(struct recorded *r, const char *file, const char *ask_for)
{
	FILE *in = fopen(file, "r");
	char *text = NULL, kernel[100];
	size_t size = 0;
	bool good = in != NULL;

	if (!good)
		perror(file);
	snprintf(kernel, sizeof(kernel), "\"kernel\":\"%s\"", ask_for);
	while (good && getline(&text, &size, in) > 0)
		if (strstr(text, kernel) != NULL)
			good = recorded_add(r, text, file);
	free(text);
	if (in != NULL)
		fclose(in);
	return good;
}

struct recorded *recorded_new(const struct s2_revision *kernel, const char *ask_for,
			      char *const *files)
{
	struct recorded *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->kernel = kernel;
	for (; *files != NULL; files++) {
		if (!add_file(r, *files, ask_for)) {
			recorded_free(r);
			return NULL;
		}
	}
	return r;
}

void recorded_free(struct recorded *r)
{
	for (size_t i = 0; i < r->n_lines; i++)
		free(r->lines[i].text);
	free(r->lines);
	free(r->words);
	free(r);
}

size_t recorded_lines(const struct recorded *r)
{
	return r->n_lines;
}

static bool decides_otherwise(const struct recorded *r, const struct line *line,
			      const struct s2_revision *mutant)
{
	for (size_t i = line->first; i < line->first + line->n; i++) {
		const struct word *word = &r->words[i];
		struct s2_verdict before, after;

		__real_s2_decide(r->kernel, word->stages, word->facts, &before);
		__real_s2_decide(mutant, word->stages, word->facts, &after);
		if (!same_verdict(&before, &after))
			return true;
	}
	return false;
}

bool recorded_fails(struct recorded *r, const struct s2_revision *mutant, bool all)
{
	for (size_t i = 0; i < r->n_lines; i++) {
		struct s2_error err;

		if ((all || decides_otherwise(r, &r->lines[i], mutant)) &&
		    fails(r->lines[i].text, mutant, &err))
			return true;
	}
	return false;
}

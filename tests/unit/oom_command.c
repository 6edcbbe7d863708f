/* SPDX-License-Identifier: MIT */
/*
 * Command lines whose n-th allocation fails. Each has to say so and to end with the status for it,
 * or to do what it does otherwise; and to leave no memory behind. Of the allocations of one place
 * the first fails, and some others. Speaks TAP.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "failing.h"

#define MAX_WORDS 8
/* Attempts a command beside the first of each place. */
#define ATTEMPTS  40

static const char *const commands[][MAX_WORDS] = {
	{ "run", "examples/mte.json", "examples/no-such.json" },
	{ "run", "--text", "--kernel", "v9", "--kernel", "v7.3", "examples/grace-hopper.json" },
	{ "run", "--trace", "casemate", "tests/traces/split.json" },
	{ "run", "--kernel", "examples/rules/no-dax.json", "examples/hugetlbfs.json" },
	{ "batch", "tests/fuzz/corpus/line/fault-4K-0" },
	{ "check", "tests/fuzz/corpus/line/fault-4K-0" },
	{ "fault", "--pfnmap", "--text", "--kernel", "v6.12" },
	{ "dump", "examples/dirty-logging.json" },
	{ "dump", "--ptdump", "examples/dirty-logging.json" },
	{ "rules", "v9" },
	{ "rules", "examples/rules/no-dax.json", "--text" },
	{ "facts", "examples/rules/no-dax.json" },
	{ "decode", "0x00000420000007d9", "--level", "1", "--text" },
	{ "reach", "v9" },
	{ "verify", "v9-2of6", "--format", "markdown" },
	{ "diff", "v9", "v10", "--format", "text" },
	{ "whatif", "--base", "v9", "--drop", "cow-special" },
	{ "bisect", "examples/mte.json" },
	{ "complete", "--", "run", "--ker" },
	{ "shell", "--commands", "kernel v9; vma a 0x10000 4M; slot 0 0x100000 1M a;"
	  " write 0x100000; show; explain; undo; redo; walk 0x100000; help vma; nonsense" },
};

struct outcome {
	int status;
	char *out, *err;
};

/* The line in a working directory where its files are. */
static struct outcome run(const char *const *words, unsigned long at)
{
	struct outcome got = { 0 };
	size_t out_size, err_size;
	char *argv[MAX_WORDS + 1];
	struct cli cli = { 0 };
	int argc = 0;

	failing_start(ULONG_MAX);
	cli.out = open_memstream(&got.out, &out_size);
	cli.err = open_memstream(&got.err, &err_size);
	for (; argc < MAX_WORDS && words[argc] != NULL; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc];
	argv[argc] = NULL;
	failing_start(at);
	got.status = cli_flush(&cli, cli_dispatch(&cli, argc, argv));
	cli_revisions_free(&cli);
	failing_at = 0;
	fclose(cli.out);
	fclose(cli.err);
	return got;
}

static void drop(struct outcome *o)
{
	long live = failing_live;

	free(o->out);
	free(o->err);
	failing_live = live;
}

static const char *judge(const struct outcome *usual, const struct outcome *got)
{
	if (failing_live != 0)
		return "memory is left";
	if (got->status == CLI_IO && strstr(got->err, "memory") != NULL)
		return NULL;
	if (got->status != usual->status)
		return got->status == CLI_IO ? "no word of memory" : "the status is another one";
	return strcmp(got->out, usual->out) == 0 ? NULL :
	       "the output is another one, and the status the same";
}

/* How many allocations of a command fail, with S2_TEST_STRIDE fewer. */
static unsigned long attempts(void)
{
	const char *stride = getenv("S2_TEST_STRIDE");
	unsigned long n = stride != NULL ? strtoul(stride, NULL, 10) : 1;

	return n != 0 ? ATTEMPTS / n + 1 : ATTEMPTS;
}

static bool try_command(const char *const *words)
{
	struct outcome usual = run(words, 0);
	unsigned long wanted = failing_calls, step = wanted / attempts() + 1, tried = 0;
	bool good = failing_live == 0 && wanted != 0;

	if (!good)
		printf("# %s: %lu allocations, %ld left\n", words[0], wanted, failing_live);
	for (unsigned long n = 1; n <= wanted; n++) {
		struct outcome got;
		const char *wrong;

		if (n % step != 0 && !failing_is_first(n))
			continue;
		tried++;
		got = run(words, n);
		wrong = judge(&usual, &got);
		if (wrong != NULL) {
			printf("# number %lu of %lu fails: %s: status %d: %.200s\n", n, wanted, wrong,
			       got.status, got.err);
			if (getenv("S2_VERBOSE") != NULL)
				printf("# %.3000s\n# instead of\n# %.3000s\n", got.out, usual.out);
			good = false;
		}
		drop(&got);
	}
	printf("# %lu of %lu allocations\n", tried, wanted);
	drop(&usual);
	return good;
}

int main(void)
{
	const size_t n = sizeof(commands) / sizeof(commands[0]);
	const char *source = getenv("S2_SOURCE");
	bool all = true;

	if (source != NULL && chdir(source) != 0)
		return 99;
	for (size_t i = 0; i < n; i++) {
		bool good = try_command(commands[i]);

		printf("%s %zu -", good ? "ok" : "not ok", i + 1);
		for (size_t w = 0; w < MAX_WORDS && commands[i][w] != NULL; w++)
			printf(" %.60s", commands[i][w]);
		printf("\n");
		all &= good;
	}
	printf("1..%zu\n", n);
	return all ? 0 : 1;
}

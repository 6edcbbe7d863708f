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

/* A word that stands for the file with what make_part answers. */
#define PART "a part"
static char part[] = "/tmp/s2pte-part-XXXXXX";
static const char *const make_part[MAX_WORDS] = { "reach", "v9", "--shard", "1/1" };

static const char *const commands[][MAX_WORDS] = {
	{ "run", "examples/mte.json", "examples/no-such.json" },
	{ "run", "--text", "--kernel", "v9", "--kernel", "v7.3", "examples/grace-hopper.json" },
	{ "run", "--trace", "casemate", "tests/traces/split.json" },
	{ "run", "--kernel", "examples/rules/no-dax.json", "examples/hugetlbfs.json" },
	{ "batch", "tests/fuzz/corpus/line/fault-4K-0" },
	{ "check", "tests/fuzz/corpus/line/fault-4K-0" },
	{ "fault", "--cpu=fwb,dic", "--vma=PFNMAP,SHARED", "--pfn=device", "--text" },
	{ "fault", "--svg" },
	{ "fault", "--kernel", "examples/rules/no-dax.json", "--scenario" },
	{ "show", "examples/dirty-logging.json" },
	{ "show", "--text", "examples/mixedmap.json" },
	{ "show", "--svg", "examples/grace-hopper.json" },
	{ "dump", "examples/dirty-logging.json" },
	{ "dump", "--ptdump", "examples/dirty-logging.json" },
	{ "rules", "v9" },
	{ "rules", "examples/rules/no-dax.json", "--text" },
	{ "facts", "examples/rules/no-dax.json" },
	{ "decode", "0x00000420000007d9", "--level", "1", "--text" },
	{ "decode", "--ptdump", "tests/ptdump/mixed.ptdump" },
	{ "encode", "--prot", "R,X", "--svg" },
	{ "cpu", "neoverse-v2", "--scenario" },
	{ "geometry", "--help" },
	{ "reach", "v9" },
	{ "verify", "v9-2of6", "--format", "markdown" },
	{ "verify", "v9-2of6", "--format", "html" },
	{ "diff", "v9", "v10", "--format", "text" },
	{ "whatif", "--base", "v9", "--drop", "cow-special" },
	{ "whatif", "--base=v9", "--replace=cow-special=examples/rules/no-dax.json" },
	{ "merge", PART },
	{ "bisect", "examples/mte.json", "--expect", "{\"errno\": \"EFAULT\"}", "--text" },
	{ "bisect", "--invariant", "alias-mismatch" },
	{ "bench", "--runs", "1", "map_2m", "relax" },
	{ "bench", "--runs", "1", "map_4k_random", "map_1g_by_pages" },
	{ "complete", "--", "run", "--ker" },
	{ "shell", "--commands", "kernel v9; vma a 0x10000 4M; slot 0 0x100000 1M a;"
	  " write 0x100000; show; explain; undo; redo; walk 0x100000; help vma; nonsense" },
	{ "shell", "--commands", "set output text; load examples/grace-hopper.json; show; explain;"
	  " undo; show svg none/x; save none/x; set pager on; slot 7 0x0 4K 0x1000" },
	{ "shell", "--commands", "vma a 0 4K; slot 0 0 4K a\nquit\nnonsense" },
	{ "-f", "tests/fuzz/corpus/shell/events" },
	{ "-c", "tutorial" },
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
		argv[argc] = strcmp(words[argc], PART) == 0 ? part :
							      (char *)(uintptr_t)words[argc];
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

static bool try_command(const char *const *words)
{
	struct outcome usual = run(words, 0);
	unsigned long wanted = failing_calls, step = wanted / failing_attempts() + 1, tried = 0;
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

static bool write_part(void)
{
	struct outcome got = run(make_part, ULONG_MAX);
	int fd = mkstemp(part);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	bool good = file != NULL && fputs(got.out, file) >= 0 && fclose(file) == 0;

	drop(&got);
	return good && got.status == CLI_OK;
}

int main(void)
{
	const size_t n = sizeof(commands) / sizeof(commands[0]);
	const char *source = getenv("S2_SOURCE");
	bool all = true;

	if ((source != NULL && chdir(source) != 0) || !write_part())
		return 99;
	for (size_t i = 0; i < n; i++) {
		bool good = try_command(commands[i]);

		printf("%s %zu -", good ? "ok" : "not ok", i + 1);
		for (size_t w = 0; w < MAX_WORDS && commands[i][w] != NULL; w++)
			printf(" %.60s", commands[i][w]);
		printf("\n");
		all &= good;
	}
	unlink(part);
	printf("1..%zu\n", n);
	return all ? 0 : 1;
}

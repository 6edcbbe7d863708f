/* SPDX-License-Identifier: MIT */
/* What TAB offers in a session that has VMAs and slots, and what it must not offer. Speaks TAP. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session.h"
#include "words.h"

/* With and without names, and addresses in both forms that JSON has. */
#define SCENARIO                                                                                   \
	"{\"vmas\":[{\"name\":\"gpu\",\"start\":\"0x7f0000000000\",\"end\":\"0x7f0040000000\"},"   \
	"{\"start\":65536,\"end\":131072}],"                                                       \
	"\"memslots\":[{\"slot\":0,\"name\":\"big\",\"gpa\":\"0x40000000\",\"size\":\"1M\","       \
	"\"hva\":\"0x7f0000000000\"},"                                                             \
	"{\"slot\":1,\"name\":\"low\",\"gpa\":4096,\"size\":4096,\"hva\":65536},"                  \
	"{\"slot\":2,\"gpa\":\"0x80000000\",\"size\":4096,\"hva\":65536}]}"

static const struct {
	const char *line;   /* the word to complete comes after its last space */
	const char *offers; /* one of the candidates, NULL: there must be none */
	const char *never;  /* no candidate, or NULL */
} cases[] = {
	{ "vma ", "gpu", "big" },
	{ "vma gpu ", "PFNMAP", "gpu" },
	{ "vma gpu PFNMAP ", "SHARED", "0x" },
	{ "vma gpu -", "-PFNMAP", "PFNMAP" },
	{ "vma nobody ", NULL, NULL },
	{ "vma gpu pa ", NULL, NULL },
	{ "vma gpu pfn ", NULL, NULL },
	{ "vma gpu mapping ", NULL, NULL },
	{ "vma gpu hugetlb ", NULL, NULL },
	{ "vma gpu pgoff ", NULL, NULL },
	{ "vma x 0x0 1G pgprot DEV", "DEVICE_nGnRE", "NORMAL" },
	{ "slot ", "big", "gpu" },
	{ "slot big ", "LOG_DIRTY_PAGES", "gpu" },
	{ "slot low READONLY ", "LOG_DIRTY_PAGES", "gpu" },
	{ "slot low READONLY LOG_DIRTY_PAGES ", "READONLY", "gpu" },
	{ "slot nobody ", NULL, NULL },
	{ "slot 5 0x1000 ", NULL, NULL },
	{ "slot 5 0x1000 4K ", "gpu", "READONLY" },
	{ "slot 5 0x1000 4K gpu ", "READONLY", "gpu" },
	{ "slot 5 :0x1000 4K ", "READONLY", "gpu" },
	{ "ram ", NULL, NULL },
	{ "write ", "0x80000000", "4096" },
	{ "unmap 0x1000 ", NULL, NULL },
	{ "granule ", "16K", "8K" },
	{ "mte o", "off", NULL },
	{ "cpu ", "fwb", "-fwb" },
	{ "cpu -f", "-fwb", "fwb" },
	{ "cpu neoverse-v", "neoverse-v2", NULL },
	{ "show s", "svg", NULL },
	{ "fault 0x0 level ", NULL, NULL },
	{ "fault 0x0 level 3 ", "write", NULL },
	{ "fault -", "--pgprot", NULL },
	{ "fault --pgprot NORMAL --p", "--pfn", "--pgprot" },
	{ "fault --pgprot=NORMAL --p", "--pfn", "--pgprot" },
	{ "fault --text=", NULL, NULL },
	{ "fault --nonsense=", NULL, NULL },
	{ "fault --nonsense ", "--pgprot", NULL },
	{ "fault -- ", "--pgprot", NULL },
	{ "set output ", "json", "on" },
	{ "set pager ", "on", "json" },
	{ "set pager on ", NULL, NULL },
	{ "reset ", NULL, NULL },
	{ "help al", "all", NULL },
	{ "kernel ", "v9", "rules.json" },
	{ "kernel ./", "./rules.json", "v9" },
	{ "kernel .", "./", "rules.json" },
	{ "kernel none/", NULL, NULL },
	{ "whatif --base=v9 --drop cow", "cow-special", NULL },
	{ "whatif --base v99 --drop ", NULL, NULL },
	{ "cpu --regs ", "ID_AA64MMFR0_EL1=", NULL },
	{ "cpu --regs CTR_EL0=0,ID_AA64MMFR2", "CTR_EL0=0,ID_AA64MMFR2_EL1=", NULL },
	{ "load .", ".hidden", "rules.json" },
	{ "load h", NULL, NULL },
	{ "load r", "rules.json", ".hidden" },
	{ "load d", "dangling", NULL },
	{ "load none/", NULL, NULL },
	{ "nonsense ", NULL, NULL },
	{ "", "vma", "complete-me" },
};
static const size_t n_cases = sizeof(cases) / sizeof(cases[0]);

/* The same for the completion of other shells. */
static const struct {
	int argc;
	const char *argv[3], *prefix, *offers, *never;
} outside[] = {
	{ 0, { NULL }, "", "reach", "vma" },
	{ 1, { "-f" }, "", "rules.json", "reach" },
	{ 1, { "-x" }, "", NULL, NULL },
	{ 1, { "vma" }, "", NULL, NULL },
	{ 2, { "run", "--kernel" }, "v9-", "v9-2of6", "v9" },
	{ 2, { "diff", "--format" }, "", "html", "v9" },
};
static const size_t n_outside = sizeof(outside) / sizeof(outside[0]);

struct seen {
	const char *offers, *never;
	bool offered, wrong;
	size_t n;
};

static void look(void *arg, const char *candidate, const char *help)
{
	struct seen *seen = arg;

	seen->n++;
	seen->offered |= seen->offers != NULL && strcmp(candidate, seen->offers) == 0;
	seen->wrong |= help == NULL || (seen->never != NULL && strcmp(candidate, seen->never) == 0);
}

static bool good(const struct seen *seen)
{
	return (seen->offers != NULL ? seen->offered : seen->n == 0) && !seen->wrong;
}

static bool try_line(struct session *s, const char *line, struct seen *seen)
{
	struct words w;
	int before;

	if (!words_split(&w, line))
		return false;
	before = w.n - (w.touching ? 1 : 0);
	complete_words(s, before, w.word, w.touching ? w.word[before] : "", look, seen);
	words_free(&w);
	return good(seen);
}

/* A directory name that no buffer is made for. */
static bool try_long(struct session *s)
{
	struct seen seen = { NULL, NULL, false, false, 0 };
	char line[2000] = "load ";

	memset(line + 5, 'd', sizeof(line) - 7);
	line[sizeof(line) - 2] = '/';
	line[sizeof(line) - 1] = '\0';
	return try_line(s, line, &seen);
}

static bool write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	return file != NULL && fputs(text, file) >= 0 && fclose(file) == 0;
}

int main(void)
{
	char folder[] = "/tmp/s2pte-complete-XXXXXX";
	struct cli cli = { .out = stdout, .err = stderr };
	struct session s;
	size_t n = 0, failed = 0;

	if (mkdtemp(folder) == NULL || chdir(folder) != 0 || !write_file("rules.json", SCENARIO) ||
	    !write_file(".hidden", "") || symlink("none", "dangling") != 0 || !session_init(&s, &cli))
		return 99;
	session_line(&s, "load rules.json");
	for (size_t i = 0; i < n_cases; i++) {
		struct seen seen = { cases[i].offers, cases[i].never, false, false, 0 };
		bool as_it_should = try_line(&s, cases[i].line, &seen);

		printf("%s %zu - \"%s\": %s\n", as_it_should ? "ok" : "not ok", ++n, cases[i].line,
		       cases[i].offers != NULL ? cases[i].offers : "nothing");
		failed += !as_it_should;
	}
	for (size_t i = 0; i < n_outside; i++) {
		struct seen seen = { outside[i].offers, outside[i].never, false, false, 0 };

		complete_command_line(&s, outside[i].argc, (char **)(uintptr_t)outside[i].argv,
				      outside[i].prefix, look, &seen);
		printf("%s %zu - outside: %s %s: %s\n", good(&seen) ? "ok" : "not ok", ++n,
		       outside[i].argc != 0 ? outside[i].argv[outside[i].argc - 1] : "", outside[i].prefix,
		       outside[i].offers != NULL ? outside[i].offers : "nothing");
		failed += !good(&seen);
	}
	if (!try_long(&s)) {
		printf("not ");
		failed++;
	}
	printf("ok %zu - a long directory: nothing\n1..%zu\n", n + 1, n + 1);
	session_free(&s);
	cli_revisions_free(&cli);
	if (unlink("rules.json") != 0 || unlink(".hidden") != 0 || unlink("dangling") != 0 ||
	    rmdir(folder) != 0)
		return 99;
	return failed == 0 ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/*
 * The prompt on a terminal of its own, whose n-th allocation fails, or whose n-th pipe, process
 * or stream cannot be had. It has to say so or to beep and to go on, or to do what it does
 * otherwise; and to leave no memory behind. Of the calls by one place the first fails, and some
 * others. Speaks TAP.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "failing.h"
#ifdef S2I_COVERAGE
#include <gcov.h>
#endif

#define PROMPT   "s2pte> "
#define PATIENCE (120 * 1000)
/* Statuses of the child's that are none of the command's. */
#define LEFT_MEMORY 77

static const struct scene {
	const char *name, *keys;
} scenes[] = {
	{ "lines", "vma gpu 0x10000 4M\rslot 0 0x100000 1M gpu\rwrite 0x100000\rnonsense\r\x04" },
	{ "keys that are no lines", "#\xc3\xa4\xff\x12sl\r\x10\x10\x15\x04" },
	{ "TAB with much to list", "help \t\t\x15\x04" },
	{ "TAB", "vma gpu 0x10000 4M\rslot 0 0x100000 1M g\t\rwri\t\tfault --pgprot=no\t\t"
		 "\x15load ex\tgr\t\x15whatif --base v9 --drop \t\t\x15help \t\t\x15quit\r\x04" },
	{ "history and pager", "set pager on\rhelp\rrules v9\rhelp vma\r\x10\x10\r\x04" },
};
static const size_t n_scenes = sizeof(scenes) / sizeof(scenes[0]);

static char home[] = "/tmp/s2pte-home-XXXXXX";
static char history[sizeof(home) + 32];

struct outcome {
	int status;
	char screen[1 << 16];
	size_t n;
};

/* What the child tells about the allocations of one attempt. */
struct told {
	unsigned long calls;
	long live;
	bool first[4096]; /* of its place */
};

static int shell(unsigned long at, int report)
{
	static struct told told;
	struct cli cli = { .out = stdout, .err = stderr, .terminal = true, .colour = true };
	char *argv[] = { (char[]){ "shell" }, NULL };
	int status;

	failing_start(at);
	status = cli_flush(&cli, cli_dispatch(&cli, 1, argv));
	cli_revisions_free(&cli);
	failing_at = ULONG_MAX;
	told.calls = failing_calls;
	told.live = failing_live;
	for (unsigned long n = 1; n < sizeof(told.first) / sizeof(told.first[0]); n++)
		told.first[n] = failing_is_first(n);
	if (write(report, &told, sizeof(told)) != (ssize_t)sizeof(told))
		return 99;
#ifdef S2I_COVERAGE
	__gcov_dump();
#endif
	return told.live != 0 ? LEFT_MEMORY : status;
}

/* Read what the screen shows until @text does or it ends; whether it came. */
static bool read_until(int terminal, struct outcome *got, const char *text)
{
	struct pollfd ready = { .fd = terminal, .events = POLLIN };

	while (got->n + 1 < sizeof(got->screen)) {
		ssize_t n;

		if (poll(&ready, 1, PATIENCE) <= 0)
			return false;
		n = read(terminal, got->screen + got->n, sizeof(got->screen) - 1 - got->n);
		if (n <= 0)
			return false;
		got->n += (size_t)n;
		got->screen[got->n] = '\0';
		if (text != NULL && strstr(got->screen, text) != NULL)
			return true;
	}
	return false;
}

/* Whether there was a terminal to do it on. */
static bool play(const struct scene *scene, unsigned long at, struct outcome *got,
		 struct told *told)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	int terminal, report[2], status;
	pid_t child;

	memset(got, 0, sizeof(*got));
	memset(told, 0, sizeof(*told));
	unlink(history);
	if (pipe(report) != 0)
		return false;
	child = forkpty(&terminal, NULL, NULL, &size);
	if (child < 0)
		return false;
	if (child == 0)
		_exit(shell(at, report[1]));
	close(report[1]);
	if (read_until(terminal, got, PROMPT)) {
		if (write(terminal, scene->keys, strlen(scene->keys)) < 0)
			printf("# keys: %s\n", strerror(errno));
		read_until(terminal, got, NULL);
	}
	if (read(report[0], told, sizeof(*told)) != (ssize_t)sizeof(*told))
		told->calls = 0;
	close(terminal);
	close(report[0]);
	waitpid(child, &status, 0);
	got->status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
	return true;
}

static int count(const struct outcome *got, const char *text)
{
	int n = 0;

	for (const char *at = got->screen; (at = strstr(at, text)) != NULL; at++)
		n++;
	return n;
}

static const char *judge(const struct outcome *usual, const struct outcome *got)
{
	if (got->status == LEFT_MEMORY)
		return "memory is left";
	if (strstr(got->screen, "out of memory") != NULL) {
		if (got->status != CLI_OK)
			return got->status == CLI_IO ? NULL : "the status is another one";
		return count(got, PROMPT) >= count(usual, PROMPT) ? NULL : "it has not gone on";
	}
	if (strstr(got->screen, " the terminal\r\n") != NULL)
		return got->status == CLI_IO ? NULL : "the status is another one";
	if (got->status != usual->status)
		return "the status is another one";
	return strcmp(got->screen, usual->screen) == 0 || count(got, "\a") > count(usual, "\a") ? NULL :
	       "the screen is another one, and nothing said";
}

static bool try_scene(const struct scene *scene, const struct outcome *usual,
		      const struct told *told)
{
	static struct outcome got;
	static struct told again;
	unsigned long step = told->calls / failing_attempts() + 1, tried = 0;
	bool good = usual->status == CLI_OK && told->calls != 0 &&
		    told->calls < sizeof(told->first) / sizeof(told->first[0]);

	if (!good)
		printf("# %s: status %d, %lu allocations, %ld left\n", scene->name, usual->status,
		       told->calls, told->live);
	for (unsigned long n = 1; good && n <= told->calls; n++) {
		const char *wrong;

		if (n % step != 0 && !told->first[n])
			continue;
		tried++;
		if (!play(scene, n, &got, &again))
			return false;
		wrong = judge(usual, &got);
		if (wrong == NULL)
			continue;
		printf("# number %lu of %lu fails: %s: status %d, %ld left\n", n, told->calls, wrong,
		       got.status, again.live);
		if (getenv("S2_VERBOSE") != NULL)
			fprintf(stderr, "%s\n--- instead of\n%s\n", got.screen, usual->screen);
		good = false;
	}
	printf("# %lu of %lu allocations\n", tried, told->calls);
	return good;
}

int main(void)
{
	static struct outcome usual;
	static struct told told;
	const char *source = getenv("S2_SOURCE");
	bool all = true;

	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	if ((source != NULL && chdir(source) != 0) || mkdtemp(home) == NULL)
		return 99;
	snprintf(history, sizeof(history), "%s/s2pte/history", home);
	setenv("HOME", home, 1);
	setenv("XDG_STATE_HOME", home, 1);
	setenv("PAGER", "cat", 1);
	setenv("TERM", "xterm", 1);
	for (size_t i = 0; i < n_scenes; i++) {
		const char *skip = play(&scenes[i], 0, &usual, &told) ? "" : " # SKIP no terminal can be opened";
		bool good = *skip != '\0' || try_scene(&scenes[i], &usual, &told);

		printf("%s %zu - %s%s\n", good ? "ok" : "not ok", i + 1, scenes[i].name, skip);
		all &= good;
	}
	printf("1..%zu\n", n_scenes);
	unlink(history);
	*strrchr(history, '/') = '\0';
	rmdir(history);
	rmdir(home);
	return all ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/* The size of the screen, and $PAGER for what is longer. */
#include "prompt.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool window(struct winsize *size)
{
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, size) == 0;
}

size_t screen_lines(void)
{
	struct winsize size;

	return window(&size) && size.ws_row > 0 ? size.ws_row : 24;
}

size_t screen_columns(void)
{
	struct winsize size;

	return window(&size) && size.ws_col > 0 ? size.ws_col : 80;
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

/* The pager, reading from *@to; signals are for it as they usually are. 0 or an errno. */
static int start(const char *pager, pid_t *child, FILE **to)
{
	char *words[] = { (char[]){ "sh" }, (char[]){ "-c" }, strdup(pager), NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t usual;
	int fds[2], ret;

	if (words[2] == NULL)
		return ENOMEM;
	if (pipe(fds) != 0) {
		free(words[2]);
		return errno;
	}
	sigemptyset(&usual);
	sigaddset(&usual, SIGINT);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGXFSZ);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &usual);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[0], STDIN_FILENO);
	posix_spawn_file_actions_addclose(&actions, fds[0]);
	posix_spawn_file_actions_addclose(&actions, fds[1]);
	ret = posix_spawn(child, "/bin/sh", &actions, &attributes, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	free(words[2]);
	close(fds[0]);
	*to = ret == 0 ? fdopen(fds[1], "w") : NULL;
	if (*to == NULL)
		close(fds[1]);
	return ret;
}

static void show(struct cli *cli, const char *pager, const char *text, size_t size)
{
	FILE *to = NULL;
	pid_t child = -1;
	int ret;

	/* As git does: colours come through, and a short text needs no key. */
	setenv("LESS", "FRX", 0);
	ret = start(pager, &child, &to);
	if (to == NULL)
		fwrite(text, 1, size, cli->out);
	if (ret != 0)
		return;
	if (to != NULL) {
		/* Whoever leaves the pager early has seen enough. */
		fwrite(text, 1, size, to);
		fclose(to);
	}
	while (waitpid(child, &ret, 0) < 0 && errno == EINTR)
		;
}

int pager_line(struct session *s, const char *line)
{
	const char *pager = getenv("PAGER");
	struct cli *cli = s->cli;
	FILE *out = cli->out;
	char *text = NULL;
	size_t size = 0;
	int status;

	if (!s->pager || pager == NULL || pager[0] == '\0')
		return session_line(s, line);
	cli->out = open_memstream(&text, &size);
	if (cli->out == NULL) {
		cli->out = out;
		return session_line(s, line);
	}
	status = session_line(s, line);
	cli->out_of_memory |= ferror(cli->out) != 0;
	cli->out_of_memory |= fclose(cli->out) != 0;
	cli->out = out;
	if (text != NULL && count_lines(text) >= screen_lines())
		show(cli, pager, text, size);
	else if (text != NULL)
		fwrite(text, 1, size, out);
	free(text);
	fflush(out);
	return status;
}

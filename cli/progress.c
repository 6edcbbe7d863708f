/* SPDX-License-Identifier: MIT */
/* A long computation: seen on a terminal, ended by Ctrl-C at the prompt. */
#include "cli.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

/* Most take a tenth of it: they show nothing. */
#define QUIET 0.5

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void cli_progress_begin(struct cli *cli, const char *what)
{
	cli->progress = (struct cli_progress){ .what = what, .began = now() };
	cli->progress.over = isatty(fileno(cli->err)) == 0;
}

bool cli_progress(struct cli *cli)
{
	struct cli_progress *p = &cli->progress;
	double spent = p->over ? 0 : now() - p->began;

	if (spent >= QUIET && spent - p->shown >= 0.1) {
		fprintf(cli->err, "\r%s: %.1f s, Ctrl-C ends it", p->what, spent);
		fflush(cli->err);
		p->shown = spent;
	}
	cli_signals_take();
	return cli->interrupted == NULL || *cli->interrupted == 0;
}

void cli_progress_hide(struct cli *cli)
{
	if (cli->progress.shown <= 0)
		return;
	/* Spaces: a dumb terminal knows no other way. */
	fprintf(cli->err, "\r%*s\r", (int)strlen(cli->progress.what) + 32, "");
	fflush(cli->err);
	cli->progress.shown = 0;
}

void cli_progress_over(struct cli *cli)
{
	cli_progress_hide(cli);
	cli->progress.over = true;
}

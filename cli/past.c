/* SPDX-License-Identifier: MIT */
/*
 * The history: a file of the user's own, that several shells may leave behind at once. What
 * this one adds is kept apart, and joined to what the file says when the shell ends.
 */
#include "prompt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LINES 1000
/* Longer lines are not remembered: nobody edits them, and the file stays small. */
#define MAX_LINE  4096
/* What libedit would take apart to read it. */
#define MAX_FILE  (8 << 20)

struct past {
	History *history;
	char file[1024];  /* "" where it cannot be kept */
	char **added;     /* by this shell, the oldest first */
	size_t n_added;
};

static bool make_dirs(char *path)
{
	for (char *at = path + 1; (at = strchr(at, '/')) != NULL; at++) {
		int ret;

		*at = '\0';
		ret = mkdir(path, 0700);
		*at = '/';
		if (ret != 0 && errno != EEXIST)
			return false;
	}
	return true;
}

/* $XDG_STATE_HOME/s2pte/history */
static void find_file(struct past *past)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n = -1;

	if (state != NULL && state[0] == '/')
		n = snprintf(past->file, sizeof(past->file), "%s/s2pte/history", state);
	else if (home != NULL && home[0] == '/')
		n = snprintf(past->file, sizeof(past->file), "%s/.local/state/s2pte/history", home);
	if (n < 0 || (size_t)n >= sizeof(past->file))
		past->file[0] = '\0';
}

static History *new_history(void)
{
	History *history_ = history_init();
	HistEvent event;

	if (history_ != NULL) {
		history(history_, &event, H_SETSIZE, MAX_LINES);
		history(history_, &event, H_SETUNIQUE, 1);
	}
	return history_;
}

/* A line is in it once, where it was said last. */
static void enter(History *to, const char *line)
{
	HistEvent event;

	for (int ret = history(to, &event, H_FIRST); ret >= 0; ret = history(to, &event, H_NEXT)) {
		if (strcmp(event.str, line) != 0)
			continue;
		history(to, &event, H_DEL, event.num);
		break;
	}
	history(to, &event, H_ENTER, line);
}

static void load(const struct past *past, History *to)
{
	HistEvent event;
	struct stat st;

	if (past->file[0] != '\0' && stat(past->file, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size <= MAX_FILE)
		history(to, &event, H_LOAD, past->file);
}

struct past *past_open(void)
{
	struct past *past = calloc(1, sizeof(*past));

	if (past == NULL)
		return NULL;
	past->history = new_history();
	past->added = calloc(MAX_LINES, sizeof(*past->added));
	if (past->history == NULL || past->added == NULL) {
		past_close(past);
		return NULL;
	}
	find_file(past);
	load(past, past->history);
	return past;
}

History *past_history(struct past *past)
{
	return past->history;
}

void past_add(struct past *past, const char *line)
{
	if (strlen(line) > MAX_LINE)
		return;
	enter(past->history, line);
	if (past->n_added == MAX_LINES) {
		free(past->added[0]);
		memmove(&past->added[0], &past->added[1], (MAX_LINES - 1) * sizeof(*past->added));
		past->n_added--;
	}
	past->added[past->n_added] = strdup(line);
	if (past->added[past->n_added] != NULL)
		past->n_added++;
}

/* What else is in its place, a FIFO for one, is left alone. */
static void write_file(const struct past *past, History *from)
{
	struct cli_output output;
	HistEvent event;
	FILE *to = cli_output_open(&output, past->file, true);

	if (to != NULL)
		cli_output_close(&output, history(from, &event, H_SAVE_FP, to) >= 0);
}

static void save(struct past *past)
{
	History *all;
	HistEvent event;

	if (past->n_added == 0 || past->file[0] == '\0' || !make_dirs(past->file))
		return;
	/* What other shells have added in the meantime comes first. */
	all = new_history();
	if (all == NULL)
		return;
	load(past, all);
	for (size_t i = 0; i < past->n_added; i++)
		enter(all, past->added[i]);
	if (history(all, &event, H_GETSIZE) >= 0 && event.num > 0)
		write_file(past, all);
	history_end(all);
}

void past_close(struct past *past)
{
	if (past == NULL)
		return;
	if (past->history != NULL && past->added != NULL)
		save(past);
	for (size_t i = 0; i < past->n_added; i++)
		free(past->added[i]);
	free(past->added);
	if (past->history != NULL)
		history_end(past->history);
	free(past);
}

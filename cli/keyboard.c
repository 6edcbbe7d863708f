/* SPDX-License-Identifier: MIT */
/*
 * Keys, one at a time, for libedit. It would read by itself, but then a signal would end the
 * line, a resize would go unnoticed, and a TAB that is pasted would complete something.
 */
#include "prompt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>
#include <wchar.h>

#define PASTE_BEGINS "\033[200~"
#define PASTE_ENDS   "\033[201~"

struct keyboard_signals keyboard_signals;

static volatile sig_atomic_t resized, stopped;

static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP };
#define N_NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static struct sigaction before[N_NUMBERS];

/* What has been read and not yet been asked for. */
static struct {
	char data[4096];
	size_t from, to;
	bool pasting;
	unsigned long count;
	mbstate_t state;
} keys;

static void on_signal(int number)
{
	if (number == SIGWINCH) {
		resized = 1;
		return;
	}
	/* A running command ends for either reason. */
	keyboard_signals.interrupted = 1;
	if (number != SIGINT)
		keyboard_signals.ended = number;
}

static void on_stop(int number)
{
	(void)number;
	stopped = 1;
}

/* Ctrl-Z in the middle of a line: the shell outside gets its terminal as it was. */
static void stop(EditLine *el)
{
	struct sigaction ours, usual = { .sa_handler = SIG_DFL };
	sigset_t only, mask;

	stopped = 0;
	keyboard_end_line(el);
	el_set(el, EL_PREP_TERM, 0);
	sigemptyset(&usual.sa_mask);
	sigemptyset(&only);
	sigaddset(&only, SIGTSTP);
	sigaction(SIGTSTP, &usual, &ours);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &only, &mask);
	/* Here it stands still until it is continued. */
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &ours, NULL);
	el_set(el, EL_PREP_TERM, 1);
	keyboard_start_line(el);
	el_set(el, EL_REFRESH);
}

/* Wait for a byte while signals may come in; 1, 0 at the end, -1. */
static int fill(EditLine *el, const sigset_t *open, const struct timespec *wait)
{
	ssize_t got;
	fd_set set;
	int ready;

	for (;;) {
		if (keyboard_signals.interrupted != 0 || keyboard_signals.ended != 0) {
			errno = EINTR;
			return -1;
		}
		if (resized != 0) {
			resized = 0;
			el_resize(el);
			el_set(el, EL_REFRESH);
		}
		if (stopped != 0)
			stop(el);
		FD_ZERO(&set);
		FD_SET(STDIN_FILENO, &set);
		ready = pselect(STDIN_FILENO + 1, &set, NULL, NULL, wait, open);
		if (ready > 0)
			break;
		if (ready == 0 || errno != EINTR)
			return -1;
	}
	memmove(keys.data, keys.data + keys.from, keys.to - keys.from);
	keys.to -= keys.from;
	keys.from = 0;
	got = read(STDIN_FILENO, keys.data + keys.to, sizeof(keys.data) - keys.to);
	if (got > 0)
		keys.to += (size_t)got;
	return got > 0 ? 1 : (int)got;
}

/*
 * Is @mark next? What may be its beginning waits for the rest, which comes at once if a
 * terminal sends it: a person who presses Escape does not wait for long.
 */
static bool take_mark(EditLine *el, const sigset_t *open, const char *mark)
{
	static const struct timespec moment = { .tv_nsec = 30L * 1000 * 1000 };
	size_t len = strlen(mark);

	for (;;) {
		size_t have = keys.to - keys.from, compare = have < len ? have : len;

		if (memcmp(keys.data + keys.from, mark, compare) != 0)
			return false;
		if (have >= len) {
			keys.from += len;
			return true;
		}
		if (fill(el, open, &moment) <= 0)
			return false;
	}
}

static int next_byte(EditLine *el, const sigset_t *open, char *c)
{
	for (;;) {
		if (keys.from == keys.to) {
			int got = fill(el, open, NULL);

			if (got <= 0)
				return got;
		}
		if (keys.data[keys.from] == '\033' &&
		    take_mark(el, open, keys.pasting ? PASTE_ENDS : PASTE_BEGINS)) {
			keys.pasting = !keys.pasting;
			continue;
		}
		*c = keys.data[keys.from++];
		if (!keys.pasting)
			return 1;
		/* Pasted text is text: it presses no keys. */
		if (*c == '\r')
			*c = '\n';
		if (*c == '\t')
			*c = ' ';
		if (*c == '\n' || ((unsigned char)*c >= 0x20 && *c != 0x7f))
			return 1;
	}
}

unsigned long keyboard_count(void)
{
	return keys.count;
}

static int read_key(EditLine *el, wchar_t *key)
{
	sigset_t ours, open;
	int ret;

	sigemptyset(&ours);
	for (size_t i = 0; i < N_NUMBERS; i++)
		sigaddset(&ours, numbers[i]);
	/* Between the look at the flags and the wait nothing may slip in. */
	sigprocmask(SIG_BLOCK, &ours, &open);
	for (;;) {
		size_t n;
		char c;

		ret = next_byte(el, &open, &c);
		if (ret <= 0)
			break;
		n = mbrtowc(key, &c, 1, &keys.state);
		if (n == (size_t)-2)
			continue;
		if (n == (size_t)-1) {
			/* Junk is seen as such, and refused when the line is run. */
			memset(&keys.state, 0, sizeof(keys.state));
			*key = L'?';
		} else if (c == '\0') {
			*key = L'\0';
		}
		break;
	}
	sigprocmask(SIG_SETMASK, &open, NULL);
	keys.count++;
	return ret;
}

void keyboard_begin(EditLine *el)
{
	struct sigaction action = { .sa_handler = on_signal };

	memset(&keys, 0, sizeof(keys));
	keyboard_signals.interrupted = 0;
	keyboard_signals.ended = 0;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < N_NUMBERS; i++)
		if (numbers[i] != SIGTSTP)
			sigaction(numbers[i], &action, &before[i]);
	el_set(el, EL_GETCFN, read_key);
}

void keyboard_end(void)
{
	for (size_t i = 0; i < N_NUMBERS; i++)
		if (numbers[i] != SIGTSTP)
			sigaction(numbers[i], &before[i], NULL);
}

static bool knows_paste(void)
{
	const char *term = getenv("TERM");

	return term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0 &&
	       strcmp(term, "linux") != 0;
}

static void say(EditLine *el, const char *text)
{
	FILE *out;

	if (knows_paste() && el_get(el, EL_GETFP, 1, &out) == 0) {
		fputs(text, out);
		fflush(out);
	}
}

void keyboard_start_line(EditLine *el)
{
	struct sigaction action = { .sa_handler = on_stop };

	/* What was typed before Ctrl-C is gone with the line. */
	if (keyboard_signals.interrupted != 0) {
		keys.from = keys.to;
		keys.pasting = false;
	}
	keyboard_signals.interrupted = 0;
	/* A running command stops as any program does. */
	sigemptyset(&action.sa_mask);
	sigaction(SIGTSTP, &action, NULL);
	say(el, "\033[?2004h");
}

void keyboard_end_line(EditLine *el)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };

	sigemptyset(&usual.sa_mask);
	sigaction(SIGTSTP, &usual, NULL);
	say(el, "\033[?2004l");
}

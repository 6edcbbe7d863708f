/* SPDX-License-Identifier: MIT */
/* The prompt: editing, history and completion by libedit. */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "words.h"

#define HISTORY_SIZE 1000

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

struct prompt {
	struct session *s;
	EditLine *el;
	History *history;
	char file[1024];     /* of the history; "" where it cannot be kept */
	bool listed;         /* the last key was a TAB that changed nothing */
};

static char *prompt_text(EditLine *el)
{
	static char text[] = "s2pte> ";

	(void)el;
	return text;
}

/* ---- History ---------------------------------------------------------------------------- */

static bool make_dirs(char *path)
{
	for (char *at = path + 1; (at = strchr(at, '/')) != NULL; at++) {
		*at = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST) {
			*at = '/';
			return false;
		}
		*at = '/';
	}
	return true;
}

/* $XDG_STATE_HOME/s2pte/history; nobody else's business. */
static void find_history(struct prompt *p)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n;

	if (state != NULL && state[0] == '/')
		n = snprintf(p->file, sizeof(p->file), "%s/s2pte/history", state);
	else if (home != NULL && home[0] == '/')
		n = snprintf(p->file, sizeof(p->file), "%s/.local/state/s2pte/history", home);
	else
		n = -1;
	if (n < 0 || (size_t)n >= sizeof(p->file) || !make_dirs(p->file))
		p->file[0] = '\0';
}

static void load_history(struct prompt *p)
{
	HistEvent event;

	find_history(p);
	history(p->history, &event, H_SETSIZE, HISTORY_SIZE);
	history(p->history, &event, H_SETUNIQUE, 1);
	if (p->file[0] != '\0')
		history(p->history, &event, H_LOAD, p->file);
}

/* To a new file that then takes the place: a full disk leaves the old one as it is. */
static void save_history(struct prompt *p)
{
	char fresh[sizeof(p->file) + 8];
	HistEvent event;
	mode_t mask;

	if (p->file[0] == '\0')
		return;
	snprintf(fresh, sizeof(fresh), "%s.new", p->file);
	mask = umask(0077);
	unlink(fresh);
	if (history(p->history, &event, H_SAVE, fresh) >= 0) {
		struct stat st;

		/* libedit does not tell of a write that failed; an empty file does. */
		if (stat(fresh, &st) == 0 && st.st_size > 0 && rename(fresh, p->file) != 0)
			unlink(fresh);
	}
	unlink(fresh);
	umask(mask);
}

/* ---- Completion ------------------------------------------------------------------------- */

struct candidates {
	char **list, **help;
	size_t n, room;
};

static void collect(void *arg, const char *candidate, const char *help)
{
	struct candidates *c = arg;

	if (c->n == c->room) {
		size_t room = c->room != 0 ? c->room * 2 : 32;
		char **list = realloc(c->list, room * sizeof(*list)), **texts;

		if (list == NULL)
			return;
		c->list = list;
		texts = realloc(c->help, room * sizeof(*texts));
		if (texts == NULL)
			return;
		c->help = texts;
		c->room = room;
	}
	c->list[c->n] = strdup(candidate);
	c->help[c->n] = strdup(help);
	if (c->list[c->n] != NULL && c->help[c->n] != NULL)
		c->n++;
}

static void forget(struct candidates *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->list[i]);
		free(c->help[i]);
	}
	free(c->list);
	free(c->help);
}

/* What all candidates begin with, beyond what is there already. */
static size_t common_length(const struct candidates *c)
{
	size_t len = strlen(c->list[0]);

	for (size_t i = 1; i < c->n; i++)
		for (size_t j = 0; j < len; j++)
			if (c->list[i][j] != c->list[0][j])
				len = j;
	return len;
}

static void list_candidates(const struct prompt *p, const struct candidates *c)
{
	FILE *out = p->s->cli->out;
	int width = 0;

	for (size_t i = 0; i < c->n; i++)
		if ((int)strlen(c->list[i]) > width)
			width = (int)strlen(c->list[i]);
	fputc('\n', out);
	for (size_t i = 0; i < c->n && i < 100; i++)
		fprintf(out, "  %-*s  %s\n", width, c->list[i], c->help[i]);
	if (c->n > 100)
		fprintf(out, "  and %zu more\n", c->n - 100);
	fflush(out);
}

static unsigned char complete(EditLine *el, int key)
{
	const LineInfo *line = el_line(el);
	struct candidates c = { NULL, NULL, 0, 0 };
	unsigned char result = CC_ERROR;
	struct prompt *p;
	struct words w;
	char *text, *prefix;
	size_t len;
	bool in_word;

	(void)key;
	el_get(el, EL_CLIENTDATA, &p);
	text = strndup(line->buffer, (size_t)(line->cursor - line->buffer));
	if (text == NULL || !words_split(&w, text)) {
		free(text);
		return CC_ERROR;
	}
	len = strlen(text);
	in_word = len > 0 && text[len - 1] != ' ' && w.n > 0;
	prefix = in_word ? w.word[w.n - 1] : text + len;
	complete_words(p->s, w.n - in_word, w.word, prefix, collect, &c);
	if (c.n > 0) {
		size_t common = common_length(&c), have = strlen(prefix);

		c.list[0][common] = '\0';
		if (common > have && el_insertstr(el, c.list[0] + have) == 0)
			result = CC_REFRESH;
		if (c.n == 1) {
			char last = common > 0 ? c.list[0][common - 1] : '\0';

			if (last != '/' && el_insertstr(el, " ") == 0)
				result = CC_REFRESH;
		} else if (result == CC_ERROR) {
			/* Nothing to add: the second TAB shows what there is. */
			if (p->listed) {
				list_candidates(p, &c);
				result = CC_REDISPLAY;
			}
			p->listed = !p->listed;
		}
	}
	if (result == CC_REFRESH)
		p->listed = false;
	forget(&c);
	words_free(&w);
	free(text);
	return result;
}

/* ---- Paging ----------------------------------------------------------------------------- */

static size_t screen_lines(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

/* Output of a line, through $PAGER if it is longer than the screen and that is wanted. */
static int run_paged(struct session *s, const char *line)
{
	struct cli *cli = s->cli;
	const char *pager = getenv("PAGER");
	FILE *out = cli->out, *to = NULL;
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
	fclose(cli->out);
	cli->out = out;
	if (count_lines(text) >= screen_lines())
		to = popen(pager, "w");
	fwrite(text, 1, size, to != NULL ? to : out);
	if (to != NULL)
		pclose(to);
	free(text);
	return status;
}

/* ---- The loop --------------------------------------------------------------------------- */

static void chomp(char *line)
{
	line[strcspn(line, "\n")] = '\0';
}

static bool begin(struct prompt *p)
{
	p->el = el_init("s2pte", stdin, stdout, stderr);
	p->history = history_init();
	if (p->el == NULL || p->history == NULL)
		return false;
	el_set(p->el, EL_CLIENTDATA, p);
	el_set(p->el, EL_PROMPT, prompt_text);
	el_set(p->el, EL_EDITOR, "emacs");
	el_set(p->el, EL_HIST, history, p->history);
	el_set(p->el, EL_ADDFN, "s2pte-complete", "complete the word", complete);
	el_set(p->el, EL_BIND, "^I", "s2pte-complete", NULL);
	el_set(p->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	/* The user's own keys, vi among them. */
	el_source(p->el, NULL);
	el_set(p->el, EL_BIND, "^I", "s2pte-complete", NULL);
	load_history(p);
	return true;
}

static void end(struct prompt *p)
{
	if (p->history != NULL) {
		save_history(p);
		history_end(p->history);
	}
	if (p->el != NULL)
		el_end(p->el);
}

static void loop(struct prompt *p)
{
	struct session *s = p->s;

	while (!s->leave) {
		HistEvent event;
		const char *got;
		char *line;
		int n = 0;

		interrupted = 0;
		errno = 0;
		got = el_gets(p->el, &n);
		if (got == NULL && n < 0 && (errno == EINTR || interrupted)) {
			fputs("^C\n", s->cli->out);
			el_reset(p->el);
			continue;
		}
		if (got == NULL)
			break;
		line = strdup(got);
		if (line == NULL)
			break;
		chomp(line);
		if (line[strspn(line, " \t")] != '\0')
			history(p->history, &event, H_ENTER, line);
		interrupted = 0;
		run_paged(s, line);
		free(line);
		if (ferror(s->cli->out))
			break;
	}
	if (!s->leave)
		fputc('\n', s->cli->out);
}

int session_interact(struct session *s)
{
	struct prompt p = { .s = s };
	struct sigaction action = { .sa_handler = on_interrupt }, before;
	int status = CLI_OK;

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, &before);
	s->cli->interrupted = &interrupted;
	if (begin(&p)) {
		fputs("s2pte: help lists the commands, tutorial takes five minutes, Ctrl-D leaves\n",
		      s->cli->out);
		loop(&p);
	} else {
		status = cli_fail(s->cli, CLI_IO, "cannot set up the terminal");
	}
	end(&p);
	s->cli->interrupted = NULL;
	sigaction(SIGINT, &before, NULL);
	return status;
}

/* SPDX-License-Identifier: MIT */
/* The prompt: editing by libedit, a line at a time. */
#include "prompt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *prompt_text(EditLine *el)
{
	static char text[] = "s2pte> ";

	(void)el;
	return text;
}

static void bind_tab(EditLine *el)
{
	el_set(el, EL_BIND, "^I", "s2pte-complete", NULL);
}

static bool begin(struct prompt *p)
{
	/* A stream of its own: what libedit cannot echo is no failure of our output. */
	p->echo = fdopen(dup(STDOUT_FILENO), "w");
	p->el = p->echo != NULL ? el_init("s2pte", stdin, p->echo, stderr) : NULL;
	p->past = past_open();
	if (p->el == NULL || p->past == NULL)
		return false;
	el_set(p->el, EL_CLIENTDATA, p);
	el_set(p->el, EL_PROMPT, prompt_text);
	el_set(p->el, EL_EDITOR, "emacs");
	el_set(p->el, EL_HIST, history, past_history(p->past));
	el_set(p->el, EL_ADDFN, "s2pte-complete", "complete the word", tab_key);
	bind_tab(p->el);
	el_set(p->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	/* The user's own keys, vi among them; those begin with no TAB of ours. */
	el_source(p->el, NULL);
	bind_tab(p->el);
	keyboard_begin(p->el);
	return true;
}

static void end(struct prompt *p)
{
	past_close(p->past);
	if (p->el != NULL) {
		keyboard_end();
		el_end(p->el);
	}
	if (p->echo != NULL)
		fclose(p->echo);
}

/* One line without its newline, to be freed; NULL if there is none, then *@again if one may come. */
static char *read_line(struct prompt *p, bool *again)
{
	const char *got;
	char *line = NULL;
	int n = 0;

	*again = false;
	keyboard_start_line(p->el);
	/* Before the prompt is seen: what is typed at once is a key, too, Ctrl-D above all. */
	el_set(p->el, EL_PREP_TERM, 1);
	errno = 0;
	got = el_gets(p->el, &n);
	/* Bytes that are no character have been read, and that is all that is wrong. */
	*again = got == NULL && n < 0 && errno == EILSEQ;
	keyboard_end_line(p->el);
	if (keyboard_signals.ended != 0)
		return NULL;
	if (keyboard_signals.interrupted != 0) {
		fputs("^C\n", p->s->cli->out);
		el_reset(p->el);
		*again = true;
	} else if (got != NULL && n > 0) {
		line = strndup(got, strcspn(got, "\n"));
		if (line == NULL) {
			cli_fail(p->s->cli, CLI_IO, "out of memory");
			*again = true;
		} else if (strlen(line) + 1 < (size_t)n) {
			/* A NUL in the middle cuts it short: that must not pass for a line. */
			cli_fail(p->s->cli, CLI_USAGE, "the line has a NUL byte in it");
			line[0] = '\0';
		}
	}
	return line;
}

static void loop(struct prompt *p)
{
	struct session *s = p->s;

	while (!s->leave && !ferror(s->cli->out)) {
		bool again;
		char *line = read_line(p, &again);

		if (line == NULL && again)
			continue;
		if (line == NULL)
			break;
		if (line[strspn(line, " \t")] != '\0')
			past_add(p->past, line);
		pager_line(s, line);
		free(line);
		cli_left_out(s->cli);
		if (keyboard_signals.ended != 0)
			break;
	}
	if (!s->leave)
		fputc('\n', s->cli->out);
}

int session_interact(struct session *s)
{
	struct prompt p = { .s = s };
	int status = CLI_OK;

	cli_signals_release(); /* the keyboard has handlers of its own */
	s->cli->interrupted = &keyboard_signals.interrupted;
	if (begin(&p)) {
		fputs("s2pte: help lists the commands, tutorial takes five minutes, Ctrl-D leaves\n",
		      s->cli->out);
		fflush(s->cli->out);
		loop(&p);
	} else {
		status = cli_fail(s->cli, CLI_IO, p.echo != NULL ? "cannot set up the terminal" :
								   "cannot write to the terminal");
	}
	end(&p);
	s->cli->interrupted = NULL;
	fflush(s->cli->out);
	/* The terminal is as it was: now go as any program would. */
	if (keyboard_signals.ended != 0)
		raise(keyboard_signals.ended);
	return status;
}

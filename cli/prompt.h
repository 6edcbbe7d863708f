/* SPDX-License-Identifier: MIT */
/* The prompt: what its parts share. */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include <histedit.h>
#include <signal.h>

#include "session.h"

struct prompt {
	struct session *s;
	EditLine *el;
	FILE *echo; /* what libedit writes to */
	struct past *past;
	unsigned long tab_at; /* number of the key that was a TAB which added nothing */
};

/* ---- keyboard.c: reading keys; signals come only here and during a command -------------- */

struct keyboard_signals {
	volatile sig_atomic_t interrupted; /* Ctrl-C */
	volatile sig_atomic_t ended;       /* SIGTERM or SIGHUP: which */
};
extern struct keyboard_signals keyboard_signals;

/* How many keys have been read. */
unsigned long keyboard_count(void);
/* Take the signals over; they are given back by keyboard_end(). */
void keyboard_begin(EditLine *el);
void keyboard_end(void);
/* Around el_gets(): a terminal that can will mark what is pasted. */
void keyboard_start_line(EditLine *el);
void keyboard_end_line(EditLine *el);

/* ---- past.c: the history, kept across sessions ------------------------------------------- */

struct past *past_open(void);
/* What el_set(EL_HIST) takes. */
History *past_history(struct past *past);
void past_add(struct past *past, const char *line);
/* Writes it to its file, if that can be done. */
void past_close(struct past *past);

/* ---- tab.c ----------------------------------------------------------------------------- */

unsigned char tab_key(EditLine *el, int key);

/* ---- pager.c --------------------------------------------------------------------------- */

/* Run a line; what it prints goes through $PAGER if it is longer than the screen. */
int pager_line(struct session *s, const char *line);
size_t screen_lines(void);
size_t screen_columns(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What the shell works on: one scenario, as the JSON document that save writes and run
 * reads. Every change makes a new document, checked as a whole before it counts; undo
 * and redo go back and forth between them.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <jansson.h>

#include "cli.h"

#define SESSION_MAX_STEPS 1000

struct session {
	struct cli *cli;
	struct session_step {
		json_t *document;
		char *made_by; /* the command, "" if there was none */
	} steps[SESSION_MAX_STEPS]; /* steps[at] is the present one */
	int at, last;
	const char *command;        /* the one that is running, and its length */
	size_t command_length;
	bool pager;
	bool forced_too; /* slots kept by force are to be told of */
	bool leave;   /* asked to end */
	int depth;    /* of source */
};

/* What help gathers under one heading. */
enum shell_group { SHELL_SETUP, SHELL_EVENT, SHELL_LOOK, SHELL_STEPS, SHELL_FILES, SHELL_GROUPS };

/* The shell's own commands: what they take stands in .operands, kinds of words in .kinds. */
struct shell_command {
	const char *name;
	const char *operands;
	const char *summary;
	const char *help;     /* more; may be NULL */
	const char *examples; /* a command a line; all run, after those of "help vma", "help slot" */
	enum shell_group group;
	const char *kinds;    /* for completion: a kind a position, the last one repeats */
	int min_words, max_words; /* max -1: any number */
	int (*run)(struct session *s, int argc, char **argv);
};
extern const struct shell_command *const shell_commands[]; /* ended by NULL */
const struct shell_command *shell_find(const char *name);

bool session_init(struct session *s, struct cli *cli);
void session_free(struct session *s);
/* The document that a session begins with; NULL when out of memory. */
json_t *session_empty(void);
/* The present document; do not change it. */
const json_t *session_now(const struct session *s);
/* A copy to change; then commit it. */
json_t *session_copy(const struct session *s);
/*
 * Make @document (taken over) the present one if it is a valid scenario; else the status
 * of a message that blames word @word of the line.
 */
int session_commit(struct session *s, json_t *document, int word);
/*
 * Run the present document with @event (taken over, may be NULL) added, and print what came
 * of the last event. If @keep, the event becomes part of the session.
 */
int session_event(struct session *s, json_t *event, bool keep, int word);

/*
 * One line: commands of the shell, or any of the command line's, separated by semicolons. The
 * worst enum cli_status of them.
 */
int session_line(struct session *s, const char *line);
/* Has Ctrl-C been pressed since the line began? */
bool session_interrupted(const struct session *s);
/* Lines from a file, "-" is standard input; ends at the end or at quit. */
int session_source(struct session *s, const char *file);

/* The line a word is blamed in: message first, then the line with a caret. */
int session_blame(struct session *s, int word, const char *fmt, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 3, 4)))
#endif
	;

/* complete.c: candidates for the last of the words; calls back with each and its help. */
typedef void complete_fn(void *arg, const char *candidate, const char *help);
void complete_words(struct session *s, int argc, char **argv, const char *prefix,
		    complete_fn *found, void *arg);
/* The same for the command line of another shell: there are no commands of the shell's own. */
void complete_command_line(struct session *s, int argc, char **argv, const char *prefix,
			   complete_fn *found, void *arg);

/* Explain a command of the shell or the command line, word @word of the line. */
int session_help(struct session *s, const char *name, int word);

/* present.c: the result of a document, as run prints it; NULL when out of memory. */
json_t *session_run(struct session *s, const json_t *document);
/* The session's document with what its events have changed, and without the events. */
json_t *session_present(struct session *s);
void session_print_json(struct session *s, const json_t *value);
int session_show_json(struct session *s);

/* show.c, explain.c, tutorial.c */
int session_show(struct session *s);
/* As a picture, to the output. */
int session_picture(struct session *s);
/* A document that has what the shell appends to; not a scenario, if @document is none. */
json_t *session_complete(json_t *document);
int session_explain(struct session *s);
int session_tutorial(struct session *s);
/* The interactive loop on a terminal. */
int session_interact(struct session *s);

#endif

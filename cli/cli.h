/* SPDX-License-Identifier: MIT */
/*
 * The command: one table of commands and options drives parsing, help and completion.
 * Text and colours live in this room only.
 */
#ifndef CLI_H
#define CLI_H

#include <signal.h>
#include <stdio.h>

#include <s2pte/json.h>

enum cli_status {
	CLI_OK = 0,
	CLI_NOT_ALL = 1, /* done, but something is not as it should be */
	CLI_USAGE = 2,
	CLI_IO = 3,
};

struct cli {
	FILE *out, *err;
	bool terminal; /* out is one */
	bool colour;
	struct cli_revision *revisions; /* rule files read so far */
	const struct cli_stream *stream; /* below out; NULL if it is not one of ours */
	bool out_of_memory; /* for something that was left out: cli_left_out() tells */
	bool prefer_text; /* --text and --format text unless something else is asked for */
	int argc;
	char **argv; /* the command line at hand, the command first */
	int blamed; /* the word of it that the last message is about, -1 = none */
	const struct cli_args *args; /* of the running command */
	volatile sig_atomic_t *interrupted; /* set by Ctrl-C; NULL on the command line */
	struct cli_progress {
		const char *what;    /* the command */
		double began, shown; /* in seconds; shown since it began, 0 = not on the screen */
		bool over;           /* it is not to be shown any more */
	} progress;
};

struct cli_option {
	const char *name; /* without the dashes */
	const char *arg;  /* what its value is called, NULL for a switch */
	const char *help;
	bool repeat; /* may be given several times */
};

#define CLI_MAX_OPTIONS 32

struct cli_command;
/* A command line taken apart. */
struct cli_args {
	const struct cli_command *command;
	const char *value[CLI_MAX_OPTIONS]; /* by row of the option table, the last given; "" of a switch */
	struct cli_given {
		int option; /* row of the option table */
		int word;   /* of the command line, where it stands */
		bool joined; /* its value is part of that word: --name=value */
		const char *value;
	} *given; /* all options in their order */
	int n_given;
	char **rest; /* what is no option */
	int n_rest;
};

struct cli_command {
	const char *name;
	const char *operands; /* "FILE...", "" */
	int min_rest, max_rest; /* max -1: any number */
	const char *summary;
	const char *help; /* more lines, may be NULL */
	const char *examples; /* a command line each, that run where examples/ is; no "s2pte" */
	const struct cli_option *options; /* ended by a NULL name */
	int (*run)(struct cli *cli, const struct cli_args *args);
};

extern const struct cli_command *const cli_commands[]; /* ended by NULL */
const struct cli_command *cli_find(const char *name);

/* Parse and run argv[0..argc), a command and what follows; an enum cli_status. */
int cli_dispatch(struct cli *cli, int argc, char **argv);

/* The value of an option, NULL if it was not given; @name must be in the table. */
const char *cli_option(const struct cli_args *args, const char *name);
bool cli_switch(const struct cli_args *args, const char *name);
/* Whether to answer for people: --text, or the shell's setting. */
bool cli_text(const struct cli *cli, const struct cli_args *args);
/* The next value of a repeated option; *@at starts at 0. NULL after the last. */
const char *cli_next(const struct cli_args *args, const char *name, int *at);

/* "s2pte: ..." to the error stream; returns @status. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
int cli_fail(struct cli *cli, int status, const char *fmt, ...);
/* The next message is about this word, one of the command line's. */
void cli_blame(struct cli *cli, const char *word);
/* A wrong value of an option. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
int cli_bad_option(struct cli *cli, const char *option, const char *fmt, ...);

/* Values of options that several commands share; CLI_OK, or the status of a message. */
int cli_number(struct cli *cli, const struct cli_args *args, const char *option, uint64_t max,
	       uint64_t *value);
int cli_hex(struct cli *cli, const struct cli_args *args, const char *option, uint64_t max,
	    uint64_t *value);
int cli_granule(struct cli *cli, const struct cli_args *args, enum s2_granule *granule);
/* Names separated by commas, or-ed into @bits. */
int cli_names(struct cli *cli, const char *option, const char *text, const struct s2_name *names,
	      const char *prefix, const char *what, uint64_t *bits);
bool cli_parse_number(const char *text, uint64_t *value); /* decimal or 0x */
bool cli_parse_size(const char *text, uint64_t *value);   /* 2M, 4096, 0x1000 */
bool cli_parse_descriptor(const char *text, uint64_t *value); /* hex, 0x optional */
/* The format from --granule --fwb --lpa2 --lpa --xnx --oa-bits. */
int cli_format(struct cli *cli, const struct cli_args *args, struct s2_format *fmt);
#define CLI_FORMAT_OPTIONS                                                                         \
	{ "granule", "SIZE", "page size: 4K (default), 16K, 64K", false },                                \
	{ "fwb", NULL, "HCR_EL2.FWB is set: MemAttr reads differently", false },                          \
	{ "lpa2", NULL, "VTCR_EL2.DS is set: 52-bit addresses with 4K and 16K", false },                  \
	{ "lpa", NULL, "52-bit addresses with 64K", false },                                              \
	{ "xnx", NULL, "FEAT_XNX: XN is two bits wide", false },                                          \
	{ "oa-bits", "N", "size of physical addresses, default what the format holds", false }

/* JSON goes to cli->out: indented on a terminal. */
enum s2_json_style cli_style(const struct cli *cli);
struct s2_json_sink cli_sink(struct cli *cli);
/* The same into memory, which the caller frees. */
struct cli_buffer {
	char *data;
	size_t n, room;
};
struct s2_json_sink cli_buffer_sink(struct cli_buffer *buffer);
/* After a call that wrote: the status, with a message if the output failed. */
int cli_written(struct cli *cli, int ret);
/* Before the command ends: has everything gone out? */
int cli_flush(struct cli *cli, int status);
/* Say that something was left out for want of memory, if it was; whether. */
bool cli_left_out(struct cli *cli);
/* Say that the output cannot be written, and why; CLI_IO. */
int cli_cannot_write(struct cli *cli);

/* ---- progress.c --------------------------------------------------------------------- */

void cli_progress_begin(struct cli *cli, const char *what);
/* Call now and then; false: the user has seen enough. */
bool cli_progress(struct cli *cli);
/* Before a line is printed; and before something is that is no whole line. */
void cli_progress_hide(struct cli *cli);
void cli_progress_over(struct cli *cli);

/* ---- flow.c ------------------------------------------------------------------------- */

/* Width of the terminal, 0 if the output is none. */
size_t cli_columns(const struct cli *cli);

/* Words that go on in the next line, indented, where the terminal ends. */
struct cli_flow {
	struct cli *cli;
	size_t width, indent, column;
	bool begun;
};
/* @column: what is in the line already. */
void cli_flow_begin(struct cli_flow *flow, struct cli *cli, size_t column, size_t indent);
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void cli_flow(struct cli_flow *flow, const char *fmt, ...);
void cli_flow_end(const struct cli_flow *flow);

/* ---- usage.c ------------------------------------------------------------------------ */

/* "s2pte " before the names on the command line, "" in the shell. */
void cli_print_help(const struct cli *cli, const struct cli_command *command, const char *prefix);
void cli_print_examples(const struct cli *cli, FILE *to, const char *prefix, const char *examples);

/* ---- signals.c ---------------------------------------------------------------------- */

/* From now on SIGHUP, SIGINT and SIGTERM wait; @out is where what is complete goes. */
void cli_signals_hold(FILE *out);
void cli_signals_release(void);
/* Between these two they act, at once if one has come. */
void cli_signals_let(void);
void cli_signals_again(void);
/* As cli_signals_let(), once all that is complete has been written. */
void cli_signals_wait(void);
/* All is complete: what has come acts now. */
void cli_signals_take(void);

/* ---- stream.c ----------------------------------------------------------------------- */

/* A system call that a signal has ended is made again. */
#define CLI_AGAIN(ret, call)                                                                        \
	do                                                                                          \
		(ret) = (call);                                                                     \
	while ((ret) < 0 && errno == EINTR)

struct cli_stream {
	int fd;
	bool pipe; /* or a socket: may be full */
	int error; /* errno of the first write that failed, 0 = none */
};
/* A stream to write to @fd, which it closes. NULL and errno. */
FILE *cli_stream_open(struct cli_stream *stream, int fd);
/* read(), again after a signal, and when there is something to read. */
ssize_t cli_read_some(int fd, void *data, size_t size);

/* ---- input.c ------------------------------------------------------------------------ */

/*
 * A whole file ("-" is standard input) into malloc()ed memory, at most
 * S2_JSON_MAX_DOCUMENT + 1 bytes of it: more is for the parser to refuse. 0, or S2_EIO,
 * S2_ENOMEM and @err.
 */
int cli_read_file(const char *name, char **text, size_t *size, struct s2_error *err);

struct cli_lines {
	int fd;
	int error; /* errno of a failed read, 0 = none */
	const char *name;
	char *line; /* the current one, without its newline */
	size_t size, room;
	bool too_long; /* it was longer than S2_JSON_MAX_DOCUMENT; the rest is skipped */
	bool failed; /* no memory */
	size_t from, to; /* what of the window is still to come */
	char window[65536];
};
int cli_lines_open(struct cli *cli, struct cli_lines *lines, const char *name);
/* False at the end of the input, or when it failed or memory ran out. */
bool cli_lines_next(struct cli_lines *lines);
int cli_lines_close(struct cli *cli, struct cli_lines *lines, int status);

/* ---- output.c ----------------------------------------------------------------------- */

/* A file being written; it takes its place, or that of an older one, when it is closed. */
struct cli_output {
	FILE *file;
	struct cli_stream stream;
	char name[4096]; /* PATH_MAX, links followed */
	char fresh[4096]; /* the new file, "" = written in place */
};
/* @private: for its owner alone; otherwise as the older file, or as umask says. NULL and errno. */
FILE *cli_output_open(struct cli_output *output, const char *name, bool private);
/* @good: all was written. False and errno if it was not: the older file is as it was. */
bool cli_output_close(struct cli_output *output, bool good);

/* ---- revision.c --------------------------------------------------------------------- */

/* An id, or a rule file's path (with a "/" or ending in ".json"). NULL and @err. */
const struct s2_revision *cli_revision(struct cli *cli, const char *id, struct s2_error *err);
/* The message for one that is unknown or broken; the status. */
int cli_revision_error(struct cli *cli, const char *command, const struct s2_error *err);
struct s2_json_resolver cli_resolver(struct cli *cli);
void cli_revisions_free(struct cli *cli);

/* ---- text.c: descriptors and results for people --------------------------------------- */

void cli_print_descriptor(struct cli *cli, const struct s2_format *fmt, int level, uint64_t raw);
/* "1 GiB" */
const char *cli_size_text(uint64_t size, char *buf, size_t room);
/* Colours; "" where there are none. */
enum cli_colour { CLI_PLAIN, CLI_BOLD, CLI_DIM, CLI_GOOD, CLI_BAD, CLI_WARN };
const char *cli_colour(const struct cli *cli, enum cli_colour colour);

/* ---- story.c ------------------------------------------------------------------------ */

/* A rule: its id, why, where; behind @column characters of its line. */
void cli_print_rule(struct cli *cli, const struct s2_rule *rule, size_t column);
/* Run a scenario and tell what happens; CLI_OK, CLI_NOT_ALL if it is invalid. */
int cli_tell(struct cli *cli, const char *name, const char *text, size_t size);
/* What its last event does, or how it is set up if it has none. */
int cli_tell_last(struct cli *cli, const char *text);

/* ---- trace.c ------------------------------------------------------------------------ */

/*
 * Run a scenario and write what the simulated kernel did to its table in casemate's trace
 * format; CLI_OK, CLI_NOT_ALL if it is invalid, CLI_USAGE if its tables cannot be written so.
 */
int cli_trace(struct cli *cli, const char *name, const char *text, size_t size);

/* ---- ptdump.c ----------------------------------------------------------------------- */

/* Explain KVM's debugfs file stage2_page_tables line by line; CLI_NOT_ALL if a line is none. */
int cli_explain_ptdump(struct cli *cli, const char *file);

#endif

/* SPDX-License-Identifier: MIT */
/* The shell's state: documents, one a step. */
#include "session.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"
#include "words.h"

#define MAX_SOURCE_DEPTH 16

json_t *session_empty(void)
{
	return json_pack("{s:s, s:s, s:i, s:{}, s:[], s:[], s:[]}", "kernel", "latest", "granule",
			 "4K", "ipa_bits", 40, "cpu", "vmas", "memslots", "events");
}

bool session_init(struct session *s, struct cli *cli)
{
	*s = (struct session){ .cli = cli };
	s->steps[0].document = session_empty();
	return s->steps[0].document != NULL;
}

json_t *session_complete(json_t *document)
{
	static const char *const lists[] = { "vmas", "memslots", "events" };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (json_is_object(document) && json_object_get(document, lists[i]) == NULL)
			json_object_set_new(document, lists[i], json_array());
	if (json_is_object(document) && json_object_get(document, "cpu") == NULL)
		json_object_set_new(document, "cpu", json_object());
	return document;
}

static void free_step(struct session_step *step)
{
	json_decref(step->document);
	free(step->made_by);
}

void session_free(struct session *s)
{
	for (int i = 0; i <= s->last; i++)
		free_step(&s->steps[i]);
}

const json_t *session_now(const struct session *s)
{
	return s->steps[s->at].document;
}

json_t *session_copy(const struct session *s)
{
	json_t *copy = json_copy(s->steps[s->at].document), *value;
	const char *key;

	/* What is in the lists never changes, so that a thousand steps can share it. */
	json_object_foreach(copy, key, value) {
		if (json_is_object(value) || json_is_array(value))
			json_object_set_new(copy, key, json_copy(value));
	}
	return copy;
}

int session_blame(struct session *s, int word, const char *fmt, ...)
{
	char message[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	s->cli->blamed = word;
	return cli_fail(s->cli, CLI_USAGE, "%s", message);
}

/* Takes the document. The oldest step goes when there are too many. */
static int push(struct session *s, json_t *document)
{
	char *made_by = s->command != NULL ? strndup(s->command, s->command_length) : NULL;

	if (s->command != NULL && made_by == NULL) {
		json_decref(document);
		return cli_fail(s->cli, CLI_IO, "out of memory");
	}
	while (s->last > s->at)
		free_step(&s->steps[s->last--]);
	if (s->last == SESSION_MAX_STEPS - 1) {
		free_step(&s->steps[0]);
		memmove(&s->steps[0], &s->steps[1], (SESSION_MAX_STEPS - 1) * sizeof(s->steps[0]));
		s->last--;
	}
	s->at = ++s->last;
	s->steps[s->at] = (struct session_step){ document, made_by };
	return CLI_OK;
}

/* A valid scenario? On failure the status of a message. */
static int check(struct session *s, const char *text, int word)
{
	struct s2_json_resolver resolver = cli_resolver(s->cli);
	struct s2_scenario *scenario;
	struct s2_error err;
	int ret = s2_scenario_parse(&scenario, text, strlen(text), &resolver, &err);

	s2_scenario_free(scenario);
	if (ret == 0)
		return CLI_OK;
	session_blame(s, word, "%s%s%s", err.path, err.path[0] != '\0' ? ": " : "", err.message);
	return ret == S2_ENOMEM ? CLI_IO : CLI_USAGE;
}

int session_commit(struct session *s, json_t *document, int word)
{
	char *text = document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;
	int status = text != NULL ? check(s, text, word) :
				    cli_fail(s->cli, CLI_IO, "out of memory");

	free(text);
	if (status == CLI_OK)
		return push(s, document);
	json_decref(document);
	return status;
}

static int print_last_json(struct session *s, const json_t *document)
{
	json_t *result = session_run(s, document), *events;

	if (result == NULL)
		return cli_fail(s->cli, CLI_IO, "out of memory");
	events = json_object_get(result, "events");
	session_print_json(s, json_array_get(events, json_array_size(events) - 1));
	json_decref(result);
	return CLI_OK;
}

int session_event(struct session *s, json_t *event, bool keep, int word)
{
	json_t *document = session_copy(s);
	char *text = NULL;
	int status;

	if (document != NULL && event != NULL)
		json_array_append_new(json_object_get(document, "events"), event);
	if (document != NULL)
		text = json_dumps(document, JSON_COMPACT);
	if (text == NULL) {
		json_decref(document);
		return cli_fail(s->cli, CLI_IO, "out of memory");
	}
	status = check(s, text, word);
	if (status == CLI_OK)
		status = s->cli->prefer_text ? cli_tell_last(s->cli, text) :
					      print_last_json(s, document);
	if (status == CLI_OK && keep)
		status = push(s, document);
	else
		json_decref(document);
	free(text);
	return status;
}

/* ---- Lines ------------------------------------------------------------------------------ */

const struct shell_command *shell_find(const char *name)
{
	for (size_t i = 0; shell_commands[i] != NULL; i++)
		if (strcmp(shell_commands[i]->name, name) == 0)
			return shell_commands[i];
	return NULL;
}

static const char *nearest(const char *name)
{
	const char *near = NULL;
	unsigned best = UINT_MAX;

	for (size_t i = 0; shell_commands[i] != NULL; i++)
		if (s2_name_near(name, shell_commands[i]->name, &best))
			near = shell_commands[i]->name;
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		if (s2_name_near(name, cli_commands[i]->name, &best))
			near = cli_commands[i]->name;
	return near;
}

/*
 * Some names are the shell's and the command line's. What tells the shell's is an address, where
 * it takes one first; else that there are no options.
 */
static bool for_command_line(int argc, char **argv)
{
	const struct shell_command *shell = shell_find(argv[0]);

	if (cli_find(argv[0]) == NULL || shell == NULL)
		return shell == NULL && argc > 0 && cli_find(argv[0]) != NULL;
	if (argc == 1)
		return shell->min_words > 0;
	if (strncmp(shell->kinds, "ipa", 3) == 0)
		return argv[1][0] < '0' || argv[1][0] > '9';
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "--", 2) == 0)
			return true;
	return false;
}

static bool asks_for_help(int argc, char **argv)
{
	return argc == 2 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0);
}

static int run_words(struct session *s, struct words *w)
{
	const struct shell_command *command = shell_find(w->word[0]);
	const char *near;

	if (strcmp(w->word[0], "shell") == 0)
		return session_blame(s, 0, "this is the shell already");
	if (asks_for_help(w->n, w->word))
		return session_help(s, w->word[0], 0);
	if (for_command_line(w->n, w->word))
		return cli_dispatch(s->cli, w->n, w->word);
	if (command == NULL) {
		near = nearest(w->word[0]);
		return session_blame(s, 0, "there is no command \"%.40s\"%s%s%s", w->word[0],
				     near != NULL ? "; did you mean " : "; help lists them",
				     near != NULL ? near : "", near != NULL ? "?" : "");
	}
	if (w->n - 1 < command->min_words)
		return session_blame(s, w->n, "%s: expected %s", command->name, command->operands);
	if (command->max_words >= 0 && w->n - 1 > command->max_words)
		return session_blame(s, command->max_words + 1, "%s: unexpected \"%.40s\"",
				     command->name, w->word[command->max_words + 1]);
	return command->run(s, w->n, w->word);
}

static bool continues_character(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The line, or what of it is near the word, and a caret below. */
static void point(struct session *s, const char *line, size_t column)
{
	size_t from = column > 72 ? column - 48 : 0, len;
	FILE *err = s->cli->err;

	while (from > 0 && continues_character(line[from]))
		from--;
	len = strnlen(line + from, 100);
	while (len == 100 && continues_character(line[from + len]))
		len--;
	fprintf(err, "  %s%.*s%s\n  %s", from > 0 ? "..." : "", (int)len, line + from,
		line[from + len] != '\0' ? "..." : "", from > 0 ? "   " : "");
	for (size_t i = from; i < column; i++)
		if (!continues_character(line[i]))
			fputc(line[i] == '\t' ? '\t' : ' ', err);
	fprintf(err, "%s^%s\n", cli_colour(s->cli, CLI_BAD), cli_colour(s->cli, CLI_PLAIN));
}

/* Nothing of it may upset a terminal or a JSON string. */
static bool is_text(const char *line)
{
	size_t n;

	for (; *line != '\0'; line += n) {
		n = *line == '\t' || *line == '\r' ? 1 : utf8_printable(line);
		if (n == 0)
			return false;
	}
	return true;
}

/* The first command of @at, which is in @line; returns what follows it. */
static const char *run_command(struct session *s, const char *line, const char *at, int *status)
{
	struct words w;
	size_t column;

	if (!words_split(&w, at)) {
		*status = cli_fail(s->cli, CLI_IO, "out of memory");
		return at + strlen(at);
	}
	s->cli->blamed = -1;
	s->command = at + strspn(at, " \t");
	s->command_length = w.end - (size_t)(s->command - at);
	if (w.open)
		*status = session_blame(s, w.n - 1, "the quotes are not closed");
	else if (w.n > 0)
		*status = run_words(s, &w);
	if (*status != CLI_OK && s->cli->blamed >= 0) {
		fflush(s->cli->out);
		column = s->cli->blamed < w.n ? w.column[s->cli->blamed] : w.end;
		point(s, line, (size_t)(at - line) + column);
	}
	s->command = NULL;
	at += w.end;
	words_free(&w);
	return *at == ';' ? at + 1 : at;
}

bool session_interrupted(const struct session *s)
{
	return s->cli->interrupted != NULL && *s->cli->interrupted != 0;
}

int session_line(struct session *s, const char *line)
{
	const char *at = line;
	int worst = CLI_OK;

	if (!is_text(line))
		return cli_fail(s->cli, CLI_USAGE, "the line has control characters in it, or is not "
				"UTF-8");
	do {
		int status = CLI_OK;

		at = run_command(s, line, at, &status);
		if (status > worst)
			worst = status;
	} while (*at != '\0' && !s->leave && !session_interrupted(s));
	if (fflush(s->cli->out) != 0)
		worst = CLI_IO;
	cli_signals_take();
	return worst;
}

/* What cli_lines_next() found. */
static int run_read_line(struct session *s, const struct cli_lines *lines)
{
	char *line;
	int status;

	if (lines->too_long)
		return cli_fail(s->cli, CLI_USAGE, "a line is too long");
	if (lines->size != 0 && memchr(lines->line, '\0', lines->size) != NULL)
		return cli_fail(s->cli, CLI_USAGE, "a line has a NUL byte in it");
	line = strndup(lines->line != NULL ? lines->line : "", lines->size);
	if (line == NULL)
		return cli_fail(s->cli, CLI_IO, "out of memory");
	status = session_line(s, line);
	free(line);
	return status;
}

int session_source(struct session *s, const char *file)
{
	struct cli_lines *lines;
	int worst;

	if (s->depth == MAX_SOURCE_DEPTH)
		return cli_fail(s->cli, CLI_USAGE, "source: files name each other too deeply");
	lines = malloc(sizeof(*lines));
	if (lines == NULL)
		return cli_fail(s->cli, CLI_IO, "out of memory");
	worst = cli_lines_open(s->cli, lines, file);
	if (worst != CLI_OK) {
		free(lines);
		s->cli->blamed = 1; /* of a line that says source */
		return worst;
	}
	s->depth++;
	while (!s->leave && !ferror(s->cli->out) && !session_interrupted(s) &&
	       cli_lines_next(lines)) {
		int status = run_read_line(s, lines);

		/* A mistake does not end the script, but its status tells of it. */
		if (status > worst)
			worst = status;
	}
	s->depth--;
	s->cli->blamed = -1; /* their mistakes have been pointed at */
	worst = cli_lines_close(s->cli, lines, worst);
	free(lines);
	return worst;
}

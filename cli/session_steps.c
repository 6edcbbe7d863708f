/* SPDX-License-Identifier: MIT */
/* Commands about the session itself: steps, files, settings, help. */
#include "session_commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"

const struct shell_command *const shell_commands[] = {
	&shell_kernel, &shell_cpu, &shell_granule, &shell_ipa_bits, &shell_mte, &shell_ram,
	&shell_vma, &shell_slot,
	&shell_read, &shell_write, &shell_exec, &shell_fault,
	&shell_map, &shell_relax, &shell_unmap, &shell_wrprotect, &shell_split, &shell_flush,
	&shell_age, &shell_test_age, &shell_mkyoung,
	&shell_show, &shell_pte, &shell_walk, &shell_dump, &shell_explain,
	&shell_undo, &shell_redo, &shell_save, &shell_load, &shell_reset, &shell_source,
	&shell_set, &shell_help, &shell_tutorial, &shell_quit,
	&shell_exit,
	NULL,
};

/* The line is as it should be: it is the file's fault. */
static int cannot_write(struct session *s, int word, const char *file)
{
	session_blame(s, word, "cannot write %.120s: %s", file, strerror(errno));
	return CLI_IO;
}

static int run_show(struct session *s, int argc, char **argv)
{
	FILE *out = s->cli->out;
	struct cli_output output;
	int status;

	if (argc == 1)
		return session_show(s);
	if (strcmp(argv[1], "svg") != 0)
		return session_blame(s, 1, "expected svg FILE");
	if (argc == 2)
		return session_blame(s, 2, "expected a file to write");
	s->cli->out = cli_output_open(&output, argv[2], false);
	if (s->cli->out == NULL) {
		s->cli->out = out;
		return cannot_write(s, 2, argv[2]);
	}
	status = session_picture(s);
	s->cli->out = out;
	if (!cli_output_close(&output, status == CLI_OK) && status == CLI_OK)
		return cannot_write(s, 2, argv[2]);
	return status;
}

static int run_explain(struct session *s, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return session_explain(s);
}

/* Programs know what they asked for. */
static void say_step(const struct session *s, const char *what, int step)
{
	const char *by = s->steps[step].made_by;

	if (s->cli->prefer_text)
		fprintf(s->cli->out, "%s: %s\n", what, by != NULL ? by : "");
}

/* "undo 3" is three times undo; as far as it goes. */
static int count_of(struct session *s, int argc, char **argv, int most, uint64_t *count)
{
	*count = 1;
	if (most == 0)
		return session_blame(s, 0, "there is nothing to %s", argv[0]);
	if (argc > 1 && (!cli_parse_number(argv[1], count) || *count == 0))
		return session_blame(s, 1, "\"%.40s\" is not a number of steps", argv[1]);
	if (*count > (uint64_t)most)
		return session_blame(s, 1, "there %s only %d to %s", most == 1 ? "is" : "are", most,
				     argv[0]);
	return CLI_OK;
}

static int run_undo(struct session *s, int argc, char **argv)
{
	uint64_t count;
	int status = count_of(s, argc, argv, s->at, &count);

	for (; status == CLI_OK && count > 0; count--)
		say_step(s, "undone", s->at--);
	return status;
}

static int run_redo(struct session *s, int argc, char **argv)
{
	uint64_t count;
	int status = count_of(s, argc, argv, s->last - s->at, &count);

	for (; status == CLI_OK && count > 0; count--)
		say_step(s, "done again", ++s->at);
	return status;
}

static int run_save(struct session *s, int argc, char **argv)
{
	struct cli_output output;
	FILE *file = cli_output_open(&output, argv[1], false);
	bool good;

	(void)argc;
	if (file == NULL)
		return cannot_write(s, 1, argv[1]);
	errno = 0;
	good = json_dumpf(session_now(s), file, JSON_INDENT(2)) == 0 && fputc('\n', file) != EOF;
	if (!good && errno == 0)
		errno = ENOMEM; /* the library of JSON has no other reason */
	return cli_output_close(&output, good) ? CLI_OK : cannot_write(s, 1, argv[1]);
}

static int cannot_load(struct session *s, const struct s2_error *err, const char *file,
		       const char *colon)
{
	session_blame(s, 1, "%.120s%s%s", file, colon, err->message);
	return err->code == S2_ENOMEM ? CLI_IO : CLI_USAGE;
}

static int run_load(struct session *s, int argc, char **argv)
{
	struct s2_error err;
	json_t *document;
	char *text;
	size_t size;

	(void)argc;
	if (cli_read_file(argv[1], &text, &size, &err) != 0)
		return cannot_load(s, &err, "", "");
	document = s2i_parse(text, size, &err);
	free(text);
	if (document == NULL)
		return cannot_load(s, &err, argv[1], ": ");
	return session_commit(s, session_complete(document), 1);
}

static int run_reset(struct session *s, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return session_commit(s, session_empty(), 0);
}

static int run_source(struct session *s, int argc, char **argv)
{
	(void)argc;
	return session_source(s, argv[1]);
}

static void set_pager(struct session *s, bool on)
{
	const char *pager = getenv("PAGER");

	s->pager = on;
	if (on && (pager == NULL || pager[0] == '\0') && s->cli->prefer_text)
		fputs("$PAGER is not set, so that nothing goes through it\n", s->cli->out);
}

static int run_set(struct session *s, int argc, char **argv)
{
	struct cli *cli = s->cli;
	bool on = argc > 2 && strcmp(argv[2], "on") == 0;

	if (argc == 1) {
		fprintf(cli->out, "output %s\ncolor %s\npager %s\n", cli->prefer_text ? "text" : "json",
			cli->colour ? "on" : "off", s->pager ? "on" : "off");
		return CLI_OK;
	}
	if (strcmp(argv[1], "output") != 0 && strcmp(argv[1], "color") != 0 &&
	    strcmp(argv[1], "colour") != 0 && strcmp(argv[1], "pager") != 0)
		return session_blame(s, 1, "there is no setting \"%.40s\": expected output, color or pager",
				     argv[1]);
	if (argc < 3)
		return session_blame(s, 2, "expected a value");
	if (strcmp(argv[1], "output") == 0) {
		if (strcmp(argv[2], "json") != 0 && strcmp(argv[2], "text") != 0)
			return session_blame(s, 2, "expected json or text");
		cli->prefer_text = argv[2][0] == 't';
		return CLI_OK;
	}
	if (!on && strcmp(argv[2], "off") != 0)
		return session_blame(s, 2, "expected on or off");
	if (argv[1][0] == 'c')
		cli->colour = on;
	else
		set_pager(s, on);
	return CLI_OK;
}

static int run_tutorial(struct session *s, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return session_tutorial(s);
}

static int run_quit(struct session *s, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	s->leave = true;
	return CLI_OK;
}

const struct shell_command shell_show = {
	"show", "[svg FILE]", "everything: HVA, IPA and PA side by side",
	"svg FILE writes it as a picture.", "show\nshow svg gpu.svg", SHELL_LOOK, "show-word file", 0, 2,
	run_show };
const struct shell_command shell_explain = {
	"explain", "", "why the last fault went the way it did, and what would have changed it",
	"Every fact of the fault the other way round, one at a time (two if one is not enough):\n"
	"what the kernel would have done then.", "explain", SHELL_LOOK, "", 0, 0, run_explain };
const struct shell_command shell_undo = {
	"undo", "[N]", "take the last step back, or the last N", NULL, "undo\nundo 2", SHELL_STEPS, "", 0, 1,
	run_undo };
const struct shell_command shell_redo = {
	"redo", "[N]", "do again what was undone", NULL, "undo\nredo", SHELL_STEPS, "", 0, 1, run_redo };
const struct shell_command shell_save = {
	"save", "FILE", "write the session as a scenario that s2pte run replays", NULL,
	"save gpu.json\nrun gpu.json", SHELL_FILES, "file", 1, 1, run_save };
const struct shell_command shell_load = {
	"load", "FILE", "go on from a scenario file", "undo goes back to what was there.",
	"load examples/dirty-logging.json\nshow", SHELL_FILES, "file", 1, 1, run_load };
const struct shell_command shell_reset = {
	"reset", "", "begin anew (undo goes back)", NULL, "reset\nundo", SHELL_STEPS, "", 0, 0,
	run_reset };
const struct shell_command shell_source = {
	"source", "FILE", "run the lines of a file", "s2pte -f FILE does it without a prompt.",
	"source gpu.s2", SHELL_FILES, "file", 1, 1, run_source };
const struct shell_command shell_set = {
	"set", "[output json|text | color on|off | pager on|off]", "settings of the shell",
	"output  text for people, json for programs\n"
	"color   colours in text\n"
	"pager   what is longer than the screen goes through $PAGER",
	"set output json\nset output text\nset", SHELL_FILES, "setting setting-value", 0, 2, run_set };
const struct shell_command shell_tutorial = {
	"tutorial", "", "five minutes: the review that s2pte grew out of", NULL, "tutorial",
	SHELL_FILES, "", 0, 0, run_tutorial };
const struct shell_command shell_quit = {
	"quit", "", "leave; so do exit and Ctrl-D", NULL, "quit", SHELL_FILES, "", 0, 0, run_quit };
const struct shell_command shell_exit = {
	"exit", "", "leave", NULL, "exit", SHELL_GROUPS, "", 0, 0, run_quit };

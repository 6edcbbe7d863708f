/* SPDX-License-Identifier: MIT */
/* Command lines: parsing by the table, help, errors. */
#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "utf8.h"

/* Messages quote words, and cut them: what is no character must not get to a terminal. */
static void print_clean(FILE *to, const char *text)
{
	size_t n;

	for (; *text != '\0'; text += n != 0 ? n : 1) {
		n = utf8_printable(text);
		fwrite(n != 0 ? text : "?", 1, n != 0 ? n : 1, to);
	}
}

#if defined(__GNUC__)
__attribute__((format(printf, 4, 0)))
#endif
static int fail_va(struct cli *cli, int status, const char *option, const char *fmt, va_list ap)
{
	char message[PATH_MAX + 256];

	vsnprintf(message, sizeof(message), fmt, ap);
	cli_progress_hide(cli);
	fflush(cli->out);
	fprintf(cli->err, "s2pte: ");
	if (option != NULL)
		fprintf(cli->err, "--%s: ", option);
	print_clean(cli->err, message);
	fputc('\n', cli->err);
	return status;
}

int cli_fail(struct cli *cli, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	status = fail_va(cli, status, NULL, fmt, ap);
	va_end(ap);
	return status;
}

void cli_blame(struct cli *cli, const char *word)
{
	for (int i = 0; i < cli->argc; i++)
		if (cli->argv[i] == word)
			cli->blamed = i;
}

/* The word after an option is its value, unless they are one word. */
static int word_of(const struct cli_args *args, const char *option)
{
	for (int i = args != NULL ? args->n_given : 0; i-- > 0;) {
		const struct cli_given *given = &args->given[i];
		const struct cli_option *o = &args->command->options[given->option];

		if (strcmp(o->name, option) == 0)
			return given->word + (o->arg != NULL && !given->joined);
	}
	return -1;
}

int cli_bad_option(struct cli *cli, const char *option, const char *fmt, ...)
{
	va_list ap;
	int status;

	cli->blamed = word_of(cli->args, option);

	va_start(ap, fmt);
	status = fail_va(cli, CLI_USAGE, option, fmt, ap);
	va_end(ap);
	return status;
}

const struct cli_command *cli_find(const char *name)
{
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		if (strcmp(cli_commands[i]->name, name) == 0)
			return cli_commands[i];
	return NULL;
}

static const char *nearest_command(const char *name)
{
	const char *near = NULL;
	unsigned best = UINT_MAX;

	for (size_t i = 0; cli_commands[i] != NULL; i++)
		if (s2_name_near(name, cli_commands[i]->name, &best))
			near = cli_commands[i]->name;
	return near;
}

static void print_commands(const struct cli *cli, FILE *to)
{
	fprintf(to, "Usage: s2pte COMMAND ...\n\n"
		    "Which stage-2 descriptor does arm64 KVM install for a guest fault, and why.\n\n");
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		fprintf(to, "  %s%-10s%s %s\n", cli_colour(cli, CLI_BOLD), cli_commands[i]->name,
			cli_colour(cli, CLI_PLAIN), cli_commands[i]->summary);
	fprintf(to, "\ns2pte COMMAND -h explains a command; the manual is s2pte(1). To begin with:\n\n"
		    "  s2pte fault --text --kernel v9 --cpu fwb,dic --vma PFNMAP,SHARED --pfn device\n"
		    "  s2pte reach v9 --format text\n"
		    "  s2pte diff v9 v10 --format text\n");
}

static int find_option(const struct cli_command *command, const char *name, size_t len)
{
	for (int i = 0; command->options[i].name != NULL; i++)
		if (strlen(command->options[i].name) == len &&
		    strncmp(command->options[i].name, name, len) == 0)
			return i;
	return -1;
}

static int unknown_option(struct cli *cli, const struct cli_command *command, const char *word)
{
	const char *near = NULL, *name = word + strspn(word, "-");
	unsigned best = UINT_MAX;

	cli_blame(cli, word);

	for (const struct cli_option *o = command->options; o->name != NULL; o++)
		if (s2_name_near(name, o->name, &best))
			near = o->name;
	if (near != NULL)
		return cli_fail(cli, CLI_USAGE, "%s: unknown option %s; did you mean --%s?",
				command->name, word, near);
	return cli_fail(cli, CLI_USAGE, "%s: unknown option %s; see s2pte %s -h", command->name,
			word, command->name);
}

/* One option word at argv[*i]; takes the next word too if it is the value. */
static int parse_option(struct cli *cli, struct cli_args *args, int argc, char **argv, int *i)
{
	const struct cli_command *command = args->command;
	int word_number = *i;
	const char *word = argv[*i], *name = word + 2, *equals = strchr(name, '=');
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	int at = find_option(command, name, len);
	const struct cli_option *option;

	if (at < 0)
		return unknown_option(cli, command, word);
	option = &command->options[at];
	args->given[args->n_given] = (struct cli_given){ at, word_number + 1, equals != NULL, "" };
	args->n_given++;
	if (args->value[at] != NULL && !option->repeat)
		return cli_bad_option(cli, option->name, "given twice");
	if (option->arg == NULL) {
		if (equals != NULL)
			return cli_bad_option(cli, option->name, "takes no value");
		args->value[at] = "";
	} else if (equals != NULL) {
		args->value[at] = equals + 1;
	} else if (*i + 1 < argc) {
		args->value[at] = argv[++*i];
	} else {
		return cli_bad_option(cli, option->name, "expected a value: %s", option->arg);
	}
	args->given[args->n_given - 1].value = args->value[at];
	return CLI_OK;
}

/* The words after the command; *@help if they ask for it. */
static int parse_words(struct cli *cli, struct cli_args *args, int argc, char **argv, bool *help)
{
	const struct cli_command *command = args->command;
	bool only_operands = false;
	int status = CLI_OK;

	for (int i = 0; i < argc && status == CLI_OK && !*help; i++) {
		const char *word = argv[i];

		if (only_operands || word[0] != '-' || word[1] == '\0') {
			args->rest[args->n_rest++] = argv[i];
		} else if (strcmp(word, "--") == 0) {
			only_operands = true;
		} else if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
			*help = true;
		} else if (word[1] == '-') {
			status = parse_option(cli, args, argc, argv, &i);
		} else {
			status = unknown_option(cli, command, word);
		}
	}
	if (status != CLI_OK || *help)
		return status;
	if (args->n_rest < command->min_rest)
		return cli_fail(cli, CLI_USAGE, "%s: expected %s", command->name,
				command->operands);
	if (command->max_rest >= 0 && args->n_rest > command->max_rest) {
		cli_blame(cli, args->rest[command->max_rest]);
		return cli_fail(cli, CLI_USAGE, "%s: unexpected \"%s\"", command->name,
				args->rest[command->max_rest]);
	}
	return CLI_OK;
}

static int run_command(struct cli *cli, const struct cli_command *command, int argc, char **argv)
{
	struct cli_args args = { .command = command };
	bool help = false;
	int status;

	args.rest = calloc((size_t)argc + 1, sizeof(*args.rest));
	args.given = calloc((size_t)argc + 1, sizeof(*args.given));
	cli->args = &args;
	if (args.rest == NULL || args.given == NULL)
		status = cli_fail(cli, CLI_IO, "out of memory");
	else
		status = parse_words(cli, &args, argc, argv, &help);
	if (status == CLI_OK && help)
		cli_print_help(cli, command, "s2pte ");
	if (status == CLI_OK && !help) {
		cli_progress_begin(cli, command->name);
		status = command->run(cli, &args);
		cli_progress_over(cli);
	}
	cli->args = NULL;
	free(args.rest);
	free(args.given);
	return status;
}

static int unknown_command(struct cli *cli, const char *word)
{
	const char *near = nearest_command(word);

	cli_blame(cli, word);
	if (near != NULL)
		return cli_fail(cli, CLI_USAGE, "unknown command \"%s\"; did you mean %s?", word,
				near);
	return cli_fail(cli, CLI_USAGE, "unknown command \"%s\"; s2pte -h lists them", word);
}

int cli_dispatch(struct cli *cli, int argc, char **argv)
{
	const struct cli_command *command;

	cli->blamed = -1;
	cli->argc = argc;
	cli->argv = argv;
	/* Alone on a terminal, and with a script: the shell. */
	if (argc == 0 && cli->terminal && isatty(STDIN_FILENO) != 0)
		return cli_dispatch(cli, 1, (char *[]){ (char[]){ "shell" }, NULL });
	if (argc > 0 && (strcmp(argv[0], "-f") == 0 || strcmp(argv[0], "-c") == 0)) {
		char file[] = "--file", commands[] = "--commands";
		char *words[] = { (char[]){ "shell" }, argv[0][1] == 'f' ? file : commands,
				  argv[1], argc > 2 ? argv[2] : NULL, NULL };

		return cli_dispatch(cli, argc > 3 ? 4 : argc + 1, words);
	}
	if (argc == 0) {
		print_commands(cli, cli->err);
		return CLI_USAGE;
	}
	if (strcmp(argv[0], "-h") == 0 || strcmp(argv[0], "--help") == 0 ||
	    strcmp(argv[0], "help") == 0) {
		command = argc > 1 ? cli_find(argv[1]) : NULL;
		if (argc > 1 && command == NULL)
			return unknown_command(cli, argv[1]);
		if (command != NULL)
			cli_print_help(cli, command, "s2pte ");
		else
			print_commands(cli, cli->out);
		return CLI_OK;
	}
	if (strcmp(argv[0], "--version") == 0 || strcmp(argv[0], "-V") == 0) {
		fprintf(cli->out, "s2pte %s\n", PACKAGE_VERSION);
		return CLI_OK;
	}
	command = cli_find(argv[0]);
	if (command != NULL)
		return run_command(cli, command, argc - 1, argv + 1);
	return unknown_command(cli, argv[0]);
}

const char *cli_option(const struct cli_args *args, const char *name)
{
	int at = find_option(args->command, name, strlen(name));

	return at >= 0 ? args->value[at] : NULL;
}

bool cli_text(const struct cli *cli, const struct cli_args *args)
{
	return cli->prefer_text || cli_switch(args, "text");
}

bool cli_switch(const struct cli_args *args, const char *name)
{
	return cli_option(args, name) != NULL;
}

const char *cli_next(const struct cli_args *args, const char *name, int *at)
{
	int option = find_option(args->command, name, strlen(name));

	while (*at < args->n_given) {
		const struct cli_given *given = &args->given[(*at)++];

		if (given->option == option)
			return given->value;
	}
	return NULL;
}

enum s2_json_style cli_style(const struct cli *cli)
{
	return cli->terminal ? S2_JSON_INDENTED : S2_JSON_LINE;
}

static int write_out(void *arg, const char *data, size_t size)
{
	struct cli *cli = arg;

	if (!cli->progress.over)
		cli_progress_over(cli);
	return fwrite(data, 1, size, cli->out) == size ? 0 : -1;
}

struct s2_json_sink cli_sink(struct cli *cli)
{
	return (struct s2_json_sink){ write_out, cli };
}

static int keep(void *arg, const char *data, size_t size)
{
	struct cli_buffer *buffer = arg;

	if (buffer->room - buffer->n < size) {
		size_t room = (buffer->n + size) * 2;
		char *grown = realloc(buffer->data, room);

		if (grown == NULL)
			return -1;
		buffer->data = grown;
		buffer->room = room;
	}
	memcpy(buffer->data + buffer->n, data, size);
	buffer->n += size;
	return 0;
}

struct s2_json_sink cli_buffer_sink(struct cli_buffer *buffer)
{
	return (struct s2_json_sink){ keep, buffer };
}

int cli_written(struct cli *cli, int ret)
{
	switch (ret) {
	case 0:
		return CLI_OK;
	case S2_EIO:
		return CLI_IO; /* cli_flush() says so, once */
	case S2_ENOMEM:
		return cli_fail(cli, CLI_IO, "out of memory");
	default:
		return CLI_NOT_ALL;
	}
}

int cli_cannot_write(struct cli *cli)
{
	int error = cli->stream != NULL && cli->stream->error != 0 ? cli->stream->error : errno;

	fprintf(cli->err, "s2pte: cannot write the output: %s\n", strerror(error));
	return CLI_IO;
}

bool cli_left_out(struct cli *cli)
{
	bool lost = cli->out_of_memory;

	cli->out_of_memory = false;
	if (lost)
		cli_fail(cli, CLI_IO, "out of memory: something is left out");
	return lost;
}

int cli_flush(struct cli *cli, int status)
{
	if (cli_left_out(cli))
		status = CLI_IO;
	return fflush(cli->out) == 0 && !ferror(cli->out) ? status : cli_cannot_write(cli);
}

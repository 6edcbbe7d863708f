/* SPDX-License-Identifier: MIT */
/* run, batch, check: scenarios from files. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "reader.h"

static int run_text(struct cli *cli, const struct cli_args *args, const char *name,
		    const char *data, size_t size)
{
	struct s2_json_resolver resolver = cli_resolver(cli);
	struct s2_json_sink sink = cli_sink(cli);

	if (cli_option(args, "trace") != NULL)
		return cli_trace(cli, name, data, size);
	if (cli_text(cli, args))
		return cli_tell(cli, name, data, size);
	return cli_written(cli, s2_json_run(data, size, &resolver, cli_style(cli), &sink));
}

/* The scenario under another kernel; what is no scenario at all stays, to be refused as it is. */
static int run_under(struct cli *cli, const struct cli_args *args, const char *name,
		     const char *data, size_t size, const char *kernel)
{
	struct s2_error err;
	json_t *root = s2i_parse(data, size, &err);
	char *changed;
	int status;

	if (root == NULL && err.code == S2_ENOMEM)
		return cli_fail(cli, CLI_IO, "%s: out of memory", name);
	if (!json_is_object(root)) {
		json_decref(root);
		return run_text(cli, args, name, data, size);
	}
	json_object_set_new(root, "kernel", json_string(kernel));
	changed = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	if (changed == NULL)
		return cli_fail(cli, CLI_IO, "%s: out of memory", name);
	status = run_text(cli, args, name, changed, strlen(changed));
	free(changed);
	return status;
}

static int run_file(struct cli *cli, const struct cli_args *args, const char *name)
{
	const char *kernel;
	struct s2_error err;
	char *data;
	size_t size;
	int at = 0, worst = CLI_OK;

	if (cli_read_file(name, &data, &size, &err) != 0)
		return cli_fail(cli, CLI_IO, "%s", err.message);
	if (cli_option(args, "kernel") == NULL)
		worst = run_text(cli, args, name, data, size);
	while ((kernel = cli_next(args, "kernel", &at)) != NULL) {
		int status = run_under(cli, args, name, data, size, kernel);

		if (status > worst)
			worst = status;
	}
	free(data);
	return worst;
}

static int check_run(struct cli *cli, const struct cli_args *args)
{
	const char *trace = cli_option(args, "trace"), *kernel;
	int at = 0, kernels = 0;
	struct s2_error err;

	/* A kernel that is not known is wrong usage, before anything is printed. */
	for (; (kernel = cli_next(args, "kernel", &at)) != NULL; kernels++)
		if (cli_revision(cli, kernel, &err) == NULL)
			return cli_revision_error(cli, "run", &err);
	if (trace == NULL)
		return CLI_OK;
	if (strcmp(trace, "casemate") != 0)
		return cli_bad_option(cli, "trace", "\"%.40s\": expected casemate", trace);
	if (cli_switch(args, "text"))
		return cli_bad_option(cli, "trace", "does not go with --text");
	/* The records of a trace are numbered: one VM each. */
	if (args->n_rest > 1 || kernels > 1)
		return cli_bad_option(cli, "trace", "expected one file and one kernel");
	return CLI_OK;
}

static int run_run(struct cli *cli, const struct cli_args *args)
{
	int worst = check_run(cli, args);

	if (worst != CLI_OK)
		return worst;
	for (int i = 0; i < args->n_rest; i++) {
		int status = run_file(cli, args, args->rest[i]);

		if (status > worst)
			worst = status;
		cli_signals_take();
	}
	return worst;
}

static const struct cli_option run_options[] = {
	{ "kernel", "ID", "run it under this revision or rule file; may be given several times", true },
	{ "text", NULL, "tell it for people, with a diagram of each descriptor", false },
	{ "trace", "FORMAT", "what the kernel does to its table instead: casemate", false },
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_run = {
	.name = "run", .operands = "FILE...", .min_rest = 1, .max_rest = -1,
	.summary = "run scenario files and print their results",
	.help = "A file holds one JSON document; - is standard input.",
	.examples = 
		"run examples/grace-hopper.json\n"
		"run --text examples/dirty-logging.json",
	.options = run_options, .run = run_run,
};

static bool blank(const struct cli_lines *lines)
{
	for (size_t i = 0; i < lines->size; i++)
		if (strchr(" \t\r", lines->line[i]) == NULL || lines->line[i] == '\0')
			return false;
	return true;
}

static const char *input_name(const struct cli_args *args)
{
	return args->n_rest > 0 ? args->rest[0] : "-";
}

static int run_batch(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_resolver resolver = cli_resolver(cli);
	struct s2_json_sink sink = cli_sink(cli);
	struct cli_lines lines;
	int worst = cli_lines_open(cli, &lines, input_name(args));

	if (worst != CLI_OK)
		return worst;
	while (worst != CLI_IO && cli_lines_next(&lines)) {
		int status;

		if (blank(&lines))
			continue;
		/* A line that is too long is refused by its size, as any document. */
		status = cli_written(cli, s2_json_run(lines.line, lines.size + lines.too_long,
						      &resolver, S2_JSON_LINE, &sink));
		if (status > worst)
			worst = status;
	}
	return cli_lines_close(cli, &lines, worst);
}

static const struct cli_option no_options[] = { { NULL, NULL, NULL, false } };

const struct cli_command cli_cmd_batch = {
	.name = "batch", .operands = "[FILE]", .max_rest = 1,
	.summary = "run one scenario a line, print one result a line",
	.help = "Results come in the order of the lines; a line that is no valid scenario gives an\n"
		"error object and the next ones still run. Without FILE: standard input.",
	.examples = "batch scenarios.ndjson",
	.options = no_options, .run = run_batch,
};

/* What a line is called comes from its id: it must not end the line of TAP or direct it. */
static void print_outcome(struct cli *cli, bool good, unsigned long n, const char *name)
{
	fprintf(cli->out, "%s %lu - ", good ? "ok" : "not ok", n);
	for (; *name != '\0'; name++) {
		if (*name == '#' || *name == '\\')
			fputc('\\', cli->out);
		fputc((unsigned char)*name >= 0x20 && *name != 0x7f ? *name : '?', cli->out);
	}
	fputc('\n', cli->out);
}

static int run_check(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_resolver resolver = cli_resolver(cli);
	unsigned long n = 0, failed = 0;
	struct cli_lines lines;
	int status = cli_lines_open(cli, &lines, input_name(args));

	if (status != CLI_OK)
		return status;
	while (cli_lines_next(&lines)) {
		struct s2_error err = { 0 };
		char name[160];
		int ret;

		if (blank(&lines))
			continue;
		n++;
		ret = s2_json_check(lines.line, lines.size + lines.too_long, &resolver, name,
				    sizeof(name), &err);
		print_outcome(cli, ret == 0, n, name);
		if (ret != 0) {
			cli->out_of_memory |= ret == S2_ENOMEM;
			failed++;
			fprintf(cli->out, "# %s%s%s\n", err.path, err.path[0] != '\0' ? ": " : "",
				err.message);
		}
		if (ferror(cli->out))
			break;
	}
	fprintf(cli->out, "1..%lu\n", n);
	if (failed != 0) {
		fprintf(cli->out, "# %lu of %lu failed\n", failed, n);
		status = CLI_NOT_ALL;
	}
	return cli_lines_close(cli, &lines, status);
}

const struct cli_command cli_cmd_check = {
	.name = "check", .operands = "[FILE]", .max_rest = 1,
	.summary = "compare results with what is expected and print TAP",
	.help = "A line is {\"scenario\": {...}, \"expect\": {...}}: every key in expect must be in\n"
		"the result with that value; other keys of the result are free.",
	.examples = "check checks.ndjson",
	.options = no_options, .run = run_check,
};

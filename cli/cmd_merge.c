/* SPDX-License-Identifier: MIT */
/* merge: the answer of the whole from its parts. */
#include "commands.h"

#include "explore.h"

#include <string.h>

static int fail(struct cli *cli, const char *name, const struct s2_error *err)
{
	bool io = err->code == S2_EIO || err->code == S2_ENOMEM;

	return cli_fail(cli, io ? CLI_IO : CLI_USAGE, "merge: %s%s%s%s%s", name,
			name[0] != '\0' ? ": " : "", err->path, err->path[0] != '\0' ? ": " : "",
			err->message);
}

static bool is_blank(const struct cli_lines *lines)
{
	for (size_t i = 0; i < lines->size; i++)
		if (lines->line[i] != ' ' && lines->line[i] != '\t' && lines->line[i] != '\r')
			return false;
	return !lines->too_long;
}

/* A file holds one part or several, one a line. */
static int add_file(struct cli *cli, struct s2_merge *merge, const char *file)
{
	struct cli_lines lines;
	int status = cli_lines_open(cli, &lines, file);

	if (status != CLI_OK)
		return status;
	for (unsigned long n = 1; status == CLI_OK && cli_lines_next(&lines); n++) {
		struct s2_error err;
		char name[80];

		if (is_blank(&lines))
			continue;
		snprintf(name, sizeof(name), "%.50s, line %lu",
			 strcmp(file, "-") == 0 ? "standard input" : file, n);
		if (lines.too_long)
			status = cli_fail(cli, CLI_USAGE, "merge: %s: longer than %zu MiB", name,
					  S2_JSON_MAX_DOCUMENT >> 20);
		else if (s2_merge_add(merge, name, lines.line, lines.size, &err) != 0)
			status = fail(cli, name, &err);
	}
	return cli_lines_close(cli, &lines, status);
}

static int run_merge(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_resolver resolver = cli_resolver(cli);
	enum cli_format format;
	struct s2_merge *merge;
	struct s2_answer answer;
	struct s2_error err;
	int status = cli_report_format(cli, args, &format);

	if (status != CLI_OK)
		return status;
	if (s2_merge_new(&merge, &resolver) != 0)
		return cli_fail(cli, CLI_IO, "merge: out of memory");
	for (int i = 0; status == CLI_OK && i < args->n_rest; i++)
		status = add_file(cli, merge, args->rest[i]);
	if (status == CLI_OK && s2_merge_answer(merge, &answer, &err) != 0)
		status = fail(cli, "", &err);
	else if (status == CLI_OK)
		status = cli_tell_answer(cli, args, format, &answer);
	s2_merge_free(merge);
	return status;
}

static const struct cli_option merge_options[] = {
	{ "format", "NAME", "json (default), text, markdown or html", false },
	{ "exit-code", NULL, "of diff: exit with 1 if there is a difference", false },
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_merge = {
	.name = "merge", .operands = "FILE...", .min_rest = 1, .max_rest = -1,
	.summary = "the whole answer from the parts that --shard made",
	.help = "A file (- is standard input) holds one part or several, one a line, in any order.\n"
		"Output and exit status are those of the command without --shard.",
	.examples = "merge parts.ndjson --format text",
	.options = merge_options, .run = run_merge,
};

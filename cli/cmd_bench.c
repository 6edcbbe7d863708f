/* SPDX-License-Identifier: MIT */
/* bench: how fast this machine does each step. */
#include "commands.h"

#include <string.h>

#include "bench.h"
#include "writer.h"

static const struct bench *const groups[] = { bench_steps, bench_table };
#define N_GROUPS (sizeof(groups) / sizeof(groups[0]))

/* Whether @name is among the operands; without operands all are. */
static bool wanted(const struct cli_args *args, const char *name)
{
	for (int i = 0; i < args->n_rest; i++)
		if (strcmp(args->rest[i], name) == 0)
			return true;
	return args->n_rest == 0;
}

static int check_names(struct cli *cli, const struct cli_args *args)
{
	for (int i = 0; i < args->n_rest; i++) {
		bool known = false;

		for (size_t g = 0; g < N_GROUPS; g++)
			for (const struct bench *b = groups[g]; b->name != NULL; b++)
				known |= strcmp(args->rest[i], b->name) == 0;
		if (!known)
			return cli_fail(cli, CLI_USAGE,
					"bench: \"%s\" is nothing that is measured; see s2pte bench -h",
					args->rest[i]);
	}
	return CLI_OK;
}

/* Nanoseconds an operation: others disturb, so that the best is nearest to the truth. */
static bool measure(struct cli *cli, const struct bench *b, uint64_t runs, double *best)
{
	for (uint64_t i = 0; i < runs && (i == 0 || cli_progress(cli)); i++) {
		double ns;

		if (!b->measure(b, &ns))
			return false;
		ns /= (double)b->ops;
		if (i == 0 || ns < *best)
			*best = ns;
	}
	return true;
}

static void write_one(struct cli *cli, struct s2i_writer *w, const struct bench *b, double ns)
{
	char text[32];

	if (w == NULL) {
		cli_progress_hide(cli);
		fprintf(cli->out, "%-18s %10.1f ns  %s\n", b->name, ns, b->what);
		return;
	}
	snprintf(text, sizeof(text), "%.2f", ns);
	s2i_open_flat(w, NULL, '{');
	s2i_string(w, "name", b->name);
	s2i_raw(w, "ns", text);
	s2i_uint(w, "ops", b->ops);
	s2i_close(w, '}');
}

static int run_bench(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_sink sink = cli_sink(cli);
	bool text = cli_text(cli, args);
	struct s2i_writer w;
	uint64_t runs = 21;
	int status = cli_number(cli, args, "runs", 10000, &runs);

	if (status == CLI_OK && runs == 0)
		status = cli_bad_option(cli, "runs", "expected 1 or more");
	if (status == CLI_OK)
		status = check_names(cli, args);
	if (status != CLI_OK)
		return status;
	s2i_writer_init(&w, cli_style(cli), &sink);
	if (!text) {
		s2i_open(&w, NULL, '{');
		s2i_open(&w, "results", '[');
	}
	for (size_t g = 0; g < N_GROUPS; g++)
		for (const struct bench *b = groups[g]; b->name != NULL; b++) {
			double ns = 0;

			if (!wanted(args, b->name))
				continue;
			if (!measure(cli, b, runs, &ns))
				return cli_fail(cli, CLI_IO, "out of memory");
			if (!cli_progress(cli))
				return cli_fail(cli, CLI_NOT_ALL, "bench: cancelled");
			write_one(cli, text ? NULL : &w, b, ns);
		}
	if (text)
		return CLI_OK;
	s2i_close(&w, ']');
	s2i_close(&w, '}');
	return cli_written(cli, s2i_writer_finish(&w));
}

static const struct cli_option bench_options[] = {
	{ "runs", "N", "measure each N times and take the best, default 21", false },
	{ "text", NULL, "a table for people", false },
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_bench = {
	.name = "bench", .operands = "[NAME]...", .max_rest = -1,
	.summary = "how fast this machine does each step",
	.help = "Nanoseconds an operation, on one core, by a monotonic clock. NAMEs choose from:\n"
		"encode decode decide batch_line map_4k_sequential map_4k_random map_2m relax\n"
		"map_1g_by_pages.",
	.examples = "bench --runs 1 encode decode",
	.options = bench_options, .run = run_bench,
};

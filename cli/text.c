/* SPDX-License-Identifier: MIT */
/* Descriptors for people: a diagram of the bits, and what each field means. */
#include "reading.h"

const char *cli_colour(const struct cli *cli, enum cli_colour colour)
{
	static const char *const codes[] = {
		[CLI_PLAIN] = "\033[0m", [CLI_BOLD] = "\033[1m", [CLI_DIM] = "\033[2m",
		[CLI_GOOD] = "\033[32m", [CLI_BAD] = "\033[31m", [CLI_WARN] = "\033[33m",
	};

	return cli->colour ? codes[colour] : "";
}

const char *cli_size_text(uint64_t size, char *buf, size_t room)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB" };
	size_t i = 0;

	while (i + 1 < sizeof(units) / sizeof(units[0]) && size >= 1024 && size % 1024 == 0) {
		size /= 1024;
		i++;
	}
	snprintf(buf, room, "%llu %s", (unsigned long long)size, units[i]);
	return buf;
}

static void print_head(struct cli *cli, const struct reading *r, uint64_t raw)
{
	struct cli_flow flow;

	fprintf(cli->out, "  %s0x%016llx%s  ", cli_colour(cli, CLI_BOLD), (unsigned long long)raw,
		cli_colour(cli, CLI_PLAIN));
	cli_flow_begin(&flow, cli, 22, 22);
	cli_flow(&flow, "%s", r->head);
	cli_flow_end(&flow);
}

static void print_guest_view(struct cli *cli, const struct reading *r)
{
	bool same = r->n_guest == 1;

	if (r->n_guest == 0)
		return;
	fprintf(cli->out, "  what the guest gets, %s its own (stage 1) type:\n",
		same ? "whatever" : "by");
	for (size_t i = 0; i < r->n_guest; i++) {
		struct cli_flow flow;

		fputs("    ", cli->out);
		if (!same)
			fprintf(cli->out, "%-45s -> ", r->guest[i].from);
		cli_flow_begin(&flow, cli, same ? 4 : 53, same ? 4 : 8);
		cli_flow(&flow, "%s", r->guest[i].to);
		cli_flow_end(&flow);
	}
}

void cli_print_descriptor(struct cli *cli, const struct s2_format *fmt, int level, uint64_t raw)
{
	struct reading r;

	reading_of(&r, fmt, level, raw);
	print_head(cli, &r, raw);
	fputc('\n', cli->out);
	diagram_print(cli, r.cells, r.n_cells);
	fputc('\n', cli->out);
	for (size_t i = 0; i < r.n_fields; i++)
		fprintf(cli->out, "  %s%-10s%s  %s\n", diagram_colour(cli, r.fields[i].colour),
			r.fields[i].name, cli_colour(cli, CLI_PLAIN), r.fields[i].meaning);
	for (size_t i = 0; i < r.n_lints; i++)
		fprintf(cli->out, "  %s%s%s: %s\n", cli_colour(cli, CLI_WARN),
			s2_lint_name(r.lints[i].id), cli_colour(cli, CLI_PLAIN), r.lints[i].message);
	print_guest_view(cli, &r);
}

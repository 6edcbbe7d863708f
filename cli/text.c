/* SPDX-License-Identifier: MIT */
/* Descriptors for people: a diagram of the bits, and what each field means. */
#include "diagram.h"

#include <string.h>

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

/* ---- The meanings --------------------------------------------------------------------- */

static void print_meanings(struct cli *cli, const struct s2_format *fmt,
			   const struct s2_desc *desc)
{
	for (unsigned f = 0; f < S2_NR_FIELDS; f++) {
		enum s2_field field = (enum s2_field)f;
		char name[24], meaning[96];

		if (s2_field_mask(fmt, desc->type, desc->level, field) == 0)
			continue;
		/* What is absent seldom matters to who looks; the diagram shows it. */
		if (desc->field[f] == 0 && (field == S2_F_FNXS || field >= S2_F_SW ||
					    field == S2_F_NT || field == S2_F_DBM ||
					    field == S2_F_CONTIGUOUS))
			continue;
		diagram_short_title(field, name, sizeof(name));
		fprintf(cli->out, "  %s%-10s%s  %s\n", diagram_colour(cli, f), name,
			cli_colour(cli, CLI_PLAIN),
			s2_field_meaning(fmt, desc->type, field, desc->field[f], meaning,
					 sizeof(meaning)));
	}
}

static void print_guest_view(struct cli *cli, const struct s2_format *fmt,
			     const struct s2_desc *desc)
{
	static const uint8_t types[] = { 0x00, 0x04, 0x44, 0xbb, 0xff };
	bool has_sh = s2_field_mask(fmt, desc->type, desc->level, S2_F_SH) != 0;
	unsigned memattr = (unsigned)desc->field[S2_F_MEMATTR];
	struct s2_attr got[sizeof(types)];
	bool same = true;
	unsigned sh = has_sh ? (unsigned)desc->field[S2_F_SH] : S2_SH_INNER;

	if (s2_memattr_reserved(fmt->fwb, memattr) || sh == S2_SH_RESERVED)
		return;
	for (size_t i = 0; i < sizeof(types); i++) {
		struct s2_attr s1 = { types[i], S2_SH_INNER };

		/* The state is not reserved, so that none of them is. */
		if (s2_attr_combine(fmt->fwb, s1, memattr, sh, &got[i]) != 0)
			return;
		same = same && got[i].mair == got[0].mair && got[i].sh == got[0].sh;
	}
	fprintf(cli->out, "  what the guest gets, %s its own (stage 1) type:\n",
		same ? "whatever" : "by");
	for (size_t i = 0; i < (same ? 1 : sizeof(types)); i++) {
		char from[80], to[80];
		struct cli_flow flow;

		fputs("    ", cli->out);
		if (!same)
			fprintf(cli->out, "%-45s -> ", s2_mair_meaning(types[i], from, sizeof(from)));
		cli_flow_begin(&flow, cli, same ? 4 : 53, same ? 4 : 8);
		cli_flow(&flow, "%s, %s", s2_mair_meaning(got[i].mair, to, sizeof(to)),
			 s2_sh_meaning(got[i].sh));
		cli_flow_end(&flow);
	}
}

static void print_head(struct cli *cli, const struct s2_format *fmt, const struct s2_desc *desc,
		       uint64_t raw)
{
	bool leaf = desc->type == S2_DESC_BLOCK || desc->type == S2_DESC_PAGE;
	const char *granule = s2_granule_name(fmt->granule);
	struct cli_flow flow;
	char size[32];

	fprintf(cli->out, "  %s0x%016llx%s  ", cli_colour(cli, CLI_BOLD), (unsigned long long)raw,
		cli_colour(cli, CLI_PLAIN));
	cli_flow_begin(&flow, cli, 22, 22);
	cli_flow(&flow, "level %d %s, %s granule%s", desc->level, s2_desc_type_name(desc->type),
		 granule, leaf || desc->type == S2_DESC_TABLE ? ":" : "");
	if (leaf)
		cli_flow(&flow, "%s at PA 0x%llx, read with FWB=%d",
			 cli_size_text(s2_level_size(fmt->granule, desc->level), size, sizeof(size)),
			 (unsigned long long)desc->oa, fmt->fwb);
	else if (desc->type == S2_DESC_TABLE)
		cli_flow(&flow, "next table at PA 0x%llx", (unsigned long long)desc->oa);
	cli_flow_end(&flow);
}

void cli_print_descriptor(struct cli *cli, const struct s2_format *fmt, int level, uint64_t raw)
{
	struct diagram_cell cells[DIAGRAM_MAX_CELLS];
	struct s2_lint lints[S2_NR_LINTS];
	struct s2_desc desc;
	size_t n;

	s2_desc_decode(fmt, level, raw, &desc);
	print_head(cli, fmt, &desc, raw);
	fputc('\n', cli->out);
	diagram_print(cli, cells, diagram_of_descriptor(fmt, &desc, raw, cells));
	fputc('\n', cli->out);
	print_meanings(cli, fmt, &desc);
	n = s2_desc_lint(fmt, level, raw, lints, S2_NR_LINTS);
	for (size_t i = 0; i < n; i++)
		fprintf(cli->out, "  %s%s%s: %s\n", cli_colour(cli, CLI_WARN),
			s2_lint_name(lints[i].id), cli_colour(cli, CLI_PLAIN), lints[i].message);
	if (desc.type == S2_DESC_BLOCK || desc.type == S2_DESC_PAGE)
		print_guest_view(cli, fmt, &desc);
}

/* SPDX-License-Identifier: MIT */
/* attrs, geometry: the architecture's answers. */
#include "commands.h"

#include "writer.h"

static int run_geometry(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_sink sink = cli_sink(cli);
	struct s2_vtcr_cpu cpu = { .parange = 5, .vmid16 = cli_switch(args, "vmid16"),
				   .lpa2 = cli_switch(args, "lpa2") };
	enum s2_granule granule = S2_GRANULE_4K;
	uint64_t ipa_bits = 40, parange = 5;
	struct s2_geometry geo;
	struct s2i_writer w;
	int status = cli_granule(cli, args, &granule);

	if (status == CLI_OK)
		status = cli_number(cli, args, "ipa-bits", 64, &ipa_bits);
	if (status == CLI_OK)
		status = cli_number(cli, args, "parange", 7, &parange);
	if (status != CLI_OK)
		return status;
	cpu.parange = (unsigned)parange;
	if (s2_geometry_init(&geo, granule, (unsigned)ipa_bits, &cpu) != 0)
		return cli_bad_option(cli, "ipa-bits",
				      "%u is not possible: expected 32 to 48, or to 52 with 64K, or "
				      "with --lpa2", (unsigned)ipa_bits);
	if (cli_text(cli, args)) {
		char size[32];

		fprintf(cli->out, "%s granule, %u-bit IPA: levels %d to 3, start with %u table%s (%s)\n"
				  "VTCR_EL2 0x%llx\n", s2_granule_name(granule), geo.ipa_bits,
			geo.start_level, geo.entry_tables, geo.entry_tables == 1 ? "" : "s",
			cli_size_text(geo.entry_table_bytes, size, sizeof(size)),
			(unsigned long long)geo.vtcr);
		for (int level = geo.start_level; level <= S2_LEVEL_LAST; level++)
			fprintf(cli->out, "  level %2d: an entry covers %s\n", level,
				cli_size_text(s2_level_size(granule, level), size, sizeof(size)));
		return CLI_OK;
	}
	s2i_writer_init(&w, cli_style(cli), &sink);
	s2i_open(&w, NULL, '{');
	s2i_hex(&w, "vtcr", geo.vtcr);
	s2i_uint(&w, "levels", geo.levels);
	s2i_int(&w, "start_level", geo.start_level);
	s2i_uint(&w, "entry_tables", geo.entry_tables);
	s2i_uint(&w, "entry_table_bytes", geo.entry_table_bytes);
	s2i_close(&w, '}');
	return cli_written(cli, s2i_writer_finish(&w));
}

static const struct cli_option geometry_options[] = {
	{ "granule", "SIZE", "page size: 4K (default), 16K, 64K", false },
	{ "ipa-bits", "N", "size of the IPA space, default 40", false },
	{ "parange", "N", "ID_AA64MMFR0_EL1.PARange, default 5 (48 bits)", false },
	{ "vmid16", NULL, "the CPU has 16-bit VMIDs", false },
	{ "lpa2", NULL, "VTCR_EL2.DS is set", false },
	{ "text", NULL, "for people", false },
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_geometry = {
	.name = "geometry", .operands = "", .max_rest = 0,
	.summary = "levels, entry tables and VTCR_EL2 of a guest's stage 2",
	.examples = 
		"geometry\n"
		"geometry --granule 64K --ipa-bits 42 --text",
	.options = geometry_options, .run = run_geometry,
};

/* ---- attrs ---------------------------------------------------------------------------- */

/* The stage-1 types that software uses; any other can be asked for. */
static const uint8_t common_mairs[] = { 0x00, 0x04, 0x08, 0x0c, 0x44, 0xbb, 0xff };

struct pair {
	bool fwb;
	struct s2_attr s1;
	unsigned memattr, sh;
};

static void write_pair(struct cli *cli, struct s2i_writer *w, const struct pair *p,
		       const struct s2_attr *got, bool all)
{
	char mair[8], text[96], from[96];

	if (w == NULL) {
		fprintf(cli->out, "%-46s x MemAttr %x  %-40s -> %s, %s\n",
			s2_mair_meaning(p->s1.mair, from, sizeof(from)), p->memattr,
			s2_memattr_meaning(p->fwb, p->memattr),
			s2_mair_meaning(got->mair, text, sizeof(text)), s2_sh_meaning(got->sh));
		return;
	}
	s2i_open_flat(w, NULL, '{');
	if (all) {
		snprintf(mair, sizeof(mair), "0x%02x", p->s1.mair);
		s2i_string(w, "s1_mair", mair);
		s2i_uint(w, "s1_sh", p->s1.sh);
		s2i_uint(w, "memattr", p->memattr);
		s2i_uint(w, "s2_sh", p->sh);
	}
	snprintf(mair, sizeof(mair), "0x%02x", got->mair);
	s2i_string(w, "mair", mair);
	s2i_uint(w, "sh", got->sh);
	s2i_string(w, "meaning", s2_mair_meaning(got->mair, text, sizeof(text)));
	s2i_close(w, '}');
}

static void write_table(struct cli *cli, struct s2i_writer *w, bool fwb)
{
	for (size_t m = 0; m < sizeof(common_mairs); m++) {
		for (unsigned memattr = 0; memattr < 16; memattr++) {
			struct pair p = { fwb, { common_mairs[m], S2_SH_INNER }, memattr,
					  S2_SH_INNER };
			struct s2_attr got;

			if (s2_attr_combine(fwb, p.s1, memattr, p.sh, &got) == 0)
				write_pair(cli, w, &p, &got, true);
		}
	}
}

static int run_attrs(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_sink sink = cli_sink(cli);
	bool text = cli_text(cli, args);
	bool all = cli_option(args, "s1-mair") == NULL && cli_option(args, "memattr") == NULL;
	uint64_t mair = 0xff, s1_sh = S2_SH_INNER, memattr = 0, s2_sh = S2_SH_INNER;
	struct pair p = { .fwb = cli_switch(args, "fwb") };
	struct s2_attr got;
	struct s2i_writer w;
	int status = cli_hex(cli, args, "s1-mair", 0xff, &mair);

	if (status == CLI_OK)
		status = cli_number(cli, args, "s1-sh", 3, &s1_sh);
	if (status == CLI_OK)
		status = cli_number(cli, args, "memattr", 15, &memattr);
	if (status == CLI_OK)
		status = cli_number(cli, args, "s2-sh", 3, &s2_sh);
	if (status != CLI_OK)
		return status;
	if (!all && cli_option(args, "memattr") == NULL)
		return cli_fail(cli, CLI_USAGE, "attrs: --s1-mair needs --memattr");
	p.s1 = (struct s2_attr){ (uint8_t)mair, (uint8_t)s1_sh };
	p.memattr = (unsigned)memattr;
	p.sh = (unsigned)s2_sh;
	if (!all && s2_memattr_reserved(p.fwb, p.memattr))
		return cli_bad_option(cli, "memattr", "%u is reserved with FWB=%d", p.memattr, p.fwb);
	if (!all && s2_attr_combine(p.fwb, p.s1, p.memattr, p.sh, &got) != 0)
		return cli_bad_option(cli, s1_sh == S2_SH_RESERVED ? "s1-sh" : "s2-sh",
				      "1 is reserved: expected 0, 2 or 3");
	s2i_writer_init(&w, cli_style(cli), &sink);
	if (all && !text)
		s2i_open(&w, NULL, '[');
	if (all)
		write_table(cli, text ? NULL : &w, p.fwb);
	else
		write_pair(cli, text ? NULL : &w, &p, &got, false);
	if (all && !text)
		s2i_close(&w, ']');
	return text ? CLI_OK : cli_written(cli, s2i_writer_finish(&w));
}

static const struct cli_option attrs_options[] = {
	{ "fwb", NULL, "HCR_EL2.FWB is set", false },
	{ "s1-mair", "HEX", "stage 1's attribute as in MAIR_EL1, 8 bits", false },
	{ "s1-sh", "N", "stage 1's shareability: 0 non, 2 outer, 3 inner (default)", false },
	{ "memattr", "N", "stage 2's MemAttr[3:0]", false },
	{ "s2-sh", "N", "stage 2's shareability, default 3", false },
	{ "text", NULL, "for people", false },
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_attrs = {
	.name = "attrs", .operands = "", .max_rest = 0,
	.summary = "what the guest gets: stage-1 and stage-2 attributes combined",
	.help = "Without --s1-mair and --memattr: a table of the usual types.",
	.examples = 
		"attrs --fwb --s1-mair 0xff --s1-sh 3 --memattr 6 --s2-sh 3\n"
		"attrs --text",
	.options = attrs_options, .run = run_attrs,
};

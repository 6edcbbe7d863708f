/* SPDX-License-Identifier: MIT */
/* decode, encode: descriptors taken apart and put together. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "picture.h"

static int level_of(struct cli *cli, const struct cli_args *args, int *level)
{
	const char *text = cli_option(args, "level");
	uint64_t n = S2_LEVEL_LAST;

	if (text != NULL && strcmp(text, "-1") == 0) {
		*level = -1;
		return CLI_OK;
	}
	if (text != NULL && (!cli_parse_number(text, &n) || n > S2_LEVEL_LAST))
		return cli_bad_option(cli, "level", "\"%.40s\": expected a number from -1 to %d", text,
				      S2_LEVEL_LAST);
	*level = (int)n;
	return CLI_OK;
}

static int print(struct cli *cli, const struct cli_args *args, const struct s2_format *fmt,
		 const struct s2_json_descriptor *descs, size_t n)
{
	struct s2_json_sink sink = cli_sink(cli);

	if (cli_switch(args, "svg")) {
		picture_descriptors(cli->out, fmt, descs, n);
		return CLI_OK;
	}
	if (!cli_text(cli, args))
		return cli_written(cli, s2_descriptors_print(fmt, descs, n, cli_style(cli), &sink));
	for (size_t i = 0; i < n; i++) {
		if (i != 0)
			fputc('\n', cli->out);
		cli_print_descriptor(cli, fmt, descs[i].level, descs[i].raw);
	}
	return CLI_OK;
}

static int run_decode(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_descriptor *descs;
	struct s2_format fmt;
	const char *ptdump = cli_option(args, "ptdump");
	int level = 0, status = cli_format(cli, args, &fmt);

	if (status == CLI_OK)
		status = level_of(cli, args, &level);
	if (status != CLI_OK)
		return status;
	if (ptdump != NULL && args->n_rest != 0)
		return cli_bad_option(cli, "ptdump", "does not go with descriptors");
	if (cli_switch(args, "svg") && cli_switch(args, "text"))
		return cli_bad_option(cli, "svg", "does not go with --text");
	if (ptdump != NULL && cli_switch(args, "svg"))
		return cli_bad_option(cli, "svg", "does not go with --ptdump");
	if (ptdump != NULL)
		return cli_explain_ptdump(cli, ptdump);
	if (args->n_rest == 0)
		return cli_fail(cli, CLI_USAGE, "decode: expected HEX...");
	descs = calloc((size_t)args->n_rest, sizeof(*descs));
	if (descs == NULL)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (int i = 0; i < args->n_rest && status == CLI_OK; i++) {
		const char *text = args->rest[i];

		descs[i].level = level;
		if (!cli_parse_descriptor(text, &descs[i].raw))
			status = cli_fail(cli, CLI_USAGE,
					  "decode: \"%.40s\" is not a descriptor: expected up to 16 "
					  "hex digits", text);
	}
	if (status == CLI_OK)
		status = print(cli, args, &fmt, descs, (size_t)args->n_rest);
	free(descs);
	return status;
}

#define LEVEL_OPTION { "level", "N", "level of the entry, -1 to 3 (default 3)", false }
#define SVG_OPTION { "svg", NULL, "a picture: the bits and their meanings as SVG", false }
#define TEXT_OPTION { "text", NULL, "for people: a diagram of the bits and their meanings", false }

static const struct cli_option decode_options[] = {
	CLI_FORMAT_OPTIONS, LEVEL_OPTION, TEXT_OPTION, SVG_OPTION,
	{ "ptdump", "FILE", "explain KVM's debugfs file stage2_page_tables line by line", false },
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_decode = {
	.name = "decode", .operands = "HEX...", .min_rest = 0, .max_rest = -1,
	.summary = "take stage-2 descriptors apart",
	.help = "Names every field, reserved encodings and bits that must be zero.",
	.examples = 
		"decode 0x40000000004007d9\n"
		"decode --text --fwb --level 1 0x00000040000007d9",
	.options = decode_options, .run = run_decode,
};

/* ---- encode --------------------------------------------------------------------------- */

static const struct cli_option encode_options[] = {
	CLI_FORMAT_OPTIONS,
	LEVEL_OPTION,
	TEXT_OPTION,
	SVG_OPTION,
	{ "type", "TYPE", "block, page, table or invalid; default what the level's leaf is", false },
	{ "oa", "HEX", "output address, or that of the next table", false },
	{ "prot", "LIST", "R,W,X and DEVICE or NORMAL_NC: the fields as KVM fills them", false },
	{ "field", "LIST", "NAME=VALUE,...: raw values, after --prot (memattr=6,sh=3)", false },
	{ NULL, NULL, NULL, false },
};

static int encode_type(struct cli *cli, const struct cli_args *args, struct s2_desc *desc)
{
	const char *text = cli_option(args, "type");

	desc->type = desc->level == S2_LEVEL_LAST ? S2_DESC_PAGE : S2_DESC_BLOCK;
	if (text == NULL)
		return CLI_OK;
	for (unsigned i = 0; i < S2_NR_DESC_TYPES; i++) {
		if (strcmp(text, s2_desc_type_name((enum s2_desc_type)i)) == 0) {
			desc->type = (enum s2_desc_type)i;
			return CLI_OK;
		}
	}
	return cli_bad_option(cli, "type", "\"%.40s\": expected block, page, table or invalid", text);
}

/* As kvm_pgtable_stage2_map() would: stage2_set_prot_attr(). */
static int encode_prot(struct cli *cli, const struct cli_args *args, const struct s2_format *fmt,
		       struct s2_desc *desc)
{
	const char *text = cli_option(args, "prot");
	enum s2_memtype type = S2_MEM_NORMAL;
	uint64_t prot = 0;
	bool px, ux;
	int status;

	if (text == NULL)
		return CLI_OK;
	if (desc->type != S2_DESC_BLOCK && desc->type != S2_DESC_PAGE)
		return cli_bad_option(cli, "prot", "%s descriptors have no permissions",
				      s2_desc_type_name(desc->type));
	status = cli_names(cli, "prot", text, s2_prot_names, NULL, "a permission", &prot);
	if (status != CLI_OK)
		return status;
	if ((prot & S2_PROT_DEVICE) != 0 && (prot & S2_PROT_NORMAL_NC) != 0)
		return cli_bad_option(cli, "prot", "DEVICE and NORMAL_NC exclude each other");
	if ((prot & S2_PROT_DEVICE) != 0)
		type = S2_MEM_DEVICE_nGnRE;
	else if ((prot & S2_PROT_NORMAL_NC) != 0)
		type = S2_MEM_NORMAL_NC;
	px = (prot & S2_PROT_PX) != 0;
	ux = (prot & S2_PROT_UX) != 0;
	if (px != ux && !fmt->xnx)
		return cli_bad_option(cli, "prot", "PX without UX, or UX without PX, needs --xnx");
	desc->field[S2_F_MEMATTR] = s2_kvm_memattr(fmt->fwb, type);
	desc->field[S2_F_S2AP] = prot & (S2_PROT_R | S2_PROT_W);
	desc->field[S2_F_AF] = 1;
	if (s2_field_mask(fmt, desc->type, desc->level, S2_F_SH) != 0)
		desc->field[S2_F_SH] = S2_SH_INNER;
	desc->field[S2_F_XN] = px && ux ? 0 : ux ? 1 : px ? 3 : 2;
	desc->field[S2_F_SW] = (prot & S2_PROT_SW) / S2_PROT_SW0;
	return CLI_OK;
}

static int encode_field(struct cli *cli, const char *word, size_t len, struct s2_desc *desc)
{
	const char *equals = memchr(word, '=', len);
	enum s2_field field;
	char name[32], value[32];
	uint64_t v;

	if (equals == NULL)
		return cli_bad_option(cli, "field", "\"%.*s\": expected NAME=VALUE", (int)len, word);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - word), word);
	snprintf(value, sizeof(value), "%.*s", (int)(len - (size_t)(equals - word) - 1), equals + 1);
	if (s2_field_parse(name, &field) != 0)
		return cli_bad_option(cli, "field", "there is no field \"%s\"; decode lists the "
				      "fields of a descriptor", name);
	if (!cli_parse_number(value, &v))
		return cli_bad_option(cli, "field", "%s: \"%s\" is not a number", name, value);
	desc->field[field] = v;
	return CLI_OK;
}

static int run_encode(struct cli *cli, const struct cli_args *args)
{
	struct s2_json_descriptor out;
	struct s2_desc desc = { 0 };
	struct s2_format fmt;
	struct s2_error err;
	int status = cli_format(cli, args, &fmt);

	if (status == CLI_OK && cli_switch(args, "svg") && cli_switch(args, "text"))
		status = cli_bad_option(cli, "svg", "does not go with --text");
	if (status == CLI_OK)
		status = level_of(cli, args, &desc.level);
	if (status == CLI_OK)
		status = encode_type(cli, args, &desc);
	if (status == CLI_OK)
		status = cli_hex(cli, args, "oa", UINT64_MAX, &desc.oa);
	if (status == CLI_OK)
		status = encode_prot(cli, args, &fmt, &desc);
	for (const char *w = cli_option(args, "field"); w != NULL && status == CLI_OK;) {
		size_t len = strcspn(w, ",");

		status = encode_field(cli, w, len, &desc);
		w = w[len] == ',' ? w + len + 1 : NULL;
	}
	if (status != CLI_OK)
		return status;
	if (s2_desc_encode(&fmt, &desc, &out.raw, &err) != 0)
		return cli_fail(cli, CLI_USAGE, "encode: %s", err.message);
	out.level = desc.level;
	return print(cli, args, &fmt, &out, 1);
}

const struct cli_command cli_cmd_encode = {
	.name = "encode", .operands = "", .max_rest = 0,
	.summary = "put a stage-2 descriptor together",
	.help = "Prints it as decode would.",
	.examples = 
		"encode --oa 0x40000000 --prot R,W\n"
		"encode --level 2 --oa 0x40000000 --field memattr=6,sh=3",
	.options = encode_options, .run = run_encode,
};

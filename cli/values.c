/* SPDX-License-Identifier: MIT */
/* Values of options that several commands share. */
#include "cli.h"

#include <string.h>

#include "reader.h"

bool cli_parse_number(const char *text, uint64_t *value)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

	/* No units here: they are for sizes. */
	if (!hex && strspn(text, "0123456789") != strlen(text))
		return false;
	return s2i_parse_size(text, value) == 0;
}

bool cli_parse_size(const char *text, uint64_t *value)
{
	return text != NULL && s2i_parse_size(text, value) == 0;
}

bool cli_parse_descriptor(const char *text, uint64_t *value)
{
	char hex[24];

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	/* Leading zeros may be many: digits are counted by the parser. */
	return (size_t)snprintf(hex, sizeof(hex), "0x%s", text) < sizeof(hex) &&
	       s2i_parse_hex(hex, value) == 0;
}

int cli_names(struct cli *cli, const char *option, const char *text, const struct s2_name *names,
	      const char *prefix, const char *what, uint64_t *bits)
{
	*bits = 0;
	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		const char *near;
		char name[64];
		uint64_t one;

		snprintf(name, sizeof(name), "%.*s", (int)len, text);
		if (s2_name_find(names, prefix, name, &one) != 0) {
			near = s2_name_nearest(names, name);
			return cli_bad_option(cli, option, "\"%s\" is not %s%s%s%s", name, what,
					      near != NULL ? "; did you mean " : "",
					      near != NULL ? near : "", near != NULL ? "?" : "");
		}
		*bits |= one;
		text += len + (text[len] == ',');
	}
	return CLI_OK;
}

int cli_number(struct cli *cli, const struct cli_args *args, const char *option, uint64_t max,
	       uint64_t *value)
{
	const char *text = cli_option(args, option);
	uint64_t v;

	if (text == NULL)
		return CLI_OK;
	if (!cli_parse_number(text, &v) || v > max)
		return cli_bad_option(cli, option, "\"%s\": expected a number from 0 to %llu", text,
				      (unsigned long long)max);
	*value = v;
	return CLI_OK;
}

int cli_hex(struct cli *cli, const struct cli_args *args, const char *option, uint64_t max,
	    uint64_t *value)
{
	const char *text = cli_option(args, option);
	uint64_t v;

	if (text == NULL)
		return CLI_OK;
	if (!cli_parse_number(text, &v) || v > max)
		return cli_bad_option(cli, option, "\"%s\": expected a value up to 0x%llx", text,
				      (unsigned long long)max);
	*value = v;
	return CLI_OK;
}

int cli_granule(struct cli *cli, const struct cli_args *args, enum s2_granule *granule)
{
	const char *text = cli_option(args, "granule");

	if (text != NULL && s2_granule_parse(text, granule) != 0)
		return cli_bad_option(cli, "granule", "\"%s\": expected 4K, 16K or 64K", text);
	return CLI_OK;
}

int cli_format(struct cli *cli, const struct cli_args *args, struct s2_format *fmt)
{
	uint64_t oa_bits = 0;
	int status;

	*fmt = (struct s2_format){ .fwb = cli_switch(args, "fwb"),
				   .lpa2 = cli_switch(args, "lpa2"),
				   .lpa = cli_switch(args, "lpa"),
				   .xnx = cli_switch(args, "xnx") };
	status = cli_granule(cli, args, &fmt->granule);
	if (status == CLI_OK)
		status = cli_number(cli, args, "oa-bits", 52, &oa_bits);
	if (status == CLI_OK && oa_bits != 0 && oa_bits < 32)
		status = cli_bad_option(cli, "oa-bits", "expected 32 to 52");
	fmt->oa_bits = (unsigned)oa_bits;
	if (status == CLI_OK && fmt->lpa2 && fmt->granule == S2_GRANULE_64K)
		status = cli_bad_option(cli, "lpa2", "goes with 4K and 16K; 64K has --lpa");
	if (status == CLI_OK && fmt->lpa && fmt->granule != S2_GRANULE_64K)
		status = cli_bad_option(cli, "lpa", "goes with 64K; 4K and 16K have --lpa2");
	return status;
}

/* SPDX-License-Identifier: MIT */
/* Values of options that several commands share. */
#include "cli.h"

#include <stdlib.h>

/* Decimal or hex; false if it is neither. */
static bool parse_number(const char *text, uint64_t *value)
{
	unsigned long long v;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	v = strtoull(text, &end, text[1] == 'x' || text[1] == 'X' ? 16 : 10);
	*value = v;
	return *end == '\0';
}

int cli_number(struct cli *cli, const struct cli_args *args, const char *option, uint64_t max,
	       uint64_t *value)
{
	const char *text = cli_option(args, option);
	uint64_t v;

	if (text == NULL)
		return CLI_OK;
	if (!parse_number(text, &v) || v > max)
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
	if (!parse_number(text, &v) || v > max)
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

/* SPDX-License-Identifier: MIT */
/* Any word, in any format. */
#include "targets.h"

#include <string.h>
#include <s2pte/s2pte.h>

static void check_fields(const struct s2_format *fmt, int level, const struct s2_desc *desc,
			 uint64_t raw)
{
	uint64_t fields = 0;

	for (unsigned f = 0; f < S2_NR_FIELDS; f++) {
		uint64_t mask = s2_field_mask(fmt, desc->type, level, (enum s2_field)f);
		char text[80];

		MUST((fields & mask) == 0);
		fields |= mask;
		MUST((raw & mask) != 0 || desc->field[f] == 0);
		MUST(s2_field_meaning(fmt, desc->type, (enum s2_field)f, desc->field[f], text,
				      sizeof(text)) != NULL);
	}
	MUST((fields & s2_oa_mask(fmt, desc->type, level)) == 0);
	MUST((fields | s2_oa_mask(fmt, desc->type, level)) == ~s2_res0_mask(fmt, desc->type, level));
}

void fuzz_decode(const uint8_t *data, size_t size)
{
	struct s2_format fmt = { 0 };
	struct s2_lint lints[4];
	struct s2_desc desc;
	struct s2_error err;
	uint64_t raw, again, ipa;
	bool fits;
	int level;

	if (size < 18)
		return;
	fmt.granule = (enum s2_granule)(data[0] % S2_NR_GRANULES);
	fmt.fwb = data[0] & 0x10;
	fmt.lpa2 = data[0] & 0x20;
	fmt.lpa = data[0] & 0x40;
	fmt.xnx = data[0] & 0x80;
	level = data[1] % 5 - 1;
	fmt.oa_bits = data[1] < 128 ? 0 : 32 + data[1] % 21;
	memcpy(&raw, data + 2, sizeof(raw));
	memcpy(&ipa, data + 10, sizeof(ipa));

	s2_desc_decode(&fmt, level, raw, &desc);
	check_fields(&fmt, level, &desc, raw);
	fits = (raw & s2_res0_mask(&fmt, desc.type, level)) == 0 &&
	       (fmt.oa_bits == 0 || desc.oa >> fmt.oa_bits == 0);
	if (s2_desc_encode(&fmt, &desc, &again, &err) == 0)
		MUST(again == (raw & ~s2_res0_mask(&fmt, desc.type, level)));
	else
		MUST(!fits);
	for (size_t max = 0; max <= 4; max += 4)
		MUST(s2_desc_lint(&fmt, level, raw, lints, max) <= S2_NR_LINTS);
	s2_desc_lint_at(&fmt, level, ipa, raw, lints, 4);
}

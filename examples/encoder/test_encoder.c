/* SPDX-License-Identifier: MIT */
/*
 * A unit test of an encoder that one has written oneself. Three questions to libs2pte:
 * does it encode the same, does it read back what was meant, and does it find anything
 * wrong with the bits?
 */
#include "encoder.h"

#include <inttypes.h>
#include <stdio.h>

#include <s2pte/s2pte.h>

static const struct {
	const char *name;
	struct leaf leaf;
} rows[] = {
	{ "a page of RAM", { 0x80001000, 3, MEMORY_NORMAL, true, true, false } },
	{ "code, read-only", { 0x80002000, 3, MEMORY_NORMAL, true, false, true } },
	{ "a 2M block of RAM", { 0x80200000, 2, MEMORY_NORMAL, true, true, true } },
	{ "a 1G block of RAM", { 0x880000000, 1, MEMORY_NORMAL, true, true, true } },
	{ "a frame buffer", { 0x600080000000, 2, MEMORY_NORMAL_NC, true, true, false } },
	{ "device registers", { 0x600040000000, 3, MEMORY_DEVICE, true, true, false } },
	{ "execute-only code", { 0x80003000, 3, MEMORY_NORMAL, false, false, true } },
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static const enum s2_memtype types[] = {
	[MEMORY_NORMAL] = S2_MEM_NORMAL,
	[MEMORY_NORMAL_NC] = S2_MEM_NORMAL_NC,
	[MEMORY_DEVICE] = S2_MEM_DEVICE_nGnRE,
};

static unsigned n, failed;

static void ok(bool good, const char *what, const char *name, bool fwb)
{
	n++;
	failed += !good;
	printf("%s %u - %s: %s%s\n", good ? "ok" : "not ok", n, name, what, fwb ? " (FWB)" : "");
}

/* What was meant, field by field, in the architecture's terms. */
static struct s2_desc meant(const struct leaf *leaf, bool fwb)
{
	struct s2_desc desc = {
		.type = leaf->level == S2_LEVEL_LAST ? S2_DESC_PAGE : S2_DESC_BLOCK,
		.level = leaf->level,
		.oa = leaf->pa,
	};

	desc.field[S2_F_MEMATTR] = s2_kvm_memattr(fwb, types[leaf->memory]);
	desc.field[S2_F_S2AP] = (leaf->read ? 1u : 0u) | (leaf->write ? 2u : 0u);
	desc.field[S2_F_SH] = S2_SH_INNER;
	desc.field[S2_F_AF] = 1;
	/* Two bits wide with FEAT_XNX; without it bit 54 is the upper one. */
	desc.field[S2_F_XN] = leaf->exec ? 0 : 2;
	return desc;
}

static void check(const char *name, const struct leaf *leaf, bool fwb)
{
	const struct s2_format fmt = { .granule = S2_GRANULE_4K, .fwb = fwb, .xnx = true };
	const struct s2_desc want = meant(leaf, fwb);
	const uint64_t raw = encode_leaf(leaf, fwb);
	struct s2_error err = { 0 };
	struct s2_lint lint;
	struct s2_desc got;
	uint64_t theirs = 0;
	bool same;

	same = s2_desc_encode(&fmt, &want, &theirs, &err) == 0 && theirs == raw;
	ok(same, "encodes the same", name, fwb);
	if (!same)
		printf("# 0x%016" PRIx64 ", libs2pte 0x%016" PRIx64 " %s\n", raw, theirs, err.message);

	s2_desc_decode(&fmt, leaf->level, raw, &got);
	same = got.type == want.type && got.oa == want.oa;
	for (unsigned i = S2_F_MEMATTR; i < S2_NR_FIELDS; i++) {
		if (got.field[i] == want.field[i])
			continue;
		printf("# %s is %" PRIu64 ", meant was %" PRIu64 "\n", s2_field_name((enum s2_field)i),
		       got.field[i], want.field[i]);
		same = false;
	}
	ok(same, "reads back as meant", name, fwb);

	same = s2_desc_lint(&fmt, leaf->level, raw, &lint, 1) == 0;
	ok(same, "has no lints", name, fwb);
	if (!same)
		printf("# %s: %s\n", s2_lint_name(lint.id), lint.message);
}

int main(void)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		check(rows[i].name, &rows[i].leaf, false);
		check(rows[i].name, &rows[i].leaf, true);
	}
	printf("1..%u\n", n);
	return failed != 0;
}

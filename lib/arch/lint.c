/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with a descriptor. Checks of a single field hang in the field table; those
 * of the whole entry are below them.
 */
#include "fields.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
	const char *name, *help;
} lints[S2_NR_LINTS] = {
	[S2_LINT_RES0] = { "res0", "bits are set that must be 0" },
	[S2_LINT_MEMATTR_RESERVED] = {
		"memattr-reserved", "MemAttr has no meaning under this HCR_EL2.FWB" },
	[S2_LINT_SH_RESERVED] = { "sh-reserved", "SH is 0b01, which is reserved" },
	[S2_LINT_OA_SIZE] = {
		"oa-size", "the address is beyond the output size: an address size fault" },
	[S2_LINT_CONTIGUOUS_ALIGN] = {
		"contiguous-misaligned",
		"Contiguous is set where no run of entries can be, or input and output address do "
		"not agree within the run" },
	[S2_LINT_BLOCK_LEVEL] = { "block-level", "no block may stand at this level" },
	[S2_LINT_PAGE_TYPE] = {
		"page-type", "bit 1 is clear at level 3: the entry faults like an invalid one" },
	[S2_LINT_XN_NEEDS_XNX] = { "xn-needs-xnx", "bit 53 is set and the CPU lacks FEAT_XNX" },
	[S2_LINT_NT] = { "nt-set", "nT is set: allowed, but meant for the time of a change only" },
	[S2_LINT_LEVEL] = { "level", "the granule has no such level in this format" },
};

const char *s2_lint_name(enum s2_lint_id id)
{
	return (unsigned)id < S2_NR_LINTS ? lints[id].name : NULL;
}

const char *s2_lint_help(enum s2_lint_id id)
{
	return (unsigned)id < S2_NR_LINTS ? lints[id].help : NULL;
}

/* ---- Checks of one field, called from the field table ---- */

bool s2i_check_type(const struct s2i_lint_ctx *ctx, uint64_t value, char *msg, size_t size)
{
	(void)value;
	if (ctx->desc->type != S2_DESC_RESERVED)
		return false;
	snprintf(msg, size,
		 "bit 1 (Type) is 0 at level 3, expected 1 for a page: the entry faults");
	return true;
}

bool s2i_check_memattr(const struct s2i_lint_ctx *ctx, uint64_t value, char *msg, size_t size)
{
	bool fwb = ctx->fmt->fwb;

	if (!s2_memattr_reserved(fwb, (unsigned)value))
		return false;
	snprintf(msg, size,
		 "bits 5:2 (MemAttr) are 0x%" PRIx64 ", reserved with FWB=%d, expected %s", value,
		 fwb, fwb ? "0-3 or 5-7" : "0-3, 5-7, 9-0xb or 0xd-0xf");
	return true;
}

bool s2i_check_sh(const struct s2i_lint_ctx *ctx, uint64_t value, char *msg, size_t size)
{
	(void)ctx;
	if (value != S2_SH_RESERVED)
		return false;
	snprintf(msg, size, "bits 9:8 (SH) are 0b01, reserved, expected 0b00, 0b10 or 0b11");
	return true;
}

bool s2i_check_nt(const struct s2i_lint_ctx *ctx, uint64_t value, char *msg, size_t size)
{
	(void)ctx;
	if (value == 0)
		return false;
	snprintf(msg, size,
		 "bit 16 (nT) is 1, expected 0 outside a change of block size (FEAT_BBM)");
	return true;
}

bool s2i_check_xn(const struct s2i_lint_ctx *ctx, uint64_t value, char *msg, size_t size)
{
	if (ctx->fmt->xnx || (value & 1u) == 0)
		return false;
	snprintf(msg, size, "bit 53 (XN[0]) is 1, expected 0: without FEAT_XNX it is RES0 and "
			    "bit 54 alone decides");
	return true;
}

/*
 * Each entry of a run has the address bits of its place in it: below the size of the run
 * the output address must agree with the input address. Where that is not known the entry
 * is taken for the first of its run, and the message says so.
 */
bool s2i_check_contiguous(const struct s2i_lint_ctx *ctx, uint64_t value, char *msg, size_t size)
{
	enum s2_granule granule = ctx->fmt->granule;
	int level = ctx->desc->level;
	unsigned run = s2i_contiguous_shift(granule, level);
	unsigned shift = s2i_oa_shift(ctx->fmt, ctx->desc->type, level);
	uint64_t place;

	if (value == 0)
		return false;
	if (run == 0) {
		snprintf(msg, size,
			 "bit 52 (Contiguous) is 1, expected 0: %s has no contiguous runs "
			 "at level %d",
			 s2_granule_name(granule), level);
		return true;
	}
	place = S2I_ONES(run) << shift;
	if (((ctx->ipa ^ ctx->desc->oa) & place) == 0)
		return false;
	if (!ctx->has_ipa) {
		snprintf(msg, size,
			 "bit 52 (Contiguous) is 1 and address bits %u:%u are 0x%" PRIx64
			 ", expected 0 unless the entry is not the first of its run", shift + run - 1u,
			 shift, ctx->desc->oa & place);
		return true;
	}
	snprintf(msg, size,
		 "bit 52 (Contiguous) is 1, expected address bits %u:%u of input (0x%" PRIx64
		 ") and output (0x%" PRIx64 ") to agree",
		 shift + run - 1u, shift, ctx->ipa & place, ctx->desc->oa & place);
	return true;
}

/* ---- The collector ---- */

struct sink {
	struct s2_lint *out;
	size_t max, count;
	struct s2_lint spare; /* past @max the lints are counted only */
};

static struct s2_lint *sink_next(struct sink *sink, enum s2_lint_id id)
{
	struct s2_lint *lint = sink->count < sink->max ? &sink->out[sink->count] : &sink->spare;

	sink->count++;
	lint->id = id;
	return lint;
}

/* ---- Checks of the whole entry ---- */

static void check_level(const struct s2i_lint_ctx *ctx, struct sink *sink)
{
	const char *granule = s2_granule_name(ctx->fmt->granule);
	int level = ctx->desc->level, first = S2_LEVEL_LAST;
	struct s2_lint *lint;

	if (!s2i_level_exists(ctx->fmt, level)) {
		while (s2i_level_exists(ctx->fmt, first - 1))
			first--;
		lint = sink_next(sink, S2_LINT_LEVEL);
		snprintf(lint->message, sizeof(lint->message),
			 "level %d does not exist with %s%s, expected %d to 3", level, granule,
			 s2i_ds(ctx->fmt) ? " and LPA2" : "", first);
	}
	if (ctx->desc->type == S2_DESC_BLOCK && !s2i_block_exists(ctx->fmt, level)) {
		first = S2_LEVEL_LAST - 1;
		while (s2i_block_exists(ctx->fmt, first - 1))
			first--;
		lint = sink_next(sink, S2_LINT_BLOCK_LEVEL);
		snprintf(lint->message, sizeof(lint->message),
			 "bits 1:0 are 0b01, a block, at level %d with %s, expected level %s2",
			 level, granule, first == 0 ? "0 to " : first == 1 ? "1 to " : "");
	}
}

static void check_res0(const struct s2i_lint_ctx *ctx, uint64_t raw, struct sink *sink)
{
	const struct s2_desc *desc = ctx->desc;
	uint64_t bad = raw & s2_res0_mask(ctx->fmt, desc->type, desc->level);
	struct s2_lint *lint;
	char bits[96];

	if (bad == 0)
		return;
	lint = sink_next(sink, S2_LINT_RES0);
	snprintf(lint->message, sizeof(lint->message),
		 "expected 0 in a %s at level %d (%s): bits %s", s2_desc_type_name(desc->type),
		 desc->level, s2_granule_name(ctx->fmt->granule),
		 s2i_bits_text(bad, bits, sizeof(bits)));
}

static void check_oa(const struct s2i_lint_ctx *ctx, struct sink *sink)
{
	unsigned oa_bits = s2i_oa_bits(ctx->fmt);
	struct s2_lint *lint;
	char bits[64];

	if (ctx->desc->oa >> oa_bits == 0)
		return;
	lint = sink_next(sink, S2_LINT_OA_SIZE);
	snprintf(lint->message, sizeof(lint->message),
		 "address 0x%" PRIx64 " needs less than %u bits, expected 0 in its bits %s",
		 ctx->desc->oa, oa_bits + 1u,
		 s2i_bits_text(ctx->desc->oa & ~S2I_ONES(oa_bits), bits, sizeof(bits)));
}

static void check_fields(const struct s2i_lint_ctx *ctx, struct sink *sink)
{
	enum s2_desc_type type = ctx->desc->type;

	for (unsigned f = 0; f < S2_NR_FIELDS; f++) {
		const struct s2i_row *row = &s2i_fields[f];
		char msg[sizeof(((struct s2_lint *)0)->message)];
		struct s2_lint *lint;

		if (row->check == NULL ||
		    s2i_field_value_mask(ctx->fmt, type, (enum s2_field)f) == 0)
			continue;
		/* A reserved entry faults before the walk looks at any other field. */
		if (type == S2_DESC_RESERVED && f != S2_F_TYPE)
			continue;
		if (!row->check(ctx, ctx->desc->field[f], msg, sizeof(msg)))
			continue;
		lint = sink_next(sink, (enum s2_lint_id)row->lint);
		snprintf(lint->message, sizeof(lint->message), "%s", msg);
	}
}

static size_t lint_entry(const struct s2_format *fmt, int level, const uint64_t *ipa, uint64_t raw,
			 struct s2_lint *out, size_t max)
{
	struct sink sink = { .out = out, .max = max };
	struct s2_desc desc;
	struct s2i_lint_ctx ctx = {
		.fmt = fmt, .desc = &desc, .has_ipa = ipa != NULL, .ipa = ipa != NULL ? *ipa : 0,
	};

	s2_desc_decode(fmt, level, raw, &desc);
	check_level(&ctx, &sink);
	check_fields(&ctx, &sink);
	if (desc.type != S2_DESC_RESERVED) {
		check_res0(&ctx, raw, &sink);
		check_oa(&ctx, &sink);
	}
	return sink.count;
}

size_t s2_desc_lint(const struct s2_format *fmt, int level, uint64_t raw, struct s2_lint *out,
		    size_t max)
{
	return lint_entry(fmt, level, NULL, raw, out, max);
}

size_t s2_desc_lint_at(const struct s2_format *fmt, int level, uint64_t ipa, uint64_t raw,
		       struct s2_lint *out, size_t max)
{
	return lint_entry(fmt, level, &ipa, raw, out, max);
}

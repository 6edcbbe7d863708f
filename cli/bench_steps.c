/* SPDX-License-Identifier: MIT */
/* Measured: the codec, a decision, and a line of a batch with all that it takes. */
#include "bench.h"

#include <string.h>
#include <time.h>

static volatile uint64_t sink;

void bench_use(uint64_t value)
{
	sink = value;
}

double bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

#define N_DESCS 128 /* fits the first-level cache, as a walk's descriptors do */

/* Entries as KVM writes them, with permissions, types and addresses mixed. */
static uint64_t descriptor(uint64_t i)
{
	static const uint64_t attrs[] = { 0x7db, 0x75b, 0x4000000000007db, 0x4000000000007d7,
					  0x4000000000007c7, 0x4000000000007df, 0x75f, 0x7db };

	return attrs[i % 8] | (i * 0x9e3779b1u & 0xfffffff) << 12;
}

static const struct s2_format format = { .granule = S2_GRANULE_4K, .fwb = true };

static bool measure_decode(const struct bench *bench, double *ns)
{
	uint64_t raw[N_DESCS], sum = 0;
	double start;

	for (uint64_t i = 0; i < N_DESCS; i++)
		raw[i] = descriptor(i);
	start = bench_now();
	for (uint64_t i = 0; i < bench->ops; i++) {
		struct s2_desc desc;

		s2_desc_decode(&format, S2_LEVEL_LAST, raw[i % N_DESCS], &desc);
		sum += desc.oa + desc.field[S2_F_S2AP];
	}
	*ns = bench_now() - start;
	bench_use(sum);
	return true;
}

static bool measure_encode(const struct bench *bench, double *ns)
{
	static const struct s2_format *const fmt = &format;
	struct s2_desc desc[N_DESCS];
	uint64_t raw, sum = 0;
	double start;

	for (uint64_t i = 0; i < N_DESCS; i++)
		s2_desc_decode(fmt, S2_LEVEL_LAST, descriptor(i), &desc[i]);
	start = bench_now();
	for (uint64_t i = 0; i < bench->ops; i++)
		if (s2_desc_encode(fmt, &desc[i % N_DESCS], &raw, NULL) == 0)
			sum += raw;
	*ns = bench_now() - start;
	bench_use(sum);
	return true;
}

/* Faults of all kinds over the newest revision; none of them twice in a row. */
static bool measure_decide(const struct bench *bench, double *ns)
{
	const struct s2_revision *rev = s2_revision_find("latest");
	const uint64_t base = S2_FACT_BIT(S2_FACT_SLOT) | S2_FACT_BIT(S2_FACT_VMA) |
			      S2_FACT_BIT(S2_FACT_VMA_READ_OR_EXEC);
	static const uint64_t mixed[] = {
		S2_FACT_BIT(S2_FACT_FWB) | S2_FACT_BIT(S2_FACT_DIC),
		S2_FACT_BIT(S2_FACT_VMA_CACHEABLE) | S2_FACT_BIT(S2_FACT_MAP_MEMORY),
		S2_FACT_BIT(S2_FACT_VMA_WRITE) | S2_FACT_BIT(S2_FACT_HOST_WRITABLE),
		S2_FACT_BIT(S2_FACT_WRITE),
		S2_FACT_BIT(S2_FACT_VMA_PFNMAP),
		S2_FACT_BIT(S2_FACT_PERMISSION),
		S2_FACT_BIT(S2_FACT_SLOT_LOGGING),
	};
	uint64_t facts[128], sum = 0;
	double start;

	for (unsigned i = 0; i < 128; i++) {
		facts[i] = base;
		for (unsigned bit = 0; bit < 7; bit++)
			/* Bit by bit in Gray order, backwards on odd ones. */
			if (((i ^ i >> 1) >> bit & 1) == 0)
				facts[i] |= mixed[bit];
		facts[i] = s2_facts_derive(facts[i]);
	}
	start = bench_now();
	for (uint64_t i = 0; i < bench->ops; i++) {
		struct s2_verdict verdict;

		s2_decide(rev, S2_STAGES_FAULT, facts[i % 128], &verdict);
		sum += verdict.fired;
	}
	*ns = bench_now() - start;
	bench_use(sum);
	return true;
}

static const char line[] =
	"{\"id\":1,\"kernel\":\"v9\",\"cpu\":{\"fwb\":true,\"dic\":true},"
	"\"vmas\":[{\"start\":\"0x7f0000000000\",\"end\":\"0x7f0040000000\",\"flags\":[\"READ\","
	"\"WRITE\",\"SHARED\",\"MAYWRITE\",\"PFNMAP\"],\"pgprot\":\"NORMAL\",\"backing\":"
	"{\"pa\":\"0x4000000000\",\"writable\":true,\"mapping\":\"2M\"}}],"
	"\"memslots\":[{\"slot\":0,\"gpa\":\"0x40000000\",\"size\":\"1G\","
	"\"hva\":\"0x7f0000000000\"}],"
	"\"events\":[{\"op\":\"fault\",\"ipa\":\"0x40001000\",\"access\":\"write\"}]}";

static int count_bytes(void *arg, const char *data, size_t size)
{
	(void)data;
	*(uint64_t *)arg += size;
	return 0;
}

static bool measure_batch_line(const struct bench *bench, double *ns)
{
	uint64_t bytes = 0;
	struct s2_json_sink out = { count_bytes, &bytes };
	double start = bench_now();

	for (uint64_t i = 0; i < bench->ops; i++)
		if (s2_json_run(line, sizeof(line) - 1, NULL, S2_JSON_LINE, &out) != 0)
			return false;
	*ns = bench_now() - start;
	bench_use(bytes);
	return true;
}

const struct bench bench_steps[] = {
	{ "encode", "a page's descriptor put together", 2000000, measure_encode },
	{ "decode", "a page's descriptor taken apart", 2000000, measure_decode },
	{ "decide", "facts to verdict, newest kernel", 1000000, measure_decide },
	{ "batch_line", "a scenario with one fault, from text to text", 2000, measure_batch_line },
	{ NULL, NULL, 0, NULL },
};

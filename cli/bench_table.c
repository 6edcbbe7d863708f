/* SPDX-License-Identifier: MIT */
/* Measured: the page table, with callbacks that count and record nothing. */
#include "bench.h"

#include <stdlib.h>

#define IPA   UINT64_C(0x40000000)
#define PA    UINT64_C(0x80000000)
#define PAGE  UINT64_C(4096)
#define BLOCK UINT64_C(0x200000)
#define GiB   UINT64_C(0x40000000)
#define PAGES (GiB / PAGE)

static void count_range(void *arg, uint64_t address, uint64_t size)
{
	(void)address;
	(void)size;
	++*(uint64_t *)arg;
}

static void count_ipa(void *arg, uint64_t ipa, int level)
{
	(void)ipa;
	(void)level;
	++*(uint64_t *)arg;
}

static void count_vmid(void *arg)
{
	++*(uint64_t *)arg;
}

/* 4K pages, 40-bit IPA, the newest kernel's table. */
static struct s2_pgtable *new_table(uint64_t *count)
{
	struct s2_pgtable_config config = {
		.format = { .granule = S2_GRANULE_4K },
		.ops = { .dcache_clean_inval_poc = count_range, .icache_inval_pou = count_range,
			 .tlbi_ipa = count_ipa, .tlbi_ipa_nsh = count_ipa,
			 .tlbi_range = count_range, .tlbi_vmid = count_vmid },
		.arg = count,
	};
	struct s2_vtcr_cpu cpu = { .parange = 5 };
	struct s2_pgtable *pgt;

	*count = 0;
	if (s2_geometry_init(&config.geometry, S2_GRANULE_4K, 40, &cpu) != 0 ||
	    s2_pgtable_new(&pgt, &config) != 0)
		return NULL;
	return pgt;
}

/* Map @n pieces of @size; in the order of @order, or one after the other. */
static bool map_pieces(struct s2_pgtable *pgt, uint64_t n, uint64_t size, const uint32_t *order)
{
	struct s2_memcache mc = { SIZE_MAX };

	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = (order != NULL ? order[i] : i) * size;

		if (s2_pgtable_map(pgt, IPA + at, size, PA + at, S2_PROT_R | S2_PROT_X, &mc,
				   true) != 0)
			return false;
	}
	return true;
}

/*
 * An empty table with room for @n pieces: it has had them once, so that the host's
 * page faults are not measured along.
 */
static struct s2_pgtable *new_warm_table(uint64_t *count, uint64_t n, uint64_t size)
{
	struct s2_pgtable *pgt = new_table(count);

	if (pgt != NULL && (!map_pieces(pgt, n, size, NULL) ||
			    s2_pgtable_unmap(pgt, IPA, n * size) != 0)) {
		s2_pgtable_free(pgt);
		return NULL;
	}
	return pgt;
}

static bool measure_map(uint64_t n, uint64_t size, const uint32_t *order, double *ns)
{
	uint64_t count = 0;
	struct s2_pgtable *pgt = new_warm_table(&count, n, size);
	double start = bench_now();
	bool done = pgt != NULL && map_pieces(pgt, n, size, order);

	*ns = bench_now() - start;
	s2_pgtable_free(pgt);
	bench_use(count);
	return done;
}

static bool measure_sequential(const struct bench *bench, double *ns)
{
	return measure_map(bench->ops, PAGE, NULL, ns);
}

static bool measure_blocks(const struct bench *bench, double *ns)
{
	return measure_map(bench->ops, BLOCK, NULL, ns);
}

/* Fisher-Yates with a fixed seed: every measurement goes the same way. */
static uint32_t *shuffled(uint64_t n)
{
	uint32_t *order = calloc(n, sizeof(*order));
	uint64_t seed = 1;

	for (uint64_t i = 0; order != NULL && i < n; i++) {
		uint64_t j;

		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		j = (seed >> 33) % (i + 1);
		order[i] = order[j];
		order[j] = (uint32_t)i;
	}
	return order;
}

static bool measure_random(const struct bench *bench, double *ns)
{
	uint32_t *order = shuffled(bench->ops);
	bool done = order != NULL && measure_map(bench->ops, PAGE, order, ns);

	free(order);
	return done;
}

static bool measure_relax(const struct bench *bench, double *ns)
{
	uint64_t count = 0;
	struct s2_pgtable *pgt = new_table(&count);
	bool done = pgt != NULL && map_pieces(pgt, bench->ops, PAGE, NULL);
	double start = bench_now();

	for (uint64_t i = 0; done && i < bench->ops; i++)
		done = s2_pgtable_relax(pgt, IPA + i * PAGE, S2_PROT_R | S2_PROT_W) == 0;
	*ns = bench_now() - start;
	s2_pgtable_free(pgt);
	bench_use(count);
	return done;
}

/* One call, with a PA that no block can have. */
static bool measure_by_pages(const struct bench *bench, double *ns)
{
	uint64_t count = 0;
	struct s2_pgtable *pgt = new_warm_table(&count, bench->ops, PAGE);
	struct s2_memcache mc = { SIZE_MAX };
	double start = bench_now();
	bool done = pgt != NULL && s2_pgtable_map(pgt, IPA, bench->ops * PAGE, PA + PAGE,
						  S2_PROT_R | S2_PROT_X, &mc, true) == 0;

	*ns = bench_now() - start;
	s2_pgtable_free(pgt);
	bench_use(count);
	return done;
}

const struct bench bench_table[] = {
	{ "map_4k_sequential", "1 GiB page by page, a call each", PAGES, measure_sequential },
	{ "map_4k_random", "the same in random order", PAGES, measure_random },
	{ "map_2m", "16 GiB by 2 MiB blocks, a call each", 16 * GiB / BLOCK, measure_blocks },
	{ "relax", "write permission for each page of 1 GiB", PAGES, measure_relax },
	{ "map_1g_by_pages", "1 GiB by pages in one call, a page", PAGES, measure_by_pages },
	{ NULL, NULL, 0, NULL },
};

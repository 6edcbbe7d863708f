/* SPDX-License-Identifier: MIT */
/*
 * The tree against a deliberately naive reference: a flat array with one cell a page.
 * Whatever sequence of operations happens, translation of what was touched and of its
 * neighbours agrees, bit for bit, and there are as many tables as the cells ask for.
 */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <s2pte/pgtable.h>

#include "suites.h"

/* v6.12's table, and v7.3's, which has no quirk left. */
#define OLD (S2_TABLE_LOCKED_BIT10 | S2_TABLE_XN_SINGLE | S2_TABLE_MAP_PASSES_EAGAIN)

static const struct params {
	const char *name;
	enum s2_granule granule;
	unsigned ipa_bits;
	bool wide; /* LPA2, or LPA with 64K */
	bool fwb, xnx, tlbi_range;
	uint32_t quirks;
} params[] = {
	{ "4K 32 bits, old", S2_GRANULE_4K, 32, false, false, false, false, OLD },
	{ "4K 32 bits", S2_GRANULE_4K, 32, false, true, true, true, 0 },
	{ "4K 36 bits", S2_GRANULE_4K, 36, false, true, false, true, 0 },
	{ "4K 39 bits, old", S2_GRANULE_4K, 39, false, true, false, true, OLD },
	{ "4K 40 bits, old", S2_GRANULE_4K, 40, false, false, true, true, OLD },
	{ "4K 40 bits", S2_GRANULE_4K, 40, false, false, true, false, 0 },
	{ "4K 43 bits, 16 entry tables", S2_GRANULE_4K, 43, false, true, true, true, 0 },
	{ "4K 48 bits, old", S2_GRANULE_4K, 48, false, true, false, false, OLD },
	{ "4K 48 bits", S2_GRANULE_4K, 48, false, true, false, true, 0 },
	{ "4K 52 bits, LPA2, old", S2_GRANULE_4K, 52, true, true, true, true, OLD },
	{ "4K 52 bits, LPA2", S2_GRANULE_4K, 52, true, false, true, true, 0 },
	{ "16K 33 bits, old", S2_GRANULE_16K, 33, false, false, false, false, OLD },
	{ "16K 40 bits", S2_GRANULE_16K, 40, false, true, true, true, 0 },
	{ "16K 47 bits", S2_GRANULE_16K, 47, false, false, false, true, 0 },
	{ "16K 48 bits, old", S2_GRANULE_16K, 48, false, true, true, true, OLD },
	{ "16K 51 bits, LPA2", S2_GRANULE_16K, 51, true, true, true, false, 0 },
	{ "16K 52 bits, LPA2, old", S2_GRANULE_16K, 52, true, true, false, true, OLD },
	{ "64K 32 bits", S2_GRANULE_64K, 32, false, false, true, true, 0 },
	{ "64K 34 bits, old", S2_GRANULE_64K, 34, false, true, false, true, OLD },
	{ "64K 42 bits", S2_GRANULE_64K, 42, false, true, true, true, 0 },
	{ "64K 46 bits, 16 entry tables", S2_GRANULE_64K, 46, false, false, false, false, 0 },
	{ "64K 48 bits, old", S2_GRANULE_64K, 48, false, false, true, false, OLD },
	{ "64K 52 bits, LPA", S2_GRANULE_64K, 52, true, true, true, true, 0 },
};
#define N_PARAMS ((int)(sizeof(params) / sizeof(params[0])))

enum { R = 1, W = 2, PX = 4, UX = 8 };
enum memtype { NORMAL, NORMAL_NC, DEVICE };

/* One page. All pages of a block have the same but for the address. */
struct cell {
	uint64_t pa;
	uint8_t perms, type, sw;
	int8_t level; /* of the leaf */
	bool valid, af;
};

struct model {
	const struct params *p;
	unsigned page_shift, index_bits;
	int start, min_block;
	uint64_t base; /* IPA of the first cell */
	size_t n;
	struct cell *cells;
	struct s2_pgtable *pgt;
	uint64_t seed, events;
};

static uint64_t random64(struct model *m)
{
	/* splitmix64 */
	uint64_t z = m->seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint64_t below(struct model *m, uint64_t n)
{
	return random64(m) % n;
}

static uint64_t size_of(const struct model *m, int level)
{
	return UINT64_C(1) << (m->page_shift + (unsigned)(3 - level) * m->index_bits);
}

/* The entry, from the manual's tables and nothing of the library. */
static uint64_t entry_of(const struct model *m, const struct cell *c)
{
	static const unsigned xn_of[4] = { 2, 3, 1, 0 }; /* by UX, PX */
	static const unsigned memattr[2][3] = { { 15, 5, 1 }, { 6, 5, 1 } };
	bool lpa2 = m->p->wide && m->p->granule != S2_GRANULE_64K;
	bool lpa = m->p->wide && m->p->granule == S2_GRANULE_64K;
	uint64_t pte = c->level == 3 ? 3 : 1;
	bool both = (c->perms & (PX | UX)) == (PX | UX);

	if (!c->valid)
		return 0;
	pte |= (uint64_t)memattr[m->p->fwb][c->type] << 2;
	pte |= (uint64_t)(c->perms & (R | W)) << 6;
	if (!lpa2)
		pte |= 3u << 8;
	pte |= (uint64_t)c->af << 10;
	if ((m->p->quirks & S2_TABLE_XN_SINGLE) != 0)
		pte |= both ? 0 : UINT64_C(1) << 54;
	else
		pte |= (uint64_t)xn_of[c->perms >> 2] << 53;
	pte |= (uint64_t)c->sw << 55;
	if (lpa2)
		return pte | (c->pa & ((UINT64_C(1) << 50) - 1)) | (c->pa >> 50 & 3) << 8;
	if (lpa)
		return pte | (c->pa & ((UINT64_C(1) << 48) - 1)) | (c->pa >> 48 & 15) << 12;
	return pte | c->pa;
}

static void check_page(struct model *m, size_t i)
{
	uint64_t ipa = m->base + ((uint64_t)i << m->page_shift);
	struct cell first = m->cells[i];
	struct s2_walk_entry entries[S2_MAX_LEVELS];
	uint64_t want;
	size_t n;

	/* A block's entry has the address of its start. */
	if (first.valid)
		first.pa &= ~(size_of(m, first.level) - 1);
	want = entry_of(m, &first);
	/* Millions of these: ck_assert() would make a system call of each. */
	if (s2_pgtable_walk(m->pgt, ipa, entries, &n) != 0 || entries[n - 1].pte != want ||
	    (first.valid && entries[n - 1].level != first.level) || entries[0].level != m->start)
		ck_abort_msg("%s, event %" PRIu64 ": 0x%" PRIx64 " has 0x%016" PRIx64
			     " at level %d, expected 0x%016" PRIx64,
			     m->p->name, m->events, ipa, entries[n - 1].pte, entries[n - 1].level,
			     want);
}

/* The pages [i, i + n) and their neighbours; of many pages, the edges and a sample. */
static void check_pages(struct model *m, size_t i, size_t n)
{
	size_t from = i > 4 ? i - 4 : 0, to = i + n + 4 < m->n ? i + n + 4 : m->n;

	if (to - from <= 1500) {
		for (; from < to; from++)
			check_page(m, from);
		return;
	}
	for (size_t k = 0; k < 16; k++) {
		check_page(m, from + k);
		check_page(m, to - 1 - k);
	}
	for (unsigned k = 0; k < 300; k++)
		check_page(m, from + (size_t)below(m, to - from));
	/* Where tables meet. */
	for (size_t k = from; k < to; k++)
		if ((k & (((size_t)1 << m->index_bits) - 1)) == 0) {
			check_page(m, k);
			if (k != 0)
				check_page(m, k - 1);
		}
}

/* A table of @level for each stretch of IPAs with a leaf at that level or below. */
static size_t tables_wanted(const struct model *m)
{
	size_t n = 0;

	for (int level = m->start + 1; level <= 3; level++) {
		uint64_t span = size_of(m, level) << m->index_bits, last = UINT64_MAX;

		for (size_t i = 0; i < m->n; i++) {
			uint64_t at = (m->base + ((uint64_t)i << m->page_shift)) / span;

			if (!m->cells[i].valid || m->cells[i].level < level || at == last)
				continue;
			last = at;
			n++;
		}
	}
	return n;
}

static size_t index_of(const struct model *m, uint64_t ipa)
{
	return (size_t)((ipa - m->base) >> m->page_shift);
}

/* ---- The operations, by pages ---- */

/* The pages of the leaf that covers page @i. */
static size_t leaf_start(const struct model *m, size_t i, size_t *n)
{
	*n = (size_t)(size_of(m, m->cells[i].level) >> m->page_shift);
	return i & ~(*n - 1);
}

static void clear(struct model *m, size_t i, size_t n)
{
	memset(&m->cells[i], 0, n * sizeof(*m->cells));
}

static int model_map(struct model *m, uint64_t ipa, uint64_t size, uint64_t pa,
		     const struct cell *what, bool shared)
{
	uint64_t end = ipa + size;
	bool passes = !shared && (m->p->quirks & S2_TABLE_MAP_PASSES_EAGAIN) != 0;

	while (ipa < end) {
		size_t i = index_of(m, ipa), n;
		struct cell new = *what;
		int level = m->min_block > m->start ? m->min_block : m->start;
		bool same;

		while (level < 3 && (((ipa | pa) & (size_of(m, level) - 1)) != 0 ||
				     size_of(m, level) > end - ipa))
			level++;
		/* A larger block is broken up; the rest of it is gone. */
		if (m->cells[i].valid && m->cells[i].level < level) {
			size_t start = leaf_start(m, i, &n);

			clear(m, start, n);
		}
		n = (size_t)(size_of(m, level) >> m->page_shift);
		new.level = (int8_t)level;
		new.valid = new.af = true;
		new.pa = pa;
		same = m->cells[i].valid && m->cells[i].level == level &&
		       m->cells[i].pa == pa && m->cells[i].type == new.type &&
		       m->cells[i].sw == new.sw && m->cells[i].af;
		if (same && !passes)
			return -S2_K_EAGAIN;
		for (size_t k = 0; k < n && !same; k++) {
			m->cells[i + k] = new;
			new.pa += UINT64_C(1) << m->page_shift;
		}
		ipa += size_of(m, level);
		pa += size_of(m, level);
	}
	return 0;
}

enum change { UNMAP, WRPROTECT, YOUNG, OLD_AGE, TEST_AGE };

/* To every leaf that the range touches, to the whole of it; returns whether one was young. */
static bool model_change(struct model *m, uint64_t ipa, uint64_t size, enum change change)
{
	size_t i = index_of(m, ipa), end = index_of(m, ipa + size), n = 1;
	bool young = false;

	for (; i < end; i += n) {
		size_t start;

		n = 1;
		if (!m->cells[i].valid)
			continue;
		start = leaf_start(m, i, &n);
		young |= m->cells[i].af;
		if (change == UNMAP)
			clear(m, start, n);
		for (size_t k = start; k < start + n; k++) {
			if (change == WRPROTECT)
				m->cells[k].perms &= (uint8_t)~W;
			if (change == YOUNG)
				m->cells[k].af = true;
			if (change == OLD_AGE)
				m->cells[k].af = false;
		}
		n -= i - start;
	}
	return young;
}

static int model_relax(struct model *m, uint64_t ipa, unsigned perms)
{
	size_t n, i = index_of(m, ipa), start;

	if (!m->cells[i].valid)
		return -S2_K_EAGAIN;
	start = leaf_start(m, i, &n);
	for (size_t k = start; k < start + n; k++) {
		m->cells[k].perms |= (uint8_t)(perms & (R | W));
		/* Execution is replaced as a whole, whatever the memory is. */
		if ((perms & (PX | UX)) != 0)
			m->cells[k].perms = (uint8_t)((m->cells[k].perms & (R | W)) |
						      (perms & (PX | UX)));
	}
	return 0;
}

static int model_split(struct model *m, uint64_t ipa, uint64_t size, size_t pages)
{
	size_t i = index_of(m, ipa), end = index_of(m, ipa + size);

	while (i < end) {
		size_t n, start, need;
		int level = m->cells[i].level;

		if (!m->cells[i].valid || level == 3) {
			i++;
			continue;
		}
		if (pages == 0)
			return -S2_K_ENOMEM;
		need = level == 2 ? 1 : ((size_t)1 << m->index_bits) + 1;
		start = leaf_start(m, i, &n);
		for (size_t k = start; k < start + n; k++) {
			m->cells[k].level = (int8_t)(pages >= need ? 3 : level + 1);
			m->cells[k].type = NORMAL;
			m->cells[k].af = true;
		}
		pages -= pages >= need ? need : 1;
	}
	return 0;
}

/* ---- Random events ---- */

static unsigned prot_of(unsigned perms, enum memtype type, unsigned sw)
{
	static const unsigned types[] = { 0, S2_PROT_NORMAL_NC, S2_PROT_DEVICE };

	return ((perms & R) != 0 ? S2_PROT_R : 0) | ((perms & W) != 0 ? S2_PROT_W : 0) |
	       ((perms & PX) != 0 ? S2_PROT_PX : 0) | ((perms & UX) != 0 ? S2_PROT_UX : 0) |
	       types[type] | sw * S2_PROT_SW0;
}

static unsigned random_perms(struct model *m)
{
	unsigned perms = (unsigned)below(m, 16);

	/* Only where the format can tell EL0 from EL1. */
	if (!m->p->xnx || (m->p->quirks & S2_TABLE_XN_SINGLE) != 0)
		perms = (perms & PX) != 0 ? perms | UX : perms & ~(unsigned)UX;
	return perms;
}

static void random_range(struct model *m, uint64_t *ipa, uint64_t *size)
{
	uint64_t page = UINT64_C(1) << m->page_shift;
	uint64_t first = below(m, m->n), n;

	switch (below(m, 8)) {
	case 0: /* a block, if there is room */
		n = size_of(m, 2) >> m->page_shift;
		first &= ~(n - 1);
		break;
	case 1: /* the largest block there is */
		n = size_of(m, m->min_block) >> m->page_shift;
		first &= ~(n - 1);
		break;
	case 2: /* something across blocks */
		n = 1 + below(m, 3 * size_of(m, 2) >> m->page_shift);
		break;
	case 3: /* around the place where two entry tables meet */
		n = 1 + below(m, 9);
		first = m->n / 2 - n / 2;
		break;
	default:
		n = 1 + below(m, 5);
		break;
	}
	if (first + n > m->n)
		n = m->n - first;
	*ipa = m->base + first * page;
	*size = n * page;
}

static void event_map(struct model *m, uint64_t ipa, uint64_t size)
{
	/* Often what identity gives, so that entries meet which are the same. */
	uint64_t top = UINT64_C(1) << (m->p->wide ? 52 : 48);
	uint64_t pa = (ipa - m->base + (below(m, 4) == 0 ? size_of(m, 1) : 0)) % (top / 2);
	struct s2_memcache mc = { SIZE_MAX };
	struct cell what = { .type = (uint8_t)below(m, 3), .perms = (uint8_t)random_perms(m),
			     .sw = (uint8_t)(below(m, 4) == 0 ? below(m, 16) : 0) };
	bool shared = below(m, 2) != 0;
	int want;

	if (below(m, 4) == 0)
		pa += UINT64_C(1) << m->page_shift;
	if (m->p->wide && below(m, 2) != 0)
		pa |= top / 2 | top / 4;
	if (below(m, 2) != 0)
		what.type = NORMAL;
	if (what.type != NORMAL && (what.perms & (PX | UX)) != 0)
		want = -S2_K_EINVAL;
	else
		want = model_map(m, ipa, size, pa, &what, shared);
	ck_assert_int_eq(s2_pgtable_map(m->pgt, ipa, size, pa,
					prot_of(what.perms, (enum memtype)what.type, what.sw), &mc,
					shared), want);
}

static void one_event(struct model *m)
{
	uint64_t ipa, size;
	bool young;

	m->events++;
	random_range(m, &ipa, &size);
	switch (below(m, 12)) {
	default:
		event_map(m, ipa, size);
		break;
	case 4: {
		unsigned perms = random_perms(m);

		ck_assert_int_eq(s2_pgtable_relax(m->pgt, ipa, prot_of(perms, NORMAL, 0)),
				 model_relax(m, ipa, perms));
		break;
	}
	case 5:
		model_change(m, ipa, size, WRPROTECT);
		ck_assert_int_eq(s2_pgtable_wrprotect(m->pgt, ipa, size), 0);
		break;
	case 6:
	case 7:
		model_change(m, ipa, size, UNMAP);
		ck_assert_int_eq(s2_pgtable_unmap(m->pgt, ipa, size), 0);
		break;
	case 8: {
		struct s2_memcache mc = { below(m, 3) != 0 ? SIZE_MAX : below(m, 700) };

		ck_assert_int_eq(model_split(m, ipa, size, mc.pages),
				 s2_pgtable_split(m->pgt, ipa, size, &mc));
		break;
	}
	case 9:
		model_change(m, ipa, 1u << m->page_shift, YOUNG);
		ck_assert_int_eq(s2_pgtable_mkyoung(m->pgt, ipa), 0);
		break;
	case 10:
		young = below(m, 2) != 0;
		ck_assert_int_eq(model_change(m, ipa, size, young ? OLD_AGE : TEST_AGE),
				 s2_pgtable_age(m->pgt, ipa, size, young));
		break;
	case 11:
		ck_assert_int_eq(s2_pgtable_flush(m->pgt, ipa, size), 0);
		break;
	}
	check_pages(m, index_of(m, ipa), index_of(m, ipa + size) - index_of(m, ipa));
}

static void model_init(struct model *m, const struct params *p, uint64_t seed)
{
	struct s2_vtcr_cpu cpu = { .parange = p->wide ? 6 : 5,
				   .lpa2 = p->wide && p->granule != S2_GRANULE_64K };
	struct s2_pgtable_config config = {
		.format = { .granule = p->granule, .fwb = p->fwb, .xnx = p->xnx, .lpa2 = cpu.lpa2,
			    .lpa = p->wide && !cpu.lpa2 },
		.tlbi_range = p->tlbi_range,
		.quirks = p->quirks,
	};
	uint64_t half, middle;

	*m = (struct model){ .p = p, .seed = seed, .page_shift = s2_page_shift(p->granule) };
	m->index_bits = m->page_shift - 3;
	m->min_block = p->granule == S2_GRANULE_4K ? 1 : 2;
	ck_assert_int_eq(s2_geometry_init(&config.geometry, p->granule, p->ipa_bits, &cpu), 0);
	m->start = config.geometry.start_level;
	if (m->min_block < m->start)
		m->min_block = m->start;
	/* Around the place where the first entry table ends, or an entry of it. */
	half = size_of(m, m->min_block);
	if (half < 2 * size_of(m, 2))
		half = 2 * size_of(m, 2);
	middle = size_of(m, m->start);
	if (config.geometry.entry_tables > 1)
		middle <<= m->index_bits;
	if (middle < half)
		middle = half;
	m->base = middle - half;
	m->n = (size_t)(2 * half >> m->page_shift);
	if (m->base + 2 * half > UINT64_C(1) << p->ipa_bits)
		m->n /= 2;
	m->cells = calloc(m->n, sizeof(*m->cells));
	ck_assert_ptr_nonnull(m->cells);
	ck_assert_int_eq(s2_pgtable_new(&m->pgt, &config), 0);
}

START_TEST(agrees_with_a_flat_map)
{
	const struct params *p = &params[_i];
	const size_t steps = 600 / (unit_stride() < 10 ? unit_stride() : 10);
	struct model m;

	model_init(&m, p, (uint64_t)_i + 1);
	for (size_t i = 0; i < steps; i++) {
		one_event(&m);
		if (i % 10 == 0)
			ck_assert_msg(s2_pgtable_tables(m.pgt) == tables_wanted(&m),
				      "%s, event %" PRIu64 ": %zu tables, expected %zu", p->name,
				      m.events, s2_pgtable_tables(m.pgt), tables_wanted(&m));
	}
	check_pages(&m, 0, m.n);
	/* Unmapped as a whole, no table is left. */
	ck_assert_int_eq(s2_pgtable_unmap(m.pgt, 0, UINT64_C(1) << p->ipa_bits), 0);
	ck_assert_uint_eq(s2_pgtable_tables(m.pgt), 0);
	clear(&m, 0, m.n);
	check_pages(&m, 0, m.n);
	s2_pgtable_free(m.pgt);
	free(m.cells);
}
END_TEST

Suite *pgtable_model_suite(void)
{
	Suite *suite = suite_create("pgtable-model");
	TCase *tcase = tcase_create("model");

	tcase_set_timeout(tcase, 300);
	tcase_add_loop_test(tcase, agrees_with_a_flat_map, 0, N_PARAMS);
	suite_add_tcase(suite, tcase);
	return suite;
}

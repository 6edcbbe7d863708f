/* SPDX-License-Identifier: MIT */
/* The tree: its oddities, its limits, and memory that runs out. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <s2pte/pgtable.h>

#include "suites.h"

#define OLD (S2_TABLE_LOCKED_BIT10 | S2_TABLE_XN_SINGLE | S2_TABLE_MAP_PASSES_EAGAIN)
#define GiB (UINT64_C(1) << 30)
#define MiB (UINT64_C(1) << 20)
#define RW  (S2_PROT_R | S2_PROT_W)

/* MemAttr of FWB: 6 Normal, 5 Normal-NC, 1 Device-nGnRE. */
#define MEMATTR(pte) ((pte) >> 2 & 15)
#define XN(pte)      ((pte) >> 53 & 3)

static struct s2_pgtable_config config_of(enum s2_granule granule, unsigned ipa_bits,
					  uint32_t quirks)
{
	struct s2_pgtable_config config = { .format = { .granule = granule, .fwb = true },
					    .quirks = quirks };
	struct s2_vtcr_cpu cpu = { .parange = 5 };

	ck_assert_int_eq(s2_geometry_init(&config.geometry, granule, ipa_bits, &cpu), 0);
	return config;
}

static struct s2_pgtable *new_table(enum s2_granule granule, unsigned ipa_bits, uint32_t quirks)
{
	struct s2_pgtable_config config = config_of(granule, ipa_bits, quirks);
	struct s2_pgtable *pgt;

	ck_assert_int_eq(s2_pgtable_new(&pgt, &config), 0);
	return pgt;
}

static int map(struct s2_pgtable *pgt, uint64_t ipa, uint64_t size, uint64_t pa, unsigned prot,
	       bool shared)
{
	struct s2_memcache mc = { SIZE_MAX };

	return s2_pgtable_map(pgt, ipa, size, pa, prot, &mc, shared);
}

static struct s2_walk_entry leaf(const struct s2_pgtable *pgt, uint64_t ipa)
{
	struct s2_walk_entry entries[S2_MAX_LEVELS];
	size_t n;

	ck_assert_int_eq(s2_pgtable_walk(pgt, ipa, entries, &n), 0);
	return entries[n - 1];
}

static const uint32_t flavours[] = { OLD, 0 };

/* ---- Oddities of the kernel, reproduced on purpose ---- */

START_TEST(quirk_split_loses_the_memory_type)
{
	static const unsigned types[] = { S2_PROT_DEVICE, S2_PROT_NORMAL_NC };

	for (unsigned i = 0; i < 2; i++) {
		struct s2_pgtable *pgt = new_table(S2_GRANULE_4K, 40, flavours[_i]);
		struct s2_memcache mc = { 1 };

		ck_assert_int_eq(map(pgt, GiB, 2 * MiB, 2 * GiB, RW | types[i], true), 0);
		ck_assert_uint_eq(MEMATTR(leaf(pgt, GiB).pte), i == 0 ? 1 : 5);
		ck_assert_int_eq(s2_pgtable_split(pgt, GiB, 2 * MiB, &mc), 0);
		for (uint64_t at = 0; at < 2 * MiB; at += 4096) {
			ck_assert_int_eq(leaf(pgt, GiB + at).level, 3);
			/* What was Device or Normal-NC is Normal now, and still not executable. */
			ck_assert_uint_eq(MEMATTR(leaf(pgt, GiB + at).pte), 6);
			ck_assert_uint_eq(XN(leaf(pgt, GiB + at).pte), 2);
		}
		s2_pgtable_free(pgt);
	}
}
END_TEST

START_TEST(quirk_relax_makes_device_executable)
{
	struct s2_pgtable *pgt = new_table(S2_GRANULE_4K, 40, flavours[_i]);

	/* No map may ask for it... */
	ck_assert_int_eq(map(pgt, GiB, 4096, GiB, RW | S2_PROT_X | S2_PROT_DEVICE, true),
			 -S2_K_EINVAL);
	ck_assert_int_eq(map(pgt, GiB, 4096, GiB, RW | S2_PROT_DEVICE, true), 0);
	/* ...but relax does not look at the type. */
	ck_assert_int_eq(s2_pgtable_relax(pgt, GiB, S2_PROT_X), 0);
	ck_assert_uint_eq(MEMATTR(leaf(pgt, GiB).pte), 1);
	ck_assert_uint_eq(XN(leaf(pgt, GiB).pte), 0);
	s2_pgtable_free(pgt);
}
END_TEST

START_TEST(quirk_relax_takes_execution_away)
{
	bool resets = _i == 1;
	struct s2_pgtable *pgt =
		new_table(S2_GRANULE_4K, 40, OLD | (resets ? S2_TABLE_RELAX_RESETS_XN : 0));

	ck_assert_int_eq(map(pgt, GiB, 4096, GiB, S2_PROT_R | S2_PROT_X, true), 0);
	ck_assert_int_eq(s2_pgtable_relax(pgt, GiB, RW), 0);
	ck_assert_uint_eq(XN(leaf(pgt, GiB).pte), resets ? 2 : 0);
	ck_assert_int_eq(s2_pgtable_relax(pgt, GiB, S2_PROT_X), 0);
	ck_assert_uint_eq(XN(leaf(pgt, GiB).pte), 0);
	s2_pgtable_free(pgt);
}
END_TEST

START_TEST(quirk_map_meets_an_unchanged_entry)
{
	bool old = flavours[_i] == OLD;
	struct s2_pgtable *pgt = new_table(S2_GRANULE_4K, 40, flavours[_i]);

	ck_assert_int_eq(map(pgt, GiB + 4096, 4096, GiB + 4096, RW, false), 0);
	/* Up to the entry in the way, or past it. */
	ck_assert_int_eq(map(pgt, GiB, 3 * 4096, GiB, RW, false), old ? 0 : -S2_K_EAGAIN);
	ck_assert_uint_ne(leaf(pgt, GiB).pte, 0);
	ck_assert_int_eq(leaf(pgt, GiB + 2 * 4096).pte != 0, old);
	/* The fault path stops in both. */
	ck_assert_int_eq(map(pgt, GiB, 3 * 4096, GiB, RW, true), -S2_K_EAGAIN);
	/* Other permissions count as unchanged, and stay. */
	ck_assert_int_eq(map(pgt, GiB, 4096, GiB, S2_PROT_R, true), -S2_K_EAGAIN);
	ck_assert_uint_eq(leaf(pgt, GiB).pte >> 6 & 3, 3);
	s2_pgtable_free(pgt);
}
END_TEST

START_TEST(quirk_unmap_of_a_part_takes_the_whole_block)
{
	struct s2_pgtable *pgt = new_table(S2_GRANULE_4K, 40, flavours[_i]);

	ck_assert_int_eq(map(pgt, 0, 2 * MiB, GiB, RW, true), 0);
	ck_assert_int_eq(s2_pgtable_unmap(pgt, MiB, 4096), 0);
	ck_assert_uint_eq(leaf(pgt, 0).pte, 0);
	ck_assert_uint_eq(s2_pgtable_tables(pgt), 0);
	s2_pgtable_free(pgt);
}
END_TEST

START_TEST(quirk_map_of_a_part_drops_the_rest_of_a_block)
{
	struct s2_pgtable *pgt = new_table(S2_GRANULE_4K, 40, flavours[_i]);

	ck_assert_int_eq(map(pgt, 0, 2 * MiB, GiB, RW, true), 0);
	ck_assert_int_eq(map(pgt, 4096, 4096, 2 * GiB, RW, true), 0);
	ck_assert_uint_eq(s2_pgtable_pte_pa(pgt, leaf(pgt, 4096).pte), 2 * GiB);
	ck_assert_uint_eq(leaf(pgt, 0).pte, 0);
	ck_assert_uint_eq(leaf(pgt, 8192).pte, 0);
	s2_pgtable_free(pgt);
}
END_TEST

/* ---- Splits by the pages at hand ---- */

START_TEST(split_goes_as_deep_as_pages_reach)
{
	static const struct {
		enum s2_granule granule;
		uint64_t block;
		int level;
		size_t full; /* tables for a block of this level, down to pages */
	} rows[] = {
		{ S2_GRANULE_4K, GiB, 1, 513 },
		{ S2_GRANULE_4K, 2 * MiB, 2, 1 },
		{ S2_GRANULE_16K, 32 * MiB, 2, 1 },
		{ S2_GRANULE_64K, 512 * MiB, 2, 1 },
	};
	struct s2_pgtable *pgt = new_table(rows[_i].granule, 40, 0);
	struct s2_memcache mc = { rows[_i].full };

	ck_assert_int_eq(map(pgt, rows[_i].block, rows[_i].block, 0, RW, true), 0);
	ck_assert_int_eq(leaf(pgt, rows[_i].block).level, rows[_i].level);
	ck_assert_int_eq(s2_pgtable_split(pgt, rows[_i].block, rows[_i].block, &mc), 0);
	ck_assert_uint_eq(mc.pages, 0);
	ck_assert_int_eq(leaf(pgt, rows[_i].block).level, 3);
	s2_pgtable_free(pgt);
	if (rows[_i].level == 2)
		return;
	/* One fewer: blocks first, then as many of them as there are pages left. */
	pgt = new_table(rows[_i].granule, 40, 0);
	mc.pages = rows[_i].full - 1;
	ck_assert_int_eq(map(pgt, rows[_i].block, rows[_i].block, 0, RW, true), 0);
	ck_assert_int_eq(s2_pgtable_split(pgt, rows[_i].block, rows[_i].block, &mc),
			 -S2_K_ENOMEM);
	ck_assert_uint_eq(mc.pages, 0);
	ck_assert_int_eq(leaf(pgt, 2 * rows[_i].block - 4 * MiB).level, 3);
	ck_assert_int_eq(leaf(pgt, 2 * rows[_i].block - 2 * MiB).level, 2);
	s2_pgtable_free(pgt);
}
END_TEST

/* ---- Ranges ---- */

START_TEST(beyond_the_ipa_space_is_erange)
{
	struct s2_pgtable *pgt = new_table(S2_GRANULE_4K, 40, 0);
	uint64_t end = UINT64_C(1) << 40;
	struct s2_walk_entry entries[S2_MAX_LEVELS];
	size_t n;

	ck_assert_int_eq(map(pgt, end - 4096, 8192, 0, RW, true), -S2_K_ERANGE);
	ck_assert_int_eq(map(pgt, end - 4096, 4096, 0, RW, true), 0);
	ck_assert_int_eq(s2_pgtable_relax(pgt, end, S2_PROT_R), -S2_K_ERANGE);
	ck_assert_int_eq(s2_pgtable_wrprotect(pgt, end, 4096), -S2_K_ERANGE);
	ck_assert_int_eq(s2_pgtable_unmap(pgt, end, 1), -S2_K_ERANGE);
	ck_assert_int_eq(s2_pgtable_mkyoung(pgt, end), -S2_K_ERANGE);
	ck_assert_int_eq(s2_pgtable_walk(pgt, end, entries, &n), -S2_K_ERANGE);
	ck_assert(!s2_pgtable_age(pgt, end, 4096, true));
	ck_assert(s2_pgtable_age(pgt, end - 4096, 4096, false));
	s2_pgtable_free(pgt);
}
END_TEST

/* ---- What callers may get wrong ---- */

START_TEST(what_is_refused)
{
	struct s2_pgtable_config config = config_of(S2_GRANULE_4K, 40, 0);
	struct s2_pgtable *pgt = NULL;
	uint64_t attr = 77;

	/* A geometry of one granule, a format of another. */
	config.format.granule = S2_GRANULE_16K;
	ck_assert_int_eq(s2_pgtable_new(&pgt, &config), S2_EINVAL);
	ck_assert_ptr_null(pgt);
	s2_pgtable_free(NULL);
	/* More tables than there can be: as many as there can be. */
	config.format.granule = S2_GRANULE_4K;
	config.max_tables = (size_t)S2_MAX_TABLES + 1;
	ck_assert_int_eq(s2_pgtable_new(&pgt, &config), 0);
	ck_assert_int_eq(map(pgt, GiB, 4096, GiB, RW, true), 0);
	s2_pgtable_free(pgt);

	pgt = new_table(S2_GRANULE_4K, 40, 0);
	ck_assert_int_eq(map(pgt, GiB, 4096, GiB, RW, true), 0);
	/* Execution for one of EL1 and EL0 needs FEAT_XNX, in a map as in a relax. */
	ck_assert_int_eq(s2_pgtable_prot_attr(pgt, S2_PROT_R | S2_PROT_PX, &attr), -S2_K_EINVAL);
	ck_assert_uint_eq(attr, 77);
	ck_assert_int_eq(s2_pgtable_prot_attr(pgt, RW, &attr), 0);
	ck_assert_uint_eq(attr, leaf(pgt, GiB).pte & ~(GiB | 3));
	ck_assert_int_eq(s2_pgtable_relax(pgt, GiB, S2_PROT_PX), -S2_K_EINVAL);
	ck_assert_int_eq(s2_pgtable_relax(pgt, GiB, S2_PROT_SW0), -S2_K_EINVAL);
	ck_assert_uint_eq(XN(leaf(pgt, GiB).pte), 2);
	/* Without pages for tables only what needs none. */
	ck_assert_int_eq(s2_pgtable_map(pgt, 2 * GiB, 4096, GiB, RW, NULL, true), -S2_K_ENOMEM);
	ck_assert_int_eq(s2_pgtable_map(pgt, 2 * GiB, GiB, GiB, RW, NULL, true), 0);
	s2_pgtable_free(pgt);
}
END_TEST

START_TEST(an_entry_that_is_none_has_only_software_bits)
{
	struct s2_pgtable *pgt = new_table(S2_GRANULE_4K, 40, flavours[_i]);
	uint64_t pte;

	ck_assert_int_eq(map(pgt, GiB, 4096, GiB, RW | S2_PROT_SW1, true), 0);
	pte = leaf(pgt, GiB).pte;
	ck_assert_uint_eq(s2_pgtable_pte_prot(pgt, pte), RW | S2_PROT_SW1);
	ck_assert_uint_eq(s2_pgtable_pte_prot(pgt, pte & ~UINT64_C(1)), S2_PROT_SW1);
	ck_assert_uint_eq(s2_pgtable_pte_prot(pgt, 0), 0);
	s2_pgtable_free(pgt);
}
END_TEST

/* Nothing is in an empty range, wherever it lies. */
START_TEST(an_empty_range)
{
	struct s2_pgtable *pgt = new_table(S2_GRANULE_4K, 40, 0);
	uint64_t pte;

	ck_assert_int_eq(map(pgt, GiB, 4096, GiB, RW, true), 0);
	pte = leaf(pgt, GiB).pte;
	ck_assert_int_eq(map(pgt, 2 * GiB, 0, GiB, RW, true), 0);
	ck_assert_int_eq(s2_pgtable_wrprotect(pgt, GiB, 0), 0);
	ck_assert_int_eq(s2_pgtable_unmap(pgt, GiB, 0), 0);
	ck_assert(!s2_pgtable_age(pgt, GiB, 0, true));
	ck_assert_uint_eq(leaf(pgt, GiB).pte, pte);
	ck_assert_uint_eq(leaf(pgt, 2 * GiB).pte, 0);
	s2_pgtable_free(pgt);
}
END_TEST

/* ---- Dump ---- */

struct runs {
	size_t n, stop_at;
	struct s2_leaf_run run[8];
};

static int keep_run(void *arg, const struct s2_leaf_run *run)
{
	struct runs *runs = arg;

	if (runs->n < 8)
		runs->run[runs->n] = *run;
	return ++runs->n == runs->stop_at ? 77 : 0;
}

START_TEST(dump_folds_runs)
{
	struct s2_pgtable *pgt = new_table(S2_GRANULE_4K, 40, 0);
	struct runs runs = { 0 };

	/* Pages, a page elsewhere, a page read-only, then a block that goes on with the PA. */
	ck_assert_int_eq(map(pgt, 2 * MiB, 509 * 4096, GiB, RW, true), 0);
	ck_assert_int_eq(map(pgt, 2 * MiB + 509 * 4096, 4096, 3 * GiB, RW, true), 0);
	ck_assert_int_eq(map(pgt, 2 * MiB + 510 * 4096, 8192, GiB + 510 * 4096, S2_PROT_R, true), 0);
	ck_assert_int_eq(map(pgt, 4 * MiB, 4 * MiB, GiB + 2 * MiB, S2_PROT_R, true), 0);
	ck_assert_int_eq(s2_pgtable_dump(pgt, 0, GiB, keep_run, &runs), 0);
	ck_assert_uint_eq(runs.n, 4);
	ck_assert_uint_eq(runs.run[0].ipa, 2 * MiB);
	ck_assert_uint_eq(runs.run[0].count, 509);
	ck_assert_uint_eq(runs.run[1].count, 1);
	ck_assert_uint_eq(runs.run[2].count, 2);
	ck_assert_uint_eq(runs.run[3].count, 2);
	ck_assert_int_eq(runs.run[3].level, 2);
	ck_assert_uint_eq(runs.run[3].size, 2 * MiB);
	/* The visitor may end it. */
	runs = (struct runs){ .stop_at = 2 };
	ck_assert_int_eq(s2_pgtable_dump(pgt, 0, GiB, keep_run, &runs), 77);
	ck_assert_uint_eq(runs.n, 2);
	s2_pgtable_free(pgt);
}
END_TEST

struct seen {
	size_t n, valid;
	uint64_t next; /* IPA at which the next one must begin */
};

static int see_entry(void *arg, uint64_t ipa, const struct s2_walk_entry *entry)
{
	struct seen *seen = arg;

	if (ipa != seen->next)
		ck_abort_msg("0x%llx", (unsigned long long)ipa);
	seen->next = ipa + s2_level_size(S2_GRANULE_4K, entry->level);
	seen->n++;
	seen->valid += entry->pte & 1;
	return 0;
}

START_TEST(entries_cover_the_ipa_space)
{
	struct s2_pgtable *pgt = new_table(S2_GRANULE_4K, 40, 0);
	struct seen seen = { 0 };

	ck_assert_int_eq(map(pgt, 512 * GiB, 4096, GiB, RW, true), 0);
	ck_assert_int_eq(s2_pgtable_entries(pgt, 0, UINT64_C(1) << 40, see_entry, &seen), 0);
	ck_assert_uint_eq(seen.next, UINT64_C(1) << 40);
	/* Two entry tables but for one entry, and two tables below that. */
	ck_assert_uint_eq(seen.n, 2 * 512 - 1 + 512 - 1 + 512);
	ck_assert_uint_eq(seen.valid, 1);
	s2_pgtable_free(pgt);
}
END_TEST

/* ---- Memory ---- */

/* Hands out memory until the n-th time, and knows what is out. */
struct allocator {
	size_t calls, fail_at, out; /* fail_at 0 = never */
};

static void *counted_alloc(void *arg, size_t size)
{
	struct allocator *a = arg;

	if (++a->calls == a->fail_at)
		return NULL;
	a->out++;
	return malloc(size);
}

static void counted_release(void *arg, void *memory)
{
	struct allocator *a = arg;

	ck_assert_ptr_nonnull(memory);
	ck_assert_uint_ne(a->out, 0);
	a->out--;
	free(memory);
}

/* All leaves are where the script puts them: identity plus 1 TiB. */
static int check_run(void *arg, const struct s2_leaf_run *run)
{
	const struct s2_pgtable *pgt = arg;

	/* Very often: ck_assert() would make a system call of each. */
	if ((run->pte & 1) == 0 ||
	    s2_pgtable_pte_pa(pgt, run->pte) != run->ipa + (UINT64_C(1) << 40))
		ck_abort_msg("0x%llx has 0x%llx", (unsigned long long)run->ipa,
			     (unsigned long long)run->pte);
	return 0;
}

#define STEPS 7
/* Results in @ret; the tree is looked at after each step. */
static void script(struct s2_pgtable *pgt, size_t pages, int ret[STEPS])
{
	const uint64_t far = UINT64_C(1) << 40;
	struct s2_memcache mc = { pages };

	for (unsigned i = 0; i < STEPS; i++) {
		switch (i) {
		case 0:
			ret[i] = s2_pgtable_map(pgt, 0, GiB, far, RW, &mc, true);
			break;
		case 1: /* in the middle of the block */
			ret[i] = s2_pgtable_map(pgt, 5 * MiB, 4096, far + 5 * MiB, RW, &mc, true);
			break;
		case 2:
			ret[i] = s2_pgtable_map(pgt, 3 * GiB, GiB, far + 3 * GiB, RW, &mc, true);
			break;
		case 3:
			ret[i] = s2_pgtable_split(pgt, 3 * GiB, GiB, &mc);
			break;
		case 4: /* a page here and there */
			ret[i] = 0;
			for (uint64_t at = 8 * GiB; at < 40 * GiB && ret[i] == 0; at += GiB)
				ret[i] = s2_pgtable_map(pgt, at, 4096, far + at, S2_PROT_R, &mc,
							false);
			break;
		case 5: /* a block in the place of tables */
			ret[i] = s2_pgtable_map(pgt, 3 * GiB, GiB, far + 3 * GiB, RW, &mc, true);
			break;
		case 6:
			ret[i] = s2_pgtable_unmap(pgt, 8 * GiB, 16 * GiB);
			break;
		}
		ck_assert_int_eq(s2_pgtable_dump(pgt, 0, far, check_run, pgt), 0);
	}
}

static void unmap_all(struct s2_pgtable *pgt)
{
	ck_assert_int_eq(s2_pgtable_unmap(pgt, 0, UINT64_C(1) << 40), 0);
	ck_assert_uint_eq(s2_pgtable_tables(pgt), 0);
}

/* Runs the script, and once more with all it wants; returns how many steps had no memory. */
static unsigned failing_script(struct s2_pgtable *pgt, struct allocator *a, size_t pages)
{
	int ret[STEPS];
	unsigned short_of = 0;

	script(pgt, pages, ret);
	for (unsigned i = 0; i < STEPS; i++) {
		ck_assert(ret[i] == 0 || ret[i] == -S2_K_ENOMEM || ret[i] == -S2_K_EAGAIN);
		short_of += ret[i] == -S2_K_ENOMEM;
	}
	unmap_all(pgt);
	if (a == NULL)
		return short_of;
	/* The tree is whole: with memory all of it works. */
	a->fail_at = 0;
	script(pgt, SIZE_MAX, ret);
	for (unsigned i = 0; i < STEPS; i++)
		ck_assert_int_eq(ret[i], 0);
	unmap_all(pgt);
	return short_of;
}

START_TEST(every_allocation_may_fail)
{
	struct s2_pgtable_config config = config_of(S2_GRANULE_4K, 40, flavours[_i]);
	size_t wanted = SIZE_MAX, created = 0;
	struct allocator a;

	config.alloc = counted_alloc;
	config.release = counted_release;
	config.arg = &a;
	for (size_t n = 0; n <= wanted; n++) {
		struct s2_pgtable *pgt;
		int ret;

		a = (struct allocator){ .fail_at = n };
		ret = s2_pgtable_new(&pgt, &config);
		if (ret != 0) {
			ck_assert_int_eq(ret, S2_ENOMEM);
			ck_assert_uint_eq(a.out, 0);
			continue;
		}
		if (n == 0)
			created = a.calls;
		if (n > created)
			ck_assert_uint_gt(failing_script(pgt, &a, SIZE_MAX), 0);
		else
			ck_assert_uint_eq(failing_script(pgt, NULL, SIZE_MAX), 0);
		if (n == 0)
			wanted = a.calls;
		s2_pgtable_free(pgt);
		ck_assert_uint_eq(a.out, 0);
	}
	ck_assert_uint_gt(wanted, created + 8);
}
END_TEST

START_TEST(every_limit_of_tables_is_enomem)
{
	struct s2_pgtable_config config = config_of(S2_GRANULE_4K, 40, flavours[_i]);
	bool enough = false;

	for (size_t n = 1; !enough; n += unit_stride()) {
		struct s2_pgtable *pgt;

		config.max_tables = n;
		ck_assert_int_eq(s2_pgtable_new(&pgt, &config), 0);
		enough = failing_script(pgt, NULL, SIZE_MAX) == 0;
		s2_pgtable_free(pgt);
		ck_assert_uint_lt(n, 2000);
	}
}
END_TEST

START_TEST(every_size_of_a_memcache_is_enomem)
{
	bool enough = false;

	for (size_t n = 0; !enough; n += unit_stride()) {
		struct s2_pgtable *pgt = new_table(S2_GRANULE_4K, 40, flavours[_i]);

		enough = failing_script(pgt, NULL, n) == 0;
		s2_pgtable_free(pgt);
		ck_assert_uint_lt(n, 2000);
	}
}
END_TEST

START_TEST(books_take_three_percent_at_most)
{
	struct s2_pgtable_config config = config_of((enum s2_granule)_i, 40, 0);
	uint64_t page = s2_page_size(config.format.granule);
	struct s2_memcache mc = { SIZE_MAX };
	struct s2_pgtable *pgt;
	uint64_t tables;

	/* Tables with one page each, far apart. */
	ck_assert_int_eq(s2_pgtable_new(&pgt, &config), 0);
	for (uint64_t at = 0; at < 64 * s2_pmd_size(config.format.granule);
	     at += s2_pmd_size(config.format.granule))
		ck_assert_int_eq(s2_pgtable_map(pgt, at, page, at, RW, &mc, true), 0);
	tables = s2_pgtable_tables(pgt);
	ck_assert_uint_ge(tables, 64);
	/* Two words of 32 bits a table, rounded up to a power of two of chunks. */
	ck_assert_uint_le(2 * (2 * sizeof(uint32_t) * tables), tables * page * 3 / 100);
	s2_pgtable_free(pgt);
}
END_TEST

/* ---- Observers ---- */

struct steps {
	size_t n;
	struct s2_step step[64];
};

static void keep_step(void *arg, const struct s2_step *step)
{
	struct steps *steps = arg;

	ck_assert_uint_lt(steps->n, 64);
	steps->step[steps->n++] = *step;
}

static size_t find_write(const struct steps *steps, uint64_t value)
{
	for (size_t i = 0; i < steps->n; i++)
		if (steps->step[i].kind == S2_STEP_WRITE && steps->step[i].value == value)
			return i;
	ck_abort_msg("no such write");
}

START_TEST(observer_sees_break_before_make)
{
	const uint64_t locked = flavours[_i] == OLD ? UINT64_C(1) << 10 : UINT64_C(1) << 60;
	struct s2_pgtable *pgt = new_table(S2_GRANULE_4K, 40, flavours[_i]);
	struct steps steps = { 0 };
	size_t broken, made;

	ck_assert_int_eq(map(pgt, GiB, 4096, GiB, RW, true), 0);
	s2_pgtable_observe(pgt, keep_step, &steps);
	ck_assert_int_eq(map(pgt, GiB, 4096, 2 * GiB, RW, true), 0);
	ck_assert_int_eq(steps.step[0].kind, S2_STEP_LOCK);
	ck_assert_int_eq(steps.step[steps.n - 1].kind, S2_STEP_UNLOCK);
	broken = find_write(&steps, locked);
	made = find_write(&steps, leaf(pgt, GiB).pte);
	ck_assert_uint_eq(made, broken + 2);
	ck_assert_int_eq(steps.step[broken + 1].kind, S2_STEP_TLBI_IPA);
	ck_assert_uint_eq(steps.step[broken + 1].addr, GiB);
	ck_assert_uint_eq(steps.step[broken].addr, steps.step[made].addr);
	/* Nobody looks any more. */
	steps.n = 0;
	s2_pgtable_observe(pgt, NULL, NULL);
	ck_assert_int_eq(map(pgt, GiB, 4096, GiB, RW, true), 0);
	ck_assert_uint_eq(steps.n, 0);
	s2_pgtable_free(pgt);
}
END_TEST

/* ---- Sizes ---- */

START_TEST(sparse_table_over_48_bits)
{
	struct s2_pgtable *pgt = new_table((enum s2_granule)_i, 48, 0);
	uint64_t page = s2_page_size((enum s2_granule)_i);
	struct runs runs = { 0 };

	/* A page in every 2^38: no two in one table of the last three levels. */
	for (uint64_t at = 0; at < UINT64_C(1) << 48; at += UINT64_C(1) << 38)
		ck_assert_int_eq(map(pgt, at + page, page, at, RW, true), 0);
	ck_assert_uint_le(s2_pgtable_tables(pgt), 3 * 1024 + 1);
	ck_assert_int_eq(s2_pgtable_dump(pgt, 0, UINT64_C(1) << 48, keep_run, &runs), 0);
	ck_assert_uint_eq(runs.n, 1024);
	ck_assert_int_eq(s2_pgtable_unmap(pgt, 0, UINT64_C(1) << 48), 0);
	ck_assert_uint_eq(s2_pgtable_tables(pgt), 0);
	s2_pgtable_free(pgt);
}
END_TEST

START_TEST(dump_folds_millions_of_leaves)
{
	struct s2_pgtable *pgt = new_table(S2_GRANULE_4K, 40, 0);
	struct runs runs = { 0 };

	/* 8 GiB of pages: two million leaves, one run. */
	ck_assert_int_eq(map(pgt, 0, 8 * GiB, 4096, RW, true), 0);
	ck_assert_int_eq(s2_pgtable_dump(pgt, 0, UINT64_C(1) << 40, keep_run, &runs), 0);
	ck_assert_uint_eq(runs.n, 1);
	ck_assert_uint_eq(runs.run[0].count, 8 * GiB / 4096);
	s2_pgtable_free(pgt);
}
END_TEST

Suite *pgtable_suite(void)
{
	Suite *suite = suite_create("pgtable");
	TCase *tcase = tcase_create("quirks");

	tcase_add_loop_test(tcase, quirk_split_loses_the_memory_type, 0, 2);
	tcase_add_loop_test(tcase, quirk_relax_makes_device_executable, 0, 2);
	tcase_add_loop_test(tcase, quirk_relax_takes_execution_away, 0, 2);
	tcase_add_loop_test(tcase, quirk_map_meets_an_unchanged_entry, 0, 2);
	tcase_add_loop_test(tcase, quirk_unmap_of_a_part_takes_the_whole_block, 0, 2);
	tcase_add_loop_test(tcase, quirk_map_of_a_part_drops_the_rest_of_a_block, 0, 2);
	tcase_add_loop_test(tcase, split_goes_as_deep_as_pages_reach, 0, 4);
	tcase_add_test(tcase, beyond_the_ipa_space_is_erange);
	tcase_add_test(tcase, what_is_refused);
	tcase_add_loop_test(tcase, an_entry_that_is_none_has_only_software_bits, 0, 2);
	tcase_add_test(tcase, an_empty_range);
	tcase_add_test(tcase, dump_folds_runs);
	tcase_add_test(tcase, entries_cover_the_ipa_space);
	tcase_add_loop_test(tcase, observer_sees_break_before_make, 0, 2);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("memory");
	tcase_set_timeout(tcase, 300);
	tcase_add_loop_test(tcase, every_allocation_may_fail, 0, 2);
	tcase_add_loop_test(tcase, every_limit_of_tables_is_enomem, 0, 2);
	tcase_add_loop_test(tcase, every_size_of_a_memcache_is_enomem, 0, 2);
	tcase_add_loop_test(tcase, books_take_three_percent_at_most, 0, S2_NR_GRANULES);
	tcase_add_loop_test(tcase, sparse_table_over_48_bits, 0, S2_NR_GRANULES);
	tcase_add_test(tcase, dump_folds_millions_of_leaves);
	suite_add_tcase(suite, tcase);
	return suite;
}

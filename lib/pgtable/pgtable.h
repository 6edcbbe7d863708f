/* SPDX-License-Identifier: MIT */
/* Inside of the stage-2 tree: the table pages and the bits of an entry. */
#ifndef S2I_PGTABLE_H
#define S2I_PGTABLE_H

#include <s2pte/pgtable.h>

/* Table pages come in chunks of this size, so that small VMs stay small. */
#define S2I_CHUNK_SHIFT 16

/* All prot bits but the software ones. */
#define S2I_PROT_TABLE (S2_PROT_NORMAL_NC << 1)

/* The entry tables' place in struct s2i_table.index. */
#define S2I_PGD UINT32_MAX

struct s2_pgtable {
	struct s2_pgtable_config config;
	unsigned page_shift;
	unsigned index_bits; /* of a level: page_shift - 3 */
	int start_level;
	int min_block_level; /* KVM_PGTABLE_MIN_BLOCK_LEVEL */
	uint64_t ipa_limit;

	/* Masks, from the field table of the architecture floor. */
	uint64_t oa_low;  /* the address bits that stand in place */
	uint64_t oa_high; /* the others, lowest bit... */
	unsigned oa_high_shift; /* ...and how far up in the address they belong */
	uint64_t memattr, s2ap_r, s2ap_w, xn, af, sw;
	uint64_t attr_normal, attr_normal_nc, attr_device, attr_sh;
	unsigned xn_shift, sw_shift;
	uint64_t x_mask, x_never; /* nobody may fetch where (pte & x_mask) == x_never */
	/* s2_pgtable_prot_attr() of all but the software bits; 0 = refused. */
	uint64_t prot_attr[S2I_PROT_TABLE];
	uint64_t locked; /* an entry under break-before-make */

	/* Who looks on, if anybody (observe.c). */
	void (*step)(void *arg, const struct s2_step *step);
	void *step_arg;

	uint64_t *pgd;
	char **chunks; /* each 1 << S2I_CHUNK_SHIFT bytes of tables */
	uint32_t *refs; /* by table: entries in use */
	uint32_t *next_free; /* by table: the next free one */
	size_t n_chunks, chunk_slots;
	uint32_t first_free; /* S2I_PGD = none */
	uint32_t n_used_ever;
	size_t n_tables;
};

#define S2I_PTE_VALID UINT64_C(1)
#define S2I_PTE_TABLE UINT64_C(2) /* also set in a page */

static inline uint64_t s2i_oa(const struct s2_pgtable *pgt, uint64_t pte)
{
	return (pte & pgt->oa_low) | (pte & pgt->oa_high) << pgt->oa_high_shift;
}

static inline uint64_t s2i_oa_bits(const struct s2_pgtable *pgt, uint64_t pa)
{
	return (pa & pgt->oa_low) | (pa >> pgt->oa_high_shift & pgt->oa_high);
}

static inline unsigned s2i_shift(const struct s2_pgtable *pgt, int level)
{
	return pgt->page_shift + (unsigned)(S2_LEVEL_LAST - level) * pgt->index_bits;
}

static inline uint64_t s2i_granule(const struct s2_pgtable *pgt, int level)
{
	return UINT64_C(1) << s2i_shift(pgt, level);
}

static inline bool s2i_is_table(uint64_t pte, int level)
{
	const uint64_t both = S2I_PTE_VALID | S2I_PTE_TABLE;

	return level < S2_LEVEL_LAST && (pte & both) == both;
}

static inline uint64_t s2i_leaf(const struct s2_pgtable *pgt, uint64_t pa, uint64_t attr,
				int level)
{
	return s2i_oa_bits(pgt, pa) | attr | S2I_PTE_VALID |
	       (level == S2_LEVEL_LAST ? S2I_PTE_TABLE : 0);
}

/* Valid, and cleaned to the PoC before the guest sees it. */
static inline bool s2i_cacheable(const struct s2_pgtable *pgt, uint64_t pte)
{
	return (pte & S2I_PTE_VALID) != 0 && (pte & pgt->memattr) == pgt->attr_normal;
}

/* Someone may fetch instructions from a valid one; bit 54 alone decides before FEAT_XNX. */
static inline bool s2i_executable(const struct s2_pgtable *pgt, uint64_t pte)
{
	return (pte & pgt->x_mask) != pgt->x_never;
}

int s2i_prot_xn(const struct s2_pgtable *pgt, unsigned prot, uint64_t *xn);
/* Fill in the table of attributes and the masks of execution. */
void s2i_prot_init(struct s2_pgtable *pgt);

/* The bits of @prot, 0 if it is refused: an entry made of any has AF set. */
static inline uint64_t s2i_prot_attr(const struct s2_pgtable *pgt, unsigned prot)
{
	uint64_t attr = pgt->prot_attr[prot & (S2I_PROT_TABLE - 1)];

	return attr != 0 ? attr | (uint64_t)(prot / S2_PROT_SW0 & 0xf) << pgt->sw_shift : 0;
}

/* Memory (arena.c): everything a table takes comes from here, its books too. */
void *s2i_alloc(const struct s2_pgtable_config *config, size_t size);
void s2i_release(const struct s2_pgtable_config *config, void *memory);

/* Table pages (arena.c). */
static inline uint64_t s2i_table_pa(const struct s2_pgtable *pgt, uint32_t index)
{
	return S2_PGTABLE_TABLE_PA + ((uint64_t)index << pgt->page_shift);
}

static inline uint64_t s2i_table_pte(const struct s2_pgtable *pgt, uint32_t index)
{
	return s2i_table_pa(pgt, index) | S2I_PTE_VALID | S2I_PTE_TABLE;
}

/* False when the limit or the host's memory is exhausted. */
bool s2i_table_alloc(struct s2_pgtable *pgt, uint32_t *index);
void s2i_table_free(struct s2_pgtable *pgt, uint32_t index);
/* Free the tables below @pte, an entry of @level, with all they hold. */
void s2i_subtree_free(struct s2_pgtable *pgt, uint64_t pte, int level);
void s2i_arena_free(struct s2_pgtable *pgt);

static inline uint64_t *s2i_table_ptr(const struct s2_pgtable *pgt, uint32_t index)
{
	unsigned per_chunk = S2I_CHUNK_SHIFT - pgt->page_shift;

	return (uint64_t *)(void *)(pgt->chunks[index >> per_chunk] +
				    ((size_t)(index & ((1u << per_chunk) - 1)) << pgt->page_shift));
}

/* The table that @pte, a table entry, points to. */
static inline uint64_t *s2i_table_of(const struct s2_pgtable *pgt, uint64_t pte, uint32_t *index)
{
	*index = (uint32_t)(((pte & pgt->oa_low) - S2_PGTABLE_TABLE_PA) >> pgt->page_shift);
	return s2i_table_ptr(pgt, *index);
}

/* An entry in use holds a reference to its table. */
static inline void s2i_get(struct s2_pgtable *pgt, uint32_t table)
{
	if (table != S2I_PGD)
		pgt->refs[table]++;
}

static inline void s2i_put(struct s2_pgtable *pgt, uint32_t table)
{
	if (table != S2I_PGD)
		pgt->refs[table]--;
}

/* Tell the observer, if there is one (observe.c). */
void s2i_step(const struct s2_pgtable *pgt, const struct s2_step *step);
void s2i_step_table(const struct s2_pgtable *pgt, enum s2_step_kind kind, uint32_t table);
/* An entry of table @table at @ptep was read, or written. */
void s2i_step_entry(const struct s2_pgtable *pgt, enum s2_step_kind kind, uint32_t table,
		    const uint64_t *ptep, uint64_t pte);

static inline void s2i_lock(const struct s2_pgtable *pgt)
{
	if (pgt->step != NULL)
		s2i_step(pgt, &(struct s2_step){ .kind = S2_STEP_LOCK });
}

static inline void s2i_unlock(const struct s2_pgtable *pgt)
{
	if (pgt->step != NULL)
		s2i_step(pgt, &(struct s2_step){ .kind = S2_STEP_UNLOCK });
}

static inline void s2i_dsb_ishst(const struct s2_pgtable *pgt)
{
	if (pgt->step != NULL)
		s2i_step(pgt, &(struct s2_step){ .kind = S2_STEP_DSB_ISHST });
}

/* TLB invalidation (tlb.c). */
void s2i_tlbi_ipa(const struct s2_pgtable *pgt, uint64_t ipa, int level);
void s2i_tlbi_ipa_nsh(const struct s2_pgtable *pgt, uint64_t ipa, int level);
void s2i_tlbi_range(const struct s2_pgtable *pgt, uint64_t ipa, uint64_t size);

#endif

/* SPDX-License-Identifier: MIT */
/* Table pages: numbered, zeroed when taken, recycled. */
#include "pgtable.h"

#include <stdlib.h>
#include <string.h>

uint64_t s2i_table_pte(const struct s2_pgtable *pgt, uint32_t index)
{
	uint64_t pa = S2_PGTABLE_TABLE_PA + ((uint64_t)index << pgt->page_shift);

	return pa | S2I_PTE_VALID | S2I_PTE_TABLE;
}

uint64_t *s2i_table_of(const struct s2_pgtable *pgt, uint64_t pte, uint32_t *index)
{
	*index = (uint32_t)(((pte & pgt->oa_low) - S2_PGTABLE_TABLE_PA) >> pgt->page_shift);
	return s2i_table_ptr(pgt, *index);
}

static void *chunk_alloc(struct s2_pgtable *pgt)
{
	size_t size = (size_t)1 << S2I_CHUNK_SHIFT;

	if (pgt->config.alloc != NULL)
		return pgt->config.alloc(pgt->config.arg, size);
	return malloc(size);
}

static void chunk_free(struct s2_pgtable *pgt, void *chunk)
{
	if (pgt->config.release != NULL)
		pgt->config.release(pgt->config.arg, chunk);
	else
		free(chunk);
}

/* Room for the books of twice as many chunks. */
static bool grow_books(struct s2_pgtable *pgt)
{
	size_t slots = pgt->chunk_slots != 0 ? pgt->chunk_slots * 2 : 4;
	size_t tables = slots << (S2I_CHUNK_SHIFT - pgt->page_shift);
	char **chunks = realloc(pgt->chunks, slots * sizeof(*chunks));
	uint32_t *refs, *free_list;

	if (chunks == NULL)
		return false;
	pgt->chunks = chunks;
	refs = realloc(pgt->refs, tables * sizeof(*refs));
	if (refs == NULL)
		return false;
	pgt->refs = refs;
	free_list = realloc(pgt->free_list, tables * sizeof(*free_list));
	if (free_list == NULL)
		return false;
	pgt->free_list = free_list;
	pgt->chunk_slots = slots;
	return true;
}

static bool grow(struct s2_pgtable *pgt)
{
	char *chunk;

	if (pgt->n_chunks == pgt->chunk_slots && !grow_books(pgt))
		return false;
	chunk = chunk_alloc(pgt);
	if (chunk == NULL)
		return false;
	pgt->chunks[pgt->n_chunks++] = chunk;
	return true;
}

bool s2i_table_alloc(struct s2_pgtable *pgt, uint32_t *index)
{
	uint32_t i = pgt->first_free;

	if (pgt->n_tables >= pgt->config.max_tables)
		return false;
	if (i != S2I_PGD) {
		pgt->first_free = pgt->free_list[i];
	} else {
		i = pgt->n_used_ever;
		if (i == pgt->n_chunks << (S2I_CHUNK_SHIFT - pgt->page_shift) && !grow(pgt))
			return false;
		pgt->n_used_ever++;
	}
	memset(s2i_table_ptr(pgt, i), 0, (size_t)1 << pgt->page_shift);
	pgt->refs[i] = 0;
	pgt->n_tables++;
	*index = i;
	return true;
}

void s2i_table_free(struct s2_pgtable *pgt, uint32_t index)
{
	pgt->free_list[index] = pgt->first_free;
	pgt->first_free = index;
	pgt->n_tables--;
}

void s2i_subtree_free(struct s2_pgtable *pgt, uint64_t pte, int level)
{
	uint32_t index;
	const uint64_t *table = s2i_table_of(pgt, pte, &index);

	if (level + 1 < S2_LEVEL_LAST)
		for (size_t i = 0; i < (size_t)1 << pgt->index_bits; i++)
			if (s2i_is_table(table[i], level + 1))
				s2i_subtree_free(pgt, table[i], level + 1);
	s2i_table_free(pgt, index);
}

void s2i_arena_free(struct s2_pgtable *pgt)
{
	for (size_t i = 0; i < pgt->n_chunks; i++)
		chunk_free(pgt, pgt->chunks[i]);
	free(pgt->chunks);
	free(pgt->refs);
	free(pgt->free_list);
}

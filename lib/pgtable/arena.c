/* SPDX-License-Identifier: MIT */
/* Table pages: numbered, zeroed when taken, recycled. */
#include "pgtable.h"

#include <stdlib.h>
#include <string.h>

void *s2i_alloc(const struct s2_pgtable_config *config, size_t size)
{
	return config->alloc != NULL ? config->alloc(config->arg, size) : malloc(size);
}

void s2i_release(const struct s2_pgtable_config *config, void *memory)
{
	if (memory == NULL)
		return;
	if (config->release != NULL)
		config->release(config->arg, memory);
	else
		free(memory);
}

/* realloc() by the caller's hook: NULL if there is none, @old is then as it was. */
static void *grown(const struct s2_pgtable *pgt, void *old, size_t old_size, size_t size)
{
	void *new = s2i_alloc(&pgt->config, size);

	if (new == NULL)
		return NULL;
	if (old_size != 0)
		memcpy(new, old, old_size);
	s2i_release(&pgt->config, old);
	return new;
}

/*
 * Room for the books of twice as many chunks. If one of them cannot grow, those that
 * did are merely larger than needed: the number of slots is what counts.
 */
static bool grow_books(struct s2_pgtable *pgt)
{
	unsigned shift = S2I_CHUNK_SHIFT - pgt->page_shift; /* tables in a chunk */
	size_t old = pgt->chunk_slots, slots = old != 0 ? old * 2 : 4;
	char **chunks = grown(pgt, pgt->chunks, old * sizeof(*chunks), slots * sizeof(*chunks));
	uint32_t *refs, *next_free;

	if (chunks == NULL)
		return false;
	pgt->chunks = chunks;
	refs = grown(pgt, pgt->refs, (old << shift) * sizeof(*refs),
		     (slots << shift) * sizeof(*refs));
	if (refs == NULL)
		return false;
	pgt->refs = refs;
	next_free = grown(pgt, pgt->next_free, (old << shift) * sizeof(*next_free),
			  (slots << shift) * sizeof(*next_free));
	if (next_free == NULL)
		return false;
	pgt->next_free = next_free;
	pgt->chunk_slots = slots;
	return true;
}

static bool grow(struct s2_pgtable *pgt)
{
	char *chunk;

	if (pgt->n_chunks == pgt->chunk_slots && !grow_books(pgt))
		return false;
	chunk = s2i_alloc(&pgt->config, (size_t)1 << S2I_CHUNK_SHIFT);
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
		pgt->first_free = pgt->next_free[i];
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
	s2i_step_table(pgt, S2_STEP_TABLE_ALLOC, i);
	return true;
}

void s2i_table_free(struct s2_pgtable *pgt, uint32_t index)
{
	pgt->next_free[index] = pgt->first_free;
	pgt->first_free = index;
	pgt->n_tables--;
	s2i_step_table(pgt, S2_STEP_TABLE_FREE, index);
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
		s2i_release(&pgt->config, pgt->chunks[i]);
	s2i_release(&pgt->config, pgt->chunks);
	s2i_release(&pgt->config, pgt->refs);
	s2i_release(&pgt->config, pgt->next_free);
}

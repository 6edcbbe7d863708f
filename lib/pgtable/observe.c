/* SPDX-License-Identifier: MIT */
/* What an observer of the table sees, for traces. */
#include "pgtable.h"

void s2_pgtable_observe(struct s2_pgtable *pgt, void (*step)(void *arg, const struct s2_step *step),
			void *arg)
{
	pgt->step = step;
	pgt->step_arg = arg;
}

void s2i_step(const struct s2_pgtable *pgt, const struct s2_step *step)
{
	if (pgt->step != NULL)
		pgt->step(pgt->step_arg, step);
}

void s2i_step_table(const struct s2_pgtable *pgt, enum s2_step_kind kind, uint32_t table)
{
	s2i_step(pgt, &(struct s2_step){ .kind = kind,
					 .addr = s2i_table_pa(pgt, table),
					 .size = UINT64_C(1) << pgt->page_shift });
}

void s2i_step_entry(const struct s2_pgtable *pgt, enum s2_step_kind kind, uint32_t table,
		    const uint64_t *ptep, uint64_t pte)
{
	const uint64_t *base = table == S2I_PGD ? pgt->pgd : s2i_table_ptr(pgt, table);
	uint64_t pa = table == S2I_PGD ? S2_PGTABLE_PGD_PA : s2i_table_pa(pgt, table);

	s2i_step(pgt, &(struct s2_step){ .kind = kind,
					 .addr = pa + (uint64_t)(ptep - base) * sizeof(*ptep),
					 .value = pte });
}

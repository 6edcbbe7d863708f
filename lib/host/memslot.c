/* SPDX-License-Identifier: MIT */
/* Memory slots: guest-physical ranges and the host addresses behind them. */
#include <s2pte/host.h>

const struct s2_memslot *s2_memslot_find(const struct s2_memslot *slots, size_t n, uint64_t ipa)
{
	for (size_t i = 0; i < n; i++)
		if (ipa >= slots[i].gpa && ipa - slots[i].gpa < slots[i].size)
			return &slots[i];
	return NULL;
}

bool s2_memslot_overlap(const struct s2_memslot *a, const struct s2_memslot *b)
{
	return a->gpa < b->gpa + b->size && b->gpa < a->gpa + a->size;
}

/* SPDX-License-Identifier: MIT */
/* Rules and facts of a revision, by name. */
#include <s2pte/kernel.h>

#include <string.h>

int s2_revision_rule(const struct s2_revision *rev, const char *id)
{
	for (size_t i = 0; i < rev->n_rules; i++)
		if (strcmp(rev->rules[i]->id, id) == 0)
			return (int)i;
	return -1;
}

int s2_revision_fact(const struct s2_revision *rev, const char *id, unsigned *fact)
{
	for (unsigned i = 0; i < 64; i++) {
		const char *name = s2_revision_fact_name(rev, i);

		if (name != NULL && strcmp(name, id) == 0) {
			*fact = i;
			return 0;
		}
	}
	return S2_ENOENT;
}

const char *s2_revision_fact_name(const struct s2_revision *rev, unsigned fact)
{
	if (fact < S2_NR_FACTS)
		return s2_facts[fact].id;
	return fact - S2_FACT_OWN_FIRST < rev->n_own ? rev->own[fact - S2_FACT_OWN_FIRST].id : NULL;
}

const char *s2_revision_fact_why(const struct s2_revision *rev, unsigned fact)
{
	if (fact < S2_NR_FACTS)
		return s2_facts[fact].why;
	return fact - S2_FACT_OWN_FIRST < rev->n_own ? rev->own[fact - S2_FACT_OWN_FIRST].why : NULL;
}

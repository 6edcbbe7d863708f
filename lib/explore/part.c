/* SPDX-License-Identifier: MIT */
/* A sweep in parts: how the states are cut, and how sets are put together again. */
#include "space.h"

bool s2i_is_part(const struct s2_explorer *ex)
{
	return ex->options.n_shards != 0;
}

/*
 * The states are cut by the first ten facts into 1,024 pieces; a part of N takes every
 * N-th of them. None of the ten is about the fault: what an invariant says about all
 * faults of a slot is decided within one part.
 */
s2i_set s2i_part(struct s2_explorer *ex, unsigned shard, unsigned n_shards)
{
	const uint64_t mask = S2_MAX_SHARDS - 1;
	s2i_set set = S2I_NONE;

	_Static_assert(S2_MAX_SHARDS - 1 < S2_FACT_BIT(S2_FACT_WRITE), "facts about the fault");
	if (n_shards <= 1)
		return S2I_EVERY;
	for (uint64_t piece = shard; piece < S2_MAX_SHARDS; piece += n_shards) {
		struct s2_cond cond = { mask, piece };

		set = s2i_or(ex->bdd, set, s2i_cond_set(ex, &cond));
	}
	return set;
}

int s2i_misfit(struct s2_error *err, unsigned shard, const char *what)
{
	return s2_error_set(err, S2_EINVAL, NULL,
			    "part %u is not of these kernels as they are now: %s", shard + 1, what);
}

int s2i_join(struct s2_explorer *ex, const struct s2i_piece *piece, s2i_set domain, s2i_set *set,
	     struct s2_error *err)
{
	s2i_set part = S2I_NONE;

	for (size_t i = 0; i < piece->cover->n; i++) {
		const struct s2_cond *cond = &piece->cover->conds[i];

		for (unsigned fact = 0; fact < 64; fact++)
			if ((cond->mask >> fact & 1) != 0 && ex->level[fact] == 0xff)
				return s2i_misfit(err, piece->shard, "a condition is not about states");
		part = s2i_or(ex->bdd, part, s2i_cond_set(ex, cond));
	}
	part = s2i_and(ex->bdd, part, domain);
	part = s2i_and(ex->bdd, part, s2i_part(ex, piece->shard, piece->n_shards));
	if (!piece->any_count && s2i_count(ex->bdd, part) != piece->count &&
	    s2i_bdd_failed(ex->bdd) == 0)
		return s2i_misfit(err, piece->shard, "a set has not as many states as it says");
	*set = s2i_or(ex->bdd, *set, part);
	return s2i_state_of(ex);
}

int s2i_join_domain(struct s2_explorer *ex, unsigned shard, unsigned n_shards, s2i_set domain,
		    uint64_t states, struct s2_error *err)
{
	s2i_set part = s2i_and(ex->bdd, domain, s2i_part(ex, shard, n_shards));

	if (s2i_count(ex->bdd, part) != states && s2i_bdd_failed(ex->bdd) == 0)
		return s2i_misfit(err, shard, "it has not as many states as it says");
	return s2i_state_of(ex);
}

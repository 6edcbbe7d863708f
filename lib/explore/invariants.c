/* SPDX-License-Identifier: MIT */
/* The invariants: each is a set of states that violate it. */
#include "invariants.h"

#include "geometry.h"

#define F(fact) S2_FACT_BIT(S2_FACT_##fact)

/* An input or derived fact as it was before any rule. */
static s2i_set given(struct s2_explorer *ex, enum s2_fact fact)
{
	return s2i_var(ex->bdd, ex->level[fact]);
}

static s2i_set and3(struct s2_explorer *ex, s2i_set a, s2i_set b, s2i_set c)
{
	return s2i_and(ex->bdd, a, s2i_and(ex->bdd, b, c));
}

/* States that install a Device or Normal-NC page. */
static s2i_set noncacheable(struct s2_explorer *ex, const struct s2i_run *run)
{
	return s2i_and(ex->bdd, run->installs,
		       s2i_or(ex->bdd, run->fact[S2_FACT_PROT_DEVICE],
			      run->fact[S2_FACT_PROT_NORMAL_NC]));
}

static s2i_set cacheable(struct s2_explorer *ex, const struct s2i_run *run)
{
	return s2i_minus(ex->bdd, run->installs, noncacheable(ex, run));
}

static s2i_set alias_mismatch(struct s2_explorer *ex, const struct s2i_run *run)
{
	return s2i_and(ex->bdd, noncacheable(ex, run), given(ex, S2_FACT_VMA_CACHEABLE));
}

static s2i_set cmo_needs_kva(struct s2_explorer *ex, const struct s2i_run *run)
{
	s2i_set dcache = s2i_minus(ex->bdd, cacheable(ex, run), given(ex, S2_FACT_FWB));
	s2i_set icache = s2i_minus(ex->bdd,
				   s2i_and(ex->bdd, run->installs, run->fact[S2_FACT_PROT_X]),
				   given(ex, S2_FACT_DIC));

	return s2i_minus(ex->bdd, s2i_or(ex->bdd, dcache, icache),
			 given(ex, S2_FACT_MAP_MEMORY));
}

static s2i_set no_exec_noncacheable(struct s2_explorer *ex, const struct s2i_run *run)
{
	return s2i_and(ex->bdd, noncacheable(ex, run), run->fact[S2_FACT_PROT_X]);
}

/* Independently of how "writable" is derived: a write fault makes an ordinary page writable. */
static s2i_set no_write_readonly(struct s2_explorer *ex, const struct s2i_run *run)
{
	s2i_set raw = s2i_or(ex->bdd, given(ex, S2_FACT_VMA_PFNMAP), given(ex, S2_FACT_VMA_IO));
	s2i_set made = s2i_minus(ex->bdd,
				 s2i_and(ex->bdd, given(ex, S2_FACT_WRITE),
					 given(ex, S2_FACT_VMA_WRITE)),
				 raw);
	s2i_set may = s2i_minus(ex->bdd, s2i_or(ex->bdd, given(ex, S2_FACT_HOST_WRITABLE), made),
				given(ex, S2_FACT_SLOT_READONLY));

	return s2i_minus(ex->bdd, s2i_and(ex->bdd, run->installs, run->fact[S2_FACT_PROT_W]), may);
}

static s2i_set logged_writable(struct s2_explorer *ex, const struct s2i_run *run)
{
	return and3(ex, run->installs, run->fact[S2_FACT_PROT_W], given(ex, S2_FACT_LOGGING));
}

/*
 * What becomes writable is marked dirty as one page: sound if it is one page, which the
 * size resolution must see to. Its answer does not depend on the other facts, so that
 * one unsound geometry would make every logged writable state unsound.
 */
static s2i_set dirty_log_sound(struct s2_explorer *ex, const struct s2i_run *run)
{
	return s2i_logged_pages_only(run->rev) ? S2I_NONE : logged_writable(ex, run);
}

static s2i_set dirty_log_exact(struct s2_explorer *ex, const struct s2i_run *run)
{
	return s2i_minus(ex->bdd, logged_writable(ex, run), given(ex, S2_FACT_WRITE));
}

static s2i_set mte_tags(struct s2_explorer *ex, const struct s2i_run *run)
{
	struct s2_cond translation = { F(TRANSLATION) | F(VM_MTE) | F(VMA_MTE_ALLOWED),
				       F(TRANSLATION) | F(VM_MTE) };

	return s2i_and(ex->bdd, cacheable(ex, run), s2i_cond_set(ex, &translation));
}

/* ---- slot-fault-agree ---------------------------------------------------------------- */

/* What a fault is about; everything else is about the VMA, the page and the slot. */
#define FAULT_FACTS                                                                                \
	(F(WRITE) | F(EXEC) | F(INSN_WALK) | F(PERMISSION) | F(ACCESS_FLAG) | F(EXCL_ATOMIC) |     \
	 F(IPA_BEYOND_LIMIT) | F(INVALIDATED))
/* What memory is, as opposed to whether a page is there and how it is accessed. */
#define MEMORY_FACTS                                                                               \
	(F(VMA_PFNMAP) | F(VMA_MIXEDMAP) | F(VMA_IO) | F(VMA_SHARED) | F(VMA_MAYWRITE) |           \
	 F(VMA_CACHEABLE) | F(VMA_MTE_ALLOWED) | F(VMA_ALLOW_ANY_UNCACHED) | F(MAP_MEMORY) |       \
	 F(SPECIAL) | F(COW) | F(NONCACHEABLE) | F(DEVICE))
#define PAGE_FACTS                                                                                 \
	(F(VMA) | F(VMA_WRITE) | F(VMA_READ_OR_EXEC) | F(VMA_ACCESSIBLE) | F(PFN_SPECIAL) |        \
	 F(PFN_MISSING) | F(PFN_HWPOISON) | F(PRESENT) | F(REACHABLE) | F(HOST_WRITABLE) |          \
	 F(WRITABLE))

/* A rule of the fault path that makes KVM_RUN fail for what the memory is. */
static bool refuses_memory(const struct s2_rule *rule)
{
	uint64_t asked = 0;

	for (unsigned i = 0; i < rule->n_when; i++)
		asked |= rule->when[i].mask;
	return rule->stage == S2_STAGE_FAULT && rule->err != 0 &&
	       rule->action == S2_ACTION_NONE && (asked & MEMORY_FACTS) != 0 &&
	       (asked & PAGE_FACTS) == 0;
}

static s2i_set over_faults(struct s2_explorer *ex, const struct s2i_run *run, s2i_set set)
{
	/* Derived facts follow from the others: what they were for one fault is forgotten
	 * with it, and found again by what is possible. */
	uint64_t derived = F(INSN_ABORT) | F(READ) | F(TRANSLATION) | F(WRITABLE);

	set = s2i_exists(ex->bdd, set, s2i_levels(ex, FAULT_FACTS | derived));
	return s2i_and(ex->bdd, set, run->domain);
}

/* About a VMA: a slot that is too long is refused whatever it holds. */
static s2i_set in_range(struct s2_explorer *ex)
{
	struct s2_cond cond = { F(SLOT) | F(VMA) | F(SLOT_BEYOND_IPA), F(SLOT) | F(VMA) };

	return s2i_cond_set(ex, &cond);
}

static s2i_set slot_strict(struct s2_explorer *ex, const struct s2i_run *run)
{
	return and3(ex, in_range(ex), run->refused, over_faults(ex, run, run->installs));
}

static s2i_set installed(struct s2_explorer *ex, const struct s2i_run *run)
{
	(void)ex;
	return run->installs;
}

static s2i_set memory_refused(struct s2_explorer *ex, const struct s2i_run *run)
{
	s2i_set set = S2I_NONE;

	for (size_t i = 0; i < run->rev->n_rules; i++)
		if (refuses_memory(run->rev->rules[i]))
			set = s2i_or(ex->bdd, set, run->fired[i]);
	return set;
}

static s2i_set slot_lax(struct s2_explorer *ex, const struct s2i_run *run)
{
	return s2i_minus(ex->bdd,
			 s2i_and(ex->bdd, in_range(ex),
				 over_faults(ex, run, memory_refused(ex, run))),
			 run->refused);
}

/* ---- The list ------------------------------------------------------------------------- */

const struct s2i_invariant s2i_invariants[S2I_NR_INVARIANTS] = {
	{ "alias-mismatch",
	  "memory the host maps cacheable in the VMA is never mapped non-cacheable at stage 2",
	  { { "", alias_mismatch, NULL } } },
	{ "cmo-needs-kva",
	  "a mapping whose cache maintenance is not elided is only ever made of map memory",
	  { { "", cmo_needs_kva, NULL } } },
	{ "no-exec-noncacheable", "no executable Device or Normal-NC mapping",
	  { { "", no_exec_noncacheable, NULL } } },
	{ "no-write-readonly", "no W without a writable host page and slot",
	  { { "", no_write_readonly, NULL } } },
	{ "dirty-log-sound",
	  "with logging, whatever becomes writable is marked dirty in the same step",
	  { { "", dirty_log_sound, NULL } } },
	{ "dirty-log-exact", "with logging, only a write makes a page writable",
	  { { "", dirty_log_exact, NULL } } },
	{ "mte-tags",
	  "in an MTE VM, no cacheable mapping of a VMA without VM_MTE_ALLOWED is created by a "
	  "translation fault",
	  { { "", mte_tags, NULL } } },
	{ "slot-fault-agree", "the slot check and the fault path agree about a VMA",
	  { { "strict", slot_strict, installed }, { "lax", slot_lax, memory_refused } } },
};

/* SPDX-License-Identifier: MIT */
/*
 * All states of a revision at once: which rules fire, whether the invariants hold, on
 * which states two revisions decide differently. Exact, without sampling: sets of
 * states are decision diagrams over the facts.
 *
 * A state is an assignment of all input facts, those that a rule file declares
 * included, narrowed by the laws of lib/kernel/facts.c and by named assumptions.
 * Counts are numbers of states. Conditions are struct s2_cond over input and derived
 * facts.
 *
 * Results belong to the explorer and live until it is freed. An explorer holds all its
 * state; calls return 0, or S2_ENOMEM or S2_ELIMIT when the sets grow beyond the
 * stated limit, or S2_ECANCELED.
 */
#ifndef S2PTE_EXPLORE_H
#define S2PTE_EXPLORE_H

#include <s2pte/kernel.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Assumptions ---------------------------------------------------------------- */

enum s2_assumption {
	S2_ASSUME_PLAIN_VMA_IS_RAM,
	S2_ASSUME_ONE_ACCESS,
	S2_ASSUME_SLOT_ACCEPTED,
	S2_ASSUME_GUP_REFUSES_SPECIAL,
	S2_NR_ASSUMPTIONS
};
struct s2_assumption_info {
	const char *id;
	bool by_default;
	struct s2_cond never; /* states it excludes; mask 0: computed from the slot rules */
	const char *why;
};
extern const struct s2_assumption_info *const s2_assumptions;
#define S2_ASSUME_DEFAULT (1u << S2_ASSUME_PLAIN_VMA_IS_RAM | 1u << S2_ASSUME_ONE_ACCESS)

/* ---- The explorer --------------------------------------------------------------- */

struct s2_explore_options {
	unsigned assumptions; /* bits 1 << enum s2_assumption */
	/* Only part number @shard (0-based) of @n_shards, to be joined; n_shards 0: the whole. */
	unsigned shard, n_shards;
	/* Asked now and then; anything but 0 cancels. May be NULL. */
	int (*progress)(void *arg);
	void *arg;
};
#define S2_MAX_SHARDS 1024

/*
 * A space for the facts of up to two revisions; their own facts of one name are one
 * fact. The revisions must outlive it. Also S2_EINVAL if there is no such part.
 */
struct s2_explorer;
int s2_explorer_new(struct s2_explorer **explorer, const struct s2_revision *a,
		    const struct s2_revision *b, const struct s2_explore_options *options);
void s2_explorer_free(struct s2_explorer *explorer);
/* The name of a fact as numbered in results. */
const char *s2_explorer_fact_name(const struct s2_explorer *explorer, unsigned fact);

/* A set of states as a list of conditions: prime, irredundant, by descending weight. */
struct s2_cover {
	const struct s2_cond *conds;
	size_t n;
};

/* One state of a set, as likely as a scenario as there is; all input facts are in it. */
struct s2_witness {
	bool is; /* false if the set is empty */
	uint64_t facts;
};

/* ---- reach ------------------------------------------------------------------------ */

struct s2_reached_rule {
	const struct s2_rule *rule;
	uint64_t reached;
	struct s2_witness witness;
	struct s2_cover when; /* of a part only */
	/* If it is never reached, in the whole: */
	const char *because;    /* in words */
	int assumption;         /* enum s2_assumption that alone excludes it, or -1 */
	uint64_t earlier;       /* rules (bits by index) that end those states before */
};

/* For a derived fact of several alternatives: which of them decides at a rule that asks. */
struct s2_reached_alternative {
	unsigned fact, alternative;
	uint64_t decisive; /* states where the fact holds by this alternative alone */
	struct s2_cover when;
	struct s2_witness witness;
};

struct s2_reach {
	uint64_t states;
	const struct s2_reached_rule *rules;
	size_t n_rules;
	const struct s2_reached_alternative *alternatives;
	size_t n_alternatives;
};
int s2_explore_reach(struct s2_explorer *explorer, const struct s2_revision *rev,
		     struct s2_reach *reach);

/* ---- verify ----------------------------------------------------------------------- */

#define S2_MAX_KINDS 2
struct s2_violation {
	const char *kind; /* "strict", "lax"; "" where there is only one kind */
	uint64_t violations;
	struct s2_cover when;
	struct s2_cover shown; /* of a part only, if not every violation can be the witness */
	struct s2_witness witness;
};
struct s2_invariant {
	const char *id, *says;
	bool holds;
	uint64_t violations; /* states that violate it in any way */
	struct s2_violation kinds[S2_MAX_KINDS];
	size_t n_kinds;
	unsigned needs; /* if it holds: it does not without these assumptions (bits) */
};
struct s2_verify {
	uint64_t states;
	const struct s2_invariant *invariants;
	size_t n_invariants;
};
int s2_explore_verify(struct s2_explorer *explorer, const struct s2_revision *rev,
		      struct s2_verify *verify);

/* ---- diff ------------------------------------------------------------------------- */

/* What is decided about a state. */
struct s2_outcome {
	enum s2_stage stage;   /* S2_STAGE_SLOT: about the slot; S2_STAGE_FAULT: about the fault */
	bool installs;         /* a fault that maps or relaxes; then prot and sanitise hold */
	int err;               /* enum s2_errno, positive */
	enum s2_action action; /* of a fault that installs nothing */
	uint64_t prot;         /* facts S2_FACT_PROT_* and S2_FACT_SANITISE_TAGS */
};
struct s2_change {
	struct s2_outcome from, to;
	uint64_t from_by, to_by; /* the rules (bits by index) that end it so, 0 where it installs */
	uint64_t states;
	struct s2_cover when;
	struct s2_witness witness;
};
struct s2_diff {
	uint64_t states, different;
	const struct s2_change *changes; /* by descending number of states */
	size_t n_changes;
};
int s2_explore_diff(struct s2_explorer *explorer, const struct s2_revision *from,
		    const struct s2_revision *to, struct s2_diff *diff);

/* What @rev decides about one state (input facts as numbered by the explorer). */
struct s2_outcome s2_explore_outcome(const struct s2_explorer *explorer,
				     const struct s2_revision *rev, enum s2_stage stage,
				     uint64_t facts);

/* ---- Sizes ------------------------------------------------------------------------ */

/*
 * What of addresses and sizes the fault path asks about, as facts of their own. Every
 * address comes into the decision only through these questions, so that one example of
 * each combination stands for all: does the VMA cover the block (its extent), do virtual
 * and physical address agree below the block's size, does the slot support the block,
 * how large is the host's mapping, at which level did a permission fault occur, where in
 * the block did it hit.
 */
enum s2_size_fact {
	S2_SZ_16K,
	S2_SZ_64K,
	S2_SZ_LOGGING,
	S2_SZ_NONCACHEABLE,
	S2_SZ_PFNMAP,
	S2_SZ_HUGETLB_PMD,
	S2_SZ_HUGETLB_PUD,
	S2_SZ_VMA_COVERS_PMD,
	S2_SZ_VMA_COVERS_PUD,
	S2_SZ_CONGRUENT_PMD,
	S2_SZ_CONGRUENT_PUD,
	S2_SZ_SLOT_HOLDS_PMD,
	S2_SZ_SLOT_HOLDS_PUD,
	S2_SZ_HOST_MAPS_PMD,
	S2_SZ_PERMISSION,
	S2_SZ_GRANULE_PMD,
	S2_SZ_GRANULE_PUD,
	S2_SZ_AT_PMD_START,
	S2_SZ_AT_PUD_START,
	S2_SZ_MID_PAGE,
	S2_NR_SIZE_FACTS
};
struct s2_size_fact_info {
	const char *id, *why;
};
extern const struct s2_size_fact_info *const s2_size_facts;

/* An example of a combination: addresses in bytes. */
struct s2_size_case {
	enum s2_granule granule;
	bool logging, noncacheable, permission;
	int fault_level;    /* of a permission fault */
	uint64_t ipa;       /* that faults */
	struct s2_vma vma;  /* extent, hugetlb, pfnmap, physical address, host's mapping */
	struct s2_memslot slot;
};
/* False if the facts contradict each other. */
bool s2_size_case_init(struct s2_size_case *c, uint64_t facts);

struct s2_size_outcome {
	bool relaxes;       /* else maps */
	uint64_t size;      /* bytes */
	uint64_t ipa;       /* given to the table */
	uint64_t dirty;     /* marked if it became writable */
	/* The same in words that hold for all of a group. */
	int level;          /* of the size: 3 page, 2 PMD, 1 PUD */
	bool dirty_start;   /* the start of the mapping, else the page that faulted */
	bool ipa_aligned;   /* to the page size */
};
struct s2_size_outcome s2_size_outcome(uint32_t quirks, const struct s2_size_case *c);

struct s2_size_change {
	struct s2_size_outcome from, to; /* of the witness */
	uint64_t cases;
	struct s2_cover when; /* over enum s2_size_fact */
	uint64_t witness;
};
struct s2_size_diff {
	uint64_t cases, different;
	const struct s2_size_change *changes;
	size_t n_changes;
};
int s2_explore_size_diff(struct s2_explorer *explorer, const struct s2_revision *from,
			 const struct s2_revision *to, struct s2_size_diff *diff);

/* Invariants about blocks, over the same combinations. */
struct s2_size_invariant {
	const char *id, *says;
	uint64_t cases, violations;
	struct s2_cover when;
	uint64_t witness; /* if violations is not 0 */
};
#define S2_NR_SIZE_INVARIANTS 2
int s2_explore_size_verify(struct s2_explorer *explorer, const struct s2_revision *rev,
			   struct s2_size_invariant out[S2_NR_SIZE_INVARIANTS]);

/* ---- Parts ------------------------------------------------------------------------ */

/*
 * The answer of the whole from those of its parts: @parts[k] is what the function above
 * gave for part k of @n, or as much of it as s2pte-json(5) lists. @explorer is one of the
 * whole, over the same revisions under the same assumptions. Also S2_EINVAL and @err if
 * the parts do not fit the revisions. Of invariants about blocks, part k's start at
 * @parts[k * S2_NR_SIZE_INVARIANTS].
 */
int s2_join_reach(struct s2_explorer *explorer, const struct s2_revision *rev,
		  const struct s2_reach *parts, unsigned n, struct s2_reach *reach,
		  struct s2_error *err);
int s2_join_verify(struct s2_explorer *explorer, const struct s2_revision *rev,
		   const struct s2_verify *parts, unsigned n, struct s2_verify *verify,
		   struct s2_error *err);
int s2_join_diff(struct s2_explorer *explorer, const struct s2_revision *from,
		 const struct s2_revision *to, const struct s2_diff *parts, unsigned n,
		 struct s2_diff *diff, struct s2_error *err);
int s2_join_size_verify(struct s2_explorer *explorer, const struct s2_size_invariant *parts,
			unsigned n, struct s2_size_invariant out[S2_NR_SIZE_INVARIANTS],
			struct s2_error *err);
int s2_join_size_diff(struct s2_explorer *explorer, const struct s2_revision *from,
		      const struct s2_revision *to, const struct s2_size_diff *parts, unsigned n,
		      struct s2_size_diff *diff, struct s2_error *err);

#ifdef __cplusplus
}
#endif
#endif

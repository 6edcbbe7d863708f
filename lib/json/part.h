/* SPDX-License-Identifier: MIT */
/* Reading the parts of a sweep. */
#ifndef S2I_PART_H
#define S2I_PART_H

#include "reader.h"

/* Whose part it is. Texts are the document's. */
struct s2i_part_head {
	enum s2_question question;
	const char *base, *kernel; /* base NULL: about one revision */
	const char *run_as;        /* of whatif */
	const json_t *proposed;    /* the same: a rule file */
	unsigned shard, n_shards;  /* 0-based */
	uint64_t revisions[2];     /* fingerprints: the base's if there is one, the kernel's */
	uint64_t assumptions;
};
/* 0; S2_EINVAL if it is none. The reader must be at the root. */
int s2i_read_part_head(struct s2i_reader *r, const json_t *root, struct s2i_part_head *head);
/* An array of assumptions, into uint64_t. */
s2i_read_fn s2i_read_assumptions;

/* Tells revisions that have changed in between from each other. */
uint64_t s2i_fingerprint(const struct s2_revision *rev);

/* Memory of what has been read. */
struct s2i_kept {
	struct s2i_kept *next;
};
/* Zeroed; NULL if there is none. */
void *s2i_keep(struct s2i_kept **kept, size_t n, size_t size);
char *s2i_keep_text(struct s2i_kept **kept, const char *text);

/* All parts, by number; what the question is not about stays empty. */
struct s2i_parts {
	const struct s2_explorer *explorer;
	const struct s2_revision *base, *kernel;
	struct s2i_kept *kept;
	struct s2_reach *reach;
	struct s2_verify *verify;
	struct s2_size_invariant *size_invariants; /* S2_NR_SIZE_INVARIANTS a part */
	struct s2_diff *diff;
	struct s2_size_diff *size_diff;
};
/* Read part number @shard. */
int s2i_read_part(struct s2i_reader *r, const json_t *root, enum s2_question question,
		  unsigned shard, struct s2i_parts *parts);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef S2I_WITNESS_H
#define S2I_WITNESS_H

#include "writer.h"

/* The scenario as a value; null if no scenario can be in that state. */
void s2i_write_witness(struct s2i_writer *w, const char *key, const struct s2_json_witness *witness);
/* A block made, split, and walked. */
void s2i_write_table_witness(struct s2i_writer *w, const char *key,
			     const struct s2_table_invariant *inv, const char *kernel);
void s2i_write_outcome(struct s2i_writer *w, const char *key, const struct s2_outcome *outcome);

/* "DEVICE", "NORMAL_NC", "NORMAL". */
const char *s2i_memtype_name(enum s2_memtype type);

#endif

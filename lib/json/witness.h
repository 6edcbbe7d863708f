/* SPDX-License-Identifier: MIT */
#ifndef S2I_WITNESS_H
#define S2I_WITNESS_H

#include "writer.h"

/* The scenario as a value; null if no scenario can be in that state. */
void s2i_write_witness(struct s2i_writer *w, const char *key, const struct s2_json_witness *witness);
void s2i_write_outcome(struct s2i_writer *w, const char *key, const struct s2_outcome *outcome);

#endif

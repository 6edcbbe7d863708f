/* SPDX-License-Identifier: MIT */
#ifndef S2I_GEOMETRY_H
#define S2I_GEOMETRY_H

#include <s2pte/explore.h>

/* With dirty logging every mapping is one page, whatever the addresses and sizes. */
bool s2i_logged_pages_only(const struct s2_revision *rev);

#endif

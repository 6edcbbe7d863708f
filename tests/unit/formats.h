/* SPDX-License-Identifier: MIT */
/* What the tests of descriptors share: all formats. */
#ifndef UNIT_FORMATS_H
#define UNIT_FORMATS_H

#include <stdio.h>
#include <s2pte/arch.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Every format: granule x fwb x lpa2 x lpa x xnx. */
#define NR_FORMATS 48

static inline struct s2_format format_of(unsigned n)
{
	return (struct s2_format){
		.granule = (enum s2_granule)(n % 3),
		.fwb = (n / 3 & 1) != 0,
		.lpa2 = (n / 6 & 1) != 0,
		.lpa = (n / 12 & 1) != 0,
		.xnx = (n / 24 & 1) != 0,
	};
}

static inline const char *format_text(const struct s2_format *fmt)
{
	static char text[64];

	snprintf(text, sizeof(text), "%s fwb=%d lpa2=%d lpa=%d xnx=%d",
		 s2_granule_name(fmt->granule), fmt->fwb, fmt->lpa2, fmt->lpa, fmt->xnx);
	return text;
}

#endif

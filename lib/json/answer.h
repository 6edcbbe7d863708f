/* SPDX-License-Identifier: MIT */
#ifndef S2I_ANSWER_H
#define S2I_ANSWER_H

#include <s2pte/json.h>

/* Is the answer, among others, to this question? */
static inline bool s2i_asks(const struct s2_answer *a, enum s2_question question)
{
	return a->question == question || a->question == S2_ASK_WHATIF;
}

#endif

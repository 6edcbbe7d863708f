/* SPDX-License-Identifier: MIT */
/* Who asks what could stand in a word's place, and how to answer. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "hints.h"
#include "session.h"

struct asked {
	struct session *s;
	int argc;           /* words before the one in question */
	char **argv;
	const char *prefix; /* what there is of it */
	complete_fn *found;
	void *arg;
};

/* Call back if @candidate begins with the prefix, whatever its case. */
void offer(const struct asked *a, const char *candidate, const char *help);
void offer_names(const struct asked *a, const struct s2_name *names);
void offer_hints(const struct asked *a, const struct hint *hints);
void offer_revisions(const struct asked *a);
void offer_rules(const struct asked *a, const char *revision);
void offer_cpus(const struct asked *a); /* by name */
void offer_files(const struct asked *a);
void offer_commands(const struct asked *a);
/* Only those of the command line. */
void offer_cli_commands(const struct asked *a);

/* Words of a command of the command line, and of the shell. */
void complete_cli(const struct asked *a, const struct cli_command *command);
void complete_shell(const struct asked *a, const struct shell_command *command);

#endif

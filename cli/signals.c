/* SPDX-License-Identifier: MIT */
/*
 * Signals that end the command wait while it works, and act where all that is complete has been
 * written: before it waits for input, between the items, and during a long computation. So
 * nothing is lost that was answered, and no file is left half written.
 */
#include "cli.h"

#include <signal.h>

/* Where what is complete goes; NULL while signals are not held. */
static FILE *holder;

static void mask(int how)
{
	static const int ending[] = { SIGHUP, SIGINT, SIGTERM };
	sigset_t set;

	if (holder == NULL)
		return;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		sigaddset(&set, ending[i]);
	sigprocmask(how, &set, NULL);
}

void cli_signals_hold(FILE *out)
{
	holder = out;
	mask(SIG_BLOCK);
}

void cli_signals_release(void)
{
	mask(SIG_UNBLOCK);
	holder = NULL;
}

void cli_signals_let(void)
{
	mask(SIG_UNBLOCK);
}

void cli_signals_again(void)
{
	mask(SIG_BLOCK);
}

void cli_signals_wait(void)
{
	if (holder != NULL)
		fflush(holder);
	cli_signals_let();
}

void cli_signals_take(void)
{
	cli_signals_wait();
	cli_signals_again();
}

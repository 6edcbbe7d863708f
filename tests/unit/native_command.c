/* SPDX-License-Identifier: MIT */
/*
 * cpu --native on CPUs that this machine is not: the linker puts registers of ours in the place of
 * what is read. Speaks TAP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "native.h"

int __wrap_native_idregs(struct cli *cli, struct s2_idregs *regs, uint64_t *midr);

static const struct machine {
	const char *what;
	uint64_t midr, ctr;
	bool scenario; /* asked for that alone */
	int status;    /* of that */
	const char *said[4]; /* of the text, or of the message */
} machines[] = {
	{ "a Neoverse V2 with DIC", UINT64_C(0x410fd4f0), UINT64_C(0xb444c004), false, CLI_OK,
	  { "neoverse-v2: ", "MIDR_EL1 0x410fd4f0;", "taken from what is published",
	    "CTR_EL0 0x00000000b444c004" } },
	{ "a CPU that nobody knows", UINT64_C(0xff0fffff), UINT64_C(0x8444c004), false, CLI_OK,
	  { "MIDR_EL1 0xff0fffff;", "unknown here", "ID_AA64MMFR0_EL1 is not known" } },
	{ "a hidden CPU", 0, UINT64_C(0x8444c004), false, CLI_OK,
	  { "MIDR_EL1 0x0 (hidden);", "open, and off there unless you say so: fwb" } },
	{ "a CPU that nobody knows, as a scenario's", UINT64_C(0xff0fffff), UINT64_C(0x8444c004),
	  true, CLI_NOT_ALL, { "cpu: " } },
};
static const struct machine *machine;

int __wrap_native_idregs(struct cli *cli, struct s2_idregs *regs, uint64_t *midr)
{
	(void)cli;
	*regs = (struct s2_idregs){ .value = { [S2_CTR] = machine->ctr },
				    .known = { [S2_CTR] = UINT64_MAX } };
	*midr = machine->midr;
	return CLI_OK;
}

/* All that it prints with one option. */
static int run(const char *option, char **text)
{
	struct cli cli = { 0 };
	char *argv[] = { (char[]){ "cpu" }, (char[]){ "--native" }, (char *)(uintptr_t)option, NULL };
	size_t size;
	int status;

	cli.out = cli.err = open_memstream(text, &size);
	if (cli.out == NULL)
		return CLI_IO;
	status = cli_flush(&cli, cli_dispatch(&cli, option != NULL ? 3 : 2, argv));
	cli_revisions_free(&cli);
	fclose(cli.out);
	return status;
}

static bool says_all(const char *text)
{
	for (size_t i = 0; i < 4 && machine->said[i] != NULL; i++)
		if (text == NULL || strstr(text, machine->said[i]) == NULL) {
			printf("# not said: %s\n", machine->said[i]);
			return false;
		}
	return true;
}

int main(void)
{
	const size_t n = sizeof(machines) / sizeof(machines[0]);
	bool all = true;

	for (size_t i = 0; i < n; i++) {
		char *text = NULL, *json = NULL, midr[32];
		bool good;

		machine = &machines[i];
		good = run(machine->scenario ? "--scenario" : "--text", &text) == machine->status &&
		       says_all(text);
		snprintf(midr, sizeof(midr), "\"midr\":\"0x%llx\"", (unsigned long long)machine->midr);
		good &= run(NULL, &json) == CLI_OK && strstr(json, midr) != NULL;
		printf("%s %zu - %s\n", good ? "ok" : "not ok", i + 1, machine->what);
		if (!good)
			printf("# %.2000s\n# %.200s\n", text, json);
		free(text);
		free(json);
		all &= good;
	}
	printf("1..%zu\n", n);
	return all ? 0 : 1;
}

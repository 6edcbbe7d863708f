// SPDX-License-Identifier: MIT
/*
 * Without the module: what only the kernel knows is left to whoever drives the machine. The line
 * "@ outside what=..." asks, a newline on the console says that it has been seen.
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "init.h"

void wait_for_driver(void)
{
	char c;

	while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
		;
}

void outside_walk(const struct line *line)
{
	answer("@ outside what=walk ipa=%s", word(line, "ipa", "0"));
	wait_for_driver();
}

void outside_cpu(void)
{
	struct utsname name;

	uname(&name);
	answer("@ outside what=cpu release=%s page=%ld", name.release, sysconf(_SC_PAGESIZE));
	wait_for_driver();
}

/* The VMA as /proc/self/smaps has it. */
void outside_vma(const struct line *line)
{
	unsigned long long hva = number(line, "hva", 0), start = 0, end = 0, pgoff = 0, page_kb = 0;
	FILE *smaps = fopen("/proc/self/smaps", "r");
	char text[512], flags[512] = "";
	bool found = false;

	while (smaps && fgets(text, sizeof(text), smaps)) {
		unsigned long long a, b, offset;
		char perms[8];

		if (sscanf(text, "%llx-%llx %7s %llx", &a, &b, perms, &offset) == 4) {
			found = a <= hva && hva < b;
			if (found) {
				start = a;
				end = b;
				pgoff = offset / (unsigned long long)sysconf(_SC_PAGESIZE);
			}
		} else if (found && sscanf(text, "KernelPageSize: %llu kB", &page_kb) == 1) {
			continue;
		} else if (found && !strncmp(text, "VmFlags: ", 9)) {
			snprintf(flags, sizeof(flags), "%s", text + 9);
			break;
		}
	}
	if (smaps)
		fclose(smaps);
	if (!flags[0]) {
		answer("@ vma errno=2");
		return;
	}
	for (char *c = flags; *c; c++)
		if (*c == ' ' || *c == '\n')
			*c = ',';
	answer("@ outside what=vma hva=%#llx start=%#llx end=%#llx pgoff=%#llx page_size=%llu names=%s",
	       hva, start, end, pgoff, page_kb << 10, flags);
	wait_for_driver();
}

// SPDX-License-Identifier: MIT
/*
 * The only process of the kernel under test. Reads /script line by line, does what it says to
 * memory and to a VM, and answers each line with one of its own. It knows neither the cases nor
 * what is expected of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../module/s2probe.h"
#include "init.h"

int probe_fd = -1;

void answer(const char *format, ...)
{
	char text[1024];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text) - 1, format, args);
	va_end(args);
	if (n > (int)sizeof(text) - 2)
		n = sizeof(text) - 2;
	text[n++] = '\n';
	for (int at = 0; at < n;) {
		ssize_t part = write(STDOUT_FILENO, text + at, (size_t)(n - at));

		if (part <= 0)
			return;
		at += (int)part;
	}
}

bool failed(const struct line *line, long ret)
{
	if (ret >= 0)
		return false;
	answer("@ %s errno=%d", line->command, errno);
	return true;
}

int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}

const char *word(const struct line *line, const char *key, const char *otherwise)
{
	for (int i = 0; i < line->count; i++)
		if (!strcmp(line->key[i], key))
			return line->value[i];
	return otherwise;
}

uint64_t number(const struct line *line, const char *key, uint64_t otherwise)
{
	const char *value = word(line, key, NULL);

	return value ? strtoull(value, NULL, 0) : otherwise;
}

static void cmd_case(const struct line *line)
{
	vm_reset();
	memory_reset();
	answer("@ case id=%s", word(line, "id", "?"));
}

/* Waits until whoever drives the machine from outside has looked. */
static void cmd_hold(const struct line *line)
{
	answer("@ hold id=%s", word(line, "id", "?"));
	wait_for_driver();
}

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY);
	long ret = syscall(SYS_finit_module, fd, "", 0);

	answer("@ module path=%s errno=%d", path, ret ? errno : 0);
	close(fd);
}

static void cmd_module(const struct line *line)
{
	load_module(word(line, "path", ""));
}

static void cmd_cpu(const struct line *line)
{
	struct s2p_cpu cpu;
	struct utsname name;

	probe_fd = open("/dev/s2probe", O_RDWR);
	if (probe_fd < 0 && errno == ENOENT) {
		outside_cpu();
		return;
	}
	if (failed(line, probe_fd) || failed(line, ioctl(probe_fd, S2P_IOC_CPU, &cpu)) ||
	    failed(line, uname(&name)))
		return;
	answer("@ cpu release=%s page=%ld fwb=%llu dic=%llu xnx=%llu tlbi_range=%llu vhe=%llu "
	       "parange=%llu vmid16=%llu", name.release, sysconf(_SC_PAGESIZE), cpu.fwb, cpu.dic, cpu.xnx,
	       cpu.tlbi_range, cpu.vhe, cpu.parange, cpu.vmid16);
}

static const struct {
	const char *name;
	void (*run)(const struct line *);
} commands[] = {
	{ "case", cmd_case }, { "hold", cmd_hold }, { "module", cmd_module }, { "cpu", cmd_cpu },
	{ "hugepages", cmd_hugepages }, { "map", cmd_map }, { "touch", cmd_touch }, { "protect", cmd_protect },
	{ "discard", cmd_discard }, { "vma", cmd_vma }, { "vm", cmd_vm }, { "slot", cmd_slot },
	{ "access", cmd_access }, { "dirty", cmd_dirty }, { "walk", cmd_walk }, { "age", cmd_age },
};

static void run_line(char *text)
{
	struct line line = { .command = strtok(text, " \n") };

	if (!line.command || line.command[0] == '#')
		return;
	for (char *w; line.count < 16 && (w = strtok(NULL, " \n")); line.count++) {
		char *equals = strchr(w, '=');

		line.key[line.count] = w;
		line.value[line.count] = equals ? equals + 1 : "1";
		if (equals)
			*equals = 0;
	}
	for (unsigned int i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(commands[i].name, line.command)) {
			commands[i].run(&line);
			return;
		}
	answer("@ %s errno=%d", line.command, ENOSYS);
}

int main(void)
{
	static char text[4096];
	FILE *script;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	script = fopen("/script", "r");
	answer("@ start");
	while (script && fgets(text, sizeof(text), script))
		run_line(text);
	answer("@ end");
	sync();
	reboot(RB_POWER_OFF);
	return 0;
}

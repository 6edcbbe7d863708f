// SPDX-License-Identifier: MIT
/* Host memory of every kind, at addresses that the script chooses. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../module/s2probe.h"
#include "init.h"

#define MAPPINGS 64
static struct { void *at; size_t size; int fd; } mapping[MAPPINGS];
static int mappings;

void memory_reset(void)
{
	while (mappings > 0) {
		mappings--;
		munmap(mapping[mappings].at, mapping[mappings].size);
		if (mapping[mappings].fd >= 0)
			close(mapping[mappings].fd);
	}
}

/* Huge pages of every size as they are asked for, as far as there is memory. */
void cmd_hugepages(const struct line *line)
{
	DIR *dir = opendir("/sys/kernel/mm/hugepages");
	struct dirent *entry;
	int sizes = 0;

	while (dir && (entry = readdir(dir))) {
		char path[400];

		snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/%s/nr_overcommit_hugepages",
			 entry->d_name);
		/* Gigantic ones are refused; those come from the command line. */
		if (!put(path, "64"))
			sizes++;
	}
	if (dir)
		closedir(dir);
	/* Nobody else is to fold pages into huge ones. */
	put("/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs", "4000000000");
	answer("@ %s sizes=%d", line->command, sizes);
}

static int memory_file(uint64_t size, uint64_t huge)
{
	unsigned int flags = 0;
	int fd;

	if (huge)
		flags = MFD_HUGETLB | (unsigned int)__builtin_ctzll(huge) << MFD_HUGE_SHIFT;
	fd = memfd_create("guest", flags);
	if (fd >= 0 && ftruncate(fd, (off_t)size)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* A new open file of the module, so that each mapping keeps its own pages. */
static int module_file(const struct line *line)
{
	struct s2p_memory how = {
		.pa = number(line, "pa", 0), .method = number(line, "method", S2P_REMAP),
		.flags = number(line, "vmflags", 0), .pgprot = number(line, "pgprot", S2P_NORMAL),
		.at_pgoff = number(line, "at_pgoff", 1),
	};
	int fd = open("/dev/s2probe", O_RDWR);

	if (fd >= 0 && ioctl(fd, S2P_IOC_MEMORY, &how)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* The descriptor to map, -1 for anonymous memory, -2 if there is none to be had. */
static int open_kind(const struct line *line, const char *kind, uint64_t size, int *flags,
		     uint64_t *offset)
{
	uint64_t huge = number(line, "huge", 0);
	int fd;

	if (!strcmp(kind, "anon")) {
		*flags |= MAP_ANONYMOUS;
		if (huge)
			*flags |= MAP_HUGETLB | __builtin_ctzll(huge) << MAP_HUGE_SHIFT;
		return -1;
	}
	if (!strcmp(kind, "memfd")) {
		fd = memory_file(size + *offset, huge);
	} else if (!strcmp(kind, "file")) {
		fd = open(word(line, "path", "/init"), O_RDONLY);
	} else if (!strcmp(kind, "devmem")) {
		fd = open("/dev/mem", number(line, "sync", 0) ? O_RDWR | O_SYNC : O_RDWR);
		*offset = number(line, "pa", 0);
	} else if (!strcmp(kind, "module")) {
		fd = module_file(line);
	} else if (!strcmp(kind, "vfio")) {
		uint64_t bar_size;

		fd = vfio_region((unsigned int)number(line, "bar", 2), offset, &bar_size);
		*offset += number(line, "bar_offset", 0);
		if (fd >= 0)
			fd = dup(fd);
	} else {
		errno = EINVAL;
		fd = -1;
	}
	return fd < 0 ? -2 : fd;
}

void cmd_map(const struct line *line)
{
	uint64_t hva = number(line, "hva", 0), size = number(line, "size", 0);
	uint64_t offset = number(line, "offset", 0);
	const char *prot_text = word(line, "prot", "rw");
	int flags = number(line, "shared", 0) ? MAP_SHARED : MAP_PRIVATE;
	int prot = 0, fd;
	void *at;

	flags |= number(line, "over", 0) ? MAP_FIXED : MAP_FIXED_NOREPLACE;
	prot |= strchr(prot_text, 'r') ? PROT_READ : 0;
	prot |= strchr(prot_text, 'w') ? PROT_WRITE : 0;
	prot |= strchr(prot_text, 'x') ? PROT_EXEC : 0;
	prot |= strchr(prot_text, 't') ? 0x20 /* PROT_MTE */ : 0;
	fd = open_kind(line, word(line, "kind", "anon"), size, &flags, &offset);
	if (fd == -2) {
		failed(line, -1);
		return;
	}
	at = mmap((void *)hva, size, prot, flags, fd, (off_t)offset);
	if (at == MAP_FAILED) {
		failed(line, -1);
		if (fd >= 0)
			close(fd);
		return;
	}
	if (mappings < MAPPINGS) {
		mapping[mappings].at = at;
		mapping[mappings].size = size;
		mapping[mappings++].fd = fd;
	}
	if (number(line, "thp", 2) < 2)
		madvise(at, size, number(line, "thp", 0) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	answer("@ map errno=0");
}

static sigjmp_buf touch_failed;

static void on_fault(int sig)
{
	siglongjmp(touch_failed, sig);
}

void cmd_touch(const struct line *line)
{
	volatile char *at = (volatile char *)number(line, "hva", 0);
	uint64_t size = number(line, "size", 1), step = (uint64_t)sysconf(_SC_PAGESIZE);
	bool write = number(line, "write", 0);
	int sig;

	signal(SIGSEGV, on_fault);
	signal(SIGBUS, on_fault);
	sig = sigsetjmp(touch_failed, 1);
	for (uint64_t i = 0; !sig && i < size; i += step) {
		if (write)
			at[i] = 0;
		else
			(void)at[i];
	}
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	answer("@ touch signal=%d", sig);
}

void cmd_protect(const struct line *line)
{
	const char *text = word(line, "prot", "");
	int prot = (strchr(text, 'r') ? PROT_READ : 0) | (strchr(text, 'w') ? PROT_WRITE : 0) |
		   (strchr(text, 'x') ? PROT_EXEC : 0);

	if (!failed(line, mprotect((void *)number(line, "hva", 0), number(line, "size", 0), prot)))
		answer("@ protect errno=0");
}

/* Takes the pages out of the host's table: KVM is told. */
void cmd_discard(const struct line *line)
{
	if (!failed(line, madvise((void *)number(line, "hva", 0), number(line, "size", 0),
				  MADV_DONTNEED)))
		answer("@ discard errno=0");
}

void cmd_vma(const struct line *line)
{
	struct s2p_vma vma = { .addr = number(line, "hva", 0) };

	if (probe_fd < 0) {
		outside_vma(line);
		return;
	}
	if (failed(line, ioctl(probe_fd, S2P_IOC_VMA, &vma)))
		return;
	answer("@ vma start=%#llx end=%#llx pgoff=%#llx flags=%#llx pgprot=%llu page_size=%llu "
	       "entry=%#llx entry_size=%llu pa=%#llx writable=%llu special=%llu map_memory=%llu",
	       vma.start, vma.end, vma.pgoff, vma.flags, vma.pgprot, vma.page_size, vma.entry,
	       vma.entry_size, vma.pa, vma.writable, vma.special, vma.map_memory);
}

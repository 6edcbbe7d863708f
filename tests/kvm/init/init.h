/* SPDX-License-Identifier: MIT */
#ifndef INIT_H
#define INIT_H

#include <stdbool.h>
#include <stdint.h>

/* One line of the script: a command and its KEY=VALUE words. */
struct line {
	const char *command;
	int count;
	const char *key[16];
	const char *value[16];
};

uint64_t number(const struct line *line, const char *key, uint64_t otherwise);
const char *word(const struct line *line, const char *key, const char *otherwise);

/* The answer to a line: "@ COMMAND KEY=VALUE ...", one write. */
void answer(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "@ COMMAND errno=N" if @ret is negative. */
bool failed(const struct line *line, long ret);

/* Writes @text to the file at @path; 0 if it could. */
int put(const char *path, const char *text);

extern int probe_fd;

/* memory.c: the host's side. */
void cmd_hugepages(const struct line *line);
void cmd_map(const struct line *line);
void cmd_touch(const struct line *line);
void cmd_protect(const struct line *line);
void cmd_discard(const struct line *line);
void cmd_vma(const struct line *line);
void memory_reset(void);

/* vm.c: one VM at a time. */
void cmd_vm(const struct line *line);
void cmd_slot(const struct line *line);
void cmd_access(const struct line *line);
void cmd_dirty(const struct line *line);
void cmd_walk(const struct line *line);
void cmd_age(const struct line *line);
void vm_reset(void);

/* outside.c */
void wait_for_driver(void);
void outside_walk(const struct line *line);
void outside_vma(const struct line *line);
void outside_cpu(void);

/* vfio.c */
int vfio_region(unsigned int bar, uint64_t *offset, uint64_t *size);

#endif

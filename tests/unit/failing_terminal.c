/* SPDX-License-Identifier: MIT */
/* What a prompt asks the system and libedit for: calls that fail in their turn, as allocations do. */
#include <errno.h>
#include <histedit.h>
#include <spawn.h>
#include <stdio.h>
#include <unistd.h>

#include "failing.h"

#define CALLER __builtin_return_address(0)

FILE *__real_fdopen(int fd, const char *mode);
FILE *__wrap_fdopen(int fd, const char *mode);
int __real_pipe(int fds[2]);
int __wrap_pipe(int fds[2]);
int __real_posix_spawn(pid_t *child, const char *path, const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]);
int __wrap_posix_spawn(pid_t *child, const char *path, const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]);
EditLine *__real_el_init(const char *name, FILE *in, FILE *out, FILE *err);
EditLine *__wrap_el_init(const char *name, FILE *in, FILE *out, FILE *err);
History *__real_history_init(void);
History *__wrap_history_init(void);

FILE *__wrap_fdopen(int fd, const char *mode)
{
	return failing_now(CALLER) ? NULL : __real_fdopen(fd, mode);
}

int __wrap_pipe(int fds[2])
{
	return failing_now(CALLER) ? -1 : __real_pipe(fds);
}

int __wrap_posix_spawn(pid_t *child, const char *path, const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	return failing_now(CALLER) ? ENOMEM :
	       __real_posix_spawn(child, path, actions, attributes, argv, envp);
}

EditLine *__wrap_el_init(const char *name, FILE *in, FILE *out, FILE *err)
{
	return failing_now(CALLER) ? NULL : __real_el_init(name, in, out, err);
}

History *__wrap_history_init(void)
{
	return failing_now(CALLER) ? NULL : __real_history_init();
}

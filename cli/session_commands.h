/* SPDX-License-Identifier: MIT */
/* The shell's own commands, by the file they live in. */
#ifndef CLI_SESSION_COMMANDS_H
#define CLI_SESSION_COMMANDS_H

#include "session.h"

/* session_setup.c */
extern const struct shell_command shell_kernel;
extern const struct shell_command shell_granule;
extern const struct shell_command shell_ipa_bits;
extern const struct shell_command shell_cpu;
extern const struct shell_command shell_mte;
extern const struct shell_command shell_ram;
extern const struct shell_command shell_vma;
extern const struct shell_command shell_slot;

/* session_events.c */
extern const struct shell_command shell_read;
extern const struct shell_command shell_write;
extern const struct shell_command shell_exec;
extern const struct shell_command shell_fault;
extern const struct shell_command shell_map;
extern const struct shell_command shell_relax;
extern const struct shell_command shell_unmap;
extern const struct shell_command shell_wrprotect;
extern const struct shell_command shell_split;
extern const struct shell_command shell_flush;
extern const struct shell_command shell_age;
extern const struct shell_command shell_test_age;
extern const struct shell_command shell_mkyoung;
extern const struct shell_command shell_pte;
extern const struct shell_command shell_walk;
extern const struct shell_command shell_dump;

/* session_steps.c */
extern const struct shell_command shell_show;
extern const struct shell_command shell_explain;
extern const struct shell_command shell_undo;
extern const struct shell_command shell_redo;
extern const struct shell_command shell_save;
extern const struct shell_command shell_load;
extern const struct shell_command shell_reset;
extern const struct shell_command shell_source;
extern const struct shell_command shell_set;
extern const struct shell_command shell_tutorial;
extern const struct shell_command shell_quit;
extern const struct shell_command shell_exit; /* another name of quit */

/* help.c */
extern const struct shell_command shell_help;

/* For people: which slots are refused, in a line each; nothing for programs. */
void session_tell_slots(struct session *s);
/* What became of one slot that was set up: its result for programs. */
void session_tell_slot(struct session *s, size_t number);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PROBE_H
#define PROBE_H

#include <linux/fs.h>
#include <linux/mm.h>

#include "s2probe.h"

/* What one open file has been told to map, and the pages it has allocated. */
struct probe {
	struct s2p_memory next;
	struct list_head regions;
};

int probe_mmap(struct file *file, struct vm_area_struct *vma);
void probe_free(struct probe *probe);

int probe_vma(struct s2p_vma *out);
int probe_walk(struct s2p_walk *walk);
int probe_age(struct s2p_age *age);
void probe_cpu(struct s2p_cpu *cpu);

#endif

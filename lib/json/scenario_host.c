/* SPDX-License-Identifier: MIT */
/* What the host has: CPU, RAM map, VMAs, slots. */
#include "scenario_parts.h"

READ_ENUM(read_pgprot, enum s2_pgprot, s2_pgprot_names, "a page protection")
READ_ENUM(read_state, enum s2_backing_state, s2_backing_state_names, "a state of the backing")

static int read_vm_flags(struct s2i_reader *r, const json_t *value, void *dst)
{
	return s2i_names(r, value, s2_vm_flag_names, "VM_", "a VMA flag", dst);
}

static int read_slot_flags(struct s2i_reader *r, const json_t *value, void *dst)
{
	uint64_t bits;
	int ret = s2i_names(r, value, s2_memslot_flag_names, "KVM_MEM_", "a slot flag", &bits);

	if (ret == 0)
		*(uint32_t *)dst = (uint32_t)bits;
	return ret;
}

static int read_map_memory(struct s2i_reader *r, const json_t *value, void *dst)
{
	bool yes;
	int ret = s2i_read_bool(r, value, &yes);

	if (ret == 0)
		*(enum s2_map_memory *)dst = yes ? S2_MAP_MEMORY_YES : S2_MAP_MEMORY_NO;
	return ret;
}

/* Physical addresses fit the widest format; s2_vma_check() knows the one at hand. */
int s2i_read_pa(struct s2i_reader *r, const json_t *value, void *dst)
{
	int ret = s2i_read_address(r, value, dst);

	if (ret == 0 && *(uint64_t *)dst >> 52 != 0)
		return s2i_fail(r, S2_EINVAL, "a physical address has at most 52 bits");
	return ret;
}

int s2i_read_range(struct s2i_reader *r, const json_t *value, void *dst)
{
	int ret = s2i_read_size(r, value, dst);

	if (ret == 0 && *(uint64_t *)dst >> 56 != 0)
		return s2i_fail(r, S2_EINVAL, "a size must stay below 2^56");
	return ret;
}

static int read_page_size(struct s2i_reader *r, const json_t *value, void *dst)
{
	uint64_t size;
	int ret = s2i_read_size(r, value, &size);

	if (ret == 0 && (size == 0 || (size & (size - 1)) != 0 || size >> 52 != 0))
		return s2i_expected(r, value, "a power of two");
	if (ret == 0)
		*(uint64_t *)dst = size;
	return ret;
}

static const struct s2i_key cpu_keys[] = {
	KEY("fwb", struct s2_cpu, fwb, s2i_read_bool),
	KEY("dic", struct s2_cpu, dic, s2i_read_bool),
	KEY("xnx", struct s2_cpu, xnx, s2i_read_bool),
	KEY("lpa2", struct s2_cpu, lpa2, s2i_read_bool),
	KEY("lpa", struct s2_cpu, lpa, s2i_read_bool),
	KEY("tlbi_range", struct s2_cpu, tlbi_range, s2i_read_bool),
	END,
};

/* Features one by one, or as on the command line: "neoverse-v2", "neoverse-n1,dic". */
int s2i_read_cpu(struct s2i_reader *r, const json_t *value, void *dst)
{
	const char *list = json_string_value(value);
	struct s2_error why;

	if (list != NULL && list[0] == '\0')
		return s2i_fail(r, S2_EINVAL, "expected the name of a CPU, or features of one");
	if (list != NULL)
		return s2_cpu_parse(dst, list, &why) == 0 ? 0 :
							    s2i_fail(r, S2_EINVAL, "%s", why.message);
	return s2i_object(r, value, cpu_keys, 1, dst);
}

static const struct s2i_key vm_keys[] = {
	{ "mte", s2i_read_bool, 0, 0, 0 },
	END,
};

int s2i_read_vm(struct s2i_reader *r, const json_t *value, void *dst)
{
	return s2i_object(r, value, vm_keys, 1, dst);
}

static const struct s2i_key ram_keys[] = {
	NEED("pa", struct s2_ram, pa, s2i_read_pa),
	NEED("size", struct s2_ram, size, s2i_read_range),
	END,
};

static const struct s2i_key backing_keys[] = {
	KEY("pa", struct s2_backing, pa, s2i_read_pa),
	KEY("mapping", struct s2_backing, mapping, read_page_size),
	KEY("writable", struct s2_backing, writable, s2i_read_bool),
	KEY("special", struct s2_backing, special, s2i_read_bool),
	KEY("state", struct s2_backing, state, read_state),
	KEY("map_memory", struct s2_backing, map_memory, read_map_memory),
	END,
};

static int read_backing(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_backing *backing = dst;

	*backing = (struct s2_backing){ .writable = true };
	return s2i_object(r, value, backing_keys, 1, backing);
}

static int read_pgoff(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_vma *vma = dst;

	vma->has_pgoff = true;
	return s2i_read_address(r, value, &vma->pgoff);
}

/* For people and the shell; nothing depends on it. */
static int read_name(struct s2i_reader *r, const json_t *value, void *dst)
{
	const char *name;

	(void)dst;
	return s2i_read_text(r, value, &name);
}

static int read_hugetlb(struct s2i_reader *r, const json_t *value, void *dst)
{
	return read_page_size(r, value, &((struct s2_vma *)dst)->hugetlb);
}

/* The last row is for set_vma alone; "need" is 1 for a VMA of its own and 2 there. */
static const struct s2i_key vma_keys[] = {
	{ "start", s2i_read_address, offsetof(struct s2_vma, start), 1, 0 },
	{ "end", s2i_read_address, offsetof(struct s2_vma, end), 1, 0 },
	KEY("flags", struct s2_vma, flags, read_vm_flags),
	KEY("pgprot", struct s2_vma, pgprot, read_pgprot),
	KEY("backing", struct s2_vma, backing, read_backing),
	{ "hugetlb", read_hugetlb, 0, 0, 0 },
	{ "pgoff", read_pgoff, 0, 0, 0 },
	{ "name", read_name, 0, 0, 0 },
	{ "op", NULL, 0, 2, 2 },
	{ "vma", NULL, 0, 2, 2 },
	END,
};

int s2i_read_vma_keys(struct s2i_reader *r, const json_t *value, unsigned need,
			 struct s2_vma *vma)
{
	const struct s2_vm_config *config = &s2i_context(r)->scenario->config;
	int ret = s2i_object(r, value, vma_keys, need, vma);

	if (ret != 0)
		return ret;
	/* Either of them says it; without a size it is a PMD's. */
	if (vma->hugetlb != 0)
		vma->flags |= S2_VM_HUGETLB;
	else if ((vma->flags & S2_VM_HUGETLB) != 0)
		vma->hugetlb = s2_pmd_size(config->granule);
	return s2_vma_check(vma, need == 1 ? s2_page_size(config->granule) : S2_VMA_ALIGN_MIN,
			    config->granule, &config->cpu, r->path, r->err);
}

int s2i_read_vma(struct s2i_reader *r, const json_t *value, void *dst)
{
	struct s2_vma *vma = dst;

	*vma = (struct s2_vma){ .backing = { .writable = true } };
	return s2i_read_vma_keys(r, value, 1, vma);
}

int s2i_read_ram(struct s2i_reader *r, const json_t *value, void *dst)
{
	return s2i_object(r, value, ram_keys, 1, dst);
}

/* A slot of its own (1), in set_memslot (2), or its number in delete_memslot (4). */
static const struct s2i_key memslot_keys[] = {
	{ "slot", s2i_read_unsigned, offsetof(struct s2_memslot, slot), 7, 0 },
	{ "gpa", s2i_read_address, offsetof(struct s2_memslot, gpa), 3, 3 },
	{ "size", s2i_read_size, offsetof(struct s2_memslot, size), 3, 3 },
	{ "hva", s2i_read_address, offsetof(struct s2_memslot, hva), 3, 3 },
	{ "flags", read_slot_flags, offsetof(struct s2_memslot, flags), 0, 3 },
	{ "force", s2i_read_bool, offsetof(struct s2_memslot, force), 0, 3 },
	{ "name", read_name, 0, 0, 3 },
	{ "op", NULL, 0, 6, 6 },
	END,
};

int s2i_read_memslot_keys(struct s2i_reader *r, const json_t *value, unsigned need,
			     struct s2_memslot *slot)
{
	int ret = s2i_object(r, value, memslot_keys, need, slot);

	if (ret != 0 || need == 4)
		return ret;
	if (++s2i_context(r)->n_slots > S2_MAX_MEMSLOTS)
		return s2i_fail(r, S2_ELIMIT, "at most %d slots", S2_MAX_MEMSLOTS);
	return s2_memslot_check(slot, s2i_context(r)->scenario->config.granule, r->path, r->err);
}

int s2i_read_memslot(struct s2i_reader *r, const json_t *value, void *dst)
{
	return s2i_read_memslot_keys(r, value, 1, dst);
}

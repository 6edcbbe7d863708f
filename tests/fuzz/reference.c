/* SPDX-License-Identifier: MIT */
#include "reference.h"

#include <string.h>

enum kernel { V6_12, V9_2OF6, V9_3OF6, V9, V6_17, V7_3 };

static enum kernel kernel_of(const struct s2_vm_config *config)
{
	static const char *const ids[] = { "v6.12", "v9-2of6", "v9-3of6", "v9", "v6.17", "v7.3" };

	for (unsigned k = V6_12; k <= V7_3; k++)
		if (strcmp(config->revision->id, ids[k]) == 0)
			return (enum kernel)k;
	return V6_17; /* v10 */
}

/* ---- Memory ------------------------------------------------------------------------------ */

static uint64_t page_of(enum s2_granule g)
{
	return g == S2_GRANULE_4K ? 0x1000 : g == S2_GRANULE_16K ? 0x4000 : 0x10000;
}

/* An entry of the next level up covers as many as a page holds descriptors. */
static uint64_t size_at(enum s2_granule g, int level)
{
	uint64_t size = page_of(g);

	for (; level < 3; level++)
		size *= page_of(g) / 8;
	return size;
}

static uint64_t down(uint64_t x, uint64_t size)
{
	return x - x % size;
}

static const struct s2_vma *vma_at(const struct s2_vm_config *config, uint64_t hva)
{
	for (size_t i = 0; i < config->n_vmas; i++)
		if (config->vmas[i].start <= hva && hva < config->vmas[i].end)
			return &config->vmas[i];
	return NULL;
}

static bool has(const struct s2_vma *vma, uint64_t any)
{
	return (vma->flags & any) != 0;
}

static bool cacheable(const struct s2_vma *vma)
{
	return vma->pgprot != S2_PGPROT_NORMAL_NC && vma->pgprot != S2_PGPROT_DEVICE_nGnRnE &&
	       vma->pgprot != S2_PGPROT_DEVICE_nGnRE;
}

static bool map_memory(const struct s2_vm_config *config, const struct s2_vma *vma, uint64_t pa)
{
	switch (vma->backing.map_memory) {
	case S2_MAP_MEMORY_NO:
		return false;
	case S2_MAP_MEMORY_YES:
		return true;
	case S2_MAP_MEMORY_BY_RAM:
		break;
	}
	for (size_t i = 0; i < config->n_ram; i++)
		if (config->ram[i].pa <= pa && pa < config->ram[i].pa + config->ram[i].size)
			return true;
	return config->n_ram == 0;
}

/* ---- Slots ------------------------------------------------------------------------------- */

static int refused_for(const struct s2_vm_config *config, const struct s2_memslot *slot,
		       const struct s2_vma *vma)
{
	enum kernel k = kernel_of(config);

	if (config->mte && !has(vma, S2_VM_MTE_ALLOWED))
		return -S2_K_EINVAL;
	if (!has(vma, S2_VM_PFNMAP))
		return 0;
	if ((slot->flags & S2_MEM_LOG_DIRTY_PAGES) != 0)
		return -S2_K_EINVAL;
	if (!cacheable(vma) || k < V9_3OF6)
		return 0;
	return k == V9_3OF6 || !config->cpu.fwb || !config->cpu.dic ? -S2_K_EINVAL : 0;
}

int reference_slot(const struct s2_vm_config *config, const struct s2_memslot *slots, size_t n,
		   const struct s2_memslot *slot)
{
	for (size_t i = 0; i < n; i++)
		if (slots[i].gpa < slot->gpa + slot->size && slot->gpa < slots[i].gpa + slots[i].size)
			return -S2_K_EEXIST;
	if (slot->gpa + slot->size > UINT64_C(1) << config->ipa_bits)
		return -S2_K_EFAULT;
	/* All refusals that a VMA can be the reason of are the same: their order is no matter. */
	for (size_t i = 0; i < config->n_vmas; i++) {
		const struct s2_vma *vma = &config->vmas[i];

		if (vma->start < slot->hva + slot->size && slot->hva < vma->end &&
		    refused_for(config, slot, vma) != 0)
			return -S2_K_EINVAL;
	}
	return 0;
}

static bool slot_holds(const struct s2_memslot *slot, uint64_t hva, uint64_t size)
{
	uint64_t block = down(hva, size);

	return slot->gpa % size == slot->hva % size && block >= slot->hva &&
	       block + size <= slot->hva + slot->size;
}

/* ---- Sizes ------------------------------------------------------------------------------- */

static bool pfnmap_block(const struct s2_vm_config *config, const struct s2_vma *vma, uint64_t hva,
			 uint64_t size)
{
	uint64_t start = vma->has_pgoff ? vma->pgoff * page_of(config->granule) : vma->backing.pa;
	uint64_t pa = start + (hva - vma->start);
	uint64_t up = hva % size == 0 ? hva : down(hva, size) + size;

	return hva % size == pa % size && down(hva, size) >= vma->start && up <= vma->end;
}

static uint64_t vma_size(const struct s2_vm_config *config, const struct s2_vma *vma, uint64_t hva)
{
	uint64_t page = page_of(config->granule);

	if (has(vma, S2_VM_HUGETLB) && !has(vma, S2_VM_PFNMAP))
		return vma->hugetlb;
	if (!has(vma, S2_VM_PFNMAP) || kernel_of(config) >= V7_3)
		return page;
	for (int level = 1; level <= 2; level++)
		if (pfnmap_block(config, vma, hva, size_at(config->granule, level)))
			return size_at(config->granule, level);
	return page;
}

/* The size before the page is looked up; *@forced: it stays a page. */
static uint64_t first_size(const struct s2_vm_config *config, const struct s2_vma *vma,
			   const struct s2_memslot *slot, uint64_t hva, bool logging, bool *forced)
{
	uint64_t page = page_of(config->granule), size = vma_size(config, vma, hva);

	*forced = logging;
	if (logging || size == page)
		return page;
	for (int level = 1; level <= 2; level++) {
		uint64_t block = size_at(config->granule, level);

		if (size >= block && slot_holds(slot, hva, block))
			return block;
	}
	*forced = true;
	return page;
}

/* ---- A fault ------------------------------------------------------------------------------ */

struct fault {
	const struct s2_vm_config *config;
	enum kernel kernel;
	const struct s2_event *event;
	const struct s2_memslot *slot;
	const struct s2_vma *vma;  /* where the fault hit */
	const struct s2_vma *page; /* where the mapping would begin */
	uint64_t hva, pa;
	bool write, exec, insn, permission, logging;
	bool special, noncacheable, writable;
};

static struct reference ends(int err, enum s2_action action)
{
	return (struct reference){ .ret = -err, .action = action };
}

/* True if it ends before the fault path. */
static bool aborts(const struct fault *f, struct reference *out)
{
	enum s2_fsc fsc = f->event->fsc;

	if (f->event->ipa >= UINT64_C(1) << f->config->ipa_bits)
		*out = ends(0, S2_ACTION_INJECT);
	else if (fsc == S2_FSC_EXCL_ATOMIC && f->kernel < V7_3)
		*out = ends(S2_K_EFAULT, S2_ACTION_NONE);
	else if (f->slot == NULL || (f->write && (f->slot->flags & S2_MEM_READONLY) != 0))
		*out = f->insn ? ends(S2_K_ENOEXEC, S2_ACTION_INJECT) : ends(0, S2_ACTION_MMIO);
	else if (fsc == S2_FSC_ACCESS_FLAG)
		*out = ends(0, S2_ACTION_YOUNG);
	else
		return false;
	return true;
}

/* True if there is no page for it. */
static bool no_page(const struct fault *f, struct reference *out)
{
	const struct s2_vma *vma = f->vma, *page = f->page;
	bool remapped = has(vma, S2_VM_PFNMAP | S2_VM_IO);

	*out = ends(S2_K_EFAULT, S2_ACTION_NONE);
	if (page != NULL && page->backing.state == S2_BACKING_HWPOISON) {
		*out = ends(0, S2_ACTION_SIGNAL);
		return true;
	}
	return page == NULL || page->backing.state == S2_BACKING_MISSING ||
	       !has(vma, S2_VM_READ | S2_VM_WRITE | S2_VM_EXEC) ||
	       (f->write && !has(vma, S2_VM_WRITE)) || (page->backing.special && !remapped) ||
	       (f->write && remapped && !page->backing.writable);
}

/* What kind of page it is; true if it is refused for that. */
static bool classify(struct fault *f, struct reference *out)
{
	const struct s2_vma *vma = f->vma;
	bool unmapped = !map_memory(f->config, f->page, f->pa);
	bool hardware = f->config->cpu.fwb && f->config->cpu.dic;
	bool cow = has(vma, S2_VM_MAYWRITE) && !has(vma, S2_VM_SHARED);

	f->special = unmapped && has(vma, S2_VM_PFNMAP | S2_VM_MIXEDMAP);
	f->writable = (f->slot->flags & S2_MEM_READONLY) == 0 &&
		      (f->write || (f->page->backing.writable && has(vma, S2_VM_WRITE)));
	*out = ends(S2_K_EINVAL, S2_ACTION_NONE);
	if (f->kernel == V6_12)
		f->noncacheable = unmapped;
	else if (f->kernel <= V9_3OF6)
		f->noncacheable = f->special;
	else if (f->special && f->kernel == V9 && cow)
		return true;
	else if (f->special && cacheable(vma) && !hardware)
		return *out = ends(S2_K_EFAULT, S2_ACTION_NONE), true;
	else
		f->noncacheable = f->special && !cacheable(vma);
	if (f->logging && !f->write &&
	    !(f->kernel <= V9_3OF6 ? f->noncacheable : f->special))
		f->writable = false;
	return f->kernel == V9_3OF6 && f->noncacheable && cacheable(vma);
}

static bool no_tags(const struct fault *f)
{
	return f->config->mte && !f->permission && !f->noncacheable &&
	       !has(f->vma, S2_VM_MTE_ALLOWED);
}

/* True if the page is as it should be, yet this access to it ends. */
static bool not_now(const struct fault *f, struct reference *out)
{
	bool newest = f->kernel >= V7_3;

	if (f->exec && f->noncacheable)
		*out = ends(S2_K_ENOEXEC, S2_ACTION_INJECT);
	else if (f->event->fsc == S2_FSC_EXCL_ATOMIC)
		*out = ends(0, S2_ACTION_INJECT);
	else if (newest && no_tags(f))
		*out = ends(S2_K_EFAULT, S2_ACTION_NONE);
	else if (f->event->retry)
		*out = ends(0, S2_ACTION_RETRY);
	else if (no_tags(f))
		*out = ends(S2_K_EFAULT, S2_ACTION_NONE);
	else
		return false;
	return true;
}

static unsigned granted(const struct fault *f)
{
	unsigned prot = S2_PROT_R;

	if (f->writable)
		prot |= S2_PROT_W;
	if (f->exec || (!f->noncacheable && f->config->cpu.dic))
		prot |= S2_PROT_X;
	if (f->noncacheable)
		prot |= has(f->vma, S2_VM_ALLOW_ANY_UNCACHED) ? S2_PROT_NORMAL_NC : S2_PROT_DEVICE;
	return prot;
}

static void encode(const struct fault *f, struct reference *out)
{
	bool lpa2 = f->config->cpu.lpa2 && f->config->granule != S2_GRANULE_64K;
	uint64_t type = (out->prot & S2_PROT_DEVICE) != 0    ? 1 :
			(out->prot & S2_PROT_NORMAL_NC) != 0 ? 5 :
			f->config->cpu.fwb		      ? 6 :
								15;

	out->attr = type << 2 | UINT64_C(1) << 6 | UINT64_C(1) << 10;
	if ((out->prot & S2_PROT_W) != 0)
		out->attr |= UINT64_C(1) << 7;
	if ((out->prot & S2_PROT_X) == 0)
		out->attr |= UINT64_C(1) << 54;
	out->attr_mask = UINT64_C(0xf) << 2 | UINT64_C(3) << 6 | UINT64_C(1) << 10 |
			 UINT64_C(3) << 53;
	if (!lpa2) {
		out->attr |= UINT64_C(3) << 8;
		out->attr_mask |= UINT64_C(3) << 8;
	}
}

static struct reference install(const struct fault *f, uint64_t first, bool forced, uint64_t ipa)
{
	enum s2_granule g = f->config->granule;
	uint64_t page = page_of(g), pmd = size_at(g, 2), size = first, ipa_first = ipa, pa = f->pa;
	uint64_t granule = f->permission ? size_at(g, f->event->level) : 0;
	struct reference out = { .installs = true, .prot = granted(f) };

	if (size == page && !forced && (f->kernel >= V7_3 || !f->noncacheable)) {
		if (granule > page) {
			size = granule;
		} else if (f->vma->backing.mapping >= pmd && slot_holds(f->slot, f->hva, pmd)) {
			size = pmd;
			/* Of a permission fault whose entry is a block nothing is looked up. */
			ipa = granule == pmd ? ipa : down(ipa, pmd);
			pa = granule == pmd ? pa : down(pa, pmd);
		}
	}
	out.sanitises = f->config->mte && !f->permission && !f->noncacheable;
	out.action = granule == size ? S2_ACTION_RELAX : S2_ACTION_MAP;
	out.ipa = ipa;
	out.size = size;
	out.pa = pa;
	out.is_dirty = f->writable;
	out.dirty = down(ipa_first, f->kernel >= V7_3 ? size : page);
	if (out.action == S2_ACTION_MAP && f->noncacheable && (out.prot & S2_PROT_X) != 0)
		return ends(S2_K_EINVAL, S2_ACTION_NONE);
	/* A block of a slot that is there by force may end beyond the table. */
	if (out.action == S2_ACTION_MAP && ipa + size > UINT64_C(1) << f->config->ipa_bits)
		return ends(S2_K_ERANGE, S2_ACTION_NONE);
	encode(f, &out);
	return out;
}

static const struct s2_memslot *slot_at(const struct s2_memslot *slots, size_t n, uint64_t ipa)
{
	for (size_t i = 0; i < n; i++)
		if (slots[i].gpa <= ipa && ipa < slots[i].gpa + slots[i].size)
			return &slots[i];
	return NULL;
}

struct reference reference_fault(const struct s2_vm_config *config, const struct s2_memslot *slots,
				 size_t n, const struct s2_event *event)
{
	struct fault f = { .config = config, .event = event, .kernel = kernel_of(config) };
	uint64_t page = page_of(config->granule), size, ipa;
	struct reference out;
	bool forced;

	f.permission = event->fsc == S2_FSC_PERMISSION;
	f.insn = event->access == S2_ACCESS_EXEC;
	f.exec = f.insn && !event->s1ptw;
	f.write = event->s1ptw ? f.permission : event->access == S2_ACCESS_WRITE;
	f.slot = slot_at(slots, n, event->ipa);
	if (aborts(&f, &out))
		return out;
	f.logging = f.slot->flags == S2_MEM_LOG_DIRTY_PAGES;
	f.hva = f.slot->hva + (down(event->ipa, page) - f.slot->gpa);
	f.vma = vma_at(config, f.hva);
	if ((f.permission && !f.write && !f.exec && f.kernel < V7_3) || f.vma == NULL)
		return ends(S2_K_EFAULT, S2_ACTION_NONE);
	size = first_size(config, f.vma, f.slot, f.hva, f.logging, &forced);
	ipa = down(event->ipa, size != page ? size : f.kernel >= V7_3 ? page : 0x1000);
	/* Where the block begins in host memory: which may be in another VMA, or in none. */
	f.page = vma_at(config, f.slot->hva + (down(event->ipa, size) - f.slot->gpa));
	if (f.page != NULL)
		f.pa = f.page->backing.pa + (f.slot->hva + (down(event->ipa, size) - f.slot->gpa) -
					     f.page->start);
	if (no_page(&f, &out) || classify(&f, &out) || not_now(&f, &out))
		return out;
	return install(&f, size, forced, ipa);
}

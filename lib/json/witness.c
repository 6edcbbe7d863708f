/* SPDX-License-Identifier: MIT */
/* From a state back to a scenario that is in it. */
#include "witness.h"

#define F(fact) S2_FACT_BIT(S2_FACT_##fact)

/* Where the example lives; the limit is that of the default 40-bit IPA space. */
#define HVA       UINT64_C(0x7f0000000000)
#define GPA       UINT64_C(0x40000000)
#define IPA_LIMIT (UINT64_C(1) << 40)
#define RAM_PA    UINT64_C(0x80000000)
#define DEVICE_PA UINT64_C(0x4000000000)
#define PAGE      UINT64_C(4096)

static bool has(uint64_t facts, uint64_t fact)
{
	return (facts & fact) != 0;
}

static uint64_t flags_of(uint64_t facts)
{
	static const struct {
		uint64_t fact, flags;
	} map[] = {
		{ F(VMA_READ_OR_EXEC), S2_VM_READ | S2_VM_MAYREAD },
		{ F(VMA_WRITE), S2_VM_WRITE },
		{ F(VMA_MAYWRITE), S2_VM_MAYWRITE },
		{ F(VMA_SHARED), S2_VM_SHARED },
		{ F(VMA_PFNMAP), S2_VM_PFNMAP },
		{ F(VMA_MIXEDMAP), S2_VM_MIXEDMAP },
		{ F(VMA_IO), S2_VM_IO },
		{ F(VMA_MTE_ALLOWED), S2_VM_MTE_ALLOWED },
		{ F(VMA_ALLOW_ANY_UNCACHED), S2_VM_ALLOW_ANY_UNCACHED },
	};
	uint64_t flags = 0;

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		flags |= has(facts, map[i].fact) ? map[i].flags : 0;
	return flags;
}

static struct s2_vma vma_of(uint64_t facts, uint64_t pages)
{
	bool map_memory = has(facts, F(MAP_MEMORY));

	return (struct s2_vma){
		.start = HVA,
		.end = HVA + pages * PAGE,
		.flags = flags_of(facts),
		.pgprot = has(facts, F(VMA_CACHEABLE))	    ? S2_PGPROT_NORMAL :
			  has(facts, F(VMA_ALLOW_ANY_UNCACHED)) ? S2_PGPROT_NORMAL_NC :
								  S2_PGPROT_DEVICE_nGnRE,
		.backing = {
			.pa = map_memory ? RAM_PA : DEVICE_PA,
			.map_memory = map_memory ? S2_MAP_MEMORY_YES : S2_MAP_MEMORY_NO,
			.writable = has(facts, F(HOST_WRITABLE)),
			.special = has(facts, F(PFN_SPECIAL)),
			.state = has(facts, F(PFN_HWPOISON)) ? S2_BACKING_HWPOISON :
				 has(facts, F(PFN_MISSING))  ? S2_BACKING_MISSING :
							       S2_BACKING_PRESENT,
		},
	};
}

static void write_vma(struct s2i_writer *w, const struct s2_vma *vma)
{
	s2i_open(w, NULL, '{');
	s2i_hex(w, "start", vma->start);
	s2i_hex(w, "end", vma->end);
	s2i_flags(w, "flags", s2_vm_flag_names, vma->flags);
	s2i_string(w, "pgprot", s2_name_of(s2_pgprot_names, vma->pgprot));
	if (vma->hugetlb != 0)
		s2i_uint(w, "hugetlb", vma->hugetlb);
	s2i_open_flat(w, "backing", '{');
	s2i_hex(w, "pa", vma->backing.pa);
	s2i_bool(w, "map_memory", vma->backing.map_memory == S2_MAP_MEMORY_YES);
	s2i_bool(w, "writable", vma->backing.writable);
	if (vma->backing.special)
		s2i_bool(w, "special", true);
	if (vma->backing.mapping != 0)
		s2i_uint(w, "mapping", vma->backing.mapping);
	s2i_string(w, "state", s2_name_of(s2_backing_state_names, vma->backing.state));
	s2i_close(w, '}');
	s2i_close(w, '}');
}

static void write_slot(struct s2i_writer *w, const struct s2_memslot *slot)
{
	s2i_open_flat(w, NULL, '{');
	s2i_uint(w, "slot", slot->slot);
	s2i_hex(w, "gpa", slot->gpa);
	s2i_uint(w, "size", slot->size);
	s2i_hex(w, "hva", slot->hva);
	s2i_flags(w, "flags", s2_memslot_flag_names, slot->flags);
	if (slot->force)
		s2i_bool(w, "force", true);
	s2i_close(w, '}');
}

/* An entry for a permission fault to be about; what it allows does not matter. */
static void write_map(struct s2i_writer *w, uint64_t ipa, uint64_t pa, uint64_t size)
{
	s2i_open_flat(w, NULL, '{');
	s2i_string(w, "op", "map");
	s2i_hex(w, "ipa", ipa);
	s2i_uint(w, "size", size);
	s2i_hex(w, "pa", pa);
	s2i_open(w, "prot", '[');
	s2i_close(w, ']');
	s2i_close(w, '}');
}

static void write_fault(struct s2i_writer *w, uint64_t ipa, enum s2_access access, enum s2_fsc fsc,
			int level, bool s1ptw, bool retry)
{
	s2i_open_flat(w, NULL, '{');
	s2i_string(w, "op", "fault");
	s2i_hex(w, "ipa", ipa);
	s2i_string(w, "access", s2_name_of(s2_access_names, access));
	s2i_string(w, "fsc", s2_name_of(s2_fsc_names, fsc));
	s2i_int(w, "level", level);
	if (s1ptw)
		s2i_bool(w, "s1ptw", true);
	if (retry)
		s2i_bool(w, "retry", true);
	s2i_close(w, '}');
}

static void write_head(struct s2i_writer *w, const char *key, const char *kernel,
		       enum s2_granule granule, unsigned ipa_bits)
{
	s2i_open(w, key, '{');
	s2i_string(w, "kernel", kernel);
	s2i_string(w, "granule", s2_granule_name(granule));
	s2i_uint(w, "ipa_bits", ipa_bits);
}

static bool refuses(const struct s2_json_witness *witness, const struct s2_revision *rev)
{
	return rev != NULL && has(witness->facts, F(SLOT)) &&
	       s2_explore_outcome(witness->explorer, rev, S2_STAGE_SLOT, witness->facts).err != 0;
}

static const char *kernel_of(const struct s2_json_witness *witness)
{
	return witness->kernel->run_as != NULL ? witness->kernel->run_as : witness->kernel->name;
}

/* Whether a revision in question makes a new entry: it would meet its like in the table. */
static bool maps(const struct s2_json_witness *witness)
{
	const struct s2_revision *revs[] = { witness->kernel->revision, witness->other };
	bool any = false;

	for (size_t i = 0; i < 2; i++)
		any |= revs[i] != NULL && s2_explore_outcome(witness->explorer, revs[i], S2_STAGE_FAULT,
							     witness->facts).installs;
	return any && !has(witness->facts, F(PERMISSION));
}

static void write_own_facts(struct s2i_writer *w, const struct s2_json_witness *witness)
{
	/* Only those of the kernel that the scenario names: the other's are not known to it. */
	const struct s2_revision *rev = witness->kernel->revision;
	bool any = false;

	for (unsigned i = S2_FACT_OWN_FIRST; i <= S2_FACT_OWN_LAST; i++) {
		const char *name = s2_explorer_fact_name(witness->explorer, i);
		unsigned fact;

		if (name == NULL || s2_revision_fact(rev, name, &fact) != 0)
			continue;
		if (!any)
			s2i_open_flat(w, "facts", '{');
		any = true;
		s2i_bool(w, name, (witness->facts >> i & 1) != 0);
	}
	if (any)
		s2i_close(w, '}');
}

static void write_state_events(struct s2i_writer *w, const struct s2_json_witness *witness,
			       uint64_t ipa, uint64_t pa)
{
	uint64_t facts = witness->facts;
	enum s2_fsc fsc = has(facts, F(PERMISSION))  ? S2_FSC_PERMISSION :
			  has(facts, F(ACCESS_FLAG)) ? S2_FSC_ACCESS_FLAG :
			  has(facts, F(EXCL_ATOMIC)) ? S2_FSC_EXCL_ATOMIC :
						       S2_FSC_TRANSLATION;
	enum s2_access access = has(facts, F(EXEC) | F(INSN_WALK)) ? S2_ACCESS_EXEC :
				has(facts, F(WRITE))		   ? S2_ACCESS_WRITE :
								     S2_ACCESS_READ;

	s2i_open(w, "events", '[');
	if (fsc != S2_FSC_TRANSLATION && !has(facts, F(IPA_BEYOND_LIMIT)) && !maps(witness))
		write_map(w, ipa, pa, PAGE);
	write_fault(w, ipa, access, fsc, S2_LEVEL_LAST, has(facts, F(INSN_WALK)),
		    has(facts, F(INVALIDATED)));
	s2i_close(w, ']');
}

static void write_state(struct s2i_writer *w, const char *key,
			const struct s2_json_witness *witness)
{
	uint64_t facts = witness->facts;
	bool beyond = has(facts, F(SLOT_BEYOND_IPA));
	struct s2_vma vma = vma_of(facts, beyond ? 2 : 1);
	struct s2_memslot slot = {
		.gpa = beyond ? IPA_LIMIT - PAGE : GPA,
		.size = beyond ? 2 * PAGE : PAGE,
		.hva = HVA,
		.flags = (has(facts, F(SLOT_LOGGING)) ? S2_MEM_LOG_DIRTY_PAGES : 0) |
			 (has(facts, F(SLOT_READONLY)) ? S2_MEM_READONLY : 0),
	};
	uint64_t ipa = has(facts, F(IPA_BEYOND_LIMIT)) ? IPA_LIMIT : slot.gpa;

	slot.force = witness->stage != S2_STAGE_SLOT &&
		     (refuses(witness, witness->kernel->revision) ||
		      refuses(witness, witness->other));
	write_head(w, key, kernel_of(witness), S2_GRANULE_4K, 40);
	s2i_open_flat(w, "cpu", '{');
	s2i_bool(w, "fwb", has(facts, F(FWB)));
	s2i_bool(w, "dic", has(facts, F(DIC)));
	s2i_close(w, '}');
	s2i_open_flat(w, "vm", '{');
	s2i_bool(w, "mte", has(facts, F(VM_MTE)));
	s2i_close(w, '}');
	write_own_facts(w, witness);
	s2i_open(w, "vmas", '[');
	if (has(facts, F(VMA)))
		write_vma(w, &vma);
	s2i_close(w, ']');
	s2i_open(w, "memslots", '[');
	if (has(facts, F(SLOT)))
		write_slot(w, &slot);
	s2i_close(w, ']');
	if (witness->stage != S2_STAGE_SLOT)
		write_state_events(w, witness, ipa, vma.backing.pa);
	s2i_close(w, '}');
}

static void write_size(struct s2i_writer *w, const char *key, const struct s2_json_witness *witness)
{
	struct s2_size_case c;
	uint64_t block;
	unsigned ipa_bits = 40;

	if (!s2_size_case_init(&c, witness->facts)) {
		s2i_string(w, key, NULL);
		return;
	}
	while (c.slot.gpa + c.slot.size > UINT64_C(1) << ipa_bits)
		ipa_bits++;
	/* What makes it non-cacheable in every revision: device memory, in a VMA that says so. */
	if (c.noncacheable) {
		c.vma.flags |= (c.vma.flags & S2_VM_PFNMAP) != 0 ? 0 : S2_VM_MIXEDMAP;
		c.vma.pgprot = S2_PGPROT_DEVICE_nGnRE;
	}
	c.vma.backing.map_memory = c.noncacheable ? S2_MAP_MEMORY_NO : S2_MAP_MEMORY_YES;
	write_head(w, key, kernel_of(witness), c.granule, ipa_bits);
	s2i_open_flat(w, "cpu", '{');
	s2i_bool(w, "fwb", true);
	s2i_bool(w, "dic", true);
	s2i_close(w, '}');
	c.slot.force = true; /* what a slot may be is not the question here */
	s2i_open(w, "vmas", '[');
	write_vma(w, &c.vma);
	s2i_close(w, ']');
	s2i_open(w, "memslots", '[');
	write_slot(w, &c.slot);
	s2i_close(w, ']');
	s2i_open(w, "events", '[');
	block = s2_level_size(c.granule, c.fault_level);
	if (c.permission)
		write_map(w, c.ipa & ~(block - 1), c.vma.backing.pa & ~(block - 1), block);
	write_fault(w, c.ipa, S2_ACCESS_WRITE, c.permission ? S2_FSC_PERMISSION : S2_FSC_TRANSLATION,
		    c.fault_level, false, false);
	s2i_close(w, ']');
	s2i_close(w, '}');
}

void s2i_write_witness(struct s2i_writer *w, const char *key, const struct s2_json_witness *witness)
{
	/* Only without the assumption one-access: no access is both. */
	bool both = has(witness->facts, F(WRITE)) && has(witness->facts, F(EXEC));

	if (witness->is_size)
		write_size(w, key, witness);
	else if (both && witness->stage != S2_STAGE_SLOT)
		s2i_string(w, key, NULL);
	else
		write_state(w, key, witness);
}

const char *s2i_memtype_name(enum s2_memtype type)
{
	static const char *const names[] = {
		[S2_MEM_NORMAL] = "NORMAL",
		[S2_MEM_NORMAL_NC] = "NORMAL_NC",
		[S2_MEM_DEVICE_nGnRE] = "DEVICE",
	};

	return names[type];
}

void s2i_write_table_witness(struct s2i_writer *w, const char *key,
			     const struct s2_table_invariant *inv, const char *kernel)
{
	const uint64_t at = UINT64_C(1) << 33, size = s2_pmd_size(inv->granule);

	write_head(w, key, kernel, inv->granule, 40);
	s2i_open_flat(w, "cpu", '{');
	s2i_bool(w, "fwb", inv->fwb);
	s2i_close(w, '}');
	s2i_open(w, "events", '[');
	s2i_open_flat(w, NULL, '{');
	s2i_string(w, "op", "map");
	s2i_hex(w, "ipa", at);
	s2i_uint(w, "size", size);
	s2i_hex(w, "pa", at);
	s2i_open(w, "prot", '[');
	s2i_string(w, NULL, "R");
	s2i_string(w, NULL, "W");
	if (inv->type != S2_MEM_NORMAL)
		s2i_string(w, NULL, s2i_memtype_name(inv->type));
	s2i_close(w, ']');
	s2i_close(w, '}');
	s2i_open_flat(w, NULL, '{');
	s2i_string(w, "op", "split");
	s2i_hex(w, "ipa", at);
	s2i_uint(w, "size", size);
	s2i_close(w, '}');
	s2i_open_flat(w, NULL, '{');
	s2i_string(w, "op", "dump");
	s2i_close(w, '}');
	s2i_close(w, ']');
	s2i_close(w, '}');
}

int s2_table_witness_print(const struct s2_table_invariant *inv, const char *kernel,
			   enum s2_json_style style, const struct s2_json_sink *sink)
{
	struct s2i_writer w;

	s2i_writer_init(&w, style, sink);
	s2i_write_table_witness(&w, NULL, inv, kernel);
	return s2i_writer_finish(&w);
}

/* As a result would say it. */
void s2i_write_outcome(struct s2i_writer *w, const char *key, const struct s2_outcome *outcome)
{
	static const struct {
		uint64_t fact;
		const char *name;
	} prot[] = { { F(PROT_W), "W" },
		     { F(PROT_X), "X" },
		     { F(PROT_DEVICE), "DEVICE" },
		     { F(PROT_NORMAL_NC), "NORMAL_NC" } };

	s2i_open_flat(w, key, '{');
	s2i_string(w, "stage", s2_stage_name(outcome->stage));
	s2i_ret(w, -outcome->err);
	if (outcome->installs) {
		s2i_open(w, "prot", '[');
		s2i_string(w, NULL, "R");
		for (size_t i = 0; i < sizeof(prot) / sizeof(prot[0]); i++)
			if (has(outcome->prot, prot[i].fact))
				s2i_string(w, NULL, prot[i].name);
		s2i_close(w, ']');
		if (has(outcome->prot, F(SANITISE_TAGS)))
			s2i_bool(w, "sanitise_mte_tags", true);
	} else if (outcome->stage != S2_STAGE_SLOT) {
		s2i_string(w, "action", s2_action_name(outcome->action));
	}
	s2i_close(w, '}');
}

int s2_witness_print(const struct s2_json_witness *witness, enum s2_json_style style,
		     const struct s2_json_sink *sink)
{
	struct s2i_writer w;

	s2i_writer_init(&w, style, sink);
	s2i_write_witness(&w, NULL, witness);
	return s2i_writer_finish(&w);
}

int s2_outcome_print(const struct s2_outcome *outcome, enum s2_json_style style,
		     const struct s2_json_sink *sink)
{
	struct s2i_writer w;

	s2i_writer_init(&w, style, sink);
	s2i_write_outcome(&w, NULL, outcome);
	return s2i_writer_finish(&w);
}

/* SPDX-License-Identifier: MIT */
/*
 * run --trace casemate: what the simulated kernel does to its table, as records that
 * casemate's checker of break-before-make reads. doc/trace.md says what a trace has and
 * what it leaves out.
 */
#include "cli.h"

#include <stdarg.h>

/* Where the simulated kernel's mmu_lock is; any address outside the tables would do. */
#define LOCK_PA UINT64_C(0x7effff00)
#define VMID    UINT64_C(1)
#define HCR_VM  UINT64_C(1)
/* Beyond this a range is written as an invalidation of the whole VMID. */
#define MAX_RANGE_PAGES 32768

struct trace {
	FILE *out;
	unsigned long id;
	const char *op; /* the running event, and its number: the source of a record */
	size_t event;
	bool cleared; /* entries, and nothing invalidated since */
};

/* (KIND (id N) (tid 0) FIELDS (src "OP:EVENT")) */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static void record(struct trace *t, const char *kind, const char *fmt, ...)
{
	va_list ap;

	fprintf(t->out, "(%s (id %lu) (tid 0) ", kind, t->id++);
	va_start(ap, fmt);
	vfprintf(t->out, fmt, ap);
	va_end(ap);
	fprintf(t->out, " (src \"%s:%zu\"))\n", t->op, t->event);
}

static void hint(struct trace *t, const char *kind, uint64_t location, uint64_t value)
{
	record(t, "hint", "(kind %s) (location 0x%llx) (value 0x%llx)", kind,
	       (unsigned long long)location, (unsigned long long)value);
}

static void sysreg(struct trace *t, const char *name, uint64_t value)
{
	record(t, "sysreg-write", "(sysreg %s) (value 0x%llx)", name, (unsigned long long)value);
}

static void memory(struct trace *t, const char *kind, uint64_t pa, uint64_t size)
{
	record(t, kind, "(address 0x%llx) (size 0x%llx)", (unsigned long long)pa,
	       (unsigned long long)size);
}

static void dsb(struct trace *t, const char *kind)
{
	record(t, "barrier", "dsb (kind %s)", kind);
}

/* The address in pages, and the level with the granule as TTL where it is known. */
static void tlbi_by_ipa(struct trace *t, uint64_t ipa, int level)
{
	uint64_t ttl = level >= 0 && level <= S2_LEVEL_LAST ? 4u | (unsigned)level : 0;

	record(t, "tlbi", "ipas2e1is (value 0x%llx)", (unsigned long long)(ipa >> 12 | ttl << 44));
}

/*
 * __kvm_tlb_flush_vmid_ipa() and __kvm_tlb_flush_vmid_range(): stage 2 by address, then
 * stage 1 as a whole, because combined entries are looked up by the guest's addresses.
 */
static void flush_ipas(struct trace *t, uint64_t ipa, uint64_t size, int level)
{
	dsb(t, "ish");
	if (size / 4096 > MAX_RANGE_PAGES)
		record(t, "tlbi", "vmalls12e1is");
	for (uint64_t at = 0; at < size && size / 4096 <= MAX_RANGE_PAGES; at += 4096)
		tlbi_by_ipa(t, ipa + at, level);
	dsb(t, "ish");
	record(t, "tlbi", "vmalle1is");
	dsb(t, "ish");
	record(t, "barrier", "isb");
	t->cleared = false;
}

/* __kvm_tlb_flush_vmid() */
static void flush_vmid(struct trace *t)
{
	dsb(t, "ish");
	record(t, "tlbi", "vmalls12e1is");
	dsb(t, "ish");
	record(t, "barrier", "isb");
	t->cleared = false;
}

/*
 * Twice the checker is stricter than the architecture, and gets an invalidation of the
 * whole VMID that the kernel does not do: to it none by address reaches an entry that was
 * a table, though IPAS2E1IS does; and no table may be unlinked before its leaves are
 * invalidated, which the kernel puts off where one invalidation by range is to come.
 */
static void take(void *arg, const struct s2_step *s)
{
	struct trace *t = arg;

	switch (s->kind) {
	case S2_STEP_LOCK:
	case S2_STEP_UNLOCK:
		record(t, s->kind == S2_STEP_LOCK ? "lock" : "unlock", "(address 0x%llx)",
		       (unsigned long long)LOCK_PA);
		break;
	case S2_STEP_TABLE_ALLOC:
		memory(t, "mem-init", s->addr, s->size);
		hint(t, "set_owner_root", s->addr, S2_PGTABLE_PGD_PA);
		break;
	case S2_STEP_TABLE_EMPTY:
		if (t->cleared)
			flush_vmid(t);
		break;
	case S2_STEP_TABLE_FREE:
		memory(t, "mem-free", s->addr, s->size);
		break;
	case S2_STEP_READ:
		record(t, "mem-read", "(address 0x%llx) (value 0x%llx)",
		       (unsigned long long)s->addr, (unsigned long long)s->value);
		break;
	case S2_STEP_WRITE:
		record(t, "mem-write", "(mem-order release) (address 0x%llx) (value 0x%llx)",
		       (unsigned long long)s->addr, (unsigned long long)s->value);
		t->cleared |= s->value == 0;
		break;
	case S2_STEP_DSB_ISHST:
		dsb(t, "ishst");
		break;
	case S2_STEP_TLBI_IPA:
		flush_ipas(t, s->addr, 4096, s->level);
		if (s->level == S2_LEVEL_UNKNOWN)
			flush_vmid(t); /* for the checker */
		break;
	case S2_STEP_TLBI_IPA_NSH:
		/* There is no word for TLBI IPAS2E1, the one by IPA for this CPU alone. */
		dsb(t, "nsh");
		record(t, "tlbi", "vmalle1");
		dsb(t, "nsh");
		record(t, "barrier", "isb");
		break;
	case S2_STEP_TLBI_RANGE:
		flush_ipas(t, s->addr, s->size, S2_LEVEL_UNKNOWN);
		flush_vmid(t);
		break;
	case S2_STEP_TLBI_VMID:
		flush_vmid(t);
		break;
	}
}

/* The VM as it is made, its stage 2 turned on. */
static void begin(struct trace *t, const struct s2_geometry *geo)
{
	sysreg(t, "vtcr_el2", geo->vtcr);
	memory(t, "mem-init", S2_PGTABLE_PGD_PA, geo->entry_table_bytes);
	for (unsigned i = 0; i < geo->entry_tables; i++)
		hint(t, "set_owner_root", S2_PGTABLE_PGD_PA + i * s2_page_size(geo->granule),
		     S2_PGTABLE_PGD_PA);
	hint(t, "set_root_lock", S2_PGTABLE_PGD_PA, LOCK_PA);
	sysreg(t, "vttbr_el2", S2_PGTABLE_PGD_PA | VMID << 48);
	sysreg(t, "hcr_el2", HCR_VM);
}

static int trace_events(struct cli *cli, struct s2_vm *vm, const struct s2_scenario *scenario,
			struct s2_error *err)
{
	struct trace t = { .out = cli->out, .op = "vm" };
	size_t n;
	const struct s2_event *events = s2_scenario_events(scenario, &n);
	int ret = 0;

	begin(&t, s2_vm_geometry(vm));
	s2_pgtable_observe(s2_vm_pgtable(vm), take, &t);
	for (t.event = 0; t.event < n && ret == 0 && !ferror(cli->out); t.event++) {
		struct s2_result result;

		t.op = s2_name_of(s2_op_names, events[t.event].op);
		ret = s2_vm_run(vm, &events[t.event], &result, err);
	}
	s2_pgtable_observe(s2_vm_pgtable(vm), NULL, NULL);
	return ret;
}

int cli_trace(struct cli *cli, const char *name, const char *text, size_t size)
{
	struct s2_json_resolver resolver = cli_resolver(cli);
	const struct s2_vm_config *config;
	struct s2_scenario *scenario;
	struct s2_error err = { 0 };
	struct s2_vm *vm = NULL;
	int ret = s2_scenario_parse(&scenario, text, size, &resolver, &err);

	if (ret == 0) {
		config = s2_scenario_config(scenario);
		if (config->granule != S2_GRANULE_4K || config->cpu.lpa2) {
			s2_scenario_free(scenario);
			return cli_bad_option(cli, "trace",
					      "%s: casemate knows tables of 4K pages without LPA2 "
					      "only", name);
		}
		ret = s2_vm_new(&vm, config, &err);
	}
	if (ret == 0)
		ret = trace_events(cli, vm, scenario, &err);
	s2_vm_free(vm);
	s2_scenario_free(scenario);
	if (ret == 0)
		return CLI_OK;
	return cli_fail(cli, ret == S2_ENOMEM ? CLI_IO : CLI_NOT_ALL, "%s%s%s: %s", name,
			err.path[0] != '\0' ? ": " : "", err.path, err.message);
}

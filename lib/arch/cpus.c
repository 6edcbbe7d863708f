/* SPDX-License-Identifier: MIT */
/*
 * CPUs one can buy: the identification registers as their manuals give them after reset, or as
 * a named machine has them. A field that is not certain is not known here; one that the manual
 * leaves to who builds the chip is a choice, with what is usual as its value.
 */
#include <s2pte/cpu.h>

#include <limits.h>
#include <strings.h>

#define ALL UINT64_MAX
#define NIBBLE(low) (UINT64_C(0xf) << (low))

/* CTR_EL0 */
#define DIC (UINT64_C(1) << 29)
#define IDC (UINT64_C(1) << 28)

/*
 * All of a CPU's registers: ID_AA64MMFR0 to MMFR2, ID_AA64ISAR0, CTR. ID_AA64MMFR3 reads as zero
 * where it has not been allocated yet.
 */
#define REGISTERS(mmfr0, mmfr1, mmfr2, isar0, ctr, choices)                                        \
	{                                                                                          \
		.value = { [S2_ID_AA64MMFR0] = mmfr0, [S2_ID_AA64MMFR1] = mmfr1,                   \
			   [S2_ID_AA64MMFR2] = mmfr2, [S2_ID_AA64ISAR0] = isar0, [S2_CTR] = ctr }, \
		.known = { ALL, ALL, ALL, ALL, ALL, ALL },                                         \
		.choice = { [S2_CTR] = choices },                                                  \
	}

/* What every CPU of Armv9.0 has to have, and no more: XNX, TTL, FWB, TLBI by range. */
#define ARMV9                                                                                      \
	{                                                                                          \
		.value = { [S2_ID_AA64MMFR1] = UINT64_C(1) << 28,                                  \
			   [S2_ID_AA64MMFR2] = UINT64_C(1) << 48 | UINT64_C(1) << 40,              \
			   [S2_ID_AA64ISAR0] = UINT64_C(2) << 56 },                                \
		.known = { [S2_ID_AA64MMFR1] = NIBBLE(28),                                         \
			   [S2_ID_AA64MMFR2] = NIBBLE(48) | NIBBLE(40),                            \
			   [S2_ID_AA64ISAR0] = NIBBLE(56) },                                       \
	}
#define ARMV9_SOURCE "what Armv9.0 makes mandatory; the rest is for its manual to say"

static const struct s2_cpu_model models[] = {
	{ "neoverse-n1", "Arm Neoverse N1", "Technical Reference Manual, r4p1", 0x4100d0c0,
	  /* EVT and IESB are not the same in all revisions. */
	  { .value = { [S2_ID_AA64MMFR0] = 0x101125, [S2_ID_AA64MMFR1] = 0x10212122,
		       [S2_ID_AA64MMFR2] = 0x11, [S2_ID_AA64ISAR0] = 0x100010211120,
		       [S2_CTR] = 0x8444c004 },
	    .known = { ALL, ALL, ~(NIBBLE(56) | NIBBLE(12)), ALL, ALL, ALL },
	    .choice = { [S2_CTR] = DIC | IDC } } },
	{ "neoverse-n2", "Arm Neoverse N2", "Technical Reference Manual, r0p3", 0x4100d490,
	  REGISTERS(0x22200101125, 0x10212122, 0x1221011112101011, 0x1221111110212120, 0x4b444c004,
		    DIC | IDC) },
	{ "neoverse-n3", "Arm Neoverse N3", ARMV9_SOURCE, 0x4100d8e0, ARMV9 },
	{ "neoverse-v1", "Arm Neoverse V1", "Technical Reference Manual, r1p2; AWS Graviton3",
	  0x4100d400,
	  REGISTERS(0x101125, 0x10212122, 0x220011102101011, 0x1011111110212120, 0xb444c004,
		    DIC | IDC) },
	{ "neoverse-v2", "Arm Neoverse V2",
	  "Technical Reference Manual; what Linux reports on NVIDIA Grace", 0x4100d4f0,
	  { .value = { [S2_ID_AA64MMFR0] = 0x22200100005, [S2_ID_AA64MMFR1] = 0x10002122,
		       [S2_ID_AA64MMFR2] = 0x1010000000000, [S2_ID_AA64ISAR0] = UINT64_C(2) << 56,
		       [S2_CTR] = DIC | IDC },
	    .known = { [S2_ID_AA64MMFR0] = 0xffffff0000f, [S2_ID_AA64MMFR1] = 0xf000ffff,
		       [S2_ID_AA64MMFR2] = NIBBLE(48) | NIBBLE(40), [S2_ID_AA64ISAR0] = NIBBLE(56),
		       [S2_CTR] = DIC | IDC },
	    .choice = { [S2_CTR] = DIC | IDC } } },
	{ "neoverse-v3", "Arm Neoverse V3", ARMV9_SOURCE, 0x4100d840, ARMV9 },
	{ "ampere-altra", "Ampere Altra, a Neoverse N1", "the machine's own registers, N1 r3p1",
	  0x4100d0c0,
	  REGISTERS(0x101125, 0x10212122, 0x100000000000011, 0x100010211120, 0x9444c004, 0) },
	{ "apple-m1", "Apple M1", "the machine's own registers, performance core", 0x61000230,
	  REGISTERS(0x12120f100001, 0x11212100, 0x1201111100001011, 0x221100110212120, 0x84448004,
		    0) },
	{ "cortex-a72", "Arm Cortex-A72", "Technical Reference Manual, r0p3", 0x4100d080,
	  REGISTERS(0x1124, 0, 0, 0x11120, 0x8444c004, 0) },
	{ "cortex-a76", "Arm Cortex-A76", "Technical Reference Manual, r4p1", 0x4100d0b0,
	  REGISTERS(0x101122, 0x10212122, 0x1011, 0x100010211120, 0x8444c004, IDC) },
	{ "cortex-a78", "Arm Cortex-A78", "Technical Reference Manual", 0x4100d410,
	  { .value = { [S2_ID_AA64MMFR0] = 0x100002, [S2_ID_AA64MMFR1] = 0x10002122 },
	    .known = { [S2_ID_AA64MMFR0] = 0xffffff0000f, [S2_ID_AA64MMFR1] = 0xf000ffff,
		       [S2_ID_AA64MMFR2] = NIBBLE(48) | NIBBLE(40), [S2_ID_AA64ISAR0] = NIBBLE(56) } } },
	{ "cortex-a78ae", "Arm Cortex-A78AE", "Technical Reference Manual, r0p3", 0x4100d420,
	  REGISTERS(0x101125, 0x10212122, 0x100001011, 0x10100010211120, 0x9444c004, IDC) },
	{ "cortex-a710", "Arm Cortex-A710", "Technical Reference Manual, r2p1", 0x4100d470,
	  REGISTERS(0x22200101122, 0x10212122, 0x1221011110101011, 0x221111110212120, 0x49444c004,
		    IDC) },
	{ "cortex-a715", "Arm Cortex-A715", ARMV9_SOURCE, 0x4100d4d0, ARMV9 },
	{ "cortex-a720", "Arm Cortex-A720", ARMV9_SOURCE, 0x4100d810, ARMV9 },
	{ "cortex-x2", "Arm Cortex-X2", ARMV9_SOURCE, 0x4100d480, ARMV9 },
	{ "cortex-x3", "Arm Cortex-X3", ARMV9_SOURCE, 0x4100d4e0, ARMV9 },
	{ "cortex-x4", "Arm Cortex-X4", ARMV9_SOURCE, 0x4100d820, ARMV9 },
	{ "cortex-x925", "Arm Cortex-X925", ARMV9_SOURCE, 0x4100d850, ARMV9 },
	{ NULL, NULL, NULL, 0, { { 0 }, { 0 }, { 0 } } },
};
const struct s2_cpu_model *const s2_cpu_models = models;

static const struct s2_cpu_alias aliases[] = {
	{ "grace", "neoverse-v2" }, { "graviton3", "neoverse-v1" }, { NULL, NULL },
};
const struct s2_cpu_alias *const s2_cpu_aliases = aliases;

const struct s2_cpu_model *s2_cpu_model_find(const char *name)
{
	for (const struct s2_cpu_alias *a = s2_cpu_aliases; a->name != NULL; a++)
		if (strcasecmp(a->name, name) == 0)
			name = a->model;
	for (const struct s2_cpu_model *m = s2_cpu_models; m->name != NULL; m++)
		if (strcasecmp(m->name, name) == 0)
			return m;
	return NULL;
}

const struct s2_cpu_model *s2_cpu_model_by_midr(uint64_t midr)
{
	for (const struct s2_cpu_model *m = s2_cpu_models; m->name != NULL; m++)
		if (m->midr == (midr & 0xff00fff0))
			return m;
	return NULL;
}

const char *s2_cpu_model_nearest(const char *name)
{
	const char *near = NULL;
	unsigned best = UINT_MAX;

	for (const struct s2_cpu_model *m = s2_cpu_models; m->name != NULL; m++)
		if (s2_name_near(name, m->name, &best))
			near = m->name;
	for (const struct s2_cpu_alias *a = s2_cpu_aliases; a->name != NULL; a++)
		if (s2_name_near(name, a->name, &best))
			near = a->name;
	return near;
}

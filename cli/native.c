/* SPDX-License-Identifier: MIT */
/*
 * Identification registers of the CPU at hand. Linux lets user space read CTR_EL0, and, where
 * HWCAP_CPUID says so, emulates reads of the others: with all fields hidden but those that are
 * of use to programs. Hidden fields read as something harmless, which must not be believed.
 */
#include "native.h"

#if defined(__linux__) && defined(__aarch64__)

#include <sys/auxv.h>

#define CPUID_IS_EMULATED (1ul << 11) /* HWCAP_CPUID */

#define READ(reg, to) __asm__ volatile("mrs %0, " reg : "=r"(to))

int native_idregs(struct cli *cli, struct s2_idregs *regs, uint64_t *midr)
{
	(void)cli;
	*regs = (struct s2_idregs){ .known = { [S2_CTR] = UINT64_MAX } };
	*midr = 0;
	READ("CTR_EL0", regs->value[S2_CTR]);
	if ((getauxval(AT_HWCAP) & CPUID_IS_EMULATED) == 0)
		return CLI_OK;
	READ("S3_0_C0_C0_0", *midr);
	READ("S3_0_C0_C7_0", regs->value[S2_ID_AA64MMFR0]);
	READ("S3_0_C0_C7_1", regs->value[S2_ID_AA64MMFR1]);
	READ("S3_0_C0_C7_2", regs->value[S2_ID_AA64MMFR2]);
	READ("S3_0_C0_C6_0", regs->value[S2_ID_AA64ISAR0]);
	/* What the kernel's list of visible fields has had from the beginning. */
	regs->known[S2_ID_AA64MMFR0] = UINT64_C(0xf) << 60; /* ECV */
	regs->known[S2_ID_AA64MMFR1] = UINT64_C(0xf) << 44; /* AFP */
	regs->known[S2_ID_AA64MMFR2] = UINT64_C(0xf) << 32; /* AT */
	/* All but TLB and TME, and the bits that are reserved. */
	regs->known[S2_ID_AA64ISAR0] = UINT64_C(0xf0fffffff0fffff0);
	for (unsigned i = 0; i < S2_NR_IDREGS; i++)
		regs->value[i] &= regs->known[i];
	return CLI_OK;
}

#else

int native_idregs(struct cli *cli, struct s2_idregs *regs, uint64_t *midr)
{
	(void)regs;
	(void)midr;
	return cli_fail(cli, CLI_IO, "cpu: this is no arm64 Linux, so that there are no registers to "
			"read; expected a name or --regs");
}

#endif

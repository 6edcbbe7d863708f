/* SPDX-License-Identifier: MIT */
/*
 * THE table of identification registers: every field of those that a stage 2 depends on, once,
 * from the highest bit down. ROW(register, NAME, "name", high, low, values, help); values is
 * NULL where the field does not concern a stage 2, and bits that no row has are reserved.
 *
 * Arm Architecture Reference Manual: ID_AA64MMFR0_EL1 to ID_AA64MMFR3_EL1, ID_AA64ISAR0_EL1,
 * CTR_EL0.
 */
#ifndef S2I_IDREG_TABLE_H
#define S2I_IDREG_TABLE_H

#define S2I_IDREG_TABLE(ROW)                                                                       \
	ROW(AA64MMFR0, ECV, 63, 60, NULL, "enhanced counter virtualization")                       \
	ROW(AA64MMFR0, FGT, 59, 56, NULL, "fine-grained traps")                                    \
	ROW(AA64MMFR0, ExS, 47, 44, NULL, "exceptions that do not synchronize the context")        \
	ROW(AA64MMFR0, TGran4_2, 43, 40, s2i_tgran_2, "4K granule at stage 2")                     \
	ROW(AA64MMFR0, TGran64_2, 39, 36, s2i_tgran64_2, "64K granule at stage 2")                 \
	ROW(AA64MMFR0, TGran16_2, 35, 32, s2i_tgran_2, "16K granule at stage 2")                   \
	ROW(AA64MMFR0, TGran4, 31, 28, s2i_tgran4, "4K granule")                                   \
	ROW(AA64MMFR0, TGran64, 27, 24, s2i_tgran64, "64K granule")                                \
	ROW(AA64MMFR0, TGran16, 23, 20, s2i_tgran16, "16K granule")                                \
	ROW(AA64MMFR0, BigEndEL0, 19, 16, NULL, "mixed endianness at EL0 alone")                   \
	ROW(AA64MMFR0, SNSMem, 15, 12, NULL, "Secure and Non-secure memory are told apart")        \
	ROW(AA64MMFR0, BigEnd, 11, 8, NULL, "mixed endianness")                                    \
	ROW(AA64MMFR0, ASIDBits, 7, 4, NULL, "size of ASIDs")                                      \
	ROW(AA64MMFR0, PARange, 3, 0, s2i_parange, "size of physical addresses")                   \
	ROW(AA64MMFR1, ECBHB, 63, 60, NULL, "branch history around exceptions")                    \
	ROW(AA64MMFR1, CMOW, 59, 56, NULL, "permissions of cache maintenance")                     \
	ROW(AA64MMFR1, TIDCP1, 55, 52, NULL, "traps of implementation defined registers")          \
	ROW(AA64MMFR1, nTLBPA, 51, 48, NULL, "intermediate caching of walks")                      \
	ROW(AA64MMFR1, AFP, 47, 44, NULL, "alternate floating point")                              \
	ROW(AA64MMFR1, HCX, 43, 40, NULL, "HCRX_EL2")                                              \
	ROW(AA64MMFR1, ETS, 39, 36, NULL, "enhanced translation synchronization")                  \
	ROW(AA64MMFR1, TWED, 35, 32, NULL, "delayed traps of WFE")                                 \
	ROW(AA64MMFR1, XNX, 31, 28, s2i_xnx, "execute-never apart for EL1 and EL0")                \
	ROW(AA64MMFR1, SpecSEI, 27, 24, NULL, "SErrors of speculative reads")                      \
	ROW(AA64MMFR1, PAN, 23, 20, NULL, "privileged access never")                               \
	ROW(AA64MMFR1, LO, 19, 16, NULL, "limited ordering regions")                               \
	ROW(AA64MMFR1, HPDS, 15, 12, s2i_hpds, "hierarchical permissions, PBHA bits")              \
	ROW(AA64MMFR1, VH, 11, 8, s2i_vh, "virtualization host extensions")                        \
	ROW(AA64MMFR1, VMIDBits, 7, 4, s2i_vmidbits, "size of VMIDs")                              \
	ROW(AA64MMFR1, HAFDBS, 3, 0, s2i_hafdbs, "access flag and dirty state set by hardware")    \
	ROW(AA64MMFR2, E0PD, 63, 60, NULL, "EL0 kept out of half of the addresses")                \
	ROW(AA64MMFR2, EVT, 59, 56, NULL, "enhanced virtualization traps")                         \
	ROW(AA64MMFR2, BBM, 55, 52, s2i_bbm, "blocks change size without break-before-make")       \
	ROW(AA64MMFR2, TTL, 51, 48, s2i_ttl, "TLB invalidations take the level as a hint")         \
	ROW(AA64MMFR2, FWB, 43, 40, s2i_fwb, "HCR_EL2.FWB")                                        \
	ROW(AA64MMFR2, IDS, 39, 36, NULL, "syndrome of trapped ID registers")                      \
	ROW(AA64MMFR2, AT, 35, 32, NULL, "unaligned single-copy atomicity")                        \
	ROW(AA64MMFR2, ST, 31, 28, NULL, "small translation tables")                               \
	ROW(AA64MMFR2, NV, 27, 24, NULL, "nested virtualization")                                  \
	ROW(AA64MMFR2, CCIDX, 23, 20, NULL, "format of CCSIDR_EL1")                                \
	ROW(AA64MMFR2, VARange, 19, 16, NULL, "size of virtual addresses")                         \
	ROW(AA64MMFR2, IESB, 15, 12, NULL, "implicit error synchronization")                       \
	ROW(AA64MMFR2, LSM, 11, 8, NULL, "load and store multiple ordering")                       \
	ROW(AA64MMFR2, UAO, 7, 4, NULL, "user access override")                                    \
	ROW(AA64MMFR2, CnP, 3, 0, NULL, "tables common to several PEs")                            \
	ROW(AA64MMFR3, Spec_FPACC, 63, 60, NULL, "speculation after failed authentication")        \
	ROW(AA64MMFR3, ADERR, 59, 56, NULL, "asynchronous errors of Device memory")                \
	ROW(AA64MMFR3, SDERR, 55, 52, NULL, "synchronous errors of Device memory")                 \
	ROW(AA64MMFR3, ANERR, 47, 44, NULL, "asynchronous errors of Normal memory")                \
	ROW(AA64MMFR3, SNERR, 43, 40, NULL, "synchronous errors of Normal memory")                 \
	ROW(AA64MMFR3, D128_2, 39, 36, s2i_d128_2, "128-bit descriptors at stage 2")               \
	ROW(AA64MMFR3, D128, 35, 32, NULL, "128-bit descriptors")                                  \
	ROW(AA64MMFR3, MEC, 31, 28, s2i_mec, "memory encryption contexts")                         \
	ROW(AA64MMFR3, AIE, 27, 24, NULL, "attribute index enhancement")                           \
	ROW(AA64MMFR3, S2POE, 23, 20, s2i_s2poe, "permission overlays at stage 2")                 \
	ROW(AA64MMFR3, S1POE, 19, 16, NULL, "permission overlays at stage 1")                      \
	ROW(AA64MMFR3, S2PIE, 15, 12, s2i_s2pie, "permission indirection at stage 2")              \
	ROW(AA64MMFR3, S1PIE, 11, 8, NULL, "permission indirection at stage 1")                    \
	ROW(AA64MMFR3, SCTLRX, 7, 4, NULL, "SCTLR2_ELx")                                           \
	ROW(AA64MMFR3, TCRX, 3, 0, NULL, "TCR2_ELx")                                               \
	ROW(AA64ISAR0, RNDR, 63, 60, NULL, "random numbers")                                       \
	ROW(AA64ISAR0, TLB, 59, 56, s2i_tlb, "TLB invalidation by range")                          \
	ROW(AA64ISAR0, TS, 55, 52, NULL, "flag manipulation")                                      \
	ROW(AA64ISAR0, FHM, 51, 48, NULL, "half-precision multiplication")                         \
	ROW(AA64ISAR0, DP, 47, 44, NULL, "dot product")                                            \
	ROW(AA64ISAR0, SM4, 43, 40, NULL, "SM4")                                                   \
	ROW(AA64ISAR0, SM3, 39, 36, NULL, "SM3")                                                   \
	ROW(AA64ISAR0, SHA3, 35, 32, NULL, "SHA3")                                                 \
	ROW(AA64ISAR0, RDM, 31, 28, NULL, "rounding multiplication")                               \
	ROW(AA64ISAR0, TME, 27, 24, NULL, "transactional memory")                                  \
	ROW(AA64ISAR0, Atomic, 23, 20, NULL, "atomic instructions")                                \
	ROW(AA64ISAR0, CRC32, 19, 16, NULL, "CRC32")                                               \
	ROW(AA64ISAR0, SHA2, 15, 12, NULL, "SHA2")                                                 \
	ROW(AA64ISAR0, SHA1, 11, 8, NULL, "SHA1")                                                  \
	ROW(AA64ISAR0, AES, 7, 4, NULL, "AES")                                                     \
	ROW(CTR, TminLine, 37, 32, NULL, "smallest cache line, in words that tags cover")          \
	ROW(CTR, DIC, 29, 29, s2i_dic, "instruction fetches see data writes")                      \
	ROW(CTR, IDC, 28, 28, s2i_idc, "the point of unification sees data writes")                \
	ROW(CTR, CWG, 27, 24, NULL, "cache write-back granule")                                    \
	ROW(CTR, ERG, 23, 20, NULL, "exclusives reservation granule")                              \
	ROW(CTR, DminLine, 19, 16, NULL, "smallest line of a data cache")                          \
	ROW(CTR, L1Ip, 15, 14, NULL, "policy of the instruction cache")                            \
	ROW(CTR, IminLine, 3, 0, NULL, "smallest line of an instruction cache")

#endif

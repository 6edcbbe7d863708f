/* SPDX-License-Identifier: MIT */
/*
 * What the values of the fields mean, in words.
 */
#include "fields.h"

#include <stdio.h>
#include <inttypes.h>

const char *const s2i_values_valid[2] = { "invalid: the walk faults", "valid" };
const char *const s2i_values_s2ap[4] = { "no access", "read-only", "write-only", "read-write" };
const char *const s2i_values_af[2] = { "not accessed yet", "accessed" };
const char *const s2i_values_fnxs[2] = { "XS as stage 1", "XS forced to 0" };
const char *const s2i_values_nt[2] = { "ordinary block", "block in a change of size" };
const char *const s2i_values_dbm[2] = {
	"writes follow S2AP[1] alone",
	"dirty state kept by hardware: writable-clean while S2AP[1] is 0",
};
const char *const s2i_values_contiguous[2] = { "on its own", "one of a contiguous run" };
const char *const s2i_values_amec[2] = {
	"primary encryption context", "alternate encryption context (Realm world only)",
};
const char *const s2i_values_kvm_locked[2] = {
	"not locked", "locked: break-before-make in progress (KVM up to 6.12)",
};

const char *s2i_meaning_type(const struct s2_format *fmt, enum s2_desc_type type, uint64_t value,
		      char *buf, size_t size)
{
	bool last = type == S2_DESC_PAGE || type == S2_DESC_RESERVED;
	enum s2_desc_type read;

	(void)buf;
	(void)size;
	(void)fmt;
	if (last)
		read = value != 0 ? S2_DESC_PAGE : S2_DESC_RESERVED;
	else
		read = value != 0 ? S2_DESC_TABLE : S2_DESC_BLOCK;
	return s2_desc_type_name(read);
}

const char *s2i_meaning_memattr(const struct s2_format *fmt, enum s2_desc_type type, uint64_t value,
			 char *buf, size_t size)
{
	(void)buf;
	(void)size;
	(void)type;
	return s2_memattr_meaning(fmt->fwb, (unsigned)value);
}

const char *s2i_meaning_sh(const struct s2_format *fmt, enum s2_desc_type type, uint64_t value, char *buf,
		    size_t size)
{
	(void)buf;
	(void)size;
	(void)fmt;
	(void)type;
	return s2_sh_meaning((unsigned)value);
}

/*
 * XN[1] is bit 54 and XN[0] bit 53. 0b10 is the ordinary execute-never that was there
 * before FEAT_XNX, and nothing here depends on S2AP: stage 2 has execute-only memory.
 */
const char *s2i_meaning_xn(const struct s2_format *fmt, enum s2_desc_type type, uint64_t value, char *buf,
		    size_t size)
{
	static const char *const texts[4] = {
		"execute at EL1 and EL0", "execute at EL0 only",
		"execute never", "execute at EL1 only",
	};

	(void)buf;
	(void)size;
	(void)type;
	return texts[fmt->xnx ? value : value & 2u];
}

const char *s2i_meaning_sw(const struct s2_format *fmt, enum s2_desc_type type, uint64_t value, char *buf,
		    size_t size)
{
	char bits[32];

	(void)fmt;
	(void)type;
	if (value == 0)
		return "none set";
	snprintf(buf, size, "software bits %s set",
		 s2i_bits_text(value << 55, bits, sizeof(bits)));
	return buf;
}

const char *s2i_meaning_pbha(const struct s2_format *fmt, enum s2_desc_type type, uint64_t value,
		      char *buf, size_t size)
{
	(void)fmt;
	(void)type;
	if (value == 0)
		return "none";
	snprintf(buf, size, "hardware attributes 0x%" PRIx64 ", implementation defined", value);
	return buf;
}

const char *s2i_meaning_ignored(const struct s2_format *fmt, enum s2_desc_type type, uint64_t value,
			 char *buf, size_t size)
{
	(void)buf;
	(void)size;
	(void)fmt;
	(void)type;
	return value == 0 ? "all 0" : "not 0, without effect";
}

const char *s2i_meaning_kvm_type(const struct s2_format *fmt, enum s2_desc_type type, uint64_t value,
			  char *buf, size_t size)
{
	static const char *const texts[4] = {
		"none",
		"locked: break-before-make in progress",
		"donated to the hypervisor",
		"poisoned",
	};

	(void)buf;
	(void)size;
	(void)fmt;
	(void)type;
	return value < 4 ? texts[value] : "unknown";
}

const char *s2i_meaning_software(const struct s2_format *fmt, enum s2_desc_type type, uint64_t value,
			  char *buf, size_t size)
{
	(void)buf;
	(void)size;
	(void)fmt;
	(void)type;
	return value == 0 ? "all 0" : "a note of software's";
}

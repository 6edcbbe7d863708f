/* SPDX-License-Identifier: MIT */
/* Is what the caller describes a possible VM? */
#include "vm.h"

#include <stdarg.h>
#include <stdio.h>

/* Set the error at @path/@key; only then is the place put together. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
static int refuse(struct s2_error *err, const char *path, const char *key, const char *fmt, ...)
{
	char place[128], message[256];
	va_list ap;

	snprintf(place, sizeof(place), "%s/%s", path, key);
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return s2_error_set(err, S2_EINVAL, place, "%s", message);
}

static int check_aligned(uint64_t value, uint64_t size, const char *path, const char *key,
			 struct s2_error *err)
{
	if ((value & (size - 1)) == 0)
		return 0;
	return refuse(err, path, key, "0x%llx is not aligned to %lluK", (unsigned long long)value,
		      (unsigned long long)size >> 10);
}

static uint64_t pa_limit(enum s2_granule granule, const struct s2_cpu *cpu)
{
	bool wide = granule == S2_GRANULE_64K ? cpu->lpa : cpu->lpa2;

	return UINT64_C(1) << (wide ? 52 : 48);
}

int s2_vma_check(const struct s2_vma *vma, uint64_t align, enum s2_granule granule,
		 const struct s2_cpu *cpu, const char *path, struct s2_error *err)
{
	uint64_t limit = pa_limit(granule, cpu);

	if (check_aligned(vma->start, align, path, "start", err) != 0 ||
	    check_aligned(vma->end, align, path, "end", err) != 0 ||
	    check_aligned(vma->backing.pa, align, path, "backing/pa", err) != 0)
		return S2_EINVAL;
	if (vma->end <= vma->start)
		return refuse(err, path, "end", "the end 0x%llx must lie above the start 0x%llx",
			      (unsigned long long)vma->end, (unsigned long long)vma->start);
	if (vma->end > UINT64_C(1) << 52)
		return refuse(err, path, "end", "a host address has at most 52 bits");
	if (vma->backing.pa >= limit || vma->end - vma->start > limit - vma->backing.pa)
		return refuse(err, path, "backing/pa", "the memory must end below 2^%d (more needs "
			      "lpa2, or lpa with 64K pages)", limit >> 48 == 1 ? 48 : 52);
	if (vma->has_pgoff && vma->pgoff >> (64 - s2_page_shift(granule)) != 0)
		return refuse(err, path, "pgoff", "a page offset above the 64-bit range");
	return 0;
}

int s2_memslot_check(const struct s2_memslot *slot, enum s2_granule granule, const char *path,
		     struct s2_error *err)
{
	const uint64_t limit = UINT64_C(1) << 60;
	uint64_t page = s2_page_size(granule);

	if (check_aligned(slot->gpa, page, path, "gpa", err) != 0 ||
	    check_aligned(slot->size, page, path, "size", err) != 0 ||
	    check_aligned(slot->hva, page, path, "hva", err) != 0)
		return S2_EINVAL;
	if (slot->size == 0)
		return refuse(err, path, "size", "a slot must not be empty");
	if (slot->size > limit || slot->gpa > limit || slot->hva > limit)
		return refuse(err, path, "size", "addresses and sizes must stay below 2^60");
	return 0;
}

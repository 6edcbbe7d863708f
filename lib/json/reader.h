/* SPDX-License-Identifier: MIT */
/*
 * Strict reading of JSON into C values. An object is described by a table of its keys;
 * every error names the place as a JSON Pointer and what was expected there.
 */
#ifndef S2I_READER_H
#define S2I_READER_H

#include <jansson.h>

#include <s2pte/json.h>

struct s2i_reader {
	char path[128]; /* JSON Pointer of the value at hand */
	size_t n;
	struct s2_error *err;
	void *context; /* for the read functions of one kind of document */
};

/* Read @value, whose place is the reader's path, into @dst. 0 or an error that is set. */
typedef int s2i_read_fn(struct s2i_reader *r, const json_t *value, void *dst);

struct s2i_key {
	const char *name;
	s2i_read_fn *read;
	size_t offset;     /* of the value in the destination */
	unsigned required; /* bits of "need" in which the key must be there */
	unsigned allowed;  /* bits of "need" in which it may be, 0 = always */
};

/* Parse @text. NULL and @err (with line and column) if it is not one JSON value. */
json_t *s2i_parse(const char *text, size_t size, struct s2_error *err);

/* The path's length, to go back to; then go to a key or an index. */
size_t s2i_enter_key(struct s2i_reader *r, const char *key);
size_t s2i_enter_index(struct s2i_reader *r, size_t index);
void s2i_leave(struct s2i_reader *r, size_t mark);

/* Set the error at the reader's path; returns @code. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
int s2i_fail(struct s2i_reader *r, int code, const char *fmt, ...);
/* "expected WHAT, not a string"; returns S2_EINVAL. */
int s2i_expected(struct s2i_reader *r, const json_t *value, const char *what);
int s2i_no_memory(struct s2i_reader *r);

/*
 * The elements of an array: the i-th into @dst + i * @size. With a size of 0 all of them go
 * to one place. @what is what an error says was expected.
 */
int s2i_array(struct s2i_reader *r, const json_t *value, const char *what, s2i_read_fn *read,
	      void *dst, size_t size);
/* The members of an object whose keys are the caller's to judge. */
typedef int s2i_member_fn(struct s2i_reader *r, const char *key, const json_t *value, void *dst);
int s2i_members(struct s2i_reader *r, const json_t *value, const char *what, s2i_member_fn *read,
		void *dst);

/*
 * Read all keys of @object by the table (ended by a NULL name). @need is one bit: the
 * variant of the object, see struct s2i_key.
 */
int s2i_object(struct s2i_reader *r, const json_t *object, const struct s2i_key *keys,
	       unsigned need, void *dst);

/*
 * The table's keys in the table's order, where what is below depends on what is above. Keys
 * that are not in it are passed over.
 */
int s2i_in_order(struct s2i_reader *r, const json_t *object, const struct s2i_key *keys,
		 unsigned need, void *dst);

/* A value that is one of the table's names. */
int s2i_name(struct s2i_reader *r, const json_t *value, const struct s2_name *names,
	     const char *prefix, const char *what, uint64_t *out);
/* An array of such names, or-ed. */
int s2i_names(struct s2i_reader *r, const json_t *value, const struct s2_name *names,
	      const char *prefix, const char *what, uint64_t *out);
/* An integer of at most @max. */
int s2i_integer(struct s2i_reader *r, const json_t *value, uint64_t max, uint64_t *out);

/* Read functions for plain C types. */
int s2i_read_text(struct s2i_reader *r, const json_t *value, void *dst); /* the document's */
int s2i_read_bool(struct s2i_reader *r, const json_t *value, void *dst);     /* bool */
int s2i_read_address(struct s2i_reader *r, const json_t *value, void *dst);  /* uint64_t */
int s2i_read_size(struct s2i_reader *r, const json_t *value, void *dst);     /* uint64_t */
int s2i_read_unsigned(struct s2i_reader *r, const json_t *value, void *dst); /* unsigned */

/* "2M", "0x200000", "4096" as a size in bytes; 0 or S2_EINVAL. Shared with the command line. */
int s2i_parse_size(const char *text, uint64_t *size);
/* "0x80000000"; 0 or S2_EINVAL. */
int s2i_parse_hex(const char *text, uint64_t *value);

#endif

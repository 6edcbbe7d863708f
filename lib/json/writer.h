/* SPDX-License-Identifier: MIT */
/*
 * A writer of JSON that keeps nothing: results stream out, however long they are.
 * @key is NULL inside arrays and at the top.
 */
#ifndef S2I_WRITER_H
#define S2I_WRITER_H

#include <s2pte/json.h>

struct s2i_writer {
	struct s2_json_sink sink;
	enum s2_json_style style;
	int error;        /* 0 or S2_EIO; nothing more is written after it */
	unsigned depth;
	unsigned flat;    /* depth from which on all stays on one line, 0 = none */
	bool empty;       /* nothing written yet at this depth */
	size_t n;
	char buffer[8192];
};

void s2i_writer_init(struct s2i_writer *w, enum s2_json_style style,
		     const struct s2_json_sink *sink);
/* End with a newline and hand everything to the sink; 0 or S2_EIO. */
int s2i_writer_finish(struct s2i_writer *w);

void s2i_open(struct s2i_writer *w, const char *key, char bracket);
/* The same, kept on one line even when indenting. */
void s2i_open_flat(struct s2i_writer *w, const char *key, char bracket);
void s2i_close(struct s2i_writer *w, char bracket);
void s2i_string(struct s2i_writer *w, const char *key, const char *value); /* NULL = null */
void s2i_hex(struct s2i_writer *w, const char *key, uint64_t value);
void s2i_descriptor(struct s2i_writer *w, const char *key, uint64_t value); /* 16 digits */
void s2i_uint(struct s2i_writer *w, const char *key, uint64_t value);
void s2i_int(struct s2i_writer *w, const char *key, int value);
void s2i_bool(struct s2i_writer *w, const char *key, bool value);
/* Which bits a mask has: "5:2". */
void s2i_bits(struct s2i_writer *w, const char *key, uint64_t mask);
void s2i_raw(struct s2i_writer *w, const char *key, const char *json);

/* {"ret", "errno"} of a kernel result. */
void s2i_ret(struct s2i_writer *w, int ret);
/* An error object, as in results and on its own. */
void s2i_error(struct s2i_writer *w, const char *key, const struct s2_error *err);
/* The flags of @bits by name. */
void s2i_flags(struct s2i_writer *w, const char *key, const struct s2_name *names, uint64_t bits);

/* A condition as an object, fact to true or false. */
void s2i_write_cond(struct s2i_writer *w, const char *key, const struct s2_revision *rev,
		    const struct s2_cond *cond);

/* A revision as a rule file. */
void s2i_write_rules(struct s2i_writer *w, const char *key, const struct s2_revision *rev);

/* "descriptor" of a result, and the rest of what decode prints. */
void s2i_write_fields(struct s2i_writer *w, const struct s2_format *fmt, int level, uint64_t raw);

#endif

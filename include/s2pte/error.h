/* SPDX-License-Identifier: MIT */
/*
 * Errors of the library.
 *
 * Error policy: a function that can fail returns 0 or a negative S2_E* value and,
 * where it takes a struct s2_error, says there which input was wrong and what was
 * expected. What the simulated kernel answers (-EFAULT, ...) is a value in a result,
 * never an error of the library.
 */
#ifndef S2PTE_ERROR_H
#define S2PTE_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

enum s2_err {
	S2_OK = 0,
	S2_EINVAL = -1,  /* the caller's input is not valid: the error says where */
	S2_ENOMEM = -2,  /* the host is out of memory */
	S2_ELIMIT = -3,  /* a stated limit of the library is exceeded */
	S2_ENOENT = -4,  /* a name is not known */
	S2_EIO = -5,     /* a stream of the caller failed */
	S2_ECANCELED = -6, /* the caller's progress callback asked to stop */
};

/*
 * Caller-owned. @path is a JSON Pointer into the scenario or rule file ("" = the
 * whole); @message is one sentence without a final newline. Both are always
 * NUL-terminated; longer texts are cut, and what is no printable UTF-8 in them
 * becomes a question mark. Fields may only ever be appended inside @reserved.
 */
struct s2_error {
	int code; /* enum s2_err */
	char path[128];
	char message[256];
	char reserved[120];
};

/* Fill @err (may be NULL) and return @code. @path may be NULL for "". */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
int s2_error_set(struct s2_error *err, int code, const char *path, const char *fmt, ...);

/* The library's name of an error code, "S2_EINVAL". Never NULL. */
const char *s2_err_name(int code);

#ifdef __cplusplus
}
#endif
#endif

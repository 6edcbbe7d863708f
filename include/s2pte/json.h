/* SPDX-License-Identifier: MIT */
/*
 * Scenarios and rule files in, results out, as JSON: libs2pte-json. The format is
 * described in s2pte-json(5); JSON Schemas are installed beside this library.
 *
 * Ownership: what a function returns through a ** parameter is the caller's, to be
 * released with the matching _free(). Output goes to a caller's sink, nothing else is
 * read or written; a rule file named as a kernel is asked for through a resolver.
 */
#ifndef S2PTE_JSON_H
#define S2PTE_JSON_H

#include <s2pte/explore.h>
#include <s2pte/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A document may not be larger; a batch line neither. */
#define S2_JSON_MAX_DOCUMENT ((size_t)64 << 20)
/* Events of one scenario. */
#define S2_JSON_MAX_EVENTS 1000000

/* Takes @size bytes; anything but 0 stops the output with S2_EIO. */
struct s2_json_sink {
	int (*write)(void *arg, const char *data, size_t size);
	void *arg;
};

/*
 * Turns a scenario's "kernel" into a revision, which must outlive the scenario; NULL
 * and @err if it is not known. Without a resolver only the built-in ones are.
 */
struct s2_json_resolver {
	const struct s2_revision *(*resolve)(void *arg, const char *id, struct s2_error *err);
	void *arg;
};

/* How output is laid out. */
enum s2_json_style {
	S2_JSON_LINE,     /* no white space: one line */
	S2_JSON_INDENTED, /* for people */
};

/* ---- Scenarios ------------------------------------------------------------------ */

struct s2_scenario;
/*
 * Parse and check a scenario. 0; S2_EINVAL and a JSON Pointer in @err; S2_ELIMIT;
 * S2_ENOMEM. On failure *@scenario may still be set, to a scenario that has only
 * its id, so that the error can be told to whom it concerns.
 */
int s2_scenario_parse(struct s2_scenario **scenario, const char *text, size_t size,
		      const struct s2_json_resolver *resolver, struct s2_error *err);
void s2_scenario_free(struct s2_scenario *scenario);
const struct s2_vm_config *s2_scenario_config(const struct s2_scenario *scenario);
/* The id as JSON text, NULL if there is none. */
const char *s2_scenario_id(const struct s2_scenario *scenario);
/* The one-line story that a scenario may tell in "title", NULL if there is none. */
const char *s2_scenario_title(const struct s2_scenario *scenario);
const struct s2_event *s2_scenario_events(const struct s2_scenario *scenario, size_t *n);

/*
 * Run a scenario and write its result, or its error, followed by a newline. 0; S2_EINVAL
 * if the scenario was invalid (its error has been written); S2_EIO; S2_ENOMEM.
 */
int s2_json_run(const char *text, size_t size, const struct s2_json_resolver *resolver,
		enum s2_json_style style, const struct s2_json_sink *sink);

/*
 * One check line {"scenario", "expect"}: run it and compare. 0 if all that is expected
 * came out; 1 if not, @err then says where and what; S2_E* as above. @name gets what
 * the line is called, cut to @name_size.
 */
int s2_json_check(const char *text, size_t size, const struct s2_json_resolver *resolver,
		  char *name, size_t name_size, struct s2_error *err);

/* ---- Rule files ----------------------------------------------------------------- */

/* Parse a rule file. 0, or S2_EINVAL, S2_ELIMIT, S2_ENOMEM and @err. */
int s2_rules_parse(struct s2_builder **builder, const char *text, size_t size,
		   struct s2_error *err);
/* Write @rev as a rule file that loads back to the same. 0 or S2_EIO. */
int s2_rules_print(const struct s2_revision *rev, enum s2_json_style style,
		   const struct s2_json_sink *sink);
/* Write the facts that rules of @rev can ask about, the laws and the assumptions. 0 or S2_EIO. */
int s2_facts_print(const struct s2_revision *rev, enum s2_json_style style,
		   const struct s2_json_sink *sink);
/* Write the list of revisions. 0 or S2_EIO. */
int s2_kernels_print(enum s2_json_style style, const struct s2_json_sink *sink);

/* ---- Exploring ------------------------------------------------------------------ */

/*
 * A revision with the name by which reports call it, and what scenarios give as their
 * kernel: its id, or the path of its rule file.
 */
struct s2_json_kernel {
	const struct s2_revision *revision;
	const char *name;
	const char *run_as; /* NULL: the name */
};

/* What can be asked: reach and verify about one revision, diff and whatif about two. */
enum s2_question { S2_ASK_REACH, S2_ASK_VERIFY, S2_ASK_DIFF, S2_ASK_WHATIF };

/*
 * A question, and its answer: of a part if the options say so. Only what the question is
 * about is filled in; whatif is about all.
 */
struct s2_answer {
	enum s2_question question;
	struct s2_json_kernel base;   /* of diff and whatif; its revision is NULL else */
	struct s2_json_kernel kernel;
	struct s2_explore_options options;

	struct s2_explorer *explorer; /* owns the results */
	struct s2_reach reach;
	struct s2_verify verify;
	struct s2_size_invariant size_invariants[S2_NR_SIZE_INVARIANTS];
	struct s2_table_invariant table_invariants[S2_NR_TABLE_INVARIANTS];
	struct s2_diff diff;
	struct s2_size_diff size_diff;
};
/* Fill in the answer. 0; S2_ENOMEM, S2_ELIMIT, S2_ECANCELED; S2_EINVAL: no such part. */
int s2_answer_explore(struct s2_answer *answer);
void s2_answer_free(struct s2_answer *answer);
/* Is an invariant violated, or a state decided differently? */
bool s2_answer_violated(const struct s2_answer *answer);
bool s2_answer_different(const struct s2_answer *answer);
/* Write it in the shapes of s2pte-json(5). 0 or S2_EIO; S2_EINVAL: no such question. */
int s2_answer_print(const struct s2_answer *answer, enum s2_json_style style,
		    const struct s2_json_sink *sink);

/*
 * The answer of the whole from the written ones of its parts. The resolver gives the
 * kernels that they name; it, and they, must outlive the merge.
 */
struct s2_merge;
int s2_merge_new(struct s2_merge **merge, const struct s2_json_resolver *resolver);
void s2_merge_free(struct s2_merge *merge);
/*
 * One more part, in any order; messages call it @name. 0; S2_EINVAL and @err if it is
 * no part or does not belong to the others, or its kernel's error; S2_ELIMIT; S2_ENOMEM.
 * After an error the merge can only be freed.
 */
int s2_merge_add(struct s2_merge *merge, const char *name, const char *text, size_t size,
		 struct s2_error *err);
/*
 * The answer, which belongs to the merge. S2_EINVAL and @err if a part is
 * missing, or if they are not of the kernels as they are now; S2_ELIMIT; S2_ENOMEM.
 */
int s2_merge_answer(struct s2_merge *merge, struct s2_answer *answer, struct s2_error *err);

/* The scenario that replays a violation of a table invariant. 0 or S2_EIO. */
int s2_table_witness_print(const struct s2_table_invariant *invariant, const char *kernel,
			   enum s2_json_style style, const struct s2_json_sink *sink);

/*
 * The scenario that replays a witness, as a JSON document: of a state (with the fault, if
 * @stage is not S2_STAGE_SLOT), or of a combination of sizes. The slot is kept by force
 * if one of the kernels refuses it.
 */
struct s2_json_witness {
	const struct s2_explorer *explorer;
	const struct s2_json_kernel *kernel;
	const struct s2_revision *other; /* may be NULL */
	enum s2_stage stage;
	bool is_size; /* facts are enum s2_size_fact */
	uint64_t facts;
};
int s2_witness_print(const struct s2_json_witness *witness, enum s2_json_style style,
		     const struct s2_json_sink *sink);
/* An outcome as in "from" and "to". */
int s2_outcome_print(const struct s2_outcome *outcome, enum s2_json_style style,
		     const struct s2_json_sink *sink);

/* ---- The architecture ----------------------------------------------------------- */

/* [{"raw", "level", "granule", "valid", "type", "oa", "fields", "lints"}...] */
struct s2_json_descriptor {
	uint64_t raw;
	int level;
};
int s2_descriptors_print(const struct s2_format *fmt, const struct s2_json_descriptor *descs,
			 size_t n, enum s2_json_style style, const struct s2_json_sink *sink);

#ifdef __cplusplus
}
#endif
#endif

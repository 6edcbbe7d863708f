/* SPDX-License-Identifier: MIT */
/*
 * rules [-s STRIDE] [-l LIST] [-a ADDED] -t TRACED FILE...: every revision with one step of its rules
 * or quirks changed, tried on the lines to check in the files. A mutant that no line tells
 * apart has to be equivalent, which is proved over all states; else a test is missing, and
 * a state that would tell is printed; -a makes lines of such states. -l lists those that are
 * equivalent, with the reason. STRIDE takes one in so many. TRACED is the scenario that
 * tests/trace.test runs as each kernel.
 */
#include "prove.h"
#include "recorded.h"
#include "traced.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_WORKERS 64

/* Of one revision; shared by the processes that look at every n-th mutant each. */
struct score {
	unsigned long killed, alike, survived;
};

struct run {
	const struct s2_revision *base;
	struct recorded *recorded;
	struct score *score;
	FILE *list, *added;
	const char *traced;
	unsigned long n, stride, worker, n_workers;
};

/* ---- One mutant ------------------------------------------------------------------------ */

struct mutant {
	struct s2_revision rev;
	const struct s2_rule *rules[S2_MAX_RULES];
	struct s2_rule rule;
	struct s2_cond when[S2_MAX_CONDS];
};

static void start(struct mutant *m, const struct s2_revision *base)
{
	m->rev = *base;
	m->rev.rules = m->rules;
	memcpy(m->rules, base->rules, base->n_rules * sizeof(m->rules[0]));
}

/* The same with rule number @i to be changed in place. */
static void open_rule(struct mutant *m, const struct s2_revision *base, size_t i)
{
	start(m, base);
	m->rule = *base->rules[i];
	memcpy(m->when, m->rule.when, m->rule.n_when * sizeof(m->when[0]));
	m->rule.when = m->when;
	m->rules[i] = &m->rule;
}

/* ---- Its fate ------------------------------------------------------------------------------ */

static void survived(const struct run *run, const char *step, const struct evidence *evidence)
{
	printf("%s: %s: no test tells it apart; a state that would:", run->base->id, step);
	evidence_print(evidence);
	printf("\n");
	if (run->added != NULL) {
		char *line = evidence_line(run->base, evidence);

		fprintf(run->added, "%s\n", line);
		if (!recorded_add(run->recorded, line, "-a"))
			exit(99);
		free(line);
	}
}

/* Whether it is of this worker and of the sample: asked before the trouble of making it. */
static bool is_next(struct run *run)
{
	unsigned long number = run->n++;

	return number % run->stride == 0 && number / run->stride % run->n_workers == run->worker;
}

static void judge(struct run *run, const struct s2_revision *mutant, enum change change,
		  const char *step)
{
	static const char *const reasons[] = {
		[ALIKE] = "all states are decided alike",
		[NO_ACCESS] = "all states are decided alike, but for an access that is both a write "
			      "and a fetch: there is none",
	};
	struct evidence evidence;
	enum proof proof;

	if (recorded_fails(run->recorded, mutant, false)) {
		run->score[run->worker].killed++;
		return;
	}
	proof = prove(run->base, mutant, change, strstr(step, "excludes") != NULL, &evidence);
	if (proof == UNLIKE) {
		survived(run, step, &evidence);
		run->score[run->worker].survived++;
		return;
	}
	run->score[run->worker].alike++;
	if (run->list != NULL)
		fprintf(run->list, "%s: %s: %s\n", run->base->id, step, reasons[proof]);
}

/* ---- All steps --------------------------------------------------------------------------- */

/* Rule number @i of @m has been changed as is said. */
__attribute__((format(printf, 4, 5)))
static void try(struct run *run, const struct mutant *m, size_t i, const char *format, ...)
{
	const struct s2_rule *rule = run->base->rules[i];
	char step[200];
	va_list args;
	int n = snprintf(step, sizeof(step), "%s: ", rule->id);

	if (!is_next(run))
		return;
	va_start(args, format);
	vsnprintf(step + n, sizeof(step) - (size_t)n, format, args);
	va_end(args);
	judge(run, &m->rev, rule->stage == S2_STAGE_SLOT ? SLOT_RULE : FAULT_RULE, step);
}

/* A fact in a condition is required, excluded or not asked for: the two that it is not. */
static void change_fact(struct run *run, size_t i, unsigned c, unsigned fact)
{
	static const char *const say[] = { "does not ask for", "excludes", "requires" };
	const struct s2_cond *was = &run->base->rules[i]->when[c];
	uint64_t bit = S2_FACT_BIT(fact);
	const struct s2_cond ways[] = {
		{ was->mask & ~bit, was->value & ~bit },
		{ was->mask | bit, was->value & ~bit },
		{ was->mask | bit, was->value | bit },
	};

	for (unsigned w = 0; w < 3; w++) {
		struct mutant m;

		if (ways[w].mask == was->mask && ways[w].value == was->value)
			continue;
		open_rule(&m, run->base, i);
		m.when[c] = ways[w];
		try(run, &m, i, "condition %u %s %s", c, say[w], s2_facts[fact].id);
	}
}

static void change_conditions(struct run *run, size_t i)
{
	const struct s2_rule *rule = run->base->rules[i];

	for (unsigned c = 0; c < rule->n_when; c++) {
		struct mutant m;

		for (unsigned fact = 0; fact < S2_NR_FACTS; fact++)
			change_fact(run, i, c, fact);
		/* The last of all is the rule dropped. */
		if (rule->n_when == 1)
			continue;
		open_rule(&m, run->base, i);
		m.rule.n_when--;
		memmove(&m.when[c], &m.when[c + 1], (m.rule.n_when - c) * sizeof(m.when[0]));
		try(run, &m, i, "condition %u dropped", c);
	}
}

/* Input facts are not a rule's to change. */
static void change_effects(struct run *run, size_t i)
{
	struct mutant m;

	for (unsigned fact = S2_NR_INPUT_FACTS; fact < S2_NR_FACTS; fact++) {
		open_rule(&m, run->base, i);
		m.rule.set ^= S2_FACT_BIT(fact);
		try(run, &m, i, "set: %s changed", s2_facts[fact].id);
		open_rule(&m, run->base, i);
		m.rule.clear ^= S2_FACT_BIT(fact);
		try(run, &m, i, "clear: %s changed", s2_facts[fact].id);
	}
}

static void change_end(struct run *run, size_t i)
{
	const struct s2_rule *rule = run->base->rules[i];
	struct mutant m;

	/* The row that ends the table stands for no error. */
	for (const struct s2_name *e = s2_errno_names;; e++) {
		open_rule(&m, run->base, i);
		m.rule.err = (int16_t)e->value;
		if (m.rule.err != rule->err)
			try(run, &m, i, "errno %s", e->name != NULL ? e->name : "none");
		if (e->name == NULL)
			break;
	}
	/* A slot is refused or it is not. */
	for (unsigned a = 0; a < S2_NR_ACTIONS && rule->stage != S2_STAGE_SLOT; a++) {
		open_rule(&m, run->base, i);
		m.rule.action = (uint8_t)a;
		if (m.rule.action != rule->action)
			try(run, &m, i, "action %s", s2_action_name((enum s2_action)a));
	}
}

static void change_place(struct run *run, size_t i)
{
	const struct s2_revision *base = run->base;
	struct mutant m;

	start(&m, base);
	m.rev.n_rules--;
	memmove(&m.rules[i], &m.rules[i + 1], (m.rev.n_rules - i) * sizeof(m.rules[0]));
	try(run, &m, i, "dropped");
	if (i + 1 == base->n_rules || base->rules[i + 1]->stage != base->rules[i]->stage)
		return;
	start(&m, base);
	m.rules[i] = base->rules[i + 1];
	m.rules[i + 1] = base->rules[i];
	try(run, &m, i, "changes places with %s", base->rules[i + 1]->id);
}

/* No diff is asked about these: all are told apart. */
static void change_quirk(struct run *run, const struct s2_name *quirk, uint32_t sizes, uint32_t table)
{
	struct mutant m;

	if (!is_next(run))
		return;
	start(&m, run->base);
	m.rev.sizes ^= sizes;
	m.rev.table ^= table;
	if (recorded_fails(run->recorded, &m.rev, true) ||
	    traces_differ(run->traced, run->base, &m.rev)) {
		run->score[run->worker].killed++;
	} else {
		printf("%s: %s: no test tells whether it is there\n", run->base->id, quirk->name);
		run->score[run->worker].survived++;
	}
}

static void change_all(struct run *run)
{
	for (const struct s2_name *q = s2_size_quirk_names; q->name != NULL; q++)
		change_quirk(run, q, (uint32_t)q->value, 0);
	for (const struct s2_name *q = s2_table_quirk_names; q->name != NULL; q++)
		change_quirk(run, q, 0, (uint32_t)q->value);
	for (size_t i = 0; i < run->base->n_rules; i++) {
		change_conditions(run, i);
		change_effects(run, i);
		change_end(run, i);
		change_place(run, i);
	}
}

/* ---- The score ----------------------------------------------------------------------------- */

static void work(struct run *run)
{
	fflush(NULL);
	for (run->worker = 0; run->worker < run->n_workers; run->worker++) {
		pid_t child = fork();

		if (child == 0) {
			change_all(run);
			fflush(NULL);
			_exit(0);
		}
	}
	for (run->worker = 0; run->worker < run->n_workers; run->worker++) {
		int status;

		if (wait(&status) < 0 || status != 0) {
			fprintf(stderr, "a worker failed\n");
			exit(99);
		}
	}
}

static void one_revision(struct run *run, char *const *files, struct score *sum)
{
	/* What was posted as v10 is what was merged: the recordings say it of v6.17. */
	const char *ask_for = strcmp(run->base->id, "v10") == 0 ? "v6.17" : run->base->id;
	struct score here = { 0 };

	run->recorded = recorded_new(run->base, ask_for, files);
	if (run->recorded == NULL)
		exit(99);
	memset(run->score, 0, MAX_WORKERS * sizeof(*run->score));
	work(run);
	for (size_t i = 0; i < run->n_workers; i++) {
		here.killed += run->score[i].killed;
		here.alike += run->score[i].alike;
		here.survived += run->score[i].survived;
	}
	printf("%-8s %5lu killed by %4zu lines, %5lu equivalent, %4lu survived\n", run->base->id,
	       here.killed, recorded_lines(run->recorded), here.alike, here.survived);
	recorded_free(run->recorded);
	sum->killed += here.killed;
	sum->alike += here.alike;
	sum->survived += here.survived;
}

int main(int argc, char **argv)
{
	struct run run = { .stride = 1, .n_workers = (unsigned long)sysconf(_SC_NPROCESSORS_ONLN) };
	struct score sum = { 0 };
	int c;

	while ((c = getopt(argc, argv, "s:l:a:t:")) != -1) {
		if (c == 's')
			run.stride = strtoul(optarg, NULL, 10);
		else if (c == 'l')
			run.list = fopen(optarg, "a");
		else if (c == 'a')
			run.added = fopen(optarg, "a");
		else if (c == 't')
			run.traced = optarg;
		else
			return 99;
	}
	if (run.n_workers > MAX_WORKERS)
		run.n_workers = MAX_WORKERS;
	if (run.added != NULL)
		run.n_workers = 1; /* each line added kills those that come after */
	run.score = mmap(NULL, MAX_WORKERS * sizeof(*run.score), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run.score == MAP_FAILED || optind == argc || run.traced == NULL ||
	    run.stride == 0)
		return 99;
	for (size_t i = 0; s2_revisions[i] != NULL; i++) {
		run.base = s2_revisions[i];
		one_revision(&run, argv + optind, &sum);
	}
	printf("rules: %lu mutants, %lu killed, %lu equivalent: %lu of %lu accounted for\n",
	       sum.killed + sum.alike + sum.survived, sum.killed, sum.alike,
	       sum.killed + sum.alike, sum.killed + sum.alike + sum.survived);
	return sum.survived != 0;
}

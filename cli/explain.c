/* SPDX-License-Identifier: MIT */
/* Why the last fault went the way it did, and the nearest states that go another way. */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#define INPUTS ((UINT64_C(1) << S2_NR_INPUT_FACTS) - 1)

/* A decision in a few words. */
static void outcome_words(const struct s2_revision *rev, const struct s2_verdict *v, char *buf,
			  size_t size)
{
	static const struct {
		enum s2_fact fact;
		const char *name;
	} prot[] = { { S2_FACT_PROT_W, " W" },
		     { S2_FACT_PROT_X, " X" },
		     { S2_FACT_PROT_DEVICE, " DEVICE" },
		     { S2_FACT_PROT_NORMAL_NC, " NORMAL_NC" } };
	size_t n;

	if (v->cause >= 0) {
		const struct s2_rule *rule = rev->rules[v->cause];

		snprintf(buf, size, "%s%s%s by %s", v->err != 0 ? s2_errno_name(v->err) : "",
			 v->err != 0 && v->action != S2_ACTION_NONE ? ", " : "",
			 v->action != S2_ACTION_NONE ? s2_action_name(v->action) : "", rule->id);
		return;
	}
	n = (size_t)snprintf(buf, size, "installs R");
	for (size_t i = 0; i < sizeof(prot) / sizeof(prot[0]); i++)
		if ((v->facts & S2_FACT_BIT(prot[i].fact)) != 0 && n < size)
			n += (size_t)snprintf(buf + n, size - n, "%s", prot[i].name);
}

/* Not a state that the laws or the usual assumptions exclude. */
static bool possible(uint64_t facts)
{
	for (size_t i = 0; i < s2_nr_laws; i++)
		if ((facts & s2_laws[i].never.mask) == s2_laws[i].never.value)
			return false;
	for (unsigned i = 0; i < S2_NR_ASSUMPTIONS; i++)
		if (s2_assumptions[i].by_default &&
		    (facts & s2_assumptions[i].never.mask) == s2_assumptions[i].never.value)
			return false;
	return true;
}

struct nearest {
	struct session *s;
	const struct s2_revision *rev;
	uint64_t facts; /* input and own facts of the fault */
	char now[96];
	unsigned shown;
	json_t *list; /* where they go for programs, NULL for people */
};

static void add_outcome(json_t *to, const struct nearest *n, const struct s2_verdict *v)
{
	static const struct {
		enum s2_fact fact;
		const char *name;
	} prot[] = { { S2_FACT_PROT_W, "W" },
		     { S2_FACT_PROT_X, "X" },
		     { S2_FACT_PROT_DEVICE, "DEVICE" },
		     { S2_FACT_PROT_NORMAL_NC, "NORMAL_NC" } };
	json_t *names = json_pack("[s]", "R");

	if (v->cause >= 0) {
		json_object_set_new(to, "errno", v->err != 0 ? json_string(s2_errno_name(v->err)) :
							       json_null());
		json_object_set_new(to, "action", json_string(s2_action_name(v->action)));
		json_object_set_new(to, "rule", json_string(n->rev->rules[v->cause]->id));
		json_decref(names);
		return;
	}
	for (size_t i = 0; i < sizeof(prot) / sizeof(prot[0]); i++)
		if ((v->facts & S2_FACT_BIT(prot[i].fact)) != 0)
			json_array_append_new(names, json_string(prot[i].name));
	json_object_set_new(to, "prot", names);
}

static void add_flip(const struct nearest *n, unsigned a, unsigned b, const struct s2_verdict *v)
{
	json_t *when = json_object(), *then = json_object();
	unsigned facts[] = { a, b };

	for (size_t i = 0; i < 2; i++)
		if (facts[i] < 64)
			json_object_set_new(when, s2_revision_fact_name(n->rev, facts[i]),
					    json_boolean((n->facts >> facts[i] & 1) == 0));
	add_outcome(then, n, v);
	json_array_append_new(n->list, json_pack("{s:o, s:o}", "when", when, "then", then));
}

static void print_flip(const struct nearest *n, unsigned a, unsigned b, const char *words)
{
	char left[96];
	int len = 0;

	for (unsigned fact = a; fact < 64; fact = fact == a ? b : 64)
		len += snprintf(left + len, sizeof(left) - (size_t)len, "%s%s %.30s",
				len > 0 ? " and " : "",
				(n->facts >> fact & 1) != 0 ? "without" : "with",
				s2_revision_fact_name(n->rev, fact));
	fprintf(n->s->cli->out, "  %-26s %s\n", left, words);
}

/* What the fault does with some facts the other way round; @b may be 64: none. */
static void try_flip(struct nearest *n, unsigned a, unsigned b)
{
	uint64_t facts = n->facts ^ UINT64_C(1) << a;
	struct s2_verdict verdict;
	char words[96];

	if (b < 64)
		facts ^= UINT64_C(1) << b;
	if (!possible(facts))
		return;
	s2_decide(n->rev, S2_STAGES_FAULT, s2_facts_derive(facts), &verdict);
	outcome_words(n->rev, &verdict, words, sizeof(words));
	if (strcmp(words, n->now) == 0)
		return;
	if (n->list != NULL)
		add_flip(n, a, b, &verdict);
	else
		print_flip(n, a, b, words);
	n->shown++;
}

static bool is_input(const struct s2_revision *rev, unsigned fact)
{
	return fact < S2_NR_INPUT_FACTS || (fact >= S2_FACT_OWN_FIRST &&
					    s2_revision_fact_name(rev, fact) != NULL);
}

/* One fact the other way round; if that never changes anything, two. */
static void find_nearest(struct nearest *n)
{
	for (unsigned a = 0; a < 64; a++)
		if (is_input(n->rev, a))
			try_flip(n, a, 64);
	for (unsigned a = 0; a < 64 && n->shown == 0; a++)
		for (unsigned b = a + 1; b < 64; b++)
			if (is_input(n->rev, a) && is_input(n->rev, b))
				try_flip(n, a, b);
}

static void explain_for_people(struct nearest *n, uint64_t fired)
{
	struct cli *cli = n->s->cli;

	fprintf(cli->out, "The last fault: %s%s%s, because of\n", cli_colour(cli, CLI_BOLD), n->now,
		cli_colour(cli, CLI_PLAIN));
	for (size_t i = 0; i < n->rev->n_rules; i++)
		if ((fired >> i & 1) != 0) {
			fputs("  ", cli->out);
			cli_print_rule(cli, n->rev->rules[i], 2);
		}
	if (fired == 0)
		fputs("  no rule at all\n", cli->out);
	fputs("The nearest states that go another way:\n", cli->out);
	find_nearest(n);
	if (n->shown == 0)
		fputs("  none: no change of one or two facts makes a difference\n", cli->out);
	else
		fputs("(facts says what each of them means)\n", cli->out);
}

static void explain_for_programs(struct nearest *n, uint64_t fired, const struct s2_verdict *v)
{
	json_t *answer = json_object(), *rules = json_array(), *then = json_object();

	n->list = json_array();
	for (size_t i = 0; i < n->rev->n_rules; i++)
		if ((fired >> i & 1) != 0)
			json_array_append_new(rules, json_string(n->rev->rules[i]->id));
	add_outcome(then, n, v);
	json_object_set_new(answer, "outcome", then);
	json_object_set_new(answer, "rules", rules);
	find_nearest(n);
	json_object_set_new(answer, "nearest", n->list);
	session_print_json(n->s, answer);
	json_decref(answer);
}

static int explain(struct session *s, const struct s2_revision *rev, const struct s2_result *res)
{
	struct nearest n = { .s = s, .rev = rev };
	struct s2_verdict verdict;

	n.facts = res->facts & (INPUTS | ~(S2_FACT_BIT(S2_FACT_OWN_FIRST) - 1));
	s2_decide(rev, S2_STAGES_FAULT, s2_facts_derive(n.facts), &verdict);
	outcome_words(rev, &verdict, n.now, sizeof(n.now));
	if (s->cli->prefer_text)
		explain_for_people(&n, res->fired);
	else
		explain_for_programs(&n, res->fired, &verdict);
	return CLI_OK;
}

int session_explain(struct session *s)
{
	struct s2_json_resolver resolver = cli_resolver(s->cli);
	char *text = json_dumps(session_now(s), JSON_COMPACT);
	struct s2_result last = { .cause = -1 };
	struct s2_scenario *scenario = NULL;
	const struct s2_event *events;
	struct s2_vm *vm = NULL;
	struct s2_error err;
	bool any = false;
	size_t n = 0;
	int ret = S2_ENOMEM;

	if (text != NULL)
		ret = s2_scenario_parse(&scenario, text, strlen(text), &resolver, &err);
	free(text);
	if (ret == 0)
		ret = s2_vm_new(&vm, s2_scenario_config(scenario), &err);
	events = ret == 0 ? s2_scenario_events(scenario, &n) : NULL;
	for (size_t i = 0; ret == 0 && i < n; i++) {
		struct s2_result res;

		ret = s2_vm_run(vm, &events[i], &res, &err);
		if (ret == 0 && res.facts != 0) {
			last = res;
			any = true;
		}
	}
	if (ret == 0 && any)
		ret = explain(s, s2_vm_revision(vm), &last);
	else if (ret == 0)
		ret = session_blame(s, 0, "nothing has faulted yet: try write 0x40001000");
	else
		ret = cli_fail(s->cli, CLI_IO, "out of memory");
	s2_vm_free(vm);
	s2_scenario_free(scenario);
	return ret;
}

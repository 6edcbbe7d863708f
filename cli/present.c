/* SPDX-License-Identifier: MIT */
/* What a session has come to: its results, and the VM as its events have left it. */
#include "session.h"

#include <stdlib.h>
#include <string.h>

json_t *session_run(struct session *s, const json_t *document)
{
	struct s2_json_resolver resolver = cli_resolver(s->cli);
	struct cli_buffer text = { NULL, 0, 0 };
	struct s2_json_sink sink = cli_buffer_sink(&text);
	char *scenario = json_dumps(document, JSON_COMPACT);
	json_t *result = NULL;

	if (scenario != NULL &&
	    s2_json_run(scenario, strlen(scenario), &resolver, S2_JSON_LINE, &sink) == 0)
		result = json_loadb(text.data, text.n, 0, NULL);
	free(scenario);
	free(text.data);
	return result;
}

void session_print_json(struct session *s, const json_t *value)
{
	json_dumpf(value, s->cli->out, s->cli->terminal ? JSON_INDENT(2) : JSON_COMPACT);
	fputc('\n', s->cli->out);
}

static json_t *number_of(const json_t *slot)
{
	return json_object_get(slot, "slot");
}

static size_t find_slot(const json_t *slots, const json_t *number)
{
	size_t i;
	json_t *slot;

	json_array_foreach(slots, i, slot) {
		if (json_equal(number_of(slot), number))
			return i;
	}
	return i;
}

/* The keys of an event that are those of the thing it changes. */
static json_t *changed(const json_t *old, const json_t *event)
{
	json_t *now = old != NULL ? json_deep_copy(old) : json_object(), *value;
	const char *key;

	json_object_foreach((json_t *)(uintptr_t)event, key, value) {
		if (strcmp(key, "op") != 0 && strcmp(key, "vma") != 0)
			json_object_set(now, key, value);
	}
	return now;
}

static void apply(json_t *vmas, json_t *slots, const json_t *event)
{
	const char *op = json_string_value(json_object_get(event, "op"));
	size_t at;

	if (op == NULL)
		return;
	if (strcmp(op, "set_vma") == 0) {
		at = (size_t)json_integer_value(json_object_get(event, "vma"));
		json_array_set_new(vmas, at, changed(json_array_get(vmas, at), event));
	} else if (strcmp(op, "set_memslot") == 0) {
		at = find_slot(slots, number_of(event));
		if (at < json_array_size(slots))
			json_array_set_new(slots, at, changed(json_array_get(slots, at), event));
		else
			json_array_append_new(slots, changed(NULL, event));
	} else if (strcmp(op, "delete_memslot") == 0) {
		json_array_remove(slots, find_slot(slots, number_of(event)));
	}
}

json_t *session_present(struct session *s)
{
	json_t *document = session_copy(s), *result = session_run(s, document), *event;
	const json_t *events = json_object_get(document, "events");
	const json_t *results = json_object_get(result, "events");
	size_t i;

	if (result == NULL) {
		json_decref(document);
		return NULL;
	}
	json_array_foreach(events, i, event) {
		/* What was refused has changed nothing. */
		if (json_integer_value(json_object_get(json_array_get(results, i), "ret")) == 0)
			apply(json_object_get(document, "vmas"), json_object_get(document, "memslots"),
			      event);
	}
	json_array_clear(json_object_get(document, "events"));
	json_decref(result);
	return document;
}

int session_show_json(struct session *s)
{
	json_t *document = session_copy(s), *result = NULL, *events, *answer;

	if (document != NULL) {
		json_array_append_new(json_object_get(document, "events"),
				      json_pack("{s:s}", "op", "dump"));
		result = session_run(s, document);
	}
	json_decref(document);
	if (result == NULL)
		return cli_fail(s->cli, CLI_IO, "out of memory");
	events = json_object_get(result, "events");
	answer = json_pack("{s:O, s:O*, s:O*}", "scenario", session_now(s), "memslots",
			   json_object_get(result, "memslots"), "leaves",
			   json_object_get(json_array_get(events, json_array_size(events) - 1),
					   "leaves"));
	session_print_json(s, answer);
	json_decref(answer);
	json_decref(result);
	return CLI_OK;
}

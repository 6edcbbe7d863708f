/* SPDX-License-Identifier: MIT */
/* Commands of the shell that let something happen, or look at the table. */
#include "session_commands.h"

#include <string.h>

/* An event with an address as its first word, and a size as its second if @sized. */
static json_t *event_at(struct session *s, const char *op, int argc, char **argv, bool sized)
{
	uint64_t number;
	json_t *event;

	if (!cli_parse_size(argv[1], &number)) {
		session_blame(s, 1, "\"%.40s\" is not an address: expected 0x40000000", argv[1]);
		return NULL;
	}
	if (sized && argc > 2 && !cli_parse_size(argv[2], &number)) {
		session_blame(s, 2, "\"%.40s\" is not a size: expected 2M, 4096, 0x1000", argv[2]);
		return NULL;
	}
	event = json_pack("{s:s}", "op", op);
	/* Decimal addresses and those with a unit come as hex. */
	cli_parse_size(argv[1], &number);
	json_object_set_new(event, "ipa", json_sprintf("0x%llx", (unsigned long long)number));
	if (sized)
		json_object_set_new(event, "size", json_string(argc > 2 ? argv[2] : "4K"));
	return event;
}

static int access_event(struct session *s, int argc, char **argv, const char *access)
{
	json_t *event = event_at(s, "access", argc, argv, false);

	if (event == NULL)
		return CLI_USAGE;
	json_object_set_new(event, "access", json_string(access));
	return session_event(s, event, true, 1);
}

static int run_access(struct session *s, int argc, char **argv)
{
	return access_event(s, argc, argv, argv[0]);
}

static int run_fault(struct session *s, int argc, char **argv)
{
	json_t *event = event_at(s, "fault", argc, argv, false);
	uint64_t value;

	if (event == NULL)
		return CLI_USAGE;
	json_object_set_new(event, "access", json_string("read"));
	for (int i = 2; i < argc; i++) {
		if (s2_name_find(s2_access_names, NULL, argv[i], &value) == 0) {
			json_object_set_new(event, "access", json_string(argv[i]));
		} else if (s2_name_find(s2_fsc_names, NULL, argv[i], &value) == 0) {
			json_object_set_new(event, "fsc", json_string(argv[i]));
		} else if (strcmp(argv[i], "s1ptw") == 0 || strcmp(argv[i], "retry") == 0) {
			json_object_set_new(event, argv[i], json_true());
		} else if (strcmp(argv[i], "level") == 0 && i + 1 < argc &&
			   cli_parse_number(argv[i + 1], &value) && value <= S2_LEVEL_LAST) {
			json_object_set_new(event, "level", json_integer((json_int_t)value));
			i++;
		} else {
			json_decref(event);
			return session_blame(s, i, "expected read, write, exec; translation, "
					     "permission, access-flag, excl-atomic; level N (0 to 3); "
					     "s1ptw or retry");
		}
	}
	return session_event(s, event, true, 1);
}

static json_t *prot_words(struct session *s, int argc, char **argv, int from)
{
	json_t *prot = json_array();

	for (int i = from; i < argc; i++) {
		uint64_t bit;

		if (s2_name_find(s2_prot_names, NULL, argv[i], &bit) != 0) {
			const char *near = s2_name_nearest(s2_prot_names, argv[i]);

			session_blame(s, i, "\"%.40s\" is not a permission%s%s%s", argv[i],
				      near != NULL ? "; did you mean " : ": expected R W X DEVICE ...",
				      near != NULL ? near : "", near != NULL ? "?" : "");
			json_decref(prot);
			return NULL;
		}
		json_array_append_new(prot, json_string(argv[i]));
	}
	return prot;
}

static int run_map(struct session *s, int argc, char **argv)
{
	json_t *event = event_at(s, "map", argc, argv, true), *prot;

	if (event == NULL)
		return CLI_USAGE;
	prot = prot_words(s, argc, argv, 4);
	if (prot == NULL) {
		json_decref(event);
		return CLI_USAGE;
	}
	json_object_set_new(event, "pa", json_string(argv[3]));
	json_object_set_new(event, "prot", prot);
	return session_event(s, event, true, 3);
}

static int run_relax(struct session *s, int argc, char **argv)
{
	json_t *event = event_at(s, "relax", argc, argv, false), *prot;

	if (event == NULL)
		return CLI_USAGE;
	prot = prot_words(s, argc, argv, 2);
	if (prot == NULL) {
		json_decref(event);
		return CLI_USAGE;
	}
	json_object_set_new(event, "prot", prot);
	return session_event(s, event, true, 1);
}

static int run_range(struct session *s, int argc, char **argv)
{
	json_t *event = event_at(s, argv[0], argc, argv, true);

	return event != NULL ? session_event(s, event, true, 1) : CLI_USAGE;
}

static int run_mkyoung(struct session *s, int argc, char **argv)
{
	json_t *event = event_at(s, argv[0], argc, argv, false);

	return event != NULL ? session_event(s, event, true, 1) : CLI_USAGE;
}

/* Looking does not become part of the session. */
static int run_walk(struct session *s, int argc, char **argv)
{
	json_t *event = event_at(s, "walk", argc, argv, false);

	return event != NULL ? session_event(s, event, false, 1) : CLI_USAGE;
}

static int run_dump(struct session *s, int argc, char **argv)
{
	json_t *event = argc > 1 ? event_at(s, "dump", argc, argv, argc > 2) :
				   json_pack("{s:s}", "op", "dump");

	return event != NULL ? session_event(s, event, false, 1) : CLI_USAGE;
}

#define ACCESS(name, text)                                                                         \
	const struct shell_command shell_##name = {                                                \
		#name, "IPA", text, "It walks the table as the CPU would, and faults only if it must.",  \
		#name " 0x40001000", SHELL_EVENT, "ipa", 1, 1, run_access }
ACCESS(read, "the guest reads at IPA");
ACCESS(write, "the guest writes at IPA");
ACCESS(exec, "the guest fetches an instruction at IPA");

const struct shell_command shell_fault = {
	"fault", "IPA [WORD...]", "exactly this fault, whatever the table says",
	"Words:\n"
	"  read, write, exec    what the guest does\n"
	"  translation, permission, access-flag, excl-atomic    which fault it is\n"
	"  level N              level of the faulting entry\n"
	"  s1ptw                the access is a stage-1 walk\n"
	"  retry                an invalidation raced",
	"fault 0x40001000 write permission level 3\nfault 0x40001000 read s1ptw", SHELL_EVENT,
	"ipa fault-word", 1, -1, run_fault };

#define RANGE(name, word, text)                                                                    \
	const struct shell_command shell_##name = {                                                \
		word, "IPA [SIZE]", text, "SIZE is a page if it is not given.",                          \
		word " 0x40000000 2M", SHELL_EVENT, "ipa size", 1, 2, run_range }
RANGE(unmap, "unmap", "take a range out of the table");
RANGE(wrprotect, "wrprotect", "write-protect a range");
RANGE(split, "split", "split the blocks of a range");
RANGE(flush, "flush", "clean the caches of a range");
RANGE(age, "age", "clear the access flags of a range");
RANGE(test_age, "test_age", "was anything in the range accessed");

const struct shell_command shell_map = {
	"map", "IPA SIZE PA [PROT...]", "map by the table code alone",
	"PROT: R W X (or PX, UX) DEVICE NORMAL_NC SW0 SW1 SW2 SW3.",
	"map 0x40000000 2M 0x80000000 R W X", SHELL_EVENT, "ipa size pa prot", 3, -1, run_map };
const struct shell_command shell_relax = {
	"relax", "IPA PROT...", "add permissions to an entry", NULL, "relax 0x40001000 R W X",
	SHELL_EVENT, "ipa prot", 2, -1, run_relax };
const struct shell_command shell_mkyoung = {
	"mkyoung", "IPA", "set the access flag of an entry", NULL, "mkyoung 0x40001000", SHELL_EVENT,
	"ipa", 1, 1, run_mkyoung };
const struct shell_command shell_pte = {
	"pte", "IPA", "the descriptor that covers an address, bit by bit", NULL, "pte 0x40001000",
	SHELL_LOOK, "ipa", 1, 1, run_walk };
const struct shell_command shell_walk = {
	"walk", "IPA", "the descriptors that a translation meets", NULL, "walk 0x40001000", SHELL_LOOK,
	"ipa", 1, 1, run_walk };
const struct shell_command shell_dump = {
	"dump", "[IPA SIZE]", "all leaves of the table", NULL, "dump\ndump 0x40000000 2M", SHELL_LOOK,
	"ipa size", 0, 2, run_dump };

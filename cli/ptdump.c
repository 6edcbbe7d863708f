/* SPDX-License-Identifier: MIT */
/*
 * KVM's debugfs file stage2_page_tables, written and explained. Runs of entries of one level
 * with the same permissions make a line; the memory type and the output address are
 * not in it. Mirrors arch/arm64/kvm/ptdump.c, and note_page() of arch/arm64/mm/ptdump.c.
 */
#include "ptdump.h"

#include <string.h>

#define BIT(n) (UINT64_C(1) << (n))

/* A column: what stands there if the masked entry has the value, and if not (NULL = no column). */
struct column {
	uint64_t mask, value;
	const char *set, *clear;
};

#define VALID     BIT(0)
#define TYPE      UINT64_C(3)
#define S2AP_R    BIT(6)
#define S2AP_W    BIT(7)
#define AF        BIT(10)
#define XN        (UINT64_C(3) << 53)
#define XN_SINGLE BIT(54)

/* 6.12 to 7.1: an entry that is not valid has none of the others. */
static const struct column columns_old[] = {
	{ VALID, VALID, " ", "F" },
	{ S2AP_R | VALID, S2AP_R | VALID, "R", " " },
	{ S2AP_W | VALID, S2AP_W | VALID, "W", " " },
	{ XN_SINGLE | VALID, VALID, "X", " " },
	{ AF | VALID, AF | VALID, "AF", "  " },
	{ TYPE, 1, "BLK", "   " },
	{ 0, 0, NULL, NULL },
};

/* 7.3: execution at EL1 and EL0 apart. */
static const struct column columns_new[] = {
	{ VALID, VALID, " ", "F" },
	{ S2AP_R, S2AP_R, "R", " " },
	{ S2AP_W, S2AP_W, "W", " " },
	{ XN, UINT64_C(0) << 53, "px ux ", NULL },
	{ XN, UINT64_C(1) << 53, "PXNux ", NULL },
	{ XN, UINT64_C(2) << 53, "PXNUXN", NULL },
	{ XN, UINT64_C(3) << 53, "px UXN", NULL },
	{ AF, AF, "AF", "  " },
	{ TYPE, 1, "BLK", "   " },
	{ 0, 0, NULL, NULL },
};

static const struct flavour {
	const char *name;
	const struct column *columns;
} flavours[] = {
	[PTDUMP_OLD] = { "6.12", columns_old },
	[PTDUMP_NEW] = { "7.3", columns_new },
};

bool ptdump_parse_flavour(const char *name, enum ptdump_flavour *flavour)
{
	for (unsigned i = 0; i < PTDUMP_NR_FLAVOURS; i++)
		if (strcmp(flavours[i].name, name) == 0) {
			*flavour = (enum ptdump_flavour)i;
			return true;
		}
	return false;
}

enum ptdump_flavour ptdump_flavour_of(const struct s2_revision *rev)
{
	return (rev->table & S2_TABLE_XN_SINGLE) != 0 ? PTDUMP_OLD : PTDUMP_NEW;
}

/* ---- Writing ---- */

struct writer {
	FILE *out;
	const struct column *columns;
	uint64_t mask;  /* all that a column looks at */
	bool any;       /* there is a run */
	uint64_t start; /* of the run */
	uint64_t prot;
	int level;
};

static void write_run(const struct writer *w, uint64_t end)
{
	static const char units[] = "KMGTPE";
	uint64_t size = (end - w->start) >> 10;
	const char *unit = units;

	while ((size & 1023) == 0 && unit[1] != '\0') {
		size >>= 10;
		unit++;
	}
	fprintf(w->out, "0x%016llx-0x%016llx   %9llu%c %d", (unsigned long long)w->start,
		(unsigned long long)end, (unsigned long long)size, *unit, w->level);
	for (const struct column *c = w->columns; w->prot != 0 && c->set != NULL; c++) {
		const char *text = (w->prot & c->mask) == c->value ? c->set : c->clear;

		if (text != NULL)
			fprintf(w->out, " %s", text);
	}
	fputc('\n', w->out);
}

/* note_page() */
static int take_entry(void *arg, uint64_t ipa, const struct s2_walk_entry *entry)
{
	struct writer *w = arg;
	uint64_t prot = entry->pte & w->mask;

	if (w->any && prot == w->prot && entry->level == w->level)
		return 0;
	if (w->any)
		write_run(w, ipa);
	else
		fputs("---[ Guest IPA ]---\n", w->out);
	w->any = true;
	w->start = ipa;
	w->prot = prot;
	w->level = entry->level;
	return ferror(w->out) ? -1 : 0;
}

void ptdump_write(struct cli *cli, const struct s2_pgtable *pgt, unsigned ipa_bits,
		  enum ptdump_flavour flavour)
{
	struct writer w = { .out = cli->out, .columns = flavours[flavour].columns };

	for (const struct column *c = w.columns; c->set != NULL; c++)
		w.mask |= c->mask;
	/* The kernel forgets the last run: a line is printed only when the next one begins. */
	s2_pgtable_entries(pgt, 0, UINT64_C(1) << ipa_bits, take_entry, &w);
}

/* ---- Explaining ---- */

#define MAX_LINE 160

/* What the words after the level say. */
struct seen {
	bool any, fault, r, w, x, af, block;
	bool new, pxn, uxn; /* the columns of 7.3 */
};

static const struct word {
	const char *text;
	size_t offset[2]; /* of what is set in struct seen; 0 twice = one */
} words[] = {
#define SEEN(field) offsetof(struct seen, field)
	{ "F", { SEEN(fault), SEEN(fault) } },
	{ "R", { SEEN(r), SEEN(r) } },
	{ "W", { SEEN(w), SEEN(w) } },
	{ "X", { SEEN(x), SEEN(x) } },
	{ "AF", { SEEN(af), SEEN(af) } },
	{ "BLK", { SEEN(block), SEEN(block) } },
	{ "px", { SEEN(new), SEEN(new) } },
	{ "ux", { SEEN(new), SEEN(new) } },
	{ "UXN", { SEEN(new), SEEN(uxn) } },
	{ "PXN", { SEEN(new), SEEN(pxn) } },
	{ "PXNux", { SEEN(new), SEEN(pxn) } },
	{ "PXNUXN", { SEEN(pxn), SEEN(uxn) } },
};

/* Takes the next word of @text, in place; NULL at the end. */
static char *next_word(char **text)
{
	char *word = *text + strspn(*text, " \t"), *end = word + strcspn(word, " \t");

	if (word == end)
		return NULL;
	*text = *end != '\0' ? end + 1 : end;
	*end = '\0';
	return word;
}

/* NULL, or the word that nobody knows. */
static const char *read_words(char *text, struct seen *seen)
{
	for (char *word; (word = next_word(&text)) != NULL;) {
		size_t i = 0;

		while (i < sizeof(words) / sizeof(words[0]) && strcmp(words[i].text, word) != 0)
			i++;
		if (i == sizeof(words) / sizeof(words[0]))
			return word;
		seen->any = true;
		*((bool *)(void *)seen + words[i].offset[0]) = true;
		*((bool *)(void *)seen + words[i].offset[1]) = true;
	}
	seen->new |= seen->pxn | seen->uxn;
	return NULL;
}

static const char *access_text(const struct seen *s)
{
	static const char *const texts[] = { "no access", "read-only", "write-only", "read-write" };

	return texts[(s->w ? 2 : 0) + (s->r ? 1 : 0)];
}

static const char *exec_text(const struct seen *s)
{
	if (!s->new)
		return s->x ? "executable" : "not executable";
	if (s->pxn)
		return s->uxn ? "not executable" : "executable at EL0 only";
	return s->uxn ? "executable at EL1 only" : "executable";
}

static void explain_run(struct cli *cli, uint64_t start, uint64_t end, int level,
			const struct seen *s)
{
	char size[32];

	fprintf(cli->out, "0x%llx to 0x%llx (%s): level %d, ", (unsigned long long)start,
		(unsigned long long)end, cli_size_text(end - start, size, sizeof(size)), level);
	if (!s->any)
		fputs("not mapped: the next access faults\n", cli->out);
	else if (s->fault)
		fputs("invalid, but not empty: KVM's own note or a lock\n", cli->out);
	else
		fprintf(cli->out, "%s, %s, %s, %s\n", s->block ? "blocks" : "pages",
			access_text(s), exec_text(s),
			s->af ? "accessed" : "not accessed: the next access faults");
}

/* "0x...-0x...", a size, a level and words; NULL or what is wrong. */
static const char *explain_line(struct cli *cli, char *text, char *why, size_t room)
{
	char *range = next_word(&text), *size = next_word(&text), *level = next_word(&text);
	char *dash = range != NULL ? strchr(range, '-') : NULL;
	struct seen seen = { 0 };
	uint64_t start, end;
	const char *unknown;

	if (dash == NULL || level == NULL)
		return "expected an address range, a size and a level";
	*dash = '\0';
	if (!cli_parse_number(range, &start) || !cli_parse_number(dash + 1, &end) || end <= start)
		return "expected an address range, 0x...-0x...";
	if (strspn(size, "0123456789") != strlen(size) - 1 ||
	    strchr("KMGTPE", size[strlen(size) - 1]) == NULL)
		return "expected a size in K, M, G, T, P or E";
	if (level[0] < '0' || level[0] > '3' || level[1] != '\0')
		return "expected a level, 0 to 3";
	unknown = read_words(text, &seen);
	if (unknown != NULL) {
		snprintf(why, room, "\"%.20s\" is not a column of this file", unknown);
		return why;
	}
	if (seen.any && !seen.fault && seen.block && level[0] == '3')
		return "there are no blocks at level 3";
	explain_run(cli, start, end, level[0] - '0', &seen);
	return NULL;
}

int cli_explain_ptdump(struct cli *cli, const char *file)
{
	unsigned long number = 0;
	struct cli_lines lines;
	int status = cli_lines_open(cli, &lines, file);

	if (status != CLI_OK)
		return status;
	fputs("The file tells no memory type and no output address: a run may mix Normal, Normal-NC\n"
	      "and Device memory. Its last run is never printed.\n", cli->out);
	while (cli_lines_next(&lines) && !ferror(cli->out)) {
		char line[MAX_LINE], why[64];
		const char *wrong = NULL;

		number++;
		if (lines.size == 0)
			continue;
		if (lines.size >= sizeof(line) || memchr(lines.line, '\0', lines.size) != NULL) {
			wrong = "no line of this file";
		} else {
			memcpy(line, lines.line, lines.size);
			line[lines.size] = '\0';
			if (strncmp(line, "---[ ", 5) == 0)
				fprintf(cli->out, "%s\n", line);
			else if (line[strspn(line, " \t\r")] != '\0')
				wrong = explain_line(cli, line, why, sizeof(why));
		}
		if (wrong != NULL)
			status = cli_fail(cli, CLI_NOT_ALL, "%s:%lu: %s", file, number, wrong);
	}
	return cli_lines_close(cli, &lines, status);
}

/* SPDX-License-Identifier: MIT */
/* cpu: what the stage 2 of a CPU can do, by its name or its identification registers. */
#include "commands.h"

#include <jansson.h>
#include <string.h>

#include "diagram.h"
#include "documents.h"
#include "native.h"
#include "writer.h"

/* What is asked about. */
struct asked_cpu {
	const struct s2_cpu_model *model; /* NULL: registers alone */
	struct s2_idregs regs;
	bool native;
	uint64_t midr;                    /* of a native one, 0 = hidden */
};

static const char *reg_name(enum s2_idreg reg)
{
	return s2_name_of(s2_idreg_names, reg);
}

/* ---- What was asked --------------------------------------------------------------------- */

/* NAME=HEX. */
static int read_reg(struct cli *cli, struct asked_cpu *a, uint64_t *given, const char *word,
		    size_t len)
{
	const char *equals = memchr(word, '=', len), *near;
	char name[40], hex[40];
	uint64_t reg, value;
	size_t at;

	if (equals == NULL)
		return cli_bad_option(cli, "regs", "\"%.*s\": expected NAME=HEX",
				      (int)(len < 40 ? len : 40), word);
	at = (size_t)(equals - word);
	snprintf(name, sizeof(name), "%.*s", (int)(at < 39 ? at : 39), word);
	len -= at + 1;
	snprintf(hex, sizeof(hex), "%.*s", (int)(len < 39 ? len : 39), equals + 1);
	if (s2_name_find(s2_idreg_names, NULL, name, &reg) != 0) {
		near = s2_name_nearest(s2_idreg_names, name);
		return cli_bad_option(cli, "regs",
				      "\"%s\" is not a register that a stage 2 depends on%s%s%s", name,
				      near != NULL ? "; did you mean " : "",
				      near != NULL ? near : "", near != NULL ? "?" : "");
	}
	if (!cli_parse_descriptor(hex, &value))
		return cli_bad_option(cli, "regs", "%s: \"%s\": expected up to 16 hex digits", name,
				      hex);
	if ((*given >> reg & 1) != 0)
		return cli_bad_option(cli, "regs", "%s is given twice", name);
	*given |= UINT64_C(1) << reg;
	a->regs.value[reg] = value;
	a->regs.known[reg] = UINT64_MAX;
	a->regs.choice[reg] = 0;
	return CLI_OK;
}

static int read_regs(struct cli *cli, struct asked_cpu *a, const char *text)
{
	uint64_t given = 0;
	int status = CLI_OK;

	if (*text == '\0')
		return cli_bad_option(cli, "regs", "expected NAME=HEX,...");
	while (*text != '\0' && status == CLI_OK) {
		size_t len = strcspn(text, ",");

		status = read_reg(cli, a, &given, text, len);
		text += len + (text[len] == ',');
	}
	return status;
}

/* What can be read goes before what is published about a CPU of this name. */
static int read_native(struct cli *cli, struct asked_cpu *a)
{
	struct s2_idregs read;
	int status = native_idregs(cli, &read, &a->midr);

	if (status != CLI_OK)
		return status;
	a->native = true;
	a->model = a->midr != 0 ? s2_cpu_model_by_midr(a->midr) : NULL;
	if (a->model != NULL)
		a->regs = a->model->regs;
	for (unsigned i = 0; i < S2_NR_IDREGS; i++) {
		a->regs.value[i] = (a->regs.value[i] & ~read.known[i]) | read.value[i];
		a->regs.known[i] |= read.known[i];
		a->regs.choice[i] &= ~read.known[i];
	}
	return CLI_OK;
}

static int ask(struct cli *cli, const struct cli_args *args, struct asked_cpu *a)
{
	const char *regs = cli_option(args, "regs"), *near;

	*a = (struct asked_cpu){ NULL, { { 0 }, { 0 }, { 0 } }, false, 0 };
	if (cli_switch(args, "native") && (args->n_rest != 0 || regs != NULL))
		return cli_bad_option(cli, "native", "goes neither with a name nor with --regs");
	if (cli_switch(args, "native"))
		return read_native(cli, a);
	if (args->n_rest != 0) {
		a->model = s2_cpu_model_find(args->rest[0]);
		if (a->model == NULL) {
			near = s2_cpu_model_nearest(args->rest[0]);
			cli_blame(cli, args->rest[0]);
			return cli_fail(cli, CLI_USAGE, "cpu: there is no CPU \"%.40s\"%s%s%s",
					args->rest[0], near != NULL ? "; did you mean " : "; s2pte cpu lists them",
					near != NULL ? near : "", near != NULL ? "?" : "");
		}
		a->regs = a->model->regs;
	}
	return regs != NULL ? read_regs(cli, a, regs) : CLI_OK;
}

/* ---- As JSON ------------------------------------------------------------------------------ */

static void write_answer(struct s2i_writer *w, const char *key, enum s2_answer3 answer)
{
	if (answer == S2_UNKNOWN)
		s2i_raw(w, key, "null");
	else
		s2i_bool(w, key, answer == S2_YES);
}

static void write_raw(struct s2i_writer *w, const char *key, int raw)
{
	if (raw < 0)
		s2i_raw(w, key, "null");
	else
		s2i_uint(w, key, (uint64_t)raw);
}

static void write_features(struct s2i_writer *w, const struct s2_idregs *regs)
{
	s2i_open(w, "features", '{');
	for (unsigned i = 0; i < S2_NR_FEATURES; i++) {
		const struct s2_cpu_feature_row *row = &s2_cpu_features[i];
		char from[48];

		snprintf(from, sizeof(from), "%s.%s", reg_name(row->field->reg), row->field->name);
		s2i_open_flat(w, row->id, '{');
		write_answer(w, "has", s2_idregs_has(regs, (enum s2_cpu_feature)i));
		s2i_bool(w, "choice", s2_idregs_chosen(regs, (enum s2_cpu_feature)i));
		s2i_string(w, "from", from);
		s2i_string(w, "feature", row->feat);
		s2i_string(w, "why", row->why);
		s2i_close(w, '}');
	}
	s2i_close(w, '}');
}

static void write_granules(struct s2i_writer *w, const struct s2_idregs *regs)
{
	s2i_open(w, "granules", '{');
	for (unsigned i = 0; i < S2_NR_GRANULES; i++) {
		struct s2_granule_support s = s2_idregs_granule(regs, (enum s2_granule)i);

		s2i_open_flat(w, s2_granule_name((enum s2_granule)i), '{');
		write_answer(w, "stage1", s.stage1);
		write_answer(w, "stage2", s.stage2);
		write_answer(w, "52_bit", s.wide);
		s2i_close(w, '}');
	}
	s2i_close(w, '}');
}

static void write_register(struct s2i_writer *w, const struct s2_idregs *regs, enum s2_idreg reg)
{
	s2i_open(w, reg_name(reg), '{');
	s2i_descriptor(w, "value", regs->value[reg]);
	s2i_descriptor(w, "known", regs->known[reg]);
	s2i_open(w, "fields", '[');
	for (const struct s2_idreg_field *f = s2_idreg_fields; f->name != NULL; f++) {
		int raw = s2_idreg_get(regs, f);

		if (f->reg != reg)
			continue;
		s2i_open_flat(w, NULL, '{');
		s2i_string(w, "name", f->name);
		s2i_bits(w, "bits", s2_idreg_mask(f));
		write_raw(w, "raw", raw);
		s2i_string(w, "meaning", raw >= 0 ? s2_idreg_meaning(f, (unsigned)raw) : NULL);
		s2i_bool(w, "choice", (regs->choice[reg] & s2_idreg_mask(f)) != 0);
		s2i_string(w, "help", f->help);
		s2i_close(w, '}');
	}
	s2i_close(w, ']');
	s2i_close(w, '}');
}

static void write_scenario(struct s2i_writer *w, const struct s2_idregs *regs)
{
	struct s2_cpu cpu;
	unsigned open;

	s2_cpu_from_idregs(&cpu, regs, &open);
	s2i_open(w, "scenario", '{');
	s2i_open_flat(w, "cpu", '{');
	for (unsigned i = 0; s2_cpu_flag_names[i].name != NULL; i++)
		if ((open >> i & 1) == 0)
			s2i_bool(w, s2_cpu_flag_names[i].name,
				 *(const bool *)((const char *)&cpu + s2_cpu_flag_names[i].value));
	s2i_close(w, '}');
	s2i_close(w, '}');
	s2i_open_flat(w, "open", '[');
	for (unsigned i = 0; s2_cpu_flag_names[i].name != NULL; i++)
		if ((open >> i & 1) != 0)
			s2i_string(w, NULL, s2_cpu_flag_names[i].name);
	s2i_close(w, ']');
}

static int print_json(struct cli *cli, const struct asked_cpu *a)
{
	struct s2_json_sink sink = cli_sink(cli);
	unsigned pa_bits = s2_idregs_pa_bits(&a->regs);
	struct s2i_writer w;

	s2i_writer_init(&w, cli_style(cli), &sink);
	s2i_open(&w, NULL, '{');
	s2i_string(&w, "cpu", a->model != NULL ? a->model->name : NULL);
	s2i_string(&w, "title", a->model != NULL ? a->model->title : NULL);
	s2i_string(&w, "source", a->model != NULL ? a->model->source : NULL);
	if (a->native)
		s2i_hex(&w, "midr", a->midr);
	write_raw(&w, "pa_bits", pa_bits != 0 ? (int)pa_bits : -1);
	write_granules(&w, &a->regs);
	write_features(&w, &a->regs);
	write_scenario(&w, &a->regs);
	s2i_open(&w, "registers", '{');
	for (unsigned i = 0; i < S2_NR_IDREGS; i++)
		if (a->regs.known[i] != 0)
			write_register(&w, &a->regs, (enum s2_idreg)i);
	s2i_close(&w, '}');
	s2i_close(&w, '}');
	return cli_written(cli, s2i_writer_finish(&w));
}

/* ---- As text ------------------------------------------------------------------------------ */

static const char *answer_text(enum s2_answer3 answer)
{
	return answer == S2_UNKNOWN ? "unknown" : answer == S2_YES ? "yes" : "no";
}

static enum cli_colour answer_colour(enum s2_answer3 answer)
{
	return answer == S2_UNKNOWN ? CLI_WARN : answer == S2_YES ? CLI_GOOD : CLI_DIM;
}

static void print_line(struct cli *cli, const char *name, enum s2_answer3 answer, const char *text,
		       const char *why)
{
	fprintf(cli->out, "  %s%-11s%s %s%-9s%s %s\n", cli_colour(cli, CLI_BOLD), name,
		cli_colour(cli, CLI_PLAIN), cli_colour(cli, answer_colour(answer)), text,
		cli_colour(cli, CLI_PLAIN), why);
}

static void print_features(struct cli *cli, const struct s2_idregs *regs)
{
	unsigned pa_bits = s2_idregs_pa_bits(regs);
	char text[32], why[128];

	snprintf(text, sizeof(text), "%u bits", pa_bits);
	print_line(cli, "PA", pa_bits != 0 ? S2_YES : S2_UNKNOWN, pa_bits != 0 ? text : "unknown",
		   "size of physical addresses (PARange)");
	for (unsigned i = 0; i < S2_NR_GRANULES; i++) {
		struct s2_granule_support s = s2_idregs_granule(regs, (enum s2_granule)i);

		snprintf(why, sizeof(why), "pages at stage 2; at stage 1: %s; 52-bit addresses: %s",
			 answer_text(s.stage1), answer_text(s.wide));
		print_line(cli, s2_granule_name((enum s2_granule)i), s.stage2, answer_text(s.stage2),
			   why);
	}
	for (unsigned i = 0; i < S2_NR_FEATURES; i++) {
		enum s2_answer3 has = s2_idregs_has(regs, (enum s2_cpu_feature)i);

		snprintf(text, sizeof(text), "%s%s", answer_text(has),
			 s2_idregs_chosen(regs, (enum s2_cpu_feature)i) ? " *" : "");
		print_line(cli, s2_cpu_features[i].id, has, text, s2_cpu_features[i].why);
	}
}

static void print_register(struct cli *cli, const struct s2_idregs *regs, enum s2_idreg reg)
{
	struct diagram_cell cells[DIAGRAM_MAX_CELLS];
	unsigned row = 0;

	if (regs->known[reg] == 0) {
		fprintf(cli->out, "\n%s%s%s is not known\n", cli_colour(cli, CLI_BOLD), reg_name(reg),
			cli_colour(cli, CLI_PLAIN));
		return;
	}
	fprintf(cli->out, "\n%s%s%s 0x%016llx", cli_colour(cli, CLI_BOLD), reg_name(reg),
		cli_colour(cli, CLI_PLAIN), (unsigned long long)regs->value[reg]);
	fprintf(cli->out, "%s\n\n", regs->known[reg] != UINT64_MAX ? ", where it is known" : "");
	diagram_print(cli, cells, diagram_of_register(regs, reg, cells));
	fputc('\n', cli->out);
	for (const struct s2_idreg_field *f = s2_idreg_fields; f->name != NULL; f++) {
		int raw = s2_idreg_get(regs, f);

		row++;
		if (f->reg != reg || f->values == NULL)
			continue;
		fprintf(cli->out, "  %s%-11s%s %s%s\n", diagram_colour(cli, row), f->name,
			cli_colour(cli, CLI_PLAIN),
			raw < 0 ? "unknown" : s2_idreg_meaning(f, (unsigned)raw),
			(regs->choice[reg] & s2_idreg_mask(f)) != 0 ? " (by choice)" : "");
	}
}

/* For --cpu and "cpu" of a scenario; what is open is left out. */
static void print_scenario(struct cli *cli, const struct s2_idregs *regs)
{
	const char *before = "";
	struct s2_cpu cpu;
	unsigned open;

	s2_cpu_from_idregs(&cpu, regs, &open);
	fprintf(cli->out, "\nin a scenario: \"cpu\": {");
	for (const struct s2_name *n = s2_cpu_flag_names; n->name != NULL; n++) {
		if (!*(const bool *)((const char *)&cpu + n->value))
			continue;
		fprintf(cli->out, "%s\"%s\": true", before, n->name);
		before = ", ";
	}
	fputs("}\n", cli->out);
	before = "open, and off there unless you say so: ";
	for (unsigned i = 0; s2_cpu_flag_names[i].name != NULL; i++) {
		if ((open >> i & 1) == 0)
			continue;
		fprintf(cli->out, "%s%s", before, s2_cpu_flag_names[i].name);
		before = ", ";
	}
	if (open != 0)
		fputc('\n', cli->out);
}

static void print_native(struct cli *cli, const struct asked_cpu *a)
{
	fprintf(cli->out, "MIDR_EL1 0x%llx%s; Linux shows user space CTR_EL0, but hides what the ID\n"
			  "registers say about stage 2: %s.\n\n", (unsigned long long)a->midr,
		a->midr == 0 ? " (hidden)" : "",
		a->model != NULL ? "that is taken from what is published" : "that is unknown here");
}

static int print_text(struct cli *cli, const struct asked_cpu *a)
{
	bool chosen = false;

	if (a->model != NULL)
		fprintf(cli->out, "%s%s%s: %s\nfrom: %s\n\n", cli_colour(cli, CLI_BOLD), a->model->name,
			cli_colour(cli, CLI_PLAIN), a->model->title, a->model->source);
	if (a->native)
		print_native(cli, a);
	print_features(cli, &a->regs);
	for (unsigned i = 0; i < S2_NR_IDREGS; i++)
		chosen |= a->regs.choice[i] != 0;
	if (chosen)
		fputs("  * chosen by who builds the chip; what is usual\n", cli->out);
	print_scenario(cli, &a->regs);
	for (unsigned i = 0; i < S2_NR_IDREGS; i++)
		print_register(cli, &a->regs, (enum s2_idreg)i);
	return CLI_OK;
}

/* ---- The list, and the object alone --------------------------------------------------------- */

static int list_models(struct cli *cli, bool text)
{
	static const enum s2_cpu_feature shown[] = { S2_FEAT_FWB, S2_FEAT_DIC, S2_FEAT_XNX,
						     S2_FEAT_TLBI_RANGE };
	struct s2_json_sink sink = cli_sink(cli);
	struct s2i_writer w;

	if (text)
		fprintf(cli->out, "  %-13s %-3s %-4s %-4s %-4s %-10s %s\n", "name", "PA", "fwb", "dic",
			"xnx", "tlbi_range", "also called");
	s2i_writer_init(&w, cli_style(cli), &sink);
	if (!text)
		s2i_open(&w, NULL, '[');
	for (const struct s2_cpu_model *m = s2_cpu_models; m->name != NULL; m++) {
		unsigned pa_bits = s2_idregs_pa_bits(&m->regs);

		if (text) {
			fprintf(cli->out, "  %-13s ", m->name);
			fprintf(cli->out, pa_bits != 0 ? "%-3u" : "?  ", pa_bits);
			for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
				enum s2_answer3 has = s2_idregs_has(&m->regs, shown[i]);

				fprintf(cli->out, " %-3s%s", has == S2_UNKNOWN ? "?" : answer_text(has),
					s2_idregs_chosen(&m->regs, shown[i]) ? "*" : " ");
			}
			fputs("       ", cli->out);
		} else {
			s2i_open_flat(&w, NULL, '{');
			s2i_string(&w, "name", m->name);
			s2i_string(&w, "title", m->title);
			s2i_string(&w, "source", m->source);
			s2i_open_flat(&w, "also", '[');
		}
		for (const struct s2_cpu_alias *alias = s2_cpu_aliases; alias->name != NULL; alias++) {
			if (strcmp(alias->model, m->name) != 0)
				continue;
			if (text)
				fprintf(cli->out, "%s", alias->name);
			else
				s2i_string(&w, NULL, alias->name);
		}
		if (text) {
			fputc('\n', cli->out);
		} else {
			s2i_close(&w, ']');
			s2i_close(&w, '}');
		}
	}
	if (text) {
		fputs("  * chosen by who builds the chip; ? not known\n", cli->out);
		return CLI_OK;
	}
	s2i_close(&w, ']');
	return cli_written(cli, s2i_writer_finish(&w));
}

static int print_object(struct cli *cli, const struct asked_cpu *a)
{
	struct s2_error err;
	struct s2_cpu cpu;
	unsigned open;
	json_t *object;

	s2_cpu_from_idregs(&cpu, &a->regs, &open);
	object = json_of_cpu(&cpu);
	json_dumpf(object, cli->out, 0);
	fputc('\n', cli->out);
	json_decref(object);
	if (s2_cpu_settled(open, &err) == 0)
		return CLI_OK;
	return cli_fail(cli, CLI_NOT_ALL, "cpu: %s", err.message);
}

static int run_cpu(struct cli *cli, const struct cli_args *args)
{
	struct asked_cpu a;
	int status = ask(cli, args, &a);

	if (status != CLI_OK)
		return status;
	if (a.model == NULL && !a.native && cli_option(args, "regs") == NULL) {
		if (cli_switch(args, "scenario"))
			return cli_fail(cli, CLI_USAGE, "cpu: expected a name, --regs or --native");
		return list_models(cli, cli_text(cli, args));
	}
	if (cli_switch(args, "scenario"))
		return print_object(cli, &a);
	return cli_text(cli, args) ? print_text(cli, &a) : print_json(cli, &a);
}

static const struct cli_option cpu_options[] = {
	{ "regs", "LIST", "NAME=HEX,...: ID_AA64MMFR0_EL1 to 3, ID_AA64ISAR0_EL1, CTR_EL0", false },
	{ "native", NULL, "the CPU this runs on, as far as Linux on arm64 shows it", false },
	{ "scenario", NULL, "print what a scenario has as its \"cpu\", and no more", false },
	{ "text", NULL, "for people: what it can do, and a diagram of each register", false },
	{ NULL, NULL, NULL, false },
};

const struct cli_command cli_cmd_cpu = {
	.name = "cpu", .operands = "[NAME]", .max_rest = 1,
	.summary = "what a CPU's stage 2 can do, by its name or ID registers",
	.help = "Without anything: the list of names. --regs after a name goes before what is\n"
		"published about that CPU. What is not known is said to be unknown.",
	.examples = 
		"cpu neoverse-v2 --text\n"
		"cpu --regs ID_AA64MMFR2_EL1=0x1221011112101011,CTR_EL0=0xb444c004",
	.options = cpu_options, .run = run_cpu,
};

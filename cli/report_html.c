/* SPDX-License-Identifier: MIT */
/*
 * A report as a page of HTML: one file that needs no other, reads without scripts and prints;
 * a script lets one sort and filter. It is XML, too. Scenarios are run, so that the page shows
 * the descriptors that they end with.
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "markup.h"

/* No character that XML would want escaped: neither "<" nor "&". */
static const char page_style[] =
	"*{box-sizing:border-box}"
	"html{-webkit-text-size-adjust:100%}"
	"body{margin:0;background:var(--page);color:var(--ink);"
	"font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",\"DejaVu Sans\",sans-serif}"
	"main{max-width:1120px;margin:0 auto;padding:32px 24px 64px}"
	"h1{font-size:30px;line-height:1.2;margin:0 0 12px;letter-spacing:-.01em}"
	"h2{font-size:24px;line-height:1.25;margin:56px 0 12px;padding-top:24px;"
	"border-top:2px solid var(--line)}"
	"h3{font-size:19px;margin:40px 0 12px}"
	"h4,.part h3{font-size:16px;line-height:1.4;margin:0 0 12px}"
	"h1,h2,h3,h4,p,td{overflow-wrap:break-word}"
	"p{margin:0 0 12px;max-width:80ch}a{color:var(--link)}"
	".m,pre,code,.fact{font-family:ui-monospace,\"SF Mono\",Menlo,Consolas,\"DejaVu Sans Mono\",monospace}"
	".part{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:18px 20px;"
	"margin:0 0 18px}.part>:last-child{margin-bottom:0}"
	".to,.count{color:var(--soft);font-weight:400}"
	".scroll{overflow-x:auto;margin:0 0 16px}"
	"table{border-collapse:collapse;font-size:14px}"
	"th,td{text-align:left;vertical-align:top;padding:6px 12px 6px 0;"
	"border-bottom:1px solid var(--line)}"
	"thead th{color:var(--soft);font-weight:600;vertical-align:bottom;white-space:nowrap}"
	".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
	".n i{font-style:normal;margin-left:.2em}"
	".bad{color:var(--bad);font-weight:700}"
	".facts{display:flex;flex-wrap:wrap;gap:4px 6px;margin:0 0 12px;padding:0;list-style:none}"
	".facts li{font-size:13px;padding:0 8px;border:1px solid var(--line);border-radius:5px;"
	"background:var(--page)}.facts .label{border:0;padding:0;background:none;color:var(--soft);"
	"font-family:inherit}"
	".facts .not{color:var(--soft)}.facts b{font-weight:600}"
	".matrix th,.matrix td{padding:3px 6px;text-align:center;font-size:12px;line-height:18px;"
	"overflow-wrap:normal;white-space:nowrap}"
	".matrix thead th{padding:4px 6px 6px}"
	".matrix thead span{writing-mode:vertical-rl;transform:rotate(180deg);font-size:12px;"
	"font-weight:400;color:var(--ink)}"
	".matrix tbody th{color:var(--soft);font-weight:400}"
	".yes{color:var(--good);font-weight:600}.no{color:var(--soft)}"
	".drawn{display:flex;flex-wrap:wrap;gap:20px 32px;margin:16px 0}"
	"figure{margin:0;flex:1 1 400px;min-width:0}figure.none{flex:0 0 130px}"
	"figcaption{font-size:14px;margin:0 0 6px}figcaption b{font-weight:600}"
	".bits{display:flex;flex-wrap:wrap;gap:8px 36px;align-items:flex-start}"
	".bits svg{display:block;flex:0 1 400px;width:100%;height:auto}"
	".raw{font-weight:600;font-size:15px;overflow-wrap:anywhere;margin:0}"
	".head{font-size:13px;color:var(--soft);margin:0 0 8px}"
	".fields{font-size:13px;margin-top:6px}.fields td{border:0;padding:1px 12px 2px 0}"
	".fields td:first-child{white-space:nowrap;color:var(--soft)}"
	".key{display:inline-block;width:10px;height:10px;margin-right:7px;border:1px solid}"
	"details{margin:12px 0 0;font-size:14px}summary{cursor:pointer;color:var(--link)}"
	"pre{font-size:12px;line-height:1.45;white-space:pre-wrap;overflow-wrap:anywhere;margin:8px 0 0;"
	"padding:10px 12px;border:1px solid var(--line);border-radius:6px;background:var(--page)}"
	"footer{margin-top:56px;padding-top:14px;border-top:1px solid var(--line);color:var(--soft);"
	"font-size:13px;overflow-wrap:anywhere}"
	".tools{position:sticky;top:0;z-index:1;display:flex;gap:12px;align-items:center;flex-wrap:wrap;"
	"background:var(--page);padding:10px 0;margin:0 0 16px;border-bottom:1px solid var(--line)}"
	".tools input{font:inherit;font-size:15px;color:inherit;background:var(--card);padding:7px 11px;"
	"border:1px solid var(--soft);border-radius:6px;flex:1 1 220px;max-width:460px;min-width:0}"
	".tools input::placeholder{color:var(--soft);opacity:1}.tools output{color:var(--soft);font-size:13px}"
	"th[role=button]{cursor:pointer}th[aria-sort=ascending]::after{content:\" \\2191\"}"
	"th[aria-sort=descending]::after{content:\" \\2193\"}"
	"[hidden]{display:none!important}"
	":focus-visible{outline:2px solid var(--link);outline-offset:2px}"
	"@media (max-width:640px){main{padding:20px 16px 48px}h1{font-size:25px}h2{font-size:21px}"
	".part{padding:14px;border-radius:6px}.wide thead{position:absolute;left:-9999px}"
	".wide tr{display:block;padding:8px 0;border-bottom:1px solid var(--line)}"
	".wide td{display:grid;grid-template-columns:84px 1fr;border:0;padding:1px 0;text-align:left;"
	"white-space:normal}.wide td::before{content:attr(data-head);color:var(--soft);font-size:13px}}"
	"@media print{body{font-size:11pt}main{max-width:none;padding:0}.tools,summary{display:none}"
	".part,figure,tr{break-inside:avoid}h2,h3,h4{break-after:avoid}.part{background:none}"
	".scroll{overflow:visible}a{color:inherit;text-decoration:none}"
	"svg rect,.key{-webkit-print-color-adjust:exact;print-color-adjust:exact}}";

/*
 * Each table is sorted by a click on a column's head, numbers as numbers. The filter's words,
 * with commas between them, must all be found: in what a part is called, or at the beginning of
 * a condition's literals, so that "cow" is not "not cow".
 */
static const char page_script[] =
	"(function(){'use strict';"
	"const all=(q,e)=>Array.from((e||document).querySelectorAll(q));"
	"const value=(row,i)=>{const c=row.cells[i];return c?c.textContent.trim():'';};"
	"all('table.sorts').forEach(table=>{const head=table.tHead.rows[0];"
	"Array.from(head.cells).forEach((th,i)=>{th.tabIndex=0;th.setAttribute('role','button');"
	"const sort=()=>{const down=th.getAttribute('aria-sort')==='ascending';"
	"Array.from(head.cells).forEach(o=>o.removeAttribute('aria-sort'));"
	"th.setAttribute('aria-sort',down?'descending':'ascending');"
	"const rows=Array.from(table.tBodies[0].rows);"
	"rows.sort((a,b)=>{const x=value(a,i),y=value(b,i);"
	"const r=/^[0-9]+$/.test(x+y)?x-y:x.localeCompare(y);return down?-r:r;});"
	"rows.forEach(r=>table.tBodies[0].appendChild(r));};"
	"th.addEventListener('click',sort);"
	"th.addEventListener('keydown',e=>{if(e.key==='Enter'||e.key===' '){e.preventDefault();sort();}});"
	"});});"
	"const parts=all('.part'),bar=document.querySelector('.tools');"
	"if(parts.length>1){const input=bar.querySelector('input'),out=bar.querySelector('output');"
	"bar.hidden=false;"
	"const filter=()=>{const words=input.value.toLowerCase().split(',').map(w=>w.trim()).filter(w=>w);"
	"let shown=0;parts.forEach(part=>{const name=part.querySelector('h3,h4').textContent.toLowerCase();"
	"const rest=words.filter(w=>!name.includes(w)),rows=all('[data-when]',part);"
	"let any=rows.length===0?rest.every(w=>part.textContent.toLowerCase().includes(w)):false;"
	"rows.forEach(row=>{const when=row.dataset.when.toLowerCase().split(', ');"
	"const fits=rest.every(w=>when.some(l=>l.startsWith(w)));any=any||fits;"
	"if(row.tagName==='TR'){row.hidden=!fits;}});"
	"part.hidden=!any;if(any){shown++;}"
	"all('a[href=\"#'+part.id+'\"]').forEach(a=>{a.closest('tr').hidden=!any;});});"
	"out.textContent=words.length?shown+' of '+parts.length+' shown':'';};"
	"input.addEventListener('input',filter);}"
	"const folded=all('details');"
	"addEventListener('beforeprint',()=>folded.forEach(d=>{d.dataset.open=d.open;d.open=true;}));"
	"addEventListener('afterprint',()=>folded.forEach(d=>{d.open=d.dataset.open==='true';}));"
	"})();";

static FILE *out_of(const struct report *r)
{
	return r->cli->out;
}

/* ---- The page ----------------------------------------------------------------------------- */

static void begin(struct report *r, const char *title)
{
	FILE *out = out_of(r);

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	      "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>", out);
	markup_text(out, title);
	fputs("</title>\n<style>\n", out);
	markup_bits_style(out);
	fprintf(out, "%s\n</style>\n</head>\n<body>\n<main>\n", page_style);
}

/* Parts and what they are in close where the next one begins. */
static void close_part(struct report *r)
{
	if (r->open_part)
		fputs("</section>\n", out_of(r));
	r->open_part = false;
}

static void end(struct report *r)
{
	FILE *out = out_of(r);

	close_part(r);
	fputs("<footer>", out);
	markup_text(out, "s2pte " PACKAGE_VERSION ":");
	for (int i = 0; i < r->cli->argc; i++) {
		fputc(' ', out);
		markup_text(out, r->cli->argv[i]);
	}
	fprintf(out, "</footer>\n</main>\n<script>%s</script>\n</body>\n</html>\n", page_script);
}

/* ---- Numbers ------------------------------------------------------------------------------- */

static bool is_number(const char *text)
{
	return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

/* Digits in groups of three, with no character between them that a copy would have. */
static void write_number(FILE *out, const char *digits)
{
	size_t first = (strlen(digits) - 1) % 3 + 1;

	fprintf(out, "%.*s", (int)first, digits);
	for (digits += first; *digits != '\0'; digits += 3)
		fprintf(out, "<i>%.3s</i>", digits);
}

/* Prose, and long numbers in it as in tables. */
static void write_prose(FILE *out, const char *text)
{
	bool word = false; /* the character before is part of one */

	while (*text != '\0') {
		size_t plain = strcspn(text, "0123456789"), digits = strspn(text + plain, "0123456789");
		char number[24];

		word = plain != 0 ? text[plain - 1] != ' ' : word;
		markup_printf(out, "%.*s", (int)plain, text);
		snprintf(number, sizeof(number), "%.*s", (int)digits, text + plain);
		text += plain + digits;
		if (digits > 4 && digits < sizeof(number) && !word && strchr(" .:", *text) != NULL) {
			fputs("<span class=\"n\">", out);
			write_number(out, number);
			fputs("</span>", out);
		} else {
			markup_text(out, number);
		}
		word = true;
	}
}

/* ---- Headings ------------------------------------------------------------------------------ */

/* "EINVAL -> installs R: 720 states": what was, what is, how many. */
static void write_title(FILE *out, const char *text)
{
	const char *arrow = strstr(text, " -> "), *colon = strstr(text, ": ");
	const char *from = arrow != NULL ? arrow + 4 : text;

	if (colon != NULL && colon < from)
		colon = NULL;
	if (arrow != NULL) {
		fputs("<span class=\"to\">", out);
		markup_printf(out, "%.*s \xe2\x86\x92 ", (int)(arrow - text), text);
		fputs("</span>", out);
	}
	markup_printf(out, "%.*s", (int)(colon != NULL ? (size_t)(colon - from) : strlen(from)), from);
	if (colon == NULL)
		return;
	fputs(" <span class=\"count\">", out);
	write_prose(out, colon + 2);
	fputs("</span>", out);
}

static void write_heading(struct report *r, unsigned level, const char *text)
{
	FILE *out = out_of(r);
	/* The first one is the page's; none is skipped. */
	unsigned tag = r->headings == 0 ? 1 : level < 2 ? 2 : level > 3 ? 4 : level;

	close_part(r);
	if (level < 4) {
		fprintf(out, "<h%u id=\"h%u\">", tag, r->headings);
		markup_text(out, text);
		fprintf(out, "</h%u>\n", tag);
		return;
	}
	if (!r->tools)
		fputs("<div class=\"tools\" hidden=\"hidden\"><input type=\"search\" aria-label=\"filter\" "
		      "placeholder=\"filter: cow, not read, installs R W\"/><output></output></div>\n", out);
	r->tools = true;
	fprintf(out, "<section class=\"part\" id=\"h%u\">\n<h%u>", r->headings, tag);
	write_title(out, text);
	fprintf(out, "</h%u>\n", tag);
	r->open_part = true;
}

static void write_paragraph(struct report *r, const char *name, const char *text)
{
	FILE *out = out_of(r);

	fputs("<p>", out);
	if (name != NULL) {
		fputs("<code>", out);
		markup_text(out, name);
		fputs("</code> ", out);
	}
	write_prose(out, text);
	fputs("</p>\n", out);
}

/* ---- Tables ------------------------------------------------------------------------------- */

/* A column of numbers has no other cells, but for what catches the eye. */
static bool is_number_column(const struct report_table *t, size_t lines, size_t column)
{
	for (size_t line = 1; line < lines; line++) {
		const struct report_table_cell *cell = &t->cells[line * t->columns + column];

		if (!cell->bad && !is_number(cell->text))
			return false;
	}
	return lines > 1;
}

static void write_cell(struct report *r, const struct report_table *t, size_t line, size_t column,
		       bool number)
{
	const struct report_table_cell *cell = &t->cells[line * t->columns + column];
	const char *tag = line == 0 ? "th" : "td";
	FILE *out = out_of(r);

	fprintf(out, "<%s%s", tag, number ? " class=\"n\"" : "");
	if (line != 0) {
		fputs(" data-head=\"", out);
		markup_text(out, t->cells[column].text);
		fputc('"', out);
	}
	fputc('>', out);
	if (line != 0 && column == 0 && t->headed)
		fprintf(out, "<a href=\"#h%zu\">", r->headings + line - 1);
	fputs(cell->bad ? "<span class=\"bad\">" : "", out);
	if (line != 0 && is_number(cell->text))
		write_number(out, cell->text);
	else
		markup_text(out, cell->text);
	fputs(cell->bad ? "</span>" : "", out);
	fputs(line != 0 && column == 0 && t->headed ? "</a>" : "", out);
	fprintf(out, "</%s>", tag);
}

static void write_table(struct report *r, const struct report_table *t, size_t lines)
{
	bool number[REPORT_MAX_COLUMNS];
	FILE *out = out_of(r);

	for (size_t c = 0; c < t->columns; c++)
		number[c] = is_number_column(t, lines, c);
	fputs("<div class=\"scroll\"><table class=\"sorts wide\">\n<thead>", out);
	for (size_t line = 0; line < lines; line++) {
		fputs("<tr>", out);
		for (size_t c = 0; c < t->columns; c++)
			write_cell(r, t, line, c, number[c]);
		fputs(line == 0 ? "</tr></thead>\n<tbody>\n" : "</tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

/* ---- Conditions ---------------------------------------------------------------------------- */

static void write_when(FILE *out, const struct report_literals *a, const struct report_literals *b)
{
	const struct report_literals *both[] = { a, b };
	const char *before = "";

	fputs(" data-when=\"", out);
	for (size_t k = 0; k < 2; k++) {
		for (unsigned i = 0; both[k] != NULL && i < 64; i++) {
			if ((both[k]->mask >> i & 1) == 0)
				continue;
			fprintf(out, "%s%s", before, report_not(both[k], i));
			markup_text(out, both[k]->name(both[k]->names, i));
			before = ", ";
		}
	}
	fputc('"', out);
}

static void write_literals(FILE *out, const struct report_literals *l, bool only)
{
	fputs("<ul class=\"facts\"", out);
	if (only)
		write_when(out, l, NULL);
	fputs("><li class=\"label\">when</li>", out);
	for (unsigned i = 0; i < 64; i++) {
		bool yes = (l->value >> i & 1) != 0;

		if ((l->mask >> i & 1) == 0)
			continue;
		fprintf(out, "<li class=\"fact%s\">", yes ? "" : " not");
		fputs(yes ? "<b>" : "not ", out);
		markup_text(out, l->name(l->names, i));
		fputs(yes ? "</b></li>" : "</li>", out);
	}
	fputs(l->mask == 0 ? "<li>always</li></ul>\n" : "</ul>\n", out);
}

/* One alternative a row, one fact a column. */
static void write_matrix(FILE *out, const struct report_literals *common,
			 const struct report_literals *more, size_t n)
{
	uint64_t columns = 0;

	for (size_t i = 0; i < n; i++)
		columns |= more[i].mask;
	fputs("<div class=\"scroll\"><table class=\"sorts matrix\">\n<thead><tr><th></th>", out);
	for (unsigned f = 0; f < 64; f++) {
		if ((columns >> f & 1) == 0)
			continue;
		fputs("<th><span>", out);
		markup_text(out, common->name(common->names, f));
		fputs("</span></th>", out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < n; i++) {
		fputs("<tr", out);
		write_when(out, common, &more[i]);
		fprintf(out, "><th>%zu</th>", i + 1);
		for (unsigned f = 0; f < 64; f++) {
			if ((columns >> f & 1) == 0)
				continue;
			if ((more[i].mask >> f & 1) == 0)
				fputs("<td></td>", out);
			else if ((more[i].value >> f & 1) != 0)
				fputs("<td class=\"yes\">yes</td>", out);
			else
				fputs("<td class=\"no\">no</td>", out);
		}
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

static void write_conditions(struct report *r, const struct report_literals *common,
			     const struct report_literals *more, size_t n)
{
	FILE *out = out_of(r);

	write_literals(out, common, n == 0);
	if (n == 0)
		return;
	fprintf(out, "<p>and one of these %zu:</p>\n", n);
	write_matrix(out, common, more, n);
}

/* ---- Scenarios ------------------------------------------------------------------------------ */

#define PER_ROW 16
#define SVG_WIDTH (PER_ROW * MARKUP_BIT + 16)

static void draw_descriptor(FILE *out, const struct s2_format *fmt, int level, uint64_t raw)
{
	struct reading d;

	reading_of(&d, fmt, level, raw);
	fprintf(out, "<p class=\"raw m\">0x%016llx</p>\n<p class=\"head\">", (unsigned long long)raw);
	markup_text(out, d.head);
	fprintf(out, "</p>\n<div class=\"bits\">\n<svg viewBox=\"0 0 %d %d\" role=\"img\"><title>bits of the descriptor</title>\n",
		SVG_WIDTH, 64 / PER_ROW * MARKUP_BITS_ROW);
	markup_bits(out, &d, raw, 4, 0, PER_ROW);
	fputs("</svg>\n<table class=\"fields\">\n", out);
	for (size_t i = 0; i < d.n_fields; i++) {
		unsigned c = d.fields[i].colour % 6;

		fprintf(out, "<tr><td><span class=\"key\" style=\"background:var(--f%u);border-color:"
			     "var(--s%u)\"></span>%s</td><td>", c, c, d.fields[i].bits);
		markup_text(out, d.fields[i].name);
		fputs("</td><td>", out);
		markup_text(out, d.fields[i].meaning);
		fputs("</td></tr>\n", out);
	}
	fputs("</table>\n</div>\n", out);
	for (size_t i = 0; i < d.n_lints; i++) {
		fputs("<p class=\"bad\">", out);
		markup_printf(out, "%s: %s", s2_lint_name(d.lints[i].id), d.lints[i].message);
		fputs("</p>\n", out);
	}
}

static const struct s2_revision *that_one(void *arg, const char *id, struct s2_error *err)
{
	(void)id;
	(void)err;
	return arg;
}

static int first_leaf(void *arg, const struct s2_leaf_run *run)
{
	struct s2_result *result = arg;

	result->level = run->level;
	result->pte = run->pte;
	return 1;
}

/* What the last event of the scenario comes to; of one that looks at the table, its first leaf. */
static int last_result(struct s2_vm *vm, const struct s2_scenario *scenario, struct s2_result *result,
		       struct s2_error *err)
{
	size_t n;
	const struct s2_event *events = s2_scenario_events(scenario, &n);
	int ret = 0;

	*result = (struct s2_result){ .level = S2_LEVEL_UNKNOWN, .cause = -1 };
	for (size_t i = 0; i < n && ret == 0; i++)
		ret = s2_vm_run(vm, &events[i], result, err);
	if (ret == 0 && n != 0 && events[n - 1].op == S2_OP_DUMP)
		s2_pgtable_dump(s2_vm_pgtable(vm), 0, UINT64_C(1) << s2_vm_geometry(vm)->ipa_bits,
				first_leaf, result);
	return ret;
}

/* A scenario run under one revision. */
struct played {
	const struct s2_json_kernel *kernel;
	struct s2_scenario *scenario;
	struct s2_vm *vm;
	struct s2_result result;
	bool refused; /* the slot, so that nothing else happens */
	int ret;      /* 0, or it could not be run */
};

static void play(struct played *p, const char *text)
{
	struct s2_json_resolver resolver = { that_one, (void *)(uintptr_t)p->kernel->revision };
	const struct s2_slot_result *slots;
	struct s2_error err;
	size_t n;

	p->ret = s2_scenario_parse(&p->scenario, text, strlen(text), &resolver, &err);
	if (p->ret == 0)
		p->ret = s2_vm_new(&p->vm, s2_scenario_config(p->scenario), &err);
	if (p->ret != 0)
		return;
	slots = s2_vm_slots(p->vm, &n);
	p->refused = n != 0 && slots[0].ret != 0 &&
		     !s2_scenario_config(p->scenario)->memslots[0].force;
	p->ret = last_result(p->vm, p->scenario, &p->result, &err);
}

static void draw_played(FILE *out, const struct played *p)
{
	bool any = p->ret == 0 && p->result.level != S2_LEVEL_UNKNOWN;

	fprintf(out, "<figure%s>\n<figcaption>", any ? "" : " class=\"none\"");
	markup_text(out, p->kernel->name);
	fputs(": <b>", out);
	if (p->ret != 0)
		markup_text(out, "cannot be run");
	else if (p->result.ret != 0 || p->refused)
		markup_printf(out, "%s%s", p->refused ? "slot refused" : "",
			      p->result.ret != 0 ? s2_errno_name(p->result.ret) : "");
	else
		markup_text(out, p->result.action != S2_ACTION_NONE ? s2_action_name(p->result.action) :
								      "done");
	fputs("</b></figcaption>\n", out);
	if (any)
		draw_descriptor(out, s2_vm_format(p->vm), p->result.level, p->result.pte);
	fputs("</figure>\n", out);
}

/* What it comes to; of two, the part has said all there is if no descriptor is installed. */
static void draw_all(FILE *out, const char *text, const struct s2_json_kernel *const *kernels)
{
	struct played p[2] = { { .ret = 0 } };
	size_t n = 0;
	bool any = false;

	for (; n < 2 && kernels[n] != NULL; n++) {
		p[n].kernel = kernels[n];
		play(&p[n], text);
		any |= p[n].ret == 0 && p[n].result.level != S2_LEVEL_UNKNOWN;
	}
	if (any || n == 1) {
		fputs("<div class=\"drawn\">\n", out);
		for (size_t i = 0; i < n; i++)
			draw_played(out, &p[i]);
		fputs("</div>\n", out);
	}
	for (size_t i = 0; i < n; i++) {
		s2_vm_free(p[i].vm);
		s2_scenario_free(p[i].scenario);
	}
}

static void write_scenario(struct report *r, const char *scenario,
			   const struct s2_json_kernel *const *kernels)
{
	FILE *out = out_of(r);

	draw_all(out, scenario, kernels);
	fputs("<details><summary>scenario to replay</summary><pre>", out);
	markup_text(out, scenario);
	fputs("</pre></details>\n", out);
}

const struct report_writer report_html = {
	.begin = begin, .end = end, .heading = write_heading, .paragraph = write_paragraph,
	.table = write_table, .conditions = write_conditions, .scenario = write_scenario,
};

/* SPDX-License-Identifier: MIT */
/* A page of HTML around its parts: style, script, beginning and end. */
#include "page.h"

#include "config.h"

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
	".m,pre,code,.fact{font-family:ui-monospace,\"SF Mono\",Menlo,Consolas,"
	"\"DejaVu Sans Mono\",monospace}"
	".part{background:var(--card);border:1px solid var(--line);border-radius:8px;"
	"padding:18px 20px;"
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
	".fields .hit td{background:var(--hit);font-weight:600}.fields td:first-child{white-space:nowrap;color:var(--soft)}"
	".key{display:inline-block;width:10px;height:10px;margin-right:7px;border:1px solid}"
	"details{margin:12px 0 0;font-size:14px}summary{cursor:pointer;color:var(--link)}"
	"pre{font-size:12px;line-height:1.45;white-space:pre-wrap;overflow-wrap:anywhere;"
	"margin:8px 0 0;"
	"padding:10px 12px;border:1px solid var(--line);border-radius:6px;background:var(--page)}"
	"footer{margin-top:56px;padding-top:14px;border-top:1px solid var(--line);"
	"color:var(--soft);"
	"font-size:13px;overflow-wrap:anywhere}"
	".tools{position:sticky;top:0;z-index:1;display:flex;gap:12px;align-items:center;"
	"flex-wrap:wrap;"
	"background:var(--page);padding:10px 0;margin:0 0 16px;border-bottom:1px solid var(--line)}"
	".tools input{font:inherit;font-size:15px;color:inherit;background:var(--card);"
	"padding:7px 11px;"
	"border:1px solid var(--soft);border-radius:6px;flex:1 1 220px;max-width:460px;min-width:0}"
	".tools input::placeholder{color:var(--soft);opacity:1}.tools output{color:var(--soft);"
	"font-size:13px}"
	"th[role=button]{cursor:pointer}th[aria-sort=ascending]::after{content:\" \\2191\"}"
	"th[aria-sort=descending]::after{content:\" \\2193\"}"
	"[hidden]{display:none!important}"
	":focus-visible{outline:2px solid var(--link);outline-offset:2px}"
	"@media (max-width:640px){main{padding:20px 16px 48px}h1{font-size:25px}h2{font-size:21px}"
	".part{padding:14px;border-radius:6px}.wide thead{position:absolute;left:-9999px}"
	".wide tr{display:block;padding:8px 0;border-bottom:1px solid var(--line)}"
	".wide td{display:grid;grid-template-columns:84px 1fr;border:0;padding:1px 0;"
	"text-align:left;"
	"white-space:normal}.wide td::before{content:attr(data-head);color:var(--soft);"
	"font-size:13px}}"
	"@media print{body{font-size:11pt}main{max-width:none;padding:0}.tools,summary{"
	"display:none}"
	".part,figure,tr,pre{break-inside:avoid}h2,h3,h4{break-after:avoid}.part{background:none;"
	"padding:8px 14px;margin:10px 0}.drawn{margin:8px 0}"
	".scroll{overflow:visible}a{color:inherit;text-decoration:none}"
	/* The legend beside the bits: a section fits on a page. */
	".bits{flex-wrap:nowrap;gap:8px 20px}.bits svg{flex:1 1 320px;min-width:0;max-width:360px}"
	"figure.none{flex:0 1 auto;max-width:40%}pre{font-size:8pt;padding:6px 10px}"
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
	"th.addEventListener('keydown',e=>{if(e.key==='Enter'||e.key===' '){e.preventDefault();"
	"sort();}});"
	"});});"
	"const parts=all('.part'),bar=document.querySelector('.tools');"
	"if(parts.length>1){const input=bar.querySelector('input'),out=bar.querySelector('output');"
	"bar.hidden=false;"
	"const filter=()=>{const words=input.value.toLowerCase().split(',"
	"').map(w=>w.trim()).filter(w=>w);"
	"let shown=0;parts.forEach(part=>{const name=part.querySelector('h3,"
	"h4').textContent.toLowerCase();"
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
	"addEventListener('beforeprint',()=>folded.forEach(d=>{d.dataset.open=d.open;d.open=true;}"
	"));"
	"addEventListener('afterprint',()=>folded.forEach(d=>{d.open=d.dataset.open==='true';}));"
	"})();";

void page_begin(FILE *out, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	      "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>", out);
	markup_text(out, title);
	fputs("</title>\n<style>\n", out);
	markup_bits_style(out);
	fprintf(out, "%s\n</style>\n</head>\n<body>\n<main>\n", page_style);
}

void page_filter(FILE *out)
{
	fputs("<div class=\"tools\" hidden=\"hidden\"><input type=\"search\" aria-label=\"filter\" "
	      "placeholder=\"filter: cow, not read,"
	" installs R W\"/><output></output></div>\n", out);
}

void page_end(FILE *out, int argc, char *const *argv)
{
	fputs("<footer>", out);
	markup_text(out, "s2pte " PACKAGE_VERSION ":");
	for (int i = 0; i < argc; i++) {
		fputc(' ', out);
		markup_text(out, argv[i]);
	}
	fprintf(out, "</footer>\n</main>\n<script>%s</script>\n</body>\n</html>\n", page_script);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* What the plans claim, and whether the figures bear it out: first of all in the page. */
#include <string.h>

#include "report/private.h"
#include "verdict/verdict.h"

#define MAX_HOLDING 6

static const char *const classes[] = {
	[VERDICT_HOLDS] = "good",
	[VERDICT_FAILS] = "bad",
	[VERDICT_NO_DATA] = "warn",
};

static void print_cell(struct strbuf *out, const struct verdict_cell *c)
{
	strbuf_addf(out, "<li><a href=\"#r%.16s\">", c->hash);
	html_str(out, *c->title ? c->title : "the cell");
	strbuf_addf(out, "</a> <span class=\"%s\">%s</span> <code>", classes[c->state],
		    verdict_state_name(c->state));
	html_str(out, c->state == VERDICT_NO_DATA ? c->why : c->figures);
	strbuf_adds(out, "</code></li>");
}

static void print_claim(struct strbuf *out, const struct verdict_claim *c)
{
	size_t holding = 0;

	strbuf_addf(out, "<details class=\"claim\"%s><summary><b class=\"%s\">%s</b> ",
		    c->state == VERDICT_HOLDS ? "" : " open", classes[c->state], verdict_state_name(c->state));
	html_str(out, c->claim);
	strbuf_adds(out, "</summary><p><code>");
	html_str(out, c->check);
	strbuf_adds(out, "</code> <span class=\"dim\">");
	html_str(out, c->where);
	strbuf_adds(out, "</span></p><ul>");
	for (size_t i = 0; i < c->nr_cells; i++)
		if (c->cells[i].state != VERDICT_HOLDS || ++holding <= MAX_HOLDING)
			print_cell(out, &c->cells[i]);
	if (holding > MAX_HOLDING)
		strbuf_addf(out, "<li class=\"dim\">and in %zu more cells</li>", holding - MAX_HOLDING);
	if (!c->nr_cells)
		strbuf_adds(out, "<li class=\"warn\">no such cell has run</li>");
	strbuf_adds(out, "</ul></details>\n");
}

static void print_plan(struct strbuf *out, const struct verdict *v)
{
	strbuf_adds(out, "<h3>");
	html_str(out, v->plan);
	strbuf_addf(out,
		    ": <span class=\"%s\">%zu hold</span>, <span class=\"%s\">%zu fail</span>, "
		    "<span class=\"%s\">%zu without data</span></h3>\n",
		    v->count[VERDICT_HOLDS] ? "good" : "dim", v->count[VERDICT_HOLDS],
		    v->count[VERDICT_FAILS] ? "bad" : "dim", v->count[VERDICT_FAILS],
		    v->count[VERDICT_NO_DATA] ? "warn" : "dim", v->count[VERDICT_NO_DATA]);
	if (*v->statement) {
		strbuf_adds(out, "<p>");
		html_str(out, v->statement);
		strbuf_adds(out, "</p>\n");
	}
	if (v->nr_missing)
		strbuf_addf(out, "<p class=\"warn\">%zu cells of the plan have not run.</p>\n", v->nr_missing);
	for (size_t i = 0; i < v->nr_claims; i++)
		print_claim(out, &v->claims[i]);
}

int report_verdicts(struct report *r, struct error *err)
{
	struct verdicts v;

	if (verdicts_build(r->store, NULL, &v, err))
		return -1;
	strbuf_adds(r->out, "<section id=\"verdicts\"><h2>Verdicts</h2>\n");
	if (!v.nr)
		strbuf_adds(r->out, "<p class=\"dim\">The plans of this store claim nothing (verdict:); what changed "
				    "is in the comparisons.</p>\n");
	for (size_t i = 0; i < v.nr; i++)
		print_plan(r->out, &v.v[i]);
	strbuf_adds(r->out, "</section>\n");
	verdicts_release(&v);
	return 0;
}

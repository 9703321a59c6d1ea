// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "page_css.h"
#include "page_js.h"
#include "report/private.h"
#include "uplot.h"

static void print_head(struct report *r)
{
	strbuf_adds(r->out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
			    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
			    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
			    "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">"
			    "<link rel=\"icon\" href=\"data:,\"><title>");
	html_str(r->out, r->o->title);
	strbuf_adds(r->out, "</title><style>");
	strbuf_adds(r->out, uplot_css);
	strbuf_adds(r->out, page_css);
	strbuf_adds(r->out, "</style></head><body>\n<a class=\"skip\" href=\"#main\">to the results</a>"
			    "<header><h1>");
	html_str(r->out, r->o->title);
	strbuf_adds(r->out, "</h1>");
}

/* What all is in it, and what did not end well. */
static void print_summary(struct report *r)
{
	size_t ok = 0, failed = 0, twice = 0, differ = 0, insn = 0, wall = 0;

	for (size_t i = 0; i < r->cells.nr; i++) {
		const struct query_cell *c = &r->cells.v[i];

		ok += c->run && strcmp(c->status, "ok") == 0;
		failed += c->run && strcmp(c->status, "ok") != 0;
		twice += c->verified == 1;
		differ += c->verified == 0;
		insn += query_axis_is(c, "clock", "insn");
		wall += query_axis_is(c, "clock", "wall");
	}
	strbuf_addf(r->out,
		    "<p class=\"dim\">%zu cells (%zu insn, %zu wall): %zu ok, <span class=\"%s\">%zu not ok</span>, "
		    "%zu identical twice, <span class=\"%s\">%zu different</span>.</p></header>\n",
		    r->cells.nr, insn, wall, ok, failed ? "bad" : "", failed, twice, differ ? "bad" : "",
		    differ);
	strbuf_adds(r->out, "<nav aria-label=\"sections\"><div><a href=\"#verdicts\">Verdicts</a><a href=\"#comparisons\">Comparisons</a><a href=\"#matrix\">Cells</a>"
			    "<a href=\"#figures\">Figures</a><a href=\"#runs\">Runs</a><a href=\"#limits\">Limits</a>"
			    "<span class=\"tools\"><button id=\"theme\" class=\"js\" hidden>light or dark</button>"
			    "</span></div></nav>\n");
}

static void print_limits(struct report *r)
{
	strbuf_adds(r->out,
		    "<section id=\"limits\"><h2>How to read this</h2>"
		    "<p>Change: against the first value; + is better, or just more where neither direction is. "
		    "Insn, one seed: exact for that input. Several seeds: the mean of the differences of equal "
		    "seeds, with an interval of 95 % (studentised bootstrap), and an exact test of sign flips. "
		    "Wall: medians, Hodges and Lehmann's difference, and an exact rank test. False discoveries are "
		    "held at 5 % over all rows of a comparison: q is p adjusted for that (Benjamini and Hochberg).</p>"
		    "<p>The instruction clock has no caches, no TLB costs, no branch prediction and no contention; "
		    "device time is virtual. Numbers of two clocks are never mixed.</p></section>\n");
}

/* Leave out the cells that do not match, with what they own. */
static void select_cells(struct query_cells *c, const struct query_filter *where)
{
	struct query_cells out = { xcalloc(c->nr + 1, sizeof(*out.v)), 0 };
	struct query_cells kept = { xcalloc(c->nr + 1, sizeof(*kept.v)), 0 };

	for (size_t i = 0; i < c->nr; i++)
		if (query_matches(&c->v[i], where))
			kept.v[kept.nr++] = c->v[i];
		else
			out.v[out.nr++] = c->v[i];
	free(c->v);
	*c = kept;
	query_cells_release(&out);
}

int report_page(struct store *s, const struct report_options *o, struct strbuf *out,
		struct error *err)
{
	struct report r = { .store = s, .o = o, .out = out };
	int rc;

	if (query_cells(s, &r.cells, err))
		return -1;
	rc = r.cells.nr ? 0 : error_set(err, ERROR_INPUT, "the store is empty");
	if (!rc && o->where) {
		select_cells(&r.cells, o->where);
		rc = r.cells.nr ? 0 : error_set(err, ERROR_INPUT, "no cell matches all conditions together");
	}
	if (rc) {
		query_cells_release(&r.cells);
		return -1;
	}
	r.nr_axes = report_axes(&r.cells, &r.axes);
	print_head(&r);
	print_summary(&r);
	strbuf_adds(out, "<main id=\"main\">\n");
	rc = report_verdicts(&r, err) || report_comparisons(&r, err);
	if (!rc) {
		report_matrix(&r);
		strbuf_adds(out, "<section id=\"figures\"><h2>Figures</h2>\n");
		rc = report_sweeps(&r, err) || report_interactions(&r, err) ||
		     report_percentiles(&r, err) || report_samples(&r, err) || report_freelists(&r, err) ||
		     report_maps(&r, err) || report_profiles(&r, err);
		if (!rc && !r.nr_figures)
			strbuf_adds(out, "<p>No sweeps, percentiles, samples, maps or profiles in this store.</p>");
		strbuf_adds(out, "</section>\n");
	}
	if (!rc)
		rc = report_runs(&r, err);
	print_limits(&r);
	strbuf_adds(out, "</main><footer><p class=\"dim\">highwater report; one file, no network.</p></footer>"
			 "<script>");
	/* The library's own licence goes with it. */
	if (*uplot_js)
		strbuf_addf(out, "/*!\n%s*/\n%s</script><script>", uplot_license, uplot_js);
	strbuf_adds(out, page_js);
	strbuf_adds(out, "</script></body></html>\n");
	free(r.axes);
	query_cells_release(&r.cells);
	return rc ? -1 : 0;
}

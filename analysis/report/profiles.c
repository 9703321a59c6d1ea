// SPDX-License-Identifier: GPL-2.0-or-later
/* Where instructions went, for the runs that "highwater profile" has looked at: a flame
 * graph, the functions, and what differs between kernels. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "profile/profile.h"
#include "report/private.h"

#define MAX_FLAMES 8
#define TOP 25 /* functions in a table */

static int load(struct report *r, const struct query_cell *c, struct query_profile *ret,
		struct error *err)
{
	int rc = query_profile(r->store, c->run, "callers", ret, err);

	if (!rc && !ret->nr)
		rc = query_profile(r->store, c->run, "counts", ret, err);
	return rc;
}

static void fold(struct strbuf *out, const char *what, const struct strbuf *text)
{
	strbuf_addf(out, "<details><summary>%s</summary><pre tabindex=\"0\">", what);
	html_text(out, text->buf, text->len);
	strbuf_adds(out, "</pre></details>\n");
}

/* As wide as the page, and as high as that makes it. */
static const char frame_style[] = "<style>body{margin:0;background:#fff}svg{width:100%;height:auto}</style>";

/* A frame keeps the tooltips, and its style out of the page. */
static void flame(struct report *r, const struct query_profile *rows, const char *title)
{
	struct strbuf svg = STRBUF_INIT, table = STRBUF_INIT;
	unsigned int width = 1, height = 1;
	struct profile p;

	profile_flame(rows, title, &svg);
	sscanf(svg.buf, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\"", &width, &height);
	profile_make(rows, &p);
	profile_text(&p, &(struct profile_head){ .title = title, .clock = -1, .top = TOP }, &table);
	strbuf_adds(r->out, "<figure><figcaption>");
	html_str(r->out, title);
	strbuf_addf(r->out, "</figcaption><iframe class=\"flame\" style=\"aspect-ratio:%u/%u\" sandbox title=\"flame graph of ",
		    width, height);
	html_str(r->out, title);
	strbuf_adds(r->out, "\" srcdoc=\"");
	html_str(r->out, frame_style);
	html_text(r->out, svg.buf, svg.len);
	strbuf_adds(r->out, "\"></iframe>\n");
	fold(r->out, "functions", &table);
	strbuf_adds(r->out, "</figure>\n");
	r->nr_figures++;
	profile_free(&p);
	strbuf_release(&svg);
	strbuf_release(&table);
}

static void difference(struct report *r, const struct query_profile *a, const char *title_a,
		       const struct query_profile *b, const char *title_b)
{
	struct profile_head ha = { title_a, -1, TOP }, hb = { title_b, -1, TOP };
	struct strbuf text = STRBUF_INIT;
	struct profile pa, pb;

	profile_make(a, &pa);
	profile_make(b, &pb);
	profile_diff_text(&pa, &pb, &ha, &hb, &text);
	fold(r->out, "difference, function by function", &text);
	profile_free(&pa);
	profile_free(&pb);
	strbuf_release(&text);
}

static char *title_of(const struct report_group *g, const char *kernel)
{
	return xasprintf("%s, %s", g->title, kernel);
}

/* The first kernel with a profile, and each later one beside it. */
static int show_group(struct report *r, const struct report_group *g, const char **kernels,
		      size_t nr_kernels, size_t max, void *arg, struct error *err)
{
	const bool *any = arg;
	struct query_profile first = {};
	char *first_title = NULL;
	int rc = 0;

	for (size_t k = 0; *any && !rc && k < nr_kernels && r->nr_figures < max; k++) {
		const struct query_cell *c = report_find(g, "kernel", kernels[k]);
		struct query_profile rows = {};
		char *title;

		if (!c)
			continue;
		rc = load(r, c, &rows, err);
		if (rc || !rows.nr) {
			query_profile_release(&rows);
			continue;
		}
		title = title_of(g, kernels[k]);
		flame(r, &rows, title);
		if (first_title) {
			difference(r, &first, first_title, &rows, title);
			query_profile_release(&rows);
			free(title);
		} else {
			first = rows;
			first_title = title;
		}
	}
	query_profile_release(&first);
	free(first_title);
	return rc;
}

int report_profiles(struct report *r, struct error *err)
{
	bool any = false;
	const struct report_section section = {
		"Where the instructions went", "no profile in this store: highwater profile makes one", "wide",
		MAX_FLAMES, show_group, &any,
	};

	if (query_any_profile(r->store, &any, err))
		return -1;
	return report_each_group(r, &section, err);
}

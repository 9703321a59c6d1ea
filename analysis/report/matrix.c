// SPDX-License-Identifier: GPL-2.0-or-later
/* What ran and how it ended: cells by everything but kernel and seed, a column a kernel. */
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "report/private.h"

#define MAX_STATUSES 12

struct count {
	const char *status;
	size_t n;
	const struct query_cell *first;
};

struct entry {
	struct count v[MAX_STATUSES];
	size_t nr, differs;
};

struct line {
	char *title;
	struct entry *entries; /* one a kernel */
};

static void add(struct entry *e, const struct query_cell *c)
{
	const char *status = c->run ? c->status : "not run";

	e->differs += c->verified == 0;
	for (size_t i = 0; i < e->nr; i++)
		if (strcmp(e->v[i].status, status) == 0) {
			e->v[i].n++;
			return;
		}
	if (e->nr < MAX_STATUSES)
		e->v[e->nr++] = (struct count){ status, 1, c };
}

static void print_entry(struct strbuf *out, const struct entry *e)
{
	strbuf_adds(out, "<td>");
	for (size_t i = 0; i < e->nr; i++) {
		const bool ok = strcmp(e->v[i].status, "ok") == 0;

		strbuf_addf(out, "%s<a class=\"%s\" href=\"#r%.16s\">%zu ", i ? ", " : "", ok ? "good" : "bad",
			    e->v[i].first->hash, e->v[i].n);
		html_str(out, e->v[i].status);
		strbuf_adds(out, "</a>");
	}
	if (e->differs)
		strbuf_addf(out, " <b class=\"bad\">%zu differ when run again</b>", e->differs);
	strbuf_adds(out, e->nr ? "</td>" : "<span class=\"dim\">-</span></td>");
}

static struct line *find(struct line **lines, size_t *nr, size_t nr_kernels, char *title)
{
	struct line *l;

	/* Cells of a plan come in order: mostly it is the last one. */
	for (size_t i = *nr; i-- > 0;)
		if (strcmp((*lines)[i].title, title) == 0) {
			free(title);
			return &(*lines)[i];
		}
	*lines = xreallocarray(*lines, *nr + 1, sizeof(**lines));
	l = &(*lines)[(*nr)++];
	*l = (struct line){ title, xcalloc(nr_kernels, sizeof(struct entry)) };
	return l;
}

void report_matrix(struct report *r)
{
	static const char *const but[] = { "kernel", "seed", "plan", NULL };
	const char **kernels;
	size_t nr_kernels = report_values(&r->cells, "kernel", &kernels), nr = 0;
	struct line *lines = NULL;

	for (size_t i = 0; i < r->cells.nr; i++) {
		const struct query_cell *c = &r->cells.v[i];
		struct line *l = find(&lines, &nr, nr_kernels, report_title(c, but));

		for (size_t k = 0; k < nr_kernels; k++)
			if (query_axis_is(c, "kernel", kernels[k]))
				add(&l->entries[k], c);
	}
	strbuf_adds(r->out, "<section id=\"matrix\"><h2>Cells</h2><div class=\"scroll\"><table><caption>Runs by how they "
			    "ended; a link shows the first.</caption><thead><tr><th scope=\"col\">cells</th>");
	for (size_t k = 0; k < nr_kernels; k++) {
		strbuf_adds(r->out, "<th scope=\"col\">");
		html_str(r->out, kernels[k]);
		strbuf_adds(r->out, "</th>");
	}
	strbuf_adds(r->out, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < nr; i++) {
		strbuf_adds(r->out, "<tr><th scope=\"row\">");
		html_str(r->out, lines[i].title);
		strbuf_adds(r->out, "</th>");
		for (size_t k = 0; k < nr_kernels; k++)
			print_entry(r->out, &lines[i].entries[k]);
		strbuf_adds(r->out, "</tr>\n");
		free(lines[i].title);
		free(lines[i].entries);
	}
	strbuf_adds(r->out, "</tbody></table></div></section>\n");
	free(lines);
	free(kernels);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Flame graphs (after Brendan Gregg, "The Flame Graph", CACM 59(6), 2016): callers
 * below, the width of a frame is its share of all instructions, order along x is
 * the alphabet's. No script: the browser shows a frame's <title>.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "profile/profile.h"

#define WIDTH 1200.0
#define ROW 16
#define TOP 26
#define NARROWEST 0.3 /* pixels; thinner frames are left out */
#define LETTER 6.6 /* pixels */

void profile_collapsed(const struct query_profile *rows, struct strbuf *out)
{
	for (size_t i = 0; i < rows->nr; i++)
		if (rows->v[i].insns)
			strbuf_addf(out, "%s %" PRId64 "\n", rows->v[i].stack, rows->v[i].insns);
}

struct picture {
	const struct query_profile_row **v; /* sorted by stack */
	int64_t insns;
	size_t depth;
	struct strbuf *out;
};

static int by_stack(const void *a, const void *b)
{
	return strcmp((*(const struct query_profile_row *const *)a)->stack,
		      (*(const struct query_profile_row *const *)b)->stack);
}

static size_t depth_of(const char *stack)
{
	size_t n = 1;

	while ((stack = strchr(stack, ';'))) {
		stack++;
		n++;
	}
	return n;
}

static void add_escaped(struct strbuf *out, const char *s, size_t len)
{
	for (; len; s++, len--) {
		const char *as = *s == '<' ? "&lt;" : *s == '>' ? "&gt;" : *s == '&' ? "&amp;" : NULL;

		if (as)
			strbuf_adds(out, as);
		else
			strbuf_addc(out, *s);
	}
}

/* The colour tells functions apart; equal names have equal ones. */
static void draw(const struct picture *p, const char *name, size_t len, double x, double width,
		 size_t level, int64_t insns)
{
	double y = TOP + ((double)p->depth - 1 - (double)level) * ROW;
	unsigned int hash = 5381;
	size_t fits = (size_t)(width / LETTER);

	for (size_t i = 0; i < len; i++)
		hash = hash * 33 + (unsigned char)name[i];
	strbuf_adds(p->out, "<g><title>");
	add_escaped(p->out, name, len);
	strbuf_addf(p->out,
		    " %" PRId64 " (%.2f%%)</title><rect x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" height=\"%d\" "
		    "fill=\"hsl(%u,75%%,%u%%)\"/>",
		    insns, 100.0 * (double)insns / (double)p->insns, x, y, width, ROW - 1,
		    hash % 50 + 10, 58 + hash / 64 % 14);
	if (fits >= 3) {
		strbuf_addf(p->out, "<text x=\"%.1f\" y=\"%.0f\">", x + 2, y + 11);
		add_escaped(p->out, name, len < fits ? len : fits);
		strbuf_adds(p->out, "</text>");
	}
	strbuf_adds(p->out, "</g>\n");
}

/* Rows @from..@to share their first @skip bytes; draw what stands there, and above. */
static void draw_level(const struct picture *p, size_t from, size_t to, size_t skip, size_t level,
		       double x)
{
	while (from < to) {
		const char *name = p->v[from]->stack + skip;
		size_t len, end = from;
		int64_t insns = 0;
		double width;

		if (strlen(p->v[from]->stack) < skip) {
			x += WIDTH * (double)p->v[from]->insns / (double)p->insns;
			from++;
			continue;
		}
		len = strcspn(name, ";");
		while (end < to && strlen(p->v[end]->stack) >= skip + len &&
		       strncmp(p->v[end]->stack + skip, name, len) == 0 &&
		       strchr(";", p->v[end]->stack[skip + len]))
			insns += p->v[end++]->insns;
		width = WIDTH * (double)insns / (double)p->insns;
		if (width >= NARROWEST) {
			draw(p, name, len, x, width, level, insns);
			draw_level(p, from, end, skip + len + 1, level + 1, x);
		}
		x += width;
		from = end;
	}
}

void profile_flame(const struct query_profile *rows, const char *title, struct strbuf *out)
{
	struct picture p = { .v = xcalloc(rows->nr + 1, sizeof(*p.v)), .out = out };
	size_t nr = 0;

	for (size_t i = 0; i < rows->nr; i++) {
		size_t depth = depth_of(rows->v[i].stack);

		if (!rows->v[i].insns)
			continue;
		p.v[nr++] = &rows->v[i];
		p.insns += rows->v[i].insns;
		p.depth = depth > p.depth ? depth : p.depth;
	}
	qsort(p.v, nr, sizeof(*p.v), by_stack);
	strbuf_addf(out,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%zu\" viewBox=\"0 0 %.0f %zu\" "
		    "font-family=\"monospace\" font-size=\"11\">\n<text x=\"4\" y=\"16\">",
		    WIDTH, TOP + p.depth * ROW + 4, WIDTH, TOP + p.depth * ROW + 4);
	add_escaped(out, title, strlen(title));
	strbuf_addf(out, ": %" PRId64 " instructions</text>\n", p.insns);
	draw_level(&p, 0, nr, 0, 0, 0);
	strbuf_adds(out, "</svg>\n");
	free(p.v);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Verdicts and tables of every pair of values worth comparing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "lib/xalloc.h"
#include "report/private.h"

#define MAX_LISTED 12

struct pair {
	const char *axis, *a, *b;
};

struct pairs {
	struct pair v[REPORT_MAX_COMPARISONS];
	size_t nr, cells, left_out;
};

/* What is in the page is bounded: a comparison costs as much as the cells in it. */
static void add_pair(struct report *r, struct pair p, struct pairs *to)
{
	size_t cells = 0;

	for (size_t i = 0; i < r->cells.nr; i++)
		cells += query_axis_is(&r->cells.v[i], p.axis, p.a) ||
			 query_axis_is(&r->cells.v[i], p.axis, p.b);
	if (to->nr == REPORT_MAX_COMPARISONS || (to->nr && to->cells + cells > REPORT_MAX_COMPARED)) {
		to->left_out++;
		return;
	}
	to->cells += cells;
	to->v[to->nr++] = p;
}

static void add_pairs(struct report *r, const char *axis, struct pairs *to)
{
	const char **v;
	size_t nr = report_values(&r->cells, axis, &v), base = 0;

	for (size_t i = 0; i < nr; i++)
		if (strcmp(v[i], "base") == 0)
			base = i;
	for (size_t i = 0; i < nr; i++)
		if (i != base)
			add_pair(r, (struct pair){ axis, v[base], v[i] }, to);
	free(v);
}

/* Kernels first, architectures, then whatever a plan varied. */
static void choose(struct report *r, struct pairs *to)
{
	static const char *const quiet[] = { "kernel", "arch", "workload", "seed", "plan", "clock" };

	add_pairs(r, "kernel", to);
	add_pairs(r, "arch", to);
	for (size_t i = 0; i < r->nr_axes; i++) {
		bool skip = false;

		for (size_t k = 0; k < sizeof(quiet) / sizeof(quiet[0]); k++)
			skip |= strcmp(quiet[k], r->axes[i]) == 0;
		if (!skip)
			add_pairs(r, r->axes[i], to);
	}
}

/* A figure that got better or worse, for the list on top. */
struct finding {
	const struct compare_row *row;
	size_t group;
	double percent;
};

static int by_size(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	return fabs(x->percent) < fabs(y->percent) ? 1 : fabs(x->percent) > fabs(y->percent) ? -1 : 0;
}

static void print_percent(struct strbuf *out, double percent)
{
	if (isinf(percent))
		strbuf_adds(out, percent > 0 ? "new, more" : "new, worse");
	else if (percent != 0 && fabs(percent) < 0.005)
		strbuf_addf(out, "%+.0e %%", percent);
	else
		strbuf_addf(out, "%+.2f %%", percent);
}

static double percent_of(const struct compare_row *row)
{
	return compare_percent(row->figures[0].value, row->figures[1].difference, row->better);
}

static void print_list(struct strbuf *out, const struct compare *c, size_t nr, int direction,
		       const char *name)
{
	struct finding *found = NULL;
	size_t nr_found = 0;

	for (size_t g = 0; g < c->nr_groups; g++)
		for (size_t i = 0; i < c->groups[g].nr_rows; i++) {
			const struct compare_row *row = &c->groups[g].rows[i];

			if (compare_direction(row, &row->figures[1]) != direction)
				continue;
			found = xreallocarray(found, nr_found + 1, sizeof(*found));
			found[nr_found++] = (struct finding){ row, g, percent_of(row) };
		}
	if (!nr_found)
		return;
	qsort(found, nr_found, sizeof(*found), by_size);
	strbuf_addf(out, "<h3>%s (%zu)</h3><ul>", name, nr_found);
	for (size_t i = 0; i < nr_found && i < MAX_LISTED; i++) {
		strbuf_addf(out, "<li class=\"%s\">", direction > 0 ? "good" : "bad");
		html_str(out, found[i].row->name);
		strbuf_adds(out, " ");
		html_str(out, found[i].row->label);
		strbuf_adds(out, " <b>");
		print_percent(out, found[i].percent);
		strbuf_addf(out, "</b> <a href=\"#g%zu-%zu\">", nr, found[i].group);
		html_str(out, c->groups[found[i].group].title);
		strbuf_adds(out, "</a></li>");
	}
	if (nr_found > MAX_LISTED)
		strbuf_addf(out, "<li class=\"dim\">and %zu more, in the tables</li>", nr_found - MAX_LISTED);
	strbuf_adds(out, "</ul>");
	free(found);
}

static void tile(struct strbuf *out, const char *class, size_t n, const char *what)
{
	strbuf_addf(out, "<li><b class=\"%s\">%zu</b>%s</li>", n ? class : "dim", n, what);
}

static void print_tiles(struct strbuf *out, const struct compare *c)
{
	size_t better = 0, worse = 0, more = 0, verdicts[COMPARE_FEW + 1] = {}, disagree = 0;

	for (size_t g = 0; g < c->nr_groups; g++)
		for (size_t i = 0; i < c->groups[g].nr_rows; i++) {
			const struct compare_row *row = &c->groups[g].rows[i];
			const struct compare_figure *f = &row->figures[1];
			int direction = compare_direction(row, f);

			verdicts[f->verdict]++;
			better += direction > 0;
			worse += direction < 0;
			more = f->more > more ? f->more : more;
		}
	for (size_t i = 0; i < c->nr_beside; i++)
		disagree += c->beside[i].disagree;
	strbuf_adds(out, "<ul class=\"tiles\">");
	tile(out, "bad", worse, "worse");
	tile(out, "good", better, "better");
	tile(out, "", verdicts[COMPARE_EXACT] + verdicts[COMPARE_DIFFERS] - better - worse,
	     "changed, neither");
	tile(out, "", verdicts[COMPARE_EQUAL], "equal");
	tile(out, "", verdicts[COMPARE_UNSHOWN], "no difference shown");
	tile(out, "warn", verdicts[COMPARE_FEW], "not enough data");
	if (disagree)
		tile(out, "warn", disagree, "insn and wall disagree");
	strbuf_adds(out, "</ul>");
	if (more)
		strbuf_addf(out, "<p class=\"dim\">Not enough data: up to %zu more seeds would tell.</p>", more);
}

static void print_value(struct strbuf *out, const struct compare_figure *f)
{
	if (f->status[0]) {
		strbuf_addf(out, "<td class=\"n%s\">", strcmp(f->status, "-") == 0 ? " dim" : " bad");
		html_str(out, f->status);
	} else {
		strbuf_adds(out, "<td class=\"n\">");
		html_number(out, f->value);
	}
	strbuf_adds(out, "</td>");
}

static void print_row(struct strbuf *out, const struct compare_row *row)
{
	const struct compare_figure *f = &row->figures[1];
	const int direction = compare_direction(row, f);
	const bool quiet = f->verdict == COMPARE_EQUAL || f->verdict == COMPARE_NONE;

	strbuf_addf(out, "<tr%s><th scope=\"row\">", quiet && !f->status[0] ? " class=\"q\"" : "");
	html_str(out, row->name);
	strbuf_adds(out, " ");
	html_str(out, row->label);
	strbuf_adds(out, "</th>");
	print_value(out, &row->figures[0]);
	print_value(out, f);
	strbuf_addf(out, "<td class=\"n %s\">", direction > 0 ? "good" : direction < 0 ? "bad" : "");
	if (f->has_difference)
		print_percent(out, percent_of(row));
	strbuf_adds(out, "</td><td class=\"n\">");
	if (f->has_interval && f->lo != f->hi)
		strbuf_addf(out, "%+.6g to %+.6g", f->lo, f->hi);
	else if (f->has_difference)
		strbuf_addf(out, "%+.6g", f->difference);
	strbuf_adds(out, "</td><td>");
	html_str(out, *row->unit ? row->unit : "-");
	strbuf_addf(out, "</td><td class=\"%s\">%s%s", f->verdict == COMPARE_FEW ? "warn" : "",
		    compare_verdict_name(f->verdict),
		    direction > 0 ? ", better" :
		    direction < 0 ? ", worse" :
				    "");
	if (f->tested)
		strbuf_addf(out, " <span class=\"dim\">p %.2g q %.2g</span>", f->p, f->q);
	strbuf_adds(out, "</td></tr>\n");
}

/* What to ask for a table that is not here. */
static void print_command(struct strbuf *out, const struct compare_group *group, const struct pair *p)
{
	strbuf_adds(out, "<p class=\"dim\">Left out to keep the page small: <code>highwater compare ");
	html_str(out, p->axis);
	strbuf_adds(out, "=");
	html_str(out, p->a);
	strbuf_adds(out, ",");
	html_str(out, p->b);
	for (const char *at = strchr(group->title, ' '); at; at = strchr(at + 1, ' ')) {
		strbuf_adds(out, " --where ");
		html_text(out, at + 1, strcspn(at + 1, " "));
	}
	strbuf_adds(out, "</code></p></details>\n");
}

static void print_group(struct strbuf *out, const struct compare *c, size_t nr, size_t g,
			const struct pair *p, bool small)
{
	const struct compare_group *group = &c->groups[g];
	size_t changed = 0;

	for (size_t i = 0; i < group->nr_rows; i++)
		changed += group->rows[i].figures[1].verdict == COMPARE_EXACT ||
			   group->rows[i].figures[1].verdict == COMPARE_DIFFERS;
	strbuf_addf(out, "<details id=\"g%zu-%zu\"%s><summary>", nr, g, g < 8 ? " open" : "");
	html_str(out, group->title);
	strbuf_addf(out, " <span class=\"dim\">clock %s, ", group->clock);
	html_str(out, group->note);
	strbuf_addf(out, "; %zu of %zu rows changed</span></summary>", changed, group->nr_rows);
	if (small) {
		print_command(out, group, p);
		return;
	}
	strbuf_adds(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
	html_str(out, group->title);
	strbuf_adds(out, "\"><table><thead><tr><th scope=\"col\">metric</th><th scope=\"col\" class=\"n\">");
	html_str(out, p->a);
	strbuf_adds(out, "</th><th scope=\"col\" class=\"n\">");
	html_str(out, p->b);
	strbuf_adds(out, "</th><th scope=\"col\" class=\"n\">change, + better</th><th scope=\"col\" class=\"n\">"
			 "difference</th><th scope=\"col\">unit</th><th scope=\"col\">verdict</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < group->nr_rows; i++)
		print_row(out, &group->rows[i]);
	strbuf_adds(out, "</tbody></table></div></details>\n");
}

static void print_beside(struct strbuf *out, const struct compare *c)
{
	bool any = false;

	for (size_t i = 0; i < c->nr_beside; i++) {
		const struct compare_beside *b = &c->beside[i];

		if (!b->disagree)
			continue;
		if (!any)
			strbuf_adds(out, "<h3 class=\"warn\">Instructions and time disagree</h3><ul>");
		any = true;
		strbuf_adds(out, "<li>");
		html_str(out, b->insn_row->name);
		strbuf_adds(out, ": insn ");
		print_percent(out, percent_of(b->insn_row));
		strbuf_adds(out, ", wall ");
		print_percent(out, percent_of(b->wall_row));
		strbuf_adds(out, ", ");
		html_str(out, c->groups[b->insn].title);
		strbuf_adds(out, "</li>");
	}
	if (any)
		strbuf_adds(out, "</ul>");
}

static int print_pair(struct report *r, size_t nr, const struct pair *p, size_t bytes,
		      struct error *err)
{
	struct compare_options o = { .axes = { { p->axis, { p->a, p->b }, 2 } }, .nr_axes = 1 };
	const size_t begin = r->out->len;
	struct compare c;

	if (r->o->where)
		o.where = *r->o->where;
	if (compare_build(r->store, &o, &c, err))
		return -1;
	strbuf_addf(r->out, "<section class=\"cmp\" id=\"c%zu\"><h2>", nr);
	html_str(r->out, p->axis);
	strbuf_adds(r->out, ": ");
	html_str(r->out, p->a);
	strbuf_adds(r->out, " against ");
	html_str(r->out, p->b);
	strbuf_adds(r->out, "</h2>");
	print_tiles(r->out, &c);
	print_beside(r->out, &c);
	print_list(r->out, &c, nr, -1, "Worse");
	print_list(r->out, &c, nr, 1, "Better");
	strbuf_adds(r->out, "<h3>Tables</h3>");
	for (size_t g = 0; g < c.nr_groups; g++)
		print_group(r->out, &c, nr, g, p, r->out->len - begin > bytes);
	strbuf_adds(r->out, "</section>\n");
	compare_release(&c);
	return 0;
}

int report_comparisons(struct report *r, struct error *err)
{
	struct pairs pairs = {};

	choose(r, &pairs);
	strbuf_adds(r->out, "<section id=\"comparisons\"><h2>Comparisons</h2><div class=\"js\" hidden><p><label>Comparison <select id=\"pick\">");
	for (size_t i = 0; i < pairs.nr; i++) {
		strbuf_addf(r->out, "<option value=\"c%zu\">", i);
		html_str(r->out, pairs.v[i].axis);
		strbuf_adds(r->out, ": ");
		html_str(r->out, pairs.v[i].a);
		strbuf_adds(r->out, " against ");
		html_str(r->out, pairs.v[i].b);
		strbuf_adds(r->out, "</option>");
	}
	strbuf_adds(r->out, "</select></label> <label>Metric <input id=\"find\" type=\"search\" size=\"18\"></label> "
			    "<label><input id=\"all\" type=\"checkbox\"> equal rows too</label> <span id=\"found\" class=\"dim\" aria-live=\"polite\"></span></p></div></section>\n");
	if (!pairs.nr)
		strbuf_adds(r->out, "<p>Nothing to compare: every axis has one value.</p>");
	if (pairs.left_out)
		strbuf_addf(r->out, "<p class=\"dim\">%zu pairs of values are not compared here; highwater compare "
				    "does, or a report of fewer cells (--where).</p>", pairs.left_out);
	for (size_t i = 0; i < pairs.nr; i++)
		if (print_pair(r, i, &pairs.v[i], REPORT_TABLE_BYTES / pairs.nr, err))
			return -1;
	return 0;
}

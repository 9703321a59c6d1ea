// SPDX-License-Identifier: GPL-2.0-or-later
/* The table in the shape of mmtests' compare: baseline column, signed per cent, + is better. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "lib/strbuf.h"

#define COLUMN_WIDTH 15
#define PERCENT_WIDTH 11 /* " (-100.00%)" */

static bool is_baseline(const struct compare *c, size_t col)
{
	return c->baseline[col] == col;
}

static int width_of(const struct compare *c, size_t col)
{
	return COLUMN_WIDTH + (is_baseline(c, col) ? 0 : PERCENT_WIDTH);
}

static int name_width(const struct compare *c, const struct compare_group *g)
{
	size_t width = 20;

	(void)c;
	for (size_t i = 0; i < g->nr_rows; i++) {
		size_t len = strlen(g->rows[i].name) + strlen(g->rows[i].label) + 1;

		if (len > width)
			width = len;
	}
	return (int)width;
}

static void print_value(const struct compare_figure *f, FILE *to)
{
	char text[48];

	if (f->status[0])
		snprintf(text, sizeof(text), "%s", f->status);
	else if (f->exact)
		snprintf(text, sizeof(text), "%" PRId64, f->i);
	else if (fabs(f->value) >= 1e6)
		snprintf(text, sizeof(text), "%.0f", f->value);
	else
		snprintf(text, sizeof(text), "%.3f", f->value);
	fprintf(to, " %*s", COLUMN_WIDTH - 1, text);
}

/* What stands behind a change where there are samples of it. */
static char mark_of(const struct compare_figure *f)
{
	return f->verdict == COMPARE_DIFFERS ? '*' : f->verdict == COMPARE_FEW ? '?' : ' ';
}

static void print_percent(const struct compare_row *row, const struct compare_figure *base,
			  const struct compare_figure *f, FILE *to)
{
	double percent;

	if (f->few) {
		fprintf(to, " %*s", PERCENT_WIDTH - 1, "(few runs)");
		return;
	}
	if (!f->has_difference) {
		fprintf(to, " %*s", PERCENT_WIDTH - 1, "");
		return;
	}
	percent = compare_percent(base->value, f->difference, row->better);
	if (isinf(percent))
		fprintf(to, " (%*s)", PERCENT_WIDTH - 3, percent > 0 ? "+new" : "-new");
	else if (fabs(percent) >= 10000 || (percent != 0 && fabs(percent) < 0.005))
		fprintf(to, " (%+*.0e%%)", PERCENT_WIDTH - 4, percent);
	else
		fprintf(to, " (%*.2f%%)", PERCENT_WIDTH - 4, percent);
}

static void print_change(const struct compare_group *g, const struct compare_row *row,
			 const struct compare_figure *base, const struct compare_figure *f, FILE *to)
{
	print_percent(row, base, f, to);
	if (g->seeds > 1)
		fputc(mark_of(f), to);
}

/* Instructions per operation change by whole instructions: say how many. Others:
 * the interval in per cent, its ends in the order of the numbers. */
static void print_interval(const struct compare *c, const struct compare_row *row, FILE *to)
{
	const bool per_op = strstr(row->unit, "/op") != NULL;

	for (size_t col = 0; col < c->nr_columns; col++) {
		const struct compare_figure *f = &row->figures[col];
		const struct compare_figure *base = &row->figures[c->baseline[col]];
		double lo, hi;

		if (is_baseline(c, col) || !f->has_difference)
			continue;
		if (per_op)
			fprintf(to, "  %+.3f", f->difference);
		if (!f->has_interval || f->lo == f->hi)
			continue;
		if (per_op) {
			fprintf(to, " [%+.3f, %+.3f]", f->lo, f->hi);
			continue;
		}
		lo = compare_percent(base->value, f->lo, row->better);
		hi = compare_percent(base->value, f->hi, row->better);
		if (isfinite(lo) && isfinite(hi))
			fprintf(to, "  [%+.2f%%, %+.2f%%]", fmin(lo, hi), fmax(lo, hi));
	}
	if (per_op)
		fprintf(to, " %s", row->unit);
}

static void print_row(const struct compare *c, const struct compare_group *g,
		      const struct compare_row *row, int width, FILE *to)
{
	int len = fprintf(to, "%s%s%s", row->name, *row->label ? " " : "", row->label);

	fprintf(to, "%*s", len < width ? width - len : 0, "");
	for (size_t col = 0; col < c->nr_columns; col++) {
		print_value(&row->figures[col], to);
		if (!is_baseline(c, col))
			print_change(g, row, &row->figures[c->baseline[col]], &row->figures[col], to);
	}
	print_interval(c, row, to);
	fputc('\n', to);
}

static void print_head(const struct compare *c, const struct compare_group *g, int width, FILE *to)
{
	const int mark = g->seeds > 1;

	/* The slow axes above, the compared one right over its column. */
	for (size_t i = c->o->nr_axes; i-- > 0;) {
		fprintf(to, "%*s", width, "");
		for (size_t col = 0; col < c->nr_columns; col++)
			fprintf(to, " %*s%*s", COLUMN_WIDTH - 1, c->columns[col][i],
				width_of(c, col) - COLUMN_WIDTH + (is_baseline(c, col) ? 0 : mark), "");
		fputc('\n', to);
	}
}

/* Seeds that the worst of the figures without enough data would need yet. */
static size_t most_needed(const struct compare *c)
{
	size_t most = 0;

	for (size_t g = 0; g < c->nr_groups; g++)
		for (size_t r = 0; r < c->groups[g].nr_rows; r++)
			for (size_t col = 0; col < c->nr_columns; col++)
				if (c->groups[g].rows[r].figures[col].more > most)
					most = c->groups[g].rows[r].figures[col].more;
	return most;
}

static void print_beside_one(const struct compare *c, const struct compare_beside *b, FILE *to)
{
	const size_t col = b->column, base = c->baseline[col];
	const struct compare_row *const rows[] = { b->insn_row, b->wall_row };

	fprintf(to, "%s%s%s, %s against %s:", b->insn_row->name, *b->insn_row->label ? " " : "",
		b->insn_row->label, c->columns[col][0], c->columns[base][0]);
	for (size_t i = 1; i < c->o->nr_axes; i++)
		fprintf(to, " %s", c->columns[col][i]);
	for (size_t i = 0; i < 2; i++) {
		const struct compare_figure *f = &rows[i]->figures[col];

		fprintf(to, "%s", i ? "; wall" : " insn");
		if (f->has_difference)
			fprintf(to, " %+.2f%%", compare_percent(rows[i]->figures[base].value,
								 f->difference, rows[i]->better));
		fprintf(to, " %s", compare_verdict_name(f->verdict));
	}
	fputs(b->disagree ? "  DISAGREE\n" : "\n", to);
}

static void print_beside(const struct compare *c, FILE *to)
{
	const char *title = "";

	if (c->nr_beside)
		fputs("\nInstructions beside time (two measures, never one number):\n", to);
	for (size_t i = 0; i < c->nr_beside; i++) {
		const char *t = c->groups[c->beside[i].insn].title;

		if (strcmp(t, title) != 0)
			fprintf(to, "%s\n", title = t);
		print_beside_one(c, &c->beside[i], to);
	}
}

static void print_limits(const struct compare *c, FILE *to)
{
	bool insn = false, wall = false, many = false;

	for (size_t i = 0; i < c->nr_groups; i++) {
		insn |= strcmp(c->groups[i].clock, "insn") == 0;
		wall |= strcmp(c->groups[i].clock, "wall") == 0;
		many |= c->groups[i].seeds > 1;
	}
	fputs("\nPer cent are against the first column of each pair; + is better, or just more where\n"
	      "neither direction is.\n", to);
	if (many)
		fprintf(to,
			"* differs, false discoveries held at %g %% over all rows; ? not enough data to tell; [ ] the\n"
			"difference lies in it with 95 %%.\n",
			100 * STATS_ALPHA);
	if (most_needed(c))
		fprintf(to, "not enough data: up to %zu more seeds needed for the rows marked ?.\n", most_needed(c));
	if (c->superseded)
		fprintf(to, "%zu cells of older builds under the same names are left out.\n", c->superseded);
	if (insn)
		fputs("insn: exact counts; they do not show caches, TLB costs or contention, and device\n"
		      "time is virtual.\n",
		      to);
	if (wall)
		fprintf(to, "wall: medians; fewer than %d runs a side give no difference.\n",
			COMPARE_WALL_MIN);
}

void compare_text(const struct compare *c, FILE *to)
{
	for (size_t i = 0; i < c->nr_groups; i++) {
		const struct compare_group *g = &c->groups[i];
		int width = name_width(c, g);

		fprintf(to, "%s%s\nclock %s, %s\n", i ? "\n" : "", g->title, g->clock, g->note);
		print_head(c, g, width, to);
		for (size_t j = 0; j < g->nr_rows; j++)
			print_row(c, g, &g->rows[j], width, to);
	}
	print_beside(c, to);
	print_limits(c, to);
}

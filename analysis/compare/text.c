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

static void print_change(const struct compare_row *row, const struct compare_figure *base,
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

/* Instructions per operation change by whole instructions: say how many. */
static void print_absolute(const struct compare *c, const struct compare_row *row, FILE *to)
{
	if (!strstr(row->unit, "/op"))
		return;
	for (size_t col = 0; col < c->nr_columns; col++) {
		const struct compare_figure *f = &row->figures[col];

		if (is_baseline(c, col) || !f->has_difference)
			continue;
		fprintf(to, "  %+.3f", f->difference);
		if (f->n_pairs > 1)
			fprintf(to, " [%+.3f, %+.3f]", f->min, f->max);
	}
	fprintf(to, " %s", row->unit);
}

static void print_row(const struct compare *c, const struct compare_row *row, int width, FILE *to)
{
	int len = fprintf(to, "%s%s%s", row->name, *row->label ? " " : "", row->label);

	fprintf(to, "%*s", len < width ? width - len : 0, "");
	for (size_t col = 0; col < c->nr_columns; col++) {
		print_value(&row->figures[col], to);
		if (!is_baseline(c, col))
			print_change(row, &row->figures[c->baseline[col]], &row->figures[col], to);
	}
	print_absolute(c, row, to);
	fputc('\n', to);
}

static void print_head(const struct compare *c, int width, FILE *to)
{
	/* The slow axes above, the compared one right over its column. */
	for (size_t i = c->o->nr_axes; i-- > 0;) {
		fprintf(to, "%*s", width, "");
		for (size_t col = 0; col < c->nr_columns; col++)
			fprintf(to, " %*s%*s", COLUMN_WIDTH - 1, c->columns[col][i],
				width_of(c, col) - COLUMN_WIDTH, "");
		fputc('\n', to);
	}
}

static void print_limits(const struct compare *c, FILE *to)
{
	bool insn = false, wall = false;

	for (size_t i = 0; i < c->nr_groups; i++) {
		insn |= strcmp(c->groups[i].clock, "insn") == 0;
		wall |= strcmp(c->groups[i].clock, "wall") == 0;
	}
	fputs("\nPer cent are against the first column of each pair; + is better, or just more where\n"
	      "neither direction is.\n", to);
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
		print_head(c, width, to);
		for (size_t j = 0; j < g->nr_rows; j++)
			print_row(c, &g->rows[j], width, to);
	}
	print_limits(c, to);
}

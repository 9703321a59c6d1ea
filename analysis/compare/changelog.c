// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The block a maintainer expects under a patch: what ran, how often, the rows that
 * changed with their base, what got worse, what cannot be seen, how to repeat it.
 * Plain text of at most WIDTH columns.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "lib/strbuf.h"
#include "lib/xalloc.h"

#define WIDTH 75
#define NAME 24
#define VALUE 13
#define PERCENT 9

/* Words of @text, wrapped, every line after @indent blanks; a longer word is cut. */
static void wrap(const char *text, int indent, FILE *to)
{
	char *copy = xstrdup(text), *save = NULL;
	int at = 0;

	for (char *w = strtok_r(copy, " \n", &save); w; w = strtok_r(NULL, " \n", &save)) {
		int len = (int)strlen(w);

		if (len > WIDTH - indent)
			len = WIDTH - indent;
		if (at && at + 1 + len > WIDTH) {
			fputc('\n', to);
			at = 0;
		}
		at += fprintf(to, "%*s%.*s", at ? 1 : indent, "", len, w);
	}
	fputc('\n', to);
	free(copy);
}

static bool is_changed(const struct compare_figure *f)
{
	return f->verdict == COMPARE_EXACT || f->verdict == COMPARE_DIFFERS;
}

static void print_value(const struct compare_figure *f, FILE *to)
{
	char text[32];

	if (f->status[0])
		snprintf(text, sizeof(text), "%s", f->status);
	else if (f->exact)
		snprintf(text, sizeof(text), "%" PRId64, f->i);
	else
		snprintf(text, sizeof(text), "%.*f", fabs(f->value) >= 1e6 ? 0 : 3, f->value);
	fprintf(to, " %*.*s", VALUE - 1, VALUE - 1, text);
}

static void print_percent(double percent, FILE *to)
{
	char text[24];

	if (isinf(percent))
		snprintf(text, sizeof(text), percent > 0 ? "+new" : "-new");
	else if (fabs(percent) >= 10000 || (percent != 0 && fabs(percent) < 0.005))
		snprintf(text, sizeof(text), "%+.0e%%", percent);
	else
		snprintf(text, sizeof(text), "%+.2f%%", percent);
	fprintf(to, " %*s", PERCENT - 1, text);
}

/* "exact", or the interval in per cent. */
static void print_trust(const struct compare_row *row, const struct compare_figure *base,
			const struct compare_figure *f, FILE *to)
{
	const int room = WIDTH - NAME - 2 * VALUE - PERCENT - 1;
	double lo, hi;
	char text[64];

	if (f->verdict == COMPARE_EXACT) {
		fputs(" exact", to);
		return;
	}
	lo = compare_percent(base->value, f->lo, row->better);
	hi = compare_percent(base->value, f->hi, row->better);
	if (!f->has_interval || !isfinite(lo) || !isfinite(hi))
		return;
	snprintf(text, sizeof(text), "%.3g..%.3g%%", fmin(lo, hi), fmax(lo, hi));
	if ((int)strlen(text) > room)
		fprintf(to, "\n%*s", WIDTH, text);
	else
		fprintf(to, " %s", text);
}

static void print_row(const struct compare *c, const struct compare_row *row, size_t col, FILE *to)
{
	const struct compare_figure *base = &row->figures[c->baseline[col]], *f = &row->figures[col];
	char *name = xasprintf("%s%s%s", row->name, *row->label ? " " : "", row->label);
	int len = (int)strlen(name);

	if (len > WIDTH)
		len = WIDTH;
	fprintf(to, "%.*s", len, name);
	if (len > NAME)
		fputc('\n', to);
	fprintf(to, "%*s", len > NAME ? NAME : NAME - len, "");
	print_value(base, to);
	print_value(f, to);
	if (f->has_difference)
		print_percent(compare_percent(base->value, f->difference, row->better), to);
	print_trust(row, base, f, to);
	fputc('\n', to);
	free(name);
}

/* The other axes of column @col: "i386", or "". */
static char *others(const struct compare *c, size_t col)
{
	struct strbuf sb = STRBUF_INIT;

	for (size_t i = 1; i < c->o->nr_axes; i++)
		strbuf_addf(&sb, "%s%s", i > 1 ? " " : "", c->columns[col][i]);
	return strbuf_detach(&sb);
}

/* One column against its baseline: the rows that changed, and how many did not. */
static void print_table(const struct compare *c, const struct compare_group *g, size_t col, FILE *to)
{
	size_t changed = 0, equal = 0, unshown = 0, few = 0, none = 0;
	char *other = others(c, col), *summary;

	fprintf(to, "\n%-*.*s %*.*s %*.*s %*s\n", NAME, NAME, other, VALUE - 1, VALUE - 1,
		c->columns[c->baseline[col]][0], VALUE - 1, VALUE - 1, c->columns[col][0], PERCENT - 1,
		"change");
	free(other);
	for (size_t r = 0; r < g->nr_rows; r++) {
		const struct compare_figure *f = &g->rows[r].figures[col];

		changed += is_changed(f);
		equal += f->verdict == COMPARE_EQUAL;
		unshown += f->verdict == COMPARE_UNSHOWN;
		few += f->verdict == COMPARE_FEW;
		none += f->verdict == COMPARE_NONE && f->status[0] && strcmp(f->status, "-") != 0;
		if (is_changed(f) || (f->status[0] && strcmp(f->status, "-") != 0))
			print_row(c, &g->rows[r], col, to);
	}
	summary = xasprintf("rows: %zu changed, %zu equal, %zu with no difference shown, %zu with not "
			    "enough data%s",
			    changed, equal, unshown, few, none ? "; some did not end well" : "");
	wrap(summary, 0, to);
	free(summary);
}

static void print_losers(const struct compare *c, FILE *to)
{
	size_t nr = 0;

	fputs("\nLosers:\n", to);
	for (size_t i = 0; i < c->nr_groups; i++)
		for (size_t r = 0; r < c->groups[i].nr_rows; r++)
			for (size_t col = 0; col < c->nr_columns; col++) {
				const struct compare_row *row = &c->groups[i].rows[r];
				const struct compare_figure *f = &row->figures[col];
				char *other, *line;

				if (compare_direction(row, f) >= 0)
					continue;
				other = others(c, col);
				line = xasprintf("%s%s%s %s%s%s: %+.4g%%", row->name, *row->label ? " " : "",
						 row->label, other, *other ? ", " : "",
						 c->groups[i].title,
						 compare_percent(row->figures[c->baseline[col]].value,
								 f->difference, row->better));
				wrap(line, 2, to);
				free(other);
				free(line);
				nr++;
			}
	if (!nr)
		fputs("  none\n", to);
}

static void print_limits(const struct compare *c, FILE *to)
{
	bool insn = false, wall = false, many = false;

	for (size_t i = 0; i < c->nr_groups; i++) {
		insn |= strcmp(c->groups[i].clock, "insn") == 0;
		wall |= strcmp(c->groups[i].clock, "wall") == 0;
		many |= c->groups[i].seeds > 1;
	}
	fputs("\nLimits:\n", to);
	if (insn)
		wrap("insn counts instructions exactly; it shows no caches, TLB costs or contention, "
		     "and device time is virtual.", 2, to);
	if (insn && !many)
		wrap("One seed is one memory layout: exact for it, no claim about others.", 2, to);
	if (wall)
		wrap("wall: times of an emulated or virtual machine; medians.", 2, to);
	if (many)
		wrap("Intervals are of 95 %; a change is listed when false discoveries over all rows "
		     "are held at 5 %.", 2, to);
}

static void print_reproduce(const struct compare *c, FILE *to)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_addf(&sb, "highwater run (plan%s) --verify; highwater compare", c->plans);
	for (size_t i = 0; i < c->o->nr_axes; i++) {
		const struct compare_axis *a = &c->o->axes[i];

		strbuf_addf(&sb, " %s=%s", a->name, a->values[0]);
		for (size_t j = 1; j < a->nr; j++)
			strbuf_addf(&sb, ",%s", a->values[j]);
	}
	for (size_t i = 0; i < c->o->where.nr; i++)
		strbuf_addf(&sb, " --where %s=%s", c->o->where.keys[i], c->o->where.values[i]);
	fputs("\nReproduce:\n", to);
	wrap(sb.buf, 2, to);
	wrap(c->ground, 2, to);
	strbuf_release(&sb);
}

void compare_changelog(const struct compare *c, FILE *to)
{
	for (size_t i = 0; i < c->nr_groups; i++) {
		const struct compare_group *g = &c->groups[i];
		char *note = xasprintf("clock %s, %s", g->clock, g->note);

		if (i)
			fputc('\n', to);
		wrap(g->title, 0, to);
		wrap(note, 0, to);
		for (size_t col = 0; col < c->nr_columns; col++)
			if (c->baseline[col] != col)
				print_table(c, g, col, to);
		free(note);
	}
	for (size_t i = 0; i < c->nr_beside; i++)
		if (c->beside[i].disagree) {
			char *line = xasprintf("%s: instructions and time DISAGREE (%s)",
					       c->beside[i].insn_row->name,
					       c->groups[c->beside[i].insn].title);

			wrap(line, 0, to);
			free(line);
		}
	print_losers(c, to);
	print_limits(c, to);
	print_reproduce(c, to);
}

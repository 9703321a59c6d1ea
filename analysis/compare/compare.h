/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare: the same workloads on two or more values of one or more axes, side
 * by side.
 *
 * compare_build() selects cells, matches those that are equal in every other
 * axis, and computes a table of figures; the renderers only print it. Seeds
 * are not an axis to match but the samples of a figure:
 *
 *   insn, one seed       the exact value; the difference is exact
 *   insn, several seeds  the mean; the difference is the mean of the paired
 *                        differences, with their smallest and largest
 *   wall                 the median; fewer than COMPARE_WALL_MIN runs on either
 *                        side give no difference ("not enough data")
 *
 * Two clocks are never put side by side: comparing axis "clock" is an error. A
 * run that is not ok shows its status, never a number.
 */
#ifndef COMPARE_COMPARE_H
#define COMPARE_COMPARE_H

#include <stdbool.h>
#include <stdio.h>

#include "store/query.h"

#define COMPARE_MAX_AXES 4
#define COMPARE_MAX_COLUMNS 32
#define COMPARE_WALL_MIN 5

struct compare_axis {
	const char *name;
	const char *values[COMPARE_MAX_COLUMNS];
	size_t nr;
};

struct compare_options {
	struct compare_axis axes[COMPARE_MAX_AXES]; /* the first varies fastest over the columns */
	size_t nr_axes;
	struct query_filter where;
	const char *metrics; /* glob over names, or NULL */
	bool all; /* every row of vmstat by its own name */
};

/* One figure of the table. */
struct compare_figure {
	size_t n; /* samples; 0: none */
	bool exact; /* one integer */
	int64_t i;
	double value; /* exact, mean or median */
	char status[16]; /* why there is none: "panic", "-", ...; else "" */
	/* Against the baseline column; valid if @has_difference. */
	bool has_difference, few;
	size_t n_pairs;
	double difference, min, max; /* paired; min == max with one seed */
};

struct compare_row {
	char *name, *label;
	const char *unit;
	enum query_better better;
	bool block; /* of the vmstat block, not a metric by itself */
	struct compare_figure *figures; /* one per column */
};

/* What is equal for all columns of a table: "fault pages=2048, memory 256M, ..." */
struct compare_group {
	char *title;
	char *clock; /* "insn", "wall" */
	char *note; /* accelerator, seeds, verified */
	struct compare_row *rows;
	size_t nr_rows;
};

struct compare {
	const struct compare_options *o;
	char *columns[COMPARE_MAX_COLUMNS][COMPARE_MAX_AXES]; /* value of each axis */
	size_t baseline[COMPARE_MAX_COLUMNS]; /* the column each is compared with */
	size_t nr_columns;
	struct compare_group *groups;
	size_t nr_groups;
};

/* An empty selection names what matched nothing and what there is. */
int compare_build(struct store *s, const struct compare_options *o, struct compare *ret,
		  struct error *err);
void compare_release(struct compare *c);

void compare_text(const struct compare *c, FILE *to);
/*
 * {"columns":[{axis: value}], "groups":[{"title","clock","note","rows":[{"name","label",
 * "unit","better","figures":[{"n","value","status","difference","min","max"}]}]}]}
 */
void compare_json(const struct compare *c, FILE *to);

/* figure.c: from samples to a figure. Pure. */
struct compare_sample {
	int64_t seed;
	bool exact;
	int64_t i;
	double d;
};
void compare_summarize(const struct compare_sample *v, size_t nr, bool wall,
		       struct compare_figure *ret);
void compare_difference(const struct compare_sample *base, size_t nr_base,
			const struct compare_sample *v, size_t nr, bool wall,
			struct compare_figure *ret);
/* Change in per cent, + is better (or simply more, for QUERY_NEITHER). */
double compare_percent(double base, double difference, enum query_better better);

/*
 * vmstat.c: rows that reviewers know from mmtests (names as its
 * MonitorMmtestsvmstat.pm has them), computed from a run's vmstat metrics.
 * Returns false when row @i does not exist for these metrics.
 */
size_t compare_vmstat_nr(void);
const char *compare_vmstat_name(size_t i);
enum query_better compare_vmstat_better(size_t i);
bool compare_vmstat_value(const struct query_metrics *m, size_t i, int64_t *ret);

#endif

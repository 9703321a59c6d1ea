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
 *                        differences, with its interval (stats/stats.h)
 *   wall                 the median; the difference is Hodges and Lehmann's, with
 *                        its interval; fewer than COMPARE_WALL_MIN runs on either
 *                        side give no difference ("not enough data")
 *
 * Verdicts hold the false-discovery rate of the whole comparison at STATS_ALPHA.
 * Two clocks are never put into one figure: comparing axis "clock" is an error;
 * where the same cells ran under both, the verdicts stand beside each other and a
 * disagreement is flagged (struct compare_beside). Of cells that are the same but
 * for the bytes of kernel or guest, the last one stored counts. A run that is not
 * ok shows its status, never a number.
 */
#ifndef COMPARE_COMPARE_H
#define COMPARE_COMPARE_H

#include <stdbool.h>
#include <stdio.h>

#include "stats/stats.h"
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
	unsigned int threads; /* 0: as many as there are processors; the result is the same */
};

enum compare_verdict {
	COMPARE_NONE, /* nothing to compare */
	COMPARE_EXACT, /* a difference that is one exact number: one seed, or no seed matters */
	COMPARE_EQUAL, /* no difference in any pair */
	COMPARE_DIFFERS, /* a difference that noise does not explain */
	COMPARE_UNSHOWN, /* noise would explain it */
	COMPARE_FEW, /* so few samples could not show it */
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
	bool has_interval;
	double lo, hi; /* of the difference, 95 % */
	bool tested; /* has a p: not exact, not equal */
	double p, q, p_min, effect; /* q: p adjusted for all figures of the comparison */
	enum compare_verdict verdict;
	size_t more; /* COMPARE_FEW: seeds, or runs a side, that would be needed yet */
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
	size_t seeds; /* most in any column */
};

/* One metric under both clocks, in one column. Differences in per cent, + is better. */
struct compare_beside {
	size_t insn, wall; /* groups */
	const struct compare_row *insn_row, *wall_row;
	size_t column;
	bool disagree; /* better under one clock, worse under the other */
};

struct compare {
	const struct compare_options *o;
	char *columns[COMPARE_MAX_COLUMNS][COMPARE_MAX_AXES]; /* value of each axis */
	size_t baseline[COMPARE_MAX_COLUMNS]; /* the column each is compared with */
	size_t nr_columns;
	struct compare_group *groups;
	size_t nr_groups;
	struct compare_beside *beside;
	size_t nr_beside;
	char *ground; /* "Linux 7.3.4 ..., QEMU 7.2.22, AMD EPYC": of the first run */
	char *plans; /* names of the plans, " " between */
	size_t superseded; /* cells left out for later ones of the same axes */
};

/* An empty selection names what matched nothing and what there is. */
int compare_build(struct store *s, const struct compare_options *o, struct compare *ret,
		  struct error *err);
void compare_release(struct compare *c);

void compare_text(const struct compare *c, FILE *to);
/*
 * {"columns":[{axis: value}], "groups":[{"title","clock","note","rows":[{"name","label",
 * "unit","better","figures":[{"n","value","status","verdict","difference","min","max",
 * "lo","hi","p","q","effect","more"}]}]}], "beside":[{"title","metric","column","insn",
 * "wall","disagree"}]}; lo to more only where there are any.
 */
void compare_json(const struct compare *c, FILE *to);
/* RFC 4180, one line a figure. */
void compare_csv(const struct compare *c, FILE *to);
/* The block for a patch's changelog: at most 75 columns. */
void compare_changelog(const struct compare *c, FILE *to);
/* "exact", "equal", "differs", "no difference shown", "not enough data", "". */
const char *compare_verdict_name(enum compare_verdict v);
/* -1 worse, 0 neither, +1 better: what the verdict says, not the number alone. */
int compare_direction(const struct compare_row *row, const struct compare_figure *f);
/* Is any figure worse than its baseline? */
bool compare_any_worse(const struct compare *c);

/* verdict.c: adjust all p together, and say what each figure shows. */
void compare_judge(struct compare *c);
/* beside.c: what ran under both clocks; @keys[i] is the key of group i less its clock. */
void compare_find_beside(struct compare *c, char *const *keys);

/* figure.c: from samples to a figure. Pure. */
struct compare_sample {
	int64_t seed;
	bool exact;
	int64_t i;
	double d;
};
void compare_summarize(const struct compare_sample *v, size_t nr, bool wall,
		       struct compare_figure *ret);
void compare_difference(struct stats *st, const struct compare_sample *base, size_t nr_base,
			const struct compare_sample *v, size_t nr, bool wall,
			struct compare_figure *ret);
/* Change in per cent, + is better (or simply more, for QUERY_NEITHER). */
double compare_percent(double base, double difference, enum query_better better);

/*
 * vmstat.c: rows that reviewers know from mmtests (names as its
 * MonitorMmtestsvmstat.pm has them), sums of a run's vmstat metrics.
 */
size_t compare_vmstat_nr(void); /* <= 64 */
const char *compare_vmstat_name(size_t i);
enum query_better compare_vmstat_better(size_t i);
/* The rows, as bits, that metric @name is added to and taken from. */
void compare_vmstat_terms(const char *name, uint64_t *ret_plus, uint64_t *ret_minus);

#endif

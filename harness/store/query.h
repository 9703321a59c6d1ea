/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query: what a store holds, read. The only API that analysis/ and the verbs
 * list, show and compare use. Results are plain structs that own their strings
 * until the release function; nothing here writes.
 */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"

struct store;

struct query_axis {
	char *name, *value, *kind; /* kind: guest, param, tunable */
};

/* A cell with its axes and how its first run ended. */
struct query_cell {
	int64_t id;
	char *hash;
	struct query_axis *axes; /* sorted by name, then value */
	size_t nr_axes;
	int64_t run; /* id of run 1; 0: none */
	char *status, *detail, *accelerator;
	double wall_s;
	int verified; /* 1: two runs, equal; 0: two, different; -1: one only */
};

struct query_cells {
	struct query_cell *v;
	size_t nr;
};

/* All cells, in the order they were stored. */
int query_cells(struct store *s, struct query_cells *ret, struct error *err);
void query_cells_release(struct query_cells *c);
/* The first value of axis @name, or NULL. */
const char *query_axis_value(const struct query_cell *c, const char *name);
/* Does the cell have @value on axis @name? */
bool query_axis_is(const struct query_cell *c, const char *name, const char *value);

/* What a plan claims of its cells (plan/plan.h). */
struct query_claim {
	char *claim, *where, *check;
};

struct query_plan {
	int64_t id;
	char *name, *statement;
	struct query_claim *claims;
	size_t nr_claims;
	char **cells; /* hashes; none: the cells that have it on axis "plan" */
	size_t nr_cells;
};

struct query_plans {
	struct query_plan *v;
	size_t nr;
};

/* The plans that have run, in the order they first did. */
int query_plans(struct store *s, struct query_plans *ret, struct error *err);
void query_plans_release(struct query_plans *p);

/* "KEY=VALUE" conditions; all must hold. */
struct query_filter {
	const char **keys, **values;
	size_t nr;
};
bool query_matches(const struct query_cell *c, const struct query_filter *f);

struct query_metric {
	const char *name; /* owned by the store; equal names of one store are one pointer */
	const char *label; /* owned by the struct query_metrics */
	bool exact;
	int64_t i;
	double d; /* the value in either case */
	size_t at; /* private: where its label is */
};

struct query_metrics {
	struct query_metric *v;
	size_t nr;
	char *strings;
};

/* The metrics of a run, in the order they were measured. */
int query_metrics(struct store *s, int64_t run, struct query_metrics *ret, struct error *err);
/* The same of run @n of the cell whose hash begins with @prefix (query_facts()). */
int query_cell_metrics(struct store *s, const char *prefix, unsigned int n, struct query_metrics *ret,
		       struct error *err);
void query_metrics_release(struct query_metrics *m);

struct query_sample {
	const char *name, *label; /* of its series; owned by the struct query_samples */
	int64_t t_ns; /* guest time since the window began */
	int64_t value; /* holds until the next one of the series */
};

struct query_samples {
	struct query_sample *v;
	size_t nr;
	char **strings; /* private */
	size_t nr_strings;
};

/* The samples of a run whose series' names match @glob, series by series, in time. */
int query_samples(struct store *s, int64_t run, const char *glob, struct query_samples *ret,
		  struct error *err);
void query_samples_release(struct query_samples *q);

/* What a bucket is at most wide, in parts of the values it holds (lib/hist.h). */
#define QUERY_BUCKET_ERROR (1.0 / 128)

/* A bucket of a latency's histogram that is not empty. */
struct query_bucket {
	const char *name, *label; /* owned by the struct query_buckets */
	int64_t low_ns, high_ns; /* its first and last value */
	int64_t count;
};

struct query_buckets {
	struct query_bucket *v;
	size_t nr;
	char **strings; /* private */
	size_t nr_strings;
};

/* The latencies of a run whose names ("latency.swap_in") match @glob, each from short to long. */
int query_buckets(struct store *s, int64_t run, const char *glob, struct query_buckets *ret,
		  struct error *err);
void query_buckets_release(struct query_buckets *q);

/* Where the instructions of the window went ("highwater profile" makes it). A row with
 * no instructions of its own has calls. */
struct query_profile_row {
	int64_t insns, calls; /* of the last frame of the stack itself */
	char *context; /* user, syscall, fault, irq, kernel, a kernel thread; "-": not known */
	char *stack; /* "outermost;...;innermost", as flame graphs take it */
};

struct query_profile {
	struct query_profile_row *v;
	size_t nr;
};

/* @mode: "callers" or "counts" (one frame each). No profile of the run: nr is 0. */
int query_profile(struct store *s, int64_t run, const char *mode, struct query_profile *ret,
		  struct error *err);
/* Has any run one? */
int query_any_profile(struct store *s, bool *ret, struct error *err);
void query_profile_release(struct query_profile *p);

/* What the registry says of a metric. */
enum query_better { QUERY_NEITHER, QUERY_HIGHER, QUERY_LOWER };
const char *query_unit(const char *metric);
enum query_better query_better(const char *metric);
const char *query_definition(const char *metric);

/* The console's findings of a run, "KIND: LINE\n" each; the caller frees. */
int query_findings(struct store *s, int64_t run, char **ret, struct error *err);
/* facts.json of the run with this id; the caller frees. */
int query_run_facts(struct store *s, int64_t run, char **ret, struct error *err);
/* facts.json of run @n of the cell whose hash begins with @prefix; the caller frees
 * both. No such run, or several cells, is ERROR_INPUT. */
int query_facts(struct store *s, const char *prefix, unsigned int n, char **ret_facts,
		char **ret_hash, int64_t *ret_run, struct error *err);

#endif

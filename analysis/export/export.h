/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * export: the rows of a store for other tools. One run is in memory at a time.
 *
 *   csv      RFC 4180, a line a figure: cell, axes, status, metric, label, value, unit,
 *            better, definition
 *   json     [{"cell","status","detail","accelerator","started": -, "axes":{}, "metrics":
 *            [{"name","label","value","unit"}]}], one run a line
 *
 * With histograms: csv has a line a bucket, of metric "latency.NAME.bucket" with the label
 * "LABEL,LOW-HIGH" (ns) and the number of values; json has "latencies":[{"name","label",
 * "low_ns","high_ns","count"}].
 *
 *   lkp      DIR/WORKLOAD/PARAMS/GUEST/initramfs/ARCH-CLOCK/gcc/KERNEL/matrix.json, and
 *            SEED/stats.json beside it: as lkp-tests stores results
 *   mmtests  DIR/KERNEL/iter-N/...: a log tree for mmtests' compare-mmtests.pl; what mmtests
 *            makes of it wrongly is said in DIR/README
 *
 * lkp and mmtests hold runs that ended well only; csv and json hold all.
 */
#ifndef EXPORT_EXPORT_H
#define EXPORT_EXPORT_H

#include <stdio.h>

#include "lib/error.h"
#include "store/query.h"

struct export_options {
	struct query_filter where;
	const char *metrics; /* glob over names, or NULL */
	bool histograms; /* csv and json: the buckets of latencies too */
};

/* No cell that matches is ERROR_INPUT. Write errors show in ferror(@to). */
int export_csv(struct store *s, const struct export_options *o, FILE *to, struct error *err);
int export_json(struct store *s, const struct export_options *o, FILE *to, struct error *err);

/* Make @dir, which must not be there; whole or not at all. */
int export_lkp(struct store *s, const struct export_options *o, const char *dir, struct error *err);
int export_mmtests(struct store *s, const struct export_options *o, const char *dir, struct error *err);

#endif

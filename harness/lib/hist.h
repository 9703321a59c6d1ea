/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hist: a log-linear histogram of unsigned 64-bit values (after Gil Tene's
 * HdrHistogram).
 *
 * Values below 2 * HIST_SUB have a bucket each; above, every power of two is
 * divided into HIST_SUB buckets. A quantile is the upper edge of the bucket that
 * holds it, so it is never too low and at most 1/HIST_SUB (0.8 %) too high;
 * count, sum, minimum and maximum are exact.
 */
#ifndef LIB_HIST_H
#define LIB_HIST_H

#include <stddef.h>
#include <stdint.h>

#define HIST_SUB_BITS 7
#define HIST_SUB ((size_t)1 << HIST_SUB_BITS)
#define HIST_BUCKETS ((size_t)(64 - HIST_SUB_BITS + 1) * HIST_SUB)

struct hist {
	uint64_t *buckets; /* HIST_BUCKETS of them; NULL while empty */
	uint64_t count, min, max;
	double sum;
};

void hist_add(struct hist *h, uint64_t value, uint64_t times);
void hist_merge(struct hist *to, const struct hist *from);
void hist_release(struct hist *h);

/* The smallest bucket edge that at least @q (0..1) of all values do not exceed; the
 * maximum itself where the last bucket is meant. 0 when there is no value. */
uint64_t hist_quantile(const struct hist *h, double q);

size_t hist_bucket(uint64_t value);
/* First and last value of bucket @i. */
uint64_t hist_low(size_t i);
uint64_t hist_high(size_t i);

#endif

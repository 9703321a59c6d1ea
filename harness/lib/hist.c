// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/hist.h"

#include <math.h>
#include <stdlib.h>

#include "lib/xalloc.h"

size_t hist_bucket(uint64_t value)
{
	unsigned int shift;

	if (value < 2 * HIST_SUB)
		return (size_t)value;
	/* The leading one and HIST_SUB_BITS behind it remain. */
	shift = 63 - (unsigned int)__builtin_clzll(value) - HIST_SUB_BITS;
	return (size_t)shift * HIST_SUB + (size_t)(value >> shift);
}

uint64_t hist_low(size_t i)
{
	size_t shift = i < 2 * HIST_SUB ? 0 : i / HIST_SUB - 1;

	return (uint64_t)(i - shift * HIST_SUB) << shift;
}

uint64_t hist_high(size_t i)
{
	return i + 1 < HIST_BUCKETS ? hist_low(i + 1) - 1 : UINT64_MAX;
}

void hist_add(struct hist *h, uint64_t value, uint64_t times)
{
	if (!times)
		return;
	if (!h->buckets)
		h->buckets = xcalloc(HIST_BUCKETS, sizeof(*h->buckets));
	h->buckets[hist_bucket(value)] += times;
	h->min = h->count && h->min < value ? h->min : value;
	h->max = h->max > value ? h->max : value;
	h->count += times;
	h->sum += (double)value * (double)times;
}

void hist_merge(struct hist *to, const struct hist *from)
{
	if (!from->count)
		return;
	if (!to->buckets)
		to->buckets = xcalloc(HIST_BUCKETS, sizeof(*to->buckets));
	for (size_t i = 0; i < HIST_BUCKETS; i++)
		to->buckets[i] += from->buckets[i];
	to->min = to->count && to->min < from->min ? to->min : from->min;
	to->max = to->max > from->max ? to->max : from->max;
	to->count += from->count;
	to->sum += from->sum;
}

void hist_release(struct hist *h)
{
	free(h->buckets);
	*h = (struct hist){};
}

uint64_t hist_quantile(const struct hist *h, double q)
{
	double rank = ceil(q * (double)h->count);
	uint64_t seen = 0;

	for (size_t i = 0; i < HIST_BUCKETS && h->count; i++) {
		seen += h->buckets[i];
		if (seen && (double)seen >= rank)
			return hist_high(i) < h->max ? hist_high(i) : h->max;
	}
	return h->max;
}

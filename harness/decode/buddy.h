/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buddy: free lists by zone and order, and how fragmented they are.
 *
 * The two indices are the kernel's own, in thousandths, by the formulas of
 * mm/vmstat.c (fill_contig_page_info(), unusable_free_index(),
 * __fragmentation_index()):
 *   unusable  part of the free memory that is in blocks too small for an
 *             allocation of the order; 1000 when nothing is free
 *   index     why one would fail: towards 0 for lack of memory, towards 1000 for
 *             fragmentation; -1000 when it would not fail
 */
#ifndef DECODE_BUDDY_H
#define DECODE_BUDDY_H

#include "decode/metric.h"

#define BUDDY_MAX_ZONES 64
#define BUDDY_MAX_ORDERS 24

struct buddy_zone {
	char name[24]; /* "Normal"; "Normal@1" on node 1 */
	size_t nr_orders;
	int64_t v[BUDDY_MAX_ORDERS]; /* free blocks, or an index, by order */
};

struct buddy {
	struct buddy_zone zones[BUDDY_MAX_ZONES];
	size_t nr;
};

/* /proc/buddyinfo */
int buddy_parse(const char *text, size_t len, struct buddy *ret, struct error *err);
/* debugfs extfrag/unusable_index and extfrag_index: the kernel's computation */
int extfrag_parse(const char *text, size_t len, struct buddy *ret, struct error *err);

/* How many entries of such a file are not what @compute makes of @ours. */
int extfrag_differs(const struct buddy *ours,
		    int64_t (*compute)(const struct buddy_zone *z, size_t order), const char *text,
		    size_t len, int64_t *ret, struct error *err);

int64_t buddy_unusable(const struct buddy_zone *z, size_t order);
int64_t buddy_index(const struct buddy_zone *z, size_t order);
/* Mean of the unusable index over all orders: the area under its curve. */
int64_t buddy_area(const struct buddy_zone *z);

/* "buddy.ZONE", "frag.unusable.ZONE", "frag.index.ZONE" by order. */
int buddy_metrics(const char *text, size_t len, struct metrics *m, struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin: fragment physical memory on purpose.
 *
 * Nearly all free memory is taken in single pages, then all but every keep-th page is
 * given back: the free memory that remains is in pieces below that distance. What
 * stays is movable (anonymous memory, which compaction can carry together) or
 * unmovable (data in pipes, which belongs to the kernel and cannot be moved).
 *
 * Mixed is what the grouping of pages by mobility is there to prevent: movable pages
 * with holes between them fill memory; unmovable ones take half of the holes; then all
 * movable ones go. In how many blocks the unmovable ones are is the allocator's doing.
 */
#ifndef GUEST_PIN_H
#define GUEST_PIN_H

#include <stddef.h>
#include <stdint.h>

enum pin_kind { PIN_NONE, PIN_MOVABLE, PIN_UNMOVABLE, PIN_MIXED };

/* "none", "movable", "unmovable", "mixed" */
enum pin_kind pin_kind(const char *name);

/* Take single pages until only @spare_pages are free; one in @keep is to stay. */
void pin_fill(enum pin_kind kind, unsigned int keep, size_t spare_pages);
/* Give back the others, and settle. */
void pin_open(void);
/* Wait until the lists of each CPU have let go of pages whose buddies wait for them
 * (mm/page_alloc.c decay_pcp_high): one such page keeps a whole block from merging. */
void pin_settle(void);
/* Give back all. */
void pin_free(void);
/* Pages taken by pin_fill(). */
size_t pin_pages(void);

/*
 * The indices of /sys/kernel/debug/extfrag/ (mm/vmstat.c) for @order, in 1/1000, of
 * the zone with the most free pages. PIN_UNUSABLE: the part of free memory that is in
 * blocks below the order. PIN_INDEX: were it to fail, for lack of memory (0) or for
 * fragmentation (1000); -1000 if it would not.
 */
enum pin_index { PIN_UNUSABLE, PIN_INDEX };
int pin_index(enum pin_index which, unsigned int order);

#endif

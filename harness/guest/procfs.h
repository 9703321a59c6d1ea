/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * procfs: single figures out of the kernel's text files. A file or row that is not
 * there fails the cell with its name.
 */
#ifndef GUEST_PROCFS_H
#define GUEST_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number after @name (and a ':' or blanks) at the beginning of a line of @path. */
uint64_t procfs_field(const char *path, const char *name);
/* A row of /proc/meminfo, in pages. */
uint64_t meminfo_pages(const char *name);

/* A zone of /proc/zoneinfo; all zeroes when this kernel has none of that name. */
struct zone {
	uint64_t start_pfn, spanned, present, managed;
	uint64_t free, min, low, high;
};
void zone_read(const char *name, struct zone *ret);
/* The sum over all populated zones; start_pfn is the lowest. */
void zones_read(struct zone *ret);

/*
 * Page frame numbers of the @nr pages at @area, 0 for one that is not there, to
 * @ret. /proc/self/pagemap, so it sees what this process has mapped.
 */
void pagemap_read(const void *area, size_t nr, uint64_t *ret);
/* How many of the @nr pages at @area are in ZONE_HIGHMEM; every one must be there. */
uint64_t pages_high(const void *area, size_t nr);

#endif

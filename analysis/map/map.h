/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map: the address spaces of a guest, drawn: the virtual layout of a process and
 * its kernel, and the zones of physical memory. From the metrics layout.* of a run
 * (decode/layout.h), so it needs the store and nothing else. Pages are of 4 KiB.
 */
#ifndef MAP_MAP_H
#define MAP_MAP_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/strbuf.h"
#include "store/query.h"

enum map_kind { MAP_USER, MAP_KERNEL, MAP_ZONE, MAP_PHYS };

struct map_region {
	enum map_kind kind;
	const char *name; /* "heap", "direct", "HighMem"; owned by the metrics */
	uint64_t from, to, mapped; /* pages; half-open */
	const char *note; /* what it is, or "" */
};

struct map {
	char *title; /* "i386, base, 2G" */
	bool wide; /* 64-bit */
	uint64_t task_end; /* first page a process cannot have */
	struct map_region *virt; /* user and kernel, from the highest address down */
	size_t nr_virt;
	struct map_region *zones; /* likewise */
	size_t nr_zones;
	struct map_region *phys; /* RAM as the firmware tells it, and the kernel's image */
	size_t nr_phys;
	struct query_metrics metrics; /* private */
};

/* Of run @run. One that measured no layout is ERROR_INPUT. */
int map_build(struct store *s, int64_t run, struct map *ret, struct error *err);
void map_release(struct map *m);

void map_text(const struct map *m, FILE *to);
/* A picture that stands alone, light or dark as its viewer is. */
void map_svg(const struct map *m, struct strbuf *out);

/* "884M", "1.5G", "32T": @pages for people. */
void map_size(uint64_t pages, char *buf, size_t size);
/* An address as the architecture writes it: 8 or 16 digits; the very end has one more. */
void map_address(const struct map *m, uint64_t page, char *buf, size_t size);

#endif

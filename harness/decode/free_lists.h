/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * free_lists: the page allocator's free lists out of a stopped guest's memory, without
 * debug information.
 *
 * A zone's free_area[] is an array, an element an order, of list heads (one a migrate
 * type) and the number of free blocks. An empty head points to itself, which no other
 * data does, so the array is found by its look in the node that holds the zones; what is
 * found is believed only if the lists have as many entries as the number beside them says.
 */
#ifndef DECODE_FREE_LISTS_H
#define DECODE_FREE_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"
#include "lib/strbuf.h"

#define FREE_MAX_ORDERS 16
#define FREE_MAX_TYPES 8
#define FREE_MAX_ZONES 8

/* How to read the guest: @len bytes at @addr; -1 when there is nothing. */
struct guest_memory {
	int (*read)(void *ctx, uint64_t addr, void *to, size_t len, struct error *err);
	void *ctx;
	unsigned int word; /* bytes: 4 or 8 */
	uint64_t kernel; /* pointers of the kernel are at least this */
};

struct free_zone {
	char name[16];
	unsigned int nr_orders, nr_types;
	uint64_t blocks[FREE_MAX_ORDERS][FREE_MAX_TYPES];
};

struct free_lists {
	struct free_zone v[FREE_MAX_ZONES];
	size_t nr;
};

/* @node, of @size bytes: contig_page_data. No zone found is ERROR_FOUND. */
int free_lists_read(const struct guest_memory *m, uint64_t node, size_t size,
		    struct free_lists *ret, struct error *err);
/* As /proc/pagetypeinfo has it: a line a zone and type, a column an order. */
void free_lists_text(const struct free_lists *f, struct strbuf *out);

#endif

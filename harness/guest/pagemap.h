/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pagemap: where the pages of a mapping are, from /proc/self/pagemap. */
#ifndef GUEST_PAGEMAP_H
#define GUEST_PAGEMAP_H

#include <stddef.h>
#include <stdint.h>

struct page_places {
	uint64_t present, swapped; /* the rest was never touched */
};

/* Of @pages pages from @at on; fails the cell if the kernel does not tell. */
struct page_places pagemap_count(const void *at, size_t pages);

#endif

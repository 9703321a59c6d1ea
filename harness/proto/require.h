/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * require: what must hold when the work begins, as a plan and a job say it:
 *
 *   unusable.9 >= 500, meminfo.MemFree <= 100000, vmstat.nr_free_pages >= 1000
 *
 *   unusable.ORDER   the unusable index of that order in thousandths, over all zones:
 *                    "fragmented" is a large one
 *   vmstat.ROW       a row of /proc/vmstat
 *   meminfo.ROW      a row of /proc/meminfo, in KiB where it has a unit
 *
 * The agent looks after the workload's preparation and before the first snapshot; what
 * does not hold fails the cell.
 */
#ifndef PROTO_REQUIRE_H
#define PROTO_REQUIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REQUIRE_MAX 16
#define REQUIRE_NAME 48

enum require_kind { REQUIRE_UNUSABLE, REQUIRE_VMSTAT, REQUIRE_MEMINFO };

struct requirement {
	enum require_kind kind;
	char name[REQUIRE_NAME]; /* behind the first point */
	unsigned int order; /* of REQUIRE_UNUSABLE */
	bool at_least; /* else at most */
	uint64_t value;
};

/* Parse @text into at most REQUIRE_MAX. NULL, or what is wrong with it. */
const char *require_parse(const char *text, struct requirement *ret, size_t *ret_nr);

/*
 * The unusable index of @order in thousandths, by the formula of mm/vmstat.c
 * unusable_free_index(): the part of the free memory that is in blocks too small;
 * 1000 when nothing is free. @blocks: free blocks of each of @nr orders.
 */
unsigned int unusable_index(const uint64_t *blocks, size_t nr, unsigned int order);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The buddy system at work: nearly all memory is taken in single pages (blocks are
 * split), all but every keep-th page is given back (their buddies are missing, so
 * nothing merges), then the rest (everything merges). At each step: the free memory, and how much of it is of no use for an order.
 */
#include <stdio.h>

#include "guest/clock.h"
#include "guest/pin.h"
#include "guest/workload.h"

#define LAST_ORDER 10u
/* Of 1000 parts of free memory, at least so many must be of no use for the order. */
#define FRAGMENTED 800

static unsigned int order;

static void report(const char *when)
{
	emit_metric("fragment.free_pages", when, vmstat("nr_free_pages"));
	emit_metric("fragment.unusable", when, (uint64_t)pin_index(PIN_UNUSABLE, order));
}

static void report_orders(void)
{
	char label[16];

	for (unsigned int i = 1; i <= LAST_ORDER; i++) {
		snprintf(label, sizeof(label), "order%u", i);
		emit_metric("fragment.unusable_holes", label, (uint64_t)pin_index(PIN_UNUSABLE, i));
	}
}

static void run(const struct job *job)
{
	const enum pin_kind kind = pin_kind(param_text(job, "pin"));
	const uint64_t spare = param_number(job, "spare") >> 12;
	uint64_t ns;

	order = (unsigned int)param_number(job, "order");
	report("start");
	ns = clock_ns();
	pin_fill(kind, (unsigned int)param_number(job, "keep"), spare);
	emit_ratio("fragment.ns_per_page_taken", "-", clock_ns() - ns, pin_pages());
	emit_metric("fragment.pages", "taken", pin_pages());
	report("filled");
	pin_open();
	report("holes");
	/* With mixed pages that is the result. */
	if (kind != PIN_MIXED && pin_index(PIN_UNUSABLE, order) < FRAGMENTED)
		agent_fail("memory is not fragmented: %d/1000 of it is of no use for order %u, %d are "
			   "needed", pin_index(PIN_UNUSABLE, order), order, FRAGMENTED);
	report_orders();
	pin_free();
	report("freed");
}

const struct workload workload_fragment = { .name = "fragment", .run = run };

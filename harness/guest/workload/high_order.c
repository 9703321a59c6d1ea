// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Blocks of 2^order pages out of fragmented memory: how many can be had, and what
 * does each attempt cost, the compaction and reclaim it causes included.
 *
 * The block is the ring of a pipe (fs/pipe.c pipe_resize_ring: one kmalloc of
 * slots, with no other way if it fails), so every costly order can be asked for
 * from user space on any kernel: GFP_KERNEL, unmovable, zeroed. A 32-bit pipe
 * ends at 32768 slots, which is order 8.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/pin.h"
#include "guest/workload.h"

#define PAGE 4096u
/* sizeof(struct pipe_buffer): three pointers or longs and three unsigned ints, aligned. */
#define SLOT_BYTES (sizeof(long) == 8 ? 40u : 24u)
/* Up to order 3 (PAGE_ALLOC_COSTLY_ORDER) an allocation does not fail: the kernel kills
 * to make it possible. */
#define FIRST_ORDER 4u
#define MAX_BLOCKS 1024u
#define MAX_FILES 32768u /* these and those of pin.c */
/* As in fragment.c. */
#define FRAGMENTED 800

static int pipes[MAX_BLOCKS][2];

/* The least power of two of slots that needs a block of @order. */
static unsigned int slots_of(unsigned int order)
{
	unsigned int slots = 1;

	while (slots * SLOT_BYTES <= PAGE << (order - 1))
		slots *= 2;
	return slots;
}

static void open_pipes(unsigned int nr)
{
	const struct rlimit files = { MAX_FILES, MAX_FILES };

	if (setrlimit(RLIMIT_NOFILE, &files))
		agent_fail_errno("cannot have %u files", MAX_FILES);
	for (unsigned int i = 0; i < nr; i++)
		if (pipe2(pipes[i], O_CLOEXEC))
			agent_fail_errno("cannot open pipe %u", i);
}

static void prepare(const struct job *job)
{
	const enum pin_kind kind = pin_kind(param_text(job, "pin"));
	const unsigned int last = (unsigned int)param_number(job, "last");
	int unusable;

	pin_fill(kind, (unsigned int)param_number(job, "keep"), param_number(job, "spare") >> 12);
	pin_open();
	unusable = pin_index(PIN_UNUSABLE, last);
	if ((kind == PIN_MOVABLE || kind == PIN_UNMOVABLE) && unusable < FRAGMENTED)
		agent_fail("memory is not fragmented: %d/1000 of it is of no use for order %u, %d are "
			   "needed", unusable, last, FRAGMENTED);
	if (kind == PIN_NONE && unusable >= FRAGMENTED)
		agent_fail("memory is fragmented without our doing: %d/1000 of it is of no use for "
			   "order %u", unusable, last);
}

/* As many blocks of @order as half of the free memory holds, @most at most. */
static void try_order(unsigned int order, unsigned int most)
{
	uint64_t ns[2] = {}, nr[2] = {}, begin;
	unsigned int tries = (unsigned int)((vmstat("nr_free_pages") / 2) >> order);
	char label[16];

	tries = tries < most ? tries : most;
	if (!tries)
		agent_fail("half of the free memory is no block of order %u", order);
	open_pipes(tries);
	for (unsigned int i = 0; i < tries; i++) {
		int got;

		begin = clock_ticks();
		got = fcntl(pipes[i][0], F_SETPIPE_SZ, slots_of(order) * PAGE) >= 0;
		ns[got] += clock_ticks() - begin;
		if (!got && errno != ENOMEM)
			agent_fail_errno("cannot ask for a pipe of %u slots", slots_of(order));
		nr[got]++;
	}
	for (unsigned int i = 0; i < tries; i++) {
		close(pipes[i][0]);
		close(pipes[i][1]);
	}
	snprintf(label, sizeof(label), "order%u", order);
	emit_metric("high.tries", label, tries);
	emit_metric("high.got", label, nr[1]);
	emit_ratio("high.success", label, nr[1] * 100, tries);
	emit_ratio("high.ticks_per_success", label, ns[1], nr[1]);
	emit_ratio("high.ticks_per_failure", label, ns[0], nr[0]);
}

static void run(const struct job *job)
{
	const unsigned int last = (unsigned int)param_number(job, "last");
	const unsigned int most = (unsigned int)param_number(job, "tries");

	emit_metric("fragment.unusable", "before", (uint64_t)pin_index(PIN_UNUSABLE, last));
	emit_metric("fragment.free_pages", "before", vmstat("nr_free_pages"));
	/* From the top: what small orders split would be missing in the large. */
	for (unsigned int order = last; order >= FIRST_ORDER; order--)
		try_order(order, most);
	emit_metric("fragment.unusable", "after", (uint64_t)pin_index(PIN_UNUSABLE, last));
}

const struct workload workload_high_order = { .name = "high-order", .prepare = prepare, .run = run };

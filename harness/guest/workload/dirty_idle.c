// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dirty pages that nobody asks to be written: fewer than the background
 * threshold, then idleness. When are they written, and why then? The flusher
 * wakes every vm.dirty_writeback_centisecs and writes what has been dirty for
 * vm.dirty_expire_centisecs. But a device has a share of the background
 * threshold, and one that wrote nothing lately has an eighth of what is left of
 * it (mm/page-writeback.c __wb_calc_thresh): more than that goes at the first
 * wake-up. The waiting costs nothing under the instruction clock.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/workload.h"
#include "guest/workload/dirty.h"
#include "guest/zones.h"

#define BLOCK (64u << 10)
#define CENTISECOND 10000000ull
#define POLL_NS 250000000ull

static int device;

static void prepare(const struct job *job)
{
	device = dirty_open(job, param_number(job, "write"));
}

static uint64_t centisecs(const char *path)
{
	const char *text = read_file(path, NULL);

	if (!text)
		agent_fail_errno("cannot read %s", path);
	return strtoull(text, NULL, 10) * CENTISECOND;
}

static void make_dirty(uint64_t bytes)
{
	static char block[BLOCK];

	memset(block, 0x5a, sizeof(block));
	for (uint64_t at = 0; at < bytes; at += BLOCK)
		if (pwrite64(device, block, BLOCK, (off64_t)at) != BLOCK)
			agent_fail_errno("cannot write to the device");
}

static void run(const struct job *job)
{
	const uint64_t expire = centisecs("/proc/sys/vm/dirty_expire_centisecs");
	const uint64_t interval = centisecs("/proc/sys/vm/dirty_writeback_centisecs");
	const uint64_t give_up = expire + 4 * interval + 10000000000ull;
	const struct timespec poll = { 0, POLL_NS };
	const struct dirty_state before = dirty_now();
	struct dirty_state now;
	uint64_t begin = clock_ns(), first = 0, clean = 0;

	make_dirty(param_number(job, "write"));
	now = dirty_now();
	if (now.dirty >= now.background)
		agent_fail("%" PRIu64 " pages are dirty, the background threshold is %" PRIu64
			   ": they do not wait for the expiry",
			   now.dirty, now.background);
	if (now.dirty <= before.dirty)
		agent_fail("no page is dirty after %" PRIu64 " bytes were written",
			   param_number(job, "write"));
	zones_report();
	emit_metric("dirty.background_threshold", "-", now.background);
	emit_metric("dirty.threshold", "-", now.limit);
	emit_metric("dirty.pages", "-", now.dirty - before.dirty);
	emit_metric("dirty.device_share", "-", (now.background - now.dirty) / 8);
	emit_metric("dirty.expire_ns", "-", expire);
	emit_metric("dirty.interval_ns", "-", interval);
	while (!clean && clock_ns() - begin < give_up) {
		nanosleep(&poll, NULL);
		now = dirty_now();
		if (!first && now.written > before.written)
			first = clock_ns() - begin;
		if (now.dirty + now.writeback <= before.dirty)
			clean = clock_ns() - begin;
	}
	if (!first)
		agent_fail("nothing was written back in %" PRIu64 " s", give_up / 1000000000u);
	emit_metric("dirty.first_write_ns", "-", first);
	if (clean)
		emit_metric("dirty.clean_ns", "-", clean);
}

const struct workload workload_dirty_idle = { .name = "dirty-idle", .prepare = prepare, .run = run };

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kswapd's watermarks, seen from free memory. A stream is read into the page
 * cache in small steps. Paced: as soon as kswapd has scanned anything the reader
 * sleeps until it is done; free memory before and after say at which level it
 * woke (low) and went back to sleep (high). Burst: the reader does not wait, and
 * where it outruns kswapd it has to reclaim itself (allocstall).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "guest/workload.h"
#include "guest/zones.h"

#define DEVICE "/dev/nullb0"
#define STEP (16u << 12)
#define SETTLE_NS 500000000l

static int device;
static uint64_t position;

static void prepare(const struct job *job)
{
	(void)job;
	device = open(DEVICE, O_RDONLY | O_CLOEXEC);
	if (device < 0)
		agent_fail_errno("cannot open " DEVICE);
}

static void read_step(void)
{
	static char block[STEP];

	if (pread64(device, block, STEP, (off64_t)position) != STEP)
		agent_fail_errno("cannot read " DEVICE);
	position += STEP;
}

struct state {
	uint64_t free, kswapd, direct, stalls;
};

static uint64_t all_stalls(void)
{
	const char *p = read_file("/proc/vmstat", NULL);
	uint64_t sum = 0;

	if (!p)
		agent_fail_errno("cannot read /proc/vmstat");
	while ((p = strstr(p, "\nallocstall_"))) {
		p += strcspn(p, " ");
		sum += strtoull(p, NULL, 10);
	}
	return sum;
}

static struct state state_now(void)
{
	int rc = write_file("/proc/sys/vm/stat_refresh", "1");

	if (rc)
		agent_fail("cannot refresh vmstat: %s", strerror(-rc));
	return (struct state){ vmstat("nr_free_pages"), vmstat("pgscan_kswapd"),
			       vmstat("pgscan_direct"), all_stalls() };
}

/* One wake-up of kswapd; returns the free pages it was woken at and left behind. */
static void paced_cycle(uint64_t *ret_woken_at, uint64_t *ret_left)
{
	const struct timespec settle = { 0, SETTLE_NS };
	struct state now = state_now(), last;

	do {
		last = now;
		read_step();
		now = state_now();
	} while (now.kswapd == last.kswapd && now.stalls == last.stalls);
	if (now.stalls != last.stalls)
		agent_fail("the paced reader reclaimed itself: %" PRIu64 " pages free before", last.free);
	*ret_woken_at = last.free;
	nanosleep(&settle, NULL);
	*ret_left = state_now().free;
}

static void paced(uint64_t cycles)
{
	uint64_t most_woken = 0, least_woken = UINT64_MAX, least_left = UINT64_MAX, most_left = 0;

	for (uint64_t i = 0; i < cycles; i++) {
		uint64_t woken_at, left;

		paced_cycle(&woken_at, &left);
		most_woken = woken_at > most_woken ? woken_at : most_woken;
		least_woken = woken_at < least_woken ? woken_at : least_woken;
		most_left = left > most_left ? left : most_left;
		least_left = left < least_left ? left : least_left;
	}
	emit_metric("kswapd.woken_at", "least", least_woken);
	emit_metric("kswapd.woken_at", "most", most_woken);
	emit_metric("kswapd.left", "least", least_left);
	emit_metric("kswapd.left", "most", most_left);
	emit_metric("kswapd.step_pages", "-", STEP >> 12);
}

static void burst(uint64_t bytes)
{
	const struct state before = state_now();
	struct state after;

	for (uint64_t at = 0; at < bytes; at += STEP)
		read_step();
	after = state_now();
	if (after.kswapd == before.kswapd && after.direct == before.direct)
		agent_fail("the burst met no pressure: it fits into free memory");
	emit_metric("burst.stalls", "-", after.stalls - before.stalls);
	emit_metric("burst.scan_direct", "-", after.direct - before.direct);
	emit_metric("burst.scan_kswapd", "-", after.kswapd - before.kswapd);
	emit_ratio("burst.direct_percent", "-", (after.direct - before.direct) * 100,
		   after.direct - before.direct + after.kswapd - before.kswapd);
}

static void run(const struct job *job)
{
	zones_report();
	paced(param_number(job, "cycles"));
	burst(param_number(job, "burst"));
}

const struct workload workload_watermarks = { .name = "watermarks", .prepare = prepare, .run = run };

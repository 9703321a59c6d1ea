// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Short sleeps, one after the other, of lengths that differ: how late does the task
 * run again? Nothing else happens, so under the instruction clock nearly all of the
 * time is skipped, and each skip has to end at the timer, not some instructions later
 * (harness/plugin/idle.c). The reader of this workload is as much the harness as the kernel.
 */
#include <inttypes.h>
#include <time.h>

#include "guest/clock.h"
#include "guest/workload.h"

static void run(const struct job *job)
{
	const uint64_t naps = param_number(job, "naps"), length = param_number(job, "nap_ns");
	uint64_t late = 0, most = 0;

	for (uint64_t i = 0; i < naps; i++) {
		/* A prime stride: the naps end at every phase of the tick. */
		const uint64_t ns = length + i * 104729 % length;
		const struct timespec nap = { (time_t)(ns / 1000000000u), (long)(ns % 1000000000u) };
		const uint64_t begin = clock_ns();
		uint64_t over;

		nanosleep(&nap, NULL);
		over = clock_ns() - begin - ns;
		late += over;
		if (over > most)
			most = over;
	}
	emit_metric("nap.late_ns", "-", late);
	emit_metric("nap.latest_ns", "-", most);
}

const struct workload workload_naps = { .name = "naps", .run = run };

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock: counting instructions from inside.
 *
 * Under QEMU's -icount the guest's TSC is the virtual clock in ns, and that is
 * instructions << shift plus what idle time was skipped (target/i386
 * helper_rdtsc -> cpus_get_elapsed_ticks, icount_get). So between two reads
 * with no sleep in between, the difference is exactly the instructions the
 * guest executed, kernel and interrupts included. Where a workload sleeps it
 * is virtual time and must be reported as that.
 */
#ifndef GUEST_CLOCK_H
#define GUEST_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ticks(void)
{
	return __builtin_ia32_rdtsc();
}

static inline uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

#endif

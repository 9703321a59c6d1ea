/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cadence: when a sample is due: every so many ns of guest time (a timer), or after
 * every so many page allocations of a CPU (perf counts kmem:mm_page_alloc; its overflow
 * is noticed at the next tick where the guest has no local APIC).
 *
 * Calls end the cell when they fail.
 */
#ifndef GUEST_CADENCE_H
#define GUEST_CADENCE_H

#include <poll.h>

#include "guest/agent.h"

#define CADENCE_MAX_FDS 64

/* Fill in what to poll() for; returns how many. */
nfds_t cadence_prepare(const struct job *job, struct pollfd *fds);
void cadence_start(void);
void cadence_stop(void);
/* After poll(): how many samples were due since the last call. */
uint64_t cadence_due(void);
/* From now on half as often. */
void cadence_slow_down(void);

#endif

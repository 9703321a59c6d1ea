/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dirty: what the workloads about dirty pages share. */
#ifndef GUEST_WORKLOAD_DIRTY_H
#define GUEST_WORKLOAD_DIRTY_H

#include <stdint.h>

#include "guest/agent.h"

/* Pages, from /proc/vmstat with the counters of all CPUs folded in. */
struct dirty_state {
	uint64_t dirty, writeback, written; /* written: since boot */
	uint64_t background, limit; /* the kernel's thresholds, now */
};

struct dirty_state dirty_now(void);

/* The device the job asks for (parameters latency_ns, depth, request), open for reading and
 * writing, of @bytes. */
int dirty_open(const struct job *job, uint64_t bytes);

#endif

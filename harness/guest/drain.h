/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drain: raw events out of the per-CPU ring buffers into the region.
 *
 * A thread of its own sleeps until a buffer is half full (the kernel's
 * buffer_percent), then moves whole pages; it runs before anything else, so
 * that a workload that does nothing but raise events cannot outrun it. What is
 * left is drained when the window is over. So a run with few events is not
 * disturbed at all, and one with many pays for the moving only.
 */
#ifndef GUEST_DRAIN_H
#define GUEST_DRAIN_H

#include <stdint.h>

/* Open the buffers of all CPUs and start the thread. */
void drain_start(void);
/* End the thread and drain the rest; tracing is off. */
void drain_stop(void);

/* region.c: the part of the region for raw events. @ret_used counts what is written. */
void *region_trace_area(uint64_t *ret_size, volatile uint64_t **ret_used);

#endif

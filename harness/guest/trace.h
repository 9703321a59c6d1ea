/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace: the kernel's events, as the job's trace lines ask (proto/trace.h).
 *
 * trace_prepare() sets everything up with recording off: nothing is allocated
 * when the workload's window opens, and an event that this kernel lacks fails
 * the cell with its name. trace_start() and trace_stop() are the last and first
 * thing around the window. trace_report() sends what was gathered. Without
 * trace lines none of them does anything.
 */
#ifndef GUEST_TRACE_H
#define GUEST_TRACE_H

#include "guest/agent.h"

#define TRACEFS "/sys/kernel/tracing"

void trace_prepare(const struct job *job);
void trace_start(void);
void trace_stop(void);
void trace_report(void);

#endif

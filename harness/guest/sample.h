/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sample: snapshots within the workload's window, on the cadence of the plan's sample:
 * (cadence.h), by a thread that allocates nothing. What it costs is measured and
 * reported: sample.insns, sample.share, sample.file_insns.
 *
 * Dear files (snapshot.h, process.h) are part of a sample when their budget allows
 * (budget.h). When half of the room for frames is used the cadence is halved, and so on.
 *
 * Without a cadence none of these does anything.
 */
#ifndef GUEST_SAMPLE_H
#define GUEST_SAMPLE_H

#include "guest/agent.h"

void sample_prepare(const struct job *job);
void sample_start(void);
void sample_stop(void);
void sample_report(const struct job *job);

#endif

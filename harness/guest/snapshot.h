/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snapshot: the kernel's own state, raw, at the window's two ends and on a cadence
 * of virtual time within (the plan's sample:). Files are opened once; what the
 * sampling costs is measured and reported: sample.insns, sample.share.
 */
#ifndef GUEST_SNAPSHOT_H
#define GUEST_SNAPSHOT_H

#include "guest/agent.h"

void snapshot_open(void);
/* @moment: "begin", "end". */
void snapshot(const char *moment);

/* Without a cadence none of these does anything. */
void sample_prepare(const struct job *job);
void sample_start(const struct job *job);
void sample_stop(void);
void sample_report(const struct job *job);

#endif

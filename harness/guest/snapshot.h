/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snapshot: the kernel's own state and that of the workload's processes, raw, at the
 * window's two ends and, on a cadence, within (sample.h). Files are opened once.
 */
#ifndef GUEST_SNAPSHOT_H
#define GUEST_SNAPSHOT_H

#include <stdbool.h>
#include <sys/types.h>

#include "guest/agent.h"

#define SNAPSHOT_TEXT_BYTES (128 << 10)

/* Cheap files are in every sample; dear ones as often as a budget allows (budget.h). */
enum snapshot_part { PART_CHEAP, PART_DEAR };

void snapshot_open(void);
/* @moment: "begin", "end". */
void snapshot(const char *moment);
/* The window opens: what is dear is due when its time has come from here. */
void snapshot_window(void);
/* One sample; @text has SNAPSHOT_TEXT_BYTES. True if all files were part of it. */
bool snapshot_sample(const char *moment, char *text);
/* sample.file_insns: what each file took, on average. */
void snapshot_report_cost(const struct job *job);

/* For process.c: read all of @fd (-1: it cannot be read), and one frame. */
ssize_t snapshot_read(int fd, char *text);
void snapshot_put(enum frame_type type, const char *moment, const char *path, const char *text,
		  size_t len);

#endif

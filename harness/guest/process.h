/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process: stat and smaps_rollup of the workload's processes: the agent's own where the
 * workload is part of it, else those of the tool and its children.
 */
#ifndef GUEST_PROCESS_H
#define GUEST_PROCESS_H

#include <sys/types.h>

#include "guest/agent.h"

/* @text: SNAPSHOT_TEXT_BYTES to read into, here and below. */
void process_open(char *text);
/* The tool that runs; 0: none any more. */
void process_tool(pid_t pid);
void process_window(uint64_t now);
/* stat and smaps_rollup. */
void process_snapshot(const char *moment, char *text);
/* stat; smaps_rollup, which walks all the pages, as often as a budget allows. */
void process_sample(const char *moment, char *text);

#endif

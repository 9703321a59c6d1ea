/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * schedule: runs many guests, a few at a time, in one event loop.
 *
 * Items are started in order as long as they fit: together they may use at
 * most @cpus vCPUs and @memory_bytes, except that a lone item always fits. An
 * item that wants its cores alone (wall clock) waits until nothing else runs,
 * and nothing starts beside it. The loop sleeps in poll(); it costs nothing
 * while guests work.
 *
 * SIGINT and SIGTERM stop the running guests (their items are not reported)
 * and end the loop with schedule_run() == 1; what was done stays done.
 */
#ifndef RUN_SCHEDULE_H
#define RUN_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/error.h"

struct schedule_item {
	unsigned int cpus;
	uint64_t memory_bytes;
	unsigned int timeout_s; /* wall; then SIGKILL */
	bool alone;
};

/* How a guest's process ended. */
struct schedule_exit {
	int exit_code; /* -1: killed by @signal */
	int signal;
	bool timed_out;
	double wall_s, cpu_s;
};

struct schedule_ops {
	/* Start item @i; a negative return with @err set ends the whole schedule. */
	int (*start)(void *ctx, size_t i, pid_t *ret_pid, int *ret_pidfd, struct error *err);
	/* Item @i has ended. An error ends the whole schedule. */
	int (*done)(void *ctx, size_t i, const struct schedule_exit *e, struct error *err);
	/* Item @i was started and is given up: remove what start() made. */
	void (*abandoned)(void *ctx, size_t i);
	/* About twice a second while something runs, and after each change. */
	void (*progress)(void *ctx, size_t nr_done, size_t nr_running);
};

struct schedule_limits {
	unsigned int cpus;
	uint64_t memory_bytes;
};

/* 0: all done, 1: interrupted, -1: @err. */
int schedule_run(const struct schedule_item *items, size_t nr, const struct schedule_limits *limits,
		 const struct schedule_ops *ops, void *ctx, struct error *err);

/* Whether item @next may start beside what runs. Pure, for tests. */
struct schedule_load {
	unsigned int cpus;
	uint64_t memory_bytes;
	size_t nr;
	bool alone; /* one of them wants to be alone */
};
bool schedule_fits(const struct schedule_load *load, const struct schedule_item *next,
		   const struct schedule_limits *limits);

#endif

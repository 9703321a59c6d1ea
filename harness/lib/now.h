/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * now: the host's monotonic clock, in seconds. For deadlines and durations of
 * the harness itself; nothing a guest sees depends on it.
 */
#ifndef LIB_NOW_H
#define LIB_NOW_H

#include <time.h>

static inline double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

#endif

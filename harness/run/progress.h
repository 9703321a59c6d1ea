/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * progress: one line that tells how far a plan is, with an ETA, on a terminal;
 * plain lines elsewhere. Writes to the stream it is given and nothing else.
 */
#ifndef RUN_PROGRESS_H
#define RUN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct progress {
	FILE *to;
	bool tty;
	bool drawn; /* a status line is on the terminal */
	size_t nr;
	double started;
	double work_done, work_all; /* expected seconds, for the ETA */
};

void progress_init(struct progress *p, FILE *to, size_t nr, double work_all);
/* A line of its own: a result, a message. */
void progress_line(struct progress *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Redraw the status line; nothing on a plain stream. */
void progress_draw(struct progress *p, size_t nr_done, size_t nr_running);
/* Add @work expected seconds to what is done. */
void progress_advance(struct progress *p, double work);
void progress_end(struct progress *p);

/*
 * Seconds left: elapsed time scaled by the share of work still to do; -1 while
 * nothing is done. Pure.
 */
double progress_eta(double elapsed, double work_done, double work_all);

#endif

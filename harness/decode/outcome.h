/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outcome: how a run ended, decided from its evidence. Pure.
 *
 * The guest is not believed further than its bytes: "ok" takes a whole region
 * with BYE ok, a clean console and a QEMU that ended by itself; everything else
 * is one of the other words, with a line that says why.
 */
#ifndef DECODE_OUTCOME_H
#define DECODE_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "run/schedule.h"

struct outcome {
	const char *status; /* ok failed panic oops oom timeout died garbage lost */
	char detail[512]; /* one line, may be empty */
};

struct outcome_evidence {
	const struct schedule_exit *exit;
	const void *frames;
	size_t frames_len;
	const void *trace; /* raw events */
	size_t trace_len;
	const char *region_problem; /* "" when the region was whole */
	const char *console;
	size_t console_len;
	const char *qemu_log; /* what QEMU itself said; "" or NULL: nothing */
};

void outcome_decide(const struct outcome_evidence *e, struct outcome *ret);

#endif

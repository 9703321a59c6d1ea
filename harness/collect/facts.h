/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * facts: what ran, on what, and how it ended, as the JSON object that stands
 * beside the raw bytes of a run (facts.json). Flat; the store reads it, and a
 * person can.
 */
#ifndef COLLECT_FACTS_H
#define COLLECT_FACTS_H

#include <jansson.h>

#include "run/schedule.h"
#include "run/session.h"

struct facts {
	const struct session *session;
	const struct task *task;
	const struct argv *argv; /* as QEMU was started */
	const char *cmdline;
	const char *status; /* "ok", ... */
	const char *detail;
	const char *digest;
	const char *started; /* ISO 8601, UTC */
	const struct schedule_exit *exit;
	double harness_cpu_s; /* of the harness so far, since the last run */
};

/* The text; the caller frees. NULL with @err set when it cannot be made. */
char *facts_json(const struct facts *f, struct error *err);

/* The cell's part of it, as keys of @o: enough to plan the cell again. */
void facts_set_cell(json_t *o, const struct cell *c);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job: what a cell asks of the agent, as the text of proto/job.h.
 */
#ifndef COLLECT_JOB_H
#define COLLECT_JOB_H

#include "lib/strbuf.h"
#include "plan/cell.h"

/* Append the job of @cell; @shift is that of the instruction clock. */
void job_text(const struct cell *cell, unsigned int shift, struct strbuf *out);

#endif

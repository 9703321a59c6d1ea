// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/job.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "proto/job.h"

void job_text(const struct cell *cell, unsigned int shift, struct strbuf *out)
{
	struct job job = {
		.insn = cell->clock == CLOCK_INSN,
		.shift = shift,
		.seed = cell->seed,
		.swap = swap_name(cell->swap),
		.swap_bytes = cell->swap_bytes,
		.workload = cell->workload->name,
		.require_text = strcmp(cell->require, "none") ? cell->require : NULL,
		.sample_ns = cell->sample_ns,
		.sample_allocs = cell->sample_allocs,
		.trace_text = cell->trace,
	};
	char *text, *file_name = NULL;
	size_t len;

	for (size_t i = 0; i < cell->nr_tunables && i < JOB_MAX_PAIRS; i++)
		job.tunables[job.nr_tunables++] =
			(struct job_pair){ cell->tunables[i].key, cell->tunables[i].value };
	for (size_t i = 0; i < JOB_MAX_PAIRS && cell->workload->params[i].name; i++)
		job.params[job.nr_params++] =
			(struct job_pair){ cell->workload->params[i].name, cell->params[i] };
	if (cell->file) {
		file_name = xasprintf("%s.job", cell->workload->name);
		job.file_name = file_name;
		job.file = cell->file;
		job.file_bytes = strlen(cell->file);
	}
	len = job_encode(&job, NULL, 0);
	text = xmalloc(len + 1);
	job_encode(&job, text, len + 1);
	strbuf_add(out, text, len);
	free(text);
	free(file_name);
}

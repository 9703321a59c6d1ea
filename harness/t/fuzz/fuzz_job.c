// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text as a job, as the agent would read it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/job.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct job job;
	unsigned int line;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (job_parse(text, size, &job, &line) == 0)
		job_param(&job, "pages");
	free(text);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The real fio, one job file, its JSON handed to the host as it is. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/workload.h"

#define JOB "/tmp/job.fio"
#define JSON "/tmp/fio.json"
#define LOG "/tmp/fio.log"

static void prepare(const struct job *job)
{
	int fd = open(JOB, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (!job->file)
		agent_fail("the job brings no fio file");
	if (fd < 0 || write(fd, job->file, job->file_bytes) != (ssize_t)job->file_bytes)
		agent_fail_errno("cannot write " JOB);
	close(fd);
}

static void run(const struct job *job)
{
	char seed[48];
	const char *const argv[] = { "/usr/bin/fio", "--output-format=json", "--output",
				     JSON,	    seed,		    JOB,
				     NULL };
	uint64_t begin;
	int status;

	snprintf(seed, sizeof(seed), "--randseed=%" PRIu64, job->seed);
	begin = clock_ns();
	status = tool_run(argv, LOG);
	emit_metric("vtime_ns", "-", clock_ns() - begin);
	tool_output("fio.json", JSON);
	tool_output("fio.log", LOG);
	tool_check("fio", status, LOG);
}

const struct workload workload_fio = { .name = "fio", .prepare = prepare, .run = run };

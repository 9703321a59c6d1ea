// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hot set in the page cache beside a stream: does reclaim keep what is used
 * again and again? The hot set is read hot_passes times, then a stream larger
 * than what is left of memory stream_passes times. A stream page that comes
 * back was evicted longer ago than the active list is long, so it should not
 * be activated (mm/workingset.c); if it is, the hot set is pushed out.
 *
 * The device is null_blk without memory: reads complete inline with no data.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/workload.h"

#define DEVICE "/dev/nullb0"

static int device = -1;
static char *block;

static void prepare(const struct job *job)
{
	device = open(DEVICE, O_RDONLY | O_CLOEXEC);
	if (device < 0)
		agent_fail_errno("cannot open " DEVICE);
	block = malloc((size_t)param_number(job, "block"));
	if (!block)
		agent_fail("no memory for a block");
}

/* Read [@from, @from + @bytes) once, through the page cache. */
static void read_range(uint64_t from, uint64_t bytes, size_t size)
{
	for (uint64_t at = 0; at < bytes; at += size) {
		size_t want = bytes - at < size ? (size_t)(bytes - at) : size;
		ssize_t n = pread64(device, block, want, (off64_t)(from + at));

		if (n < 0)
			agent_fail_errno("cannot read " DEVICE);
		if ((size_t)n != want)
			agent_fail(DEVICE " is smaller than hot set and stream");
	}
}

struct counts {
	uint64_t refault, activate;
};

static struct counts counts_now(void)
{
	return (struct counts){ vmstat("workingset_refault_file"),
				vmstat("workingset_activate_file") };
}

static void report(const char *label, const struct counts *since)
{
	struct counts now = counts_now();

	emit_metric("refaults", label, now.refault - since->refault);
	emit_metric("activations", label, now.activate - since->activate);
	emit_metric("active_file", label, vmstat("nr_active_file") * 4);
	emit_metric("inactive_file", label, vmstat("nr_inactive_file") * 4);
}

static void run(const struct job *job)
{
	const uint64_t hot = param_number(job, "hot"), stream = param_number(job, "stream");
	const unsigned int hot_passes = (unsigned int)param_number(job, "hot_passes");
	const unsigned int stream_passes = (unsigned int)param_number(job, "stream_passes");
	const size_t size = (size_t)param_number(job, "block");
	struct counts since = counts_now();
	uint64_t read_in;
	char label[32];

	for (unsigned int i = 1; i <= hot_passes; i++) {
		read_range(0, hot, size);
		snprintf(label, sizeof(label), "hot%u", i);
		report(label, &since);
	}
	since = counts_now();
	for (unsigned int i = 1; i <= stream_passes; i++) {
		read_range(hot, stream, size);
		snprintf(label, sizeof(label), "stream%u", i);
		report(label, &since);
	}
	/* What of the hot set has to be read from the device again (pgpgin is in KiB). */
	read_in = vmstat("pgpgin");
	read_range(0, hot, size);
	emit_metric("hot_lost", "-", vmstat("pgpgin") - read_in);
}

const struct workload workload_hot_set = { .name = "hot-set", .prepare = prepare, .run = run };

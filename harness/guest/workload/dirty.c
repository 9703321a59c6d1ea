// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/workload/dirty.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "guest/disk.h"
#include "guest/workload.h"

struct dirty_state dirty_now(void)
{
	int rc = write_file("/proc/sys/vm/stat_refresh", "1");

	if (rc)
		agent_fail("cannot refresh vmstat: %s", strerror(-rc));
	return (struct dirty_state){
		.dirty = vmstat("nr_dirty"),
		.writeback = vmstat("nr_writeback"),
		.written = vmstat("nr_written"),
		.background = vmstat("nr_dirty_background_threshold"),
		.limit = vmstat("nr_dirty_threshold"),
	};
}

int dirty_open(const struct job *job, uint64_t bytes)
{
	const struct disk disk = {
		.name = "dirty",
		.bytes = bytes,
		.latency_ns = param_number(job, "latency_ns"),
		.depth = (unsigned int)param_number(job, "depth"),
		.request_bytes = (unsigned int)param_number(job, "request"),
	};
	char path[DISK_PATH];
	int fd;

	disk_make(&disk, path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		agent_fail_errno("cannot open %s", path);
	return fd;
}

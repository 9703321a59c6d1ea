// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/disk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "guest/agent.h"

#define CONFIGFS "/sys/kernel/config"
#define NULL_IRQ_NONE 0
#define NULL_IRQ_TIMER 2

static void set(const char *disk, const char *key, uint64_t value)
{
	char path[128], text[24];
	int rc;

	snprintf(path, sizeof(path), CONFIGFS "/nullb/%s/%s", disk, key);
	snprintf(text, sizeof(text), "%" PRIu64, value);
	rc = write_file(path, text);
	if (rc)
		agent_fail("null_blk refuses %s=%s: %s", key, text, strerror(-rc));
}

void disk_make(const struct disk *d, char path[DISK_PATH])
{
	if (mount("configfs", CONFIGFS, "configfs", 0, NULL) && errno != EBUSY)
		agent_fail_errno("cannot mount " CONFIGFS);
	snprintf(path, DISK_PATH, CONFIGFS "/nullb/%.16s", d->name);
	if (mkdir(path, 0755))
		agent_fail_errno("cannot make a null_blk device");
	set(d->name, "size", (d->bytes + (1 << 20) - 1) >> 20);
	set(d->name, "irqmode", d->latency_ns ? NULL_IRQ_TIMER : NULL_IRQ_NONE);
	/* 32-bit kernels take an unsigned long here: up to 4 s. */
	if (d->latency_ns)
		set(d->name, "completion_nsec", d->latency_ns);
	if (d->depth)
		set(d->name, "hw_queue_depth", d->depth);
	if (d->request_bytes)
		set(d->name, "max_sectors", d->request_bytes >> 9);
	set(d->name, "memory_backed", d->holds_data);
	set(d->name, "power", 1);
	snprintf(path, DISK_PATH, "/dev/%.16s", d->name);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Limits that are products of two page counts: the dirty threshold of a device, its
 * max_bytes, the dirty limit of a node, the memory a cgroup is protected in. Kernels
 * of 32 bits compute them modulo 2^32 (patches 0002 to 0005 of the series mend it);
 * what this reports is the same on both architectures where they are right.
 *
 * The device is null_blk without memory: writing goes as fast as the kernel does.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/workload.h"

#define DEVICE "/dev/nullb0"
#define BLOCK (64u << 10)
#define MIB (1ull << 20)
#define CGROUP "/sys/fs/cgroup"
#define TRACING "/sys/kernel/tracing"

static int device;
static char *block;

static void must_write(const char *path, const char *text)
{
	int rc = write_file(path, text);

	if (rc)
		agent_fail("cannot write '%s' to %s: %s", text, path, strerror(-rc));
}

static void prepare(const struct job *job)
{
	(void)job;
	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0)
		agent_fail_errno("cannot open " DEVICE);
	block = calloc(1, BLOCK);
	if (!block)
		agent_fail("no memory for a block");
}

static void write_bytes(uint64_t bytes)
{
	for (uint64_t at = 0; at < bytes; at += BLOCK)
		if (pwrite64(device, block, BLOCK, (off64_t)at) != BLOCK)
			agent_fail_errno("cannot write " DEVICE);
}

/* The number after @key in the text at @path. */
static uint64_t number_after(const char *path, const char *key)
{
	const char *text = read_file(path, NULL), *p;

	if (!text)
		agent_fail_errno("cannot read %s", path);
	p = strstr(text, key);
	if (!p)
		agent_fail("%s has no '%s'", path, key);
	return strtoull(p + strlen(key), NULL, 10);
}

/* A device that has done all the writing may have the whole dirty threshold. */
static void run_bdi(void)
{
	char id[32], path[96], text[32];
	struct stat st;
	int rc;

	write_bytes(64 * MIB);
	if (fsync(device) || fstat(device, &st))
		agent_fail_errno("cannot sync " DEVICE);
	snprintf(id, sizeof(id), "%u:%u", major(st.st_rdev), minor(st.st_rdev));

	snprintf(path, sizeof(path), "/sys/kernel/debug/bdi/%s/stats", id);
	emit_metric("limits.dirty_kib", "global", number_after(path, "\nDirtyThresh:"));
	emit_metric("limits.dirty_kib", "device", number_after(path, "BdiDirtyThresh:"));

	snprintf(path, sizeof(path), "/sys/class/bdi/%s/max_bytes", id);
	emit_metric("limits.max_bytes", "default", number_after(path, ""));
	snprintf(text, sizeof(text), "%llu", (16ull << 40) + 4096);
	rc = write_file(path, text);
	if (rc && rc != -EINVAL)
		agent_fail("cannot write %s: %s", path, strerror(-rc));
	emit_metric("limits.takes_16t", "-", rc == 0);
	snprintf(path, sizeof(path), "/sys/class/bdi/%s/max_ratio", id);
	must_write(path, "100");
	snprintf(path, sizeof(path), "/sys/class/bdi/%s/max_bytes", id);
	must_write(path, "16777216");
	emit_metric("limits.max_bytes", "16777216", number_after(path, ""));
}

/* With a quarter of the dirty limit written and most memory free, nobody has to wake
 * kswapd. */
static void run_node(void)
{
	if (number_after("/proc/sys/vm/dirty_bytes", "") == 0)
		agent_fail("the limit of a node is only computed if vm.dirty_bytes is set");
	must_write(TRACING "/kprobe_events", "p:limits/wakeup wakeup_kswapd");
	must_write(TRACING "/events/limits/wakeup/enable", "1");
	write_bytes(64 * MIB);
	must_write(TRACING "/events/limits/wakeup/enable", "0");
	emit_metric("limits.kswapd_wakeups", "-", number_after(TRACING "/kprobe_profile", "wakeup"));
	must_write(TRACING "/kprobe_events", "-:limits/wakeup");
}

static void read_in_group(const char *group, uint64_t from, uint64_t bytes)
{
	char path[64];
	int status = 0;
	pid_t pid = fork();

	if (pid < 0)
		agent_fail_errno("cannot start a child");
	if (pid == 0) {
		snprintf(path, sizeof(path), CGROUP "/%s/cgroup.procs", group);
		if (write_file(path, "0"))
			_exit(1);
		for (uint64_t at = from; at < from + bytes; at += BLOCK)
			if (pread64(device, block, BLOCK, (off64_t)at) != BLOCK)
				_exit(1);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		agent_fail("the child in group '%s' failed", group);
}

/* One group has a protection, another reads more than memory holds. */
static void run_memcg(void)
{
	if (mount("cgroup2", CGROUP, "cgroup2", 0, NULL) && errno != EBUSY)
		agent_fail_errno("cannot mount " CGROUP);
	must_write(CGROUP "/cgroup.subtree_control", "+memory");
	if (mkdir(CGROUP "/low", 0755) || mkdir(CGROUP "/other", 0755))
		agent_fail_errno("cannot make groups");
	must_write(CGROUP "/low/memory.low", "314572800");
	read_in_group("low", 0, 450 * MIB);
	emit_metric("limits.protected", "before", number_after(CGROUP "/low/memory.current", ""));
	read_in_group("other", 1024 * MIB, 1000 * MIB);
	emit_metric("limits.protected", "after", number_after(CGROUP "/low/memory.current", ""));
}

static void run(const struct job *job)
{
	const char *what = param_text(job, "what");

	if (strcmp(what, "bdi") == 0)
		run_bdi();
	else if (strcmp(what, "node") == 0)
		run_node();
	else
		run_memcg();
}

const struct workload workload_limits = { .name = "limits", .prepare = prepare, .run = run };

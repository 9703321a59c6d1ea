// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a page costs by read() and write(): not in the cache, in the cache,
 * written for the first time and again, and sent to the device. The device is
 * null_blk without memory, which completes inline: the instructions are the
 * kernel's alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/workload.h"

#define DEVICE "/dev/nullb0"

static int device;
static char *block;

static void prepare(const struct job *job)
{
	const size_t size = (size_t)param_number(job, "block");

	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0)
		agent_fail_errno("cannot open " DEVICE);
	block = malloc(size);
	if (!block)
		agent_fail("no memory for a block");
	memset(block, 0x5a, size);
	if (meminfo_kib("MemAvailable") << 10 < param_number(job, "size") * 2)
		agent_fail("%" PRIu64 " bytes may not stay in the cache of this guest",
			   param_number(job, "size"));
}

static void read_all(uint64_t bytes, size_t size)
{
	for (uint64_t at = 0; at < bytes; at += size)
		if (pread64(device, block, size, (off64_t)at) != (ssize_t)size)
			agent_fail_errno("cannot read " DEVICE);
}

static void write_all(uint64_t bytes, size_t size)
{
	for (uint64_t at = 0; at < bytes; at += size)
		if (pwrite64(device, block, size, (off64_t)at) != (ssize_t)size)
			agent_fail_errno("cannot write " DEVICE);
}

static void sync_all(uint64_t bytes, size_t size)
{
	(void)bytes;
	(void)size;
	if (fsync(device))
		agent_fail_errno("cannot sync " DEVICE);
}

/* @in, @out: what the device must see of the pass; that is what makes it cold or warm. */
static const struct pass {
	const char *label;
	void (*run)(uint64_t bytes, size_t size);
	int in, out;
} passes[] = {
	{ "cold", read_all, 1, 0 },   { "warm", read_all, 0, 0 }, { "write", write_all, 0, 0 },
	{ "again", write_all, 0, 0 }, { "sync", sync_all, 0, 1 },
};

static void check(const struct pass *p, const char *what, uint64_t kib, uint64_t bytes, int all)
{
	if (all ? kib << 10 < bytes : kib != 0)
		agent_fail("pass '%s': the device %s %" PRIu64 " KiB, not %s", p->label, what, kib,
			   all ? "all" : "nothing");
}

static void run(const struct job *job)
{
	const uint64_t bytes = param_number(job, "size");
	const size_t size = (size_t)param_number(job, "block");

	for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++) {
		const struct pass *p = &passes[i];
		const uint64_t in = vmstat("pgpgin"), out = vmstat("pgpgout");
		uint64_t ticks = clock_ticks();

		p->run(bytes, size);
		ticks = clock_ticks() - ticks;
		check(p, "read", vmstat("pgpgin") - in, bytes, p->in);
		check(p, "wrote", vmstat("pgpgout") - out, bytes, p->out);
		emit_ratio("cache.ticks_per_page", p->label, ticks, bytes >> 12);
	}
	emit_metric("cache.pages", "-", bytes >> 12);
}

const struct workload workload_page_cache = { .name = "page-cache", .prepare = prepare, .run = run };

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A writer that dirties pages faster than the device takes them, beside a
 * reader of cold blocks of the same device. Reports at how many dirty pages
 * background writeback began and the writer was first put to sleep
 * (mm/page-writeback.c balance_dirty_pages: above the background threshold, and
 * above the middle between the two thresholds), how long its pauses are, that it
 * goes no faster than the device in the end, and what a read costs alone and
 * beside the writer.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/random.h"
#include "guest/workload.h"
#include "guest/workload/dirty.h"
#include "guest/zones.h"

#define PAGE 4096u
#define BLOCK (64u << 10)
#define READ_AREA (512ull << 20) /* behind what is written; read once, at random */
#define MAX_READS 4096u

struct reader {
	uint64_t from, every_ns, seed;
	unsigned int nr, most;
	bool stop;
	uint64_t ns[MAX_READS];
};

static int device;
static struct reader reader;

static void prepare(const struct job *job)
{
	device = dirty_open(job, param_number(job, "write") + READ_AREA);
	/* Each read is one block: nothing is read ahead. */
	if (posix_fadvise64(device, 0, 0, POSIX_FADV_RANDOM))
		agent_fail("cannot advise on random reads");
	reader.from = param_number(job, "write");
	reader.every_ns = param_number(job, "read_every_ns");
	reader.seed = random_start(job->seed);
}

static void *read_loop(void *arg)
{
	static char block[PAGE];
	struct reader *r = arg;

	while (!__atomic_load_n(&r->stop, __ATOMIC_ACQUIRE) && r->nr < r->most) {
		const struct timespec wait = { (time_t)(r->every_ns / 1000000000u),
					       (long)(r->every_ns % 1000000000u) };
		uint64_t at = r->from + PAGE * (uint64_t)random_below(&r->seed, READ_AREA / PAGE);
		uint64_t begin;

		nanosleep(&wait, NULL);
		begin = clock_ns();
		if (pread64(device, block, PAGE, (off64_t)at) != PAGE)
			agent_fail_errno("cannot read from the device");
		r->ns[r->nr++] = clock_ns() - begin;
	}
	return NULL;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Nearest rank (Hyndman and Fan's type 1) of the sorted values. */
static uint64_t quantile(const uint64_t *v, unsigned int nr, unsigned int percent)
{
	return v[(nr * percent + 99) / 100 - 1];
}

static void report_reads(const char *when)
{
	char label[32];

	if (!reader.nr)
		agent_fail("the reader read nothing %s", when);
	qsort(reader.ns, reader.nr, sizeof(reader.ns[0]), by_value);
	snprintf(label, sizeof(label), "%s", when);
	emit_metric("read.count", label, reader.nr);
	emit_metric("read.p50_ns", label, quantile(reader.ns, reader.nr, 50));
	emit_metric("read.p99_ns", label, quantile(reader.ns, reader.nr, 99));
	emit_metric("read.max_ns", label, reader.ns[reader.nr - 1]);
}

static void read_alone(unsigned int reads)
{
	reader.most = reads;
	read_loop(&reader);
	report_reads("alone");
	reader.nr = 0;
	reader.most = MAX_READS;
}

/* Of the writer: what it has met so far. */
struct writer {
	uint64_t pauses, pause_ns, longest_ns, background_at, pause_at, most, written;
};

static long sleeps(void)
{
	struct rusage ru;

	getrusage(RUSAGE_THREAD, &ru);
	return ru.ru_nvcsw;
}

static void write_block(struct writer *w, uint64_t at)
{
	static char block[BLOCK];
	const long slept = sleeps();
	uint64_t ns = clock_ns();

	if (pwrite64(device, block, BLOCK, (off64_t)at) != BLOCK)
		agent_fail_errno("cannot write to the device");
	ns = clock_ns() - ns;
	if (sleeps() == slept)
		return;
	w->pauses++;
	w->pause_ns += ns;
	if (ns > w->longest_ns)
		w->longest_ns = ns;
}

/* dirty_freerun_ceiling(): how far between the thresholds a writer is left alone. */
static uint64_t freerun(const struct dirty_state *now)
{
	const char *percent = read_file("/proc/sys/vm/dirty_freerun_percent", NULL);
	const uint64_t p = percent ? strtoull(percent, NULL, 10) : 50; /* mainline: the middle */

	return (now->limit * p + now->background * (100 - p)) / 100;
}

static void look(struct writer *w, const struct dirty_state *before)
{
	const struct dirty_state now = dirty_now();
	const uint64_t all = now.dirty + now.writeback;

	w->written = now.written - before->written;
	if (!w->background_at && (now.writeback || w->written)) {
		w->background_at = all + w->written;
		emit_metric("dirty.background_threshold", "-", now.background);
	}
	if (!w->pause_at && w->pauses) {
		w->pause_at = all;
		emit_metric("dirty.threshold", "-", now.limit);
		emit_metric("dirty.freerun", "-", freerun(&now));
	}
	if (all > w->most)
		w->most = all;
}

static void report_writer(const struct job *job, const struct writer *w, uint64_t bytes,
			  uint64_t ns)
{
	const uint64_t latency = param_number(job, "latency_ns");

	emit_metric("dirty.background_at", "-", w->background_at);
	emit_metric("dirty.first_pause_at", "-", w->pause_at);
	emit_metric("dirty.most", "-", w->most);
	emit_metric("dirty.pauses", "-", w->pauses);
	emit_ratio("dirty.pause_mean_ns", "-", w->pause_ns, w->pauses);
	emit_metric("dirty.pause_max_ns", "-", w->longest_ns);
	emit_ratio("dirty.pause_share", "-", w->pause_ns * 100, ns);
	emit_ratio("write.mb_per_s", "-", bytes * 1000, ns);
	emit_ratio("written.mb_per_s", "-", w->written * PAGE * 1000, ns);
	/* 10^-9 s and 10^6 bytes make 10^3. */
	emit_ratio("device.mb_per_s", "-",
		   param_number(job, "depth") * param_number(job, "request") * 1000, latency);
}

static void run(const struct job *job)
{
	const uint64_t bytes = param_number(job, "write");
	struct dirty_state before;
	struct writer w = {};
	pthread_t thread;
	uint64_t ns;

	zones_report();
	read_alone((unsigned int)param_number(job, "reads_alone"));
	before = dirty_now();
	if (pthread_create(&thread, NULL, read_loop, &reader))
		agent_fail("cannot start the reader");
	ns = clock_ns();
	for (uint64_t at = 0; at < bytes; at += BLOCK) {
		write_block(&w, at);
		look(&w, &before);
	}
	ns = clock_ns() - ns;
	__atomic_store_n(&reader.stop, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	if (!w.background_at)
		agent_fail("nothing was written back: the writer stayed under the background threshold");
	if (!w.pauses)
		agent_fail("the writer was never put to sleep: it stayed under the dirty threshold");
	report_writer(job, &w, bytes, ns);
	report_reads("beside");
}

const struct workload workload_dirty_writer = { .name = "dirty-writer", .prepare = prepare, .run = run };

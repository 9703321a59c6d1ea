// SPDX-License-Identifier: GPL-2.0-or-later
#include "proto/workload.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/parse.h"

#define KIB (1ull << 10)
#define MIB (1ull << 20)
#define GIB (1ull << 30)

static const struct param_desc no_params[] = { {} };

static const struct param_desc fault_params[] = {
	{ "pages", PARAM_COUNT, 1, 1 << 20, NULL, "16384", "pages to touch, each once" },
	{ "order", PARAM_CHOICE, 0, 0, "seq|random", "seq", "order of the touches" },
	{ "thp", PARAM_CHOICE, 0, 0, "never|always", "never", "madvise for huge pages" },
	{},
};

static const struct param_desc faults_params[] = {
	{ "most", PARAM_COUNT, 1, 10000, NULL, "1000", "allocations of an operation that fail, at most" },
	{},
};

static const struct param_desc naps_params[] = {
	{ "naps", PARAM_COUNT, 1, 10000000, NULL, "10000", "how many" },
	{ "nap_ns", PARAM_COUNT, 1, 1000000000, NULL, "100000", "the shortest; the longest is twice that" },
	{},
};

static const struct param_desc hot_set_params[] = {
	{ "hot", PARAM_SIZE, MIB, 64 * GIB, NULL, "150M", "size of the hot set" },
	{ "hot_passes", PARAM_COUNT, 1, 100, NULL, "3", "times it is read first" },
	{ "stream", PARAM_SIZE, MIB, 64 * GIB, NULL, "450M", "size of the stream beside it" },
	{ "stream_passes", PARAM_COUNT, 1, 100, NULL, "4", "times that is read" },
	{ "block", PARAM_SIZE, 4 * KIB, 16 * MIB, NULL, "64K", "bytes per read()" },
	{},
};

static const struct param_desc fio_params[] = {
	{ "job", PARAM_WORD, 0, 0, NULL, NULL, "a job of configs/fio/" },
	{},
};

static const struct param_desc stress_ng_params[] = {
	{ "stressor", PARAM_WORD, 0, 0, NULL, NULL, "a stressor by name: vm, mmap, ..." },
	{ "workers", PARAM_COUNT, 1, 16, NULL, "1", "instances" },
	{ "ops", PARAM_COUNT, 1, 1000000000, NULL, NULL, "bogo operations, then stop" },
	{ "bytes", PARAM_SIZE, 0, 64 * GIB, NULL, "0", "memory per instance where it has such an option; 0: its default" },
	{},
};

static const struct param_desc mm_bench_params[] = {
	{ "test", PARAM_WORD, 0, 0, NULL, "all", "a test of mm_bench, or all that the kernel can do" },
	{ "order", PARAM_COUNT, 0, 10, NULL, "0", "order of the blocks" },
	{ "batch", PARAM_COUNT, 0, 65536, NULL, "0", "operations per batch; 0: the test's default" },
	{ "iters", PARAM_COUNT, 1, 65536, NULL, "200", "batches; the median counts" },
	{ "pages", PARAM_COUNT, 0, 4096, NULL, "0", "pages of kmap_cycle and vmap; 0: the test's default" },
	{ "depth", PARAM_COUNT, 1, 8, NULL, "4", "maps that kmap_local_nested holds" },
	{},
};

/* The device of the workloads about dirty pages (guest/disk.h). */
#define SLOW_DISK_PARAMS \
	{ "latency_ns", PARAM_COUNT, 1, 4000000000u, NULL, "2000000", "time of a request" }, \
	{ "depth", PARAM_COUNT, 1, 1024, NULL, "1", "requests the device takes at a time" }, \
	{ "request", PARAM_SIZE, 4 * KIB, MIB, NULL, "128K", "largest request" }

static const struct param_desc dirty_idle_params[] = {
	{ "write", PARAM_SIZE, 64 * KIB, GIB, NULL, "4M", "bytes to dirty, then nothing" },
	SLOW_DISK_PARAMS,
	{},
};

static const struct param_desc dirty_writer_params[] = {
	{ "write", PARAM_SIZE, 64 * KIB, GIB, NULL, "128M", "bytes to write" },
	{ "reads_alone", PARAM_COUNT, 1, 4096, NULL, "64", "reads before the writer starts" },
	{ "read_every_ns", PARAM_COUNT, 1, 1000000000, NULL, "10000000", "the reader's pauses" },
	SLOW_DISK_PARAMS,
	{},
};

static const struct param_desc swap_params[] = {
	{ "device", PARAM_SIZE, 0, 4 * GIB, NULL, "0", "its own swap device; 0: the cell's swap:" },
	{ "latency_ns", PARAM_COUNT, 0, 4000000000u, NULL, "0", "of a request to its own device" },
	{ "idle", PARAM_COUNT, 0, 1000, NULL, "50", "idle memory, % of what is available" },
	{ "from", PARAM_COUNT, 1, 1000, NULL, "60", "the working set at first, %" },
	{ "to", PARAM_COUNT, 1, 1000, NULL, "120", "and at last" },
	{ "step", PARAM_COUNT, 1, 1000, NULL, "20", "by which it grows" },
	{ "touches", PARAM_COUNT, 1, 10000000, NULL, "2048", "touches measured at each size" },
	{ "order", PARAM_CHOICE, 0, 0, "random|seq", "random", "order of the touches" },
	{},
};

static const struct param_desc reclaim_mix_params[] = {
	{ "anon", PARAM_COUNT, 1, 1000, NULL, "70", "anonymous memory, % of what is available" },
	{ "file", PARAM_COUNT, 1, 1000, NULL, "70", "page cache, %" },
	{ "rounds", PARAM_COUNT, 1, 10000000, NULL, "8192", "touches of each that are measured" },
	{},
};

static const struct param_desc watermarks_params[] = {
	{ "cycles", PARAM_COUNT, 1, 1000, NULL, "8", "wake-ups of kswapd" },
	{ "burst", PARAM_SIZE, MIB, GIB, NULL, "64M", "then read without a pause" },
	{},
};

/* How memory is fragmented (guest/pin.h). */
#define PIN_PARAMS(kinds, kind) \
	{ "pin", PARAM_CHOICE, 0, 0, kinds, kind, "what stays" }, \
	{ "keep", PARAM_COUNT, 2, 4096, NULL, "8", "one page in so many stays" }, \
	{ "spare", PARAM_SIZE, MIB, GIB, NULL, "4M", "free memory that is not fragmented" }

static const struct param_desc fragment_params[] = {
	PIN_PARAMS("unmovable|movable|mixed", "unmovable"),
	{ "order", PARAM_COUNT, 1, 10, NULL, "9", "order the indices are of" },
	{},
};

static const struct param_desc high_order_params[] = {
	PIN_PARAMS("none|movable|unmovable|mixed", "unmovable"),
	{ "last", PARAM_COUNT, 4, 8, NULL, "8", "the highest order" },
	{ "tries", PARAM_COUNT, 1, 1024, NULL, "1024", "blocks of each order, at most" },
	{},
};

static const struct param_desc reach_params[] = {
	{ "pages", PARAM_COUNT, 16, 1 << 20, NULL, "4096", "pages of each kind" },
	{},
};

static const struct param_desc promise_params[] = {
	{ "times", PARAM_COUNT, 1, 16, NULL, "3", "memory to promise, in times what there is" },
	{ "touch", PARAM_COUNT, 1, 1 << 20, NULL, "4096", "pages of it to touch" },
	{ "stream", PARAM_SIZE, 16 * MIB, 2 * GIB, NULL, "512M", "to read through the page cache" },
	{ "squeeze", PARAM_CHOICE, 0, 0, "yes|no", "yes", "then touch more than fits: swap" },
	{},
};

static const struct param_desc churn_params[] = {
	{ "rounds", PARAM_COUNT, 1, 1000000, NULL, "500", "operations of each kind" },
	{ "pages", PARAM_COUNT, 4, 65536, NULL, "64", "size of the mappings" },
	{ "touch", PARAM_CHOICE, 0, 0, "no|yes", "no", "touch every page first" },
	{},
};

static const struct param_desc fork_params[] = {
	{ "pages", PARAM_COUNT, 1, 1 << 20, NULL, "4096", "of the parent" },
	{},
};

static const struct param_desc page_cache_params[] = {
	{ "size", PARAM_SIZE, MIB, 64 * GIB, NULL, "8M", "bytes that are read and written" },
	{ "block", PARAM_SIZE, 4 * KIB, MIB, NULL, "64K", "bytes per system call" },
	{},
};

static const struct param_desc memcg_params[] = {
	{ "limit", PARAM_SIZE, 4 * MIB, 64 * GIB, NULL, "24M", "memory.max of the group" },
	{ "size", PARAM_SIZE, 4 * MIB, 64 * GIB, NULL, "32M", "anonymous memory it touches" },
	{ "touches", PARAM_COUNT, 1, 10000000, NULL, "8192", "random touches" },
	{},
};

static const struct param_desc paths_params[] = {
	{ "path", PARAM_WORD, 0, 0, NULL, "all", "one path, or all" },
	{},
};

static const struct param_desc segments_params[] = {
	{ "text", PARAM_COUNT, 1, 16384, NULL, "256", "pages of code" },
	{ "data", PARAM_COUNT, 1, 16384, NULL, "192", "pages of initialised data" },
	{ "bss", PARAM_COUNT, 1, 16384, NULL, "320", "pages of zeroed data" },
	{ "heap", PARAM_COUNT, 1, 16384, NULL, "448", "pages that brk() adds" },
	{ "stack", PARAM_COUNT, 34, 2000, NULL, "512", "pages the stack grows to; more than exec maps, less than its limit" },
	{},
};

static const struct param_desc pressure_params[] = {
	{ "anon", PARAM_SIZE, 0, GIB, NULL, "64M", "bytes of anonymous memory" },
	{ "file", PARAM_SIZE, 0, GIB, NULL, "0", "bytes of a device beside it, which holds data" },
	{ "swap_device", PARAM_SIZE, 0, GIB, NULL, "0", "its own swap device; 0: the cell's swap:" },
	{ "latency_ns", PARAM_COUNT, 0, 4000000000u, NULL, "0", "of a request to one of these" },
	{ "writes", PARAM_COUNT, 0, 100, NULL, "50", "accesses that write, %" },
	{ "ops", PARAM_COUNT, 1, 10000000, NULL, "8192", "accesses after each page was written" },
	{ "think_ms", PARAM_COUNT, 0, 100000, NULL, "0", "pause after each 256 accesses" },
	{ "flips", PARAM_CHOICE, 0, 0, "no|yes", "no", "vm.swap_zero_detect off and on meanwhile" },
	{},
};

static const struct param_desc kselftest_params[] = {
	{ "test", PARAM_WORD, 0, 0, NULL, "mm_tunables", "a selftest that the series adds" },
	{ "swap_device", PARAM_SIZE, 0, GIB, NULL, "0", "its own swap device; 0: the cell's swap:" },
	{},
};

static const struct param_desc raise_params[] = {
	{ "count", PARAM_COUNT, 1, 100000000, NULL, "100000", "events to raise" },
	{ "reader", PARAM_CHOICE, 0, 0, "agent|trace-cmd|none", "agent", "who takes them out of the ring buffer" },
	{},
};

static const struct param_desc perf_params[] = {
	{ "mode", PARAM_CHOICE, 0, 0, "stat|record", "stat", "its counts, or each page allocation" },
	{ "size", PARAM_SIZE, MIB, GIB, NULL, "16M", "memory that perf's bench fills" },
	{},
};

static const struct param_desc limits_params[] = {
	{ "what", PARAM_CHOICE, 0, 0, "bdi|node|memcg", "bdi", "of a device, a node, a cgroup" },
	{},
};

const struct workload_desc workload_table[] = {
	{ "null", "boot, snapshot, power off", WORKLOAD_ANY, NULL, NULL, no_params },
	{ "fault", "anonymous page faults, instructions per fault", WORKLOAD_ANY, NULL, NULL,
	  fault_params },
	{ "hot-set", "a hot set in the page cache beside a stream", WORKLOAD_ANY, NULL, NULL,
	  hot_set_params },
	{ "fio", "the fio job of that name", WORKLOAD_ANY, "fio", "job", fio_params },
	{ "stress-ng", "one stressor, fixed operations", WORKLOAD_ANY, "stress-ng", NULL,
	  stress_ng_params },
	{ "perf", "perf stat or perf record around perf's own bench", WORKLOAD_ANY, "perf", NULL, perf_params },
	{ "raise", "a tight loop that only raises events", WORKLOAD_ANY, "trace-cmd", NULL, raise_params },
	{ "mm_bench", "microbenchmarks in the kernel (variant +bench)", WORKLOAD_ANY, NULL, NULL,
	  mm_bench_params },
	{ "naps", "short sleeps: how late does the task run again", WORKLOAD_ANY, NULL, NULL, naps_params },
	{ "dirty-idle", "dirty pages left alone: when are they written", WORKLOAD_ANY, NULL, NULL,
	  dirty_idle_params },
	{ "dirty-writer", "a writer faster than the device, beside a reader", WORKLOAD_ANY, NULL, NULL,
	  dirty_writer_params },
	{ "swap", "idle memory beside a working set that grows", WORKLOAD_ANY, NULL, NULL, swap_params },
	{ "reclaim-mix", "page cache against anonymous memory", WORKLOAD_ANY, NULL, NULL,
	  reclaim_mix_params },
	{ "watermarks", "at what levels of free memory kswapd wakes and sleeps", WORKLOAD_ANY, NULL, NULL,
	  watermarks_params },
	{ "fragment", "memory is fragmented on purpose, and merges again", WORKLOAD_ANY, NULL, NULL,
	  fragment_params },
	{ "high-order", "blocks of each order out of fragmented memory", WORKLOAD_ANY, NULL, NULL,
	  high_order_params },
	{ "page-cache", "a page by read() and write(): cold, warm, dirty, synced", WORKLOAD_ANY, NULL, NULL,
	  page_cache_params },
	{ "memcg", "a memory cgroup at its limit, free memory outside", WORKLOAD_ANY, NULL, NULL,
	  memcg_params },
	{ "limits", "limits that overflow on 32 bits without the series", WORKLOAD_ANY, NULL, NULL,
	  limits_params },
	{ "tunables", "the series' sysctls refuse what is out of range", WORKLOAD_ANY, NULL, NULL,
	  no_params },
	{ "reach", "what reaching a page costs: highmem or not", WORKLOAD_ANY, NULL, NULL, reach_params },
	{ "promise", "from mmap to frame, page cache and swap", WORKLOAD_ANY, NULL, NULL,
	  promise_params },
	{ "churn", "mmap, munmap, mremap, brk and mprotect", WORKLOAD_ANY, NULL, NULL, churn_params },
	{ "fork", "fork and copy on write", WORKLOAD_ANY, NULL, NULL, fork_params },
	{ "paths", "each path of memory management, instructions per operation", WORKLOAD_ANY, NULL, NULL,
	  paths_params },
	{ "segments", "text, data, bss, heap and stack, one by one", WORKLOAD_ANY, NULL, NULL,
	  segments_params },
	{ "layout", "the virtual and the physical layout, for highwater map", WORKLOAD_ANY, NULL, NULL,
	  no_params },
	{ "pressure", "data under pressure of swap and writeback, every page verified", WORKLOAD_ANY,
	  NULL, NULL, pressure_params },
	{ "kselftest", "a selftest of the series, its TAP counted", WORKLOAD_ANY, "kselftest", NULL,
	  kselftest_params },
	{ "faults", "every allocation of some operations fails (variant +faults)", WORKLOAD_ANY, NULL,
	  NULL, faults_params },
	{ "kunit", "the KUnit suites (variant +kunit), their KTAP counted", WORKLOAD_ANY, NULL, NULL,
	  no_params },
	{},
};

const struct workload_desc *workload_find(const char *name)
{
	for (const struct workload_desc *w = workload_table; w->name; w++)
		if (strcmp(w->name, name) == 0)
			return w;
	return NULL;
}

const struct param_desc *workload_param(const struct workload_desc *w, const char *name)
{
	for (const struct param_desc *p = w->params; p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

static bool is_word(const char *s)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("-_.", s[i]))
			return false;
	return len > 0 && len <= 64 && s[0] != '.' && s[0] != '-';
}

static bool is_choice(const char *choices, const char *s)
{
	size_t len = strlen(s);

	for (const char *c = choices; len; c = strchr(c, '|') + 1) {
		if (strncmp(c, s, len) == 0 && (c[len] == '|' || c[len] == '\0'))
			return true;
		if (!strchr(c, '|'))
			break;
	}
	return false;
}

int param_normalize(const struct param_desc *p, const char *text, char *out, size_t size)
{
	uint64_t v;
	int rc = 0;

	switch (p->kind) {
	case PARAM_COUNT:
	case PARAM_SIZE:
		rc = p->kind == PARAM_SIZE ? parse_size(text, &v) : parse_u64(text, &v);
		if (!rc && (v < p->min || v > p->max))
			rc = -ERANGE;
		if (!rc && snprintf(out, size, "%" PRIu64, v) >= (int)size)
			rc = -E2BIG;
		return rc;
	case PARAM_CHOICE:
		rc = is_choice(p->choices, text) ? 0 : -EINVAL;
		break;
	case PARAM_WORD:
		rc = is_word(text) ? 0 : -EINVAL;
		break;
	}
	if (!rc && snprintf(out, size, "%s", text) >= (int)size)
		rc = -E2BIG;
	return rc;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Data under pressure: pages of anonymous memory and of a file, together more than
 * fits, are read and written at random while reclaim swaps and writes them back.
 * Every page that is looked at must hold what was written to it last, in every
 * word, and at the end all of them are looked at, the file after its page cache
 * was dropped. Of the contents that a page goes through every third is zero, as
 * swap treats such pages on their own (mm/page_io.c), and with flips: yes that
 * treatment is switched off and on all the time (vm.swap_zero_detect).
 *
 * A mark of zeroes can only become stale where a page keeps its slot while it is in
 * memory: not on a RAM disk, whose slots are freed at once, and not where more than half
 * of swap is used. That is what swap_device: is for.
 *
 * As in workload/swap.c, accesses come in bursts with a pause between, if think_ms is
 * not 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/disk.h"
#include "guest/random.h"
#include "guest/swap.h"
#include "guest/workload.h"

#define PAGE 4096u
#define WORDS (PAGE / sizeof(uint32_t))
#define BURST 256u
#define FLIP_EVERY 64u
#define ZERO_DETECT "/proc/sys/vm/swap_zero_detect"

/* Pages of one kind; @rounds[i] is how often page i was written, 0: not yet. */
struct pages {
	const char *name;
	uint32_t nr, key;
	uint16_t *rounds;
};

static struct pages anon = { .name = "anonymous" }, file = { .name = "file" };
static uint32_t *memory;
static int device = -1;
static uint32_t buffer[WORDS];
static uint64_t verified;

static bool is_zero(const struct pages *p, uint32_t i)
{
	return (i + p->rounds[i]) % 3 == 0 || !p->rounds[i];
}

static void fill(const struct pages *p, uint32_t i, uint32_t *at)
{
	const uint32_t first = (i + 1) * 2654435761u + p->rounds[i] * 40503u + p->key;

	if (is_zero(p, i)) {
		memset(at, 0, PAGE);
		return;
	}
	for (uint32_t w = 0; w < WORDS; w++)
		at[w] = first + w;
}

static void check(const struct pages *p, uint32_t i, const uint32_t *at)
{
	const uint32_t first = (i + 1) * 2654435761u + p->rounds[i] * 40503u + p->key;
	const bool zero = is_zero(p, i);

	for (uint32_t w = 0; w < WORDS; w++)
		if (at[w] != (zero ? 0 : first + w))
			agent_fail("page %u of the %s memory has lost what was written the %u. time",
				   i, p->name, p->rounds[i]);
	verified++;
}

static void access_anon(uint32_t i, bool writes)
{
	uint32_t *at = memory + (size_t)i * WORDS;

	check(&anon, i, at);
	if (!writes)
		return;
	anon.rounds[i]++;
	fill(&anon, i, at);
}

static void access_file(uint32_t i, bool writes)
{
	const off64_t at = (off64_t)i * PAGE;

	if (pread64(device, buffer, PAGE, at) != (ssize_t)PAGE)
		agent_fail_errno("cannot read the device");
	check(&file, i, buffer);
	if (!writes)
		return;
	file.rounds[i]++;
	fill(&file, i, buffer);
	if (pwrite64(device, buffer, PAGE, at) != (ssize_t)PAGE)
		agent_fail_errno("cannot write the device");
}

static void init_pages(struct pages *p, uint64_t nr, uint32_t key)
{
	p->nr = (uint32_t)nr;
	p->key = key;
	p->rounds = calloc(nr ? nr : 1, sizeof(*p->rounds));
	if (!p->rounds)
		agent_fail("no memory for the state of %u pages", p->nr);
}

static void prepare(const struct job *job)
{
	const struct disk disk = {
		.name = "pressure",
		.bytes = param_number(job, "file"),
		.latency_ns = param_number(job, "latency_ns"),
		.holds_data = true,
	};
	const struct disk swap = {
		.name = "pressureswap",
		.bytes = param_number(job, "swap_device"),
		.latency_ns = param_number(job, "latency_ns"),
		.holds_data = true,
	};
	char path[DISK_PATH];

	if (swap.bytes) {
		disk_make(&swap, path);
		swap_use(path, swap.bytes, true);
	}
	init_pages(&anon, param_number(job, "anon") / PAGE, (uint32_t)job->seed);
	init_pages(&file, disk.bytes / PAGE, (uint32_t)~job->seed);
	if (anon.nr + file.nr == 0)
		agent_fail("anon and file are both 0: there is nothing to touch");
	memory = mmap(NULL, (size_t)anon.nr * PAGE + PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED || madvise(memory, (size_t)anon.nr * PAGE + PAGE, MADV_NOHUGEPAGE))
		agent_fail_errno("cannot map %u pages", anon.nr);
	if (!file.nr)
		return;
	disk_make(&disk, path);
	device = open(path, O_RDWR | O_CLOEXEC);
	if (device < 0)
		agent_fail_errno("cannot open %s", path);
}

static void access_page(uint32_t i, bool writes)
{
	if (i < anon.nr)
		access_anon(i, writes);
	else
		access_file(i - anon.nr, writes);
}

static void verify_all(void)
{
	for (uint32_t i = 0; i < anon.nr; i++)
		access_anon(i, false);
	if (!file.nr)
		return;
	if (fsync(device))
		agent_fail_errno("cannot sync the device");
	if (write_file("/proc/sys/vm/drop_caches", "1"))
		agent_fail("cannot drop the page cache");
	for (uint32_t i = 0; i < file.nr; i++)
		access_file(i, false);
}

static void run(const struct job *job)
{
	const uint32_t writes = (uint32_t)param_number(job, "writes"), total = anon.nr + file.nr;
	const bool flips = strcmp(param_text(job, "flips"), "yes") == 0;
	const uint64_t ops = param_number(job, "ops"), out = vmstat("pswpout"),
		       written = vmstat("nr_written");
	const uint64_t think_ms = param_number(job, "think_ms");
	const struct timespec think = { (time_t)(think_ms / 1000), (long)(think_ms % 1000) * 1000000 };
	uint64_t random = random_start(job->seed), ns = 0, nr_flips = 0;

	/* Each page once in order, so that there is something to lose. */
	for (uint64_t n = 0; n < total + ops; n++) {
		const uint32_t i = n < total ? (uint32_t)n : random_below(&random, total);
		const bool w = n < total || random_below(&random, 100) < writes;
		const uint64_t begin = clock_ns();

		access_page(i, w);
		ns += n < total ? 0 : clock_ns() - begin;
		if (flips && n % FLIP_EVERY == 0) {
			int rc = write_file(ZERO_DETECT, nr_flips++ & 1 ? "1" : "0");

			if (rc)
				agent_fail("cannot switch vm.swap_zero_detect: %s", strerror(-rc));
		}
		if (think_ms && n % BURST == BURST - 1)
			nanosleep(&think, NULL);
	}
	emit_ratio("data.ns_per_op", "-", ns, ops);
	emit_metric("data.swapped_out", "-", vmstat("pswpout") - out);
	emit_metric("data.written", "-", vmstat("nr_written") - written);
	verify_all();
	emit_metric("data.flips", "-", nr_flips);
	emit_metric("data.verified", "-", verified);
}

const struct workload workload_pressure = { .name = "pressure", .prepare = prepare, .run = run };

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * synth: a results directory that no guest made, as large as asked for: two kernels
 * and architectures, sweeps of two tunables and of memory, ten seeds, both clocks,
 * percentiles, samples, failures and consoles. For benchmarks and the browser.
 */
#ifndef SYNTH_H
#define SYNTH_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "lib/io.h"
#include "lib/xalloc.h"
#include "store/db.h"
#include "store/store.h"

struct synth {
	const char *dir;
	size_t runs, metrics; /* metrics: at least; a run has some of its own */
	size_t console_bytes; /* 0: no consoles beside the store */
	/* private */
	struct store *store;
	gsl_rng *rng;
	sqlite3_stmt *metric, *sample;
	int64_t nr_series;
};

static const char *const synth_names[] = {
	"insns_per_fault", "hot_lost", "fio.read.clat_p50", "fio.read.clat_p90", "fio.read.clat_p99",
	"fio.read.clat_p99.9", "fio.read.clat_max", "vmstat.pgscan_direct", "vmstat.pgscan_kswapd",
	"vmstat.pswpin", "vmstat.pswpout", "vmstat.nr_free_pages", "latency.reclaim",
	"frag.unusable.Normal", "buddy.Normal", "vmstat.allocstall_normal", "vmstat.pgsteal_kswapd",
};
#define SYNTH_NAMES (sizeof(synth_names) / sizeof(synth_names[0]))

static size_t synth_name(const char *name)
{
	for (size_t i = 0; i < SYNTH_NAMES; i++)
		if (strcmp(synth_names[i], name) == 0)
			return i + 1;
	abort();
}

/* What run @i is. */
struct synth_cell {
	const char *kernel, *arch, *clock, *workload, *memory, *status;
	int seed, swappiness, watermark;
};

static struct synth_cell synth_cell(const struct synth *s, size_t i)
{
	static const char *const kernels[] = { "base", "series" }, *const archs[] = { "i386", "x86_64" };
	static const char *const workloads[] = { "fault", "hot-set", "fio", "stress-ng" };
	static const char *const memory[] = { "256M", "512M", "1G", "2G", "3G" };
	static const int swappiness[] = { 0, 20, 60, 100, 200 }, watermark[] = { 10, 100 };
	struct synth_cell c = { .clock = i >= s->runs - s->runs / 5 ? "wall" : "insn" };

	c.kernel = kernels[i % 2], i /= 2;
	c.seed = (int)(i % 10) + 1, i /= 10;
	c.arch = archs[i % 2], i /= 2;
	c.workload = workloads[i % 4], i /= 4;
	c.swappiness = swappiness[i % 5], i /= 5;
	c.watermark = watermark[i % 2], i /= 2;
	c.memory = memory[i % 5];
	c.status = c.seed == 9 && c.swappiness == 200 && strcmp(c.arch, "i386") == 0 ? "panic" : "ok";
	return c;
}

static void synth_metric(struct synth *s, int64_t run, int *seq, size_t name, const char *label, double v)
{
	sqlite3_bind_int64(s->metric, 1, run);
	sqlite3_bind_int(s->metric, 2, (*seq)++);
	sqlite3_bind_int64(s->metric, 3, (int64_t)name);
	sqlite3_bind_text(s->metric, 4, label, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s->metric, 5, (int64_t)v);
	sqlite3_step(s->metric);
	sqlite3_reset(s->metric);
}

static void synth_metrics(struct synth *s, int64_t run, const struct synth_cell *c)
{
	static const char *const percentiles[] = { "p50", "p90", "p99", "p99.9", "p99.99" };
	const double series = strcmp(c->kernel, "series") == 0, noise = 0.01;
	const double tuned = c->swappiness * 10.0 + (double)(c->watermark == 100) * (c->swappiness - 60) * 4;
	int seq = 0;

	for (size_t i = 0; i < 6; i++) {
		double v = (i < 2 ? 3800 : 6000 * pow(3, (double)i)) + tuned + series * (200 - 3 * c->swappiness);

		synth_metric(s, run, &seq, i + 1, "", v * (1 + gsl_ran_gaussian(s->rng, noise)));
	}
	for (size_t i = 0; i < 5; i++)
		synth_metric(s, run, &seq, synth_name("latency.reclaim"), percentiles[i],
			     20000 * pow(4, (double)i) * (1 + series * 0.1 + gsl_ran_gaussian(s->rng, noise)));
	for (size_t i = 7; i < 12; i++)
		synth_metric(s, run, &seq, i, "", 1000 + 50 * tuned + gsl_ran_flat(s->rng, 0, 100));
	for (size_t i = 0; i < s->metrics; i++)
		synth_metric(s, run, &seq, SYNTH_NAMES + i + 1, "",
			     100000 + 1000 * gsl_ran_gaussian(s->rng, 1));
}

static int synth_series(struct synth *s, int64_t run, const char *name, const char *label, double top,
			bool rises, struct error *err)
{
	double v = rises ? 0 : top;

	if (db_run(s->store->db, err, "INSERT INTO series VALUES(?, ?, ?, ?)", "iiis", ++s->nr_series, run,
		   (int64_t)synth_name(name), label))
		return -1;
	for (int64_t t = 0; t < 120; t++) {
		sqlite3_bind_int64(s->sample, 1, s->nr_series);
		sqlite3_bind_int64(s->sample, 2, t * 25000000);
		sqlite3_bind_int64(s->sample, 3, (int64_t)v);
		sqlite3_step(s->sample);
		sqlite3_reset(s->sample);
		v += rises ? gsl_ran_poisson(s->rng, top) : gsl_ran_gaussian(s->rng, top / 20);
		v = v < 0 ? 0 : v;
	}
	return 0;
}

static int synth_samples(struct synth *s, int64_t run, struct error *err)
{
	static const char *const rising[] = { "vmstat.pgscan_direct", "vmstat.pgscan_kswapd", "vmstat.pswpin",
					      "vmstat.pswpout", "vmstat.pgsteal_kswapd" };
	int rc = synth_series(s, run, "vmstat.nr_free_pages", "", 40000, false, err);

	for (size_t i = 0; !rc && i < 5; i++)
		rc = synth_series(s, run, rising[i], "", 300, true, err);
	rc = rc || synth_series(s, run, "vmstat.allocstall_normal", "", 0.05, true, err);
	for (int order = 0; !rc && order < 11; order++) {
		char label[24];

		snprintf(label, sizeof(label), "order=%d", order);
		rc = synth_series(s, run, "frag.unusable.Normal", label, 80 * order, false, err) ||
		     synth_series(s, run, "buddy.Normal", label, 4000.0 / (order + 1), false, err);
	}
	return rc ? -1 : 0;
}

/* Lines as a kernel's, most of them the same in all. */
static void synth_console(const struct synth *s, const char *hash, const struct synth_cell *c)
{
	char *dir = xasprintf("%s/runs/%s/1", s->dir, hash), *path = xasprintf("%s/console", dir);
	struct error err;
	FILE *f = io_mkdirs(dir, &err) ? NULL : fopen(path, "w");

	for (size_t at = 0, line = 0; f && at < s->console_bytes; line++)
		at += (size_t)fprintf(f, "[    %zu.%06zu] %s %s: line %zu of what a kernel says, memory %s\n",
				      line / 50, line * 7919 % 1000000, c->kernel, c->arch, line, c->memory);
	if (f && strcmp(c->status, "panic") == 0)
		fputs("Kernel panic - not syncing: <b>Out of memory</b> & no killable processes\n", f);
	if (f)
		fclose(f);
	free(path);
	free(dir);
}

static int synth_axes(struct synth *s, int64_t id, const struct synth_cell *c, struct error *err)
{
	char seed[16], swappiness[16], watermark[16];
	const char *const axes[][3] = {
		{ "kernel", c->kernel, "guest" },
		{ "arch", c->arch, "guest" },
		{ "clock", c->clock, "guest" },
		{ "workload", c->workload, "guest" },
		{ "memory", c->memory, "guest" },
		{ "plan", "synth", "guest" },
		{ "vcpus", "1", "guest" },
		{ "swap", "ram:64M", "guest" },
		{ "events", "none", "guest" },
		{ "sample", "25ms", "guest" },
		{ "seed", seed, "guest" },
		{ "vm.swappiness", swappiness, "tunable" },
		{ "vm.watermark_scale_factor", watermark, "tunable" },
	};

	snprintf(seed, sizeof(seed), "%d", c->seed);
	snprintf(swappiness, sizeof(swappiness), "%d", c->swappiness);
	snprintf(watermark, sizeof(watermark), "%d", c->watermark);
	for (size_t i = 0; i < sizeof(axes) / sizeof(axes[0]); i++)
		if (db_run(s->store->db, err, "INSERT INTO axis VALUES(?, ?, ?, ?)", "isss", id, axes[i][0],
			   axes[i][1], axes[i][2]))
			return -1;
	return 0;
}

static int synth_run(struct synth *s, size_t i, struct error *err)
{
	const struct synth_cell c = synth_cell(s, i);
	const int64_t id = (int64_t)i + 1;
	char *hash = xasprintf("%08zx%056d", i * 2654435761u & 0xffffffff, 0);
	char *facts = xasprintf("{\"plan\":\"synth\",\"kernel\":\"%s\",\"arch\":\"%s\",\"cmdline\":\"console=ttyS0 "
				"panic=-1 oops=panic nokaslr norandmaps\",\"kernel_source\":\"7.3 synthetic\","
				"\"kernel_digest\":\"%s%s\",\"qemu_version\":\"7.2.22\",\"seed\":%d,"
				"\"host\":{\"cpus\":2,\"cpu_model\":\"none\"},\"status\":\"%s\"}",
				c.kernel, c.arch, c.kernel, c.arch, c.seed, c.status);
	int rc = db_run(s->store->db, err, "INSERT INTO cell VALUES(?, ?)", "is", id, hash) ||
		 db_run(s->store->db, err, "INSERT INTO run VALUES(?, ?, 1, ?, ?, ?, 'tcg', '2026-01-01T00:00:00Z', "
					   "1.5, 1.25, ?)",
			"iissss", id, id, c.status, strcmp(c.status, "ok") ? "Out of memory" : "", hash, facts) ||
		 synth_axes(s, id, &c, err);

	if (!rc && strcmp(c.status, "ok") == 0)
		synth_metrics(s, id, &c);
	if (!rc && c.seed == 1 && i < 400)
		rc = synth_samples(s, id, err);
	if (s->console_bytes)
		synth_console(s, hash, &c);
	free(facts);
	free(hash);
	return rc ? -1 : 0;
}

static int synth_fill(struct synth *s, struct error *err)
{
	int rc = db_exec(s->store->db, "BEGIN", err);

	for (size_t i = 0; !rc && i < SYNTH_NAMES + s->metrics; i++) {
		char *name = i < SYNTH_NAMES ? xstrdup(synth_names[i]) : xasprintf("metric.%zu", i);

		rc = db_run(s->store->db, err, "INSERT INTO metric_name VALUES(?, ?)", "is", (int64_t)i + 1, name);
		free(name);
	}
	rc = rc || db_prepare(s->store->db, &s->metric, err, "INSERT INTO metric VALUES(?, ?, ?, ?, ?)", "") ||
	     db_prepare(s->store->db, &s->sample, err, "INSERT INTO sample VALUES(?, ?, ?)", "");
	for (size_t i = 0; !rc && i < s->runs; i++)
		rc = synth_run(s, i, err);
	sqlite3_finalize(s->metric);
	sqlite3_finalize(s->sample);
	return rc || db_exec(s->store->db, "COMMIT", err) ? -1 : 0;
}

/* Make @s->dir/store.sqlite; it must not be there. */
static inline int synth_make(struct synth *s, struct error *err)
{
	char *path = xasprintf("%s/store.sqlite", s->dir);
	int rc = io_mkdirs(s->dir, err) || store_open(path, true, &s->store, err);

	free(path);
	if (rc)
		return -1;
	s->rng = gsl_rng_alloc(gsl_rng_mt19937);
	rc = synth_fill(s, err);
	gsl_rng_free(s->rng);
	store_close(s->store);
	return rc;
}

#endif

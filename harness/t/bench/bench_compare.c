// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compare over a synthetic store (t/synth.h): 10 000 runs of 200 metrics and more, nearly
 * every one noisy, under both clocks. In a process each, for its own peak of memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../synth.h"

#include "compare/compare.h"
#include "lib/io.h"
#include "lib/now.h"
#include "lib/xalloc.h"

#define RUNS 10000
#define METRICS 200

static const char *path;

static int fill(const struct compare_options *unused, struct error *err)
{
	struct synth s = { .dir = path, .runs = RUNS, .metrics = METRICS };

	(void)unused;
	return synth_make(&s, err);
}

static int bench(const struct compare_options *o, struct error *err)
{
	char *db = xasprintf("%s/store.sqlite", path), threads[32] = "a thread for each core";
	FILE *null = fopen("/dev/null", "w");
	double t0 = now_s(), built;
	struct rusage ru;
	struct compare c;
	struct store *s;
	size_t rows = 0;

	if (!null || store_open(db, false, &s, err) || compare_build(s, o, &c, err))
		return -1;
	built = now_s() - t0;
	compare_text(&c, null);
	for (size_t i = 0; i < c.nr_groups; i++)
		rows += c.groups[i].nr_rows;
	getrusage(RUSAGE_SELF, &ru);
	if (o->threads)
		snprintf(threads, sizeof(threads), "%u thread", o->threads);
	printf("compare%s: %d runs, %zu rows, %s: %.2f s to build, %.2f s with text, %.2f s of CPU, %ld MiB\n",
	       o->all ? " --all" : "", RUNS, rows, threads, built, now_s() - t0, cpu_s(),
	       ru.ru_maxrss / 1024);
	compare_release(&c);
	store_close(s);
	fclose(null);
	free(db);
	return 0;
}

static int in_a_process(int (*fn)(const struct compare_options *, struct error *),
			const struct compare_options *o)
{
	struct error err;
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return 3;
	if (pid == 0) {
		int rc = fn(o, &err);

		if (rc)
			fprintf(stderr, "error: %s\n", err.msg);
		fflush(stdout);
		_exit(rc ? err.kind : 0);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

int main(void)
{
	char dir[] = "/tmp/highwater-bench.XXXXXX";
	struct compare_options o = { .axes = { { "kernel", { "base", "series" }, 2 } }, .nr_axes = 1 };
	struct compare_options one = o, all = o;
	struct error ignored;
	int rc;

	one.threads = 1;
	all.all = true;
	if (!(path = mkdtemp(dir))) {
		perror("error: no directory for the store");
		return 3;
	}
	rc = in_a_process(fill, NULL) || in_a_process(bench, &o) || in_a_process(bench, &one) ||
	     in_a_process(bench, &all);
	io_remove_tree(dir, &ignored);
	return rc ? 3 : 0;
}

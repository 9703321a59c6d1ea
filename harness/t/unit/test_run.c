// SPDX-License-Identifier: GPL-2.0-or-later
/* The schedule: what may run beside what, and a real loop of short processes
 * with deadlines, failures and order; and the ETA. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/proc.h"
#include "run/progress.h"
#include "run/schedule.h"
#include "run/slurm.h"

#define MIB (1ull << 20)

static void a_lone_item_always_fits(void **state)
{
	const struct schedule_limits limits = { .cpus = 2, .memory_bytes = 100 * MIB };
	const struct schedule_item big = { .cpus = 8, .memory_bytes = 1000 * MIB };
	const struct schedule_item small = { .cpus = 1, .memory_bytes = 50 * MIB };
	struct schedule_load load = {};

	(void)state;
	assert_true(schedule_fits(&load, &big, &limits));
	load = (struct schedule_load){ .cpus = 1, .memory_bytes = 50 * MIB, .nr = 1 };
	assert_true(schedule_fits(&load, &small, &limits));
	assert_false(schedule_fits(&load, &big, &limits));
	load.memory_bytes = 51 * MIB;
	assert_false(schedule_fits(&load, &small, &limits));
}

/* Wall-clock cells measure time: nothing may run beside them. */
static void wall_runs_alone(void **state)
{
	const struct schedule_limits limits = { .cpus = 8, .memory_bytes = 1000 * MIB };
	const struct schedule_item wall = { .cpus = 1, .alone = true }, insn = { .cpus = 1 };
	struct schedule_load load = { .nr = 1, .cpus = 1 };

	(void)state;
	assert_false(schedule_fits(&load, &wall, &limits));
	load.alone = true;
	assert_false(schedule_fits(&load, &insn, &limits));
}

struct record {
	const char *const *const *argvs;
	struct schedule_exit exits[8];
	size_t order[8], nr, abandoned;
};

static int start(void *ctx, size_t i, pid_t *ret_pid, int *ret_pidfd, struct error *err)
{
	struct record *r = ctx;
	struct proc_opts opts = { .argv = r->argvs[i] };

	return proc_spawn(&opts, ret_pid, ret_pidfd, err);
}

static int done(void *ctx, size_t i, const struct schedule_exit *e, struct error *err)
{
	struct record *r = ctx;

	(void)err;
	r->exits[i] = *e;
	r->order[r->nr++] = i;
	return 0;
}

static void abandoned(void *ctx, size_t i)
{
	struct record *r = ctx;

	(void)i;
	r->abandoned++;
}

static void progress(void *ctx, size_t nr_done, size_t nr_running)
{
	(void)ctx;
	(void)nr_done;
	(void)nr_running;
}

static const struct schedule_ops ops = { start, done, abandoned, progress };

static const char *const quick[] = { "true", NULL };
static const char *const failing[] = { "sh", "-c", "exit 7", NULL };
static const char *const killed[] = { "sh", "-c", "kill -TERM $$", NULL };
static const char *const endless[] = { "sleep", "100", NULL };
static const char *const missing[] = { "/nonexistent/tool", NULL };

/* Every way to end is told apart, and a deadline ends what does not. */
static void ways_to_end(void **state)
{
	const char *const *const argvs[] = { quick, failing, killed, endless };
	struct schedule_item items[4] = { [0 ... 3] = { .cpus = 1, .timeout_s = 30 } };
	const struct schedule_limits limits = { .cpus = 4, .memory_bytes = MIB };
	struct record r = { .argvs = argvs };
	struct error err;

	(void)state;
	items[3].timeout_s = 1;
	assert_int_equal(schedule_run(items, 4, &limits, &ops, &r, &err), 0);
	assert_int_equal(r.nr, 4);
	assert_int_equal(r.exits[0].exit_code, 0);
	assert_int_equal(r.exits[1].exit_code, 7);
	assert_int_equal(r.exits[2].signal, SIGTERM);
	assert_true(r.exits[3].timed_out);
	assert_int_equal(r.exits[3].signal, SIGKILL);
	assert_int_equal(r.order[3], 3);
}

/* A guest that cannot be started ends the schedule and leaves none behind. */
static void start_that_fails(void **state)
{
	const char *const *const argvs[] = { endless, missing };
	const struct schedule_item items[2] = { [0 ... 1] = { .cpus = 1, .timeout_s = 30 } };
	const struct schedule_limits limits = { .cpus = 2, .memory_bytes = MIB };
	struct record r = { .argvs = argvs };
	struct error err;

	(void)state;
	assert_int_equal(schedule_run(items, 2, &limits, &ops, &r, &err), -1);
	assert_int_equal(err.kind, ERROR_HOST);
	assert_int_equal(r.abandoned, 1);
	assert_int_equal(r.nr, 0);
}

/* Ctrl-C: the running guest is stopped and not reported as a result. */
static void interrupt(void **state)
{
	const char *const *const argvs[] = { endless };
	const struct schedule_item items[1] = { { .cpus = 1, .timeout_s = 30 } };
	const struct schedule_limits limits = { .cpus = 2, .memory_bytes = MIB };
	struct record r = { .argvs = argvs };
	struct error err;
	sigset_t set;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGINT);
	assert_int_equal(schedule_run(items, 1, &limits, &ops, &r, &err), 1);
	assert_int_equal(r.abandoned, 1);
	assert_int_equal(r.nr, 0);
}

static void eta(void **state)
{
	(void)state;
	assert_true(progress_eta(10, 0, 5) < 0);
	assert_true(progress_eta(10, 1, 3) == 20);
	assert_true(progress_eta(10, 3, 3) == 0);
}

/* A confined child has no capability and cannot gain one, root or not. */
static void confined(void **state)
{
	static const char script[] =
		"grep -E '^(CapEff|CapPrm|CapBnd|CapAmb):.*[1-9a-f]' /proc/self/status && exit 1; "
		"grep -q '^NoNewPrivs:.*1' /proc/self/status";
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct proc_opts opts = { .argv = argv, .confined = true };
	struct error err;

	(void)state;
	if (geteuid() != 0)
		skip(); /* who is not root keeps its bounding set, and has nothing else */
	if (proc_check(&opts, &err))
		fail_msg("%s", err.msg);
}

/* What squeue may print, warnings and states of other releases included. */
static void queue_lines(void **state)
{
	struct slurm_load load;

	(void)state;
	slurm_count("", &load);
	assert_int_equal(load.waiting + load.running + load.held, 0);
	slurm_count("PENDING|Resources\nRUNNING|None\nCOMPLETING|None\nPENDING|Dependency\n"
		    "slurm_load_jobs: a warning\nPENDING|launch failed requeued held\n"
		    "REQUEUE_HOLD|JobHeldAdmin\nPENDING|JobHeldUser",
		    &load);
	assert_int_equal(load.running, 2);
	assert_int_equal(load.waiting, 5);
	assert_int_equal(load.held, 2);
}

static void shell_words(void **state)
{
	struct strbuf out = STRBUF_INIT;

	(void)state;
	slurm_quote("a b$c'd\\", &out);
	assert_string_equal(out.buf, "'a b$c'\\''d\\'");
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lone_item_always_fits), cmocka_unit_test(wall_runs_alone),
		cmocka_unit_test(ways_to_end),		   cmocka_unit_test(start_that_fails),
		cmocka_unit_test(interrupt),		   cmocka_unit_test(eta),
		cmocka_unit_test(confined),		   cmocka_unit_test(queue_lines),
		cmocka_unit_test(shell_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

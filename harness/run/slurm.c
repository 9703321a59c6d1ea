// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/slurm.h"

#include <string.h>

#include "lib/proc.h"
#include "lib/xalloc.h"

#define DEADLINE_S 60 /* of one command of Slurm's */

void slurm_quote(const char *s, struct strbuf *out)
{
	strbuf_adds(out, "'");
	for (; *s; s++) {
		if (*s == '\'')
			strbuf_adds(out, "'\\''");
		else
			strbuf_add(out, s, 1);
	}
	strbuf_adds(out, "'");
}

static int run(struct argv *argv, struct strbuf *ret_out, struct error *err)
{
	struct proc_opts opts = { .argv = (const char *const *)argv->v, .deadline_s = DEADLINE_S };
	struct proc_result r;
	int rc = proc_run_checked(&opts, &r, err);

	if (!rc && ret_out)
		strbuf_add(ret_out, r.out.buf, r.out.len);
	proc_result_release(&r);
	argv_release(argv);
	return rc ? error_prefix(err, "slurm") : 0;
}

int slurm_submit(const struct slurm_request *r, struct error *err)
{
	struct argv argv = {};

	argv_add(&argv, "sbatch");
	argv_add(&argv, "--parsable");
	argv_add(&argv, "--requeue");
	argv_addf(&argv, "--job-name=%s", r->name);
	if (r->at_once)
		argv_addf(&argv, "--array=1-%zu%%%u", r->nr_tasks, r->at_once);
	else
		argv_addf(&argv, "--array=1-%zu", r->nr_tasks);
	argv_add(&argv, "--nodes=1");
	argv_add(&argv, "--ntasks=1");
	argv_addf(&argv, "--cpus-per-task=%u", r->cpus);
	argv_addf(&argv, "--mem=%lluM", (unsigned long long)((r->memory_bytes + (1 << 20) - 1) >> 20));
	argv_addf(&argv, "--time=%u", r->minutes);
	if (r->exclusive)
		argv_add(&argv, "--exclusive");
	argv_add(&argv, "--open-mode=append");
	argv_addf(&argv, "--output=%s", r->log);
	argv_add(&argv, r->script);
	return run(&argv, NULL, err);
}

static bool starts(const char *s, size_t len, const char *with)
{
	return len >= strlen(with) && strncmp(s, with, strlen(with)) == 0;
}

void slurm_count(const char *text, struct slurm_load *ret)
{
	*ret = (struct slurm_load){};
	for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		size_t len = strcspn(p, "\n");

		if (!memchr(p, '|', len))
			continue; /* a warning of squeue's */
		if (!starts(p, len, "PENDING") && !starts(p, len, "REQUEUE")) {
			ret->running++;
			continue;
		}
		ret->waiting++;
		if (starts(p, len, "PENDING|launch failed requeued held") ||
		    starts(p, len, "REQUEUE_HOLD") || starts(p, len, "PENDING|JobHoldMaxRequeue"))
			ret->held++;
	}
}

int slurm_load(const char *name, struct slurm_load *ret, struct error *err)
{
	struct strbuf out = STRBUF_INIT;
	struct argv argv = {};
	int rc;

	argv_add(&argv, "squeue");
	argv_add(&argv, "--noheader");
	argv_add(&argv, "--array");
	argv_addf(&argv, "--name=%s", name);
	argv_add(&argv, "--format=%T|%r");
	strbuf_adds(&out, "");
	rc = run(&argv, &out, err);
	if (!rc)
		slurm_count(out.buf ? out.buf : "", ret);
	strbuf_release(&out);
	return rc;
}

int slurm_cancel(const char *name, struct error *err)
{
	struct argv argv = {};

	argv_add(&argv, "scancel");
	argv_addf(&argv, "--name=%s", name);
	return run(&argv, NULL, err);
}

int slurm_release(const char *name, struct error *err)
{
	struct argv argv = {};

	argv_add(&argv, "scontrol");
	argv_add(&argv, "release");
	argv_addf(&argv, "Name=%s", name);
	return run(&argv, NULL, err);
}

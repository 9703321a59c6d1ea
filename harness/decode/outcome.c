// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/outcome.h"

#include <stdio.h>
#include <string.h>

#include "decode/console.h"
#include "decode/frames.h"
#include "decode/metric.h"
#include "decode/trace.h"
#include "decode/tracefs.h"

/* What the frames say for themselves. */
struct story {
	char phase[64], fail[256], bye[16];
	char problem[128];
};

static void copy(char *to, size_t size, const struct frame *f)
{
	size_t n = f->len < size - 1 ? f->len : size - 1;

	for (size_t i = 0; i < n; i++)
		to[i] = f->payload[i] >= ' ' && f->payload[i] < 127 ? f->payload[i] : '?';
	to[n] = '\0';
}

static void read_story(const void *data, size_t len, struct story *s)
{
	struct frames f;
	struct frame frame;

	frames_init(&f, data, len);
	while (frames_next(&f, &frame) > 0) {
		if (frame.type == FRAME_PHASE)
			copy(s->phase, sizeof(s->phase), &frame);
		else if (frame.type == FRAME_FAIL)
			copy(s->fail, sizeof(s->fail), &frame);
		else if (frame.type == FRAME_BYE)
			copy(s->bye, sizeof(s->bye), &frame);
	}
	snprintf(s->problem, sizeof(s->problem), "%s", f.problem);
}

/* The first finding of a kind that makes a result worthless, or NULL. */
static const struct finding *fatal(const struct finding *v, size_t nr, const char **ret_status)
{
	/* In this order: what came first is the cause of what follows. */
	static const struct {
		const char *kind, *status;
	} table[] = {
		{ "oops", "oops" },	  { "kasan", "oops" },	     { "corruption", "oops" },
		{ "atomic-sleep", "oops" }, { "bug", "oops" },	     { "lockup", "oops" },
		{ "rcu-stall", "oops" },  { "lockdep", "oops" },      { "ubsan", "oops" },
		{ "kcsan", "oops" },	  { "hung-task", "oops" },    { "warning", "oops" },
		{ "panic", "panic" },	  { "oom", "oom" },
	};

	for (size_t i = 0; i < nr; i++)
		for (size_t j = 0; j < sizeof(table) / sizeof(table[0]); j++)
			if (strcmp(v[i].kind, table[j].kind) == 0) {
				*ret_status = table[j].status;
				return &v[i];
			}
	return NULL;
}

static void set(struct outcome *o, const char *status, const char *detail)
{
	o->status = status;
	snprintf(o->detail, sizeof(o->detail), "%.*s", (int)sizeof(o->detail) - 1, detail);
}

/* Whole and well; but do the bytes say what they claim to? */
static void decide_numbers(const struct outcome_evidence *e, struct outcome *ret)
{
	struct metrics m;
	struct error why;

	bool lost = false;
	int rc = metrics_decode(e->frames, e->frames_len, &m, &why);

	set(ret, "ok", "");
	if (!rc)
		lost = trace_lost(&m, ret->detail, sizeof(ret->detail));
	if (!rc && !lost)
		rc = trace_metrics(e->frames, e->frames_len, e->trace, e->trace_len, &m, NULL, &why);
	if (lost)
		ret->status = "lost";
	if (rc)
		set(ret, "garbage", why.msg);
	metrics_release(&m);
}

/* Where the guest was when it ended. */
static void add_place(struct outcome *o, const struct story *s)
{
	size_t len = strlen(o->detail);

	if (*s->phase)
		snprintf(o->detail + len, sizeof(o->detail) - len, ", in phase '%s'", s->phase);
	else
		snprintf(o->detail + len, sizeof(o->detail) - len, " before the agent said a word");
}

/* QEMU's own last line, made printable. */
static void add_log(struct outcome *o, const char *log)
{
	size_t len = log ? strlen(log) : 0, start, at = strlen(o->detail);

	while (len && log[len - 1] == '\n')
		len--;
	for (start = len; start && log[start - 1] != '\n'; start--)
		;
	if (start == len)
		return;
	snprintf(o->detail + at, sizeof(o->detail) - at, ": %.*s", (int)(len - start), log + start);
	for (char *p = o->detail + at; *p; p++)
		if (*p < ' ' || *p > 126)
			*p = '?';
}

static void decide_exit(const struct schedule_exit *e, const struct story *s, const char *log,
			struct outcome *ret)
{
	set(ret, e->timed_out ? "timeout" : "died", "");
	if (e->timed_out)
		snprintf(ret->detail, sizeof(ret->detail), "no end within %.0f s", e->wall_s);
	else if (e->signal)
		snprintf(ret->detail, sizeof(ret->detail), "QEMU was killed by signal %d (%s)", e->signal,
			 strsignal(e->signal));
	else
		snprintf(ret->detail, sizeof(ret->detail), "QEMU ended with exit code %d", e->exit_code);
	add_place(ret, s);
	add_log(ret, log);
}

void outcome_decide(const struct outcome_evidence *e, struct outcome *ret)
{
	struct finding findings[CONSOLE_MAX_FINDINGS];
	size_t nr = console_scan(e->console, e->console_len, findings);
	struct story s = {};
	const char *status = NULL;
	const struct finding *bad = fatal(findings, nr, &status);

	read_story(e->frames, e->frames_len, &s);
	if (bad && strcmp(status, "oom") == 0 && strcmp(s.bye, "ok") == 0)
		bad = NULL; /* a workload may provoke the OOM killer and live */
	if (bad) {
		set(ret, status, bad->line);
	} else if (e->exit->timed_out || e->exit->signal || e->exit->exit_code) {
		decide_exit(e->exit, &s, e->qemu_log, ret);
	} else if (strcmp(s.bye, "fail") == 0) {
		set(ret, "failed", s.fail);
	} else if (e->region_problem[0] || s.problem[0]) {
		set(ret, "garbage", e->region_problem[0] ? e->region_problem : s.problem);
	} else if (strcmp(s.bye, "ok") != 0) {
		set(ret, "died", "the guest ended without a word");
		add_place(ret, &s);
	} else {
		decide_numbers(e, ret);
	}
}

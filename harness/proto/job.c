// SPDX-License-Identifier: GPL-2.0-or-later
#include "proto/job.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/parse.h"

#define VERSION_LINE "highwater-job 1"

/* snprintf that goes on: @at counts what would have been written. */
struct writer {
	char *out;
	size_t size, at;
};

static void put_bytes(struct writer *w, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++, w->at++)
		if (w->at < w->size)
			w->out[w->at] = data[i];
}

static void __attribute__((format(printf, 2, 3))) put(struct writer *w, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (len > 0)
		put_bytes(w, line, (size_t)len < sizeof(line) ? (size_t)len : sizeof(line) - 1);
}

size_t job_encode(const struct job *job, char *out, size_t size)
{
	struct writer w = { .out = out, .size = size };

	put(&w, VERSION_LINE "\n");
	if (job->insn)
		put(&w, "clock insn %u\n", job->shift);
	else
		put(&w, "clock wall\n");
	put(&w, "seed %" PRIu64 "\n", job->seed);
	put(&w, "swap %s %" PRIu64 "\n", job->swap, job->swap_bytes);
	for (size_t i = 0; i < job->nr_tunables; i++)
		put(&w, "tunable %s %s\n", job->tunables[i].key, job->tunables[i].value);
	if (job->sample_ns)
		put(&w, "sample ns %" PRIu64 "\n", job->sample_ns);
	if (job->sample_allocs)
		put(&w, "sample allocs %" PRIu64 "\n", job->sample_allocs);
	if (job->require_text)
		put(&w, "require %s\n", job->require_text);
	for (const char *p = job->trace_text; p && *p; p += strcspn(p, "\n") + 1)
		put(&w, "trace %.*s\n", (int)strcspn(p, "\n"), p);
	put(&w, "workload %s\n", job->workload);
	for (size_t i = 0; i < job->nr_params; i++)
		put(&w, "param %s %s\n", job->params[i].key, job->params[i].value);
	if (job->file_name) {
		put(&w, "file %s %zu\n", job->file_name, job->file_bytes);
		put_bytes(&w, job->file, job->file_bytes);
		put_bytes(&w, "\n", 1);
	}
	put(&w, "end\n");
	if (w.at < size)
		out[w.at] = '\0';
	return w.at;
}

/* What is left of the text, and where in it the parser is. */
struct reader {
	char *p, *end;
	unsigned int line;
};

/* The next line, NUL-terminated in place, or NULL. */
static char *next_line(struct reader *r)
{
	char *line = r->p;
	char *nl = line < r->end ? memchr(line, '\n', (size_t)(r->end - line)) : NULL;

	r->line++;
	if (!nl)
		return NULL;
	*nl = '\0';
	r->p = nl + 1;
	/* A NUL inside a line would hide what follows it. */
	return strlen(line) == (size_t)(nl - line) ? line : NULL;
}

/* Cut the first word off @rest; NULL when there is none. */
static char *word(char **rest)
{
	char *w = *rest;
	char *blank;

	if (!w || !*w || *w == ' ')
		return NULL;
	blank = strchr(w, ' ');
	if (blank)
		*blank = '\0';
	*rest = blank ? blank + 1 : NULL;
	return w;
}

static int number(char **rest, uint64_t *ret)
{
	char *w = word(rest);

	return w && parse_u64(w, ret) == 0 ? 0 : -EINVAL;
}

static int add_pair(struct job_pair *v, size_t *nr, char **rest)
{
	struct job_pair p = { .key = word(rest) };

	p.value = p.key ? *rest : NULL;
	*rest = NULL;
	if (!p.value || !*p.value || *nr == JOB_MAX_PAIRS)
		return -EINVAL;
	v[(*nr)++] = p;
	return 0;
}

static int take_clock(struct job *job, struct reader *r, char **rest)
{
	const char *name = word(rest);
	uint64_t shift = 0;

	(void)r;
	if (!name)
		return -EINVAL;
	job->insn = strcmp(name, "insn") == 0;
	if (!job->insn)
		return strcmp(name, "wall") == 0 ? 0 : -EINVAL;
	if (number(rest, &shift) || shift > 10)
		return -EINVAL;
	job->shift = (unsigned int)shift;
	return 0;
}

static int take_seed(struct job *job, struct reader *r, char **rest)
{
	(void)r;
	return number(rest, &job->seed);
}

static int take_swap(struct job *job, struct reader *r, char **rest)
{
	(void)r;
	job->swap = word(rest);
	return job->swap ? number(rest, &job->swap_bytes) : -EINVAL;
}

static int take_tunable(struct job *job, struct reader *r, char **rest)
{
	(void)r;
	return add_pair(job->tunables, &job->nr_tunables, rest);
}

static int take_sample(struct job *job, struct reader *r, char **rest)
{
	const char *unit = word(rest);

	(void)r;
	if (!unit || job->sample_ns || job->sample_allocs)
		return -EINVAL;
	if (strcmp(unit, "ns") == 0)
		return number(rest, &job->sample_ns);
	return strcmp(unit, "allocs") == 0 ? number(rest, &job->sample_allocs) : -EINVAL;
}

static int take_require(struct job *job, struct reader *r, char **rest)
{
	const char *text = *rest;

	(void)r;
	*rest = NULL;
	return text && !require_parse(text, job->requires, &job->nr_requires) ? 0 : -EINVAL;
}

static int take_trace(struct job *job, struct reader *r, char **rest)
{
	const char *line = *rest;

	(void)r;
	*rest = NULL;
	if (!line || job->nr_trace == TRACE_MAX_LINES ||
	    trace_line_parse(line, &job->trace[job->nr_trace]))
		return -EINVAL;
	job->nr_trace++;
	return 0;
}

static int take_workload(struct job *job, struct reader *r, char **rest)
{
	(void)r;
	job->workload = word(rest);
	return job->workload ? 0 : -EINVAL;
}

static int take_param(struct job *job, struct reader *r, char **rest)
{
	(void)r;
	return add_pair(job->params, &job->nr_params, rest);
}

static int take_file(struct job *job, struct reader *r, char **rest)
{
	uint64_t bytes;

	job->file_name = word(rest);
	if (!job->file_name || strchr(job->file_name, '/') || number(rest, &bytes))
		return -EINVAL;
	if (bytes >= (uint64_t)(r->end - r->p) || r->p[bytes] != '\n')
		return -EINVAL;
	job->file = r->p;
	job->file_bytes = (size_t)bytes;
	r->p[bytes] = '\0';
	r->p += bytes + 1;
	return 0;
}

static const struct {
	const char *key;
	int (*take)(struct job *job, struct reader *r, char **rest);
} lines[] = {
	{ "clock", take_clock },       { "seed", take_seed },	{ "swap", take_swap },
	{ "tunable", take_tunable },   { "workload", take_workload }, { "param", take_param },
	{ "require", take_require },
	{ "sample", take_sample },     { "trace", take_trace },       { "file", take_file },
};

static int take_line(struct job *job, struct reader *r, char *line)
{
	char *rest = line;
	const char *key = word(&rest);

	for (size_t i = 0; key && i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (strcmp(key, lines[i].key) == 0) {
			int rc = lines[i].take(job, r, &rest);

			return rc ? rc : rest ? -EINVAL : 0;
		}
	}
	return -EINVAL;
}

int job_parse(char *text, size_t len, struct job *ret, unsigned int *ret_line)
{
	struct reader r = { .p = text, .end = text + len };
	struct job job = {};
	char *line;
	int rc;

	line = next_line(&r);
	rc = line && strcmp(line, VERSION_LINE) == 0 ? 0 : -EINVAL;
	while (!rc) {
		line = next_line(&r);
		if (line && strcmp(line, "end") == 0)
			break;
		rc = line ? take_line(&job, &r, line) : -EINVAL;
	}
	if (!rc && (!job.workload || !job.swap))
		rc = -EINVAL;
	*ret_line = r.line;
	if (!rc)
		*ret = job;
	return rc;
}

const char *job_param(const struct job *job, const char *key)
{
	for (size_t i = 0; i < job->nr_params; i++)
		if (strcmp(job->params[i].key, key) == 0)
			return job->params[i].value;
	return NULL;
}

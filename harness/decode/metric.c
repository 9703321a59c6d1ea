// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/metric.h"

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/buddy.h"
#include "decode/frames.h"
#include "decode/latency.h"
#include "decode/layout.h"
#include "decode/samples.h"
#include "decode/tracefs.h"
#include "lib/parse.h"
#include "lib/xalloc.h"

#define METRIC(name, unit, better, definition) { name, unit, better, definition },
static const struct metric_desc table[] = {
#include "decode/metric.def"
};
#undef METRIC

static bool is_wild(char c)
{
	return c == '*' || c == '?' || c == '[' || c == '\\';
}

/* fnmatch() is asked only for what follows a pattern's literal beginning: most differ there. */
static bool matches(const char *pattern, const char *name)
{
	while (*pattern && *pattern == *name && !is_wild(*pattern)) {
		pattern++;
		name++;
	}
	return is_wild(*pattern) ? fnmatch(pattern, name, 0) == 0 : *pattern == *name;
}

const struct metric_desc *metric_describe(const char *name)
{
	static const struct metric_desc unknown = { "", "?", NEITHER, "not in the registry" };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (matches(table[i].name, name))
			return &table[i];
	return &unknown;
}

static struct metric *add_row(struct metrics *m, const char *name, const char *label,
			      struct error *err)
{
	struct metric row = {};

	if (snprintf(row.name, sizeof(row.name), "%s", name) >= (int)sizeof(row.name) ||
	    snprintf(row.label, sizeof(row.label), "%s", strcmp(label, "-") ? label : "") >=
		    (int)sizeof(row.label)) {
		error_set(err, ERROR_FOUND, "metric name '%.40s...' is too long", name);
		return NULL;
	}
	if ((m->nr & (m->nr - 1)) == 0)
		m->v = xreallocarray(m->v, m->nr ? 2 * m->nr : 1, sizeof(row));
	m->v[m->nr] = row;
	return &m->v[m->nr++];
}

int metrics_add_int(struct metrics *m, const char *name, const char *label, int64_t value,
		    struct error *err)
{
	struct metric *row = add_row(m, name, label, err);

	if (!row)
		return -1;
	row->exact = true;
	row->i = value;
	return 0;
}

int metrics_add_real(struct metrics *m, const char *name, const char *label, double value,
		     struct error *err)
{
	struct metric *row;

	if (!isfinite(value))
		return error_set(err, ERROR_FOUND, "metric '%s' is no finite number", name);
	row = add_row(m, name, label, err);
	if (!row)
		return -1;
	row->d = value;
	return 0;
}

int metrics_add(struct metrics *m, const char *name, const char *label, const char *value,
		struct error *err)
{
	int64_t i;
	double d;
	char *end;

	if (parse_i64(value, &i) == 0)
		return metrics_add_int(m, name, label, i, err);
	/* strtod() would also take blanks, "inf", "nan" and hexadecimal. */
	d = strtod(value, &end);
	if (!*value || *end || strspn(value, "+-.0123456789eE") != strlen(value))
		return error_set(err, ERROR_FOUND, "metric '%s' has the value '%.40s'", name, value);
	return metrics_add_real(m, name, label, d, err);
}

void metrics_release(struct metrics *m)
{
	free(m->v);
	*m = (struct metrics){};
}

/* What of a run is kept until its counterpart comes. */
struct decoder {
	struct metrics *m;
	const char *vmstat_begin;
	size_t vmstat_begin_len;
	bool wraps_at_32;
	struct buddy buddy; /* of the last snapshot */
	struct metrics begin; /* the small files of the first */
};

static int take_metric(struct decoder *d, const struct frame *f, struct error *err)
{
	char line[256], *label, *value;
	const char *body;
	size_t len;

	if (frame_split(f, line, sizeof(line), &body, &len) || len)
		return error_set(err, ERROR_FOUND, "frame %u is no metric", f->seq);
	label = strchr(line, ' ');
	value = label ? strchr(label + 1, ' ') : NULL;
	if (!value || label == line)
		return error_set(err, ERROR_FOUND, "frame %u is no metric", f->seq);
	*label++ = '\0';
	*value++ = '\0';
	return metrics_add(d->m, line, label, value, err);
}

/* Our indices against the kernel's, which it computed a moment later. */
static int compare_extfrag(const struct decoder *d, const char *label,
			   int64_t (*compute)(const struct buddy_zone *z, size_t order),
			   const char *text, size_t len, struct error *err)
{
	int64_t nr;

	if (extfrag_differs(&d->buddy, compute, text, len, &nr, err))
		return -1;
	return metrics_add_int(d->m, "frag.differs", label, nr, err);
}

static int64_t value_at_begin(const struct metrics *begin, const struct metric *row)
{
	for (size_t i = 0; i < begin->nr; i++)
		if (strcmp(begin->v[i].name, row->name) == 0 && strcmp(begin->v[i].label, row->label) == 0)
			return begin->v[i].i;
	return 0;
}

/* States at the end, counters over the work. */
static int take_procfs(struct decoder *d, const char *path, const char *body, size_t len,
		       struct error *err)
{
	struct metrics end = {};
	int rc = procfs_metrics(path, body, len, &end, err);

	for (size_t i = 0; !rc && i < end.nr; i++) {
		const struct metric *r = &end.v[i];
		int64_t since = procfs_is_counter(r->name) ? value_at_begin(&d->begin, r) : 0;

		rc = metrics_add_int(d->m, r->name, r->label, r->i - since, err);
	}
	metrics_release(&end);
	return rc;
}

static int take_end(struct decoder *d, const char *path, const char *body, size_t len,
		    struct error *err)
{
	if (strcmp(path, "/proc/vmstat") == 0)
		return d->vmstat_begin ?
			       vmstat_metrics(d->vmstat_begin, d->vmstat_begin_len, body, len,
					      d->wraps_at_32, d->m, err) :
			       0;
	if (strcmp(path, "/proc/buddyinfo") == 0)
		return buddy_parse(body, len, &d->buddy, err) || buddy_metrics(body, len, d->m, err);
	if (strcmp(path, "/sys/kernel/debug/extfrag/unusable_index") == 0)
		return compare_extfrag(d, "unusable", buddy_unusable, body, len, err);
	if (strcmp(path, "/sys/kernel/debug/extfrag/extfrag_index") == 0)
		return compare_extfrag(d, "index", buddy_index, body, len, err);
	return take_procfs(d, path, body, len, err);
}

static int take_snapshot(struct decoder *d, const struct frame *f, struct error *err)
{
	char line[160];
	const char *body;
	size_t len;

	if (frame_split(f, line, sizeof(line), &body, &len))
		return error_set(err, ERROR_FOUND, "frame %u is no snapshot", f->seq);
	if (strcmp(line, "begin /proc/vmstat") == 0) {
		d->vmstat_begin = body;
		d->vmstat_begin_len = len;
	} else if (strncmp(line, "begin ", 6) == 0) {
		return procfs_metrics(line + 6, body, len, &d->begin, err);
	} else if (strncmp(line, "end ", 4) == 0) {
		return take_end(d, line + 4, body, len, err);
	}
	return 0;
}

/* Of the table of a latency, which has a row for each ns, the totals only: latency.h
 * has the rest. */
static int take_hist(const char *event, const char *text, size_t len, struct metrics *m,
		     struct error *err)
{
	struct metrics all = {};
	char name[160];
	int rc;

	if (!latency_is_table(event))
		return hist_trigger_metrics(event, text, len, m, err);
	snprintf(name, sizeof(name), "hist.%.128s", event);
	rc = hist_trigger_metrics(event, text, len, &all, err);
	for (size_t i = 0; !rc && i < all.nr; i++)
		if (strcmp(all.v[i].name, name) != 0)
			rc = metrics_add_int(m, all.v[i].name, all.v[i].label, all.v[i].i, err);
	metrics_release(&all);
	return rc;
}

static int take_output(struct decoder *d, const struct frame *f, struct error *err)
{
	static const struct {
		const char *name;
		int (*decode)(const char *text, size_t len, struct metrics *m, struct error *err);
	} outputs[] = {
		{ "fio.json", fio_metrics },
		{ "stress-ng.yaml", stress_ng_metrics },
		{ "perf.csv", perf_stat_metrics },
		{ "perf.data", perf_data_metrics },
		{ "kprobe_profile", kprobe_profile_metrics },
	};
	/* "KIND SUBJECT": many of a kind */
	static const struct {
		const char *kind;
		int (*decode)(const char *subject, const char *text, size_t len, struct metrics *m,
			      struct error *err);
	} kinds[] = {
		{ "hist ", take_hist },
		{ "ring-stats ", ring_stats_metrics },
		{ "layout ", layout_metrics },
		{ "tap ", tap_metrics },
	};
	char line[160];
	const char *body;
	size_t len;

	if (frame_split(f, line, sizeof(line), &body, &len))
		return error_set(err, ERROR_FOUND, "frame %u is no output", f->seq);
	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++)
		if (strcmp(line, outputs[i].name) == 0)
			return outputs[i].decode(body, len, d->m, err);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(line, kinds[i].kind, strlen(kinds[i].kind)) == 0)
			return kinds[i].decode(line + strlen(kinds[i].kind), body, len, d->m, err);
	return 0;
}

/* Counters of a 32-bit kernel are unsigned long and wrap. */
static int take_hello(struct decoder *d, const struct frame *f, struct error *err)
{
	static const char mark[] = "\nmachine i";

	(void)err;
	d->wraps_at_32 = f->len && memmem(f->payload, f->len, mark, sizeof(mark) - 1);
	return 0;
}

static int add_samples(const void *data, size_t len, struct metrics *m, struct error *err)
{
	struct samples s;
	int rc = samples_decode(data, len, &s, err);

	if (rc)
		return rc;
	rc = samples_metrics(&s, m, err);
	samples_release(&s);
	return rc;
}

int metrics_decode(const void *data, size_t len, struct metrics *ret, struct error *err)
{
	static int (*const take[])(struct decoder *d, const struct frame *f, struct error *err) = {
		[FRAME_HELLO] = take_hello,
		[FRAME_METRIC] = take_metric,
		[FRAME_SNAPSHOT] = take_snapshot,
		[FRAME_OUTPUT] = take_output,
	};
	struct decoder d = { .m = ret };
	struct frames frames;
	struct frame f;
	int rc = 0, more;

	*ret = (struct metrics){};
	frames_init(&frames, data, len);
	while (!rc && (more = frames_next(&frames, &f)) != 0) {
		if (more < 0)
			rc = error_set(err, ERROR_FOUND, "%s", frames.problem);
		else if (f.type < sizeof(take) / sizeof(take[0]) && take[f.type])
			rc = take[f.type](&d, &f, err);
	}
	metrics_release(&d.begin);
	if (!rc)
		rc = add_samples(data, len, ret, err);
	if (rc)
		metrics_release(ret);
	return rc;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/samples.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/buddy.h"
#include "decode/frames.h"
#include "lib/xalloc.h"

/* Far above what a kernel prints. */
#define MAX_SERIES 10000

/* A file of the first snapshot. */
struct begin {
	char path[128];
	const char *text;
	size_t len;
};

#define MAX_BEGINS 64

struct decoder {
	struct samples *s;
	struct begin begins[MAX_BEGINS];
	size_t nr_begins;
	size_t hint; /* the series after the last one */
	struct buddy buddy; /* of the moment at hand */
	uint64_t begin_ns;
	bool begun, wraps;
};

static const struct begin *find_begin(const struct decoder *d, const char *path)
{
	for (size_t i = 0; i < d->nr_begins; i++)
		if (strcmp(d->begins[i].path, path) == 0)
			return &d->begins[i];
	return NULL;
}

/* vmstat's counters start from the first snapshot. */
static int vmstat_rows(struct decoder *d, const char *text, size_t len, struct metrics *m,
		       struct error *err)
{
	const struct begin *b = find_begin(d, "/proc/vmstat");

	return b ? vmstat_metrics(b->text, b->len, text, len, d->wraps, m, err) : 0;
}

static int buddy_rows(struct decoder *d, const char *text, size_t len, struct metrics *m,
		      struct error *err)
{
	if (buddy_metrics(text, len, m, err) || buddy_parse(text, len, &d->buddy, err))
		return -1;
	for (size_t i = 0; i < d->buddy.nr; i++)
		if (metrics_add_int(m, "frag.area", d->buddy.zones[i].name,
				    buddy_area(&d->buddy.zones[i]), err))
			return -1;
	return 0;
}

static int differs(struct decoder *d, const char *label,
		   int64_t (*compute)(const struct buddy_zone *z, size_t order), const char *text,
		   size_t len, struct metrics *m, struct error *err)
{
	int64_t nr;

	if (extfrag_differs(&d->buddy, compute, text, len, &nr, err))
		return -1;
	return metrics_add_int(m, "frag.differs", label, nr, err);
}

static int unusable_rows(struct decoder *d, const char *text, size_t len, struct metrics *m,
			 struct error *err)
{
	return differs(d, "unusable", buddy_unusable, text, len, m, err);
}

static int index_rows(struct decoder *d, const char *text, size_t len, struct metrics *m,
		      struct error *err)
{
	return differs(d, "index", buddy_index, text, len, m, err);
}

static int rows_of(struct decoder *d, const char *path, const char *text, size_t len,
		   struct metrics *m, struct error *err)
{
	static const struct {
		const char *path;
		int (*rows)(struct decoder *d, const char *text, size_t len, struct metrics *m,
			    struct error *err);
	} kinds[] = {
		{ "/proc/vmstat", vmstat_rows },
		{ "/proc/buddyinfo", buddy_rows },
		{ "/sys/kernel/debug/extfrag/unusable_index", unusable_rows },
		{ "/sys/kernel/debug/extfrag/extfrag_index", index_rows },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].path, path) == 0)
			return kinds[i].rows(d, text, len, m, err);
	return procfs_metrics(path, text, len, m, err);
}

/* The series of @row: at @hint, where it was last time, or anywhere, or new. */
static size_t find_series(struct samples *s, const struct metric *row, size_t hint)
{
	for (size_t n = 0; n < s->nr_series; n++) {
		size_t i = (hint + n) % s->nr_series;

		if (strcmp(s->series[i].name, row->name) == 0 &&
		    strcmp(s->series[i].label, row->label) == 0)
			return i;
	}
	if ((s->nr_series & (s->nr_series - 1)) == 0)
		s->series = xreallocarray(s->series, s->nr_series ? 2 * s->nr_series : 1,
					  sizeof(*s->series));
	s->series[s->nr_series] = (struct series){};
	snprintf(s->series[s->nr_series].name, sizeof(s->series->name), "%s", row->name);
	snprintf(s->series[s->nr_series].label, sizeof(s->series->label), "%s", row->label);
	return s->nr_series++;
}

static void add(struct samples *s, uint64_t t_ns, size_t series, int64_t value)
{
	if ((s->nr & (s->nr - 1)) == 0)
		s->v = xreallocarray(s->v, s->nr ? 2 * s->nr : 1, sizeof(*s->v));
	s->v[s->nr++] = (struct sample){ t_ns, series, value };
	s->series[series].last = value;
}

/* @row as a point of its series. */
static int take_row(struct decoder *d, const struct metric *row, uint64_t t_ns, struct error *err)
{
	struct samples *s = d->s;
	const size_t known = s->nr_series;
	int64_t value = row->i;
	size_t at;

	if (known == MAX_SERIES)
		return error_set(err, ERROR_FOUND, "the samples have more than %d series", MAX_SERIES);
	at = find_series(s, row, known ? d->hint % known : 0);
	d->hint = at + 1;
	if (procfs_is_counter(row->name)) {
		/* What is not in the first snapshot began within the window, at 0. */
		if (at == known && t_ns == 0)
			s->series[at].base = value;
		value -= s->series[at].base;
	}
	if (at == known || s->series[at].last != value)
		add(s, t_ns, at, value);
	return 0;
}

static int take_file(struct decoder *d, const char *path, uint64_t vtime_ns, const char *text,
		     size_t len, struct error *err)
{
	struct metrics m = {};
	int rc = rows_of(d, path, text, len, &m, err);

	if (!rc && vtime_ns < d->begin_ns)
		rc = error_set(err, ERROR_FOUND, "a sample of '%s' is from before the window", path);
	for (size_t i = 0; !rc && i < m.nr; i++)
		rc = take_row(d, &m.v[i], vtime_ns - d->begin_ns, err);
	metrics_release(&m);
	return rc;
}

/* The first snapshot is time 0, whatever the order of its files. */
static int take_snapshot(struct decoder *d, const struct frame *f, struct error *err)
{
	char line[160], *path;
	const char *body;
	size_t len;

	if (frame_split(f, line, sizeof(line), &body, &len) || !(path = strchr(line, ' ')) ||
	    strlen(path) > sizeof(d->begins->path))
		return error_set(err, ERROR_FOUND, "frame %u is no snapshot", f->seq);
	*path++ = '\0';
	if (strcmp(line, "begin") == 0) {
		struct begin *b = &d->begins[d->nr_begins];

		if (d->nr_begins == MAX_BEGINS)
			return error_set(err, ERROR_FOUND, "a snapshot of more than %d files", MAX_BEGINS);
		snprintf(b->path, sizeof(b->path), "%s", path);
		b->text = body;
		b->len = len;
		d->nr_begins++;
		d->begin_ns = f->vtime_ns;
		d->begun = true;
		return 0;
	}
	d->s->end_ns = f->vtime_ns - d->begin_ns;
	return take_file(d, path, f->vtime_ns, body, len, err);
}

/* What the first snapshot said; known only when all of it is there, and read in the
 * order of the samples: extfrag after its buddyinfo. */
static int take_begin(struct decoder *d, struct error *err)
{
	for (size_t i = d->nr_begins; i-- > 0;)
		if (take_file(d, d->begins[i].path, d->begin_ns, d->begins[i].text, d->begins[i].len,
			      err))
			return -1;
	return 0;
}

static int take_sample(struct decoder *d, const struct frame *f, struct error *err)
{
	char line[160], *path;
	const char *body;
	size_t len;

	if (frame_split(f, line, sizeof(line), &body, &len) || !(path = strchr(line, ' ')) || !d->begun)
		return error_set(err, ERROR_FOUND, "frame %u is no sample", f->seq);
	if (!d->s->nr_taken && !d->s->nr && take_begin(d, err))
		return -1;
	d->s->nr_taken += strcmp(path + 1, "/proc/vmstat") == 0;
	return take_file(d, path + 1, f->vtime_ns, body, len, err);
}

int samples_decode(const void *data, size_t len, struct samples *ret, struct error *err)
{
	static const char mark[] = "\nmachine i";
	struct decoder *d = xcalloc(1, sizeof(*d));
	struct frames frames;
	struct frame f;
	int rc = 0;

	*ret = (struct samples){};
	d->s = ret;
	frames_init(&frames, data, len);
	while (!rc && frames_next(&frames, &f) > 0) {
		if (f.type == FRAME_HELLO)
			d->wraps = f.len && memmem(f.payload, f.len, mark, sizeof(mark) - 1);
		else if (f.type == FRAME_SAMPLE)
			rc = take_sample(d, &f, err);
		/* Without samples in between, two snapshots make no series. */
		else if (f.type == FRAME_SNAPSHOT &&
			 (ret->nr || (f.len > 5 && memcmp(f.payload, "begin", 5) == 0)))
			rc = take_snapshot(d, &f, err);
	}
	free(d);
	if (rc)
		samples_release(ret);
	return rc;
}

void samples_release(struct samples *s)
{
	free(s->series);
	free(s->v);
	*s = (struct samples){};
}

/* The mean over time of series @i. */
static double mean_over_time(const struct samples *s, size_t i)
{
	uint64_t since = 0;
	int64_t value = 0;
	double area = 0;

	for (size_t j = 0; j < s->nr; j++) {
		if (s->v[j].series != i)
			continue;
		area += (double)value * (double)(s->v[j].t_ns - since);
		since = s->v[j].t_ns;
		value = s->v[j].value;
	}
	area += (double)value * (double)(s->end_ns > since ? s->end_ns - since : 0);
	return area / (double)s->end_ns;
}

static int64_t most(const struct samples *s, size_t i)
{
	int64_t max = INT64_MIN;

	for (size_t j = 0; j < s->nr; j++)
		if (s->v[j].series == i && s->v[j].value > max)
			max = s->v[j].value;
	return max;
}

int samples_metrics(const struct samples *s, struct metrics *m, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < s->nr_series && s->end_ns; i++) {
		const struct series *r = &s->series[i];
		char label[sizeof(r->label) + 16];

		if (strcmp(r->name, "frag.area") == 0)
			rc = metrics_add_real(m, r->name, r->label, mean_over_time(s, i), err);
		snprintf(label, sizeof(label), "%s,samples", r->label);
		if (strcmp(r->name, "frag.differs") == 0)
			rc = metrics_add_int(m, r->name, label, most(s, i), err);
		if (strcmp(r->name, "process.Rss") == 0)
			rc = metrics_add_int(m, "process.peak_rss", r->label, most(s, i), err);
	}
	return rc;
}

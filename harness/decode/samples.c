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

/* A file's bytes in the first snapshot; vmstat's counters start from there. */
struct kind {
	const char *path;
	int (*rows)(const struct kind *k, const char *text, size_t len, bool wraps,
		    struct metrics *m, struct error *err);
	const char *begin;
	size_t begin_len;
	size_t first_series; /* of the last file of this kind */
};

static int vmstat_rows(const struct kind *k, const char *text, size_t len, bool wraps,
		       struct metrics *m, struct error *err)
{
	return vmstat_metrics(k->begin, k->begin_len, text, len, wraps, m, err);
}

static int buddy_rows(const struct kind *k, const char *text, size_t len, bool wraps,
		      struct metrics *m, struct error *err)
{
	struct buddy b;

	(void)k;
	(void)wraps;
	if (buddy_metrics(text, len, m, err) || buddy_parse(text, len, &b, err))
		return -1;
	for (size_t i = 0; i < b.nr; i++)
		if (metrics_add_int(m, "frag.area", b.zones[i].name, buddy_area(&b.zones[i]), err))
			return -1;
	return 0;
}

static int meminfo_rows(const struct kind *k, const char *text, size_t len, bool wraps,
			struct metrics *m, struct error *err)
{
	(void)k;
	(void)wraps;
	return meminfo_metrics(text, len, m, err);
}

static int disk_rows(const struct kind *k, const char *text, size_t len, bool wraps,
		     struct metrics *m, struct error *err)
{
	(void)k;
	(void)wraps;
	return diskstats_metrics(text, len, m, err);
}

static int pressure_rows(const struct kind *k, const char *text, size_t len, bool wraps,
			 struct metrics *m, struct error *err)
{
	(void)wraps;
	return pressure_metrics(strrchr(k->path, '/') + 1, text, len, m, err);
}

static const struct kind all_kinds[] = {
	{ .path = "/proc/vmstat", .rows = vmstat_rows },
	{ .path = "/proc/buddyinfo", .rows = buddy_rows },
	{ .path = "/proc/meminfo", .rows = meminfo_rows },
	{ .path = "/proc/diskstats", .rows = disk_rows },
	{ .path = "/proc/pressure/memory", .rows = pressure_rows },
	{ .path = "/proc/pressure/io", .rows = pressure_rows },
};

#define NR_KINDS (sizeof(all_kinds) / sizeof(all_kinds[0]))

struct decoder {
	struct samples *s;
	struct kind kinds[NR_KINDS];
	uint64_t begin_ns;
	bool begun, wraps;
};

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

static int take_file(struct decoder *d, struct kind *k, uint64_t vtime_ns, const char *text,
		     size_t len, struct error *err)
{
	struct metrics m = {};
	struct samples *s = d->s;
	size_t at = k->first_series;
	int rc = k->rows(k, text, len, d->wraps, &m, err);

	if (!rc && vtime_ns < d->begin_ns)
		rc = error_set(err, ERROR_FOUND, "a sample of '%s' is from before the window", k->path);
	for (size_t i = 0; !rc && i < m.nr; i++) {
		const size_t known = s->nr_series;

		if (known == MAX_SERIES)
			rc = error_set(err, ERROR_FOUND, "the samples have more than %d series", MAX_SERIES);

		at = find_series(s, &m.v[i], at);
		if (i == 0)
			k->first_series = at;
		if (at == known || s->series[at].last != m.v[i].i)
			add(s, vtime_ns - d->begin_ns, at, m.v[i].i);
		at++;
	}
	metrics_release(&m);
	return rc;
}

static struct kind *find_kind(struct decoder *d, const char *path)
{
	for (size_t i = 0; i < NR_KINDS; i++)
		if (strcmp(d->kinds[i].path, path) == 0)
			return &d->kinds[i];
	return NULL;
}

/* The first snapshot is time 0, whatever the order of its files. */
static int take_snapshot(struct decoder *d, const struct frame *f, struct error *err)
{
	char line[160], *path;
	const char *body;
	size_t len;
	struct kind *k;

	if (frame_split(f, line, sizeof(line), &body, &len) || !(path = strchr(line, ' ')))
		return error_set(err, ERROR_FOUND, "frame %u is no snapshot", f->seq);
	*path++ = '\0';
	k = find_kind(d, path);
	if (strcmp(line, "begin") == 0) {
		d->begin_ns = f->vtime_ns;
		d->begun = true;
		if (!k)
			return 0;
		k->begin = body;
		k->begin_len = len;
		return 0;
	}
	d->s->end_ns = f->vtime_ns - d->begin_ns;
	return k ? take_file(d, k, f->vtime_ns, body, len, err) : 0;
}

/* What the first snapshot said; known only when all of it is there. */
static int take_begin(struct decoder *d, struct error *err)
{
	for (size_t i = 0; i < NR_KINDS; i++) {
		struct kind *k = &d->kinds[i];

		if (k->begin && take_file(d, k, d->begin_ns, k->begin, k->begin_len, err))
			return -1;
	}
	return 0;
}

static int take_sample(struct decoder *d, const struct frame *f, struct error *err)
{
	char line[160], *path;
	const char *body;
	size_t len;
	struct kind *k;

	if (frame_split(f, line, sizeof(line), &body, &len) || !(path = strchr(line, ' ')) || !d->begun)
		return error_set(err, ERROR_FOUND, "frame %u is no sample", f->seq);
	if (!d->s->nr_taken && !d->s->nr && take_begin(d, err))
		return -1;
	k = find_kind(d, path + 1);
	d->s->nr_taken += k == &d->kinds[0];
	return k ? take_file(d, k, f->vtime_ns, body, len, err) : 0;
}

int samples_decode(const void *data, size_t len, struct samples *ret, struct error *err)
{
	static const char mark[] = "\nmachine i";
	struct decoder d = { .s = ret };
	struct frames frames;
	struct frame f;
	int rc = 0;

	*ret = (struct samples){};
	memcpy(d.kinds, all_kinds, sizeof(d.kinds));
	frames_init(&frames, data, len);
	while (!rc && frames_next(&frames, &f) > 0) {
		if (f.type == FRAME_HELLO)
			d.wraps = f.len && memmem(f.payload, f.len, mark, sizeof(mark) - 1);
		else if (f.type == FRAME_SAMPLE)
			rc = take_sample(&d, &f, err);
		/* Without samples in between, two snapshots make no series. */
		else if (f.type == FRAME_SNAPSHOT &&
			 (ret->nr || (f.len > 5 && memcmp(f.payload, "begin", 5) == 0)))
			rc = take_snapshot(&d, &f, err);
	}
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

int samples_metrics(const struct samples *s, struct metrics *m, struct error *err)
{
	for (size_t i = 0; i < s->nr_series; i++) {
		uint64_t since = 0;
		int64_t value = 0;
		double area = 0;

		if (strcmp(s->series[i].name, "frag.area") != 0)
			continue;
		for (size_t j = 0; j < s->nr; j++) {
			if (s->v[j].series != i)
				continue;
			area += (double)value * (double)(s->v[j].t_ns - since);
			since = s->v[j].t_ns;
			value = s->v[j].value;
		}
		area += (double)value * (double)(s->end_ns > since ? s->end_ns - since : 0);
		if (s->end_ns && metrics_add_real(m, "frag.area", s->series[i].label,
						  area / (double)s->end_ns, err))
			return -1;
	}
	return 0;
}

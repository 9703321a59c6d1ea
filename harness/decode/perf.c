// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What perf leaves: the table of perf stat -x, (man perf-stat, "CSV FORMAT"), and how much
 * is in a perf.data (tools/perf/Documentation/perf.data-file-format.txt; a guest is as
 * little-endian as its host).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "decode/frames.h"
#include "decode/metric.h"
#include "decode/text.h"

/* "4113,,minor-faults,1532000,100.00,,"; "<not supported>,,cycles,0,100.00,," */
static int take_count(void *arg, char *line, struct error *err)
{
	char *rest = line, *value, *event, *percent;
	int64_t v;

	if (!*line || *line == '#')
		return 0;
	value = strsep(&rest, ",");
	strsep(&rest, ",");
	event = strsep(&rest, ",");
	strsep(&rest, ",");
	percent = strsep(&rest, ",");
	if (!event || !*event || !percent)
		return error_set(err, ERROR_FOUND, "perf stat: the row '%.40s' cannot be read", value);
	if (strcmp(value, "<not supported>") == 0)
		return 0;
	if (text_number(value, &v))
		return error_set(err, ERROR_FOUND, "perf stat: '%.40s' has the count '%.40s'", event, value);
	/* Else perf has computed what it would have been. */
	if (strcmp(percent, "100.00") != 0)
		return error_set(err, ERROR_FOUND, "perf stat: '%.40s' was counted %.10s %% of the time",
				 event, percent);
	return metrics_add_int(arg, "perf.stat", event, v, err);
}

int perf_stat_metrics(const char *text, size_t len, struct metrics *m, struct error *err)
{
	return text_each_line("perf stat", text, len, take_count, m, err);
}

struct perf_section {
	uint64_t offset, size;
};

struct perf_file {
	char magic[8];
	uint64_t size, attr_size;
	struct perf_section attrs, data;
};

struct perf_record {
	uint32_t type;
	uint16_t misc, size;
};

enum { RECORD_LOST = 2, RECORD_SAMPLE = 9, RECORD_LOST_SAMPLES = 13 };

/* The count in a record of @at..@at+@size: behind an id, or at once. */
static int64_t lost_in(const char *at, const struct perf_record *r)
{
	const size_t where = sizeof(*r) + (r->type == RECORD_LOST ? 8 : 0);
	uint64_t v = 0;

	if ((r->type != RECORD_LOST && r->type != RECORD_LOST_SAMPLES) || r->size < where + sizeof(v))
		return 0;
	memcpy(&v, at + where, sizeof(v));
	return v > INT32_MAX ? INT32_MAX : (int64_t)v;
}

int perf_data_metrics(const char *data, size_t len, struct metrics *m, struct error *err)
{
	int64_t samples = 0, lost = 0;
	struct perf_file f;
	struct perf_record r;

	if (len < sizeof(f))
		return error_set(err, ERROR_FOUND, "perf.data is cut off");
	memcpy(&f, data, sizeof(f));
	if (memcmp(f.magic, "PERFILE2", sizeof(f.magic)) != 0)
		return error_set(err, ERROR_FOUND, "perf.data is none");
	if (!f.data.size || f.data.offset > len || f.data.size > len - f.data.offset)
		return error_set(err, ERROR_FOUND, "perf.data is cut off");
	data += f.data.offset;
	len = f.data.size;
	for (; len >= sizeof(r); data += r.size, len -= r.size) {
		memcpy(&r, data, sizeof(r));
		if (r.size < sizeof(r) || r.size > len)
			return error_set(err, ERROR_FOUND, "perf.data has a record of %u bytes", r.size);
		samples += r.type == RECORD_SAMPLE;
		lost += lost_in(data, &r);
	}
	if (len)
		return error_set(err, ERROR_FOUND, "perf.data ends in the middle of a record");
	if (metrics_add_int(m, "perf.samples", "-", samples, err))
		return -1;
	return metrics_add_int(m, "perf.lost", "-", lost, err);
}

int perf_data_find(const void *frames, size_t frames_len, const char **ret, size_t *ret_len,
		   struct error *err)
{
	struct metrics ignored = {};
	struct frames all;
	struct frame f;
	int more, rc;

	frames_init(&all, frames, frames_len);
	while ((more = frames_next(&all, &f)) > 0) {
		char line[160];

		if (f.type != FRAME_OUTPUT || frame_split(&f, line, sizeof(line), ret, ret_len) ||
		    strcmp(line, "perf.data") != 0)
			continue;
		/* Offsets and lengths in it are a guest's: perf shall not be the first to try. */
		rc = perf_data_metrics(*ret, *ret_len, &ignored, err);
		metrics_release(&ignored);
		return rc;
	}
	return more < 0 ? error_set(err, ERROR_FOUND, "%s", all.problem) :
			  error_set(err, ERROR_INPUT, "perf has recorded nothing: workload perf with mode record does");
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "decode/text.h"
#include "decode/tracefs.h"
#include "lib/parse.h"

static const struct {
	const char *row, *metric;
	bool lost; /* events that are gone */
} rows[] = {
	{ "entries: ", "trace.entries", true }, /* left behind: the region was full */
	{ "overrun: ", "trace.overrun", true },
	{ "commit overrun: ", "trace.commit_overrun", true },
	{ "dropped events: ", "trace.dropped", true },
	{ "read events: ", "trace.read", false },
};

/* The number behind @row at the start of a line of @text. */
static int find(const char *text, size_t len, const char *row, uint64_t *ret)
{
	const char *p = text, *const end = text + len;
	size_t row_len = strlen(row);
	char number[24];

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t line = nl ? (size_t)(nl - p) : 0;

		if (!nl)
			return -1;
		if (line > row_len && line - row_len < sizeof(number) && memcmp(p, row, row_len) == 0) {
			memcpy(number, p + row_len, line - row_len);
			number[line - row_len] = '\0';
			return parse_u64(number, ret) || *ret > INT64_MAX ? -1 : 0;
		}
		p = nl + 1;
	}
	return -1;
}

int ring_stats_metrics(const char *cpu, const char *text, size_t len, struct metrics *m,
		       struct error *err)
{
	char label[32];
	uint64_t value, cpu_nr;

	if (parse_u64(cpu, &cpu_nr) || cpu_nr > UINT16_MAX)
		return error_set(err, ERROR_FOUND, "ring buffer of no CPU '%.16s'", cpu);
	snprintf(label, sizeof(label), "cpu%" PRIu64, cpu_nr);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (find(text, len, rows[i].row, &value))
			return error_set(err, ERROR_FOUND, "ring buffer of %s: no number '%s'", label,
					 rows[i].row);
		if (metrics_add_int(m, rows[i].metric, label, (int64_t)value, err))
			return -1;
	}
	return 0;
}

/* "  fault_end           123           0": hits, misses */
static int take_probe(void *arg, char *line, struct error *err)
{
	const char *name = text_word(&line);
	int64_t hits, misses;

	if (!name || text_number(text_word(&line), &hits) || text_number(text_word(&line), &misses))
		return error_set(err, ERROR_FOUND, "kprobe_profile: a row cannot be read");
	return metrics_add_int(arg, "trace.probe_missed", name, misses, err);
}

int kprobe_profile_metrics(const char *text, size_t len, struct metrics *m, struct error *err)
{
	return text_each_line("kprobe_profile", text, len, take_probe, m, err);
}

static bool counts_loss(const char *name)
{
	size_t len = strlen(name);

	if (strcmp(name, "trace.probe_missed") == 0)
		return true;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].lost && strcmp(name, rows[i].metric) == 0)
			return true;
	return strncmp(name, "hist.", 5) == 0 && len > 8 && strcmp(name + len - 8, ".dropped") == 0;
}

bool trace_lost(const struct metrics *m, char *why, size_t size)
{
	const struct metric *first = NULL;

	for (size_t i = 0; i < m->nr; i++) {
		const struct metric *r = &m->v[i];

		if (strcmp(r->name, "trace.lossy") == 0)
			return false;
		if (!first && r->exact && r->i > 0 && counts_loss(r->name))
			first = r;
	}
	if (first)
		snprintf(why, size, "%" PRIi64 " events lost: %s %s", first->i, first->name,
			 first->label);
	return first;
}

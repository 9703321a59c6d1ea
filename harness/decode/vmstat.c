// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "decode/metric.h"
#include "lib/parse.h"

/*
 * Rows of /proc/vmstat are counters, whose change is the metric, or states,
 * whose value at the end is. "nr_" marks a state (enum zone_stat_item and
 * node_stat_item, include/linux/mmzone.h), except for these.
 */
static const char *const counters[] = {
	"nr_vmscan_write",     "nr_vmscan_immediate_reclaim", "nr_dirtied",
	"nr_written",	       "nr_throttled_written",	      "nr_foll_pin_acquired",
	"nr_foll_pin_released", "nr_tlb_remote_flush",	      "nr_tlb_remote_flush_received",
	"nr_tlb_local_flush_all", "nr_tlb_local_flush_one",
};

static bool is_state(const char *name)
{
	if (strcmp(name, "workingset_nodes") == 0)
		return true;
	if (strncmp(name, "nr_", 3) != 0)
		return false;
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		if (strcmp(name, counters[i]) == 0)
			return false;
	return true;
}

struct row {
	char name[64];
	uint64_t value;
};

/* Parse the line at @text; returns its length with the newline, 0 if it is no row. */
static size_t parse_row(const char *text, size_t len, struct row *ret)
{
	const char *nl = memchr(text, '\n', len);
	size_t line = nl ? (size_t)(nl - text) : 0;
	const char *blank = line ? memchr(text, ' ', line) : NULL;
	size_t name_len = blank ? (size_t)(blank - text) : 0;
	char number[24];
	size_t number_len = blank ? line - name_len - 1 : 0;

	if (!name_len || name_len >= sizeof(ret->name) || !number_len ||
	    number_len >= sizeof(number))
		return 0;
	memcpy(ret->name, text, name_len);
	ret->name[name_len] = '\0';
	memcpy(number, blank + 1, number_len);
	number[number_len] = '\0';
	return parse_u64(number, &ret->value) ? 0 : line + 1;
}

static int add_change(const struct row *from, const struct row *to, bool wraps_at_32,
		      struct metrics *m, struct error *err)
{
	char name[80];
	uint64_t change = to->value - from->value;

	snprintf(name, sizeof(name), "vmstat.%s", to->name);
	if (is_state(to->name))
		change = to->value;
	else if (wraps_at_32 && to->value <= UINT32_MAX && from->value <= UINT32_MAX)
		change = (uint32_t)change;
	else if (to->value < from->value)
		return error_set(err, ERROR_FOUND, "vmstat row '%s' runs backwards", to->name);
	if (change > INT64_MAX)
		return error_set(err, ERROR_FOUND, "vmstat row '%s' is out of range", to->name);
	return metrics_add_int(m, name, "-", (int64_t)change, err);
}

int vmstat_metrics(const char *begin, size_t begin_len, const char *end, size_t end_len,
		   bool wraps_at_32, struct metrics *m, struct error *err)
{
	struct row from, to;

	/* One kernel prints the same rows in the same order both times. */
	while (begin_len && end_len) {
		size_t a = parse_row(begin, begin_len, &from);
		size_t b = parse_row(end, end_len, &to);

		if (!a || !b || strcmp(from.name, to.name) != 0)
			return error_set(err, ERROR_FOUND, "the two snapshots of vmstat do not match");
		if (add_change(&from, &to, wraps_at_32, m, err))
			return -1;
		begin += a;
		begin_len -= a;
		end += b;
		end_len -= b;
	}
	if (begin_len || end_len)
		return error_set(err, ERROR_FOUND, "the two snapshots of vmstat do not match");
	return 0;
}

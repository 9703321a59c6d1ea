// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/zones.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/agent.h"

/* The number after @name in [@text, @end), or 0. */
static uint64_t row_of(const char *text, const char *end, const char *name)
{
	const char *at = strstr(text, name);

	return at && at < end ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* "        protection: (0, 0, 950)" */
static uint64_t reserve_of(const char *text, const char *end)
{
	static const char mark[] = "\n        protection: (";
	const char *at = strstr(text, mark);
	uint64_t most = 0;
	char *next;

	if (!at || at >= end)
		return 0;
	for (at += strlen(mark);; at = next + strspn(next, ", ")) {
		const uint64_t v = strtoull(at, &next, 10);

		if (next == at)
			return most;
		most = v > most ? v : most;
	}
}

static void report_zone(const char *zone, const char *text, const char *end)
{
	const uint64_t managed = row_of(text, end, "\n        managed  ");

	if (!managed)
		return;
	emit_metric("zone.min", zone, row_of(text, end, "\n        min      "));
	emit_metric("zone.low", zone, row_of(text, end, "\n        low      "));
	emit_metric("zone.high", zone, row_of(text, end, "\n        high     "));
	emit_metric("zone.managed", zone, managed);
	emit_metric("zone.reserve", zone, reserve_of(text, end));
}

void zones_report(void)
{
	const char *p = read_file("/proc/sys/vm/min_free_kbytes", NULL);
	unsigned int node;
	char zone[16];

	if (!p)
		agent_fail_errno("cannot read vm.min_free_kbytes");
	emit_metric("zone.min_free_kbytes", "-", strtoull(p, NULL, 10));
	p = read_file("/proc/zoneinfo", NULL);
	for (; p && (p = strstr(p, "Node ")) && sscanf(p, "Node %u, zone %15s", &node, zone) == 2; p++)
		report_zone(zone, p, strstr(p + 1, "\nNode ") ?: p + strlen(p));
}

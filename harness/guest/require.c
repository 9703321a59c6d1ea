// SPDX-License-Identifier: GPL-2.0-or-later
/* What the plan requires of the guest when the work begins (proto/require.h). */
#include "proto/require.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "guest/agent.h"

#define ORDERS 16

/* Free blocks by order, all zones together: "Node 0, zone   Normal   1 2 3 ". */
static unsigned int unusable(unsigned int order)
{
	const char *p = read_file("/proc/buddyinfo", NULL);
	uint64_t blocks[ORDERS] = {};

	while (p && (p = strstr(p, "zone"))) {
		char *end;

		p += strlen("zone");
		p += strspn(p, " ");
		p += strcspn(p, " ");
		for (size_t i = 0; i < ORDERS; i++) {
			blocks[i] += strtoull(p, &end, 10);
			p = end;
			if (p[strspn(p, " ")] == '\n')
				break;
		}
	}
	return unusable_index(blocks, ORDERS, order);
}

static uint64_t value_of(const struct requirement *r)
{
	switch (r->kind) {
	case REQUIRE_UNUSABLE:
		return unusable(r->order);
	case REQUIRE_VMSTAT:
		return vmstat(r->name);
	case REQUIRE_MEMINFO:
		return meminfo_kib(r->name);
	}
	return 0;
}

void require_check(const struct job *job)
{
	static const char *const prefixes[] = { "unusable", "vmstat", "meminfo" };

	for (size_t i = 0; i < job->nr_requires; i++) {
		const struct requirement *r = &job->requires[i];
		const uint64_t is = value_of(r);

		emit_text(FRAME_METRIC, "require.%s %s %" PRIu64 "\n", prefixes[r->kind], r->name, is);
		if (r->at_least ? is < r->value : is > r->value)
			agent_fail("precondition: %s.%s is %" PRIu64 ", the plan requires %s %" PRIu64,
				   prefixes[r->kind], r->name, is, r->at_least ? ">=" : "<=", r->value);
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/agent.h"

/* What is kept of the kernel's state, raw; a file that this kernel does not
 * have is left out. */
static const char *const files[] = {
	"/proc/vmstat",	      "/proc/meminfo",	     "/proc/zoneinfo",
	"/proc/buddyinfo",    "/proc/pagetypeinfo",  "/proc/swaps",
	"/proc/diskstats",    "/proc/pressure/memory", "/proc/pressure/io",
	"/proc/pressure/cpu",
};

void snapshot(const char *moment)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char head[128];
		size_t len;
		const char *text = read_file(files[i], &len);
		int head_len = snprintf(head, sizeof(head), "%s %s\n", moment, files[i]);

		if (text)
			emit_two(FRAME_SNAPSHOT, head, (size_t)head_len, text, len);
	}
}

uint64_t vmstat(const char *name)
{
	const char *p = read_file("/proc/vmstat", NULL);
	const size_t len = strlen(name);

	if (!p)
		agent_fail_errno("cannot read /proc/vmstat");
	for (; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (strncmp(p, name, len) == 0 && p[len] == ' ')
			return strtoull(p + len + 1, NULL, 10);
	agent_fail("this kernel has no vmstat row '%s'", name);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The results of the KUnit suites, which have run at boot (kernel variant +kunit).
 * The host counts them (decode/tap.c); a test that failed fails the cell, by name.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/workload.h"

#define DIR_KUNIT "/sys/kernel/debug/kunit"

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* Copy the first line of @text that says "not ok" to @ret, if there is none yet. */
static void find_failure(const char *suite, const char *text, char *ret, size_t size)
{
	const char *bad = text && !*ret ? strstr(text, "not ok ") : NULL;

	if (bad)
		snprintf(ret, size, "%.64s: %.*s", suite, (int)strcspn(bad, "\n"), bad);
}

static void run(const struct job *job)
{
	char failure[160] = "";
	struct dirent **list;
	int nr = scandir(DIR_KUNIT, &list, visible, alphasort);

	(void)job;
	if (nr <= 0)
		agent_fail("this kernel has no KUnit suites: use series+kunit");
	for (int i = 0; i < nr; i++) {
		char path[320], name[288];

		snprintf(path, sizeof(path), DIR_KUNIT "/%s/results", list[i]->d_name);
		snprintf(name, sizeof(name), "tap %s", list[i]->d_name);
		tool_output(name, path);
		find_failure(list[i]->d_name, read_file(path, NULL), failure, sizeof(failure));
	}
	emit_metric("kunit.suites", "-", (uint64_t)nr);
	if (*failure)
		agent_fail("%s", failure);
}

const struct workload workload_kunit = { .name = "kunit", .run = run };

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The sysctls of the series refuse what they must refuse: each has its documented
 * default at boot; a value out of range, or no number, gets EINVAL and changes
 * nothing; both ends of the range are taken.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/workload.h"
#include "proto/workload.h"

struct tunable {
	const char *name;
	long min, max, value; /* @value: the default */
	unsigned int arches;
};

#define TUNABLE(name, min, max, value, arches) { name, min, max, value, arches },
static const struct tunable tunables[] = {
#include "guest/tunables.def"
};
#undef TUNABLE

#define THIS_ARCH (sizeof(long) == 4 ? WORKLOAD_I386 : WORKLOAD_X86_64)

static void path_of(const struct tunable *t, char *path, size_t size)
{
	snprintf(path, size, "/proc/sys/%s", t->name);
	for (char *p = path + strlen("/proc/sys/"); *p; p++)
		if (*p == '.')
			*p = '/';
}

static long value_of(const struct tunable *t, const char *path)
{
	const char *text = read_file(path, NULL);
	char *end;
	long v;

	if (!text)
		agent_fail("this kernel has no sysctl '%s'", t->name);
	v = strtol(text, &end, 10);
	if (end == text || strcmp(end, "\n") != 0)
		agent_fail("%s reads '%.40s'", t->name, text);
	return v;
}

static void must_refuse(const struct tunable *t, const char *path, const char *text)
{
	long before = value_of(t, path);
	int rc = write_file(path, text);

	if (rc != -EINVAL)
		agent_fail("%s takes '%s': %s", t->name, text, rc ? strerror(-rc) : "no error");
	if (value_of(t, path) != before)
		agent_fail("%s refuses '%s' and changes from %ld", t->name, text, before);
}

static void must_take(const struct tunable *t, const char *path, long value)
{
	char text[24];
	int rc;

	snprintf(text, sizeof(text), "%ld\n", value);
	rc = write_file(path, text);
	if (rc)
		agent_fail("%s refuses %ld: %s", t->name, value, strerror(-rc));
	if (value_of(t, path) != value)
		agent_fail("%s was set to %ld and is %ld", t->name, value, value_of(t, path));
}

static uint64_t check(const struct tunable *t)
{
	static const char *const no_numbers[] = { "x", "1x", "-", "0x", "1.5", "99999999999999999999" };
	const size_t nr = sizeof(no_numbers) / sizeof(no_numbers[0]);
	char path[128], text[24];

	path_of(t, path, sizeof(path));
	if (value_of(t, path) != t->value)
		agent_fail("%s is %ld after boot, not %ld", t->name, value_of(t, path), t->value);
	for (size_t i = 0; i < nr; i++)
		must_refuse(t, path, no_numbers[i]);
	snprintf(text, sizeof(text), "%ld", t->min - 1);
	must_refuse(t, path, text);
	snprintf(text, sizeof(text), "%ld", t->max + 1);
	must_refuse(t, path, text);
	must_take(t, path, t->min);
	must_take(t, path, t->max);
	must_take(t, path, t->value);
	return nr + 2;
}

static void run(const struct job *job)
{
	uint64_t nr = 0, refused = 0;

	(void)job;
	for (size_t i = 0; i < sizeof(tunables) / sizeof(tunables[0]); i++) {
		if (!(tunables[i].arches & THIS_ARCH))
			continue;
		refused += check(&tunables[i]);
		nr++;
	}
	emit_metric("tunables", "-", nr);
	emit_metric("tunables.refused", "-", refused);
}

const struct workload workload_tunables = { .name = "tunables", .run = run };

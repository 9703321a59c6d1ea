// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "guest/agent.h"

/* "vm.swappiness" -> "/proc/sys/vm/swappiness" */
static void sysctl_path(const char *key, char *path, size_t size)
{
	int at = snprintf(path, size, "/proc/sys/%s", key);

	if (at < 0 || (size_t)at >= size)
		agent_fail("sysctl name '%s' is too long", key);
	for (char *p = path + strlen("/proc/sys/"); *p; p++)
		if (*p == '.')
			*p = '/';
}

/* Equal up to white space: the kernel separates vectors with tabs. */
static int same_value(const char *a, const char *b)
{
	for (;;) {
		a += strspn(a, " \t\n");
		b += strspn(b, " \t\n");
		if (!*a || !*b)
			return *a == *b;
		while (*a && !strchr(" \t\n", *a) && *a == *b) {
			a++;
			b++;
		}
		if ((*a && !strchr(" \t\n", *a)) || (*b && !strchr(" \t\n", *b)))
			return 0;
	}
}

void tunables_apply(const struct job *job)
{
	for (size_t i = 0; i < job->nr_tunables; i++) {
		const struct job_pair *t = &job->tunables[i];
		const char *got;
		char path[256];
		int rc;

		/* What the kernel has, if it has it: for plans across architectures. */
		if (strcmp(t->value, "default") == 0)
			continue;
		sysctl_path(t->key, path, sizeof(path));
		rc = write_file(path, t->value);
		if (rc == -ENOENT)
			agent_fail("this kernel has no sysctl '%s'", t->key);
		if (rc)
			agent_fail("the kernel refuses %s=%s: %s", t->key, t->value, strerror(-rc));
		got = read_file(path, NULL);
		if (!got || !same_value(got, t->value))
			agent_fail("%s=%s was written, the kernel says %.60s", t->key, t->value,
				   got ? got : "nothing");
	}
}

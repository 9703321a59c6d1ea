// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/vm.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "lib/xalloc.h"

int vm_start(const struct argv *argv, const char *preload, const char *log,
	     const struct vm_limits *limits, pid_t *ret_pid, int *ret_pidfd, struct error *err)
{
	const struct {
		__rlimit_resource_t what;
		uint64_t most;
	} table[] = {
		{ RLIMIT_FSIZE, limits->file_bytes }, { RLIMIT_AS, limits->memory_bytes },
		{ RLIMIT_NOFILE, 256 },		      { RLIMIT_MEMLOCK, 0 },
		{ RLIMIT_CORE, 0 },
	};
	char *set = preload ? xasprintf("LD_PRELOAD=%s", preload) : NULL;
	const char *const env[] = { set, NULL };
	struct proc_opts opts = { .argv = (const char *const *)argv->v, .env = env, .out_path = log,
				  .confined = true };
	int rc = proc_spawn(&opts, ret_pid, ret_pidfd, err);

	free(set);
	if (rc)
		return -1;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct rlimit most = { table[i].most, table[i].most };

		prlimit(*ret_pid, table[i].what, &most, NULL);
	}
	return 0;
}

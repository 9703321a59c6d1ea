// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/vm.h"

#include <sys/resource.h>

int vm_start(const struct argv *argv, const char *log, uint64_t max_file_bytes, pid_t *ret_pid, int *ret_pidfd,
	     struct error *err)
{
	const struct rlimit file = { max_file_bytes, max_file_bytes };
	const struct rlimit core = { 0, 0 };
	struct proc_opts opts = { .argv = (const char *const *)argv->v, .out_path = log };

	if (proc_spawn(&opts, ret_pid, ret_pidfd, err))
		return -1;
	prlimit(*ret_pid, RLIMIT_FSIZE, &file, NULL);
	prlimit(*ret_pid, RLIMIT_CORE, &core, NULL);
	return 0;
}

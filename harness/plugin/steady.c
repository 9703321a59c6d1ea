// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * steady: QEMU's software TLB no longer depends on the host's clock.
 *
 * TCG caches translations in a table that it grows and shrinks by how full it was in the
 * last 100 ms of host time (accel/tcg/cputlb.c, tlb_mmu_resize_locked()). The guest can
 * see its size: Linux on x86 clears the accessed bits of page tables without flushing
 * the TLB (ptep_clear_flush_young()), and a bit is set again only if the translation has
 * left the table meanwhile. So reclaim could find another page young on a loaded host.
 *
 * The time is asked for with gettimeofday(), once a flush. Loaded before libc
 * (LD_PRELOAD, boot/vm.c) we answer: each question of a thread comes a millisecond after
 * the one before. A window is a hundred flushes, the same hundred in every run. Nothing
 * else in a guest under the instruction clock depends on the host's time of day.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <sys/time.h>

#include "plugin/plugin.h"

#define EPOCH 1767225600 /* 2026-01-01, as -rtc has it */

EXPORT int gettimeofday(struct timeval *restrict tv, void *restrict zone);

EXPORT int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	static __thread long asked;

	(void)zone;
	tv->tv_sec = EPOCH + asked / 1000;
	tv->tv_usec = asked % 1000 * 1000;
	asked++;
	return 0;
}

bool steady_init(void)
{
	if (dlsym(RTLD_DEFAULT, "gettimeofday") == (void *)gettimeofday)
		return true;
	fputs("highwater plugin: not in LD_PRELOAD, so what the guest sees of the TLB would depend on the "
	      "host's clock (is there a space or a colon in its path?)\n",
	      stderr);
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* zones: the watermarks of the guest's zones. */
#ifndef GUEST_ZONES_H
#define GUEST_ZONES_H

/*
 * Emit vm.min_free_kbytes and, of each zone that has pages, min, low, high and
 * managed as /proc/zoneinfo has them, and reserve: the most of its protection
 * (lowmem_reserve), which with high is what the kernel takes for not dirtyable.
 */
void zones_report(void);

#endif

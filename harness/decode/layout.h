/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layout: where things are in a guest's address spaces, as metrics. What the
 * workload "layout" sends is read as it is:
 *
 *	maps         /proc/PID/maps: user.text, .data, .bss, .heap, .mmap, .vdso, .stack
 *	page_tables  debugfs page_tables/kernel (mm/ptdump.c, arch/x86/mm/dump_pagetables.c):
 *	             kernel.direct, .vmalloc, .pkmap, .fixmap, ...
 *	zoneinfo     /proc/zoneinfo: zone.DMA32, zone.HighMem, ...
 *	iomem        /proc/iomem: phys.ram0, phys.ram1, ..., phys.kernel
 *
 * Each becomes three rows with that label: layout.from and layout.to (half-open),
 * and layout.mapped, what of it is there: page tables, managed pages. All in
 * pages of 4 KiB, so that every address of either architecture is an exact number.
 */
#ifndef DECODE_LAYOUT_H
#define DECODE_LAYOUT_H

#include "decode/metric.h"

/* @kind: one of the above; others are left alone. */
int layout_metrics(const char *kind, const char *text, size_t len, struct metrics *m,
		   struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mark: a place in the agent that an observer outside the guest can see. It is a
 * no-operation with a number in it (nopl MAGIC+n(%eax), 0f 1f 80 imm32), so it
 * costs one instruction, is part of every run, and means the same to a guest
 * that is watched and to one that is not.
 *
 * Marks come in pairs: 2n begins window n, 2n + 1 ends it. Window 0 is the
 * workload's own; each path of workload paths has one, open once a round.
 */
#ifndef PROTO_MARK_H
#define PROTO_MARK_H

#define MARK_MAGIC 0x48570000
#define MARK_MAX 0xffff
/* WINDOW(NAME): the paths of workload paths, in the order of their windows. */
#define MARK_PATHS(WINDOW)                                                                    \
	WINDOW(alloc) WINDOW(free) WINDOW(high_order) WINDOW(fault) WINDOW(cow) WINDOW(read)  \
	WINDOW(write) WINDOW(kmap_local) WINDOW(reclaim) WINDOW(swap_out) WINDOW(swap_in)     \
	WINDOW(writeback) WINDOW(exec) WINDOW(fork) WINDOW(mmap) WINDOW(unmap)

#define MARK_WINDOW_OF(name) MARK_WINDOW_##name,
enum mark_window { MARK_WINDOW, MARK_PATHS(MARK_WINDOW_OF) MARK_NR_WINDOWS };
#undef MARK_WINDOW_OF


#define MARK_BEGIN(window) (2 * (window))
#define MARK_END(window) (2 * (window) + 1)

/* @n is a constant; memory accesses do not move across it. */
#define MARK(n) __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n\t.long %c0" : : "i"(MARK_MAGIC + (n)) : "memory")

#endif

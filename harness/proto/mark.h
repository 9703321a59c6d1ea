/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mark: a place in the agent that an observer outside the guest can see. It is a
 * no-operation with a number in it (nopl MAGIC+n(%eax), 0f 1f 80 imm32), so it
 * costs one instruction, is part of every run, and means the same to a guest
 * that is watched and to one that is not.
 *
 * Marks come in pairs: 2n begins window n, 2n + 1 ends it. Window 0 is the
 * workload's own.
 */
#ifndef PROTO_MARK_H
#define PROTO_MARK_H

#define MARK_MAGIC 0x48570000
#define MARK_MAX 0xffff
#define MARK_WINDOW 0 /* the workload's window */

#define MARK_BEGIN(window) (2 * (window))
#define MARK_END(window) (2 * (window) + 1)

/* @n is a constant; memory accesses do not move across it. */
#define MARK(n) __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n\t.long %c0" : : "i"(MARK_MAGIC + (n)) : "memory")

#endif

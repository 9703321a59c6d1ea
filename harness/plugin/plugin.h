/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plugin: loaded into every guest under the instruction clock, where it makes skipped
 * idle time (idle.c) and the TLB (steady.c) independent of the host. On request it counts the guest's instructions from outside,
 * in one of these ways.
 *
 *   counts    an inline counter for every segment of a translation block, nothing
 *             else: about what the guest costs without it
 *   callers   a call for every segment that keeps each task's call stack, so that
 *             instructions are known by caller and context
 *   stop      hold the guest when a function begins for the n-th time
 *
 * A segment is a run of instructions of which only the last can fault: counting
 * it once when it begins is exact, except for that last one, which is executed
 * again when its fault has been handled. Both modes take that one off.
 *
 * Only what happens inside a window (proto/mark.h) is reported; a window may be
 * open many times. The plugin never writes to the guest and reads its code only.
 */
#ifndef PLUGIN_PLUGIN_H
#define PLUGIN_PLUGIN_H

#include <stdio.h>

#include "plugin/api.h"
#include "plugin/x86.h"

#define MAX_INSNS 1024 /* in a translation block; QEMU's own limit is 512 */

struct segment {
	uint64_t addr;
	uint32_t nr_insns;
	uint32_t slot; /* counts: of its counter */
	enum x86_flow flow; /* of its last instruction */
	bool faults; /* its last instruction can */
	bool tail; /* may not be part of the block after all */
	uint64_t end; /* address after its last instruction */
	uint32_t function; /* callers: index, or FUNCTION_USER */
	bool at_entry; /* callers: addr is where the function begins */
	uint8_t code[8]; /* its first bytes */
};

struct block {
	uint64_t addr, hash; /* hash of its code */
	uint32_t nr_insns;
	uint32_t nr;
	struct block *next;
	struct segment v[];
};

/* symbols.c: what the host says of the kernel. */
enum function_kind {
	FUNCTION_PLAIN = '-',
	FUNCTION_SYSCALL = 's', /* where the processor enters the kernel */
	FUNCTION_FAULT = 'e',
	FUNCTION_IRQ = 'i',
	FUNCTION_STUBS = 'v', /* the same, at any address in it */
	FUNCTION_SWITCH = 'w', /* __switch_to_asm */
	FUNCTION_FORK = 'f', /* ret_from_fork_asm */
};
struct function {
	uint64_t addr;
	enum function_kind kind;
};
#define FUNCTION_USER 0xffffffffu

bool symbols_load(const char *path);
bool symbols_is_kernel(uint64_t addr);
bool symbols_can_fault(uint64_t addr); /* a kernel instruction with an exception table entry */
uint32_t symbols_find(uint64_t addr); /* the function at or before @addr; 0 when none */
const struct function *symbols_function(uint32_t i);

/* What a mode does with blocks, windows and the end. */
struct mode {
	const char *name;
	bool (*init)(void);
	/* A new block; register what is needed for each of its segments. */
	void (*translated)(struct block *b, struct qemu_plugin_insn **insns);
	void (*opened)(void);
	void (*closed)(void);
	void (*dump)(FILE *out);
};
extern const struct mode mode_counts, mode_callers, mode_stop;
bool stop_argument(const char *arg); /* stop.c: false if it is none of its own */

extern struct plugin {
	int api; /* 1 or 2: how inline operations work */
	int qemu_api; /* QEMU's version of it */
	int nr_cpus;
	bool is_64;
	bool open; /* in a window */
	unsigned int nr_windows;
} plugin;

/* steady.c and idle.c; init: false, and a message, when this QEMU cannot be made exact. */
bool steady_init(void);
bool idle_init(void);
void idle_translate(const struct qemu_plugin_tb *tb);

/* At most @size bytes of an instruction; returns how many. */
size_t plugin_code(const struct qemu_plugin_insn *insn, uint8_t *buf, size_t size);
/* Every block, for dumping. */
void plugin_each_block(void (*f)(const struct block *b, void *ctx), void *ctx);
/* Complain and end QEMU: a wrong profile is worse than none. */
void plugin_die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif

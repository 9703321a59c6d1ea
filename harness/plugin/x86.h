/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86: as much of an instruction as a profile needs to know. Lengths come from
 * QEMU; this only classifies. What is not known counts as able to fault, which
 * costs a counter and no correctness. Pure, for tests.
 */
#ifndef PLUGIN_X86_H
#define PLUGIN_X86_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define X86_INSN_MAX 15 /* bytes */

enum x86_flow {
	FLOW_NONE, /* the next instruction, or a jump */
	FLOW_CALL,
	FLOW_RET,
	FLOW_IRET, /* iret, sysret, sysexit: back to what was interrupted */
};

struct x86_insn {
	enum x86_flow flow;
	bool memory; /* reads or writes memory, so it can fault */
	int mark; /* -1, or the number of the agent's mark (proto/mark.h) */
};

struct x86_insn x86_classify(const uint8_t *p, size_t len, bool is_64);

#endif

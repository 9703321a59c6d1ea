/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile: what the plugin counted, by address (raw), and the same with names.
 *
 * Raw text, as harness/plugin writes it; addresses in hex:
 *
 *   highwater-profile 1
 *   mode counts|callers
 *   api 1 1                    how inline operations work, QEMU's plugin version
 *   windows 1 closed
 *   seg ADDR INSNS TIMES CODE  counts: a segment; CODE only of user addresses
 *   node ID PARENT ADDR INSNS CALLS     callers: parents first, 0 the root; ADDR 0: user
 *   end
 *
 * Named text (the file "profile" of a run, and the store's rows):
 *
 *   highwater-stacks 1 MODE
 *   INSNS CALLS CONTEXT FRAME;FRAME;...
 *
 * CONTEXT is what the processor last entered the kernel for, or who runs there
 * by itself: user, syscall, fault, irq, the name of a kernel thread ("kswapd"),
 * kernel, or "-" where mode counts does not know. Without callers each stack has
 * one frame.
 */
#ifndef DECODE_PROFILE_H
#define DECODE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "build/vmlinux.h"
#include "lib/strbuf.h"

struct profile_node {
	uint32_t parent; /* index + 1; 0: the root */
	uint64_t addr; /* 0: user */
	uint64_t insns, calls;
	char code[17]; /* counts, of user addresses: the first bytes in hex */
};

struct profile_raw {
	bool callers;
	unsigned int api, qemu_api, nr_windows;
	struct profile_node *v;
	size_t nr;
	uint64_t insns; /* sum */
};

int profile_parse(const char *text, size_t len, struct profile_raw *ret, struct error *err);
void profile_release(struct profile_raw *p);

/*
 * Append the named text. Kernel addresses without a function mean that the kernel
 * did not run where it was linked (KASLR) and are ERROR_INPUT.
 */
int profile_name(const struct profile_raw *p, const struct vmlinux *v, struct strbuf *out,
		 struct error *err);

struct profile_row {
	uint64_t insns, calls;
	const char *context, *stack; /* into the text, which is cut up */
};

/* Read the named text, in place; the caller frees @ret. */
int profile_rows(char *text, size_t len, struct profile_row **ret, size_t *ret_nr,
		 struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cell: one point of a plan: which kernel, in which guest, does what.
 *
 * A cell is plain data whose strings belong to its plan. Its identity is the
 * SHA-256 of its canonical text: the cell together with what it runs on (the
 * artifacts), so that equal identity means equal result under the instruction
 * clock, on any machine.
 */
#ifndef PLAN_CELL_H
#define PLAN_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/sha256.h"
#include "lib/strbuf.h"
#include "proto/workload.h"

enum arch { ARCH_I386, ARCH_X86_64, NR_ARCHES };
enum clock { CLOCK_INSN, CLOCK_WALL };
enum swap { SWAP_NONE, SWAP_RAM, SWAP_DISK };

struct pair {
	const char *key, *value;
};

struct cell {
	const char *plan; /* name of the plan */
	const char *kernel; /* as written: "series@5+pae" */
	enum arch arch;
	enum clock clock;
	uint64_t memory_bytes;
	unsigned int vcpus;
	enum swap swap;
	uint64_t swap_bytes; /* 0 with SWAP_NONE */
	const struct workload_desc *workload;
	const char *const *params; /* value of workload->params[i], normal form */
	const char *file; /* text of the workload's file, or NULL */
	const struct pair *tunables; /* sorted by key */
	size_t nr_tunables;
	const char *events; /* a list of configs/events/, or "none" */
	const char *trace; /* what that list says, a line each (proto/trace.h), or "" */
	const char *require; /* what must hold when the work begins (proto/require.h), or "none" */
	const char *sample; /* "10ms", "5000allocs": between samples; or "none" */
	uint64_t sample_ns, sample_allocs; /* at most one is not 0 */
	unsigned int seed; /* 1, 2, ... */
	unsigned int timeout_s; /* wall; 0: the runner's default */
};

/* What a cell runs on, as it enters the identity: digests, never paths. */
struct cell_artifacts {
	const char *kernel_digest; /* of the image */
	const char *initramfs_digest;
	const char *cmdline;
	const char *qemu_version;
	const char *qemu_argv; /* paths replaced by {kernel}, {initramfs}, {region} */
};

/* Bytes a cell's raw events need in the region; 0 when its list records none. */
uint64_t cell_trace_room(const struct cell *cell);

const char *arch_name(enum arch arch);
/* false: no architecture of that name, @ret untouched */
bool arch_by_name(const char *name, enum arch *ret);
const char *clock_name(enum clock clock);
const char *swap_name(enum swap swap);

/* "fault order=seq pages=16384": workload and the parameters that are not at their default. */
void cell_workload_text(const struct cell *cell, struct strbuf *out);
/* "i386 base 400M fault seed 1": for people, in progress and messages. */
void cell_title(const struct cell *cell, struct strbuf *out);

/* The canonical text: one "key value" a line, fixed order, LF, no trailing blanks. */
void cell_canonical(const struct cell *cell, const struct cell_artifacts *on, struct strbuf *out);
void cell_id(const char *canonical, size_t len, char hex[SHA256_HEX]);

#endif

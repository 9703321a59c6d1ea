/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job: what the host asks of the agent, as text in the region.
 *
 *   highwater-job 1
 *   clock insn 0            clock, and the shift of the instruction clock
 *   seed 1
 *   swap ram 268435456      backing (none, ram, disk) and bytes
 *   tunable vm.swappiness 60
 *   sample ns 10000000      virtual time between samples, or allocs 10000: page
 *                           allocations; absent: none
 *   require unusable.9 >= 500   what must hold when the work begins (require.h)
 *   trace kmem:mm_page_alloc  a line of the list of events (trace.h)
 *   workload fault
 *   param pages 16384       every parameter of the workload, normal form
 *   file fio.job 123        a file for the tool: 123 raw bytes and '\n' follow
 *   end
 *
 * job_encode() is the host's side, job_parse() the guest's; both check, since
 * a job is the one thing an old agent and a new host may disagree on.
 */
#ifndef PROTO_JOB_H
#define PROTO_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/require.h"
#include "proto/trace.h"

#define JOB_MAX_PAIRS 64

struct job_pair {
	const char *key, *value; /* point into the text */
};

struct job {
	bool insn; /* instruction clock */
	unsigned int shift; /* 1 instruction = 2^shift ns */
	uint64_t seed;
	const char *swap; /* "none", "ram", "disk" */
	uint64_t swap_bytes;
	const char *workload;
	struct job_pair tunables[JOB_MAX_PAIRS];
	size_t nr_tunables;
	struct job_pair params[JOB_MAX_PAIRS];
	size_t nr_params;
	uint64_t sample_ns, sample_allocs; /* at most one is not 0 */
	const char *require_text; /* job_encode() only, or NULL */
	struct requirement requires[REQUIRE_MAX]; /* job_parse() only */
	size_t nr_requires;
	const char *trace_text; /* job_encode() only: lines, or NULL */
	struct trace_line trace[TRACE_MAX_LINES]; /* job_parse() only */
	size_t nr_trace;
	const char *file_name; /* NULL: none */
	const char *file;
	size_t file_bytes;
};

/*
 * Write the text of @job to @out. Returns its length without a NUL, whatever
 * @size (as snprintf); call again with enough room.
 */
size_t job_encode(const struct job *job, char *out, size_t size);

/*
 * Parse @text of @len bytes in place (newlines become NUL; @text[len] must be
 * writable). Strings of @ret point into @text. 0, or -EINVAL with the number of
 * the offending line in @ret_line.
 */
int job_parse(char *text, size_t len, struct job *ret, unsigned int *ret_line);

/* The value of parameter @key, or NULL. */
const char *job_param(const struct job *job, const char *key);

#endif

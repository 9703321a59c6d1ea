/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * region: the memory that host and guest share.
 *
 * One file on the host is the BAR of an ivshmem-plain device in the guest. The
 * host writes header and job before the guest starts and then never again: a
 * write while a guest runs under the instruction clock would be input from
 * outside. The guest appends frames (frame.h) and counts them in the header;
 * the host reads when the guest is gone. All fields are little endian and of
 * fixed width: host and guest may differ in word size.
 *
 *   0 ............ header (one page)
 *   job_off ...... job text (job.h)
 *   frames_off ... frames, back to back, 8-byte aligned
 *   trace_off .... raw trace area
 */
#ifndef PROTO_REGION_H
#define PROTO_REGION_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define REGION_MAGIC 0x3147455252545748ull /* "HWTRREG1" */
#define REGION_VERSION 1
#define REGION_HEADER_BYTES 4096
#define REGION_PCI_VENDOR 0x1af4 /* ivshmem, QEMU docs/specs/ivshmem-spec.txt */
#define REGION_PCI_DEVICE 0x1110

enum region_state {
	REGION_JOB = 1, /* written by the host, before boot */
	REGION_TAKEN = 2, /* the agent has read the job */
	REGION_DONE = 3, /* the agent has said BYE */
	REGION_FULL = 4, /* a frame did not fit: what follows is lost */
};

struct region_header {
	uint64_t magic;
	uint32_t version;
	uint32_t state; /* enum region_state */
	uint64_t region_bytes;
	uint64_t job_off, job_bytes;
	uint64_t frames_off, frames_cap, frames_bytes;
	uint64_t trace_off, trace_cap, trace_bytes;
	uint32_t job_crc; /* crc32() of the job bytes */
	uint32_t nr_frames;
};

_Static_assert(sizeof(struct region_header) == 96, "wire size");
_Static_assert(offsetof(struct region_header, job_off) == 24, "wire layout");
_Static_assert(offsetof(struct region_header, job_crc) == 88, "wire layout");

#endif

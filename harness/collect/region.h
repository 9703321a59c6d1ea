/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * region: the host's side of the shared memory (proto/region.h): made before
 * the guest starts, read when it is gone. The guest may have written anything
 * into it.
 */
#ifndef COLLECT_REGION_H
#define COLLECT_REGION_H

#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"
#include "lib/strbuf.h"

/* How a region is divided: @trace_bytes of its @bytes (a power of two) are for raw events. */
struct region_size {
	uint64_t bytes, trace_bytes;
};

/* The size of a region with room for @trace_room bytes of raw events. */
struct region_size region_size_for(uint64_t trace_room);

/* Make the file @path with header and @job. */
int region_create(const char *path, struct region_size size, const void *job, size_t job_bytes,
		  struct error *err);

/*
 * Append the frame bytes of @region to @out: what the header says, or as much
 * of it as lies inside. @problem gets why that is not to be trusted, or "".
 */
void region_frames(const void *region, size_t len, struct strbuf *out, char *problem,
		   size_t problem_size);

/* Append the raw events of a region whose frames were whole; @problem as above. */
void region_trace(const void *region, size_t len, struct strbuf *out, char *problem,
		  size_t problem_size);

#endif

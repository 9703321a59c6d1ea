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

/* Make the file @path with header and @job. */
int region_create(const char *path, uint64_t bytes, const void *job, size_t job_bytes,
		  struct error *err);

/*
 * Append the frame bytes of @region to @out: what the header says, or as much
 * of it as lies inside. @problem gets why that is not to be trusted, or "".
 */
void region_frames(const void *region, size_t len, struct strbuf *out, char *problem,
		   size_t problem_size);

#endif

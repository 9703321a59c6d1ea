// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/region.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/io.h"
#include "proto/frame.h"
#include "proto/region.h"

/* For header, job and frames. */
#define FRAMES_BYTES (16ull << 20)

struct region_size region_size_for(uint64_t trace_room)
{
	struct region_size s = { .bytes = FRAMES_BYTES, .trace_bytes = trace_room };

	while (s.bytes < FRAMES_BYTES + trace_room)
		s.bytes *= 2;
	return s;
}

/* A quarter of what is not for raw events at most for the job, the rest for frames. */
static struct region_header layout(struct region_size size, const void *job, size_t job_bytes)
{
	struct region_header h = {
		.magic = REGION_MAGIC,
		.version = REGION_VERSION,
		.state = REGION_JOB,
		.region_bytes = size.bytes,
		.trace_off = size.bytes - size.trace_bytes,
		.trace_cap = size.trace_bytes,
		.job_off = REGION_HEADER_BYTES,
		.job_bytes = job_bytes,
		.job_crc = crc32(0, job, job_bytes),
	};

	h.frames_off = (h.job_off + job_bytes + REGION_HEADER_BYTES - 1) / REGION_HEADER_BYTES *
		       REGION_HEADER_BYTES;
	h.frames_cap = h.trace_off - h.frames_off;
	return h;
}

int region_create(const char *path, struct region_size size, const void *job, size_t job_bytes,
		  struct error *err)
{
	struct region_header h;
	int fd, rc = 0;

	if (job_bytes > (size.bytes - size.trace_bytes) / 4)
		return error_set(err, ERROR_INPUT, "a job of %zu bytes does not fit the region",
				 job_bytes);
	h = layout(size, job, job_bytes);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	/* Reserved, not only sized: a full disk must say so now, not kill QEMU later. */
	if (fd < 0)
		rc = -errno;
	if (!rc)
		rc = -posix_fallocate(fd, 0, (off_t)size.bytes);
	if (!rc)
		rc = io_write_all(fd, &h, sizeof(h));
	if (!rc && pwrite(fd, job, job_bytes, (off_t)h.job_off) != (ssize_t)job_bytes)
		rc = -errno;
	if (fd >= 0)
		close(fd);
	if (rc)
		return error_errno(err, ERROR_HOST, -rc, "cannot make region '%s'", path);
	return 0;
}

void region_frames(const void *region, size_t len, struct strbuf *out, char *problem,
		   size_t problem_size)
{
	struct region_header h;
	uint64_t bytes;

	problem[0] = '\0';
	strbuf_add(out, "", 0);
	if (len < REGION_HEADER_BYTES) {
		snprintf(problem, problem_size, "the region has %zu bytes only", len);
		return;
	}
	memcpy(&h, region, sizeof(h));
	if (h.magic != REGION_MAGIC || h.version != REGION_VERSION || h.region_bytes != len ||
	    h.frames_off < REGION_HEADER_BYTES || h.frames_off % 8 || h.frames_off > len ||
	    h.frames_cap > len - h.frames_off) {
		snprintf(problem, problem_size, "the guest has overwritten the header of the region");
		return;
	}
	bytes = h.frames_bytes;
	if (bytes > h.frames_cap) {
		snprintf(problem, problem_size,
			 "the guest claims %" PRIu64 " bytes of frames in a space of %" PRIu64, bytes,
			 h.frames_cap);
		bytes = h.frames_cap;
	} else if (h.state == REGION_FULL) {
		snprintf(problem, problem_size, "the region was full: frames are missing");
	} else if (h.state == REGION_JOB) {
		snprintf(problem, problem_size, "the agent never took the job");
	} else if (h.state != REGION_DONE && h.state != REGION_TAKEN) {
		snprintf(problem, problem_size, "the region is in state %u, which is none", h.state);
	}
	strbuf_add(out, (const char *)region + h.frames_off, bytes);
}

void region_trace(const void *region, size_t len, struct strbuf *out, char *problem,
		  size_t problem_size)
{
	struct region_header h;

	strbuf_add(out, "", 0);
	if (problem[0] || len < REGION_HEADER_BYTES)
		return;
	memcpy(&h, region, sizeof(h));
	if (h.trace_off > len || h.trace_cap > len - h.trace_off || h.trace_bytes > h.trace_cap ||
	    (h.trace_cap && h.trace_off < h.frames_off + h.frames_cap)) {
		snprintf(problem, problem_size,
			 "the guest has overwritten where the raw events of the region are");
		return;
	}
	strbuf_add(out, (const char *)region + h.trace_off, h.trace_bytes);
}

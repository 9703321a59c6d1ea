// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/verify.h"

#include <stdlib.h>

#include "decode/difference.h"
#include "lib/io.h"
#include "lib/xalloc.h"

#define FILE_MAX_BYTES (1u << 30)

struct bytes {
	struct strbuf frames, console, trace;
};

static int read_run(const char *results, const char *id, unsigned int n, struct bytes *b,
		    struct error *err)
{
	char *frames = xasprintf("%s/runs/%s/%u/frames", results, id, n);
	char *console = xasprintf("%s/runs/%s/%u/console", results, id, n);
	char *trace = xasprintf("%s/runs/%s/%u/trace", results, id, n);
	int rc = io_read_file(frames, FILE_MAX_BYTES, &b->frames, err);

	if (!rc)
		rc = io_read_file(console, FILE_MAX_BYTES, &b->console, err);
	strbuf_add(&b->trace, "", 0);
	if (!rc && io_exists(trace))
		rc = io_read_file(trace, FILE_MAX_BYTES, &b->trace, err);
	free(trace);
	free(frames);
	free(console);
	return rc;
}

static struct run_bytes view(const struct bytes *b)
{
	return (struct run_bytes){ b->frames.buf, b->frames.len, b->console.buf, b->console.len,
				    b->trace.buf, b->trace.len };
}

int verify_cell(const char *results, const char *id, char *where, size_t size, struct error *err)
{
	struct bytes a = {}, b = {};
	struct run_bytes va, vb;
	int rc = read_run(results, id, 1, &a, err);

	if (!rc)
		rc = read_run(results, id, 2, &b, err);
	va = view(&a);
	vb = view(&b);
	if (!rc)
		rc = difference_none(&va, &vb, where, size);
	strbuf_release(&a.frames);
	strbuf_release(&a.console);
	strbuf_release(&b.frames);
	strbuf_release(&b.console);
	strbuf_release(&a.trace);
	strbuf_release(&b.trace);
	return rc;
}

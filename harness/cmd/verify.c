// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/verify.h"

#include <stdlib.h>

#include "collect/rundir.h"
#include "decode/difference.h"

static struct run_bytes view(const struct rundir_evidence *e)
{
	return (struct run_bytes){ e->frames.buf, e->frames.len, e->console.buf, e->console.len,
				    e->trace.len ? e->trace.buf : "", e->trace.len };
}

int verify_dirs(const char *dir_a, const char *dir_b, char *where, size_t size, struct error *err)
{
	struct rundir_evidence a = {}, b = {};
	struct run_bytes va, vb;
	int rc = rundir_read(dir_a, &a, err);

	if (!rc)
		rc = rundir_read(dir_b, &b, err);
	if (!rc) {
		va = view(&a);
		vb = view(&b);
		rc = difference_none(&va, &vb, where, size);
	}
	rundir_evidence_release(&a);
	rundir_evidence_release(&b);
	return rc;
}

int verify_cell(const char *results, const char *id, char *where, size_t size, struct error *err)
{
	char *a = rundir_path(results, id, 1), *b = rundir_path(results, id, 2);
	int rc = verify_dirs(a, b, where, size, err);

	free(a);
	free(b);
	return rc;
}

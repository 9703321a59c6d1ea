// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"
#include "review/objects.h"

/* What objects that exist may grow by; a new object is an option of its own. */
#define BUDGET 4096

/* bloat-o-meter of one object: "Total: Before=1, After=2, chg +0.1%". */
static int meter(struct review *r, const char *before, const char *after, long *ret_delta,
		 char **ret_text, struct error *err)
{
	const char *const argv[] = { "python3", "scripts/bloat-o-meter", before, after, NULL };
	struct proc_opts opts = { .argv = argv, .dir = r->base.repo };
	struct proc_result res = {};
	long was = 0, is = 0;
	int rc = proc_run_checked(&opts, &res, err);
	const char *total = rc ? NULL : strstr(res.out.buf, "Total: Before=");

	if (!rc && (!total || sscanf(total, "Total: Before=%ld, After=%ld", &was, &is) != 2))
		rc = error_set(err, ERROR_HOST, "bloat-o-meter says '%.200s'", res.out.buf);
	*ret_delta = is - was;
	*ret_text = xstrdup(rc ? "" : res.out.buf);
	proc_result_release(&res);
	return rc;
}

static int judge_arch(struct review *r, struct review_patch *p, enum arch arch,
		      const struct names *sources, long *ret_sum, struct review_result *res,
		      struct error *err)
{
	const struct objects_how how = { .arch = arch };
	struct objects before = {}, after = {};
	struct strbuf all = STRBUF_INIT;
	int rc = objects_get(r, p->parent, p->parent_tree, &how, sources, &before, err);

	if (!rc)
		rc = objects_get(r, p->commit, p->tree, &how, sources, &after, err);
	for (size_t i = 0; !rc && i < after.built.nr; i++) {
		char *was = objects_path(&before, after.built.v[i]);
		char *is = objects_path(&after, after.built.v[i]);
		char *text = NULL;
		long delta = 0;

		if (names_have(&before.built, after.built.v[i]))
			rc = meter(r, was, is, &delta, &text, err);
		if (delta)
			strbuf_addf(&all, "%s\n%s", after.built.v[i], text);
		*ret_sum += delta;
		free(text);
		free(was);
		free(is);
	}
	if (!rc && *ret_sum > BUDGET)
		finding_details(result_find(res, REVIEW_WARN, NULL, 0,
					    "%s: existing objects grow by %ld bytes, the budget is %d",
					    arch_name(arch), *ret_sum, BUDGET),
				"%.3000s", all.buf);
	strbuf_release(&all);
	objects_release(&before);
	objects_release(&after);
	return rc;
}

int check_size(struct review *r, struct review_patch *p, struct review_result *res,
	       struct error *err)
{
	struct names sources;
	long sum[NR_ARCHES] = {};
	size_t left_out;
	int rc = objects_of(r, p, &sources, &left_out, err);

	for (int arch = 0; !rc && sources.nr && arch < NR_ARCHES; arch++)
		rc = judge_arch(r, p, arch, &sources, &sum[arch], res, err);
	if (!rc)
		result_note(res, "i386 %+ld, x86_64 %+ld bytes in existing objects", sum[ARCH_I386],
			    sum[ARCH_X86_64]);
	names_release(&sources);
	return rc;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/check.h"

#include <stdlib.h>
#include <string.h>

#include "lib/proc.h"
#include "lib/xalloc.h"
#include "review/diag.h"
#include "review/tree.h"

/* What scripts/kernel-doc says of the touched files at @commit. */
static int ask(struct review *r, const struct review_patch *p, const char *commit,
	       struct diags *ret, size_t *ret_nr, struct error *err)
{
	struct argv argv = {};
	struct proc_opts opts = { .dir = r->base.repo };
	struct proc_result res = {};
	int rc = tree_checkout(r, commit, err);

	*ret = (struct diags){};
	*ret_nr = 0;
	argv_add(&argv, "scripts/kernel-doc");
	argv_add(&argv, "-none");
	for (size_t i = 0; i < p->mail.nr_files; i++) {
		const struct diff_file *f = &p->mail.files[i];

		if (f->is_deleted || (strcmp(commit, p->parent) == 0 && f->is_new) ||
		    !(path_ends(f->path, ".c") || path_ends(f->path, ".h")))
			continue;
		argv_add(&argv, f->path);
		++*ret_nr;
	}
	opts.argv = (const char *const *)argv.v;
	if (!rc && *ret_nr)
		rc = proc_run(&opts, &res, err);
	if (!rc && res.out.buf)
		diags_parse(res.out.buf, ret);
	proc_result_release(&res);
	argv_release(&argv);
	return rc;
}

int check_kernel_doc(struct review *r, struct review_patch *p, struct review_result *res,
		     struct error *err)
{
	struct diags before = {}, after = {}, new = {};
	size_t nr, ignored;
	int rc = ask(r, p, p->commit, &after, &nr, err);

	if (!rc && after.nr)
		rc = ask(r, p, p->parent, &before, &ignored, err);
	if (!rc) {
		diags_new(&before, &after, &new);
		for (size_t i = 0; i < new.nr; i++)
			result_find(res, REVIEW_WARN, new.v[i].file, new.v[i].line, "%s",
				    new.v[i].text);
		result_note(res, "%zu files", nr);
	}
	diags_release(&before);
	diags_release(&after);
	diags_release(&new);
	return rc;
}

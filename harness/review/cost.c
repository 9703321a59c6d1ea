// SPDX-License-Identifier: GPL-2.0-or-later
/* What each patch adds to each path, held against a budget: highwater cost --budget. */
#include "review/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/xalloc.h"
#include "review/guest.h"

/* "over budget: patch 3 i386 off fault +5, at most +4 allowed" */
static void judge_lines(char *text, struct review_result *res)
{
	static const char over[] = "over budget: ";
	char *save, *line;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (strncmp(line, over, strlen(over)) == 0)
			result_find(res, REVIEW_FAIL, NULL, 0, "%s", line + strlen(over));
}

int check_cost(struct review *r, struct review_patch *p, struct review_result *res,
	       struct error *err)
{
	char *results, *root;
	struct proc_result out = {};
	int rc = -1;

	if (!r->o->cost) {
		result_note(res, "no budget is given: --cost FILE");
		return 0;
	}
	if (r->o->tree) {
		result_unchecked(res, "a range in a tree: use highwater cost --tree");
		return 0;
	}
	results = xasprintf("%s/guest/cost", r->dir);
	root = guest_root(r, p, err);
	if (root) {
		const char *const words[] = { "cost", "--budget", r->o->cost, "-o", results, NULL };

		rc = io_mkdirs(results, err);
		if (!rc)
			rc = guest_self(root, words, &out, err);
	}
	if (!rc && out.exit_code != 0 && out.exit_code != ERROR_FOUND)
		guest_failed(&out, res);
	else if (!rc)
		judge_lines(out.out.buf, res);
	proc_result_release(&out);
	free(root);
	free(results);
	return rc;
}

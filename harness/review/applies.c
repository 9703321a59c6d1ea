// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/check.h"

#include <string.h>

int check_applies(struct review *r, struct review_patch *p, struct review_result *res,
		  struct error *err)
{
	struct review_finding *f;
	const char *nl;

	(void)err;
	if (*p->commit) {
		result_note(res, "on %s", r->base.origin);
		return 0;
	}
	nl = strchr(p->problem, '\n');
	if (!nl) {
		result_unchecked(res, "%s", p->problem);
		return 0;
	}
	f = result_find(res, REVIEW_FAIL, p->mail.nr_files ? p->mail.files[0].path : NULL, 0,
			"does not apply to %s", p == r->patches || r->o->independent ?
						       r->base.origin : "the patches before it");
	finding_details(f, "%s", nl + 1);
	return 0;
}

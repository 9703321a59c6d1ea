// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's own tests of what a series touches: the KUnit suites and the selftest
 * that configs/kernel/kunit.config and the workload kselftest know, in guests of both
 * architectures, on the last step.
 */
#include "review/check.h"

#include <stdlib.h>
#include <string.h>

#include "review/guest.h"
#include "review/tree.h"

#define BOTH "[i386, x86_64]"

/* Which part of the tests the series comes with, by a file that has to be there. */
static const struct {
	const char *file, *word;
	struct guest_plan plan;
} tests[] = {
	{ "mm/Kconfig", "MM_RECLAIM_KUNIT_TEST",
	  { BOTH, "+kunit", "128M", "  - {name: kunit}\n" } },
	{ "tools/testing/selftests/mm/Makefile", "mm_tunables",
	  { BOTH, "", "128M",
	    "  - {name: kselftest, test: mm_tunables, swap: {backing: ram, size: 24M}}\n" } },
};

static int has_word(struct review *r, const struct review_patch *p, const char *file,
		    const char *word, bool *ret, struct error *err)
{
	char *text = NULL;
	int rc = tree_file(r, p->commit, file, &text, err);

	*ret = !rc && text && strstr(text, word);
	free(text);
	return rc;
}

int check_tests(struct review *r, struct review_patch *p, struct review_result *res,
		struct error *err)
{
	size_t cells, all = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(tests) / sizeof(tests[0]); i++) {
		bool there;

		rc = has_word(r, p, tests[i].file, tests[i].word, &there, err);
		if (!rc && there)
			rc = guest_run(r, p, &tests[i].plan, &cells, res, err);
		if (!rc && there)
			all += cells;
	}
	if (!rc && all)
		result_note(res, "%zu guests with KUnit suites and selftests", all);
	else if (!rc)
		result_note(res, "the tree has none that are known");
	return rc;
}

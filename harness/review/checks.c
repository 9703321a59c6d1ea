// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/check.h"

#include <string.h>

/* In the order of reading. A check of a class runs only after the cheaper classes
 * of all patches that changed. */
const struct check check_table[] = {
	{ "applies", CHECK_PATCH, CHECK_TEXT, "git", USES_SERIES, 1, true, check_applies,
	  "applies to the stated base and what is before it" },
	{ "changelog", CHECK_PATCH, CHECK_TEXT, NULL, 0, 1, true, check_changelog,
	  "subject, changelog and trailers follow the conventions" },
	{ "cover", CHECK_SERIES, CHECK_TEXT, NULL, USES_COVER, 1, true, check_cover,
	  "the cover letter is there and counts right" },
	{ "checkpatch", CHECK_PATCH, CHECK_TEXT, "perl codespell", USES_FILES, 1, true,
	  check_checkpatch, "scripts/checkpatch.pl --strict --codespell is silent" },
	{ "maintainers", CHECK_PATCH, CHECK_TEXT, "perl", USES_TREE, 1, false, check_maintainers,
	  "new files have maintainers; the mail goes to those of what it touches" },
	{ "sysctl-docs", CHECK_PATCH, CHECK_TEXT, NULL, USES_TREE, 1, false, check_sysctl_docs,
	  "every new sysctl is documented with its default, every documented one exists" },
	{ "trace-docs", CHECK_PATCH, CHECK_TEXT, NULL, USES_TREE, 1, false, check_trace_docs,
	  "every new trace event is documented and triggered, every documented one exists" },
	{ "param-docs", CHECK_PATCH, CHECK_TEXT, NULL, USES_TREE, 1, false, check_param_docs,
	  "every new parameter is documented, every documented one exists" },
	{ "defaults", CHECK_PATCH, CHECK_TEXT, NULL, USES_TREE, 1, false, check_defaults,
	  "no tunable changes its default unsaid" },
	{ "kernel-doc", CHECK_PATCH, CHECK_TEXT, "python3", USES_FILES, 1, false, check_kernel_doc,
	  "scripts/kernel-doc says nothing new" },
	{ "coccinelle", CHECK_PATCH, CHECK_TEXT, "spatch", USES_FILES | USES_COCCI, 1, false, check_coccinelle,
	  "coccinelle's and our semantic patches find nothing new" },
	{ "build", CHECK_PATCH, CHECK_OBJECT, "make gcc ccache", USES_TREE | USES_CONFIG, 2, false,
	  check_build, "compiles on i386 and x86_64 with W=1, no new warning" },
	{ "division", CHECK_PATCH, CHECK_OBJECT, "make gcc ccache", USES_TREE | USES_CONFIG, 2,
	  false, check_division, "no 64-bit division without do_div() and its like on i386" },
	{ "options", CHECK_PATCH, CHECK_OBJECT, "make gcc ccache", USES_TREE | USES_CONFIG, 2,
	  false, check_options, "compiles with the options off that guard what it touches" },
	{ "sparse", CHECK_PATCH, CHECK_OBJECT, "make gcc ccache sparse", USES_TREE | USES_CONFIG, 2,
	  false, check_sparse, "sparse finds nothing new" },
	{ "static-key", CHECK_PATCH, CHECK_OBJECT, "make gcc ccache objdump",
	  USES_TREE | USES_CONFIG, 2, false, check_static_key,
	  "an event that is off is a NOP, and its arguments are not evaluated" },
	{ "size", CHECK_PATCH, CHECK_OBJECT, "make gcc ccache python3 nm", USES_TREE | USES_CONFIG,
	  2, false, check_size,
	  "bloat-o-meter stays within 4096 bytes for existing objects, events aside" },
	{ "boot", CHECK_PATCH, CHECK_GUEST, "make gcc",
	  USES_TREE | USES_CONFIG | USES_GUEST, 1, false, check_boot,
	  "builds whole, boots and runs on both architectures, console clean" },
	{ "tests", CHECK_SERIES, CHECK_GUEST, "make gcc",
	  USES_TREE | USES_CONFIG | USES_GUEST, 1, false, check_tests,
	  "the KUnit suites and selftests of the last step pass on both architectures" },
	{ "debug", CHECK_SERIES, CHECK_GUEST, "make gcc",
	  USES_TREE | USES_CONFIG | USES_GUEST, 1, false, check_debug,
	  "lockdep, DEBUG_VM, DEBUG_ATOMIC_SLEEP and KASAN find nothing in the last step" },
	{ "faults", CHECK_SERIES, CHECK_GUEST, "make gcc",
	  USES_TREE | USES_CONFIG | USES_GUEST, 1, false, check_faults,
	  "failslab, fail_page_alloc: an allocation that fails breaks and leaks nothing" },
	{ "cost", CHECK_SERIES, CHECK_GUEST, "make gcc",
	  USES_TREE | USES_CONFIG | USES_GUEST | USES_BUDGET, 1, false, check_cost,
	  "no patch adds more instructions to a path than the budget allows" },
};

const size_t check_nr = sizeof(check_table) / sizeof(check_table[0]);

const struct check *check_find(const char *name)
{
	for (size_t i = 0; i < check_nr; i++)
		if (strcmp(check_table[i].name, name) == 0)
			return &check_table[i];
	return NULL;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks that boot: each step on both architectures, and the last one with the
 * kernel's own checkers on. A cell is ok only if its console is clean.
 */
#include "review/check.h"

#include "review/guest.h"

/* Run one plan and note how many guests there were, and @what they did. */
static int run_plan(struct review *r, struct review_patch *p, const struct guest_plan *plan,
		    const char *what, struct review_result *res, struct error *err)
{
	size_t cells;
	int rc = guest_run(r, p, plan, &cells, res, err);

	if (!rc && cells)
		result_note(res, "%zu guests%s", cells, what);
	return rc;
}

int check_boot(struct review *r, struct review_patch *p, struct review_result *res,
	       struct error *err)
{
	static const struct guest_plan smoke = {
		.arch = "[i386, x86_64]",
		.variant = "",
		.memory = "256M",
		.workloads = "  - {name: \"null\"}\n  - {name: fault, pages: 2048}\n",
	};

	return run_plan(r, p, &smoke, " of i386 and x86_64", res, err);
}

/* What the kernel's checkers see: reclaim, a hot set, the series' sysctls. */
#define DEBUG_WORKLOADS                                                                        \
	"  - {name: fault, pages: 8192}\n  - {name: hot-set, hot: 32M, stream: 128M, "             \
	"hot_passes: 1, stream_passes: 1}\n"

int check_debug(struct review *r, struct review_patch *p, struct review_result *res,
		struct error *err)
{
	static const struct guest_plan plans[] = {
		{ "i386", "+debug", "256M", DEBUG_WORKLOADS },
		{ "x86_64", "+debug+kasan", "384M", DEBUG_WORKLOADS },
	};
	size_t cells, all = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(plans) / sizeof(plans[0]); i++) {
		rc = guest_run(r, p, &plans[i], &cells, res, err);
		all += cells;
	}
	if (!rc && all)
		result_note(res, "%zu guests with lockdep, DEBUG_VM, DEBUG_ATOMIC_SLEEP; KASAN on x86_64",
			    all);
	return rc;
}

int check_faults(struct review *r, struct review_patch *p, struct review_result *res,
		 struct error *err)
{
	static const struct guest_plan plan = {
		"[i386, x86_64]", "+faults", "256M",
		"  - {name: faults, swap: {backing: ram, size: 32M}}\n",
	};

	return run_plan(r, p, &plan, ", each allocation of ten operations", res, err);
}

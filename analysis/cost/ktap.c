// SPDX-License-Identifier: GPL-2.0-or-later
#include "cost/cost.h"

#include <inttypes.h>

/* One test: a patch on an architecture, with events in one way. */
static bool one(const struct cost *c, const struct budget *b, size_t patch, size_t arch,
		size_t mode, size_t n, struct strbuf *out)
{
	size_t judged = 0, bad = 0;
	int64_t d;

	for (size_t p = 0; p < c->nr_paths; p++) {
		const struct budget_rule *r = budget_rule(b, c, patch, arch, mode, p);
		enum budget_verdict v = budget_judge(b, c, patch, arch, mode, p);
		bool there = cost_delta(c, patch, arch, mode, p, &d) != COST_UNKNOWN;

		judged += v == BUDGET_KEPT || v == BUDGET_BROKEN;
		bad += v == BUDGET_BROKEN;
		if (v == BUDGET_UNSURE)
			strbuf_addf(out, "  # %s: not judged, no exact count\n", c->paths[p]);
		else if (v == BUDGET_BROKEN && !there)
			strbuf_addf(out, "  # %s: no figure\n", c->paths[p]);
		else if (v == BUDGET_BROKEN)
			strbuf_addf(out, "  # %s: %+" PRId64 " instructions, %s %+" PRId64 " allowed\n",
				    c->paths[p], d, r->exactly ? "exactly" : "at most", r->limit);
	}
	strbuf_addf(out, "  %s %zu %s %s%s\n", bad ? "not ok" : "ok", n, c->arches[arch], c->modes[mode],
		    judged ? "" : " # SKIP no budget");
	return bad == 0;
}

static void group(const struct cost *c, const struct budget *b, size_t patch, size_t n,
		  struct strbuf *out)
{
	const char *name = patch == COST_ALL ? "all patches" : c->steps[patch].subject;
	bool good = true;
	size_t at = 0;

	strbuf_addf(out, "  KTAP version 1\n  # Subtest: %s\n  1..%zu\n", name,
		    c->nr_arches * c->nr_modes);
	for (size_t a = 0; a < c->nr_arches; a++)
		for (size_t m = 0; m < c->nr_modes; m++)
			good &= one(c, b, patch, a, m, ++at, out);
	strbuf_addf(out, "%s %zu %s\n", good ? "ok" : "not ok", n, name);
}

void cost_ktap(const struct cost *c, const struct budget *b, struct strbuf *out)
{
	strbuf_addf(out, "KTAP version 1\n1..%zu\n", c->nr_steps);
	for (size_t i = 1; i < c->nr_steps; i++)
		group(c, b, i, i, out);
	group(c, b, COST_ALL, c->nr_steps, out);
}

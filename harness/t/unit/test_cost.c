// SPDX-License-Identifier: GPL-2.0-or-later
/* What patches add: differences, what is not exact, budgets and every way to write one wrongly. */
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "cmd/paths_plan.h"
#include "cost/cost.h"
#include "lib/xalloc.h"

static void set(struct cost *c, size_t step, size_t arch, const char *path, int64_t insns,
		bool exact)
{
	*cost_at(c, step, arch, 0, cost_path(c, path)) =
		(struct cost_number){ .there = true, .exact = exact, .insns = insns };
}

/* Two patches: the first adds 3 to i386's fault, the second takes 1 from x86_64's read. */
static void fill(struct cost *c)
{
	static const char *const arches[] = { "i386", "x86_64" }, *const modes[] = { "off" };

	cost_init(c, arches, 2, modes, 1, 3);
	for (size_t i = 0; i < 3; i++) {
		c->steps[i].name = xasprintf("series@%zu", i);
		c->steps[i].subject = xstrdup(i == 0 ? "" : i == 1 ? "mm: first" : "mm: second");
		for (size_t a = 0; a < 2; a++) {
			set(c, i, a, "fault", 1000 + (a == 0 && i > 0 ? 3 : 0), true);
			set(c, i, a, "read", 500 - (a == 1 && i > 1 ? 1 : 0), true);
			set(c, i, a, "exec", 9000 + 7 * (int64_t)i, false);
			*cost_size_at(c, i, a) = (struct cost_size){ true, 100 + 16 * (int64_t)i, 50, 10, 5 };
		}
	}
}

static void deltas(void **state)
{
	struct cost c;
	int64_t d;

	(void)state;
	fill(&c);
	assert_int_equal(c.nr_paths, 3);
	assert_int_equal(cost_delta(&c, 1, 0, 0, cost_path(&c, "fault"), &d), COST_EXACT);
	assert_int_equal(d, 3);
	assert_int_equal(cost_delta(&c, 1, 1, 0, cost_path(&c, "fault"), &d), COST_EXACT);
	assert_int_equal(d, 0);
	assert_int_equal(cost_delta(&c, 2, 1, 0, cost_path(&c, "read"), &d), COST_EXACT);
	assert_int_equal(d, -1);
	assert_int_equal(cost_delta(&c, COST_ALL, 0, 0, cost_path(&c, "fault"), &d), COST_EXACT);
	assert_int_equal(d, 3);
	assert_int_equal(cost_delta(&c, 2, 0, 0, cost_path(&c, "exec"), &d), COST_ABOUT);
	assert_int_equal(d, 7);
	/* A path only one kernel has. */
	set(&c, 2, 0, "new", 5, true);
	assert_int_equal(cost_delta(&c, 2, 0, 0, cost_path(&c, "new"), &d), COST_UNKNOWN);
	cost_release(&c);
}

static void texts(void **state)
{
	struct strbuf out = STRBUF_INIT;
	struct cost c;

	(void)state;
	fill(&c);
	cost_text(&c, NULL, &out);
	assert_non_null(strstr(out.buf, "i386, tracepoints off: instructions per operation"));
	assert_non_null(strstr(out.buf, "\n   1             +3          .        ~+7\n"));
	assert_non_null(strstr(out.buf, "\n   2              .         -1        ~+7\n"));
	assert_non_null(strstr(out.buf, "\nall 2            +3          .       ~+14\n"));
	assert_non_null(strstr(out.buf, "1 patch adds +0 on every path that is exact."));
	assert_non_null(strstr(out.buf, "\nall 2           +32         +0         +0         +0\n"));
	assert_non_null(strstr(out.buf, "   2    mm: second\n"));
	strbuf_reset(&out);
	cost_json(&c, NULL, &out);
	assert_non_null(strstr(out.buf, "\"added\": 3"));
	assert_non_null(strstr(out.buf, "\"within_budget\": true"));
	strbuf_release(&out);
	cost_release(&c);
}

static int parse(const char *text, struct budget *b, struct error *err)
{
	return budget_parse(text, strlen(text), "b", b, err);
}

static void budget(const char *text, bool want_broken)
{
	struct budget b;
	struct error err;
	struct cost c;

	fill(&c);
	if (parse(text, &b, &err))
		fail_msg("'%s': %s", text, err.msg);
	if (budget_check_names(&b, &c, "b", &err))
		fail_msg("'%s': %s", text, err.msg);
	if (budget_broken(&b, &c) != want_broken)
		fail_msg("'%s' is %s", text, want_broken ? "kept" : "broken");
	budget_release(&b);
	cost_release(&c);
}

static void budgets(void **state)
{
	(void)state;
	budget("", false);
	budget("# nothing\n\n  \t\r\n", false);
	budget("* * * * +3\n", false);
	budget("* * * * +2\n", true);
	budget("* x86_64 * * +0", false);
	budget("* * off fault +2\n1 i386 off fault =3\n", false); /* the last counts */
	budget("1 i386 off fault =3\n* * off fault +2\n", true);
	budget("* x86_64 * read =0\n", true);
	budget("2 x86_64 off read =-1 # faster\n", false);
	budget("all i386 off fault +2\n", true);
	budget("all i386 off fault +3\n", false);
	/* Not exact: never judged. */
	budget("* * * exec =0\n", false);
}

static void budgets_in_ktap(void **state)
{
	struct strbuf out = STRBUF_INIT;
	struct budget b;
	struct error err;
	struct cost c;

	(void)state;
	fill(&c);
	assert_int_equal(parse("* i386 * * =0\n", &b, &err), 0);
	cost_ktap(&c, &b, &out);
	assert_non_null(strstr(out.buf, "KTAP version 1\n1..3\n"));
	assert_non_null(strstr(out.buf, "  # fault: +3 instructions, exactly +0 allowed\n"
					"  # exec: not judged, no exact count\n"
					"  not ok 1 i386 off\n"
					"  ok 2 x86_64 off # SKIP no budget\nnot ok 1 mm: first\n"));
	assert_non_null(strstr(out.buf, "\nok 2 mm: second\n"));
	assert_non_null(strstr(out.buf, "\nok 3 all patches\n"));
	strbuf_reset(&out);
	cost_text(&c, &b, &out);
	assert_non_null(strstr(out.buf, "over budget: patch 1 i386 off fault +3, exactly +0 allowed\n"));
	/* What was measured before and is not now breaks it. */
	cost_at(&c, 2, 0, 0, cost_path(&c, "read"))->there = false;
	strbuf_reset(&out);
	cost_ktap(&c, &b, &out);
	assert_non_null(strstr(out.buf, "  # read: no figure\n"));
	strbuf_release(&out);
	budget_release(&b);
	cost_release(&c);
}

static void wrong(const char *text, const char *why)
{
	struct budget b;
	struct error err;

	if (parse(text, &b, &err) == 0)
		fail_msg("'%s' is taken", text);
	if (!strstr(err.msg, why))
		fail_msg("'%s': '%s', not '%s'", text, err.msg, why);
	assert_int_equal(err.kind, ERROR_INPUT);
}

static void wrong_name(const char *text, const char *why)
{
	struct budget b;
	struct error err;
	struct cost c;

	fill(&c);
	assert_int_equal(parse(text, &b, &err), 0);
	assert_int_equal(budget_check_names(&b, &c, "b", &err), -1);
	if (!strstr(err.msg, why))
		fail_msg("'%s': '%s', not '%s'", text, err.msg, why);
	budget_release(&b);
	cost_release(&c);
}

static void bad_budgets(void **state)
{
	char longest[400];

	(void)state;
	wrong("* * * fault\n", "b:1: PATCH ARCH EVENTS PATH LIMIT are needed");
	wrong("\n* * * fault +1 x\n", "b:2: more than");
	wrong("0 * * fault +1\n", "b:1: PATCH is");
	wrong("-1 * * fault +1\n", "b:1: PATCH is");
	wrong("99999999999999999999 * * fault +1\n", "b:1: PATCH is");
	wrong("* * * fault 1\n", "b:1: LIMIT is");
	wrong("* * * fault +\n", "b:1: LIMIT is");
	wrong("* * * fault +-1\n", "b:1: LIMIT is");
	wrong("* * * fault +1.5\n", "b:1: LIMIT is");
	wrong("* * * fault =99999999999999999999\n", "b:1: LIMIT is");
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	wrong(longest, "b:1: not a line of text");
	wrong_name("* arm * fault +1\n", "no architecture 'arm'");
	wrong_name("* * on fault +1\n", "not 'on'");
	wrong_name("* * * flaut +1\n", "no path 'flaut'");
	wrong_name("3 * * fault +1\n", "no patch 3, the series has 2");
}

/* Kernels, architectures, events and the path are the caller's, all else is that of paths.yaml. */
static void plan_of_paths(void **state)
{
	static const char *const kernels[] = { "base", "series@1" }, *const events[] = { "none", "mm" };
	static const enum arch arches[] = { ARCH_I386, ARCH_X86_64 };
	struct paths paths = { .configs = (char *)"configs" };
	struct paths_plan p = { "t", kernels, 2, arches, 2, events, 2, NULL };
	struct plan *plan;
	struct error err;

	(void)state;
	if (paths_plan(&p, &paths, &plan, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(plan_nr_cells(plan), 8);
	assert_string_equal(plan_name(plan), "t");
	for (size_t i = 0; i < 8; i++) {
		const struct cell *c = plan_cell(plan, i);

		assert_string_equal(c->workload->name, "paths");
		assert_string_equal(c->params[0], "all");
		assert_int_equal(c->swap, SWAP_RAM);
		assert_int_equal(c->nr_tunables, 3);
	}
	plan_free(plan);
	p.path = "it's none";
	assert_int_equal(paths_plan(&p, &paths, &plan, &err), -1);
	p.path = "fault";
	p.nr_kernels = p.nr_arches = p.nr_events = 1;
	assert_int_equal(paths_plan(&p, &paths, &plan, &err), 0);
	assert_int_equal(plan_nr_cells(plan), 1);
	assert_string_equal(plan_cell(plan, 0)->params[0], "fault");
	plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deltas),	   cmocka_unit_test(texts),
		cmocka_unit_test(budgets),	   cmocka_unit_test(budgets_in_ktap),
		cmocka_unit_test(bad_budgets),	   cmocka_unit_test(plan_of_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Plans: order of expansion, overrides, exclusions, every error with its line, and
 * the identity of cells. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "lib/strbuf.h"
#include "plan/kernel.h"
#include "plan/plan.h"

/* The project's own configs/; tests run from its root. */
#define CONFIGS "configs"

static struct plan *good(const char *text)
{
	struct plan *plan = NULL;
	struct error err = {};

	if (plan_parse(text, strlen(text), "p.yaml", CONFIGS, &plan, &err))
		fail_msg("%s", err.msg);
	return plan;
}

static void bad(const char *text, const char *message)
{
	struct plan *plan = NULL;
	struct error err = {};

	assert_int_equal(plan_parse(text, strlen(text), "p.yaml", CONFIGS, &plan, &err), -1);
	assert_int_equal(err.kind, ERROR_INPUT);
	if (!strstr(err.msg, message))
		fail_msg("'%s' is not in '%s'", message, err.msg);
}

static void check_titles(const struct plan *plan, const char *const *titles, size_t nr)
{
	assert_int_equal(plan_nr_cells(plan), nr);
	for (size_t i = 0; i < nr; i++) {
		struct strbuf t = STRBUF_INIT;

		cell_title(plan_cell(plan, i), &t);
		assert_string_equal(t.buf, titles[i]);
		strbuf_release(&t);
	}
}

/* The last axis varies fastest, workload slowest. */
static void order_of_expansion(void **state)
{
	static const char *const titles[] = {
		"i386 base 512M null insn seed 1",   "i386 base 512M null insn seed 2",
		"i386 series 512M null insn seed 1", "i386 series 512M null insn seed 2",
		"x86_64 base 512M null insn seed 1", "x86_64 base 512M null insn seed 2",
		"x86_64 series 512M null insn seed 1", "x86_64 series 512M null insn seed 2",
	};
	struct plan *p = good("name: t\nkernel: [base, series]\narch: [i386, x86_64]\nseeds: 2\n"
			      "workload: {name: null}\n");

	(void)state;
	check_titles(p, titles, 8);
	plan_free(p);
}

/* A workload entry overrides the guest; lists of parameters and tunables are axes. */
static void overrides_and_axes(void **state)
{
	static const char *const titles[] = {
		"x86_64 series 128M fault pages=16 vm.swappiness=10 insn seed 1",
		"x86_64 series 128M fault pages=16 vm.swappiness=60 insn seed 1",
		"x86_64 series 128M fault pages=32 vm.swappiness=10 insn seed 1",
		"x86_64 series 128M fault pages=32 vm.swappiness=60 insn seed 1",
		"x86_64 series 1G null swap=ram vm.swappiness=5 insn seed 1",
	};
	struct plan *p = good("name: t\nmemory: 128M\ntunables: {vm.swappiness: [10, 60]}\n"
			      "workload:\n  - {name: fault, pages: [16, 32]}\n"
			      "  - {name: null, memory: 1G, swap: {backing: ram, size: 64M}, "
			      "tunables: {vm.swappiness: 5}}\n");

	(void)state;
	check_titles(p, titles, 5);
	assert_int_equal(plan_cell(p, 4)->swap_bytes, 64 << 20);
	plan_free(p);
}

static void exclusions(void **state)
{
	static const char *const titles[] = {
		"i386 series 1G null insn seed 1",
		"x86_64 series 1G null insn seed 1",
		"x86_64 series 4G null insn seed 1",
	};
	struct plan *p = good("name: t\narch: [i386, x86_64]\nmemory: [1G, 4096M]\n"
			      "workload: {name: null}\nexclude: [{arch: i386, memory: 4G}]\n");

	(void)state;
	check_titles(p, titles, 3);
	plan_free(p);
}

/* Entries may overlap, name a size in another unit, and swap by its backing. */
static void exclusions_by_any_key(void **state)
{
	struct plan *p = good("name: t\narch: [i386, x86_64]\nmemory: 512M\n"
			      "workload:\n  - {name: hot-set, hot: [100M, 150M], swap: [none, {backing: ram, "
			      "size: 64M}]}\n"
			      "exclude: [{hot: 150M}, {arch: i386, hot: 150M}, {swap: ram, arch: i386}]\n");

	(void)state;
	assert_int_equal(plan_nr_cells(p), 3);
	plan_free(p);
}

/* What a cell's identity names must reach the guest: the job has room for 64. */
static void too_many_tunables(void **state)
{
	struct strbuf text = STRBUF_INIT;

	(void)state;
	strbuf_adds(&text, "name: t\nworkload: {name: null}\ntunables:\n");
	for (int i = 0; i < 65; i++)
		strbuf_addf(&text, "  vm.k%d: 1\n", i);
	bad(text.buf, "p.yaml:68: more than 64 tunables");
	strbuf_release(&text);
}

static void errors_name_the_line(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "name: t\nworkloda: {name: null}\n", "p.yaml:2: unknown key 'workloda'; known here:" },
		{ "name: t\nmemory: 12Q\nworkload: {name: null}\n",
		  "p.yaml:2: bad memory '12Q': a size from 64M to 1T" },
		{ "name: t\nmemory: 1M\nworkload: {name: null}\n", "p.yaml:2: bad memory '1M'" },
		{ "name: t\nworkload: {name: nil}\n",
		  "p.yaml:2: unknown workload 'nil': null, fault, hot-set, fio, stress-ng" },
		{ "name: t\nworkload:\n  - {name: fault, page: 1}\n",
		  "p.yaml:3: unknown key 'page'; known here: name, pages, order, thp" },
		{ "name: t\nworkload: {name: fault, pages: 0}\n",
		  "p.yaml:2: bad pages '0' of workload 'fault': a number from 1 to 1048576" },
		{ "name: t\nworkload: {name: fault, order: up}\n",
		  "bad order 'up' of workload 'fault': one of seq|random" },
		{ "name: t\nworkload: {name: fio}\n", "p.yaml:2: workload 'fio' needs 'job'" },
		{ "name: t\nworkload: {name: fio, job: nope}\n", "unknown job 'nope' of workload 'fio'" },
		{ "name: t\nkernel: bass\nworkload: {name: null}\n",
		  "p.yaml:2: unknown kernel 'bass': base, series[@N] or a path, then +VARIANT" },
		{ "name: t\nkernel: base@1\nworkload: {name: null}\n", "'@' goes with 'series' only" },
		{ "name: t\nkernel: series+nope\nworkload: {name: null}\n",
		  "unknown variant 'nope': there is no configs/kernel/nope.config and no nope.boot" },
		{ "name: t\narch: arm\nworkload: {name: null}\n", "unknown arch 'arm': i386 or x86_64" },
		{ "name: t\nclock: tsc\nworkload: {name: null}\n", "unknown clock 'tsc': insn or wall" },
		{ "name: t\nvcpus: 5\nworkload: {name: null}\n", "bad vcpus '5': a number from 1 to 4" },
		{ "name: t\nseeds: 0\nworkload: {name: null}\n", "bad seed '0'" },
		{ "name: t\nswap: floppy\nworkload: {name: null}\n", "unknown swap 'floppy'" },
		{ "name: t\nswap: ram\nworkload: {name: null}\n", "swap 'ram' needs a size" },
		{ "name: t\nswap: {backing: disk, size: 1G}\nworkload: {name: null}\n",
		  "would not be bit-exact" },
		{ "name: t\narch: i386\nmemory: 4G\nworkload: {name: null}\n",
		  "p.yaml:3: memory '4G' is too much for i386: at most 3584M" },
		{ "name: t\ntunables: {swappiness: 1}\nworkload: {name: null}\n",
		  "bad tunable 'swappiness': a sysctl such as vm.swappiness is expected" },
		{ "name: t\ntunables: {vm.../etc: 1}\nworkload: {name: null}\n", "bad tunable" },
		{ "name: t\nmemory: []\nworkload: {name: null}\n", "'memory' is an empty list" },
		{ "name: t\nmemory: [1G, 1024M]\nworkload: {name: null}\n", "'memory' has '1G' twice" },
		{ "name: t\nname: u\nworkload: {name: null}\n", "key 'name' twice" },
		{ "name: t\nworkload:\n  - {name: null}\n  - {name: null}\n", "the same cell twice" },
		{ "name: t\nworkload: {name: null}\nexclude: [{arch: i386}]\n",
		  "p.yaml:3: exclude: no cell has arch 'i386'" },
		{ "name: t\nworkload: {name: null}\nexclude: [{arch: x86_64}]\n",
		  "the plan excludes every cell" },
		{ "name: t\nevents: nope\nworkload: {name: null}\n", "unknown events 'nope'" },
		{ "name: t\nevents: 'kmem:'\nworkload: {name: null}\n", "events 'kmem:': events:1: " },
		{ "name: t\ntimeout: [1, 2]\nworkload: {name: null}\n", "'timeout' is no axis" },
		{ "name: t\n", "the plan has no 'workload'" },
		{ "workload: {name: null}\n", "the plan has no 'name'" },
		{ "", "the plan is empty" },
		{ "name: [\n", "p.yaml:" },
		{ "- a\n", "'plan' wants a map" },
		{ "name: {a: b}\nworkload: {name: null}\n", "'name' wants a plain value" },
		{ "name: t\nworkload: {name: null}\nexclude: [{arhc: i386}]\n",
		  "p.yaml:3: exclude: no cell has arhc 'i386'" },
		{ "name: t\nmemory: [1G, 2G]\nworkload: {name: null}\nexclude: [{memory: [2G, 3G]}]\n",
		  "no cell has memory '3G'" },
		{ "name: t\nworkload: {name: null}\n---\nname: u\n", "p.yaml:4: a second document" },
		{ "name: t\nmemory: 100000001\nworkload: {name: null}\n", "a multiple of 1M" },
		{ "name: t\nmemory: 128M\nswap: {backing: ram, size: 1G}\nworkload: {name: null}\n",
		  "takes more than half of the memory '128M'" },
		{ "name: t\nkernel: /no/such/tree\nworkload: {name: null}\n", "there is no tree" },
		{ "name: t\ntunables: {vm.a: 'b '}\nworkload: {name: null}\n", "bad value 'b '" },
		{ "name: t\nseeds: 10001\nworkload: {name: null}\n", "more than 10000 values" },
		{ "name: t\n\nkernel: \xff\nworkload: {name: null}\n", "p.yaml:3: " },
		{ "name: t\nseeds: 2000\nworkload: {name: null}\ntunables: {vm.a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],"
		  " vm.b: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], vm.c: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}\n",
		  "more than 1000000 cells" },
		{ "name: a/b\nworkload: {name: null}\n", "bad name 'a/b'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		bad(rows[i].text, rows[i].message);
}

/* YAML that refers to itself must neither hang nor blow up. */
static void aliases_are_harmless(void **state)
{
	(void)state;
	bad("name: t\nworkload: &a [*a]\n", "");
	bad("&x name: t\nworkload: {name: *x, pages: &y [*y, *y]}\n", "");
}

/* Derived sizes are resolved before they enter the cell. */
static void fio_job_is_resolved(void **state)
{
	struct plan *p = good("name: t\nmemory: [256M, 512M]\n"
			      "workload: {name: fio, job: randread-doublemem}\n");

	(void)state;
	assert_non_null(strstr(plan_cell(p, 0)->file, "size=536870912\n"));
	assert_null(strstr(plan_cell(p, 0)->file, "%{"));
	assert_string_not_equal(plan_cell(p, 0)->file, plan_cell(p, 1)->file);
	plan_free(p);
}

/* The canonical text is the contract between machines: fixed to the byte. */
static void canonical_text(void **state)
{
	static const struct cell_artifacts on = { "K", "I", "console=x", "7.2", "qemu -m 1" };
	static const char want[] = "highwater-cell 1\nkernel K\ninitramfs I\ncmdline console=x\nqemu 7.2\n"
				   "argv qemu -m 1\narch i386\nmemory 134217728\nvcpus 2\nclock insn\n"
				   "swap ram 67108864\nevents none\ntunable vm.a 1\ntunable vm.b 2\n"
				   "workload fault\nparam pages 16\nparam order seq\nparam thp never\nseed 3\n";
	struct plan *p = good("name: t\narch: i386\nmemory: 128M\nvcpus: 2\nseeds: [3]\ntimeout: 9\n"
			      "swap: {backing: ram, size: 64M}\ntunables: {vm.b: 2, vm.a: 1}\n"
			      "workload: {name: fault, pages: 16}\n");
	struct strbuf text = STRBUF_INIT;
	char id[SHA256_HEX];

	(void)state;
	cell_canonical(plan_cell(p, 0), &on, &text);
	assert_string_equal(text.buf, want);
	cell_id(text.buf, text.len, id);
	/* printf '...' | sha256sum */
	assert_int_equal(strlen(id), 64);
	assert_int_equal(plan_cell(p, 0)->timeout_s, 9);
	strbuf_release(&text);
	plan_free(p);
}

static void kernel_names(void **state)
{
	struct kernel_name k;
	struct error err;

	(void)state;
	assert_int_equal(kernel_name_parse("series@5", CONFIGS, &k, &err), 0);
	assert_int_equal(k.source, KERNEL_SERIES);
	assert_int_equal(k.nr_patches, 5);
	kernel_name_release(&k);
	assert_int_equal(kernel_name_parse("series", CONFIGS, &k, &err), 0);
	assert_int_equal(k.nr_patches, KERNEL_ALL_PATCHES);
	kernel_name_release(&k);
	assert_int_equal(kernel_name_parse("/tmp+pae", CONFIGS, &k, &err), 0);
	assert_int_equal(k.source, KERNEL_TREE);
	assert_string_equal(k.tree, "/tmp");
	assert_string_equal(k.variants[0], "pae");
	kernel_name_release(&k);
	assert_int_equal(kernel_name_parse("series@x", CONFIGS, &k, &err), -1);
	assert_int_equal(kernel_name_parse("series+pae+pae", CONFIGS, &k, &err), -1);
	assert_int_equal(kernel_name_parse("series+", CONFIGS, &k, &err), -1);
	assert_int_equal(kernel_name_parse("", CONFIGS, &k, &err), -1);
}

/* Every plan that is shipped must load. */
static void shipped_plans_load(void **state)
{
	static const char *const plans[] = { "configs/plan/demo.yaml", "configs/plan/null.yaml",
					     "configs/plan/smoke.yaml" };

	(void)state;
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		struct plan *plan;
		struct error err;

		if (plan_load(plans[i], CONFIGS, &plan, &err))
			fail_msg("%s", err.msg);
		plan_free(plan);
	}
}

/* The line of the check is that of its own key, and a slip is found before anything runs. */
static void claims(void **state)
{
	static const char head[] = "name: t\nkernel: [base, series]\narch: [i386, x86_64]\n"
				   "workload: {name: fault, pages: [1024, 2048]}\n";
	static const struct {
		const char *verdict, *message;
	} slips[] = {
		{ "verdict: x\n", "p.yaml:5: 'verdict' wants a map" },
		{ "verdict:\n  - {claim: x}\n", "p.yaml:6: an entry of verdict needs a 'check'" },
		{ "verdict:\n  - {check: '{a} == 1'}\n", "p.yaml:6: an entry of verdict needs a 'claim'" },
		{ "verdict:\n  - claim: x\n    check: '{a} = 1'\n",
		  "p.yaml:7: check '{a} = 1', column 5: an operator is expected" },
		{ "verdict:\n  - claim: x\n    check: '1 == 1'\n", "p.yaml:7: check '1 == 1' has no figure" },
		{ "verdict:\n  - claim: x\n    chekc: y\n", "p.yaml:7: unknown key 'chekc' of a verdict" },
		{ "verdict:\n  - claim: x\n    check: '{a} == 1'\n    where: {arch: arm}\n",
		  "p.yaml:8: unknown arch 'arm'" },
		{ "verdict:\n  - claim: x\n    check: '{a} == 1'\n    where: {pages: 512}\n",
		  "p.yaml:8: where: no cell has pages '512'" },
		{ "verdict:\n  - claim: x\n    check: '{a} == {a | pages=512}'\n",
		  "p.yaml:7: check: no cell has pages '512'" },
		{ "verdict:\n  - claim: x\n    check: '{a} == {a | memory=3X}'\n",
		  "p.yaml:7: bad memory '3X'" },
		{ "verdict:\n  - claim: ''\n    check: '{a} == 1'\n", "p.yaml:6: 'claim' of a verdict has 1 to" },
		{ "exclude: {arch: i386, kernel: base}\nverdict:\n  - claim: x\n"
		  "    check: '{a} == {a | arch=i386, kernel=base}'\n",
		  "p.yaml:8: this check: matches no cell" },
		{ "statement: [x]\n", "p.yaml:5: 'statement' wants a plain value" },
	};
	struct strbuf text = STRBUF_INIT;
	struct plan *p;

	(void)state;
	for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
		strbuf_reset(&text);
		strbuf_addf(&text, "%s%s", head, slips[i].verdict);
		bad(text.buf, slips[i].message);
	}
	strbuf_reset(&text);
	strbuf_addf(&text, "%sstatement: s\nverdict:\n  - claim: >\n      two\n      lines\n"
		    "    where: {arch: [i386, x86_64], pages: 1024}\n    check: '{a} < {a | pages=2048}'\n",
		    head);
	p = good(text.buf);
	assert_string_equal(plan_statement(p), "s");
	assert_int_equal(plan_nr_claims(p), 1);
	assert_string_equal(plan_claim(p, 0).claim, "two lines");
	assert_string_equal(plan_claim(p, 0).where, "arch=i386\narch=x86_64\npages=1024\n");
	assert_string_equal(plan_claim(p, 0).check, "{a} < {a | pages=2048}");
	plan_free(p);
	strbuf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_of_expansion),	cmocka_unit_test(overrides_and_axes),
		cmocka_unit_test(exclusions),		cmocka_unit_test(errors_name_the_line),
		cmocka_unit_test(exclusions_by_any_key), cmocka_unit_test(too_many_tunables), cmocka_unit_test(claims),
		cmocka_unit_test(aliases_are_harmless), cmocka_unit_test(fio_job_is_resolved),
		cmocka_unit_test(canonical_text),	cmocka_unit_test(kernel_names),
		cmocka_unit_test(shipped_plans_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

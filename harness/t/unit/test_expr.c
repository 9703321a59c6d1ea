// SPDX-License-Identifier: GPL-2.0-or-later
/* Expressions of claims: precedence, types, figures with changes, every error with its column. */
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "lib/expr.h"

static struct expr *good(const char *text)
{
	struct expr *e = NULL;
	struct error err = {};

	if (expr_parse(text, &e, &err))
		fail_msg("'%s': %s", text, err.msg);
	return e;
}

static void truth(const char *text, const double *values, bool want)
{
	struct expr *e = good(text);
	struct error err = {};
	bool is = !want;

	if (expr_eval(e, values, &is, &err))
		fail_msg("'%s': %s", text, err.msg);
	if (is != want)
		fail_msg("'%s' is %s", text, is ? "true" : "false");
	expr_free(e);
}

static void arithmetic(void **state)
{
	(void)state;
	truth("1 + 2 * 3 == 7", NULL, true);
	truth("(1 + 2) * 3 == 9", NULL, true);
	truth("10 - 3 - 2 == 5", NULL, true);
	truth("12 / 4 / 3 == 1", NULL, true);
	truth("-2 * -3 == 6", NULL, true);
	truth("--2 == 2", NULL, true);
	truth("1.5K == 1536 and 896M == 939524096 and 1G == 1024 * 1M", NULL, true);
	truth("abs(2 - 5) == 3 and min(2, 5) == 2 and max(2, 5) == 5", NULL, true);
	truth("1<2", NULL, true);
	truth("2 <= 1", NULL, false);
	truth("1 != 1", NULL, false);
	truth("1 >= 1", NULL, true);
	truth("1 > 1", NULL, false);
}

static void logic(void **state)
{
	(void)state;
	truth("1 == 1 or 1 == 2 and 1 == 2", NULL, true); /* "and" binds more */
	truth("(1 == 1 or 1 == 2) and 1 == 2", NULL, false);
	truth("1 == 2\n or 2 == 2", NULL, true);
}

static void figures(void **state)
{
	static const double values[] = { 812.25, 640, 4096, 0.0625 };
	struct expr *e = good("{insns_per_page} > 1.2 * { a.b-c  HighMem x | arch=x86_64 , kernel = base} "
			      "and {@memory} == {x}");
	struct strbuf text = STRBUF_INIT;
	const struct expr_figure *f;

	(void)state;
	assert_int_equal(expr_nr_figures(e), 4);
	f = expr_figure(e, 0);
	assert_string_equal(f->name, "insns_per_page");
	assert_string_equal(f->label, "");
	assert_int_equal(f->nr_changes, 0);
	assert_false(f->axis);
	f = expr_figure(e, 1);
	assert_string_equal(f->name, "a.b-c");
	assert_string_equal(f->label, "HighMem x");
	assert_int_equal(f->nr_changes, 2);
	assert_string_equal(f->changes[0].axis, "arch");
	assert_string_equal(f->changes[0].value, "x86_64");
	assert_string_equal(f->changes[1].axis, "kernel");
	assert_string_equal(f->changes[1].value, "base");
	f = expr_figure(e, 2);
	assert_true(f->axis);
	assert_string_equal(f->name, "memory");
	expr_substitute(e, values, &text);
	assert_string_equal(text.buf, "812.250 > 1.2 * 640 and 4096 == 0.0625");
	strbuf_release(&text);
	expr_free(e);
	truth("{a} > 1.2 * {b}", values, true);
}

static void bad(const char *text, const char *message)
{
	struct expr *e = NULL;
	struct error err = {};

	assert_int_equal(expr_parse(text, &e, &err), -1);
	assert_null(e);
	assert_int_equal(err.kind, ERROR_INPUT);
	if (strcmp(err.msg, message) != 0)
		fail_msg("'%s': '%s', wanted '%s'", text, err.msg, message);
}

static void errors(void **state)
{
	char deep[400], longer[4000] = "1==1";

	(void)state;
	bad("", "column 1: the expression ends too early");
	bad("1", "column 2: nothing is compared");
	bad("1 +", "column 4: the expression ends too early");
	bad("1 = 1", "column 3: an operator is expected");
	bad("1 < 2 < 3", "column 10: a comparison is no number");
	bad("(1 < 2) + 1 == 2", "column 13: a comparison is no number");
	bad("1 and 2", "column 8: 'and' and 'or' join comparisons");
	bad("-(1 == 1)", "column 10: a comparison is no number");
	bad("{a == 1", "column 1: '{' without '}'");
	bad("{a{b}} == 1", "column 1: '{' without '}'");
	bad("{} == 1", "column 1: {} names no figure");
	bad("{ | arch=x} == 1", "column 1: {} names no figure");
	bad("{@ memory} == 1", "column 1: {} names no figure");
	bad("{@memory x} == 1", "column 1: an axis has no label");
	bad("{a |} == 1", "column 1: after '|' comes axis=value, ...");
	bad("{a | arch} == 1", "column 1: after '|' comes axis=value, ...");
	bad("{a | arch=} == 1", "column 1: after '|' comes axis=value, ...");
	bad("{a | arch=x,} == 1 and {a | =y} == 1", "column 24: after '|' comes axis=value, ...");
	bad("activations == 0", "column 1: unknown word; a figure is {metric label}");
	bad("min(1) == 1", "column 6: ',' is missing");
	bad("abs(1, 2) == 1", "column 6: ')' is missing");
	bad("1x == 1", "column 1: no number: digits, and K, M or G after them");
	bad("1.2.3 == 1", "column 1: no number: digits, and K, M or G after them");
	bad("0x10 == 16", "column 1: no number: digits, and K, M or G after them");
	bad("11111111111111111111111111111111111 == 1", "column 1: the number is too long");
	memset(deep, '(', sizeof(deep));
	deep[sizeof(deep) - 1] = '\0';
	bad(deep, "column 65: too deep");
	memset(deep, '-', sizeof(deep) - 1);
	bad(deep, "column 65: too deep");
	for (int i = 0; i < 300; i++)
		strcat(longer, " or 1==1");
	bad(longer, "column 1029: the expression is too long");
}

static void no_number(void **state)
{
	static const double zero[] = { 0 };
	struct expr *e = good("1 / {a} == 1");
	struct error err = {};
	bool is;

	(void)state;
	assert_int_equal(expr_eval(e, zero, &is, &err), -1);
	assert_string_equal(err.msg, "a division by zero");
	expr_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arithmetic), cmocka_unit_test(logic),	   cmocka_unit_test(figures),
		cmocka_unit_test(errors),     cmocka_unit_test(no_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

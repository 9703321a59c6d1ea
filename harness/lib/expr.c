// SPDX-License-Identifier: GPL-2.0-or-later
/* Recursive descent to a tree of nodes, which an index links; depth and size are bounded. */
#include "lib/expr.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

#define MAX_NODES 512
#define MAX_DEPTH 64

enum op {
	OP_NUMBER,
	OP_FIGURE,
	OP_NEGATE,
	OP_ABS,
	OP_MIN,
	OP_MAX,
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_EQ,
	OP_NE,
	OP_LE,
	OP_GE,
	OP_LT,
	OP_GT,
	OP_AND,
	OP_OR,
};

struct node {
	enum op op;
	bool truth; /* a truth value, not a number */
	double number;
	size_t figure;
	int a, b;
};

/* Where in the text a figure stands, braces included. */
struct span {
	size_t from, to;
};

struct expr {
	char *text;
	struct node nodes[MAX_NODES];
	int nr;
	struct expr_figure *figures;
	struct span *spans;
	size_t nr_figures;
};

struct parser {
	struct expr *e;
	const char *p;
	unsigned int depth;
	struct error *err;
};

#define fail(ps, ...) ({ complain(ps, __VA_ARGS__); -1; })

static void __attribute__((format(printf, 2, 3))) complain(struct parser *ps, const char *fmt, ...)
{
	struct strbuf sb = STRBUF_INIT;
	char msg[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	strbuf_addf(&sb, "column %zu: %s", (size_t)(ps->p - ps->e->text) + 1, msg);
	error_fill(ps->err, ERROR_INPUT, "%s", sb.buf);
	strbuf_release(&sb);
}

static void skip_blanks(struct parser *ps)
{
	while (*ps->p == ' ' || *ps->p == '\t' || *ps->p == '\n')
		ps->p++;
}

static int add_node(struct parser *ps, struct node n)
{
	if (ps->e->nr == MAX_NODES)
		return fail(ps, "the expression is too long");
	ps->e->nodes[ps->e->nr] = n;
	return ps->e->nr++;
}

/* A node of numbers, or of truth values when @wants_truth. */
static int add_op(struct parser *ps, enum op op, int a, int b)
{
	const bool wants_truth = op == OP_AND || op == OP_OR;

	if (ps->e->nodes[a].truth != wants_truth || ps->e->nodes[b].truth != wants_truth)
		return fail(ps, wants_truth ? "'and' and 'or' join comparisons" :
					      "a comparison is no number");
	return add_node(ps, (struct node){ .op = op, .truth = op >= OP_EQ, .a = a, .b = b });
}

static int parse_level(struct parser *ps, size_t level);

static int parse_primary(struct parser *ps);

static char *trimmed(const char *from, const char *to)
{
	while (from < to && isspace((unsigned char)*from))
		from++;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	return xstrndup(from, (size_t)(to - from));
}

/* "axis=value, axis=value" of [@from, @to). */
static int parse_changes(struct parser *ps, struct expr_figure *f, const char *from, const char *to)
{
	while (from < to) {
		const char *end = memchr(from, ',', (size_t)(to - from));
		const char *eq;
		struct expr_change c;

		end = end ? end : to;
		eq = memchr(from, '=', (size_t)(end - from));
		if (!eq)
			return fail(ps, "after '|' comes axis=value, ...");
		c.axis = trimmed(from, eq);
		c.value = trimmed(eq + 1, end);
		f->changes = xreallocarray(f->changes, f->nr_changes + 1, sizeof(c));
		f->changes[f->nr_changes++] = c;
		if (!*c.axis || !*c.value)
			return fail(ps, "after '|' comes axis=value, ...");
		from = end + 1;
	}
	return f->nr_changes ? 0 : fail(ps, "after '|' comes axis=value, ...");
}

/* At '{'. */
static int parse_figure(struct parser *ps)
{
	const char *open = ps->p, *close = open + 1 + strcspn(open + 1, "{}");
	const char *bar, *name, *end;
	struct expr *e = ps->e;
	struct expr_figure *f;

	if (*close != '}')
		return fail(ps, "'{' without '}'");
	e->figures = xreallocarray(e->figures, e->nr_figures + 1, sizeof(*e->figures));
	e->spans = xreallocarray(e->spans, e->nr_figures + 1, sizeof(*e->spans));
	e->spans[e->nr_figures] =
		(struct span){ (size_t)(open - e->text), (size_t)(close + 1 - e->text) };
	f = &e->figures[e->nr_figures++];
	*f = (struct expr_figure){};
	bar = memchr(open, '|', (size_t)(close - open));
	name = open + 1 + strspn(open + 1, " \t\n");
	f->axis = *name == '@';
	name += f->axis;
	end = bar ? bar : close;
	f->name = xstrndup(name, name < end ? strcspn(name, " \t\n|}") : 0);
	f->label = trimmed(name < end ? name + strlen(f->name) : end, end);
	if (!*f->name)
		return fail(ps, "{} names no figure");
	if (f->axis && *f->label)
		return fail(ps, "an axis has no label");
	if (bar && parse_changes(ps, f, bar + 1, close))
		return -1;
	ps->p = close + 1;
	return add_node(ps, (struct node){ .op = OP_FIGURE, .figure = e->nr_figures - 1 });
}

/* At a digit: decimal, perhaps with a fraction, perhaps with a unit. */
static int parse_number(struct parser *ps)
{
	static const char units[] = "KMG";
	size_t len = strspn(ps->p, "0123456789");
	char digits[32];
	const char *unit;
	double v;

	if (ps->p[len] == '.')
		len += 1 + strspn(ps->p + len + 1, "0123456789");
	if (len >= sizeof(digits))
		return fail(ps, "the number is too long");
	memcpy(digits, ps->p, len);
	digits[len] = '\0';
	v = strtod(digits, NULL);
	unit = ps->p[len] ? strchr(units, ps->p[len]) : NULL;
	for (long i = unit ? unit - units + 1 : 0; i > 0; i--)
		v *= 1024;
	len += unit != NULL;
	if (isalnum((unsigned char)ps->p[len]) || ps->p[len] == '.')
		return fail(ps, "no number: digits, and K, M or G after them");
	ps->p += len;
	return add_node(ps, (struct node){ .op = OP_NUMBER, .number = v });
}

static int expect(struct parser *ps, char c)
{
	skip_blanks(ps);
	if (*ps->p != c)
		return fail(ps, "'%c' is missing", c);
	ps->p++;
	return 0;
}

/* At a letter: abs(x), min(x, y), max(x, y). */
static int parse_function(struct parser *ps)
{
	static const struct {
		const char *name;
		enum op op;
	} functions[] = { { "abs(", OP_ABS }, { "min(", OP_MIN }, { "max(", OP_MAX } };

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		int a, b;

		if (strncmp(ps->p, functions[i].name, strlen(functions[i].name)) != 0)
			continue;
		ps->p += strlen(functions[i].name);
		a = b = parse_level(ps, 0);
		if (a < 0)
			return -1;
		if (functions[i].op != OP_ABS && (expect(ps, ',') || (b = parse_level(ps, 0)) < 0))
			return -1;
		return expect(ps, ')') ? -1 : add_op(ps, functions[i].op, a, b);
	}
	return fail(ps, "unknown word; a figure is {metric label}");
}

static int parse_operand(struct parser *ps)
{
	int a;

	if (*ps->p == '{')
		return parse_figure(ps);
	if (isdigit((unsigned char)*ps->p))
		return parse_number(ps);
	if (isalpha((unsigned char)*ps->p))
		return parse_function(ps);
	if (*ps->p == '-') {
		ps->p++;
		a = parse_primary(ps);
		return a < 0 ? a : add_op(ps, OP_NEGATE, a, a);
	}
	if (*ps->p != '(')
		return fail(ps, *ps->p ? "a number, a figure or '(' is expected" :
					 "the expression ends too early");
	ps->p++;
	a = parse_level(ps, 0);
	return a < 0 || expect(ps, ')') ? -1 : a;
}

/* All recursion comes through here. */
static int parse_primary(struct parser *ps)
{
	int a;

	if (ps->depth == MAX_DEPTH)
		return fail(ps, "too deep");
	ps->depth++;
	skip_blanks(ps);
	a = parse_operand(ps);
	ps->depth--;
	return a;
}

/* The operators of each level, the weakest first. */
struct operator {
	const char *sign;
	enum op op;
};

static const struct operator levels[][7] = {
	{ { "or ", OP_OR } },
	{ { "and ", OP_AND } },
	{ { "==", OP_EQ },
	  { "!=", OP_NE },
	  { "<=", OP_LE },
	  { ">=", OP_GE },
	  { "<", OP_LT },
	  { ">", OP_GT } },
	{ { "+", OP_ADD }, { "-", OP_SUB } },
	{ { "*", OP_MUL }, { "/", OP_DIV } },
};

#define NR_LEVELS (sizeof(levels) / sizeof(levels[0]))

static const struct operator *find_operator(struct parser *ps, size_t level)
{
	skip_blanks(ps);
	for (const struct operator *o = levels[level]; o->sign; o++)
		if (strncmp(ps->p, o->sign, strlen(o->sign)) == 0)
			return o;
	return NULL;
}

static int parse_level(struct parser *ps, size_t level)
{
	const struct operator *o;
	int a, b;

	if (level == NR_LEVELS)
		return parse_primary(ps);
	a = parse_level(ps, level + 1);
	while (a >= 0 && (o = find_operator(ps, level))) {
		ps->p += strlen(o->sign);
		b = parse_level(ps, level + 1);
		a = b < 0 ? b : add_op(ps, o->op, a, b);
	}
	return a;
}

int expr_parse(const char *text, struct expr **ret, struct error *err)
{
	struct expr *e = xcalloc(1, sizeof(*e));
	struct parser ps = { .e = e, .err = err };
	int root;

	e->text = xstrdup(text);
	ps.p = e->text;
	root = parse_level(&ps, 0);
	if (root >= 0 && *ps.p)
		root = fail(&ps, "an operator is expected");
	if (root >= 0 && !e->nodes[root].truth)
		root = fail(&ps, "nothing is compared");
	if (root < 0) {
		expr_free(e);
		return -1;
	}
	*ret = e;
	return 0;
}

void expr_free(struct expr *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->nr_figures; i++) {
		struct expr_figure *f = &e->figures[i];

		for (size_t j = 0; j < f->nr_changes; j++) {
			free(f->changes[j].axis);
			free(f->changes[j].value);
		}
		free(f->changes);
		free(f->name);
		free(f->label);
	}
	free(e->figures);
	free(e->spans);
	free(e->text);
	free(e);
}

size_t expr_nr_figures(const struct expr *e)
{
	return e->nr_figures;
}

const struct expr_figure *expr_figure(const struct expr *e, size_t i)
{
	return &e->figures[i];
}

static double apply(enum op op, double a, double b)
{
	switch (op) {
	case OP_NEGATE:
		return -a;
	case OP_ABS:
		return fabs(a);
	case OP_MIN:
		return fmin(a, b);
	case OP_MAX:
		return fmax(a, b);
	case OP_ADD:
		return a + b;
	case OP_SUB:
		return a - b;
	case OP_MUL:
		return a * b;
	case OP_DIV:
		return a / b;
	case OP_EQ:
		return a == b;
	case OP_NE:
		return a != b;
	case OP_LE:
		return a <= b;
	case OP_GE:
		return a >= b;
	case OP_LT:
		return a < b;
	case OP_GT:
		return a > b;
	case OP_AND:
		return a && b;
	case OP_OR:
		return a || b;
	case OP_NUMBER:
	case OP_FIGURE:
		break;
	}
	return NAN;
}

/*
 * Operands come before what uses them, so one pass in order is an evaluation, and
 * the last node is the whole.
 */
int expr_eval(const struct expr *e, const double *values, bool *ret, struct error *err)
{
	double v[MAX_NODES], last = 0;

	for (int i = 0; i < e->nr; i++) {
		const struct node *n = &e->nodes[i];

		if (n->op == OP_NUMBER)
			v[i] = n->number;
		else if (n->op == OP_FIGURE)
			v[i] = values[n->figure];
		else
			v[i] = apply(n->op, v[n->a], v[n->b]);
		if (!isfinite(v[i]))
			return error_set(err, ERROR_FOUND, n->op == OP_DIV ? "a division by zero" :
									    "no finite number");
		last = v[i];
	}
	*ret = last != 0;
	return 0;
}

static void add_value(struct strbuf *out, double v)
{
	if (v == floor(v) && fabs(v) <= 1ll << 53)
		strbuf_addf(out, "%.0f", v);
	else if (fabs(v) >= 1)
		strbuf_addf(out, "%.3f", v);
	else
		strbuf_addf(out, "%.4g", v);
}

void expr_substitute(const struct expr *e, const double *values, struct strbuf *out)
{
	size_t at = 0;

	for (size_t i = 0; i < e->nr_figures; i++) {
		strbuf_add(out, e->text + at, e->spans[i].from - at);
		add_value(out, values[i]);
		at = e->spans[i].to;
	}
	strbuf_adds(out, e->text + at);
}

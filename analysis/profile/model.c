// SPDX-License-Identifier: GPL-2.0-or-later
#include "profile/profile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

static const char *leaf(const char *stack)
{
	const char *semicolon = strrchr(stack, ';');

	return semicolon ? semicolon + 1 : stack;
}

/* One row by name of its function. */
struct entry {
	const char *name;
	const struct query_profile_row *row;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static int by_insns(const void *a, const void *b)
{
	const struct profile_function *x = a, *y = b;

	return x->insns != y->insns ? (x->insns < y->insns) - (x->insns > y->insns) :
				      strcmp(x->name, y->name);
}

/* The index of a context; what finds no room is the last one. */
static size_t context_of(struct profile *p, const char *name)
{
	for (size_t i = 0; i < p->nr_contexts; i++)
		if (strcmp(p->contexts[i], name) == 0)
			return i;
	if (p->nr_contexts == PROFILE_MAX_CONTEXTS - 1)
		name = "other";
	if (p->nr_contexts == PROFILE_MAX_CONTEXTS)
		return PROFILE_MAX_CONTEXTS - 1;
	p->contexts[p->nr_contexts] = name;
	return p->nr_contexts++;
}

/* Contexts in order of their instructions, before any function refers to them. */
static void make_contexts(const struct query_profile *rows, struct profile *p)
{
	for (size_t i = 0; i < rows->nr; i++) {
		p->in_context[context_of(p, rows->v[i].context)] += rows->v[i].insns;
		p->insns += rows->v[i].insns;
	}
	for (size_t i = 0; i < p->nr_contexts; i++)
		for (size_t j = i + 1; j < p->nr_contexts; j++)
			if (p->in_context[j] > p->in_context[i]) {
				const char *name = p->contexts[i];
				int64_t n = p->in_context[i];

				p->contexts[i] = p->contexts[j];
				p->in_context[i] = p->in_context[j];
				p->contexts[j] = name;
				p->in_context[j] = n;
			}
}

void profile_make(const struct query_profile *rows, struct profile *ret)
{
	struct entry *all = xcalloc(rows->nr + 1, sizeof(*all));
	struct profile p = { .v = xcalloc(rows->nr + 1, sizeof(*p.v)) };

	make_contexts(rows, &p);
	for (size_t i = 0; i < rows->nr; i++)
		all[i] = (struct entry){ leaf(rows->v[i].stack), &rows->v[i] };
	qsort(all, rows->nr, sizeof(*all), by_name);
	for (size_t i = 0; i < rows->nr; i++) {
		struct profile_function *f;

		if (!p.nr || strcmp(p.v[p.nr - 1].name, all[i].name) != 0)
			p.v[p.nr++].name = all[i].name;
		f = &p.v[p.nr - 1];
		f->insns += all[i].row->insns;
		f->calls += all[i].row->calls;
		f->by_context[context_of(&p, all[i].row->context)] += all[i].row->insns;
	}
	qsort(p.v, p.nr, sizeof(*p.v), by_insns);
	free(all);
	*ret = p;
}

void profile_free(struct profile *p)
{
	free(p->v);
	*p = (struct profile){};
}

static const struct profile_function **sorted(const struct profile *p)
{
	const struct profile_function **v = xcalloc(p->nr + 1, sizeof(*v));

	for (size_t i = 0; i < p->nr; i++)
		v[i] = &p->v[i];
	return v;
}

static int pointers_by_name(const void *a, const void *b)
{
	return strcmp((*(const struct profile_function *const *)a)->name,
		      (*(const struct profile_function *const *)b)->name);
}

static int64_t absolute(int64_t v)
{
	return v < 0 ? -v : v;
}

static int by_change(const void *a, const void *b)
{
	const struct profile_change *x = a, *y = b;
	int64_t dx = absolute(x->b - x->a), dy = absolute(y->b - y->a);

	return dx != dy ? (dx < dy) - (dx > dy) : strcmp(x->name, y->name);
}

struct profile_change *profile_diff(const struct profile *a, const struct profile *b,
				    size_t *ret_nr)
{
	const struct profile_function **x = sorted(a), **y = sorted(b);
	struct profile_change *out = xcalloc(a->nr + b->nr + 1, sizeof(*out));
	size_t i = 0, j = 0, nr = 0;

	qsort(x, a->nr, sizeof(*x), pointers_by_name);
	qsort(y, b->nr, sizeof(*y), pointers_by_name);
	while (i < a->nr || j < b->nr) {
		int order = i == a->nr ? 1 : j == b->nr ? -1 : strcmp(x[i]->name, y[j]->name);
		const struct profile_function *f = order <= 0 ? x[i++] : NULL;
		const struct profile_function *g = order >= 0 ? y[j++] : NULL;
		struct profile_change c = { f ? f->name : g ? g->name : "", f ? f->insns : 0, g ? g->insns : 0,
					    f ? f->calls : 0, g ? g->calls : 0, !f, !g };

		if (c.a != c.b || c.calls_a != c.calls_b)
			out[nr++] = c;
	}
	qsort(out, nr, sizeof(*out), by_change);
	free(x);
	free(y);
	*ret_nr = nr;
	return out;
}

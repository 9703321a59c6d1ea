// SPDX-License-Identifier: GPL-2.0-or-later
#include "cost/cost.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS 8 /* of paths in one table */
#define WIDTH 11

static const char *const mode_words[][2] = {
	{ "off", "tracepoints off" },
	{ "ring", "events into the ring buffer" },
	{ "hist", "events counted by hist triggers" },
};

static const char *words_of(const char *mode)
{
	for (size_t i = 0; i < sizeof(mode_words) / sizeof(mode_words[0]); i++)
		if (strcmp(mode_words[i][0], mode) == 0)
			return mode_words[i][1];
	return mode;
}

/* "+3", ".", "~-12", "?" */
static void delta_text(const struct cost *c, size_t patch, size_t arch, size_t mode, size_t path,
		       char *buf, size_t size)
{
	int64_t d;
	enum cost_known k = cost_delta(c, patch, arch, mode, path, &d);

	if (k == COST_UNKNOWN)
		snprintf(buf, size, "?");
	else if (k == COST_EXACT && !d)
		snprintf(buf, size, ".");
	else
		snprintf(buf, size, "%s%+" PRId64, k == COST_ABOUT ? "~" : "", d);
}

/* Does the patch show anywhere there? What is not exact shows nothing. */
static bool shows(const struct cost *c, size_t patch, size_t arch, size_t mode)
{
	int64_t d;

	for (size_t p = 0; p < c->nr_paths; p++) {
		enum cost_known k = cost_delta(c, patch, arch, mode, p, &d);

		/* A path that no kernel has is missing everywhere, and not the patch's doing. */
		if ((k == COST_EXACT && d) ||
		    (k == COST_UNKNOWN && cost_at(c, patch - 1, arch, mode, p)->there))
			return true;
	}
	return false;
}

static void row(const struct cost *c, const char *label, size_t patch, size_t arch, size_t mode,
		size_t first, size_t last, struct strbuf *out)
{
	char cell[32];

	strbuf_addf(out, "%-8s", label);
	for (size_t p = first; p < last; p++) {
		delta_text(c, patch, arch, mode, p, cell, sizeof(cell));
		strbuf_addf(out, "%*s", WIDTH, cell);
	}
	strbuf_addc(out, '\n');
}

static void base_row(const struct cost *c, size_t arch, size_t mode, size_t first, size_t last,
		     struct strbuf *out)
{
	strbuf_addf(out, "%-8s", "base");
	for (size_t p = first; p < last; p++) {
		const struct cost_number *n = cost_at(c, 0, arch, mode, p);
		char cell[32] = "?";

		if (n->there)
			snprintf(cell, sizeof(cell), "%s%" PRId64, n->exact ? "" : "~", n->insns);
		strbuf_addf(out, "%*s", WIDTH, cell);
	}
	strbuf_addc(out, '\n');
}

static void block(const struct cost *c, size_t arch, size_t mode, size_t first, size_t last,
		  struct strbuf *out)
{
	char label[32];

	strbuf_addf(out, "%-8s", "patch");
	for (size_t p = first; p < last; p++)
		strbuf_addf(out, "%*s", WIDTH, c->paths[p]);
	strbuf_addc(out, '\n');
	base_row(c, arch, mode, first, last, out);
	for (size_t i = 1; i < c->nr_steps; i++) {
		if (!shows(c, i, arch, mode))
			continue;
		snprintf(label, sizeof(label), "%4zu", i);
		row(c, label, i, arch, mode, first, last, out);
	}
	snprintf(label, sizeof(label), "all %zu", c->nr_steps - 1);
	row(c, label, COST_ALL, arch, mode, first, last, out);
}

static void table(const struct cost *c, size_t arch, size_t mode, struct strbuf *out)
{
	size_t nr = 0;

	for (size_t i = 1; i < c->nr_steps; i++)
		nr += !shows(c, i, arch, mode);
	strbuf_addf(out, "%s, %s: instructions per operation\n\n", c->arches[arch],
		    words_of(c->modes[mode]));
	for (size_t p = 0; p < c->nr_paths; p += COLUMNS) {
		block(c, arch, mode, p, p + COLUMNS < c->nr_paths ? p + COLUMNS : c->nr_paths, out);
		strbuf_addc(out, '\n');
	}
	if (nr)
		strbuf_addf(out, "%zu %s +0 on every path that is exact.\n\n", nr,
			    nr == 1 ? "patch adds" : "patches add");
}

static void size_row(const char *label, const struct cost_size *a, const struct cost_size *b,
		     struct strbuf *out)
{
	if (a->there && b->there)
		strbuf_addf(out, "%-8s%+11" PRId64 "%+11" PRId64 "%+11" PRId64 "%+11" PRId64 "\n", label,
			    b->text - a->text, b->rodata - a->rodata, b->data - a->data, b->bss - a->bss);
}

static void sizes(const struct cost *c, size_t arch, struct strbuf *out)
{
	const struct cost_size *base = cost_size_at(c, 0, arch);
	char label[32];

	strbuf_addf(out, "%s: bytes of the kernel\n\n%-8s%11s%11s%11s%11s\n", c->arches[arch], "patch",
		    "text", "rodata", "data", "bss");
	if (base->there)
		strbuf_addf(out, "%-8s%11" PRId64 "%11" PRId64 "%11" PRId64 "%11" PRId64 "\n", "base",
			    base->text, base->rodata, base->data, base->bss);
	for (size_t i = 1; i < c->nr_steps; i++) {
		const struct cost_size *a = cost_size_at(c, i - 1, arch), *b = cost_size_at(c, i, arch);

		snprintf(label, sizeof(label), "%4zu", i);
		if (a->text != b->text || a->rodata != b->rodata || a->data != b->data || a->bss != b->bss)
			size_row(label, a, b, out);
	}
	snprintf(label, sizeof(label), "all %zu", c->nr_steps - 1);
	size_row(label, base, cost_size_at(c, c->nr_steps - 1, arch), out);
	strbuf_addc(out, '\n');
}

static void broken(const struct cost *c, const struct budget *b, struct strbuf *out)
{
	char cell[32];

	for (size_t i = 0; b && i < c->nr_steps; i++)
		for (size_t a = 0; a < c->nr_arches; a++)
			for (size_t m = 0; m < c->nr_modes; m++)
				for (size_t p = 0; p < c->nr_paths; p++) {
					const struct budget_rule *r = budget_rule(b, c, i, a, m, p);

					if (budget_judge(b, c, i, a, m, p) != BUDGET_BROKEN)
						continue;
					delta_text(c, i, a, m, p, cell, sizeof(cell));
					if (i == COST_ALL)
						strbuf_adds(out, "over budget: all patches");
					else
						strbuf_addf(out, "over budget: patch %zu", i);
					strbuf_addf(out, " %s %s %s %s, %s %+" PRId64 " allowed\n", c->arches[a],
						    c->modes[m], c->paths[p], strcmp(cell, ".") ? cell : "+0",
						    r->exactly ? "exactly" : "at most", r->limit);
				}
}

void cost_text(const struct cost *c, const struct budget *b, struct strbuf *out)
{
	for (size_t m = 0; m < c->nr_modes; m++)
		for (size_t a = 0; a < c->nr_arches; a++)
			table(c, a, m, out);
	for (size_t a = 0; a < c->nr_arches; a++)
		sizes(c, a, out);
	for (size_t i = 1; i < c->nr_steps; i++)
		strbuf_addf(out, "%4zu    %s\n", i, c->steps[i].subject);
	strbuf_adds(out, "\n.: 0. ~: no count comes often enough to be called exact. Instructions show no "
			 "caches, no TLB\ncosts and no contention.\n");
	broken(c, b, out);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * As lkp-tests lays results out: RESULT_ROOT is testcase/params/testbox/rootfs/kconfig/
 * compiler/commit/RUN; its stats.json maps stats to numbers, and matrix.json above the runs
 * maps each to a list, a number a run, "stats_source" naming the runs (lib/matrix.rb). A run
 * without a stat is 0 there, as unite_to() has it.
 */
#include <stdlib.h>
#include <string.h>

#include "export/private.h"
#include "lib/xalloc.h"

struct stat_row {
	char *name;
	struct strbuf values; /* "1, 2" */
	size_t nr;
};

struct matrix {
	char *root; /* without the run */
	struct stat_row *rows;
	size_t nr_rows, nr_runs;
	struct strbuf sources;
};

struct lkp {
	const struct export_options *o;
	struct tree tree;
	struct matrix *matrices;
	size_t nr;
};

static char *root_of(const struct query_cell *c)
{
	static const char *const elsewhere[] = { "kernel", "seed", "plan", "workload", "arch", "clock",
						 "memory", "vcpus", NULL };
	static const char *const box[] = { "memory", "vcpus", NULL };
	static const char *const config[] = { "arch", "clock", NULL };
	static const char *const workload[] = { "workload", NULL };
	const char *kernel = query_axis_value(c, "kernel");
	struct strbuf p = STRBUF_INIT;

	export_axes(&p, c, workload, false);
	strbuf_addc(&p, '/');
	export_axes(&p, c, elsewhere, true);
	/* Not "vm-...": lkp's compare leaves such boxes out without a word. */
	strbuf_adds(&p, "/highwater-");
	export_axes(&p, c, box, false);
	strbuf_adds(&p, "/initramfs/");
	export_axes(&p, c, config, false);
	strbuf_adds(&p, "/gcc/");
	export_component(&p, kernel ? kernel : "unknown");
	return strbuf_detach(&p);
}

static struct matrix *matrix_of(struct lkp *l, char *root)
{
	for (size_t i = l->nr; i-- > 0;)
		if (strcmp(l->matrices[i].root, root) == 0) {
			free(root);
			return &l->matrices[i];
		}
	l->matrices = xreallocarray(l->matrices, l->nr + 1, sizeof(*l->matrices));
	l->matrices[l->nr] = (struct matrix){ .root = root };
	return &l->matrices[l->nr++];
}

static struct stat_row *row_of(struct matrix *m, const char *name, size_t hint)
{
	if (hint < m->nr_rows && strcmp(m->rows[hint].name, name) == 0)
		return &m->rows[hint];
	for (size_t i = 0; i < m->nr_rows; i++)
		if (strcmp(m->rows[i].name, name) == 0)
			return &m->rows[i];
	m->rows = xreallocarray(m->rows, m->nr_rows + 1, sizeof(*m->rows));
	m->rows[m->nr_rows] = (struct stat_row){ .name = xstrdup(name) };
	return &m->rows[m->nr_rows++];
}

static void fill(struct stat_row *r, size_t nr)
{
	for (; r->nr < nr; r->nr++)
		strbuf_adds(&r->values, r->nr ? ", 0" : "0");
}

static int add_run(void *ctx, const struct query_cell *c, const struct query_metrics *m, struct error *err)
{
	const char *workload = query_axis_value(c, "workload"), *seed = query_axis_value(c, "seed");
	struct lkp *l = ctx;
	struct matrix *x;
	struct strbuf stats = STRBUF_INIT;
	char *path;
	size_t nr = 0;
	int rc;

	if (!m->nr)
		return 0;
	x = matrix_of(l, root_of(c));
	path = xasprintf("%s/%s/stats.json", x->root, seed ? seed : "0");
	for (size_t i = 0; i < m->nr; i++) {
		const char *label = m->v[i].label;
		struct stat_row *row;
		char *name;

		if (!export_wanted(l->o, &m->v[i]))
			continue;
		name = xasprintf("%s.%s%s%s", workload ? workload : "unknown", m->v[i].name, *label ? "." : "", label);
		row = row_of(x, name, i);
		fill(row, x->nr_runs);
		strbuf_adds(&row->values, row->nr++ ? ", " : "");
		export_number(&row->values, &m->v[i]);
		strbuf_adds(&stats, nr++ ? ",\n  " : "{\n  ");
		export_json_text(&stats, name);
		strbuf_adds(&stats, ": ");
		export_number(&stats, &m->v[i]);
		free(name);
	}
	x->nr_runs++;
	strbuf_adds(&x->sources, x->nr_runs > 1 ? ", " : "");
	export_json_text(&x->sources, path);
	strbuf_adds(&stats, nr ? "\n}\n" : "{}\n");
	rc = tree_write(&l->tree, path, &stats, false, err);
	strbuf_release(&stats);
	free(path);
	return rc;
}

static int write_matrix(struct lkp *l, struct matrix *x, struct error *err)
{
	char *path = xasprintf("%s/matrix.json", x->root);
	struct strbuf out = STRBUF_INIT;
	int rc;

	strbuf_addf(&out, "{\n  \"stats_source\": [%s]", x->sources.buf);
	for (size_t i = 0; i < x->nr_rows; i++) {
		fill(&x->rows[i], x->nr_runs);
		strbuf_adds(&out, ",\n  ");
		export_json_text(&out, x->rows[i].name);
		strbuf_addf(&out, ": [%s]", x->rows[i].values.buf);
	}
	strbuf_adds(&out, "\n}\n");
	rc = tree_write(&l->tree, path, &out, false, err);
	strbuf_release(&out);
	free(path);
	return rc;
}

static void release(struct matrix *x)
{
	for (size_t i = 0; i < x->nr_rows; i++) {
		free(x->rows[i].name);
		strbuf_release(&x->rows[i].values);
	}
	free(x->rows);
	strbuf_release(&x->sources);
	free(x->root);
}

int export_lkp(struct store *s, const struct export_options *o, const char *dir, struct error *err)
{
	struct lkp l = { .o = o };
	int rc;

	if (tree_begin(&l.tree, dir, err))
		return tree_end(&l.tree, -1, err);
	rc = export_walk(s, o, add_run, &l, err);
	for (size_t i = 0; i < l.nr; i++) {
		if (!rc)
			rc = write_matrix(&l, &l.matrices[i], err);
		release(&l.matrices[i]);
	}
	free(l.matrices);
	return tree_end(&l.tree, rc, err);
}

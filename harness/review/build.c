// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The checks that compile: new warnings on both architectures, with options
 * off, and from sparse. The parent is compiled only when there is something to
 * compare.
 */
#include "review/check.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "review/objects.h"
#include "review/option.h"

/* Of the parent's sources those that are not new with the patch. */
static void old_sources(const struct review_patch *p, const struct names *all, struct names *ret)
{
	*ret = (struct names){};
	for (size_t i = 0; i < all->nr; i++) {
		bool is_new = false;

		for (size_t j = 0; j < p->mail.nr_files; j++)
			is_new |= p->mail.files[j].is_new &&
				  strcmp(p->mail.files[j].path, all->v[i]) == 0;
		if (!is_new)
			names_add(ret, all->v[i]);
	}
}

/* The limits of the tool, not of the code. */
static bool is_noise(const struct diag *d)
{
	return strstr(d->text, "too long token expansion") != NULL;
}

static void report_new(const struct diags *before, const struct diags *after, const char *where,
		       struct review_result *res)
{
	struct diags new;

	diags_new(before, after, &new);
	for (size_t i = 0; i < new.nr; i++)
		if (!is_noise(&new.v[i]))
			result_find(res, new.v[i].error ? REVIEW_FAIL : REVIEW_WARN, new.v[i].file,
				    new.v[i].line, "%s: %s", where, new.v[i].text);
	diags_release(&new);
}

/* make stopped, and no line says where: show its words. */
static void report_silent(const struct objects *o, const char *where, struct review_result *res)
{
	bool stopped = strstr(o->log, "*** ") || strstr(o->log, "Error ");

	for (size_t i = 0; i < o->diags.nr; i++)
		if (o->diags.v[i].error)
			return;
	if (stopped)
		finding_details(result_find(res, REVIEW_FAIL, NULL, 0, "%s: does not build", where),
				"%.2000s", o->log);
}

/* make compiles before it calls sparse: what gcc says is not sparse's. */
static int drop_compilers(struct review *r, const struct review_patch *p,
			  const struct objects_how *how, const struct names *sources,
			  struct objects *o, struct error *err)
{
	const struct objects_how plain = { .arch = how->arch };
	struct objects compiled = {};
	struct diags own;
	int rc = objects_get(r, p->commit, p->tree, &plain, sources, &compiled, err);

	if (!rc) {
		diags_new(&compiled.diags, &o->diags, &own);
		diags_release(&o->diags);
		o->diags = own;
	}
	objects_release(&compiled);
	return rc;
}

/* Compile one set at the step and, if it says anything, at the parent. */
static int compare_set(struct review *r, const struct review_patch *p,
		       const struct objects_how *how, const struct names *sources,
		       const char *where, struct objects *ret, struct review_result *res,
		       struct error *err)
{
	struct objects before = {};
	struct names old = {};
	int rc = objects_get(r, p->commit, p->tree, how, sources, ret, err);

	if (!rc && how->sparse && ret->diags.nr)
		rc = drop_compilers(r, p, how, sources, ret, err);
	if (!rc && ret->diags.nr) {
		old_sources(p, sources, &old);
		rc = objects_get(r, p->parent, p->parent_tree, how, &old, &before, err);
		if (!rc)
			report_new(&before.diags, &ret->diags, where, res);
	}
	if (!rc && !how->sparse)
		report_silent(ret, where, res);
	names_release(&old);
	objects_release(&before);
	return rc;
}

static int both_arches(struct review *r, struct review_patch *p, bool sparse,
		       struct review_result *res, struct error *err)
{
	struct names sources;
	size_t left_out, built[NR_ARCHES] = {};
	int rc = objects_of(r, p, &sources, &left_out, err);

	for (int arch = 0; !rc && sources.nr && arch < NR_ARCHES; arch++) {
		const struct objects_how how = { .arch = arch, .sparse = sparse };
		struct objects o;

		rc = compare_set(r, p, &how, &sources, arch_name(arch), &o, res, err);
		built[arch] = o.built.nr;
		objects_release(&o);
	}
	if (!rc && sparse)
		result_note(res, "%zu files", sources.nr);
	else if (!rc)
		result_note(res, "%zu objects on i386, %zu on x86_64%s", built[ARCH_I386],
			    built[ARCH_X86_64], left_out ? "; not all users of its headers" : "");
	names_release(&sources);
	return rc;
}

int check_build(struct review *r, struct review_patch *p, struct review_result *res,
		struct error *err)
{
	return both_arches(r, p, false, res, err);
}

int check_sparse(struct review *r, struct review_patch *p, struct review_result *res,
		 struct error *err)
{
	return both_arches(r, p, true, res, err);
}

int check_options(struct review *r, struct review_patch *p, struct review_result *res,
		  struct error *err)
{
	struct strbuf done = STRBUF_INIT;
	struct option_list options = {};
	struct names sources;
	size_t left_out;
	int rc = objects_of(r, p, &sources, &left_out, err);

	if (!rc)
		rc = options_of(r, p, &options, err);
	strbuf_adds(&done, "");
	for (size_t i = 0; !rc && sources.nr && i < options.nr; i++) {
		const struct option *opt = &options.v[i];
		const struct objects_how how = { .arch = opt->arch, .off = opt->name,
						 .off_lines = opt->lines };
		char *where = xasprintf("%s without %s", arch_name(opt->arch), opt->name);
		struct objects o;

		rc = compare_set(r, p, &how, &sources, where, &o, res, err);
		if (!rc)
			strbuf_addf(&done, "%s%s%s", done.len ? ", " : "", opt->name,
				    o.off_refused ? " (stays on)" : "");
		objects_release(&o);
		free(where);
	}
	if (!rc)
		result_note(res, "off: %s", done.len ? done.buf : "nothing guards it");
	strbuf_release(&done);
	options_release(&options);
	names_release(&sources);
	return rc;
}

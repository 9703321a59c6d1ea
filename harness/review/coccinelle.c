// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Semantic patches on the touched files: those of the kernel that find bugs in
 * such code within a second a file, and our own (cocci/). What was there before
 * the patch is not its fault.
 */
#include "review/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"
#include "review/diag.h"
#include "review/objects.h"
#include "review/tree.h"

#define DEADLINE_S 120

static const char *const kernels[] = {
	"locks/call_kern",   "locks/double_lock",  "locks/flags",	 "locks/mini_lock",
	"free/kfree",	     "free/kfreeaddr",	   "free/ifnullfree",	 "api/kfree_mismatch",
	"api/memdup",	     "api/memdup_user",	   "iterators/itnull",	 "iterators/use_after_iter",
	"misc/do_div",	     "misc/doubleinit",	   "misc/returnvar",	 "misc/semicolon",
	"misc/array_size",   "misc/noderef",	   "misc/cond_no_effect", "null/eno",
	"null/kmerr",	     "tests/doublebitand", "tests/doubletest",	 "tests/odd_ptr_err",
};
static const char *const ours[] = { "overflow32", "atomic", "leak" };

/* "--no-includes" of the line "// Options: ..." of a semantic patch. */
static void add_options(const char *script, struct argv *argv)
{
	struct strbuf text = STRBUF_INIT;
	struct error ignored;
	const char *at;

	if (!io_read_file(script, 1 << 20, &text, &ignored) && (at = strstr(text.buf, "Options:"))) {
		char *line = xstrndup(at + 8, strcspn(at + 8, "\n")), *save, *word;

		for (word = strtok_r(line, " \t", &save); word; word = strtok_r(NULL, " \t", &save))
			argv_add(argv, word);
		free(line);
	}
	strbuf_release(&text);
}

static int run_script(struct review *r, const char *script, const struct names *files,
		      struct strbuf *out, struct error *err)
{
	struct argv argv = {};
	struct proc_opts opts = { .dir = r->base.repo, .deadline_s = DEADLINE_S };
	struct proc_result res = {};
	int rc;

	argv_add(&argv, "spatch");
	argv_add(&argv, "-D");
	argv_add(&argv, "report");
	argv_add(&argv, "--no-show-diff");
	argv_add(&argv, "--very-quiet");
	argv_add(&argv, "--cocci-file");
	argv_add(&argv, script);
	add_options(script, &argv);
	for (size_t i = 0; i < files->nr; i++)
		argv_add(&argv, files->v[i]);
	opts.argv = (const char *const *)argv.v;
	rc = proc_run(&opts, &res, err);
	if (!rc && res.out.buf)
		strbuf_addf(out, "%s\n", res.out.buf);
	proc_result_release(&res);
	argv_release(&argv);
	return rc;
}

/* "FILE:LINE:COL-COL: LEVEL: TEXT" of print_report(). */
static void parse_reports(char *text, struct diags *ret)
{
	char *save, *line;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *colon = strchr(line, ':'), *end, *words;
		unsigned long number;

		if (!colon || colon == line || strchr(line, ' ') < colon)
			continue;
		number = strtoul(colon + 1, &end, 10);
		words = end > colon + 1 && *end == ':' ? strchr(end, ' ') : NULL;
		if (!words)
			continue;
		*colon = '\0';
		diags_add(ret, line, (unsigned int)number, strstr(words, "ERROR") != NULL, words + 1);
	}
}

/* "line 16" in a text moves with the code: judge without such numbers. */
static char *without_numbers(const char *text)
{
	struct strbuf out = STRBUF_INIT;

	for (; *text; text++)
		if (*text < '0' || *text > '9')
			strbuf_addc(&out, *text);
	return strbuf_detach(&out);
}

static int ask(struct review *r, const char *commit, const struct names *files,
	       struct diags *ret, struct error *err)
{
	struct strbuf out = STRBUF_INIT;
	char *script;
	int rc = tree_checkout(r, commit, err);

	strbuf_adds(&out, "");
	for (size_t i = 0; !rc && i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		script = xasprintf("%s/scripts/coccinelle/%s.cocci", r->base.repo, kernels[i]);
		if (io_exists(script))
			rc = run_script(r, script, files, &out, err);
		free(script);
	}
	for (size_t i = 0; !rc && i < sizeof(ours) / sizeof(ours[0]); i++) {
		script = xasprintf("%s/harness/review/cocci/%s.cocci", r->paths->root, ours[i]);
		rc = run_script(r, script, files, &out, err);
		free(script);
	}
	*ret = (struct diags){};
	parse_reports(out.buf, ret);
	strbuf_release(&out);
	return rc;
}

/* How many of @d say the same of the same file? */
static size_t count_like(const struct diags *d, const struct diag *like)
{
	char *want = without_numbers(like->text);
	size_t n = 0;

	for (size_t i = 0; i < d->nr; i++) {
		char *text = without_numbers(d->v[i].text);

		n += strcmp(d->v[i].file, like->file) == 0 && strcmp(text, want) == 0;
		free(text);
	}
	free(want);
	return n;
}

int check_coccinelle(struct review *r, struct review_patch *p, struct review_result *res,
		     struct error *err)
{
	struct names files = {}, old = {};
	struct diags before = {}, after = {};
	int rc = 0;

	for (size_t i = 0; i < p->mail.nr_files; i++) {
		const struct diff_file *f = &p->mail.files[i];

		if (f->is_deleted || !path_ends(f->path, ".c"))
			continue;
		names_add(&files, f->path);
		if (!f->is_new)
			names_add(&old, f->path);
	}
	if (files.nr)
		rc = ask(r, p->commit, &files, &after, err);
	if (!rc && after.nr && old.nr)
		rc = ask(r, p->parent, &old, &before, err);
	for (size_t i = 0; !rc && i < after.nr; i++)
		if (count_like(&after, &after.v[i]) > count_like(&before, &after.v[i]))
			result_find(res, after.v[i].error ? REVIEW_FAIL : REVIEW_WARN, after.v[i].file,
				    after.v[i].line, "%s", after.v[i].text);
	if (!rc)
		result_note(res, "%zu files, %zu semantic patches", files.nr,
			    sizeof(kernels) / sizeof(kernels[0]) + sizeof(ours) / sizeof(ours[0]));
	names_release(&files);
	names_release(&old);
	diags_release(&before);
	diags_release(&after);
	return rc;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build/config.h"
#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"
#include "review/tree.h"

#define LOG_MAX (16 << 20)
/* Of the users of a touched header so many are compiled; the build of the whole
 * kernel sees the rest. */
#define MAX_USERS 12

void objects_release(struct objects *o)
{
	free(o->dir);
	free(o->log);
	diags_release(&o->diags);
	names_release(&o->built);
	*o = (struct objects){};
}

/* mm/vmscan.c to mm__vmscan.o */
static char *flat_name(const char *source)
{
	struct strbuf out = STRBUF_INIT;

	for (const char *p = source; *p && strcmp(p, ".c") != 0; p++)
		if (*p == '/')
			strbuf_adds(&out, "__");
		else
			strbuf_addc(&out, *p);
	strbuf_adds(&out, ".o");
	return strbuf_detach(&out);
}

char *objects_path(const struct objects *o, const char *source)
{
	char *flat = flat_name(source);
	char *path = xasprintf("%s/%s", o->dir, flat);

	free(flat);
	return path;
}

/* Directories whose sources these kernels have. */
static const char *const searched[] = { "mm",	   "lib",  "fs",   "kernel", "block",
					"drivers/block", "init", "arch/x86/mm", NULL };

static bool compiled_here(const char *path)
{
	static const char *const elsewhere[] = { "tools/", "samples/", "Documentation/", "scripts/",
						 "rust/" };

	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (strncmp(path, elsewhere[i], strlen(elsewhere[i])) == 0)
			return false;
	return true;
}

/* Add some of the sources that include @path: a header, or the KUnit tests of static
 * functions. *@ret_any: are there any? */
static int add_users(struct review *r, const char *commit, const char *path, struct names *ret,
		     size_t *left_out, bool *ret_any, struct error *err)
{
	const char *include = strstr(path, "include/");
	const char *name = include ? include + strlen("include/") :
			   strrchr(path, '/') ? strrchr(path, '/') + 1 :
						path;
	char *pattern = xasprintf("^#include [<\"]%s%s[>\"]",
				  path_ends(path, ".c") ? "\\([a-z/]*/\\)*" : "", name);
	struct strbuf out = STRBUF_INIT;
	char *save, *line;
	size_t nr = 0;
	int rc = tree_grep(r, commit, pattern, searched, &out, err);

	*ret_any = false;
	if (!rc)
		for (line = strtok_r(out.buf, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			if (!path_ends(line, ".c"))
				continue;
			*ret_any = true;
			if (names_have(ret, line))
				continue;
			if (nr++ < MAX_USERS)
				names_add(ret, line);
			else
				++*left_out;
		}
	strbuf_release(&out);
	free(pattern);
	return rc;
}

int objects_of(struct review *r, const struct review_patch *p, struct names *ret,
	       size_t *ret_left_out, struct error *err)
{
	bool included;
	int rc = 0;

	*ret = (struct names){};
	*ret_left_out = 0;
	for (size_t i = 0; !rc && i < p->mail.nr_files; i++) {
		const struct diff_file *f = &p->mail.files[i];

		if (f->is_deleted || !path_ends(f->path, ".c") || !compiled_here(f->path))
			continue;
		rc = add_users(r, p->commit, f->path, ret, ret_left_out, &included, err);
		if (!included)
			names_add(ret, f->path);
	}
	for (size_t i = 0; !rc && i < p->mail.nr_files; i++) {
		const struct diff_file *f = &p->mail.files[i];

		if (!f->is_deleted && path_ends(f->path, ".h") && compiled_here(f->path))
			rc = add_users(r, p->commit, f->path, ret, ret_left_out, &included, err);
	}
	if (rc)
		names_release(ret);
	return rc;
}

/* "CONFIG_X" for "obj-$(CONFIG_X) += test_mm_bench.o" in the Makefile of @source. */
static char *guard_of(const struct review *r, const char *commit, const char *source,
		      struct error *err)
{
	const char *slash = strrchr(source, '/');
	char *path = xasprintf("%.*sMakefile", slash ? (int)(slash + 1 - source) : 0, source);
	char *object = xstrndup(slash ? slash + 1 : source, strlen(slash ? slash + 1 : source) - 2);
	char *want = xasprintf(" %s.o", object);
	char *text = NULL, *guard = NULL, *save, *line;

	if (!tree_file(r, commit, path, &text, err) && text)
		for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			char *at = strstr(line, want);

			if (at && (at[strlen(want)] == ' ' || !at[strlen(want)]) &&
			    strncmp(line, "obj-$(", 6) == 0) {
				guard = xstrndup(line + 6, strcspn(line + 6, ")"));
				break;
			}
		}
	free(text);
	free(want);
	free(object);
	free(path);
	return guard;
}

/* The lines of .config that switch on what guards the sources the series adds,
 * the same for every step: a step that lacks the option ignores its line. */
static char *lines_on(struct review *r, struct error *err)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_adds(&out, "CONFIG_RUNTIME_TESTING_MENU=y\nCONFIG_KUNIT=y\n");
	for (size_t i = 0; i < r->nr; i++)
		for (size_t j = 0; j < r->patches[i].mail.nr_files; j++) {
			const struct diff_file *f = &r->patches[i].mail.files[j];
			char *guard = NULL;

			if (*r->patches[i].commit && f->is_new && path_ends(f->path, ".c") &&
			    compiled_here(f->path))
				guard = guard_of(r, r->patches[i].commit, f->path, err);
			if (guard && !strstr(out.buf, guard))
				strbuf_addf(&out, "%s=y\n", guard);
			free(guard);
		}
	return strbuf_detach(&out);
}

/* One set being made. */
struct job {
	struct review *r;
	const struct objects_how *how;
	const struct names *sources;
	char *obj; /* object tree */
	char *on; /* lines_on() */
	struct argv fragments;
	char key[SHA256_HEX];
};

static void job_release(struct job *j)
{
	free(j->obj);
	free(j->on);
	argv_release(&j->fragments);
}

static int job_init(struct job *j, struct review *r, const char *tree,
		    const struct objects_how *how, const struct names *sources, struct error *err)
{
	const struct kernel_name usual = {};
	struct strbuf text = STRBUF_INIT;
	int rc;

	*j = (struct job){ .r = r, .how = how, .sources = sources };
	j->obj = xasprintf("%s/obj-%s%s", r->dir, arch_name(how->arch), how->off ? "-off" : "");
	j->on = lines_on(r, err);
	config_fragments(r->paths, &usual, how->arch, &j->fragments);
	strbuf_addf(&text, "%s\ntree %s\narch %s\n%s%s%s%s\n%s",
		    how->off ? "objects 2" : "objects 1", tree, arch_name(how->arch),
		    r->toolchain, j->on, how->off ? how->off_lines : "", how->off ? how->off : "",
		    how->sparse ? "sparse\n" : "");
	for (size_t i = 0; i < sources->nr; i++)
		strbuf_addf(&text, "%s\n", sources->v[i]);
	rc = config_text(&j->fragments, &text, err);
	sha256_bytes(text.buf, text.len, j->key);
	strbuf_release(&text);
	return rc;
}

/* What decides over .config besides the sources: if it is as before, .config stays. */
static int config_stamp(const struct job *j, const char *commit, char hex[SHA256_HEX],
			struct error *err)
{
	const struct git git = { .dir = j->r->base.repo };
	struct strbuf text = STRBUF_INIT;
	int rc;

	strbuf_addf(&text, "%s\n%s\n%s\n", j->on, j->how->off ? j->how->off_lines : "",
		    j->r->toolchain);
	rc = config_text(&j->fragments, &text, err);
	if (!rc)
		rc = git_output(&git,
				GIT_ARGS("diff-tree", "-r", "refs/highwater/base", commit, "--",
					 ":(glob)**/Kconfig*", "arch/x86/configs", "scripts/kconfig"),
				&text, NULL, err);
	sha256_bytes(text.buf, text.len, hex);
	strbuf_release(&text);
	return rc;
}

/* Put @lines over the .config there is and let kconfig sort it out. */
static int merge_lines(const struct job *j, const char *lines, struct error *err)
{
	char *extra = xasprintf("%s/review.config", j->obj);
	char *merge = xasprintf("%s/scripts/kconfig/merge_config.sh", j->r->base.repo);
	char *config = xasprintf("%s/.config", j->obj), *o = xasprintf("O=%s", j->obj);
	char *arch = xasprintf("ARCH=%s", arch_name(j->how->arch));
	const char *const merge_argv[] = { merge, "-m", "-O", j->obj, config, extra, NULL };
	const char *const make_argv[] = { "make", "-s", "-C", j->r->base.repo,
					  o,	  arch, "olddefconfig", NULL };
	const char *const env[] = { "LC_ALL=C", arch, NULL };
	struct proc_opts opts = { .argv = merge_argv, .env = env, .dir = j->obj };
	int rc = io_write_file(extra, lines, strlen(lines), err);

	if (!rc)
		rc = proc_check(&opts, err);
	opts.argv = make_argv;
	if (!rc)
		rc = proc_check(&opts, err);
	free(extra);
	free(merge);
	free(config);
	free(o);
	free(arch);
	return rc;
}

static int configure(const struct job *j, const char *commit, struct error *err)
{
	char *stamp = xasprintf("%s/review.stamp", j->obj);
	struct strbuf had = STRBUF_INIT;
	struct error ignored;
	char hex[SHA256_HEX];
	char *lines = NULL;
	int rc = config_stamp(j, commit, hex, err);

	if (!rc && io_exists(stamp) && !io_read_file(stamp, 4096, &had, &ignored) &&
	    strcmp(had.buf, hex) == 0)
		goto out;
	unlink(stamp);
	if (!rc)
		rc = io_mkdirs(j->obj, err);
	if (!rc)
		rc = config_make(j->r->base.repo, j->obj, arch_name(j->how->arch), &j->fragments, err);
	lines = xasprintf("%s%s", j->on, j->how->off ? j->how->off_lines : "");
	if (!rc)
		rc = merge_lines(j, lines, err);
	if (!rc)
		rc = io_write_file(stamp, hex, strlen(hex), err);
out:
	strbuf_release(&had);
	free(lines);
	free(stamp);
	return rc;
}

/* The path of an object in the object tree; the caller frees. */
static char *object_in_tree(const struct job *j, const char *source)
{
	return xasprintf("%s/%.*s.o", j->obj, (int)strlen(source) - 2, source);
}

/* Does the work tree have this source? */
static bool source_there(const struct job *j, const char *source)
{
	char *path = xasprintf("%s/%s", j->r->base.repo, source);
	bool there = io_exists(path);

	free(path);
	return there;
}

/* A copy of @log with the ways to the tree taken off its paths. */
static char *relative(const char *log, const char *tree)
{
	char *prefix[] = { xasprintf("%s/", tree), xstrdup("../src/") };
	char *copy = xstrdup(log);

	for (size_t i = 0; i < sizeof(prefix) / sizeof(prefix[0]); i++) {
		size_t n = strlen(prefix[i]);
		char *at = copy;

		while ((at = strstr(at, prefix[i])))
			memmove(at, at + n, strlen(at + n) + 1);
		free(prefix[i]);
	}
	return copy;
}

/* Run make for the sources that are there; its output with relative paths in @ret_log. */
/* Is @name, without "CONFIG_", off in the .config that came out? */
static bool is_off(const struct job *j, const char *name)
{
	char *path = xasprintf("%s/.config", j->obj), *on = xasprintf("\nCONFIG_%s=", name);
	struct strbuf text = STRBUF_INIT;
	struct error ignored;
	bool off = io_read_file(path, LOG_MAX, &text, &ignored) == 0 && !strstr(text.buf, on);

	strbuf_release(&text);
	free(path);
	free(on);
	return off;
}

/* Does the option that is off leave the source out, as mm/memcontrol.c without MEMCG? */
static bool left_out(const struct job *j, const char *commit, const char *source)
{
	struct error ignored;
	char *guard = j->how->off ? guard_of(j->r, commit, source, &ignored) : NULL;
	bool out = guard && strncmp(guard, "CONFIG_", 7) == 0 && is_off(j, guard + 7);

	free(guard);
	return out;
}

static int run_make(const struct job *j, const char *commit, char **ret_log, struct error *err)
{
	char *ccache = xasprintf("CCACHE_DIR=%s/ccache", j->r->paths->cache);
	char *basedir = xasprintf("CCACHE_BASEDIR=%s", j->r->paths->cache);
	const char *const env[] = { "LC_ALL=C", "KBUILD_BUILD_TIMESTAMP=2026-01-01 00:00:00 UTC",
				    ccache,	basedir,
				    "CCACHE_NOHASHDIR=1", "CCACHE_MAXSIZE=8G",
				    NULL };
	struct proc_opts opts = { .env = env };
	struct proc_result res = {};
	struct argv argv = {};
	int rc;

	argv_add(&argv, "make");
	argv_add(&argv, "-sk");
	argv_addf(&argv, "-j%u", j->r->o->jobs);
	argv_add(&argv, "-C");
	argv_add(&argv, j->r->base.repo);
	argv_addf(&argv, "O=%s", j->obj);
	argv_addf(&argv, "ARCH=%s", arch_name(j->how->arch));
	argv_add(&argv, "W=1");
	argv_add(&argv, "CC=ccache gcc");
	if (j->how->sparse) {
		argv_add(&argv, "C=2");
		/* sparse up to 0.6.4 lacks the keyword; the kernel wants to see it. */
		argv_add(&argv, "CHECK=sparse -D__typeof_unqual__=__typeof__");
	}
	for (size_t i = 0; i < j->sources->nr; i++)
		if (source_there(j, j->sources->v[i]) && !left_out(j, commit, j->sources->v[i]))
			argv_addf(&argv, "%.*s.o", (int)strlen(j->sources->v[i]) - 2,
				  j->sources->v[i]);
	opts.argv = (const char *const *)argv.v;
	rc = proc_run(&opts, &res, err);
	if (!rc) {
		strbuf_adds(&res.out, "");
		*ret_log = relative(res.out.buf, j->r->base.repo);
	}
	proc_result_release(&res);
	argv_release(&argv);
	free(ccache);
	free(basedir);
	return rc;
}

/* Copy what was made to a new set and publish it. */
static int keep(const struct job *j, const char *dir, const char *log, struct error *err)
{
	char *tmp = xasprintf("%s.tmp.%ld", dir, (long)getpid());
	char *path = xasprintf("%s/log", tmp);
	struct error ignored;
	int rc = io_mkdirs(tmp, err);

	for (size_t i = 0; !rc && !j->how->sparse && i < j->sources->nr; i++) {
		char *from = object_in_tree(j, j->sources->v[i]);
		char *flat = flat_name(j->sources->v[i]);
		char *to = xasprintf("%s/%s", tmp, flat);

		if (io_exists(from))
			rc = io_concat((const char *const[]){ from }, 1, to, err);
		free(from);
		free(flat);
		free(to);
	}
	if (!rc)
		rc = io_write_file(path, log, strlen(log), err);
	if (!rc)
		rc = io_publish(tmp, dir, err);
	if (rc)
		io_remove_tree(tmp, &ignored);
	free(path);
	free(tmp);
	return rc;
}

/* Check out, configure, compile, keep. */
static int make_set(const struct job *j, const char *commit, const char *dir, struct error *err)
{
	char *log = NULL;
	int rc = tree_checkout(j->r, commit, err);

	if (!rc)
		rc = configure(j, commit, err);
	/* Warnings come only with compiling; ccache has them too. */
	for (size_t i = 0; !rc && !j->how->sparse && i < j->sources->nr; i++) {
		char *object = object_in_tree(j, j->sources->v[i]);

		unlink(object);
		free(object);
	}
	if (!rc && j->how->off && !is_off(j, j->how->off))
		log = xstrdup("option stays on\n");
	else if (!rc)
		rc = run_make(j, commit, &log, err);
	if (!rc)
		rc = keep(j, dir, log, err);
	free(log);
	return rc;
}

int objects_get(struct review *r, const char *commit, const char *tree,
		const struct objects_how *how, const struct names *sources, struct objects *ret,
		struct error *err)
{
	struct strbuf log = STRBUF_INIT;
	struct job j;
	char *path = NULL;
	int rc;

	*ret = (struct objects){};
	rc = job_init(&j, r, tree, how, sources, err);
	ret->dir = xasprintf("%s/set/%s", r->dir, j.key);
	path = xasprintf("%s/log", ret->dir);
	if (!rc && !io_exists(path))
		rc = make_set(&j, commit, ret->dir, err);
	if (!rc)
		rc = io_read_file(path, LOG_MAX, &log, err);
	if (!rc) {
		ret->log = strbuf_detach(&log);
		ret->off_refused = strcmp(ret->log, "option stays on\n") == 0;
		diags_parse(ret->log, &ret->diags);
		for (size_t i = 0; i < sources->nr; i++) {
			char *object = objects_path(ret, sources->v[i]);

			if (io_exists(object))
				names_add(&ret->built, sources->v[i]);
			free(object);
		}
	}
	strbuf_release(&log);
	free(path);
	job_release(&j);
	return rc;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The pure parts of the build stage: what a fragment asks for, what a log says,
 * what BASE and series hold, and a real repository with a patch that fits and
 * one that does not. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build/config.h"
#include "build/kernel.h"
#include "build/make.h"
#include "build/series.h"
#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"

/* An option that was asked for and got lost must not pass. */
static void config_missing_is_an_error(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(config_check("CONFIG_A=y\n", "CONFIG_A=y\n", &err), 0);
	assert_int_equal(config_check("CONFIG_A=y\n", "# CONFIG_A is not set\n", &err), -1);
	assert_string_equal(err.msg, "kernel options not honoured:\n"
				     "  CONFIG_A=y asked, n in the result");
	assert_int_equal(err.kind, ERROR_INPUT);
	assert_int_equal(config_check("CONFIG_A=y\n", "CONFIG_AB=y\n", &err), -1);
	assert_int_equal(config_check("CONFIG_N=4\n", "CONFIG_N=8\n", &err), -1);
}

/* An option that was asked to be off and is on must not pass either. */
static void config_unwanted_is_an_error(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(config_check("# CONFIG_B is not set\n", "CONFIG_C=y\n", &err), 0);
	assert_int_equal(config_check("# CONFIG_B is not set\n", "CONFIG_B=y\n", &err), -1);
}

/* A variant overrides the common fragment: the last word counts. */
static void config_last_word_counts(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(config_check("CONFIG_A=y\n# CONFIG_A is not set\n", "CONFIG_B=y\n", &err), 0);
	assert_int_equal(config_check("# CONFIG_A is not set\nCONFIG_A=y\n", "CONFIG_B=y\n", &err), -1);
	assert_int_equal(config_check("# a comment = y\nCONFIG_A=\"x y\"", "CONFIG_A=\"x y\"", &err), 0);
}

/* The first errors of a log, not its noise and not its end. */
static void first_errors_of_a_log(void **state)
{
	char *text = make_first_errors("  CC mm/a.o\nmm/a.c:3:1: error: no\nnote\nmake: *** [a.o] Error 1\n", 1);

	(void)state;
	assert_string_equal(text, "  mm/a.c:3:1: error: no\n");
	free(text);
	text = make_first_errors("all is well", 5);
	assert_string_equal(text, "");
	free(text);
}

/* A directory for one test, with files; removed at the end. */
struct scratch {
	char dir[64];
};

static void put(const char *dir, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct error err;

	assert_int_equal(io_write_file(path, text, strlen(text), &err), 0);
	free(path);
}

static int scratch_setup(void **state)
{
	struct scratch *s = xcalloc(1, sizeof(*s));

	strcpy(s->dir, "/tmp/highwater-test.XXXXXX");
	*state = s;
	return mkdtemp(s->dir) ? 0 : -1;
}

static int scratch_teardown(void **state)
{
	struct scratch *s = *state;
	struct error err;

	io_remove_tree(s->dir, &err);
	free(s);
	return 0;
}

static void base_needs_a_version(void **state)
{
	struct scratch *s = *state;
	struct base base;
	struct error err;

	put(s->dir, "BASE", "# comment\nversion 7.3.4\ndebian-package  linux-source-7.3\nother x\n");
	assert_int_equal(base_load(s->dir, &base, &err), 0);
	assert_string_equal(base.version, "7.3.4");
	assert_string_equal(base.debian_package, "linux-source-7.3");
	assert_null(base.url);
	base_release(&base);
	put(s->dir, "BASE", "debian-package x\n");
	assert_int_equal(base_load(s->dir, &base, &err), -1);
	assert_non_null(strstr(err.msg, "has no 'version' line"));
}

static const char good_patch[] = "From 0 Mon Sep 17 00:00:00 2001\n"
				 "From: A <a@b>\n"
				 "Subject: [PATCH 1/2] mm: a folded\n"
				 " subject\n\nwhy\n---\n"
				 "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+two\n--\n";
static const char bad_patch[] = "Subject: [PATCH 2/2] mm: stale\n\n---\n"
				"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-three\n+four\n";

static void series_subjects_and_comments(void **state)
{
	struct scratch *s = *state;
	struct series series;
	struct error err;

	put(s->dir, "series", "# a comment\n\n1.patch # why\n2.patch\n");
	put(s->dir, "1.patch", good_patch);
	assert_int_equal(series_load(s->dir, &series, &err), -1); /* 2.patch is not there */
	put(s->dir, "2.patch", bad_patch);
	assert_int_equal(series_load(s->dir, &series, &err), 0);
	assert_int_equal(series.nr, 2);
	assert_string_equal(series.v[0].subject, "mm: a folded subject");
	assert_string_equal(series.v[1].subject, "mm: stale");
	series_release(&series);
}

/* A patch that does not apply is named, and its reject is shown. */
static void series_names_the_patch_that_fails(void **state)
{
	struct scratch *s = *state;
	char *repo = xasprintf("%s/repo", s->dir);
	const struct git git = { .dir = repo };
	struct source src = { .repo = repo };
	char commit[GIT_ID], tree[GIT_ID], again[GIT_ID];
	struct series series;
	struct error err;

	put(s->dir, "series", "1.patch\n2.patch\n");
	put(s->dir, "1.patch", good_patch);
	put(s->dir, "2.patch", bad_patch);
	assert_int_equal(io_mkdirs(repo, &err), 0);
	put(repo, "f", "one\n");
	assert_int_equal(git_run(&git, GIT_ARGS("init", "-q"), &err), 0);
	assert_int_equal(git_run(&git, GIT_ARGS("add", "-A"), &err), 0);
	assert_int_equal(git_run(&git, GIT_ARGS("commit", "-q", "-m", "base"), &err), 0);
	assert_int_equal(git_id(&git, GIT_ARGS("rev-parse", "HEAD"), src.commit, &err), 0);
	assert_int_equal(git_id(&git, GIT_ARGS("rev-parse", "HEAD^{tree}"), src.tree, &err), 0);

	assert_int_equal(series_load(s->dir, &series, &err), 0);
	assert_int_equal(series_apply(&src, &series, 0, commit, tree, &err), 0);
	assert_string_equal(tree, src.tree);
	assert_int_equal(series_apply(&src, &series, 1, commit, tree, &err), 0);
	assert_string_not_equal(tree, src.tree);
	/* Found again, not applied again; the work tree is untouched. */
	assert_int_equal(series_apply(&src, &series, 1, again, tree, &err), 0);
	assert_string_equal(again, commit);
	assert_int_equal(git_run(&git, GIT_ARGS("diff", "--quiet"), &err), 0);

	assert_int_equal(series_apply(&src, &series, 2, commit, tree, &err), -1);
	assert_int_equal(err.kind, ERROR_INPUT);
	assert_non_null(strstr(err.msg, "patch '2.patch' does not apply"));
	assert_non_null(strstr(err.msg, "-three"));
	series_release(&series);
	free(repo);
}

/* A directory that is no kernel is refused by name. */
static void tree_version(void **state)
{
	struct scratch *s = *state;
	char *mm = xasprintf("%s/mm", s->dir);
	char *version;
	struct error err;

	assert_int_equal(source_tree_version(s->dir, &version, &err), -1);
	assert_non_null(strstr(err.msg, "is not a Linux kernel tree"));
	put(s->dir, "Makefile", "# x\nVERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\n");
	assert_int_equal(io_mkdirs(mm, &err), 0);
	put(mm, "page_alloc.c", "");
	assert_int_equal(source_tree_version(s->dir, &version, &err), 0);
	assert_string_equal(version, "7.3.4");
	free(version);
	free(mm);
}

/* What a .gitignore names belongs to a kernel's identity like everything else. */
static void identity_of_a_tree(void **state)
{
	struct scratch *s = *state;
	char *tree = xasprintf("%s/tree", s->dir), *mm = xasprintf("%s/mm", tree);
	char *cache = xasprintf("%s/cache", s->dir), *name = xstrdup(tree);
	struct paths paths = { .cache = cache, .configs = (char *)"configs" };
	struct builder b = { .paths = &paths, .toolchain = "none" };
	struct kernel k, changed;
	struct error err;

	assert_int_equal(io_mkdirs(mm, &err), 0);
	put(tree, "Makefile", "VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\n");
	put(tree, ".gitignore", "/*\n");
	put(mm, "page_alloc.c", "");
	assert_int_equal(kernel_find(&b, name, ARCH_I386, &k, &err), 0);
	put(mm, "new.c", "int x;\n");
	assert_int_equal(kernel_find(&b, name, ARCH_I386, &changed, &err), 0);
	assert_string_not_equal(k.key, changed.key);
	kernel_release(&k);
	kernel_release(&changed);
	free(tree);
	free(mm);
	free(cache);
	free(name);
}

static bool appears(const char *path)
{
	for (int i = 0; i < 3000 && !io_exists(path); i++)
		usleep(10000);
	return io_exists(path);
}

/* A harness that is killed leaves no build behind: make and git get to clean up. */
static void children_are_told(void **state)
{
	const struct scratch *s = *state;
	static const char script[] = "trap 'touch told; kill $!; exit' TERM; sleep 1000 & touch up; wait";
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct proc_opts opts = { .argv = argv, .dir = s->dir };
	char *up = xasprintf("%s/up", s->dir), *told = xasprintf("%s/told", s->dir);
	struct error err;
	pid_t harness = fork();

	if (harness == 0) {
		struct proc_result r;

		proc_run(&opts, &r, &err);
		_exit(0);
	}
	assert_true(harness > 0);
	assert_true(appears(up));
	assert_int_equal(kill(harness, SIGKILL), 0);
	assert_int_equal(waitpid(harness, NULL, 0), harness);
	assert_true(appears(told));
	free(up);
	free(told);
}

#define WITH_SCRATCH(fn) cmocka_unit_test_setup_teardown(fn, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_missing_is_an_error),
		cmocka_unit_test(config_unwanted_is_an_error),
		cmocka_unit_test(config_last_word_counts),
		cmocka_unit_test(first_errors_of_a_log),
		WITH_SCRATCH(base_needs_a_version),
		WITH_SCRATCH(series_subjects_and_comments),
		WITH_SCRATCH(series_names_the_patch_that_fails),
		WITH_SCRATCH(tree_version),
		WITH_SCRATCH(identity_of_a_tree),
		WITH_SCRATCH(children_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/make.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "build/config.h"
#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"

/* An object tree takes about 1 GiB with vmlinux; less free space ends badly late. */
#define SPACE_NEEDED (2ull << 30)
#define ERROR_LINES 12

char *make_first_errors(const char *log, unsigned int max)
{
	static const char *const marks[] = { "error:", "Error ", "undefined reference", "No space left",
					     "*** " };
	struct strbuf out = STRBUF_INIT;

	for (const char *p = log; *p && max; p += strcspn(p, "\n"), p += *p == '\n') {
		size_t len = strcspn(p, "\n");
		char *line = xstrndup(p, len);

		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
			if (strstr(line, marks[i])) {
				strbuf_addf(&out, "  %.300s\n", line);
				max--;
				break;
			}
		free(line);
	}
	return strbuf_detach(&out);
}

static int check_space(const char *dir, struct error *err)
{
	struct statvfs st;
	unsigned long long left;

	if (statvfs(dir, &st))
		return 0;
	left = (unsigned long long)st.f_bavail * st.f_frsize;
	if (left < SPACE_NEEDED)
		return error_set(err, ERROR_HOST, "no space to build in '%s': %llu MiB left, %llu needed",
				 dir, left >> 20, SPACE_NEEDED >> 20);
	return 0;
}

/* The object tree of a source, architecture and set of variants. */
static char *object_dir(const struct builder *b, const struct kernel_name *name,
			const struct kernel *k)
{
	struct strbuf dir = STRBUF_INIT;

	strbuf_addf(&dir, "%s/obj/", b->paths->cache);
	if (name->source == KERNEL_TREE) {
		char hex[SHA256_HEX];

		sha256_bytes(name->tree, strlen(name->tree), hex);
		strbuf_addf(&dir, "tree-%.16s-", hex);
	} else {
		/* The same source in another place is another work tree, under another lock. */
		strbuf_addf(&dir, "%s%.12s-", b->paths->source ? "given-" : "", b->source.tree);
	}
	strbuf_adds(&dir, arch_name(k->arch));
	for (size_t i = 0; i < name->nr_variants; i++)
		if (config_is_built_in(b->paths, name->variants[i]))
			strbuf_addf(&dir, "+%s", name->variants[i]);
	return strbuf_detach(&dir);
}

static int run_make(const struct builder *b, const char *src, const char *obj, enum arch arch,
		    struct error *err)
{
	char *ccache_dir = xasprintf("CCACHE_DIR=%s/ccache", b->paths->cache);
	char *ccache_base = xasprintf("CCACHE_BASEDIR=%s", b->paths->cache);
	/* Fixed names and dates: equal inputs give equal bytes on any host. */
	const char *const env[] = { "LC_ALL=C",
				    "KBUILD_BUILD_TIMESTAMP=2026-01-01 00:00:00 UTC",
				    "KBUILD_BUILD_USER=highwater",
				    "KBUILD_BUILD_HOST=highwater",
				    "KBUILD_BUILD_VERSION=1",
				    ccache_dir,
				    ccache_base,
				    "CCACHE_NOHASHDIR=1",
				    "CCACHE_MAXSIZE=8G",
				    NULL };
	const char *const probe[] = { "ccache", "--version", NULL };
	struct proc_opts opts = { .env = env };
	struct proc_opts probe_opts = { .argv = probe };
	struct proc_result r;
	struct argv argv = {};
	struct error no_ccache;
	int rc;

	argv_add(&argv, "make");
	argv_add(&argv, "-s");
	argv_addf(&argv, "-j%u", b->jobs);
	argv_add(&argv, "-C");
	argv_add(&argv, src);
	argv_addf(&argv, "O=%s", obj);
	argv_addf(&argv, "ARCH=%s", arch_name(arch));
	if (proc_check(&probe_opts, &no_ccache) == 0)
		argv_add(&argv, "CC=ccache gcc");
	argv_add(&argv, "bzImage");
	opts.argv = (const char *const *)argv.v;
	rc = proc_run(&opts, &r, err);
	if (!rc && (r.exit_code || r.signal)) {
		char *lines = make_first_errors(r.out.buf, ERROR_LINES);

		rc = error_set(err, ERROR_INPUT, "does not build, first errors:\n%s",
			       *lines ? lines : r.out.buf);
		free(lines);
	}
	proc_result_release(&r);
	argv_release(&argv);
	free(ccache_dir);
	free(ccache_base);
	return rc;
}

static int write_facts(const struct builder *b, const struct kernel *k, const char *release,
		       const char *dir, struct error *err)
{
	json_t *subjects = json_array();
	json_t *facts;
	char *path = xasprintf("%s/facts.json", dir);
	char *text;
	int rc;

	for (size_t i = 0; i < k->nr_subjects; i++)
		json_array_append_new(subjects, json_string(k->subjects[i]));
	facts = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "name", k->name, "arch",
			  arch_name(k->arch), "origin", k->origin, "tree", k->tree, "release", release,
			  "toolchain", b->toolchain, "patches", subjects);
	text = json_dumps(facts, JSON_INDENT(2));
	rc = text ? io_write_file(path, text, strlen(text), err) :
		    error_set(err, ERROR_HOST, "cannot describe kernel '%s'", k->name);
	free(text);
	json_decref(facts);
	free(path);
	return rc;
}

/* Copy what a build made into a new cache entry and publish it. */
static int keep(struct builder *b, struct kernel *k, const char *obj, struct error *err)
{
	static const struct {
		const char *from, *to;
	} files[] = {
		{ "arch/x86/boot/bzImage", "bzImage" },
		{ "vmlinux", "vmlinux" },
		{ "System.map", "System.map" },
		{ ".config", "config" },
	};
	char *tmp = xasprintf("%s.tmp.%ld", k->dir, (long)getpid());
	char *release_path = xasprintf("%s/include/config/kernel.release", obj);
	struct strbuf release = STRBUF_INIT;
	struct error ignored;
	int rc;

	io_remove_tree(tmp, &ignored);
	rc = io_mkdirs(tmp, err);
	for (size_t i = 0; !rc && i < sizeof(files) / sizeof(files[0]); i++) {
		char *from = xasprintf("%s/%s", obj, files[i].from);
		char *to = xasprintf("%s/%s", tmp, files[i].to);

		rc = io_concat((const char *const[]){ from }, 1, to, err);
		free(from);
		free(to);
	}
	if (!rc)
		rc = io_read_file(release_path, 4096, &release, err);
	if (!rc) {
		release.buf[strcspn(release.buf, "\n")] = '\0';
		rc = write_facts(b, k, release.buf, tmp, err);
	}
	if (!rc)
		rc = io_publish(tmp, k->dir, err);
	if (rc)
		io_remove_tree(tmp, &ignored);
	strbuf_release(&release);
	free(release_path);
	free(tmp);
	return rc;
}

/* Put the commit of @k into the work tree; only files that differ are touched. */
static int checkout(struct builder *b, const struct kernel *k, struct error *err)
{
	const struct git git = { .dir = b->source.repo };
	char *stale = xasprintf("%s/.git/index.lock", b->source.repo);
	char commit[GIT_ID], tree[GIT_ID];

	/* Our lock is held, so this one is of a git that was killed. */
	unlink(stale);
	free(stale);
	if (series_apply(&b->source, &b->series, k->nr_subjects, commit, tree, err))
		return -1;
	return git_run(&git, GIT_ARGS("checkout", "-q", "-f", "--detach", commit), err);
}

int make_kernel(struct builder *b, const struct kernel_name *name, struct kernel *k,
		struct error *err)
{
	const bool ours = name->source != KERNEL_TREE;
	const char *src = ours ? b->source.repo : name->tree;
	char *obj = object_dir(b, name, k);
	char *mark = xasprintf("%s.unfinished", obj);
	char *line = xasprintf("building kernel '%s' for %s", k->name, arch_name(k->arch));
	struct argv fragments = {};
	int rc;

	if (b->say)
		b->say(b->ctx, line);
	config_fragments(b->paths, name, k->arch, &fragments);
	rc = check_space(b->paths->cache, err);
	if (!rc && ours)
		rc = checkout(b, k, err);
	/* A build that was killed may have left half an object behind that looks
	 * new enough to make; ccache makes starting over cheap. */
	if (!rc && io_exists(mark))
		rc = io_remove_tree(obj, err);
	if (!rc)
		rc = io_mkdirs(obj, err);
	if (!rc)
		rc = io_write_file(mark, "", 0, err);
	if (!rc)
		rc = config_make(src, obj, arch_name(k->arch), &fragments, err);
	if (!rc)
		rc = run_make(b, src, obj, k->arch, err);
	if (!rc)
		rc = keep(b, k, obj, err);
	/* make itself removes what a failed step left; only a killed one does not. */
	if (!rc || err->kind == ERROR_INPUT)
		unlink(mark);
	argv_release(&fragments);
	free(line);
	free(mark);
	free(obj);
	return rc;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/source.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/proc.h"
#include "lib/sha256.h"
#include "lib/xalloc.h"

#define MAKEFILE_MAX (1 << 20)
#define DOWNLOAD_DEADLINE_S 1800

void source_release(struct source *s)
{
	free(s->repo);
	free(s->lock);
	free(s->version);
	free(s->origin);
	*s = (struct source){};
}

/* The number after "KEY = " at the start of a line of @makefile, or -1. */
static int make_number(const char *makefile, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = makefile; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, key, len) == 0 && strncmp(p + len, " = ", 3) == 0)
			return atoi(p + len + 3);
	}
	return -1;
}

int source_tree_version(const char *tree, char **ret, struct error *err)
{
	char *path = xasprintf("%s/Makefile", tree);
	char *mm = xasprintf("%s/mm/page_alloc.c", tree);
	struct strbuf text = STRBUF_INIT;
	int rc = -1, v, p, s;

	if (!io_exists(mm) || io_read_file(path, MAKEFILE_MAX, &text, err)) {
		error_set(err, ERROR_INPUT, "'%s' is not a Linux kernel tree", tree);
		goto out;
	}
	v = make_number(text.buf, "VERSION");
	p = make_number(text.buf, "PATCHLEVEL");
	s = make_number(text.buf, "SUBLEVEL");
	if (v < 0 || p < 0 || s < 0) {
		error_set(err, ERROR_INPUT, "'%s' is not a Linux kernel tree", tree);
		goto out;
	}
	*ret = xasprintf("%d.%d.%d", v, p, s);
	rc = 0;
out:
	strbuf_release(&text);
	free(path);
	free(mm);
	return rc;
}

/* Is @version of the same X.Y as @wanted? The series is pinned to that. */
static bool same_release(const char *version, const char *wanted)
{
	const char *dot = strrchr(wanted, '.');

	return dot && strncmp(version, wanted, dot + 1 - wanted) == 0;
}

/* The directory of the cache that holds the source: by version, or by what the
 * user handed us, so that the two are never confused. */
static char *source_dir(const struct paths *paths, const struct base *base, const char *from)
{
	char hex[SHA256_HEX], real[PATH_MAX];
	struct stat st = {};
	char *name, *dir;

	if (!from)
		return xasprintf("%s/linux/%s", paths->cache, base->version);
	if (!realpath(from, real) || stat(real, &st))
		snprintf(real, sizeof(real), "%s", from);
	name = xasprintf("%s %lld %lld", real, (long long)st.st_size, (long long)st.st_mtime);
	sha256_bytes(name, strlen(name), hex);
	dir = xasprintf("%s/linux/given-%.12s", paths->cache, hex);
	free(name);
	return dir;
}

/* A source directory is finished when its origin is written. */
static bool source_there(const char *dir)
{
	char *path = xasprintf("%s/origin", dir);
	bool there = io_exists(path);

	free(path);
	return there;
}

static int source_load(const char *dir, struct source *ret, struct error *err)
{
	struct strbuf origin = STRBUF_INIT;
	char *path = xasprintf("%s/origin", dir);
	struct source s = { .repo = xasprintf("%s/tree", dir), .lock = xasprintf("%s/lock", dir) };
	struct git git = { .dir = s.repo };
	int rc;

	rc = io_read_file(path, 4096, &origin, err);
	if (!rc)
		rc = git_id(&git, GIT_ARGS("rev-parse", "refs/highwater/base"), s.commit, err);
	if (!rc)
		rc = git_id(&git, GIT_ARGS("rev-parse", "refs/highwater/base^{tree}"), s.tree, err);
	if (!rc) {
		origin.buf[strcspn(origin.buf, "\n")] = '\0';
		s.version = xstrndup(origin.buf, strcspn(origin.buf, " "));
		s.origin = xstrdup(origin.buf);
		*ret = s;
	} else {
		source_release(&s);
	}
	strbuf_release(&origin);
	free(path);
	return rc;
}

/* Make @tree a repository with one commit. Loose objects without compression:
 * it is a cache, and 90 000 files are added in seconds instead of minutes. */
static int commit_tree(const char *tree, const char *message, struct error *err)
{
	const struct git git = { .dir = tree };
	static const char *const quiet[][4] = {
		{ "config", "core.compression", "0" },
		{ "config", "gc.auto", "0" },
		{ "config", "advice.detachedHead", "false" },
		{ "config", "core.autocrlf", "false" },
	};

	if (git_run(&git, GIT_ARGS("init", "-q", "-b", "base"), err))
		return -1;
	for (size_t i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++)
		if (git_run(&git, GIT_ARGS(quiet[i][0], quiet[i][1], quiet[i][2]), err))
			return -1;
	/* -f: a pristine tree has tracked files that its own .gitignore names. */
	if (git_run(&git, GIT_ARGS("add", "-A", "-f"), err) ||
	    git_run(&git, GIT_ARGS("commit", "-q", "-m", message), err) ||
	    git_run(&git, GIT_ARGS("update-ref", "refs/highwater/base", "HEAD"), err))
		return -1;
	return 0;
}

/* Unpack a tarball, or copy a tree, to @to. */
static int unpack(const char *from, const char *to, struct error *err)
{
	struct stat st;
	const char *const tar[] = { "tar", "-xf", from, "-C", to, "--strip-components=1", NULL };
	const char *const copy[] = { "cp", "-a", "--reflink=auto", "--", from, to, NULL };
	struct proc_opts opts = { .argv = tar };
	char *src = NULL;
	int rc;

	if (stat(from, &st))
		return error_set(err, ERROR_INPUT, "no kernel source at '%s'", from);
	if (!S_ISDIR(st.st_mode)) {
		if (io_mkdirs(to, err))
			return -1;
		rc = proc_check(&opts, err);
		if (rc) {
			err->kind = ERROR_INPUT;
			return error_prefix(err, "cannot unpack '%s', truncated or no tarball", from);
		}
		return 0;
	}
	/* A developer's tree brings its history and its build; neither is source. */
	src = xasprintf("%s/.git", to);
	opts.argv = copy;
	rc = proc_check(&opts, err);
	if (!rc)
		rc = io_remove_tree(src, err);
	free(src);
	return rc;
}

/* Turn @from (tarball or tree) into the finished directory @dir. */
static int import(const struct base *base, const char *from, const char *what, const char *dir,
		  struct error *err)
{
	char *tmp = xasprintf("%s.tmp.%ld", dir, (long)getpid());
	char *tree = xasprintf("%s/tree", tmp);
	char *origin = xasprintf("%s/origin", tmp);
	char *version = NULL, *line = NULL;
	struct error ignored;
	int rc;

	rc = io_mkdirs(tmp, err);
	if (!rc)
		rc = unpack(from, tree, err);
	if (!rc && source_tree_version(tree, &version, err))
		rc = error_set(err, ERROR_INPUT, "'%s' does not hold a Linux kernel tree", from);
	if (!rc && !same_release(version, base->version))
		rc = error_set(err, ERROR_INPUT, "'%s' is Linux %s, the series is for %s", from,
			       version, base->version);
	if (!rc) {
		line = xasprintf("%s from %s\n", version, what);
		rc = commit_tree(tree, line, err);
	}
	if (!rc)
		rc = io_write_file(origin, line, strlen(line), err);
	if (!rc)
		rc = io_publish(tmp, dir, err);
	if (rc)
		io_remove_tree(tmp, &ignored);
	free(version);
	free(line);
	free(origin);
	free(tree);
	free(tmp);
	return rc;
}

/* Debian's package, from the first suite that has it. The script works with
 * lists of its own: the host's apt configuration stays as it is. */
static int fetch_debian(const struct paths *paths, const struct base *base, const char *dir,
			struct error *err)
{
	char *script = xasprintf("%s/debian-source", paths->images);
	char *down = xasprintf("%s.download", dir);
	char *cache = xasprintf("HIGHWATER_CACHE=%s", paths->cache);
	const char *suites = base->debian_suites ? base->debian_suites : "trixie-backports sid";
	const char *const argv[] = { script, base->debian_package, suites, down, NULL };
	const char *const env[] = { cache, NULL };
	struct proc_opts opts = { .argv = argv, .env = env, .deadline_s = DOWNLOAD_DEADLINE_S };
	struct proc_result r = {};
	struct error ignored;
	char *what = NULL, *tarball = NULL;
	int rc;

	io_remove_tree(down, &ignored);
	rc = io_mkdirs(down, err);
	if (!rc)
		rc = proc_run_checked(&opts, &r, err);
	if (!rc) {
		/* Its last line is "VERSION SUITE". */
		what = xasprintf("Debian %s %s", base->debian_package, strbuf_last_line(&r.out));
		tarball = xasprintf("%s/source.tar.xz", down);
		rc = import(base, tarball, what, dir, err);
	}
	io_remove_tree(down, &ignored);
	proc_result_release(&r);
	free(what);
	free(tarball);
	free(cache);
	free(down);
	free(script);
	return rc;
}

static int fetch_url(const struct base *base, const char *dir, struct error *err)
{
	char *tarball = xasprintf("%s.tar", dir);
	const char *const argv[] = { "curl", "-fsSL", "-o", tarball, base->url, NULL };
	struct proc_opts opts = { .argv = argv, .deadline_s = DOWNLOAD_DEADLINE_S };
	char hex[SHA256_HEX];
	int rc = proc_check(&opts, err);

	if (!rc)
		rc = sha256_file(tarball, hex, err);
	if (!rc && strcmp(hex, base->sha256) != 0)
		rc = error_set(err, ERROR_HOST, "'%s' has SHA-256 %s, patches/BASE says %s",
			       base->url, hex, base->sha256);
	if (!rc)
		rc = import(base, tarball, base->url, dir, err);
	unlink(tarball);
	free(tarball);
	return rc;
}

static int fetch(const struct paths *paths, const struct base *base, const char *from,
		 const char *dir, struct error *err)
{
	struct error debian = { .msg = "patches/BASE names no package" };
	struct error url = { .msg = "patches/BASE pins no tarball" };

	if (from) {
		char real[PATH_MAX];

		return import(base, from, realpath(from, real) ? real : from, dir, err);
	}
	if (base->debian_package && fetch_debian(paths, base, dir, &debian) == 0)
		return 0;
	if (base->url && base->sha256 && fetch_url(base, dir, &url) == 0)
		return 0;
	return error_set(err, ERROR_HOST,
			 "cannot get Linux %s; give a tree or tarball with HIGHWATER_SOURCE\n"
			 "Debian: %.1500s\nkernel.org: %.1500s",
			 base->version, debian.msg, url.msg);
}

/* Fetch under a lock: whoever waits for it finds the work done. */
static int fetch_once(const struct paths *paths, const struct base *base, const char *from,
		      const char *dir, struct error *err)
{
	char *parent = xasprintf("%s/linux", paths->cache);
	char *lock_path = xasprintf("%s/fetch.lock", parent);
	int lock = -1, rc;

	rc = io_mkdirs(parent, err);
	if (!rc) {
		lock = io_lock(lock_path, true, err);
		rc = lock < 0 ? -1 : 0;
	}
	if (!rc && !source_there(dir))
		rc = fetch(paths, base, from, dir, err);
	if (lock >= 0)
		close(lock);
	free(lock_path);
	free(parent);
	return rc;
}

static int source_get(const struct paths *paths, const char *from, bool get, struct source *ret,
		      struct error *err)
{
	const char *env = getenv("HIGHWATER_SOURCE");
	struct base base;
	char *dir;
	int rc = 0;

	*ret = (struct source){};
	if (paths->source && !from)
		return source_load(paths->source, ret, err);
	if (!from && env && *env)
		from = env;
	if (base_load(paths->patches, &base, err))
		return -1;
	dir = source_dir(paths, &base, from);
	if (get && !source_there(dir))
		rc = fetch_once(paths, &base, from, dir, err);
	if (!rc && source_there(dir))
		rc = source_load(dir, ret, err);
	free(dir);
	base_release(&base);
	return rc;
}

int source_open(const struct paths *paths, struct source *ret, struct error *err)
{
	return source_get(paths, NULL, false, ret, err);
}

int source_fetch(const struct paths *paths, const char *from, struct source *ret,
		 struct error *err)
{
	return source_get(paths, from, true, ret, err);
}

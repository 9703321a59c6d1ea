// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"

/* Let our repository read the object store of @git_dir, and no other: a tree that
 * was reviewed before may be gone. */
static int borrow(const char *repo, const char *git_dir, struct error *err)
{
	char *path = xasprintf("%s/.git/objects/info/alternates", repo);
	char *line = xasprintf("%s/objects\n", git_dir);
	int rc = io_write_file(path, line, strlen(line), err);

	free(line);
	free(path);
	return rc;
}

/* Open, or make, our repository for the base commit of @from (a source, whose
 * strings it takes over but for repo and lock), whose objects are in @git_dir. */
static int open_repo(struct review *r, struct source *from, const char *git_dir, struct error *err)
{
	struct git git = {};
	char *base;
	int rc;

	r->dir = xasprintf("%s/review/%.12s", r->paths->cache, from->tree);
	free(from->repo);
	free(from->lock);
	from->repo = xasprintf("%s/src", r->dir);
	from->lock = xasprintf("%s/lock", r->dir);
	r->base = *from;
	*from = (struct source){};
	git.dir = r->base.repo;
	if (io_mkdirs(r->base.repo, err))
		return -1;
	r->lock = io_lock(r->base.lock, true, err);
	if (r->lock < 0)
		return -1;
	base = xasprintf("%s/.git/HEAD", r->base.repo);
	rc = io_exists(base) ? 0 : git_run(&git, GIT_ARGS("init", "-q", "-b", "review"), err);
	if (!rc)
		rc = borrow(r->base.repo, git_dir, err);
	if (!rc)
		rc = git_run(&git, GIT_ARGS("config", "core.compression", "0"), err);
	if (!rc)
		rc = git_run(&git, GIT_ARGS("config", "gc.auto", "0"), err);
	if (!rc)
		rc = git_run(&git, GIT_ARGS("update-ref", "refs/highwater/base", r->base.commit), err);
	free(base);
	return rc;
}

/* The base of "A..B" (or "A", up to HEAD) in the developer's tree. */
static int open_given(struct review *r, struct error *err)
{
	const struct git git = { .dir = r->o->tree };
	struct source s = {};
	struct strbuf dir = STRBUF_INIT;
	const char *range = r->o->series ? r->o->series : "HEAD";
	const char *dots = strstr(range, "..");
	char *first = dots ? xstrndup(range, dots - range) : xstrdup(range);
	char *commit = xasprintf("%s^{commit}", first), *tree = xasprintf("%s^{tree}", first);
	int rc;

	rc = git_output(&git, GIT_ARGS("rev-parse", "--absolute-git-dir"), &dir, NULL, err);
	if (!rc)
		rc = git_id(&git, GIT_ARGS("rev-parse", "-q", "--verify", commit), s.commit, err);
	if (!rc)
		rc = git_id(&git, GIT_ARGS("rev-parse", "-q", "--verify", tree), s.tree, err);
	if (rc) {
		rc = error_set(err, ERROR_INPUT, "'%s' is no commit in the git tree '%s'", first,
			       r->o->tree);
	} else {
		dir.buf[strcspn(dir.buf, "\n")] = '\0';
		s.origin = xasprintf("tree '%s' at %s", r->o->tree, first);
		rc = open_repo(r, &s, dir.buf, err);
	}
	source_release(&s);
	strbuf_release(&dir);
	free(commit);
	free(tree);
	free(first);
	return rc;
}

int tree_open(struct review *r, struct error *err)
{
	struct source s = {};
	char *git_dir;
	int rc;

	if (r->o->tree)
		return open_given(r, err);
	if (source_fetch(r->paths, NULL, &s, err))
		return -1;
	git_dir = xasprintf("%s/.git", s.repo);
	rc = open_repo(r, &s, git_dir, err);
	source_release(&s);
	free(git_dir);
	return rc;
}

/* Apply patch @i on @on, as a series of one or the whole up to it. */
static int apply(struct review *r, size_t i, struct error *err)
{
	struct review_patch *p = &r->patches[i];
	const struct series one = { &r->series.v[i], 1 };
	const struct series *s = r->o->independent ? &one : &r->series;
	size_t n = r->o->independent ? 1 : i + 1;

	if (series_apply(&r->base, s, n - 1, p->parent, p->parent_tree, err))
		return -1;
	if (!series_apply(&r->base, s, n, p->commit, p->tree, err))
		return 0;
	p->commit[0] = p->tree[0] = '\0';
	if (err->kind != ERROR_INPUT)
		return -1;
	p->problem = xstrdup(err->msg);
	return 0;
}

int tree_apply(struct review *r, struct error *err)
{
	const struct review_patch *lost = NULL;

	for (size_t i = 0; i < r->nr; i++) {
		struct review_patch *p = &r->patches[i];

		if (lost && !r->o->independent) {
			p->problem = xasprintf("patch %zu does not apply", lost - r->patches + 1);
			continue;
		}
		if (apply(r, i, err))
			return -1;
		if (p->problem)
			lost = p;
	}
	return 0;
}

int tree_checkout(struct review *r, const char *commit, struct error *err)
{
	const struct git git = { .dir = r->base.repo };

	if (r->at && strcmp(r->at, commit) == 0)
		return 0;
	free(r->at);
	r->at = NULL;
	if (git_run(&git, GIT_ARGS("read-tree", "--reset", "-u", commit), err))
		return -1;
	r->at = xstrdup(commit);
	return 0;
}

int tree_file(const struct review *r, const char *commit, const char *path, char **ret,
	      struct error *err)
{
	const struct git git = { .dir = r->base.repo };
	char *name = xasprintf("%s:%s", commit, path);
	struct strbuf out = STRBUF_INIT;
	int code = 0, rc;

	rc = git_output(&git, GIT_ARGS("cat-file", "blob", name), &out, &code, err);
	*ret = NULL;
	if (!rc && !code) {
		strbuf_adds(&out, "");
		*ret = strbuf_detach(&out);
	}
	strbuf_release(&out);
	free(name);
	return rc;
}

int tree_grep(const struct review *r, const char *commit, const char *pattern,
	      const char *const *under, struct strbuf *out, struct error *err)
{
	const struct git git = { .dir = r->base.repo };
	const char *args[32] = { "grep", "-l", "-e", pattern, commit, "--" };
	struct strbuf raw = STRBUF_INIT;
	size_t n = 6, skip = strlen(commit) + 1;
	char *save, *line;
	int code, rc;

	for (; *under && n < 31; under++)
		args[n++] = *under;
	rc = git_output(&git, args, &raw, &code, err);
	strbuf_adds(out, "");
	if (!rc && raw.buf)
		for (line = strtok_r(raw.buf, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
			if (strlen(line) > skip)
				strbuf_addf(out, "%s\n", line + skip);
	strbuf_release(&raw);
	return rc;
}

int tree_blobs(const struct review *r, const struct review_patch *p, const char *commit,
	       struct strbuf *out, struct error *err)
{
	const struct git git = { .dir = r->base.repo };
	const char **args = xcalloc(p->mail.nr_files + 4, sizeof(*args));
	int rc;

	args[0] = "ls-tree";
	args[1] = commit;
	args[2] = "--";
	for (size_t i = 0; i < p->mail.nr_files; i++)
		args[i + 3] = p->mail.files[i].path;
	rc = git_output(&git, args, out, NULL, err);
	free(args);
	return rc;
}

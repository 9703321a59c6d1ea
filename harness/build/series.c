// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/series.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/proc.h"
#include "lib/sha256.h"
#include "lib/xalloc.h"

#define SERIES_MAX (1 << 20)
#define PATCH_MAX (8 << 20)

void series_release(struct series *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		free(s->v[i].file);
		free(s->v[i].subject);
		free(s->v[i].text);
	}
	free(s->v);
	*s = (struct series){};
}

/* The subject of a mail, unfolded, without its "[PATCH ...] "; the caller frees. */
static char *subject_of(const char *text)
{
	struct strbuf out = STRBUF_INIT;
	const char *p = strncmp(text, "Subject: ", 9) == 0 ? text : strstr(text, "\nSubject: ");
	const char *end;

	if (!p)
		return xstrdup("(no subject)");
	p = strchr(p, ' ') + 1;
	for (;; p = end + 1) {
		end = p + strcspn(p, "\n");
		strbuf_add(&out, p, end - p);
		if (*end == '\0' || end[1] != ' ')
			break;
	}
	if (out.buf[0] == '[' && strstr(out.buf, "] ")) {
		char *bare = xstrdup(strstr(out.buf, "] ") + 2);

		strbuf_release(&out);
		return bare;
	}
	return strbuf_detach(&out);
}

static int add_patch(struct series *s, const char *patches, const char *name, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	struct patch p = { .file = xasprintf("%s/%s", patches, name) };

	if (io_read_file(p.file, PATCH_MAX, &text, err)) {
		strbuf_release(&text);
		free(p.file);
		return error_prefix(err, "patches/series");
	}
	p.len = text.len;
	p.text = strbuf_detach(&text);
	p.subject = subject_of(p.text);
	s->v = xreallocarray(s->v, s->nr + 1, sizeof(*s->v));
	s->v[s->nr++] = p;
	return 0;
}

int series_load(const char *patches, struct series *ret, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	char *path = xasprintf("%s/series", patches);
	char *save, *line;
	int rc;

	*ret = (struct series){};
	rc = io_read_file(path, SERIES_MAX, &text, err);
	if (!rc)
		for (line = strtok_r(text.buf, "\n", &save); line && !rc;
		     line = strtok_r(NULL, "\n", &save)) {
			line[strcspn(line, " \t#")] = '\0';
			if (*line)
				rc = add_patch(ret, patches, line, err);
		}
	if (rc)
		series_release(ret);
	strbuf_release(&text);
	free(path);
	return rc;
}

/* Append every *.rej below the directory walked to the open memory stream. */
static FILE *rejects;

static int collect_reject(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct strbuf text = STRBUF_INIT;
	struct error ignored;
	size_t len = strlen(path);

	(void)st;
	(void)ftw;
	if (type == FTW_F && len > 4 && strcmp(path + len - 4, ".rej") == 0 &&
	    io_read_file(path, PATCH_MAX, &text, &ignored) == 0)
		fprintf(rejects, "%.1200s\n", text.buf);
	strbuf_release(&text);
	return 0;
}

/* The hunks of @p that do not fit @commit, applied for once to files on disk. */
static char *rejected_hunks(const struct source *src, const struct patch *p, const char *index)
{
	char *dir = xasprintf("%s.rej.%ld", src->repo, (long)getpid());
	char *prefix = xasprintf("--prefix=%s/", dir);
	const struct git repo = { .dir = src->repo, .index = index };
	struct strbuf stat = STRBUF_INIT;
	struct error ignored;
	const char *const apply[] = { "git", "apply", "--reject", "--whitespace=nowarn", p->file,
				      NULL };
	const char *const env[] = { "GIT_CEILING_DIRECTORIES=/", "GIT_DIR=/nonexistent", NULL };
	struct proc_opts opts = { .argv = apply, .env = env, .dir = dir };
	struct proc_result r = {};
	char *save, *line, *text = NULL;
	size_t len;

	rejects = open_memstream(&text, &len);
	if (rejects && io_mkdirs(dir, &ignored) == 0 &&
	    git_output(&repo, GIT_ARGS("apply", "--numstat", p->file), &stat, NULL, &ignored) == 0) {
		for (line = strtok_r(stat.buf, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
			if (strrchr(line, '\t'))
				git_run(&repo,
					GIT_ARGS("checkout-index", "-q", prefix, "--",
						 strrchr(line, '\t') + 1),
					&ignored);
		proc_run(&opts, &r, &ignored);
		proc_result_release(&r);
		nftw(dir, collect_reject, 32, FTW_PHYS);
	}
	if (rejects)
		fclose(rejects);
	io_remove_tree(dir, &ignored);
	strbuf_release(&stat);
	free(prefix);
	free(dir);
	return text ? text : xstrdup("");
}

/* Commit @parent plus one patch, and remember it under @ref. */
static int apply_one(const struct source *src, const struct patch *p, const char *parent,
		     const char *ref, char commit[GIT_ID], struct error *err)
{
	char *index = xasprintf("%s/.git/index.highwater.%ld", src->repo, (long)getpid());
	const struct git git = { .dir = src->repo, .index = index };
	char tree[GIT_ID];
	int rc, code;
	struct strbuf out = STRBUF_INIT;

	rc = git_run(&git, GIT_ARGS("read-tree", parent), err);
	if (!rc)
		rc = git_output(&git, GIT_ARGS("apply", "--cached", "--whitespace=nowarn", p->file),
				&out, &code, err);
	if (!rc && code) {
		char *hunks = rejected_hunks(src, p, index);
		const char *name = strrchr(p->file, '/') + 1;

		rc = error_set(err, ERROR_INPUT, "patch '%s' does not apply:\n%.800s%s%.2000s", name,
			       out.buf, *hunks ? "rejected:\n" : "", hunks);
		free(hunks);
	}
	if (!rc)
		rc = git_id(&git, GIT_ARGS("write-tree"), tree, err);
	if (!rc)
		rc = git_id(&git, GIT_ARGS("commit-tree", "-p", parent, "-m", p->subject, tree), commit,
			    err);
	if (!rc)
		rc = git_run(&git, GIT_ARGS("update-ref", ref, commit), err);
	unlink(index);
	free(index);
	strbuf_release(&out);
	return rc;
}

/* The ref that remembers the series' first steps: a chain of hashes of base and
 * patches, so that equal patches on an equal base are applied once. */
static void step_refs(const struct source *src, const struct series *s, size_t nr, char **refs)
{
	struct strbuf seed = STRBUF_INIT;

	strbuf_adds(&seed, src->tree);
	for (size_t i = 0; i < nr; i++) {
		char hex[SHA256_HEX];

		strbuf_add(&seed, s->v[i].text, s->v[i].len);
		sha256_bytes(seed.buf, seed.len, hex);
		strbuf_reset(&seed);
		strbuf_adds(&seed, hex);
		refs[i] = xasprintf("refs/highwater/%s", hex);
	}
	strbuf_release(&seed);
}

int series_apply(const struct source *src, const struct series *s, size_t nr, char commit[GIT_ID],
		 char tree[GIT_ID], struct error *err)
{
	const struct git git = { .dir = src->repo };
	char **refs = xcalloc(nr + 1, sizeof(*refs));
	char *of_tree = NULL, id[GIT_ID];
	size_t have = nr;
	int rc = 0;

	memcpy(commit, src->commit, GIT_ID);
	step_refs(src, s, nr, refs);
	/* From the end: mostly all of it has been applied before. */
	for (; have; have--)
		if (git_id(&git, GIT_ARGS("rev-parse", "-q", "--verify", refs[have - 1]), id, err) == 0) {
			memcpy(commit, id, GIT_ID);
			break;
		}
	for (size_t i = have; !rc && i < nr; i++) {
		rc = apply_one(src, &s->v[i], commit, refs[i], id, err);
		if (!rc)
			memcpy(commit, id, GIT_ID);
	}
	if (!rc) {
		of_tree = xasprintf("%s^{tree}", commit);
		rc = git_id(&git, GIT_ARGS("rev-parse", of_tree), tree, err);
	}
	for (size_t i = 0; i < nr; i++)
		free(refs[i]);
	free(refs);
	free(of_tree);
	return rc;
}

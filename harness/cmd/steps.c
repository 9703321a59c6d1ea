// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/steps.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "lib/io.h"
#include "lib/xalloc.h"
#include "review/input.h"
#include "review/review.h"

#define BASE_MAX (1u << 16)

void steps_release(struct steps *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		free(s->kernels[i]);
		free(s->subjects[i]);
	}
	free(s->kernels);
	free(s->subjects);
	paths_release(&s->paths);
	*s = (struct steps){};
}

static void add(struct steps *s, const char *kernel, const char *subject)
{
	s->kernels = xreallocarray(s->kernels, s->nr + 1, sizeof(*s->kernels));
	s->subjects = xreallocarray(s->subjects, s->nr + 1, sizeof(*s->subjects));
	s->kernels[s->nr] = xstrdup(kernel);
	s->subjects[s->nr++] = xstrdup(subject);
}

static void add_series(struct steps *s, const struct series *series)
{
	add(s, "series@0", "");
	for (size_t i = 0; i < series->nr; i++) {
		char *name = xasprintf("series@%zu", i + 1);

		add(s, name, series->v[i].subject);
		free(name);
	}
}

static int write_in(const char *dir, const char *name, const char *text, size_t len,
		    struct error *err)
{
	char *path = xasprintf("%s/%s", dir, name);
	int rc = io_write_file(path, text, len, err);

	free(path);
	return rc;
}

/* @series in the form of patches/, with the project's BASE. */
static int write_series(const char *patches, const struct series *series, const char *dir,
			struct error *err)
{
	struct strbuf list = STRBUF_INIT, base = STRBUF_INIT;
	char *from = xasprintf("%s/BASE", patches);
	int rc = io_mkdirs(dir, err);

	for (size_t i = 0; !rc && i < series->nr; i++) {
		char *name = xasprintf("%04zu.patch", i + 1);

		strbuf_addf(&list, "%s\n", name);
		rc = write_in(dir, name, series->v[i].text, series->v[i].len, err);
		free(name);
	}
	if (!rc)
		rc = io_read_file(from, BASE_MAX, &base, err);
	if (!rc)
		rc = write_in(dir, "BASE", base.buf, base.len, err);
	if (!rc)
		rc = write_in(dir, "series", list.buf, list.len, err);
	free(from);
	strbuf_release(&list);
	strbuf_release(&base);
	return rc;
}

/* Somebody's patches become the patches/ of these paths, in the cache under their digest. */
static int keep_series(struct steps *s, const struct series *series, struct error *err)
{
	struct strbuf all = STRBUF_INIT;
	char hex[SHA256_HEX], *dir, *tmp;
	int rc = 0;

	for (size_t i = 0; i < series->nr; i++) {
		strbuf_addf(&all, "%zu\n", series->v[i].len);
		strbuf_add(&all, series->v[i].text, series->v[i].len);
	}
	sha256_bytes(all.buf, all.len, hex);
	strbuf_release(&all);
	dir = xasprintf("%s/series/%.24s", s->paths.cache, hex);
	if (!io_exists(dir)) {
		tmp = xasprintf("%s.%ld", dir, (long)getpid());
		rc = io_remove_tree(tmp, err);
		if (!rc)
			rc = write_series(s->paths.patches, series, tmp, err);
		if (!rc)
			rc = io_publish(tmp, dir, err);
		free(tmp);
	}
	if (rc) {
		free(dir);
		return rc;
	}
	free(s->paths.patches);
	s->paths.patches = dir;
	add_series(s, series);
	return 0;
}

static int open_own(struct steps *s, struct error *err)
{
	struct series series;

	if (series_load(s->paths.patches, &series, err))
		return -1;
	add_series(s, &series);
	series_release(&series);
	return 0;
}

static int open_given(struct steps *s, const char *from, struct error *err)
{
	char *in = xasprintf("%s/series/in.%ld", s->paths.cache, (long)getpid()), *cover = NULL;
	struct series series;
	struct error ignored;
	int rc = input_load(from, in, &series, &cover, err);

	if (!rc) {
		rc = keep_series(s, &series, err);
		series_release(&series);
		free(cover);
	}
	io_remove_tree(in, &ignored);
	free(in);
	return rc;
}

/* Make the review's repository a source (build/source.h): "tree" and "origin" in its directory. */
static int as_source(struct steps *s, const struct review *r, struct error *err)
{
	char *link = xasprintf("%s/tree", r->dir);
	int rc = 0;

	if (!io_exists(link) && symlink("src", link))
		rc = error_set(err, ERROR_HOST, "cannot make '%s'", link);
	if (!rc)
		rc = write_in(r->dir, "origin", r->base.origin, strlen(r->base.origin), err);
	if (!rc)
		s->paths.source = xstrdup(r->dir);
	free(link);
	return rc;
}

static int open_range(struct steps *s, const char *range, const char *tree, struct error *err)
{
	const struct review_options o = { .series = range, .tree = tree };
	struct review r;
	int rc;

	if (review_open(&r, &s->paths, &o, err))
		return -1;
	rc = as_source(s, &r, err);
	if (!rc)
		rc = keep_series(s, &r.series, err);
	review_close(&r);
	return rc;
}

int steps_open(const char *series, const char *tree, struct steps *ret, struct error *err)
{
	struct steps s = {};
	char *version = NULL;
	int rc = paths_init(&s.paths, err);

	if (rc)
		return rc;
	if (tree) {
		rc = open_range(&s, series, tree, err);
	} else if (!series) {
		rc = open_own(&s, err);
	} else if (source_tree_version(series, &version, err) == 0) {
		/* A kernel's name is a path by its slash. */
		char *name = strchr(series, '/') ? xstrdup(series) : xasprintf("./%s", series);

		add(&s, "base", "");
		add(&s, name, series);
		free(name);
	} else {
		rc = open_given(&s, series, err);
	}
	free(version);
	if (rc)
		steps_release(&s);
	else
		*ret = s;
	return rc;
}

int steps_build(const struct steps *s, const enum arch *arches, size_t nr_arches, struct error *err)
{
	struct builder b;
	int rc = builder_init(&b, &s->paths, true, err);

	if (rc)
		return rc;
	b.say = cmd_say;
	for (size_t i = 0; !rc && i < s->nr; i++)
		for (size_t a = 0; !rc && a < nr_arches; a++) {
			struct kernel k;

			rc = kernel_find(&b, s->kernels[i], arches[a], &k, err);
			if (rc)
				break;
			rc = kernel_build(&b, &k, err);
			kernel_release(&k);
		}
	builder_release(&b);
	return rc;
}

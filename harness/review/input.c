// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/input.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "build/git.h"
#include "lib/io.h"
#include "lib/xalloc.h"
#include "review/mail.h"

#define MBOX_MAX (64 << 20)

/* Take @text (owned) as the next patch, or as the cover letter if it has no diff. */
static int take(struct series *s, char **cover, char *file, char *text, size_t len,
		struct error *err)
{
	struct mail m;
	bool diff, encoded;

	mail_parse(text, len, &m);
	diff = m.nr_files > 0 || strstr(text, "\ndiff --git ");
	encoded = m.encoded;
	if (diff && !encoded) {
		s->v = xreallocarray(s->v, s->nr + 1, sizeof(*s->v));
		s->v[s->nr++] = (struct patch){ file, xstrdup(m.subject), text, len };
		mail_release(&m);
		return 0;
	}
	mail_release(&m);
	if (encoded) {
		error_set(err, ERROR_INPUT, "'%s' is an encoded mail; b4 am writes it as plain text",
			  file);
		free(file);
		free(text);
		return -1;
	}
	free(file);
	if (*cover)
		free(text);
	else
		*cover = text;
	return 0;
}

static int take_file(struct series *s, char **cover, const char *path, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	size_t len;

	if (io_read_file(path, MBOX_MAX, &text, err)) {
		strbuf_release(&text);
		return -1;
	}
	len = text.len;
	return take(s, cover, xstrdup(path), strbuf_detach(&text), len, err);
}

static int is_patch(const struct dirent *d)
{
	return d->d_name[0] != '.' &&
	       (path_ends(d->d_name, ".patch") || path_ends(d->d_name, ".diff"));
}

/* A directory: by its series file, else all patches by name. */
static int load_dir(const char *path, struct series *ret, char **cover, struct error *err)
{
	char *list = xasprintf("%s/series", path);
	char *letter = xasprintf("%s/0000-cover-letter.patch", path);
	struct dirent **names = NULL;
	int rc = 0, n;

	if (io_exists(list)) {
		rc = series_load(path, ret, err);
		if (!rc && io_exists(letter)) {
			struct strbuf text = STRBUF_INIT;

			rc = io_read_file(letter, MBOX_MAX, &text, err);
			*cover = strbuf_detach(&text);
		}
		goto out;
	}
	n = scandir(path, &names, is_patch, alphasort);
	if (n < 0)
		rc = error_set(err, ERROR_INPUT, "cannot read the directory '%s'", path);
	for (int i = 0; i < n; i++) {
		char *file = xasprintf("%s/%s", path, names[i]->d_name);

		if (!rc)
			rc = take_file(ret, cover, file, err);
		free(file);
		free(names[i]);
	}
	free(names);
out:
	free(list);
	free(letter);
	return rc;
}

/* 3 of "PATCH v2 03/17"; 0 when there is no number, @fallback's place is kept. */
static unsigned int number_in(const char *tag)
{
	const char *slash = strchr(tag, '/');
	const char *p = slash;

	while (p && p > tag && isdigit((unsigned char)p[-1]))
		p--;
	return p && p < slash ? (unsigned int)strtoul(p, NULL, 10) : 0;
}

/* "mm/vmscan: do it" as part of a file name. */
static void slug(const char *subject, char *buf, size_t size)
{
	size_t n = 0;

	for (; *subject && n + 1 < size && n < 52; subject++) {
		if (isalnum((unsigned char)*subject) || *subject == '_')
			buf[n++] = *subject;
		else if (n && buf[n - 1] != '-')
			buf[n++] = '-';
	}
	buf[n] = '\0';
}

/* Write each mail of an mbox to a file of its own, named in order. */
static int split_mbox(const char *text, size_t len, const char *in, struct error *err)
{
	size_t at = 0, place = 0;
	int rc = io_mkdirs(in, err);

	while (!rc && at < len) {
		size_t next = mbox_next(text, len, at + 1);
		struct mail m;
		char name[64];
		char *path;

		mail_parse(text + at, next - at, &m);
		place++;
		slug(m.subject, name, sizeof(name));
		path = xasprintf("%s/%04u-%03zu-%s.patch", in,
				 number_in(m.tag) || !m.nr_files ? number_in(m.tag) : 1, place, name);
		rc = io_write_file(path, text + at, next - at, err);
		free(path);
		mail_release(&m);
		at = next;
	}
	return rc;
}

static int load_mbox(const char *path, const char *in, struct series *ret, char **cover,
		     struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	int rc = io_read_file(path, MBOX_MAX, &text, err);

	if (!rc && mbox_next(text.buf, text.len, 1) == text.len) {
		rc = take_file(ret, cover, path, err);
	} else if (!rc) {
		rc = split_mbox(text.buf, text.len, in, err);
		if (!rc)
			rc = load_dir(in, ret, cover, err);
	}
	strbuf_release(&text);
	return rc;
}

static int not_empty(const struct series *s, const char *path, struct error *err)
{
	if (s->nr)
		return 0;
	return error_set(err, ERROR_INPUT, "no patches in '%s'", path);
}

int input_load(const char *path, const char *in, struct series *ret, char **ret_cover,
	       struct error *err)
{
	char real[PATH_MAX];
	struct stat st;
	int rc;

	*ret = (struct series){};
	*ret_cover = NULL;
	/* Tools are run elsewhere: their names for the files must hold there. */
	if (realpath(path, real))
		path = real;
	if (stat(path, &st))
		return error_set(err, ERROR_INPUT, "no series at '%s'", path);
	rc = io_remove_tree(in, err);
	if (!rc)
		rc = S_ISDIR(st.st_mode) ? load_dir(path, ret, ret_cover, err) :
					   load_mbox(path, in, ret, ret_cover, err);
	if (!rc)
		rc = not_empty(ret, path, err);
	if (rc) {
		series_release(ret);
		free(*ret_cover);
		*ret_cover = NULL;
	}
	return rc;
}

int input_range(const char *tree, const char *range, const char *in, struct series *ret,
		char **ret_cover, struct error *err)
{
	const struct git git = { .dir = tree };
	int rc = io_remove_tree(in, err);

	*ret = (struct series){};
	*ret_cover = NULL;
	if (!rc)
		rc = io_mkdirs(in, err);
	if (!rc && git_run(&git, GIT_ARGS("format-patch", "-q", "-o", in, range), err)) {
		err->kind = ERROR_INPUT;
		return error_prefix(err, "range '%s' in '%s'", range, tree);
	}
	if (!rc)
		rc = load_dir(in, ret, ret_cover, err);
	if (!rc)
		rc = not_empty(ret, range, err);
	if (rc)
		series_release(ret);
	return rc;
}

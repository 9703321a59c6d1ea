// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export/private.h"
#include "lib/io.h"
#include "lib/xalloc.h"

int tree_begin(struct tree *t, const char *dir, struct error *err)
{
	*t = (struct tree){ .dir = dir };
	if (io_exists(dir))
		return error_set(err, ERROR_INPUT, "'%s' is there already", dir);
	t->tmp = xasprintf("%s.partial.%ld", dir, (long)getpid());
	return io_mkdirs(t->tmp, err);
}

int tree_write(struct tree *t, const char *path, const struct strbuf *text, bool executable,
	       struct error *err)
{
	char *full = xasprintf("%s/%s", t->tmp, path), *slash = strrchr(full, '/');
	FILE *f;
	int rc;

	*slash = '\0';
	rc = io_mkdirs(full, err);
	*slash = '/';
	/* No flush a file: the whole tree is published at the end, and can be made again. */
	f = rc ? NULL : fopen(full, "we");
	if (!rc && !f)
		rc = error_set(err, ERROR_HOST, "cannot create '%s': %m", full);
	if (f && text->len)
		fwrite(text->buf, 1, text->len, f);
	if (f && (ferror(f) | fclose(f)))
		rc = error_set(err, ERROR_HOST, "cannot write '%s': %m", full);
	if (!rc && executable && chmod(full, 0755))
		rc = error_set(err, ERROR_HOST, "cannot change the mode of '%s': %m", full);
	free(full);
	return rc;
}

int tree_end(struct tree *t, int rc, struct error *err)
{
	struct error ignored;

	if (!rc)
		rc = io_publish(t->tmp, t->dir, err);
	if (rc && t->tmp)
		io_remove_tree(t->tmp, &ignored);
	free(t->tmp);
	return rc;
}

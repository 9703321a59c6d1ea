// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/slurm_batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/parse.h"
#include "lib/xalloc.h"
#include "run/slurm.h"

#define ITEMS_MAX (1u << 20)

void batch_init(struct batch *b, const char *dir, const char *name)
{
	*b = (struct batch){ .name = xstrdup(name), .dir = xasprintf("%s/%s", dir, name) };
}

void batch_release(struct batch *b)
{
	free(b->name);
	free(b->dir);
	free(b->entries);
}

void batch_add(struct batch *b, const char *id, unsigned int n, const struct work_item *item)
{
	b->entries = xreallocarray(b->entries, b->nr + 1, sizeof(*b->entries));
	b->entries[b->nr] = (struct entry){ .n = n, .item = item };
	snprintf(b->entries[b->nr++].id, SHA256_HEX, "%s", id);
}

bool batch_is_finished(const struct batch *b)
{
	for (size_t i = 0; i < b->nr; i++)
		if (!b->entries[i].done)
			return false;
	return true;
}

/* The script of a batch: each task is one run of the plan, in its own results. */
static int write_script(const struct batch *b, const struct paths *paths, const char *plan,
			bool retry, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	char self[4096], *path = xasprintf("%s/script", b->dir);
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int rc;

	self[len < 0 ? 0 : len] = '\0';
	strbuf_adds(&text, "#!/bin/sh\n# One run of a plan of highwater's; see items for which.\n"
			   "export HIGHWATER_ROOT=");
	slurm_quote(paths->root, &text);
	strbuf_adds(&text, "\n[ -n \"$HIGHWATER_CACHE\" ] || export HIGHWATER_CACHE=");
	slurm_quote(paths->cache, &text);
	strbuf_adds(&text, "\ncd ");
	slurm_quote(b->dir, &text);
	strbuf_adds(&text, " || exit 3\nset -- $(sed -n \"${SLURM_ARRAY_TASK_ID}p\" items)\nexec ");
	slurm_quote(self, &text);
	strbuf_adds(&text, " run ");
	slurm_quote(plan, &text);
	strbuf_addf(&text, " --only \"$1/$2\" -o \"$SLURM_ARRAY_TASK_ID\" -j 1%s\n",
		    retry ? " --retry" : "");
	rc = io_write_file(path, text.buf, text.len, err);
	if (!rc && chmod(path, 0755))
		rc = error_errno(err, ERROR_HOST, errno, "cannot make '%s' a script", path);
	strbuf_release(&text);
	free(path);
	return rc;
}

int batch_write(const struct batch *b, const struct paths *paths, const char *plan, bool retry,
		struct error *err)
{
	struct strbuf items = STRBUF_INIT;
	char *copy = xasprintf("%s/plan", b->dir), *path = xasprintf("%s/items", b->dir);
	int rc = io_mkdirs(b->dir, err);

	if (!rc)
		rc = io_concat((const char *const[]){ plan }, 1, copy, err);
	if (!rc)
		rc = write_script(b, paths, copy, retry, err);
	for (size_t i = 0; i < b->nr; i++)
		strbuf_addf(&items, "%s %u\n", b->entries[i].id, b->entries[i].n);
	if (!rc)
		rc = io_write_file(path, items.buf, items.len, err);
	strbuf_release(&items);
	free(copy);
	free(path);
	return rc;
}

int batch_load(struct batch *b, struct error *err)
{
	char *path = xasprintf("%s/items", b->dir), *save = NULL;
	struct strbuf text = STRBUF_INIT;
	int rc = io_exists(path) ? io_read_file(path, ITEMS_MAX, &text, err) : 0;

	for (char *line = text.buf ? strtok_r(text.buf, "\n", &save) : NULL; !rc && line;
	     line = strtok_r(NULL, "\n", &save)) {
		uint64_t n;

		if (strlen(line) < SHA256_HEX + 1 || line[SHA256_HEX - 1] != ' ' ||
		    parse_u64(line + SHA256_HEX, &n)) {
			rc = error_set(err, ERROR_INPUT, "'%s': damaged", path);
			break;
		}
		line[SHA256_HEX - 1] = '\0';
		batch_add(b, line, (unsigned int)n, NULL);
	}
	strbuf_release(&text);
	free(path);
	return rc;
}

void batch_retire(const struct batch *b)
{
	char *items = xasprintf("%s/items", b->dir);

	unlink(items);
	free(items);
}

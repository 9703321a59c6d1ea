// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build/config.h"
#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"
#include "review/tree.h"

#define RESULT_MAX (4 << 20)
#define MAX_TOOLS 16

/* Is @name a program of PATH? */
static bool in_path(const char *name)
{
	const char *path = getenv("PATH");
	char *copy = xstrdup(path ? path : "/usr/bin:/bin"), *save, *dir;
	bool found = false;

	for (dir = strtok_r(copy, ":", &save); dir && !found; dir = strtok_r(NULL, ":", &save)) {
		char *full = xasprintf("%s/%s", dir, name);

		found = access(full, X_OK) == 0;
		free(full);
	}
	free(copy);
	return found;
}

/* Call @fn for each word of @words. */
static void for_words(const char *words, void (*fn)(const char *word, void *ctx), void *ctx)
{
	char *copy = xstrdup(words ? words : ""), *save, *word;

	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		fn(word, ctx);
	free(copy);
}

static void add_missing(const char *word, void *ctx)
{
	struct strbuf *out = ctx;

	if (!in_path(word))
		strbuf_addf(out, "%s%s", out->len ? ", " : "", word);
}

char *key_missing(const struct check *c)
{
	struct strbuf out = STRBUF_INIT;

	for_words(c->needs, add_missing, &out);
	return out.len ? strbuf_detach(&out) : NULL;
}

/* "TOOL --version", asked once. */
static void add_version(const char *word, void *ctx)
{
	static struct {
		char *tool, *version;
	} known[MAX_TOOLS];
	const char *const argv[] = { word, "--version", NULL };
	struct proc_opts opts = { .argv = argv };
	struct proc_result res;
	struct error ignored;
	size_t i;

	for (i = 0; i < MAX_TOOLS - 1 && known[i].tool; i++)
		if (strcmp(known[i].tool, word) == 0)
			break;
	if (!known[i].tool) {
		known[i].tool = xstrdup(word);
		known[i].version = xstrdup(proc_run(&opts, &res, &ignored) == 0 ? res.out.buf : "");
		proc_result_release(&res);
	}
	strbuf_addf(ctx, "%s: %s\n", word, known[i].version);
}

static int add_configs(struct review *r, struct strbuf *text, struct error *err)
{
	static const struct kernel_name usual;
	int rc = 0;

	strbuf_adds(text, r->toolchain);
	for (int arch = 0; !rc && arch < NR_ARCHES; arch++) {
		struct argv fragments = {};

		config_fragments(r->paths, &usual, arch, &fragments);
		rc = config_text(&fragments, text, err);
		argv_release(&fragments);
	}
	return rc;
}

/* Agents, and the variants guests are built with. */
static int add_guests(struct review *r, struct strbuf *text, struct error *err)
{
	static const char *const variants[] = { "debug", "kasan" };
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(variants) / sizeof(variants[0]); i++) {
		char *path = xasprintf("%s/kernel/%s.config", r->paths->configs, variants[i]);

		rc = io_read_file(path, RESULT_MAX, text, err);
		free(path);
	}
	for (int arch = 0; arch < NR_ARCHES; arch++) {
		char *path = xasprintf("%s/agent-%s", r->paths->agents, arch_name(arch));
		char hex[SHA256_HEX] = "";
		struct error ignored;

		if (sha256_file(path, hex, &ignored) == 0)
			strbuf_addf(text, "agent %s\n", hex);
		free(path);
	}
	return rc;
}

/* Our semantic patches are part of the verdict. */
static int add_cocci(struct review *r, struct strbuf *text, struct error *err)
{
	static const char *const names[] = { "overflow32", "atomic", "leak" };
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = xasprintf("%s/harness/review/cocci/%s.cocci", r->paths->root, names[i]);

		rc = io_read_file(path, RESULT_MAX, text, err);
		free(path);
	}
	return rc;
}

int key_of(struct review *r, const struct check *c, const struct review_patch *p,
	   char key[SHA256_HEX], struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	int rc = 0;

	strbuf_addf(&text, "review 1 %s %u\nbase %s\n", c->name, c->version, r->base.tree);
	for_words(c->needs, add_version, &text);
	if (c->scope == CHECK_SERIES || (c->uses & USES_SERIES))
		for (size_t i = 0; i < r->nr; i++)
			strbuf_add(&text, r->patches[i].patch->text, r->patches[i].patch->len);
	strbuf_add(&text, p->patch->text, p->patch->len);
	if (c->uses & USES_COVER)
		strbuf_adds(&text, r->cover ? r->cover : "");
	if (c->uses & USES_TREE)
		strbuf_addf(&text, "%s %s\n", p->parent_tree, p->tree);
	if ((c->uses & USES_FILES) && *p->commit) {
		rc = tree_blobs(r, p, p->parent, &text, err);
		if (!rc)
			rc = tree_blobs(r, p, p->commit, &text, err);
	}
	if (!rc && (c->uses & USES_CONFIG))
		rc = add_configs(r, &text, err);
	if (!rc && (c->uses & USES_COCCI))
		rc = add_cocci(r, &text, err);
	if (!rc && (c->uses & USES_GUEST))
		rc = add_guests(r, &text, err);
	if (!rc && (c->uses & USES_BUDGET) && r->o->cost)
		rc = io_read_file(r->o->cost, RESULT_MAX, &text, err);
	sha256_bytes(text.buf, text.len, key);
	strbuf_release(&text);
	return rc;
}

static char *result_path(const struct review *r, const char *key)
{
	return xasprintf("%s/result/%s.json", r->dir, key);
}

bool key_load(const struct review *r, const char *key, struct review_result *res)
{
	struct review_result got = { .check = res->check, .patch = res->patch };
	struct strbuf text = STRBUF_INIT;
	char *path = result_path(r, key);
	struct error ignored;
	bool ok = io_exists(path) && !io_read_file(path, RESULT_MAX, &text, &ignored) &&
		  !result_from_json(text.buf, &got, &ignored);

	if (ok) {
		*res = got;
		res->cached = true;
	} else {
		result_release(&got);
	}
	strbuf_release(&text);
	free(path);
	return ok;
}

int key_store(const struct review *r, const char *key, const struct review_result *res,
	      struct error *err)
{
	char *dir = xasprintf("%s/result", r->dir);
	char *path = result_path(r, key);
	char *text = result_to_json(res);
	int rc = io_mkdirs(dir, err);

	if (!rc)
		rc = io_write_file(path, text, strlen(text), err);
	free(text);
	free(path);
	free(dir);
	return rc;
}

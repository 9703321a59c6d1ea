// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/initramfs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"

#define RECIPE_MAX (1 << 20)
#define LAYER_DEADLINE_S 1800

void initramfs_release(struct initramfs *i)
{
	free(i->path);
	*i = (struct initramfs){};
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.' && strcmp(d->d_name, "README.md") != 0;
}

/* Append name and bytes of every file of a directory of recipes or patches, sorted. */
static int recipes_text(const char *images, struct strbuf *out, struct error *err)
{
	struct dirent **list;
	int nr = scandir(images, &list, visible, alphasort);
	int rc = 0;

	if (nr < 0)
		return error_set(err, ERROR_INPUT, "no recipes in '%s'", images);
	for (int i = 0; i < nr; i++) {
		char *path = xasprintf("%s/%s", images, list[i]->d_name);

		if (!rc && list[i]->d_type != DT_DIR) {
			strbuf_addf(out, "file %s\n", list[i]->d_name);
			rc = io_read_file(path, RECIPE_MAX, out, err);
		}
		free(path);
		free(list[i]);
	}
	free(list);
	return rc;
}

/* Tools that are built from what the patches add. */
static bool is_from_patches(const char *name)
{
	return strcmp(name, "kselftest") == 0;
}

/* One layer: @name is "agent" or a tool; @binary is the agent, or NULL. */
struct layer {
	const char *name;
	char *binary;
	char *path; /* CACHE/layer/KEY.cpio */
};

static int layer_find(const struct paths *paths, const char *toolchain, enum arch arch,
		      struct layer *l, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	char hex[SHA256_HEX];
	int rc;

	strbuf_addf(&text, "layer %s\narch %s\n%s", l->name, arch_name(arch), toolchain);
	rc = recipes_text(paths->images, &text, err);
	if (!rc && is_from_patches(l->name))
		rc = recipes_text(paths->patches, &text, err);
	if (!rc && l->binary) {
		rc = sha256_file(l->binary, hex, err);
		if (rc)
			error_prefix(err, "guest agents are not built; run make");
		else
			strbuf_adds(&text, hex);
	}
	if (!rc) {
		sha256_bytes(text.buf, text.len, hex);
		l->path = xasprintf("%s/layer/%s-%s-%.16s.cpio", paths->cache, arch_name(arch),
				    l->name, hex);
	}
	strbuf_release(&text);
	return rc;
}

static int layer_make(const struct paths *paths, enum arch arch, const struct layer *l,
		      const struct initramfs_say *say, struct error *err)
{
	char *script = xasprintf("%s/layer", paths->images);
	char *cache = xasprintf("HIGHWATER_CACHE=%s", paths->cache);
	char *patches = xasprintf("HIGHWATER_PATCHES=%s", paths->patches);
	char *dir = xasprintf("%s/layer", paths->cache);
	char *lock_path = xasprintf("%s/lock", dir);
	const char *const argv[] = { script, arch_name(arch), l->name, l->path, l->binary, NULL };
	const char *const env[] = { cache, patches, "LC_ALL=C", NULL };
	struct proc_opts opts = { .argv = argv, .env = env, .deadline_s = LAYER_DEADLINE_S };
	char *line = xasprintf("building image layer '%s' for %s", l->name, arch_name(arch));
	int lock = -1, rc;

	rc = io_mkdirs(dir, err);
	if (!rc) {
		lock = io_lock(lock_path, true, err);
		rc = lock < 0 ? -1 : 0;
	}
	if (!rc && !io_exists(l->path)) {
		if (say && say->say)
			say->say(say->ctx, line);
		rc = proc_check(&opts, err);
		if (!rc && !io_exists(l->path))
			rc = error_set(err, ERROR_HOST, "'%s' made no layer '%s'", script, l->name);
	}
	if (lock >= 0)
		close(lock);
	free(line);
	free(lock_path);
	free(dir);
	free(patches);
	free(cache);
	free(script);
	return rc;
}

/* Join the layers; the name is made of theirs, which name their contents. */
static int join(const struct paths *paths, enum arch arch, const struct layer *v, size_t nr,
		struct initramfs *ret, struct error *err)
{
	const char *files[2];
	struct strbuf names = STRBUF_INIT;
	char hex[SHA256_HEX], *dir;
	int rc;

	for (size_t i = 0; i < nr; i++) {
		files[i] = v[i].path;
		strbuf_addf(&names, "%s\n", strrchr(v[i].path, '/') + 1);
	}
	sha256_bytes(names.buf, names.len, hex);
	dir = xasprintf("%s/initramfs", paths->cache);
	ret->path = xasprintf("%s/%s-%s-%.16s.cpio", dir, arch_name(arch), v[nr - 1].name, hex);
	rc = io_mkdirs(dir, err);
	if (!rc && !io_exists(ret->path))
		rc = io_concat(files, nr, ret->path, err);
	if (!rc)
		rc = sha256_file(ret->path, ret->digest, err);
	free(dir);
	strbuf_release(&names);
	return rc;
}

int initramfs_get(const struct paths *paths, const char *toolchain, enum arch arch,
		  const char *tool, bool build, const struct initramfs_say *say,
		  struct initramfs *ret, struct error *err)
{
	struct layer v[2] = {
		{ .name = "agent", .binary = xasprintf("%s/agent-%s", paths->agents, arch_name(arch)) },
		{ .name = tool },
	};
	size_t nr = tool ? 2 : 1;
	bool have = true;
	int rc = 0;

	*ret = (struct initramfs){};
	for (size_t i = 0; !rc && i < nr; i++) {
		rc = layer_find(paths, toolchain, arch, &v[i], err);
		if (!rc && !io_exists(v[i].path)) {
			have = build;
			if (build)
				rc = layer_make(paths, arch, &v[i], say, err);
		}
	}
	if (!rc && have)
		rc = join(paths, arch, v, nr, ret, err);
	if (rc)
		initramfs_release(ret);
	for (size_t i = 0; i < nr; i++) {
		free(v[i].binary);
		free(v[i].path);
	}
	return rc;
}

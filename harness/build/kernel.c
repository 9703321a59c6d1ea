// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/kernel.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build/config.h"
#include "build/make.h"
#include "build/toolchain.h"
#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"

/* Change when the way kernels are built changes what comes out. */
#define RECIPE "recipe 1\n"

int builder_init(struct builder *b, const struct paths *paths, bool fetch, struct error *err)
{
	int rc;

	*b = (struct builder){ .paths = paths, .jobs = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN) };
	rc = fetch ? source_fetch(paths, NULL, &b->source, err) :
		     source_open(paths, &b->source, err);
	if (!rc)
		rc = series_load(paths->patches, &b->series, err);
	if (!rc)
		rc = toolchain_text(&b->toolchain, err);
	if (rc)
		builder_release(b);
	return rc;
}

void builder_release(struct builder *b)
{
	source_release(&b->source);
	series_release(&b->series);
	free(b->toolchain);
	*b = (struct builder){};
}

void kernel_release(struct kernel *k)
{
	for (size_t i = 0; i < k->nr_subjects; i++)
		free(k->subjects[i]);
	free(k->subjects);
	free(k->name);
	free(k->dir);
	free(k->image);
	free(k->vmlinux);
	free(k->boot);
	free(k->origin);
	*k = (struct kernel){};
}

/* The extra command line of the variants, in their order. */
static char *boot_lines(const struct paths *paths, const struct kernel_name *name)
{
	struct strbuf out = STRBUF_INIT;
	struct error ignored;

	for (size_t i = 0; i < name->nr_variants; i++) {
		char *path = xasprintf("%s/kernel/%s.boot", paths->configs, name->variants[i]);
		struct strbuf text = STRBUF_INIT;

		if (io_exists(path) && io_read_file(path, 4096, &text, &ignored) == 0) {
			text.buf[strcspn(text.buf, "\n")] = '\0';
			strbuf_addf(&out, "%s%s", out.len ? " " : "", text.buf);
		}
		strbuf_release(&text);
		free(path);
	}
	return strbuf_detach(&out);
}

/* The content id of a developer's tree, without touching it: its files are
 * added to an index and object store of ours. */
static int tree_of_path(const struct paths *paths, const char *tree, char id[GIT_ID],
			struct error *err)
{
	char hex[SHA256_HEX];
	char *git_dir, *version = NULL;
	struct git git = { .dir = tree };
	int rc;

	if (source_tree_version(tree, &version, err))
		return -1;
	free(version);
	sha256_bytes(tree, strlen(tree), hex);
	git_dir = xasprintf("%s/trees/%.16s", paths->cache, hex);
	git.git_dir = git_dir;
	rc = io_mkdirs(git_dir, err);
	if (!rc)
		rc = git_run(&git, GIT_ARGS("init", "-q"), err);
	if (!rc)
		rc = git_run(&git, GIT_ARGS("config", "core.compression", "0"), err);
	/* -f: Debian's .gitignore names everything. A tree that was built in would not build
	 * elsewhere, so there is nothing made in it. */
	if (!rc)
		rc = git_run(&git, GIT_ARGS("add", "-A", "-f"), err);
	if (!rc)
		rc = git_id(&git, GIT_ARGS("write-tree"), id, err);
	free(git_dir);
	return rc;
}

/* Which commit (or path) the kernel is built from, and which patches are in it. */
static int resolve_source(struct builder *b, const struct kernel_name *name, struct kernel *k,
			  struct error *err)
{
	char commit[GIT_ID];
	size_t nr;

	if (name->source == KERNEL_TREE) {
		k->origin = xasprintf("tree '%s'", name->tree);
		return tree_of_path(b->paths, name->tree, k->tree, err);
	}
	nr = name->source == KERNEL_BASE	      ? 0 :
	     name->nr_patches == KERNEL_ALL_PATCHES ? b->series.nr :
						      (size_t)name->nr_patches;
	if (nr > b->series.nr)
		return error_set(err, ERROR_INPUT, "kernel '%s': the series has %zu patches", k->name,
				 b->series.nr);
	k->origin = xstrdup(b->source.origin);
	if (series_apply(&b->source, &b->series, nr, commit, k->tree, err))
		return -1;
	k->subjects = xcalloc(nr, sizeof(*k->subjects));
	for (; k->nr_subjects < nr; k->nr_subjects++)
		k->subjects[k->nr_subjects] = xstrdup(b->series.v[k->nr_subjects].subject);
	return 0;
}

static int make_key(struct builder *b, const struct kernel_name *name, struct kernel *k,
		    struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	struct argv fragments = {};
	int rc;

	strbuf_addf(&text, RECIPE "tree %s\narch %s\n%s", k->tree, arch_name(k->arch), b->toolchain);
	config_fragments(b->paths, name, k->arch, &fragments);
	rc = config_text(&fragments, &text, err);
	if (!rc)
		sha256_bytes(text.buf, text.len, k->key);
	argv_release(&fragments);
	strbuf_release(&text);
	return rc;
}

int kernel_find(struct builder *b, const char *name, enum arch arch, struct kernel *ret,
		struct error *err)
{
	struct kernel *k = ret;
	struct kernel_name kn;
	char *facts;
	int rc;

	*k = (struct kernel){ .name = xstrdup(name), .arch = arch };
	if (kernel_name_parse(name, b->paths->configs, &kn, err)) {
		kernel_release(k);
		return -1;
	}
	if (!b->source.repo && kn.source != KERNEL_TREE) {
		kernel_name_release(&kn);
		return 0;
	}
	rc = resolve_source(b, &kn, k, err);
	if (!rc)
		rc = make_key(b, &kn, k, err);
	if (!rc) {
		k->dir = xasprintf("%s/kernel/%s", b->paths->cache, k->key);
		k->image = xasprintf("%s/bzImage", k->dir);
		k->vmlinux = xasprintf("%s/vmlinux", k->dir);
		k->boot = boot_lines(b->paths, &kn);
		facts = xasprintf("%s/facts.json", k->dir);
		k->built = io_exists(facts);
		if (k->built)
			rc = sha256_file(k->image, k->digest, err);
		free(facts);
	}
	kernel_name_release(&kn);
	if (rc)
		kernel_release(k);
	return rc;
}

int kernel_find_digest(const struct paths *paths, const char *digest, enum arch arch,
		       struct kernel *ret, struct error *err)
{
	char *all = xasprintf("%s/kernel", paths->cache);
	DIR *dir = opendir(all);
	struct dirent *d;
	struct error ignored;

	*ret = (struct kernel){ .arch = arch };
	while (!ret->built && dir && (d = readdir(dir))) {
		char *image = xasprintf("%s/%s/bzImage", all, d->d_name);

		if (strlen(d->d_name) == SHA256_HEX - 1 && io_exists(image) &&
		    sha256_file(image, ret->digest, &ignored) == 0 && strcmp(ret->digest, digest) == 0) {
			ret->built = true;
			memcpy(ret->key, d->d_name, SHA256_HEX);
			ret->dir = xasprintf("%s/%s", all, d->d_name);
			ret->image = xstrdup(image);
			ret->vmlinux = xasprintf("%s/vmlinux", ret->dir);
		}
		free(image);
	}
	if (dir)
		closedir(dir);
	free(all);
	return ret->built ? 0 : error_set(err, ERROR_INPUT, "no kernel in the cache is '%.12s'", digest);
}

int kernel_build(struct builder *b, struct kernel *k, struct error *err)
{
	struct kernel_name kn;
	char *facts;
	int lock = -1, rc;

	if (k->built)
		return 0;
	if (kernel_name_parse(k->name, b->paths->configs, &kn, err))
		return -1;
	lock = io_lock(b->source.lock, true, err);
	rc = lock < 0 ? -1 : 0;
	/* Another process may have built it while we waited. */
	facts = xasprintf("%s/facts.json", k->dir);
	if (!rc && !io_exists(facts))
		rc = make_kernel(b, &kn, k, err);
	if (!rc)
		rc = sha256_file(k->image, k->digest, err);
	k->built = !rc;
	if (lock >= 0)
		close(lock);
	free(facts);
	kernel_name_release(&kn);
	return rc ? error_prefix(err, "kernel '%s' for %s", k->name, arch_name(k->arch)) : 0;
}

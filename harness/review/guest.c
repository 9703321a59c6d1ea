// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/guest.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "decode/console.h"
#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"
#include "review/tree.h"

#define CONSOLE_MAX (64 << 20)

static int link_to(const char *root, const char *name, const char *target, struct error *err)
{
	char *path = xasprintf("%s/%s", root, name);
	int rc = 0;

	unlink(path);
	if (symlink(target, path))
		rc = error_errno(err, ERROR_HOST, errno, "cannot link '%s'", path);
	free(path);
	return rc;
}

/* Write the patches up to @p (or it alone) as patches/ of @root. */
static int write_patches(const struct review *r, const struct review_patch *p, const char *root,
			 struct error *err)
{
	struct strbuf list = STRBUF_INIT, base = STRBUF_INIT;
	char *path = xasprintf("%s/BASE", r->paths->patches);
	size_t last = (size_t)(p - r->patches), first = r->o->independent ? last : 0;
	int rc = io_read_file(path, 1 << 16, &base, err);

	free(path);
	path = xasprintf("%s/patches/BASE", root);
	if (!rc)
		rc = io_write_file(path, base.buf, base.len, err);
	free(path);
	for (size_t i = first; !rc && i <= last; i++) {
		strbuf_addf(&list, "%04zu.patch\n", i - first + 1);
		path = xasprintf("%s/patches/%04zu.patch", root, i - first + 1);
		rc = io_write_file(path, r->patches[i].patch->text, r->patches[i].patch->len, err);
		free(path);
	}
	path = xasprintf("%s/patches/series", root);
	if (!rc)
		rc = io_write_file(path, list.buf, list.len, err);
	free(path);
	strbuf_release(&list);
	strbuf_release(&base);
	return rc;
}

char *guest_root(const struct review *r, const struct review_patch *p, struct error *err)
{
	static const char *const same[] = { "configs", "vm-images", "harness", "analysis" };
	char *root = xasprintf("%s/root", r->dir), *out = xasprintf("%s/out", root);
	char *patches = xasprintf("%s/patches", root);
	int rc = io_remove_tree(patches, err);

	if (!rc)
		rc = io_mkdirs(patches, err);
	if (!rc)
		rc = io_mkdirs(out, err);
	for (size_t i = 0; !rc && i < sizeof(same) / sizeof(same[0]); i++) {
		char *target = xasprintf("%s/%s", r->paths->root, same[i]);

		rc = link_to(root, same[i], target, err);
		free(target);
	}
	if (!rc)
		rc = link_to(out, "guest", r->paths->agents, err);
	if (!rc)
		rc = write_patches(r, p, root, err);
	free(out);
	free(patches);
	if (!rc)
		return root;
	free(root);
	return NULL;
}

int guest_self(const char *root, const char *const *words, struct proc_result *ret,
	       struct error *err)
{
	char exe[PATH_MAX], *env_root = xasprintf("HIGHWATER_ROOT=%s", root);
	const char *const env[] = { env_root, NULL };
	struct argv argv = {};
	struct proc_opts opts = { .env = env };
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	int rc;

	exe[n > 0 ? n : 0] = '\0';
	argv_add(&argv, exe);
	for (; *words; words++)
		argv_add(&argv, *words);
	opts.argv = (const char *const *)argv.v;
	rc = proc_run(&opts, ret, err);
	argv_release(&argv);
	free(env_root);
	return rc;
}

/* The lines of a failed cell's console that tell of trouble, as details. */
static void add_console(const char *results, const char *cell, struct review_finding *f)
{
	char *path = xasprintf("%s/runs/%s/1/console", results, cell);
	struct strbuf text = STRBUF_INIT;
	struct finding found[CONSOLE_MAX_FINDINGS];
	struct error ignored;
	size_t nr;

	if (io_exists(path) && io_read_file(path, CONSOLE_MAX, &text, &ignored) == 0) {
		nr = console_scan(text.buf, text.len, found);
		for (size_t i = 0; i < nr && i < 8; i++)
			finding_details(f, "%s: %s", found[i].kind, found[i].line);
	}
	strbuf_release(&text);
	free(path);
}

static int judge_cells(const char *results, const char *list, size_t *ret_cells,
		       struct review_result *res, struct error *err)
{
	json_t *all = json_loads(list, 0, NULL), *cell;
	size_t i;

	if (!json_is_array(all)) {
		json_decref(all);
		return error_set(err, ERROR_HOST, "no list of cells from '%s'", results);
	}
	json_array_foreach(all, i, cell) {
		const char *status = json_string_value(json_object_get(cell, "status"));
		const char *detail = json_string_value(json_object_get(cell, "detail"));
		const char *hash = json_string_value(json_object_get(cell, "cell"));
		json_t *axes = json_object_get(cell, "axes");
		const char *arch = json_string_value(json_object_get(axes, "arch"));
		const char *workload = json_string_value(json_object_get(axes, "workload"));

		++*ret_cells;
		if (status && strcmp(status, "ok") != 0)
			add_console(results, hash ? hash : "",
				    result_find(res, REVIEW_FAIL, NULL, 0, "%s: %s: %s: %s",
						arch ? arch : "?", workload ? workload : "?", status,
						detail ? detail : ""));
	}
	json_decref(all);
	return 0;
}

void guest_failed(const struct proc_result *out, struct review_result *res)
{
	const char *error = strstr(out->out.buf, "error: ");

	error = error ? error + 7 : out->out.buf;
	if (out->exit_code == ERROR_HOST) {
		result_unchecked(res, "%.*s", (int)strcspn(error, "\n"), error);
		return;
	}
	finding_details(result_find(res, REVIEW_FAIL, NULL, 0, "%.*s", (int)strcspn(error, "\n"),
				    error),
			"%.2000s", error);
}

static char *plan_text(const struct review *r, const struct review_patch *p,
		       const struct guest_plan *plan)
{
	size_t step = r->o->independent ? 1 : (size_t)(p - r->patches) + 1;
	char *kernel = r->o->tree ? xasprintf("%s%s", r->base.repo, plan->variant) :
				    xasprintf("series@%zu%s", step, plan->variant);
	char *text = xasprintf("name: review\nkernel: %s\narch: %s\nmemory: %s\nclock: insn\n"
			       "workload:\n%s", kernel, plan->arch, plan->memory, plan->workloads);

	free(kernel);
	return text;
}

int guest_run(struct review *r, const struct review_patch *p, const struct guest_plan *plan,
	      size_t *ret_cells, struct review_result *res, struct error *err)
{
	char *results = xasprintf("%s/guest/%.16s%s", r->dir, p->tree, plan->variant);
	char *path = xasprintf("%s/plan.yaml", r->dir), *text = plan_text(r, p, plan);
	char *root = guest_root(r, p, err);
	struct proc_result out = {};
	int rc = root ? io_mkdirs(results, err) : -1;

	*ret_cells = 0;
	if (!rc && r->o->tree)
		rc = tree_checkout(r, p->commit, err);
	if (!rc)
		rc = io_write_file(path, text, strlen(text), err);
	if (!rc) {
		const char *const run[] = { "run", path, "-o", results, "--retry", NULL };
		const char *const list[] = { "list", "--json", "-o", results, NULL };

		rc = guest_self(root, run, &out, err);
		if (!rc && out.exit_code != 0 && out.exit_code != ERROR_FOUND) {
			guest_failed(&out, res);
		} else if (!rc) {
			proc_result_release(&out);
			rc = guest_self(root, list, &out, err);
			if (!rc)
				rc = judge_cells(results, out.out.buf, ret_cells, res, err);
		}
	}
	proc_result_release(&out);
	free(root);
	free(results);
	free(path);
	free(text);
	return rc;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "build/toolchain.h"
#include "lib/now.h"
#include "lib/xalloc.h"
#include "review/input.h"
#include "review/key.h"
#include "review/tree.h"

/* Is @name in the list "a,b,c"? */
static bool listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = list; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
		if (strncmp(p, name, n) == 0 && (p[n] == ',' || p[n] == '\0'))
			return true;
	return false;
}

/* Every name of "a,b" must be a check. */
static int known_checks(const char *list, struct error *err)
{
	char *copy = xstrdup(list ? list : ""), *save, *name;
	struct strbuf all = STRBUF_INIT;
	int rc = 0;

	for (name = strtok_r(copy, ",", &save); name && !rc; name = strtok_r(NULL, ",", &save)) {
		if (check_find(name))
			continue;
		for (size_t i = 0; i < check_nr; i++)
			strbuf_addf(&all, "%s%s", i ? ", " : "", check_table[i].name);
		rc = error_set(err, ERROR_INPUT, "unknown check '%s'; there are %s", name, all.buf);
	}
	strbuf_release(&all);
	free(copy);
	return rc;
}

/* Does the project's git revision @rev hold other text for this patch? */
static bool differs(const struct review *r, const struct review_patch *p, const char *rev)
{
	const struct git git = { .dir = r->paths->root };
	const char *slash = strrchr(p->patch->file, '/');
	char *name = xasprintf("%s:patches/%s", rev, slash ? slash + 1 : p->patch->file);
	struct strbuf out = STRBUF_INIT;
	struct error ignored;
	int code = 0;
	bool same = !git_output(&git, GIT_ARGS("cat-file", "blob", name), &out, &code, &ignored) &&
		    !code && out.len == p->patch->len &&
		    memcmp(out.buf, p->patch->text, out.len) == 0;

	strbuf_release(&out);
	free(name);
	return !same;
}

static int load(struct review *r, struct error *err)
{
	const struct review_options *o = r->o;
	char *in = xasprintf("%s/in", r->dir);
	int rc;

	if (o->tree)
		rc = input_range(o->tree, o->series ? o->series : "HEAD", in, &r->series, &r->cover,
				 err);
	else
		rc = input_load(o->series ? o->series : r->paths->patches, in, &r->series, &r->cover,
				err);
	free(in);
	if (rc)
		return rc;
	r->nr = r->series.nr;
	r->patches = xcalloc(r->nr, sizeof(*r->patches));
	for (size_t i = 0; i < r->nr; i++) {
		struct review_patch *p = &r->patches[i];

		p->patch = &r->series.v[i];
		mail_parse(p->patch->text, p->patch->len, &p->mail);
		p->changed = !o->changed || differs(r, p, o->changed);
	}
	if (o->patch > r->nr)
		return error_set(err, ERROR_INPUT, "the series has %zu patches, no patch %u", r->nr,
				 o->patch);
	return 0;
}

int review_open(struct review *r, const struct paths *paths, const struct review_options *o,
		struct error *err)
{
	int rc;

	*r = (struct review){ .paths = paths, .o = o, .lock = -1 };
	rc = known_checks(o->checks, err);
	if (!rc)
		rc = known_checks(o->skip, err);
	if (!rc)
		rc = toolchain_text(&r->toolchain, err);
	if (!rc)
		rc = tree_open(r, err);
	if (!rc)
		rc = load(r, err);
	if (!rc)
		rc = tree_apply(r, err);
	if (rc)
		review_close(r);
	return rc;
}

void review_close(struct review *r)
{
	for (size_t i = 0; i < r->nr; i++) {
		mail_release(&r->patches[i].mail);
		free(r->patches[i].problem);
	}
	for (size_t i = 0; i < r->nr_results; i++)
		result_release(&r->results[i]);
	free(r->results);
	free(r->patches);
	series_release(&r->series);
	source_release(&r->base);
	free(r->cover);
	free(r->dir);
	free(r->at);
	free(r->toolchain);
	if (r->lock >= 0)
		close(r->lock);
	*r = (struct review){ .lock = -1 };
}

static double cpu_now(void)
{
	struct rusage self, children;

	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	return (double)(self.ru_utime.tv_sec + self.ru_stime.tv_sec + children.ru_utime.tv_sec +
			children.ru_stime.tv_sec) +
	       (double)(self.ru_utime.tv_usec + self.ru_stime.tv_usec + children.ru_utime.tv_usec +
			children.ru_stime.tv_usec) /
		       1e6;
}

/* One check of one patch, still to be had. */
struct unit {
	const struct check *check;
	struct review_patch *p;
	size_t place; /* in the table and series, for sorting */
};

/* Changed patches first; then what is cheap; then patch by patch, so that the
 * work tree goes forward. */
static int unit_order(const void *va, const void *vb)
{
	const struct unit *a = va, *b = vb;

	if (a->p->changed != b->p->changed)
		return a->p->changed ? -1 : 1;
	if (a->check->class != b->check->class)
		return a->check->class < b->check->class ? -1 : 1;
	if (a->p != b->p)
		return a->p < b->p ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static bool wanted(const struct review_options *o, const struct check *c)
{
	return (!o->checks || listed(o->checks, c->name)) && !(o->skip && listed(o->skip, c->name));
}

static struct unit *list_units(struct review *r, size_t *ret_nr)
{
	struct unit *v = xcalloc((r->nr + 1) * check_nr, sizeof(*v));
	size_t nr = 0;

	for (size_t c = 0; c < check_nr; c++) {
		const struct check *check = &check_table[c];

		if (!wanted(r->o, check))
			continue;
		if (check->scope == CHECK_SERIES && !r->o->patch && !r->o->independent)
			v[nr++] = (struct unit){ check, &r->patches[r->nr - 1], c };
		for (size_t i = 0; check->scope == CHECK_PATCH && i < r->nr; i++)
			if (!r->o->patch || r->o->patch == i + 1)
				v[nr++] = (struct unit){ check, &r->patches[i], c };
	}
	qsort(v, nr, sizeof(*v), unit_order);
	*ret_nr = nr;
	return v;
}

/* Run a check that is not in the cache, and keep what it says. */
static int run_fresh(struct review *r, const struct unit *u, const char *key,
		     struct review_result *res, struct error *err)
{
	double cpu = cpu_now(), wall = now_s();

	if (u->check->run(r, u->p, res, err))
		return error_prefix(err, "check '%s' of patch '%s'", u->check->name,
				    u->p->mail.subject);
	res->cpu_s = cpu_now() - cpu;
	res->wall_s = now_s() - wall;
	r->cpu_s += res->cpu_s;
	if (res->status == REVIEW_UNCHECKED)
		return 0;
	return key_store(r, key, res, err);
}

static int run_unit(struct review *r, const struct unit *u, struct review_result *res,
		    struct error *err)
{
	char *missing = key_missing(u->check);
	char key[SHA256_HEX];
	int rc = 0;

	if (missing)
		result_unchecked(res, "needs %s", missing);
	else if (!*u->p->commit && !u->check->unapplied)
		result_unchecked(res, "the patch does not apply");
	else if (key_of(r, u->check, u->p, key, err))
		rc = -1;
	else if (key_load(r, key, res))
		r->nr_cached++;
	else if (u->check->class == CHECK_GUEST && r->o->fast)
		result_unchecked(res, "no guests with --fast");
	else if (r->o->budget_s > 0 && r->cpu_s > r->o->budget_s && !u->p->changed)
		result_unchecked(res, "the budget of %.0f min is used up", r->o->budget_s / 60);
	else
		rc = run_fresh(r, u, key, res, err);
	free(missing);
	return rc;
}

static void count(struct review *r, const struct review_result *res)
{
	r->nr_fail += res->status == REVIEW_FAIL;
	r->nr_warn += res->status == REVIEW_WARN;
	r->nr_unchecked += res->status == REVIEW_UNCHECKED;
}

/* The order of reading: patch by patch, as in the table. */
static int result_order(const void *va, const void *vb)
{
	const struct review_result *a = va, *b = vb;
	size_t pa = a->patch ? a->patch : SIZE_MAX, pb = b->patch ? b->patch : SIZE_MAX;

	if (pa != pb)
		return pa < pb ? -1 : 1;
	return (check_find(a->check) > check_find(b->check)) -
	       (check_find(a->check) < check_find(b->check));
}

int review_run(struct review *r, struct error *err)
{
	size_t nr;
	struct unit *units = list_units(r, &nr);
	int rc = 0;

	r->results = xcalloc(nr + 1, sizeof(*r->results));
	for (size_t i = 0; !rc && i < nr; i++) {
		struct review_result *res = &r->results[r->nr_results++];

		res->check = units[i].check->name;
		res->patch = units[i].check->scope == CHECK_SERIES ?
				     0 :
				     (size_t)(units[i].p - r->patches) + 1;
		rc = run_unit(r, &units[i], res, err);
		if (!rc) {
			count(r, res);
			if (r->progress)
				r->progress(r->ctx, r, res);
		}
	}
	qsort(r->results, r->nr_results, sizeof(*r->results), result_order);
	free(units);
	return rc;
}

const struct review_result *review_result(const struct review *r, const char *check, size_t patch)
{
	for (size_t i = 0; i < r->nr_results; i++)
		if (r->results[i].patch == patch && strcmp(r->results[i].check, check) == 0)
			return &r->results[i];
	return NULL;
}

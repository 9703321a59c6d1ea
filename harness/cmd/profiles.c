// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/profiles.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/neighbour.h"
#include "cmd/watch.h"
#include "decode/profile.h"
#include "lib/io.h"
#include "lib/xalloc.h"
#include "proto/mark.h"
#include "store/store.h"

#define CELL_MAX (1u << 20)

struct cell_run {
	char *facts, *hash;
	int64_t run;
	char *dir; /* RESULTS/runs/ID/1 */
	json_t *json;
};

static void cell_run_release(struct cell_run *c)
{
	free(c->facts);
	free(c->hash);
	free(c->dir);
	json_decref(c->json);
}

static int find(struct store *s, const char *results, const char *cell, struct cell_run *c,
		struct error *err)
{
	const char *status;

	if (query_facts(s, cell, 1, &c->facts, &c->hash, &c->run, err))
		return -1;
	c->dir = xasprintf("%s/runs/%s/1", results, c->hash);
	c->json = json_loads(c->facts, 0, NULL);
	status = json_string_value(json_object_get(c->json, "status"));
	if (!status || strcmp(status, "ok") != 0)
		return error_set(err, ERROR_INPUT, "the run of cell '%.12s' is not ok: %s", c->hash,
				 status ? status : "damaged");
	return 0;
}

static int put(const char *dir, const char *name, const char *mode, const struct strbuf *text,
	       struct error *err)
{
	char *path = xasprintf("%s/%s.%s", dir, name, mode);
	int rc = io_write_file(path, text->buf, text->len, err);

	free(path);
	return rc;
}

/* What the plugin counted, raw and with names, into the run's directory. */
static int keep(const struct cell_run *c, const char *mode, const struct strbuf *raw,
		const char *vmlinux, struct error *err)
{
	struct strbuf named = STRBUF_INIT;
	struct profile_raw p = {};
	struct vmlinux v;
	int rc = vmlinux_open(vmlinux, &v, err);

	if (rc)
		return rc;
	rc = profile_parse(raw->buf, raw->len, &p, err);
	if (!rc)
		rc = profile_name(&p, &v, &named, err);
	if (!rc)
		rc = put(c->dir, "counts", mode, raw, err);
	if (!rc)
		rc = put(c->dir, "profile", mode, &named, err);
	profile_release(&p);
	vmlinux_release(&v);
	strbuf_release(&named);
	return rc;
}

/* The number of the window @path, of a cell that has it. */
static int find_window(const struct profile_request *r, const struct cell_run *c,
		       unsigned int *ret, struct error *err)
{
#define NAME(name) #name,
	static const char *const names[] = { "", MARK_PATHS(NAME) };
#undef NAME
	const char *workload = json_string_value(json_object_get(c->json, "workload"));

	*ret = MARK_WINDOW;
	if (!r->path)
		return 0;
	if (!workload || strcmp(workload, "paths") != 0)
		return error_set(err, ERROR_INPUT, "cell '%.12s' runs '%s'; only workload paths has paths",
				 c->hash, workload ? workload : "?");
	for (unsigned int i = 1; i < MARK_NR_WINDOWS; i++)
		if (strcmp(names[i], r->path) == 0) {
			*ret = i;
			return 0;
		}
	return error_set(err, ERROR_INPUT, "there is no path '%s'", r->path);
}

/* As the store and the run's files call it: "callers", "callers+fault". */
static char *mode_name(const struct profile_request *r)
{
	return r->path ? xasprintf("%s+%s", r->mode, r->path) : xstrdup(r->mode);
}

static int make(const struct profile_request *r, const struct cell_run *c, const char *mode,
		struct error *err)
{
	const struct neighbour as_it_was = {};
	struct strbuf canonical = STRBUF_INIT;
	char *path = xasprintf("%s/cell", c->dir);
	const char *digest = json_string_value(json_object_get(c->json, "digest"));
	struct watch_result w;
	struct session session;
	struct plan *plan;
	unsigned int window;
	int rc = find_window(r, c, &window, err);

	if (!rc)
		rc = io_read_file(path, CELL_MAX, &canonical, err);
	if (!rc)
		rc = neighbour_facts(c->facts, &as_it_was, r->paths->configs, &plan, err);
	if (rc)
		goto out;
	rc = neighbour_session(&session, r->paths, plan, c->hash, canonical.buf, err);
	if (!rc) {
		rc = watch_cell(&session, &session.tasks[0], r->results, r->mode, window,
				digest ? digest : "", &w, err);
		if (!rc) {
			rc = keep(c, mode, &w.raw, session.tasks[0].kernel->vmlinux, err);
			watch_release(&w);
		}
		session_close(&session);
	}
	plan_free(plan);
out:
	strbuf_release(&canonical);
	free(path);
	return rc;
}

static void add_pairs(json_t *object, struct strbuf *out)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		strbuf_addf(out, " %s=%s", key, json_string_value(value) ?: "?");
	}
}

static char *title_of(const struct cell_run *c)
{
	static const char *const keys[] = { "arch", "kernel", "workload" };
	struct strbuf out = STRBUF_INIT;

	strbuf_addf(&out, "%.12s", c->hash);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		strbuf_addf(&out, " %s", json_string_value(json_object_get(c->json, keys[i])) ?: "?");
	add_pairs(json_object_get(c->json, "params"), &out);
	add_pairs(json_object_get(c->json, "tunables"), &out);
	return strbuf_detach(&out);
}

static int read_clock(struct store *s, int64_t run, int64_t *ret, struct error *err)
{
	struct query_metrics m;

	*ret = -1;
	if (query_metrics(s, run, &m, err))
		return -1;
	for (size_t i = 0; i < m.nr; i++)
		if (strcmp(m.v[i].name, "window.ticks") == 0)
			*ret = m.v[i].i;
	query_metrics_release(&m);
	return 0;
}

int profile_get(struct store *s, const struct profile_request *r, const char *cell,
		struct profiled *ret, struct error *err)
{
	struct cell_run c = {};
	char *mode = mode_name(r);
	int rc = find(s, r->results, cell, &c, err);

	*ret = (struct profiled){};
	if (!rc)
		rc = query_profile(s, c.run, mode, &ret->rows, err);
	if (!rc && (!ret->rows.nr || r->again)) {
		query_profile_release(&ret->rows);
		rc = make(r, &c, mode, err);
		if (!rc)
			rc = store_ingest_profiles(s, c.dir, err);
		if (!rc)
			rc = query_profile(s, c.run, mode, &ret->rows, err);
	}
	ret->clock = -1;
	if (!rc && !r->path)
		rc = read_clock(s, c.run, &ret->clock, err);
	if (!rc) {
		ret->title = title_of(&c);
		ret->arch = xstrdup(json_string_value(json_object_get(c.json, "arch")) ?: "?");
	}
	cell_run_release(&c);
	free(mode);
	return rc;
}

void profiled_release(struct profiled *p)
{
	query_profile_release(&p->rows);
	free(p->title);
	free(p->arch);
	*p = (struct profiled){};
}

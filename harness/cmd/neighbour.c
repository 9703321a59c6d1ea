// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/neighbour.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "collect/facts.h"
#include "lib/xalloc.h"

static void add_key(struct strbuf *out, const char *key, const char *value)
{
	strbuf_addf(out, "%s: ", key);
	plan_add_scalar(out, value ? value : "");
	strbuf_addc(out, '\n');
}

static const char *text_of(const json_t *o, const char *key, const char *instead)
{
	const char *s = instead ? instead : json_string_value(json_object_get(o, key));

	return s ? s : "none";
}

static void add_tunables(struct strbuf *out, json_t *tunables, const struct neighbour *change)
{
	const char *key;
	json_t *value;

	if (!json_object_size(tunables) && !change->tunable)
		return;
	strbuf_adds(out, "tunables:\n");
	json_object_foreach(tunables, key, value) {
		if (change->tunable && strcmp(key, change->tunable) == 0)
			continue;
		strbuf_adds(out, "  ");
		add_key(out, key, json_string_value(value));
	}
	if (change->tunable) {
		strbuf_adds(out, "  ");
		add_key(out, change->tunable, change->value);
	}
}

static void add_workload(struct strbuf *out, const json_t *o)
{
	const char *key;
	json_t *value;

	strbuf_adds(out, "workload:\n  ");
	add_key(out, "name", text_of(o, "workload", NULL));
	json_object_foreach(json_object_get(o, "params"), key, value) {
		strbuf_adds(out, "  ");
		add_key(out, key, json_string_value(value));
	}
}

static void plan_text(json_t *o, const struct neighbour *change, struct strbuf *out)
{
	const char *swap = text_of(o, "swap", NULL);

	add_key(out, "name", text_of(o, "plan", NULL));
	add_key(out, "kernel", text_of(o, "kernel", change->kernel));
	add_key(out, "arch", text_of(o, "arch", change->arch));
	add_key(out, "clock", text_of(o, "clock", NULL));
	strbuf_addf(out, "memory: %lld\nvcpus: %lld\nseeds: [%lld]\n",
		    (long long)json_integer_value(json_object_get(o, "memory_bytes")),
		    (long long)json_integer_value(json_object_get(o, "vcpus")),
		    (long long)json_integer_value(json_object_get(o, "seed")));
	if (strcmp(swap, "none") != 0)
		strbuf_addf(out, "swap: {backing: %s, size: %lld}\n", swap,
			    (long long)json_integer_value(json_object_get(o, "swap_bytes")));
	add_key(out, "events", text_of(o, "events", change->events));
	add_key(out, "sample", text_of(o, "sample", NULL));
	if (strcmp(text_of(o, "require", NULL), "none") != 0)
		add_key(out, "require", text_of(o, "require", NULL));
	add_tunables(out, json_object_get(o, "tunables"), change);
	add_workload(out, o);
}

static int neighbour_json(json_t *o, const struct neighbour *change, const char *configs,
		       struct plan **ret, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	int rc;

	plan_text(o, change, &text);
	rc = plan_parse(text.buf, text.len, "the cell", configs, ret, err);
	if (!rc && plan_nr_cells(*ret) != 1) {
		rc = error_set(err, ERROR_INPUT, "the cell's description is of %zu cells",
			       plan_nr_cells(*ret));
		plan_free(*ret);
	}
	strbuf_release(&text);
	return rc;
}

int neighbour_facts(const char *facts, const struct neighbour *change, const char *configs,
		 struct plan **ret, struct error *err)
{
	json_error_t why;
	json_t *o = json_loads(facts, 0, &why);
	int rc;

	if (!json_is_object(o))
		rc = error_set(err, ERROR_INPUT, "the run's facts.json is damaged: %s", why.text);
	else
		rc = neighbour_json(o, change, configs, ret, err);
	json_decref(o);
	return rc;
}

int neighbour_cell(const struct cell *cell, const struct neighbour *change, const char *configs,
		struct plan **ret, struct error *err)
{
	json_t *o = json_object();
	int rc;

	facts_set_cell(o, cell);
	rc = neighbour_json(o, change, configs, ret, err);
	json_decref(o);
	return rc;
}

int neighbour_check_clock(const struct cell *cell, const char *id, struct error *err)
{
	if (cell->clock == CLOCK_INSN)
		return 0;
	return error_set(err, ERROR_INPUT,
			 "cell '%.12s' runs under the wall clock; exact tools need clock: insn", id);
}

/* The first line in which two canonical texts differ, as it is now. */
static void first_difference(const char *was, const char *is, struct strbuf *out)
{
	while (*was && *is) {
		size_t a = strcspn(was, "\n"), b = strcspn(is, "\n");

		if (a != b || memcmp(was, is, a) != 0) {
			strbuf_addf(out, "was '%.*s', is '%.*s'", (int)(a < 100 ? a : 100), was,
				    (int)(b < 100 ? b : 100), is);
			return;
		}
		was += a + (was[a] == '\n');
		is += b + (is[b] == '\n');
	}
	strbuf_adds(out, "one has more lines");
}

static int open_by_name(struct session *s, const struct paths *paths, const struct plan *plan,
			const char *hash, const char *canonical, struct error *err)
{
	struct strbuf now = STRBUF_INIT, where = STRBUF_INIT;
	const struct task *t;
	int rc = session_open(s, paths, plan, SESSION_LOOK, NULL, err);

	if (rc)
		return rc;
	t = &s->tasks[0];
	if (!*t->id) {
		rc = error_set(err, ERROR_INPUT,
			       "what cell '%.12s' ran on is no longer in the cache: run its plan again",
			       hash);
	} else if (strcmp(t->id, hash) != 0) {
		session_canonical(s, t, &now);
		first_difference(canonical, now.buf, &where);
		rc = error_set(err, ERROR_INPUT,
			       "cell '%.12s' cannot be run again as it was: %s; run its plan again", hash,
			       where.buf);
	}
	if (rc)
		session_close(s);
	strbuf_release(&now);
	strbuf_release(&where);
	return rc;
}

/* "kernel DIGEST" of a canonical text. */
static bool kernel_digest(const char *canonical, char hex[SHA256_HEX])
{
	const char *p = strstr(canonical, "\nkernel ");

	if (!p || strspn(p + 8, "0123456789abcdef") != SHA256_HEX - 1)
		return false;
	memcpy(hex, p + 8, SHA256_HEX - 1);
	hex[SHA256_HEX - 1] = '\0';
	return true;
}

/* The session of @plan with kernel @k in place of the one it names; takes @k over. */
static int put_kernel(struct session *s, struct kernel *k, const char *hash, struct error *err)
{
	struct strbuf now = STRBUF_INIT;
	struct task *t = &s->tasks[0];
	struct kernel *old = &s->kernels[0];

	k->name = xstrdup(old->name);
	k->boot = xstrdup(old->boot ? old->boot : "");
	kernel_release(old);
	*old = *k;
	*k = (struct kernel){};
	session_canonical(s, t, &now);
	cell_id(now.buf, now.len, t->id);
	strbuf_release(&now);
	return strcmp(t->id, hash) == 0 ? 0 : error_set(err, ERROR_INPUT, "another cell");
}

/* A name that stands for another kernel now gives way to "base", which is always there,
 * with the same variants: their command lines count. */
static int open_by_digest(struct session *s, const struct paths *paths, const struct plan *plan,
			  const char *hash, const char *canonical, struct error *err)
{
	const struct cell *c = plan_cell(plan, 0);
	const char *slash = strrchr(c->kernel, '/'), *plus = strchr(slash ? slash : c->kernel, '+');
	char *name = xasprintf("base%s", plus ? plus : ""), hex[SHA256_HEX];
	const struct neighbour change = { .kernel = name };
	struct plan *base = NULL;
	struct kernel k = {};
	int rc = kernel_digest(canonical, hex) ? 0 : error_set(err, ERROR_INPUT, "no kernel");

	if (!rc)
		rc = kernel_find_digest(paths, hex, c->arch, &k, err);
	if (!rc)
		rc = neighbour_cell(c, &change, paths->configs, &base, err);
	if (!rc)
		rc = session_open(s, paths, base, SESSION_LOOK, NULL, err);
	if (!rc) {
		/* The caller's plan has the same cell, but for the kernel's name. */
		s->tasks[0].cell = c;
		rc = s->tasks[0].initramfs->path ? put_kernel(s, &k, hash, err) :
						   error_set(err, ERROR_INPUT, "no guest image");
		if (rc)
			session_close(s);
	}
	kernel_release(&k);
	plan_free(base);
	free(name);
	return rc;
}

int neighbour_session(struct session *s, const struct paths *paths, const struct plan *plan,
		   const char *hash, const char *canonical, struct error *err)
{
	struct error ignored;

	if (open_by_name(s, paths, plan, hash, canonical, err) == 0)
		return 0;
	return open_by_digest(s, paths, plan, hash, canonical, &ignored);
}

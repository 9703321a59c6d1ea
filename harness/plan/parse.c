// SPDX-License-Identifier: GPL-2.0-or-later
/* YAML to struct spec. Every node is looked at once; its line is in every message. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/parse.h"
#include "lib/xalloc.h"
#include "plan/node.h"
#include "proto/job.h"

/* Far above any use, and low enough that no plan takes long to refuse. */
#define MAX_LIST 10000
#define MAX_VALUES 200000

static const char *const axis_keys[NR_AXES] = {
	[AXIS_MEMORY] = "memory",   [AXIS_VCPUS] = "vcpus", [AXIS_SWAP] = "swap",
	[AXIS_EVENTS] = "events",   [AXIS_SAMPLE] = "sample",   [AXIS_REQUIRE] = "require",
	[AXIS_TIMEOUT] = "timeout", [AXIS_ARCH] = "arch",
	[AXIS_KERNEL] = "kernel",   [AXIS_CLOCK] = "clock", [AXIS_SEEDS] = "seeds",
};

const char *axis_key(enum axis_id id)
{
	return axis_keys[id];
}

int axis_find(const char *key)
{
	for (int i = 0; i < NR_AXES; i++)
		if (strcmp(key, axis_keys[i]) == 0)
			return i;
	return -1;
}

void axis_release(struct axis *a)
{
	for (size_t i = 0; i < a->nr; i++)
		free(a->v[i].text);
	free(a->v);
	free(a->name);
	*a = (struct axis){};
}

static void experiment_release(struct experiment *e)
{
	for (int i = 0; i < NR_AXES; i++)
		axis_release(&e->axes[i]);
	for (size_t i = 0; e->params && e->workload->params[i].name; i++)
		axis_release(&e->params[i]);
	for (size_t i = 0; i < e->nr_tunables; i++)
		axis_release(&e->tunables[i]);
	free(e->params);
	free(e->tunables);
}

void spec_release(struct spec *spec)
{
	experiment_release(&spec->defaults);
	for (size_t i = 0; i < spec->nr_experiments; i++)
		experiment_release(&spec->experiments[i]);
	for (size_t i = 0; i < spec->nr_exclusions; i++)
		selection_release(&spec->exclusions[i]);
	for (size_t i = 0; i < spec->nr_claims; i++)
		claim_release(&spec->claims[i]);
	free(spec->experiments);
	free(spec->exclusions);
	free(spec->claims);
	free(spec->statement);
	free(spec->file);
	free(spec->configs);
	free(spec->name);
	*spec = (struct spec){};
}

/* Append @v, which is taken over, to @a. */
static int append_value(struct spec *spec, struct axis *a, struct value v, unsigned int line,
			struct error *err)
{
	if (a->nr == MAX_LIST || spec->nr_values == MAX_VALUES) {
		free(v.text);
		return spec_error(spec, line, err,
				  "'%s' has more than %d values, or all keys together more than %d",
				  a->name, MAX_LIST, MAX_VALUES);
	}
	if ((a->nr & (a->nr - 1)) == 0)
		a->v = xreallocarray(a->v, a->nr ? 2 * a->nr : 1, sizeof(*a->v));
	a->v[a->nr++] = v;
	spec->nr_values++;
	return 0;
}

/* The same, and the same value twice is a slip. */
static int add_value(struct spec *spec, struct axis *a, struct value v, unsigned int line,
		     struct error *err)
{
	for (size_t i = 0; i < a->nr; i++)
		if (strcmp(a->v[i].text, v.text) == 0) {
			spec_error(spec, line, err, "'%s' has '%s' twice", a->name, v.text);
			free(v.text);
			return -1;
		}
	return append_value(spec, a, v, line, err);
}

static int axis_append(const struct at *at, struct axis *a, struct value v)
{
	return append_value(at->spec, a, v, line_of(at->node), at->err);
}

static int axis_add(const struct at *at, struct axis *a, struct value v)
{
	return add_value(at->spec, a, v, line_of(at->node), at->err);
}

static void axis_start(const struct at *at, struct axis *a, const char *name)
{
	axis_release(a);
	a->name = xstrdup(name);
	a->line = line_of(at->node);
}

/* What a list item is checked against. */
struct target {
	struct axis *axis;
	enum axis_id id;
	const struct workload_desc *workload;
	const struct param_desc *param;
};

struct swap_map {
	const char *backing, *size;
};

static int swap_key(const struct at *at, const char *key, void *arg)
{
	struct swap_map *m = arg;
	const char **to = strcmp(key, "backing") == 0 ? &m->backing :
			  strcmp(key, "size") == 0    ? &m->size :
							NULL;

	if (!to)
		return spec_error(at->spec, line_of(at->node), at->err,
				  "unknown key '%s' of swap: backing, size", key);
	*to = scalar(at, at->node, key);
	return *to ? 0 : -1;
}

static int add_guest_value(const struct at *at, void *arg)
{
	const struct target *t = arg;
	const char *text;
	struct value v = {};

	if (t->id == AXIS_SWAP && at->node->type == YAML_MAPPING_NODE) {
		struct swap_map m = {};

		if (each_pair(at, "swap", swap_key, &m))
			return -1;
		if (!m.backing)
			return spec_error(at->spec, line_of(at->node), at->err, "swap needs a backing");
		if (value_check_swap(at->spec, m.backing, m.size, line_of(at->node), &v, at->err))
			return -1;
		return axis_add(at, t->axis, v);
	}
	text = scalar(at, at->node, axis_key(t->id));
	if (!text || value_check(at->spec, t->id, text, line_of(at->node), &v, at->err))
		return -1;
	return axis_add(at, t->axis, v);
}

/* "seeds: 3" is the list 1, 2, 3. */
static int take_seed_count(const struct at *at, struct axis *a)
{
	const char *text = scalar(at, at->node, "seeds");
	struct value v;

	if (!text || value_check(at->spec, AXIS_SEEDS, text, line_of(at->node), &v, at->err))
		return -1;
	free(v.text);
	for (uint64_t i = 1; i <= v.number; i++) {
		struct value seed = { .text = xasprintf("%llu", (unsigned long long)i), .number = i };

		if (axis_append(at, a, seed))
			return -1;
	}
	return 0;
}

static int take_guest_key(const struct at *at, struct experiment *e, enum axis_id id)
{
	struct target t = { .axis = &e->axes[id], .id = id };

	axis_start(at, t.axis, axis_key(id));
	if (id == AXIS_SEEDS && at->node->type == YAML_SCALAR_NODE)
		return take_seed_count(at, t.axis);
	if (id == AXIS_TIMEOUT && at->node->type == YAML_SEQUENCE_NODE)
		return spec_error(at->spec, line_of(at->node), at->err, "'timeout' is no axis");
	return each_value(at, axis_key(id), add_guest_value, &t);
}

static int add_tunable_value(const struct at *at, void *arg)
{
	struct axis *a = arg;
	const char *text = scalar(at, at->node, a->name);
	struct value v;

	if (!text ||
	    value_check_tunable(at->spec, a->name, text, line_of(at->node), &v, at->err))
		return -1;
	return axis_add(at, a, v);
}

static int take_tunable(const struct at *at, const char *key, void *arg)
{
	struct experiment *e = arg;
	struct axis a = {};

	if (e->nr_tunables == JOB_MAX_PAIRS)
		return spec_error(at->spec, at->key_line, at->err, "more than %d tunables", JOB_MAX_PAIRS);
	axis_start(at, &a, key);
	e->tunables = xreallocarray(e->tunables, e->nr_tunables + 1, sizeof(a));
	e->tunables[e->nr_tunables++] = a;
	return each_value(at, key, add_tunable_value, &e->tunables[e->nr_tunables - 1]);
}

/* 1: not a key of guests. */
static int take_common_key(const struct at *at, const char *key, struct experiment *e)
{
	int id = axis_find(key);

	if (id >= 0)
		return take_guest_key(at, e, (enum axis_id)id);
	if (strcmp(key, "tunables") == 0)
		return each_pair(at, key, take_tunable, e);
	return 1;
}

static int add_param_value(const struct at *at, void *arg)
{
	const struct target *t = arg;
	const char *text = scalar(at, at->node, t->param->name);
	struct value v;

	if (!text || value_check_param(at->spec, t->workload, t->param, text, line_of(at->node), &v,
				       at->err))
		return -1;
	return axis_add(at, t->axis, v);
}

static int unknown_key(const struct at *at, const char *key, const char *known)
{
	return spec_error(at->spec, at->key_line, at->err, "unknown key '%s'; known here: %s", key, known);
}

/* Names of the parameters of @w, for messages. */
static void list_params(const struct workload_desc *w, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (const struct param_desc *p = w->params; p->name && len < size; p++)
		len += (size_t)snprintf(buf + len, size - len, ", %s", p->name);
}

static int take_experiment_key(const struct at *at, const char *key, void *arg)
{
	struct experiment *e = arg;
	const struct param_desc *p = workload_param(e->workload, key);
	int rc;

	if (strcmp(key, "name") == 0)
		return 0;
	if (p) {
		struct target t = { .axis = &e->params[p - e->workload->params],
				    .workload = e->workload,
				    .param = p };

		axis_start(at, t.axis, key);
		return each_value(at, key, add_param_value, &t);
	}
	rc = take_common_key(at, key, e);
	if (rc > 0) {
		char params[256], known[512];

		list_params(e->workload, params, sizeof(params));
		snprintf(known, sizeof(known), "name%s, tunables and the guest's keys", params);
		rc = unknown_key(at, key, known);
	}
	return rc;
}

/* The workload an entry names. */
static int find_name(const struct at *at, const char *key, void *arg)
{
	const struct workload_desc **ret = arg;
	const char *text;
	char known[256];
	size_t len = 0;

	if (strcmp(key, "name") != 0)
		return 0;
	text = scalar(at, at->node, "name");
	if (!text)
		return -1;
	*ret = workload_find(text);
	if (*ret)
		return 0;
	known[0] = '\0';
	for (const struct workload_desc *w = workload_table; w->name && len < sizeof(known); w++)
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", len ? ", " : "",
					w->name);
	return spec_error(at->spec, line_of(at->node), at->err, "unknown workload '%s': %s", text,
			  known);
}

static int add_default_params(const struct at *at, struct experiment *e)
{
	for (size_t i = 0; e->workload->params[i].name; i++) {
		const struct param_desc *p = &e->workload->params[i];
		struct value v;

		if (e->params[i].nr)
			continue;
		if (!p->value)
			return spec_error(at->spec, line_of(at->node), at->err,
					  "workload '%s' needs '%s'", e->workload->name, p->name);
		if (value_check_param(at->spec, e->workload, p, p->value, line_of(at->node), &v,
				      at->err))
			return -1;
		e->params[i].name = xstrdup(p->name);
		if (axis_add(at, &e->params[i], v))
			return -1;
	}
	return 0;
}

static int add_experiment(const struct at *at, void *arg)
{
	struct spec *spec = arg;
	const struct workload_desc *w = NULL;
	struct experiment *e;
	size_t nr = 0;

	if (each_pair(at, "workload", find_name, &w))
		return -1;
	if (!w)
		return spec_error(spec, line_of(at->node), at->err, "a workload needs a 'name'");
	while (w->params[nr].name)
		nr++;
	spec->experiments = xreallocarray(spec->experiments, spec->nr_experiments + 1, sizeof(*e));
	e = &spec->experiments[spec->nr_experiments++];
	*e = (struct experiment){ .workload = w,
				  .params = xcalloc(nr, sizeof(*e->params)),
				  .line = line_of(at->node) };
	if (each_pair(at, "workload", take_experiment_key, e))
		return -1;
	return add_default_params(at, e);
}

static struct axis *selection_key(struct selection *sel, const char *key, unsigned int line)
{
	for (size_t i = 0; i < sel->nr; i++)
		if (strcmp(sel->keys[i].name, key) == 0)
			return &sel->keys[i];
	sel->keys = xreallocarray(sel->keys, sel->nr + 1, sizeof(*sel->keys));
	sel->keys[sel->nr] = (struct axis){ .name = xstrdup(key), .line = line };
	return &sel->keys[sel->nr++];
}

int selection_add(struct spec *spec, struct selection *sel, const char *key, const char *value,
		  unsigned int line, struct error *err)
{
	struct axis *a = selection_key(sel, strcmp(key, "seed") == 0 ? "seeds" : key, line);
	int id = axis_find(a->name);
	struct value v = {};

	/* Sizes may be written in another unit than in the axis. */
	if (id < 0 || id == AXIS_SWAP)
		v.text = xstrdup(value);
	else if (value_check(spec, (enum axis_id)id, value, line, &v, err))
		return -1;
	return add_value(spec, a, v, line, err);
}

void selection_release(struct selection *sel)
{
	for (size_t i = 0; i < sel->nr; i++)
		axis_release(&sel->keys[i]);
	free(sel->keys);
	*sel = (struct selection){};
}

struct selecting {
	struct selection *sel;
	const char *key;
};

static int take_selection_value(const struct at *at, void *arg)
{
	const struct selecting *s = arg;
	const char *text = scalar(at, at->node, s->key);

	return text ? selection_add(at->spec, s->sel, s->key, text, line_of(at->node), at->err) : -1;
}

int take_selection_key(const struct at *at, const char *key, void *sel)
{
	struct selecting s = { sel, key };

	return each_value(at, key, take_selection_value, &s);
}

static int add_exclusion(const struct at *at, void *arg)
{
	struct spec *spec = arg;
	struct selection *x;

	spec->exclusions =
		xreallocarray(spec->exclusions, spec->nr_exclusions + 1, sizeof(*spec->exclusions));
	x = &spec->exclusions[spec->nr_exclusions++];
	*x = (struct selection){ .line = line_of(at->node) };
	return each_pair(at, "exclude", take_selection_key, x);
}

static bool is_name(const char *s)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("-_.", s[i]))
			return false;
	return len > 0 && len <= 64;
}

/* On one line, without the blanks at its end. */
static int take_statement(const struct at *at, struct spec *spec)
{
	const char *text = scalar(at, at->node, "statement");
	size_t len = text ? strlen(text) : 0;

	if (!text)
		return -1;
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	spec->statement = xstrndup(text, len);
	for (char *p = spec->statement; *p; p++)
		if (iscntrl((unsigned char)*p))
			*p = ' ';
	return 0;
}

static int take_top_key(const struct at *at, const char *key, void *arg)
{
	struct spec *spec = arg;
	int rc;

	if (strcmp(key, "workload") == 0)
		return each_value(at, key, add_experiment, spec);
	if (strcmp(key, "exclude") == 0)
		return each_value(at, key, add_exclusion, spec);
	if (strcmp(key, "verdict") == 0)
		return each_value(at, key, take_claim, spec);
	if (strcmp(key, "statement") == 0)
		return take_statement(at, spec);
	if (strcmp(key, "name") == 0) {
		const char *text = scalar(at, at->node, key);

		if (text && !is_name(text))
			return spec_error(spec, line_of(at->node), at->err,
					  "bad name '%s': at most 64 letters, digits, '-', '_', '.'",
					  text);
		spec->name = text ? xstrdup(text) : NULL;
		return text ? 0 : -1;
	}
	rc = take_common_key(at, key, &spec->defaults);
	return rc <= 0 ? rc :
			 unknown_key(at, key,
				     "name, kernel, arch, memory, vcpus, clock, seeds, swap, tunables, "
				     "workload, events, sample, require, timeout, exclude, statement, verdict");
}

static int take_document(struct spec *spec, yaml_document_t *doc, struct error *err)
{
	struct at at = { .spec = spec, .doc = doc, .node = yaml_document_get_root_node(doc),
			 .err = err };

	if (!at.node)
		return error_set(err, ERROR_INPUT, "%s: the plan is empty", spec->file);
	if (each_pair(&at, "plan", take_top_key, spec))
		return -1;
	if (!spec->name)
		return error_set(err, ERROR_INPUT, "%s: the plan has no 'name'", spec->file);
	if (!spec->nr_experiments)
		return error_set(err, ERROR_INPUT, "%s: the plan has no 'workload'", spec->file);
	return 0;
}

/* After the plan nothing may follow: a second document would be ignored silently. */
static int take_end(struct spec *spec, yaml_parser_t *parser, const char *text, size_t len,
		    struct error *err)
{
	yaml_document_t doc;
	yaml_node_t *more;
	int rc = 0;

	if (!yaml_parser_load(parser, &doc))
		return spec_error(spec, problem_line(parser, text, len), err, "%s",
				  parser->problem ? parser->problem : "no YAML");
	more = yaml_document_get_root_node(&doc);
	if (more)
		rc = spec_error(spec, line_of(more), err, "a second document; a plan is one");
	yaml_document_delete(&doc);
	return rc;
}

int spec_parse(const char *text, size_t len, struct spec *spec, struct error *err)
{
	yaml_parser_t parser;
	yaml_document_t doc;
	int rc;

	if (!yaml_parser_initialize(&parser))
		return error_set(err, ERROR_HOST, "no memory to parse '%s'", spec->file);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	if (!yaml_parser_load(&parser, &doc)) {
		rc = spec_error(spec, problem_line(&parser, text, len), err, "%s",
				parser.problem ? parser.problem : "no YAML");
	} else {
		rc = take_document(spec, &doc, err);
		yaml_document_delete(&doc);
		if (!rc)
			rc = take_end(spec, &parser, text, len, err);
	}
	yaml_parser_delete(&parser);
	return rc;
}

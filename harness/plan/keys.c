// SPDX-License-Identifier: GPL-2.0-or-later
/* YAML to struct spec: the table of keys, and what each does with its value. */
#include <stdlib.h>
#include <string.h>

#include "lib/parse.h"
#include "lib/xalloc.h"
#include "plan/document.h"
#include "plan/spec.h"

#define MAX_SEEDS 100000

/* Where in a plan a key may stand. */
#define IN_PLAN 1u
#define IN_ENTRY 2u /* of workload: */
#define IN_EXCLUDE 4u
#define GUEST (IN_PLAN | IN_ENTRY)

/* What its value may be. */
#define VALUE 1u
#define LIST 2u
#define MAP 4u

struct key;

/* Whose keys are being read. */
struct scope {
	struct spec *spec;
	unsigned int where;
	struct experiment *experiment; /* the plan's own, or an entry */
	struct exclusion *exclusion; /* IN_EXCLUDE */
};

typedef int take_fn(const struct scope *s, const struct key *key, struct node value);

static take_fn take_name, take_axis, take_swap, take_seeds, take_tunables, take_workloads,
	take_excluded_workload, take_excludes, take_nothing;

static const struct key {
	const char *name;
	unsigned int where, shape;
	take_fn *take;
	enum axis_id axis;
} keys[] = {
	{ "name", IN_PLAN, VALUE, take_name, 0 },
	{ "name", IN_ENTRY, VALUE, take_nothing, 0 }, /* read before the others */
	{ "kernel", GUEST | IN_EXCLUDE, VALUE | LIST, take_axis, AXIS_KERNEL },
	{ "arch", GUEST | IN_EXCLUDE, VALUE | LIST, take_axis, AXIS_ARCH },
	{ "memory", GUEST | IN_EXCLUDE, VALUE | LIST, take_axis, AXIS_MEMORY },
	{ "vcpus", GUEST | IN_EXCLUDE, VALUE | LIST, take_axis, AXIS_VCPUS },
	{ "clock", GUEST | IN_EXCLUDE, VALUE | LIST, take_axis, AXIS_CLOCK },
	{ "seeds", GUEST, VALUE | LIST, take_seeds, AXIS_SEED },
	{ "seed", IN_EXCLUDE, VALUE | LIST, take_axis, AXIS_SEED },
	{ "swap", GUEST | IN_EXCLUDE, VALUE | LIST | MAP, take_swap, AXIS_SWAP },
	{ "tunables", GUEST, MAP, take_tunables, 0 },
	{ "workload", IN_PLAN, MAP | LIST, take_workloads, 0 },
	{ "workload", IN_EXCLUDE, VALUE | LIST, take_excluded_workload, 0 },
	{ "events", GUEST | IN_EXCLUDE, VALUE | LIST, take_axis, AXIS_EVENTS },
	{ "timeout", GUEST, VALUE, take_axis, AXIS_TIMEOUT },
	{ "exclude", IN_PLAN, MAP | LIST, take_excludes, 0 },
};

#define NR_KEYS (sizeof(keys) / sizeof(keys[0]))

static const struct key *key_find(const char *name, unsigned int where)
{
	for (size_t i = 0; i < NR_KEYS; i++)
		if ((keys[i].where & where) && strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

static void add_keys(struct words *w, unsigned int where)
{
	for (size_t i = 0; i < NR_KEYS; i++)
		if (keys[i].where & where)
			words_add(w, keys[i].name);
}

static void add_params(struct words *w, const struct workload_desc *workload)
{
	for (const struct param_desc *p = workload->params; p->name; p++)
		words_add(w, p->name);
}

static int take_key(const struct scope *s, const struct key *key, struct node value)
{
	static const char *const shapes[] = {
		[VALUE] = "a plain value",
		[VALUE | LIST] = "a plain value or a list of them",
		[MAP] = "a map",
		[MAP | LIST] = "a map or a list of maps",
		[VALUE | LIST | MAP] = "a plain value, a map or a list of them",
	};
	unsigned int shape = node_is_map(value) ? MAP : node_is_list(value) ? LIST : VALUE;

	if (!(key->shape & shape))
		return place_error(node_place(value), "'%s' wants %s", key->name, shapes[key->shape]);
	return key->take(s, key, value);
}

/* The axis that @key fills: of the experiment, or a new one of the exclusion. */
static struct axis *start_axis(const struct scope *s, const char *name, struct axis *given)
{
	struct axis *a = given;

	if (s->exclusion) {
		struct exclusion *x = s->exclusion;

		x->keys = xreallocarray(x->keys, x->nr + 1, sizeof(*x->keys));
		a = &x->keys[x->nr++];
		*a = (struct axis){};
	}
	axis_start(a, name);
	return a;
}

/* Items of a list on their way to an axis. */
struct filling {
	const struct scope *scope;
	struct axis *axis;
	enum axis_id id;
	const struct workload_desc *workload;
	const struct param_desc *param;
	int (*check)(const struct filling *f, struct place at, const char *text, struct value *ret);
};

static int add_item(struct node item, void *arg)
{
	const struct filling *f = arg;
	const char *text = node_text(item, f->axis->name);
	struct value v = {};

	if (!text || f->check(f, node_place(item), text, &v))
		return -1;
	v.line = node_place(item).line;
	axis_add(f->axis, v);
	return 0;
}

static int fill(struct filling *f, struct node value, const char *what)
{
	if (node_each_item(value, what, add_item, f))
		return -1;
	return axis_check(f->axis, node_place(value));
}

static int check_axis(const struct filling *f, struct place at, const char *text,
		      struct value *ret)
{
	return value_check(f->scope->spec, at, f->id, text, ret);
}

static int take_axis(const struct scope *s, const struct key *key, struct node value)
{
	struct filling f = { .scope = s, .id = key->axis, .check = check_axis };

	f.axis = start_axis(s, axis_name(key->axis), &s->experiment->axes[key->axis]);
	return fill(&f, value, key->name);
}

/* "seeds: 3" is the list 1, 2, 3. */
static int take_seeds(const struct scope *s, const struct key *key, struct node value)
{
	struct place at = node_place(value);
	struct axis *a;
	const char *text;
	uint64_t nr;

	if (node_is_list(value))
		return take_axis(s, key, value);
	text = node_text(value, key->name);
	if (!text)
		return -1;
	if (parse_u64(text, &nr) || nr < 1 || nr > MAX_SEEDS)
		return place_error(at, "bad seeds '%s': how many, 1 to %d, or a list of seeds", text,
				   MAX_SEEDS);
	a = start_axis(s, axis_name(key->axis), &s->experiment->axes[key->axis]);
	for (uint64_t i = 1; i <= nr; i++)
		axis_add(a, (struct value){ .text = xasprintf("%u", (unsigned int)i),
					    .number = i,
					    .line = at.line });
	return 0;
}

static const char *const swap_keys[] = { "backing", "size" };

#define NR_SWAP_KEYS (sizeof(swap_keys) / sizeof(swap_keys[0]))

static int take_swap_key(struct node key, struct node value, void *arg)
{
	const char *name = node_text(key, "swap");
	const char **texts = arg;
	struct words allowed = WORDS_INIT;

	for (size_t i = 0; i < NR_SWAP_KEYS; i++) {
		if (strcmp(name, swap_keys[i]) == 0) {
			texts[i] = node_text(value, name);
			return texts[i] ? 0 : -1;
		}
	}
	for (size_t i = 0; i < NR_SWAP_KEYS; i++)
		words_add(&allowed, swap_keys[i]);
	return place_unknown(node_place(key), "key of swap", name, &allowed);
}

static int add_swap(struct node item, void *arg)
{
	const struct filling *f = arg;
	const char *texts[NR_SWAP_KEYS] = {};
	struct place at = node_place(item);
	struct value v = {};

	if (!node_is_map(item))
		return add_item(item, arg);
	if (node_each_pair(item, "swap", take_swap_key, texts))
		return -1;
	if (!texts[0])
		return place_error(at, "swap needs a 'backing': {backing: ram, size: 256M}");
	if (value_check_swap(at, texts[0], texts[1], &v))
		return -1;
	v.line = at.line;
	axis_add(f->axis, v);
	return 0;
}

/* To leave out every swap of a kind, its backing is enough. */
static int check_backing(const struct filling *f, struct place at, const char *text,
			 struct value *ret)
{
	(void)f;
	return value_check_backing(at, text, ret);
}

static int take_swap(const struct scope *s, const struct key *key, struct node value)
{
	struct filling f = { .scope = s,
			     .id = key->axis,
			     .check = s->exclusion ? check_backing : check_axis };

	f.axis = start_axis(s, axis_name(key->axis), &s->experiment->axes[key->axis]);
	if (node_each_item(value, key->name, add_swap, &f))
		return -1;
	return axis_check(f.axis, node_place(value));
}

static int check_tunable(const struct filling *f, struct place at, const char *text,
			 struct value *ret)
{
	return value_check_tunable(at, f->axis->name, text, ret);
}

static int take_tunable(struct node key, struct node value, void *arg)
{
	const struct scope *s = arg;
	struct experiment *e = s->experiment;
	const char *name = node_text(key, "tunables");
	struct filling f = { .scope = s, .check = check_tunable };

	if (value_check_tunable_name(node_place(key), name))
		return -1;
	if (!s->exclusion) {
		e->tunables = xreallocarray(e->tunables, e->nr_tunables + 1, sizeof(*e->tunables));
		e->tunables[e->nr_tunables++] = (struct axis){};
	}
	f.axis = start_axis(s, name, s->exclusion ? NULL : &e->tunables[e->nr_tunables - 1]);
	return fill(&f, value, name);
}

static int take_tunables(const struct scope *s, const struct key *key, struct node value)
{
	struct scope copy = *s;

	return node_each_pair(value, key->name, take_tunable, &copy);
}

static int check_param(const struct filling *f, struct place at, const char *text,
		       struct value *ret)
{
	return value_check_param(at, f->workload, f->param, text, ret);
}

static int take_param(const struct scope *s, const struct param_desc *p, struct node value)
{
	struct experiment *e = s->experiment;
	struct filling f = { .scope = s,
			     .workload = e->workload,
			     .param = p,
			     .check = check_param };

	f.axis = start_axis(s, p->name, &e->params[p - e->workload->params]);
	return fill(&f, value, p->name);
}

static int take_nothing(const struct scope *s, const struct key *key, struct node value)
{
	(void)s;
	(void)key;
	(void)value;
	return 0;
}

static int take_entry_key(struct node key, struct node value, void *arg)
{
	const struct scope *s = arg;
	const struct workload_desc *w = s->experiment->workload;
	const char *name = node_text(key, "workload");
	const struct param_desc *p = workload_param(w, name);
	const struct key *k = key_find(name, IN_ENTRY);
	struct words allowed = WORDS_INIT;

	if (p)
		return take_param(s, p, value);
	if (k)
		return take_key(s, k, value);
	add_params(&allowed, w);
	add_keys(&allowed, IN_ENTRY);
	return place_unknown(node_place(key), "key", name, &allowed);
}

static int find_workload(struct place at, const char *name, const struct workload_desc **ret)
{
	struct words allowed = WORDS_INIT;

	*ret = workload_find(name);
	if (*ret)
		return 0;
	for (const struct workload_desc *w = workload_table; w->name; w++)
		words_add(&allowed, w->name);
	return place_unknown(at, "workload", name, &allowed);
}

/* The entry's name decides what its other keys mean, wherever it stands. */
static int pick_name(struct node key, struct node value, void *arg)
{
	const struct workload_desc **ret = arg;
	const char *text;

	if (strcmp(node_text(key, "workload"), "name") != 0)
		return 0;
	text = node_text(value, "name");
	return text ? find_workload(node_place(value), text, ret) : -1;
}

static int add_defaults(struct experiment *e, struct place at)
{
	const struct workload_desc *w = e->workload;

	for (size_t i = 0; w->params[i].name; i++) {
		const struct param_desc *p = &w->params[i];
		struct value v = {};

		if (e->params[i].nr)
			continue;
		if (!p->value)
			return place_error(at, "workload '%s' needs '%s': %s", w->name, p->name,
					   p->help);
		axis_start(&e->params[i], p->name);
		if (value_check_param(at, w, p, p->value, &v))
			return -1;
		axis_add(&e->params[i], v);
	}
	return 0;
}

static int add_entry(struct node entry, void *arg)
{
	const struct scope *plan = arg;
	struct spec *spec = plan->spec;
	const struct workload_desc *w = NULL;
	struct place at = node_place(entry);
	struct experiment *e;
	struct scope s = { .spec = spec, .where = IN_ENTRY };
	size_t nr = 0;

	if (node_each_pair(entry, "workload", pick_name, &w))
		return -1;
	if (!w)
		return place_error(at, "an entry of 'workload' needs a 'name'");
	while (w->params[nr].name)
		nr++;
	spec->experiments = xreallocarray(spec->experiments, spec->nr_experiments + 1, sizeof(*e));
	e = &spec->experiments[spec->nr_experiments++];
	*e = (struct experiment){ .workload = w,
				  .params = xcalloc(nr + 1, sizeof(*e->params)),
				  .line = at.line };
	s.experiment = e;
	if (node_each_pair(entry, "workload", take_entry_key, &s))
		return -1;
	return add_defaults(e, at);
}

static int take_workloads(const struct scope *s, const struct key *key, struct node value)
{
	struct scope copy = *s;

	return node_each_item(value, key->name, add_entry, &copy);
}

static int check_workload(const struct filling *f, struct place at, const char *text,
			  struct value *ret)
{
	const struct workload_desc *w;

	(void)f;
	if (find_workload(at, text, &w))
		return -1;
	ret->text = xstrdup(w->name);
	return 0;
}

static int take_excluded_workload(const struct scope *s, const struct key *key,
				  struct node value)
{
	struct filling f = { .scope = s, .check = check_workload };

	f.axis = start_axis(s, key->name, NULL);
	return fill(&f, value, key->name);
}

/*
 * A parameter of any workload, by name: a name has one kind in the whole table
 * (a test sees to it), so whichever takes the value gives its normal form.
 */
static int check_any_param(const struct filling *f, struct place at, const char *text,
			   struct value *ret)
{
	char normal[PARAM_NORMAL_MAX];

	for (const struct workload_desc *w = workload_table; w->name; w++) {
		const struct param_desc *p = workload_param(w, f->param->name);

		if (!p || param_normalize(p, text, normal, sizeof(normal)))
			continue;
		ret->text = xstrdup(normal);
		return 0;
	}
	return value_check_param(at, f->workload, f->param, text, ret);
}

/* The first workload that has a parameter @name. */
static const struct param_desc *any_param(const char *name, const struct workload_desc **ret)
{
	for (const struct workload_desc *w = workload_table; w->name; w++) {
		const struct param_desc *p = workload_param(w, name);

		*ret = w;
		if (p)
			return p;
	}
	return NULL;
}

static int take_excluded_key(struct node key, struct node value, void *arg)
{
	const struct scope *s = arg;
	const char *name = node_text(key, "exclude");
	const struct key *k = key_find(name, IN_EXCLUDE);
	struct filling f = { .scope = s, .check = check_any_param };
	struct words allowed = WORDS_INIT;

	if (k)
		return take_key(s, k, value);
	if (strchr(name, '.'))
		return take_tunable(key, value, arg);
	f.param = any_param(name, &f.workload);
	if (f.param) {
		f.axis = start_axis(s, name, NULL);
		return fill(&f, value, name);
	}
	add_keys(&allowed, IN_EXCLUDE);
	words_add(&allowed, "a tunable");
	words_add(&allowed, "a parameter");
	return place_unknown(node_place(key), "key of exclude", name, &allowed);
}

static int add_exclusion(struct node entry, void *arg)
{
	const struct scope *plan = arg;
	struct spec *spec = plan->spec;
	struct scope s = { .spec = spec, .where = IN_EXCLUDE, .experiment = plan->experiment };
	struct exclusion *x;

	spec->exclusions =
		xreallocarray(spec->exclusions, spec->nr_exclusions + 1, sizeof(*spec->exclusions));
	x = &spec->exclusions[spec->nr_exclusions++];
	*x = (struct exclusion){ .line = node_place(entry).line };
	s.exclusion = x;
	if (node_each_pair(entry, "exclude", take_excluded_key, &s))
		return -1;
	if (!x->nr)
		return place_error(node_place(entry), "an entry of 'exclude' needs a key");
	return 0;
}

static int take_excludes(const struct scope *s, const struct key *key, struct node value)
{
	struct scope copy = *s;

	return node_each_item(value, key->name, add_exclusion, &copy);
}

static int take_name(const struct scope *s, const struct key *key, struct node value)
{
	static const struct param_desc word = { .name = "name", .kind = PARAM_WORD };
	const char *text = node_text(value, key->name);
	char normal[PARAM_NORMAL_MAX];

	if (!text)
		return -1;
	if (param_normalize(&word, text, normal, sizeof(normal)))
		return place_error(node_place(value),
				   "bad name '%s': at most 64 letters, digits, '-', '_' and '.'", text);
	s->spec->name = xstrdup(text);
	return 0;
}

static int take_plan_key(struct node key, struct node value, void *arg)
{
	const char *name = node_text(key, "plan");
	const struct key *k = key_find(name, IN_PLAN);
	struct words allowed = WORDS_INIT;

	if (k)
		return take_key(arg, k, value);
	add_keys(&allowed, IN_PLAN);
	return place_unknown(node_place(key), "key", name, &allowed);
}

static int take_document(struct spec *spec, struct document *doc, struct error *err)
{
	struct scope s = { .spec = spec, .where = IN_PLAN, .experiment = &spec->defaults };
	struct node root;

	if (!document_root(doc, &root))
		return place_error(spec_place(spec, 1, err), "the plan is empty");
	if (node_each_pair(root, "plan", take_plan_key, &s))
		return -1;
	if (!spec->name)
		return place_error(node_place(root), "the plan has no 'name'");
	if (!spec->nr_experiments)
		return place_error(node_place(root), "the plan has no 'workload'");
	return 0;
}

int spec_parse(const char *text, size_t len, struct spec *spec, struct error *err)
{
	struct document doc;
	int rc;

	if (document_open(&doc, spec->file, text, len, err))
		return -1;
	rc = take_document(spec, &doc, err);
	document_close(&doc);
	return rc;
}

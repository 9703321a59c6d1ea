// SPDX-License-Identifier: GPL-2.0-or-later
/* Experiments to cells: an odometer over the axes. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "plan/expand.h"
#include "proto/job.h"

#define MIB (1ull << 20)
#define MAX_CELLS 1000000
/* Above this QEMU moves RAM beyond 4 GiB, where a 32-bit kernel drops it. */
#define I386_MAX_MEMORY (3584 * MIB)
#define DEFAULT_MEMORY "512M"

/* What an axis has when neither plan nor experiment says anything. */
static const struct value fallback[NR_AXES] = {
	[AXIS_MEMORY] = { .text = (char *)DEFAULT_MEMORY, .number = 512 * MIB },
	[AXIS_VCPUS] = { .text = (char *)"1", .number = 1 },
	[AXIS_SWAP] = { .text = (char *)"none", .code = SWAP_NONE },
	[AXIS_EVENTS] = { .text = (char *)"none" },
	[AXIS_SAMPLE] = { .text = (char *)"none" },
	[AXIS_REQUIRE] = { .text = (char *)"none" },
	[AXIS_TIMEOUT] = { .text = (char *)"0", .number = 0 },
	[AXIS_ARCH] = { .text = (char *)"x86_64", .code = ARCH_X86_64 },
	[AXIS_KERNEL] = { .text = (char *)"series" },
	[AXIS_CLOCK] = { .text = (char *)"insn", .code = CLOCK_INSN },
	[AXIS_SEEDS] = { .text = (char *)"1", .number = 1 },
};

/* One wheel of the odometer. */
struct wheel {
	const char *name;
	const struct value *v;
	size_t nr, at;
	unsigned int line;
};

struct odometer {
	struct wheel *wheels; /* params, tunables, then the axes of enum axis_id */
	size_t nr, nr_params, nr_tunables;
};

static void add_wheel(struct odometer *o, const char *name, const struct value *v, size_t nr,
		      unsigned int line)
{
	o->wheels = xreallocarray(o->wheels, o->nr + 1, sizeof(*o->wheels));
	o->wheels[o->nr++] = (struct wheel){ .name = name, .v = v, .nr = nr, .line = line };
}

static int by_name(const void *a, const void *b)
{
	const struct axis *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* The experiment's tunables over the plan's, sorted by name. */
static void add_tunables(struct odometer *o, const struct spec *spec, const struct experiment *e)
{
	size_t room = e->nr_tunables + spec->defaults.nr_tunables, nr = 0;
	const struct axis **all = xcalloc(room, sizeof(struct axis *));

	for (size_t i = 0; i < e->nr_tunables; i++)
		all[nr++] = &e->tunables[i];
	for (size_t i = 0; i < spec->defaults.nr_tunables; i++) {
		bool overridden = false;

		for (size_t j = 0; j < e->nr_tunables; j++)
			overridden |= strcmp(e->tunables[j].name, spec->defaults.tunables[i].name) == 0;
		if (!overridden)
			all[nr++] = &spec->defaults.tunables[i];
	}
	qsort(all, nr, sizeof(*all), by_name);
	for (size_t i = 0; i < nr; i++)
		add_wheel(o, all[i]->name, all[i]->v, all[i]->nr, all[i]->line);
	o->nr_tunables = nr;
	free(all);
}

static void odometer_init(struct odometer *o, const struct spec *spec, const struct experiment *e)
{
	*o = (struct odometer){};
	for (; e->workload->params[o->nr_params].name; o->nr_params++) {
		const struct axis *a = &e->params[o->nr_params];

		add_wheel(o, a->name, a->v, a->nr, a->line);
	}
	add_tunables(o, spec, e);
	for (int i = 0; i < NR_AXES; i++) {
		const struct axis *a = e->axes[i].nr ? &e->axes[i] : &spec->defaults.axes[i];

		if (a->nr)
			add_wheel(o, axis_key((enum axis_id)i), a->v, a->nr, a->line);
		else
			add_wheel(o, axis_key((enum axis_id)i), &fallback[i], 1, e->line);
	}
}

static bool advance(struct odometer *o)
{
	for (size_t i = o->nr; i-- > 0;) {
		if (++o->wheels[i].at < o->wheels[i].nr)
			return true;
		o->wheels[i].at = 0;
	}
	return false;
}

static const struct value *current(const struct odometer *o, enum axis_id id)
{
	const struct wheel *w = &o->wheels[o->nr_params + o->nr_tunables + id];

	return &w->v[w->at];
}

static unsigned int line_of(const struct odometer *o, enum axis_id id)
{
	return o->wheels[o->nr_params + o->nr_tunables + id].line;
}

/* Does an exclusion's @wanted mean the value @text? Parameters may be written in
 * another unit (@p), and swap by its backing alone. */
static bool means(const char *wanted, const char *text, const struct param_desc *p, bool swap)
{
	char normal[96];
	size_t len = strlen(wanted);

	if (strcmp(wanted, text) == 0)
		return true;
	if (swap)
		return strncmp(wanted, text, len) == 0 && text[len] == ':';
	return p && param_normalize(p, wanted, normal, sizeof(normal)) == 0 && strcmp(normal, text) == 0;
}

static bool has_value(struct axis *key, const char *text, const struct param_desc *p, bool swap)
{
	for (size_t i = 0; i < key->nr; i++)
		if (means(key->v[i].text, text, p, swap)) {
			key->v[i].hits++;
			return true;
		}
	return false;
}

static bool matches_key(const struct odometer *o, const struct experiment *e, struct axis *key)
{
	if (strcmp(key->name, "workload") == 0)
		return has_value(key, e->workload->name, NULL, false);
	for (size_t i = 0; i < o->nr; i++)
		if (strcmp(o->wheels[i].name, key->name) == 0)
			return has_value(key, o->wheels[i].v[o->wheels[i].at].text,
					 i < o->nr_params ? &e->workload->params[i] : NULL,
					 strcmp(key->name, "swap") == 0);
	return false;
}

/* Every key is looked at, so that a value nothing has is noticed. */
static bool selects(struct selection *sel, const struct odometer *o, const struct experiment *e)
{
	bool all = sel->nr > 0;

	for (size_t j = 0; j < sel->nr; j++)
		all &= matches_key(o, e, &sel->keys[j]);
	sel->nr_hits += all;
	return all;
}

static bool excluded(struct spec *spec, const struct odometer *o, const struct experiment *e)
{
	bool any = false;

	for (size_t i = 0; i < spec->nr_exclusions; i++)
		any |= selects(&spec->exclusions[i], o, e);
	return any;
}

/* A cell that is there: count it for the claims that speak of it. */
static void count_claims(struct spec *spec, const struct odometer *o, const struct experiment *e)
{
	for (size_t i = 0; i < spec->nr_claims; i++) {
		struct claim *c = &spec->claims[i];

		selects(&c->where, o, e);
		for (size_t j = 0; j < c->nr_others; j++)
			selects(&c->others[j], o, e);
	}
}

/* A selection of nothing, or with a value that no cell has, is a slip. */
static int check_selection(const struct spec *spec, const struct selection *sel, const char *what,
			   struct error *err)
{
	for (size_t j = 0; j < sel->nr; j++)
		for (size_t k = 0; k < sel->keys[j].nr; k++)
			if (!sel->keys[j].v[k].hits)
				return spec_error(spec, sel->keys[j].line, err, "%s: no cell has %s '%s'",
						  what, sel->keys[j].name, sel->keys[j].v[k].text);
	if (!sel->nr_hits)
		return spec_error(spec, sel->line, err, "this %s: matches no cell", what);
	return 0;
}

static int check_exclusions(const struct spec *spec, struct error *err)
{
	for (size_t i = 0; i < spec->nr_exclusions; i++)
		if (check_selection(spec, &spec->exclusions[i], "exclude", err))
			return -1;
	return 0;
}

static int check_claims(const struct spec *spec, struct error *err)
{
	for (size_t i = 0; i < spec->nr_claims; i++) {
		const struct claim *c = &spec->claims[i];

		if (c->where.nr && check_selection(spec, &c->where, "where", err))
			return -1;
		for (size_t j = 0; j < c->nr_others; j++)
			if (check_selection(spec, &c->others[j], "check", err))
				return -1;
	}
	return 0;
}

/* Pairs that cannot be: said, unless the plan excludes them. */
static int check_pair(const struct spec *spec, const struct odometer *o,
		      const struct experiment *e, struct error *err)
{
	const struct value *arch = current(o, AXIS_ARCH), *memory = current(o, AXIS_MEMORY);
	const unsigned int bit = arch->code == ARCH_I386 ? WORKLOAD_I386 : WORKLOAD_X86_64;

	if (!(e->workload->arches & bit))
		return spec_error(spec, e->line, err,
				  "workload '%s' does not exist on %s; leave the pair out with exclude:",
				  e->workload->name, arch->text);
	if (arch->code == ARCH_I386 && memory->number > I386_MAX_MEMORY)
		return spec_error(spec, line_of(o, AXIS_MEMORY), err,
				  "memory '%s' is too much for i386: at most 3584M; leave the pair out with exclude:",
				  memory->text);
	if (current(o, AXIS_SWAP)->code == SWAP_RAM && current(o, AXIS_SWAP)->number > memory->number / 2)
		return spec_error(spec, line_of(o, AXIS_SWAP), err,
				  "swap '%s' takes more than half of the memory '%s' it is made of",
				  current(o, AXIS_SWAP)->text, memory->text);
	if (current(o, AXIS_CLOCK)->code == CLOCK_INSN && current(o, AXIS_SWAP)->code == SWAP_DISK)
		return spec_error(spec, line_of(o, AXIS_SWAP), err,
				  "swap 'disk' under clock insn would not be bit-exact: virtio-blk "
				  "completes when the host says; use ram");
	return 0;
}

static const char **param_values(const struct odometer *o)
{
	const char **v = xcalloc(o->nr_params + 1, sizeof(*v));

	for (size_t i = 0; i < o->nr_params; i++)
		v[i] = o->wheels[i].v[o->wheels[i].at].text;
	return v;
}

static struct pair *tunable_values(const struct odometer *o)
{
	struct pair *v = xcalloc(o->nr_tunables + 1, sizeof(*v));

	for (size_t i = 0; i < o->nr_tunables; i++) {
		const struct wheel *w = &o->wheels[o->nr_params + i];

		v[i] = (struct pair){ w->name, w->v[w->at].text };
	}
	return v;
}

/* The text kept of @path for @memory, or NULL. */
static const char *kept_text(const struct expansion *x, const char *path, uint64_t memory)
{
	for (size_t i = 0; i < x->nr_files; i++)
		if (x->files[i].memory_bytes == memory && strcmp(x->files[i].path, path) == 0)
			return x->files[i].text;
	return NULL;
}

/* Keep @f, which is taken over. */
static const char *keep_text(struct expansion *x, struct plan_file f)
{
	x->files = xreallocarray(x->files, x->nr_files + 1, sizeof(f));
	x->files[x->nr_files++] = f;
	return f.text;
}

/* The text of the workload's file, read and resolved once per file and memory. */
static int find_file(struct expansion *x, const struct spec *spec, const struct experiment *e,
		     const char *const *params, uint64_t memory, const char **ret,
		     struct error *err)
{
	const struct workload_desc *w = e->workload;
	const struct param_desc *p = w->file_param ? workload_param(w, w->file_param) : NULL;
	struct plan_file f = { .memory_bytes = memory };
	struct error why;

	*ret = NULL;
	if (!p)
		return 0;
	f.path = xasprintf("%s/%s/%s.%s", spec->configs, w->tool, params[p - w->params], w->tool);
	*ret = kept_text(x, f.path, memory);
	if (*ret) {
		free(f.path);
		return 0;
	}
	if (plan_file_text(f.path, memory, &f.text, &why)) {
		free(f.path);
		return spec_error(spec, e->line, err, "unknown %s '%s' of workload '%s': %s", p->name,
				  params[p - w->params], w->name, why.msg);
	}
	*ret = keep_text(x, f);
	return 0;
}

/* What a list of events says, read once. */
static int find_events(struct expansion *x, const struct spec *spec, const char *name,
		       unsigned int line, const char **ret, struct error *err)
{
	struct plan_file f = {};
	struct error why;

	*ret = "";
	if (strcmp(name, "none") == 0)
		return 0;
	f.path = plan_events_inline(name) ? xstrdup(name) :
					    xasprintf("%s/events/%s.list", spec->configs, name);
	*ret = kept_text(x, f.path, 0);
	if (*ret) {
		free(f.path);
		return 0;
	}
	if (plan_events_inline(name) ? plan_events_parse(name, strlen(name), "events", &f.text, &why) :
				       plan_events_text(f.path, &f.text, &why)) {
		free(f.path);
		return spec_error(spec, line, err, "events '%s': %s", name, why.msg);
	}
	*ret = keep_text(x, f);
	return 0;
}

static int add_cell(struct expansion *x, const struct spec *spec, const struct odometer *o,
		    const struct experiment *e, struct error *err)
{
	struct cell c = {
		.plan = spec->name,
		.kernel = current(o, AXIS_KERNEL)->text,
		.arch = (enum arch)current(o, AXIS_ARCH)->code,
		.clock = (enum clock)current(o, AXIS_CLOCK)->code,
		.memory_bytes = current(o, AXIS_MEMORY)->number,
		.vcpus = (unsigned int)current(o, AXIS_VCPUS)->number,
		.swap = (enum swap)current(o, AXIS_SWAP)->code,
		.swap_bytes = current(o, AXIS_SWAP)->number,
		.workload = e->workload,
		.events = current(o, AXIS_EVENTS)->text,
		.require = current(o, AXIS_REQUIRE)->text,
		.sample = current(o, AXIS_SAMPLE)->text,
		.sample_ns = current(o, AXIS_SAMPLE)->code == SAMPLE_NS ?
				     current(o, AXIS_SAMPLE)->number :
				     0,
		.sample_allocs = current(o, AXIS_SAMPLE)->code == SAMPLE_ALLOCS ?
					 current(o, AXIS_SAMPLE)->number :
					 0,
		.seed = (unsigned int)current(o, AXIS_SEEDS)->number,
		.timeout_s = (unsigned int)current(o, AXIS_TIMEOUT)->number,
		.params = param_values(o),
		.tunables = tunable_values(o),
		.nr_tunables = o->nr_tunables,
	};

	if ((x->nr_cells & (x->nr_cells - 1)) == 0)
		x->cells = xreallocarray(x->cells, x->nr_cells ? 2 * x->nr_cells : 1, sizeof(c));
	x->cells[x->nr_cells++] = c;
	if (find_events(x, spec, c.events, line_of(o, AXIS_EVENTS),
			&x->cells[x->nr_cells - 1].trace, err))
		return -1;
	return find_file(x, spec, e, c.params, c.memory_bytes,
			 &x->cells[x->nr_cells - 1].file, err);
}

/* Excluded combinations count too: they have to be looked at. */
static int check_size(struct expansion *x, const struct spec *spec, const struct odometer *o,
		      const struct experiment *e, struct error *err)
{
	uint64_t nr = 1;

	for (size_t i = 0; i < o->nr && nr <= MAX_CELLS; i++)
		nr *= o->wheels[i].nr;
	x->nr_combinations += nr;
	if (x->nr_combinations > MAX_CELLS)
		return spec_error(spec, e->line, err, "the plan has more than %d cells", MAX_CELLS);
	return 0;
}

static int expand_one(struct expansion *x, struct spec *spec, const struct experiment *e,
		      struct error *err)
{
	struct odometer o;
	int rc = 0;

	odometer_init(&o, spec, e);
	if (o.nr_tunables > JOB_MAX_PAIRS)
		rc = spec_error(spec, e->line, err, "more than %d tunables", JOB_MAX_PAIRS);
	else
		rc = check_size(x, spec, &o, e, err);
	if (rc) {
		free(o.wheels);
		return rc;
	}
	do {
		if (excluded(spec, &o, e))
			continue;
		count_claims(spec, &o, e);
		rc = check_pair(spec, &o, e, err);
		if (!rc)
			rc = add_cell(x, spec, &o, e, err);
	} while (!rc && advance(&o));
	free(o.wheels);
	return rc;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Two experiments may expand to the same cell: that is a slip, not a repetition. */
static int check_duplicates(const struct expansion *x, const struct spec *spec, struct error *err)
{
	char **keys = xcalloc(x->nr_cells + 1, sizeof(*keys));
	int rc = 0;

	for (size_t i = 0; i < x->nr_cells; i++) {
		struct strbuf text = STRBUF_INIT;

		cell_title(&x->cells[i], &text);
		strbuf_addf(&text, " vcpus %u swap %llu events %s", x->cells[i].vcpus,
			    (unsigned long long)x->cells[i].swap_bytes, x->cells[i].events);
		keys[i] = strbuf_detach(&text);
	}
	qsort(keys, x->nr_cells, sizeof(*keys), compare_texts);
	for (size_t i = 1; i < x->nr_cells && !rc; i++)
		if (strcmp(keys[i - 1], keys[i]) == 0)
			rc = error_set(err, ERROR_INPUT, "%s: the same cell twice: %s", spec->file,
				       keys[i]);
	for (size_t i = 0; i < x->nr_cells; i++)
		free(keys[i]);
	free(keys);
	return rc;
}

int expand(struct spec *spec, struct expansion *x, struct error *err)
{
	for (size_t i = 0; i < spec->nr_experiments; i++)
		if (expand_one(x, spec, &spec->experiments[i], err))
			return -1;
	if (check_exclusions(spec, err))
		return -1;
	if (!x->nr_cells)
		return error_set(err, ERROR_INPUT, "%s: the plan excludes every cell", spec->file);
	if (check_claims(spec, err))
		return -1;
	return check_duplicates(x, spec, err);
}

void expansion_release(struct expansion *x)
{
	for (size_t i = 0; i < x->nr_cells; i++) {
		free((void *)x->cells[i].params);
		free((void *)x->cells[i].tunables);
	}
	for (size_t i = 0; i < x->nr_files; i++) {
		free(x->files[i].path);
		free(x->files[i].text);
	}
	free(x->cells);
	free(x->files);
	*x = (struct expansion){};
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "cmd/cmd.h"
#include "cmd/measure.h"
#include "cmd/neighbour.h"
#include "cmd/store.h"
#include "collect/rundir.h"
#include "decode/parting.h"
#include "lib/xalloc.h"
#include "store/query.h"

#define NS_PER_MS 1e6

struct options {
	const char *results, *events, *a, *b;
	bool places, json;
};

enum { KEY_EVENTS = 256, KEY_PLACES };

static const struct argp_option argp_options[] = {
	{ "results", 'r', "DIR", 0, "results to read and to add to; default results", 0 },
	{ "events", KEY_EVENTS, "LIST", 0, "what to record, of configs/events/; default decisions", 0 },
	{ "places", KEY_PLACES, NULL, 0, "page frames and addresses count too", 0 },
	{ "json", 'J', NULL, 0, "as JSON", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'r': o->results = arg; return 0;
	case KEY_EVENTS: o->events = arg; return 0;
	case KEY_PLACES: o->places = true; return 0;
	case 'J': o->json = true; return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num > 1)
			argp_error(state, "two at a time; '%s' is too many", arg);
		*(state->arg_num ? &o->b : &o->a) = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->a || !o->b)
			argp_error(state, "a cell, and another or KEY=VALUE, are needed");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

/* One of the two: the run with events, and its bytes. */
struct side {
	char id[SHA256_HEX], title[256];
	struct strbuf frames, trace;
	struct trace *t;
};

static void side_release(struct side *s)
{
	strbuf_release(&s->frames);
	strbuf_release(&s->trace);
	free(s->t);
}

static int check(const struct cell *c, const char *id, struct error *err)
{
	if (neighbour_check_clock(c, id, err))
		return -1;
	if (c->vcpus != 1)
		return error_set(err, ERROR_INPUT, "the cell has %u CPUs, whose events have no one order",
				 c->vcpus);
	return 0;
}

/* Run cell @id, of @facts, with @change and take its events. */
static int get(const struct options *o, const struct paths *paths, const char *facts,
	       const char *id, struct neighbour change, struct side *ret, struct error *err)
{
	struct measure m = { paths, o->results, 0 };
	struct strbuf title = STRBUF_INIT;
	struct plan *plan;
	int rc;

	change.events = o->events;
	rc = neighbour_facts(facts, &change, paths->configs, &plan, err);
	if (rc)
		return rc;
	rc = check(plan_cell(plan, 0), id, err);
	if (!rc)
		rc = measure_cell(&m, plan, ret->id, err);
	cell_title(plan_cell(plan, 0), &title);
	snprintf(ret->title, sizeof(ret->title), "%s", title.buf);
	strbuf_release(&title);
	plan_free(plan);
	if (!rc)
		rc = rundir_events(o->results, ret->id, 1, &ret->frames, &ret->trace, err);
	if (rc)
		return rc;
	ret->t = xcalloc(1, sizeof(*ret->t));
	return trace_open(ret->t, ret->frames.buf, ret->frames.len, ret->trace.buf, ret->trace.len, err);
}

static void print_event(struct trace *t, const struct trace_event *e, const char *mark)
{
	struct strbuf text = STRBUF_INIT;

	parting_event_text(t, e, &text);
	printf("%s %14.6f  %s\n", mark, (double)e->ts / NS_PER_MS, text.buf);
	strbuf_release(&text);
}

static void print_side(const char *name, struct trace *t, const struct parting_side *s)
{
	printf("\n%s, guest time in ms:\n", name);
	for (size_t i = 0; i < s->nr_before; i++)
		print_event(t, &s->before[i], " ");
	for (size_t i = 0; i < s->nr_after; i++)
		print_event(t, &s->after[i], i ? " " : ">");
	if (!s->nr_after)
		printf("> no event any more\n");
}

static void print_text(const struct side *a, const struct side *b, const struct parting *p)
{
	printf("A %.12s %s\nB %.12s %s\n\n", a->id, a->title, b->id, b->title);
	if (!p->parted) {
		printf("%" PRIu64 " events of %zu kinds, alike on both sides\n", p->nr_alike, p->nr_kinds);
		return;
	}
	printf("after %" PRIu64 " events of %zu kinds, alike on both sides, they part%s%s\n", p->nr_alike,
	       p->nr_kinds, *p->field ? " in " : "", p->field);
	print_side("A", a->t, &p->a);
	print_side("B", b->t, &p->b);
}

static json_t *events_json(struct trace *t, const struct trace_event *v, size_t nr)
{
	json_t *list = json_array();

	for (size_t i = 0; i < nr; i++) {
		struct strbuf text = STRBUF_INIT;

		parting_event_text(t, &v[i], &text);
		json_array_append_new(list, json_pack("{s:I, s:s}", "t_ns", (json_int_t)v[i].ts, "event",
						      text.buf));
		strbuf_release(&text);
	}
	return list;
}

static json_t *side_json(const struct side *s, const struct parting_side *p)
{
	return json_pack("{s:s, s:s, s:o, s:o}", "cell", s->id, "title", s->title, "before",
			 events_json(s->t, p->before, p->nr_before), "from_there",
			 events_json(s->t, p->after, p->nr_after));
}

static void print_json(const struct side *a, const struct side *b, const struct parting *p)
{
	json_t *root = json_pack("{s:b, s:I, s:I, s:s, s:o, s:o}", "parted", p->parted, "alike",
				 (json_int_t)p->nr_alike, "kinds", (json_int_t)p->nr_kinds, "field", p->field,
				 "a", side_json(a, &p->a), "b", side_json(b, &p->b));

	json_dumpf(root, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(root);
}

/* The other side: another cell, or A with another kernel, architecture or value. */
static int get_b(const struct options *o, const struct paths *paths, const char *facts_a,
		 const char *id_a, struct side *ret, struct error *err)
{
	char *copy = xstrdup(o->b), *eq = strchr(copy, '='), *facts, *id;
	struct neighbour change = {};
	int rc;

	if (eq) {
		*eq++ = '\0';
		if (strcmp(copy, "kernel") == 0)
			change.kernel = eq;
		else if (strcmp(copy, "arch") == 0)
			change.arch = eq;
		else
			change = (struct neighbour){ .tunable = copy, .value = eq };
		rc = get(o, paths, facts_a, id_a, change, ret, err);
	} else {
		rc = cmd_cell_facts(o->results, o->b, &facts, &id, err);
		if (!rc) {
			rc = get(o, paths, facts, id, change, ret, err);
			free(facts);
			free(id);
		}
	}
	free(copy);
	return rc;
}

static int run(const struct options *o, const struct paths *paths, struct error *err)
{
	const struct neighbour as_it_was = {};
	struct side a = {}, b = {};
	struct parting p;
	char *facts, *id;
	int rc = cmd_cell_facts(o->results, o->a, &facts, &id, err);

	if (rc)
		return rc;
	rc = get(o, paths, facts, id, as_it_was, &a, err);
	if (!rc)
		rc = get_b(o, paths, facts, id, &b, err);
	if (!rc)
		rc = parting_find(a.t, b.t, o->places, &p, err);
	if (!rc && !p.nr_kinds)
		rc = error_set(err, ERROR_INPUT, "the two record no kind of event that both have");
	if (!rc) {
		(o->json ? print_json : print_text)(&a, &b, &p);
		rc = p.parted ? ERROR_FOUND : 0;
	}
	side_release(&a);
	side_release(&b);
	free(facts);
	free(id);
	return rc;
}

int cmd_diverge(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "CELL CELL|KEY=VALUE",
		.doc = "The first event at which two kernels, or two values, part.\v"
		       "CELL is the beginning of an id, as list and run print it; KEY=VALUE is the same cell "
		       "with another kernel, arch or sysctl. Both are run with the events of a list "
		       "(configs/events/decisions.list) and their streams laid side by side: what is alike is "
		       "counted, the first that differs is shown with what came before and after on both sides, "
		       "in guest time. Exit code 1 when they part, 0 when they do not.",
	};
	struct options o = { .results = "results", .events = "decisions" };
	struct paths paths;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	if (paths_init(&paths, &err))
		return cmd_fail(&err);
	rc = run(&o, &paths, &err);
	paths_release(&paths);
	return rc < 0 ? cmd_fail(&err) : rc;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/place.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/rundir.h"
#include "decode/latency.h"
#include "decode/trace.h"
#include "lib/xalloc.h"
#include "proto/trace.h"

#define NS_PER_MS 1e6
#define FUNCTION_MAX sizeof(((struct place *)0)->function)
static const char handler[] = "trace_event_raw_event_", class_of[] = "event_class_";

/* An event with a class of its own has a function of its own. */
static bool own_function(const struct vmlinux *v, const char *event, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s", handler, event);
	return vmlinux_function(v, buf) != NULL;
}

/* struct trace_event_call: a list's two pointers, then the class
 * (include/linux/trace_events.h); the class's symbol has the function's name in it. */
static bool class_function(const struct vmlinux *v, const char *event, char *buf, size_t size)
{
	const struct vmlinux_symbol *call;
	uint64_t class;

	snprintf(buf, size, "event_%s", event);
	call = vmlinux_object(v, buf);
	if (!call || !vmlinux_pointer(v, call->addr + 2 * (uint64_t)v->word, &class))
		return false;
	for (size_t i = 0; i < v->nr_objects; i++) {
		const struct vmlinux_symbol *o = &v->objects[i];

		if (o->addr == class && strncmp(o->name, class_of, strlen(class_of)) == 0)
			return own_function(v, o->name + strlen(class_of), buf, size);
	}
	return false;
}

/* The function at whose beginning a line of the cell's list puts probe @system:@event. */
static bool probed_function(const struct place_guest *g, const char *system, const char *event, char *buf,
			    size_t size)
{
	char line[TRACE_LINE_MAX];

	for (const char *p = g->cell->trace, *end; *p; p = *end ? end + 1 : end) {
		struct trace_line t;
		const char *function;

		end = strchrnul(p, '\n');
		snprintf(line, sizeof(line), "%.*s", (int)(end - p), p);
		if (trace_line_parse(line, &t) || t.kind != TRACE_KPROBE || *t.text != 'p' ||
		    strcmp(t.system, system) != 0 || strcmp(t.event, event) != 0)
			continue;
		function = strchr(t.text, ' ') + 1; /* trace_line_parse() has seen it */
		snprintf(buf, size, "%.*s", (int)strcspn(function, " "), function);
		return vmlinux_function(g->v, buf) != NULL;
	}
	return false;
}

static int finish(const struct place_guest *g, struct place *p, struct error *err)
{
	const struct vmlinux_symbol *f = vmlinux_function(g->v, p->function);

	if (!f)
		return error_set(err, ERROR_INPUT, "kernel '%s' has no function '%s'", g->cell->kernel,
				 p->function);
	p->addr = f->addr;
	return 0;
}

int place_of_function(const struct place_guest *g, const char *function, uint64_t nth, struct place *ret,
		      struct error *err)
{
	*ret = (struct place){ .nth = nth };
	snprintf(ret->function, sizeof(ret->function), "%s", function);
	snprintf(ret->said, sizeof(ret->said), "%.180s number %" PRIu64, function, nth);
	return finish(g, ret, err);
}

int place_of_event(const struct place_guest *g, const char *event, uint64_t nth, struct place *ret,
		   struct error *err)
{
	const char *colon = strchr(event, ':');

	*ret = (struct place){ .nth = nth };
	snprintf(ret->said, sizeof(ret->said), "%.180s number %" PRIu64, event, nth);
	if (!own_function(g->v, colon ? colon + 1 : event, ret->function, sizeof(ret->function)))
		return error_set(err, ERROR_INPUT,
				 "kernel '%s' has no function of its own for event '%s': it is not there, or shares one with others; give a --function",
				 g->cell->kernel, event);
	return finish(g, ret, err);
}

/* The kinds of events of a run, and the calls of their functions so far. */
struct counted {
	const struct trace_format *format;
	char function[FUNCTION_MAX]; /* "": none that can be seen */
	size_t same; /* the first kind with this function, which counts for all of them */
	uint64_t calls;
};

static size_t name_functions(const struct place_guest *g, const struct trace *t, struct counted *ret)
{
	for (size_t i = 0; i < t->nr_formats; i++) {
		struct counted *c = &ret[i];
		const struct trace_format *f = &t->formats[i];

		*c = (struct counted){ .format = f };
		if (!own_function(g->v, f->event, c->function, sizeof(c->function)) &&
		    !class_function(g->v, f->event, c->function, sizeof(c->function)) &&
		    !probed_function(g, f->system, f->event, c->function, sizeof(c->function)))
			*c->function = '\0';
		for (c->same = 0; strcmp(ret[c->same].function, c->function) != 0; c->same++)
			;
	}
	return t->nr_formats;
}

static struct counted *find(struct counted *v, size_t nr, uint32_t id)
{
	for (size_t i = 0; i < nr; i++)
		if (v[i].format->id == id)
			return &v[i];
	return NULL;
}

/* The last event of @t at or before @at_ns. */
static int last_before(const struct place_guest *g, struct trace *t, uint64_t at_ns, struct place *ret,
		       struct error *err)
{
	struct counted *v = xcalloc(t->nr_formats + 1, sizeof(*v));
	const size_t nr = name_functions(g, t, v);
	const struct counted *last = NULL;
	uint64_t last_ns = 0, nth = 0;
	struct trace_event e;
	int more;

	while ((more = trace_next_event(t, &e, err)) > 0 && e.ts <= at_ns) {
		struct counted *c = find(v, nr, e.id);

		if (!c || !*c->function)
			continue;
		last = c;
		last_ns = e.ts;
		nth = ++v[c->same].calls;
	}
	*ret = (struct place){ .nth = nth };
	if (last) {
		memcpy(ret->function, last->function, sizeof(ret->function));
		snprintf(ret->said, sizeof(ret->said), "%s:%s (call %" PRIu64 " of %.100s), at %.6f ms",
			 last->format->system, last->format->event, nth, last->function,
			 (double)last_ns / NS_PER_MS);
	}
	free(v);
	if (more < 0)
		return -1;
	return last ? finish(g, ret, err) :
		      error_set(err, ERROR_INPUT, "no event at or before %.6f ms", (double)at_ns / NS_PER_MS);
}

static int place_in(const struct place_guest *g, const struct strbuf *frames, const struct strbuf *trace,
		    uint64_t at_ns, struct place *ret, struct error *err)
{
	struct trace *t = xcalloc(1, sizeof(*t));
	int rc = trace_open(t, frames->buf, frames->len, trace->buf, trace->len, err);

	if (!rc)
		rc = last_before(g, t, at_ns, ret, err);
	free(t);
	return rc;
}

int place_of_time(const struct place_guest *g, uint64_t at_ns, struct place *ret, struct error *err)
{
	struct strbuf frames = STRBUF_INIT, trace = STRBUF_INIT;
	int rc = rundir_events(g->results, g->id, 1, &frames, &trace, err);

	if (!rc)
		rc = place_in(g, &frames, &trace, at_ns, ret, err);
	strbuf_release(&frames);
	strbuf_release(&trace);
	return rc;
}

static const struct latency *find_longest(const struct latencies *l, const char *kind)
{
	for (size_t i = 0; i < l->nr; i++)
		if (strcmp(l->v[i].name, kind) == 0 && !*l->v[i].label && l->v[i].has_longest)
			return &l->v[i];
	return NULL;
}

/* Why there is no longest one, and which there are. */
static int no_longest(const struct place_guest *g, const struct latencies *l, const char *kind,
		      struct error *err)
{
	struct strbuf known = STRBUF_INIT;
	const struct latency *asked = NULL;

	for (size_t i = 0; i < l->nr; i++) {
		if (*l->v[i].label)
			continue;
		if (strcmp(l->v[i].name, kind) == 0)
			asked = &l->v[i];
		if (l->v[i].has_longest)
			strbuf_addf(&known, " %s (%" PRIu64 ")", l->v[i].name, l->v[i].hist.count);
	}
	error_set(err, ERROR_INPUT, "cell '%.12s' (events: %s) %s '%s'; it has%s", g->id, g->cell->events,
		  !asked	       ? "does not record" :
		  asked->hist.count ? "only counts in the kernel, without their times," :
				      "has had no",
		  kind, known.len ? known.buf : " none that are known one by one");
	strbuf_release(&known);
	return -1;
}

static int longest_in(const struct place_guest *g, const struct strbuf *frames, const struct strbuf *trace,
		      const char *kind, struct place *ret, struct error *err)
{
	const struct latency *longest;
	struct latencies l;
	char said[sizeof(ret->said)];
	int rc = latencies_decode(frames->buf, frames->len, trace->buf, trace->len, &l, err);

	if (rc)
		return rc;
	longest = find_longest(&l, kind);
	rc = longest ? place_in(g, frames, trace, longest->longest_from, ret, err) :
		       no_longest(g, &l, kind, err);
	if (longest && !rc) {
		snprintf(said, sizeof(said), "%.200s; the longest %.40s of %" PRIu64 " takes %.6f ms from %.6f ms on",
			 ret->said, kind, longest->hist.count, (double)longest->longest / NS_PER_MS,
			 (double)longest->longest_from / NS_PER_MS);
		memcpy(ret->said, said, sizeof(said));
	}
	latencies_release(&l);
	return rc;
}

int place_of_longest(const struct place_guest *g, const char *kind, struct place *ret, struct error *err)
{
	struct strbuf frames = STRBUF_INIT, trace = STRBUF_INIT;
	int rc = rundir_events(g->results, g->id, 1, &frames, &trace, err);

	if (!rc)
		rc = longest_in(g, &frames, &trace, kind, ret, err);
	strbuf_release(&frames);
	strbuf_release(&trace);
	return rc;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "profile/profile.h"

/* What TRACE_EVENT() and DECLARE_EVENT_CLASS() call what takes an event down
 * (include/trace/trace_events.h). */
#define PROBE "trace_event_raw_event_"
/* Called by it for a hist trigger, and to leave the event in the ring buffer. */
#define TO_HIST "event_hist_trigger"
#define TO_RING "trace_buffer_unlock_commit"
/* Entries of interrupts and faults (arch/x86/include/asm/idtentry.h). */
#define ENTRY "asm_"

static bool frame_is(const char *frame, const char *prefix)
{
	return strncmp(frame, prefix, strlen(prefix)) == 0;
}

static const char *next_frame(const char *frame)
{
	const char *semicolon = strchr(frame, ';');

	return semicolon ? semicolon + 1 : NULL;
}

/* The outermost frame of @stack that is a probe; NULL when there is none. */
static const char *find_probe(const char *stack)
{
	while (stack && !frame_is(stack, PROBE))
		stack = next_frame(stack);
	return stack;
}

static bool is_interrupted(const char *frame)
{
	while ((frame = next_frame(frame)))
		if (frame_is(frame, ENTRY))
			return true;
	return false;
}

/* What one profile says of one class. */
struct tally {
	int64_t insns, calls, to_hist, to_ring;
};

/* The row of the class that @probe belongs to; without what the compiler appended. */
static struct profile_event *event_of(struct profile_events *e, const char *probe)
{
	const char *name = probe + strlen(PROBE);
	const size_t len = strcspn(name, ".;");

	for (size_t i = 0; i < e->nr; i++)
		if (strlen(e->v[i].name) == len && strncmp(e->v[i].name, name, len) == 0)
			return &e->v[i];
	e->v = xreallocarray(e->v, e->nr + 1, sizeof(*e->v));
	e->v[e->nr] = (struct profile_event){ .name = xstrndup(name, len) };
	return &e->v[e->nr++];
}

static size_t column_of(struct profile_events *e, const char *arch)
{
	for (size_t i = 0; i < e->nr_arches; i++)
		if (strcmp(e->arches[i], arch) == 0)
			return i;
	if (e->nr_arches == PROFILE_MAX_ARCHES)
		return PROFILE_MAX_ARCHES - 1;
	e->arches[e->nr_arches] = xstrdup(arch);
	return e->nr_arches++;
}

static void take_row(struct tally *t, const struct query_profile_row *row, const char *probe)
{
	const char *leaf = strrchr(probe, ';');

	if (is_interrupted(probe))
		return;
	t->insns += row->insns;
	if (!leaf)
		t->calls += row->calls;
	else if (frame_is(leaf + 1, TO_HIST))
		t->to_hist += row->calls;
	else if (frame_is(leaf + 1, TO_RING))
		t->to_ring += row->calls;
}

/* Events that were both recorded and counted, or neither (a filter), tell of no one way. */
static void take_tally(struct profile_events *e, struct profile_event *event, size_t arch,
		       const struct tally *t)
{
	enum profile_way way = t->to_hist ? PROFILE_HIST : PROFILE_RING;

	if (!t->calls)
		return;
	if ((t->to_hist && t->to_ring) || (!t->to_hist && !t->to_ring)) {
		e->left_out++;
		return;
	}
	event->v[arch][way].insns += t->insns;
	event->v[arch][way].calls += t->calls;
}

void profile_events_add(struct profile_events *e, const char *arch, const struct query_profile *rows)
{
	const size_t a = column_of(e, arch);
	struct tally *tallies = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < rows->nr; i++) {
		const char *probe = find_probe(rows->v[i].stack);
		size_t at;

		if (!probe)
			continue;
		at = (size_t)(event_of(e, probe) - e->v);
		if (at >= nr) {
			tallies = xreallocarray(tallies, at + 1, sizeof(*tallies));
			memset(tallies + nr, 0, (at + 1 - nr) * sizeof(*tallies));
			nr = at + 1;
		}
		take_row(&tallies[at], &rows->v[i], probe);
	}
	for (size_t i = 0; i < nr; i++)
		take_tally(e, &e->v[i], a, &tallies[i]);
	free(tallies);
}

void profile_events_release(struct profile_events *e)
{
	for (size_t i = 0; i < e->nr; i++)
		free(e->v[i].name);
	for (size_t i = 0; i < e->nr_arches; i++)
		free(e->arches[i]);
	free(e->v);
	*e = (struct profile_events){};
}

static double per_event(const struct profile_count *c)
{
	return c->calls ? (double)c->insns / (double)c->calls : 0;
}

static bool is_measured(const struct profile_events *e, const struct profile_event *event)
{
	for (size_t a = 0; a < e->nr_arches; a++)
		for (size_t w = 0; w < PROFILE_NR_WAYS; w++)
			if (event->v[a][w].calls)
				return true;
	return false;
}

static int by_event(const void *a, const void *b)
{
	return strcmp(((const struct profile_event *)a)->name, ((const struct profile_event *)b)->name);
}

static void sort(struct profile_events *e)
{
	if (e->nr)
		qsort(e->v, e->nr, sizeof(*e->v), by_event);
}

static const char *const way_names[PROFILE_NR_WAYS] = { "ring", "hist" };

static void head_text(const struct profile_events *e, int width, struct strbuf *out)
{
	strbuf_addf(out, "%-*s", width, "class of events");
	for (size_t a = 0; a < e->nr_arches; a++)
		strbuf_addf(out, " %17s", e->arches[a]);
	strbuf_addf(out, "\n%-*s", width, "");
	for (size_t a = 0; a < e->nr_arches; a++)
		for (size_t w = 0; w < PROFILE_NR_WAYS; w++)
			strbuf_addf(out, " %8s", way_names[w]);
	strbuf_addc(out, '\n');
}

void profile_events_text(struct profile_events *e, struct strbuf *out)
{
	size_t pairs = 0, half = 0;
	int width = (int)strlen("class of events");

	sort(e);
	for (size_t i = 0; i < e->nr; i++)
		if (is_measured(e, &e->v[i]) && (int)strlen(e->v[i].name) > width)
			width = (int)strlen(e->v[i].name);
	head_text(e, width, out);
	for (size_t i = 0; i < e->nr; i++) {
		if (!is_measured(e, &e->v[i]))
			continue;
		strbuf_addf(out, "%-*s", width, e->v[i].name);
		for (size_t a = 0; a < e->nr_arches; a++) {
			const struct profile_count *c = e->v[i].v[a];

			for (size_t w = 0; w < PROFILE_NR_WAYS; w++)
				if (c[w].calls)
					strbuf_addf(out, " %8.1f", per_event(&c[w]));
				else
					strbuf_addf(out, " %8s", "-");
			if (c[PROFILE_RING].calls && c[PROFILE_HIST].calls) {
				pairs++;
				half += 2 * per_event(&c[PROFILE_HIST]) <= per_event(&c[PROFILE_RING]);
			}
		}
		strbuf_addc(out, '\n');
	}
	strbuf_addf(out,
		    "\nInstructions per event, from its tracepoint's probe to the probe's return;\n"
		    "interrupts in between are left out, and so is who reads the ring buffer.\n"
		    "A hist trigger costs at most half of the ring buffer in %zu of %zu.\n",
		    half, pairs);
	if (e->left_out)
		strbuf_addf(out, "%zu were recorded and counted at once, or neither, and are left out.\n",
			    e->left_out);
}

static json_t *counts_json(const struct profile_events *e, const struct profile_event *event)
{
	json_t *arches = json_object();

	for (size_t a = 0; a < e->nr_arches; a++) {
		json_t *ways = json_object();

		for (size_t w = 0; w < PROFILE_NR_WAYS; w++)
			if (event->v[a][w].calls)
				json_object_set_new(ways, way_names[w],
						    json_pack("{s:I, s:I}", "events",
							      (json_int_t)event->v[a][w].calls, "insns",
							      (json_int_t)event->v[a][w].insns));
		json_object_set_new(arches, e->arches[a], ways);
	}
	return arches;
}

void profile_events_json(struct profile_events *e, struct strbuf *out)
{
	json_t *all = json_object();
	char *text;

	sort(e);
	for (size_t i = 0; i < e->nr; i++)
		if (is_measured(e, &e->v[i]))
			json_object_set_new(all, e->v[i].name, counts_json(e, &e->v[i]));
	text = json_dumps(all, JSON_INDENT(1));
	strbuf_addf(out, "%s\n", text ? text : "{}");
	free(text);
	json_decref(all);
}

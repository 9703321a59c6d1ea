// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/parting.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "decode/trace_field.h"

#define MAX_FIELDS 24
#define NAME_MAX_BYTES 64

struct pair {
	char name[NAME_MAX_BYTES];
	struct trace_field a, b;
};

/* A kind of event that both have. */
struct kind {
	uint32_t id_a, id_b;
	struct pair fields[MAX_FIELDS];
	size_t nr;
};

struct kinds {
	struct kind v[TRACE_MAX_FORMATS];
	size_t nr;
};

/* What every event has, and says nothing of what was decided. */
static bool is_common(const char *name)
{
	return strncmp(name, "common_", 7) == 0;
}

static bool is_place(const char *name)
{
	static const char *const places[] = { "pfn",	"page", "folio", "ptr", "ip",	 "call_site",
					      "__probe_ip", "__probe_func", "__probe_ret_ip", "shr",
					      "shrink", "inode", "sb", "bdi", "mapping", "addr" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strcmp(name, places[i]) == 0)
			return true;
	return strstr(name, "_pfn") != NULL;
}

static void add_fields(struct kind *k, const struct trace_format *a, const struct trace_format *b,
		       bool places_too)
{
	struct pair p;
	size_t at = 0;

	while (k->nr < MAX_FIELDS && trace_next_field(a, &at, p.name, sizeof(p.name), &p.a))
		if (!is_common(p.name) && (places_too || !is_place(p.name)) &&
		    trace_find_field(b, p.name, &p.b))
			k->fields[k->nr++] = p;
}

static void find_kinds(const struct trace *a, const struct trace *b, bool places_too,
		       struct kinds *ret)
{
	ret->nr = 0;
	for (size_t i = 0; i < a->nr_formats; i++)
		for (size_t j = 0; j < b->nr_formats; j++) {
			const struct trace_format *x = &a->formats[i], *y = &b->formats[j];
			struct kind *k;

			if (strcmp(x->system, y->system) != 0 || strcmp(x->event, y->event) != 0)
				continue;
			k = &ret->v[ret->nr++];
			*k = (struct kind){ .id_a = x->id, .id_b = y->id };
			add_fields(k, x, y, places_too);
			break;
		}
}

/* The next event of a kind that both have: 1 and @ret_kind, 0 at the end, -1. */
static int next(struct trace *t, const struct kinds *kinds, bool is_a, struct trace_event *ret,
		const struct kind **ret_kind, struct error *err)
{
	int more;

	while ((more = trace_next_event(t, ret, err)) > 0)
		for (size_t i = 0; i < kinds->nr; i++)
			if ((is_a ? kinds->v[i].id_a : kinds->v[i].id_b) == ret->id) {
				*ret_kind = &kinds->v[i];
				return 1;
			}
	return more;
}

/* The first field in which two events of one kind differ, or NULL. */
static const char *differing(const struct kind *k, const struct trace_event *a,
			     const struct trace_event *b)
{
	for (size_t i = 0; i < k->nr; i++) {
		uint64_t x = 0, y = 0;
		bool has_a = trace_read_field(&k->fields[i].a, a, &x);
		bool has_b = trace_read_field(&k->fields[i].b, b, &y);

		if (has_a != has_b || x != y)
			return k->fields[i].name;
	}
	return NULL;
}

static void remember(struct parting_side *s, const struct trace_event *e)
{
	if (s->nr_before == PARTING_BEFORE)
		memmove(s->before, s->before + 1, (PARTING_BEFORE - 1) * sizeof(s->before[0]));
	else
		s->nr_before++;
	s->before[s->nr_before - 1] = *e;
}

/* What follows on one side; the first is there already. */
static int follow(struct trace *t, const struct kinds *kinds, bool is_a, struct parting_side *s,
		  struct error *err)
{
	const struct kind *k;
	int more = s->nr_after ? 1 : 0;

	while (more > 0 && s->nr_after < PARTING_AFTER) {
		more = next(t, kinds, is_a, &s->after[s->nr_after], &k, err);
		s->nr_after += more > 0;
	}
	return more < 0 ? -1 : 0;
}

int parting_find(struct trace *a, struct trace *b, bool places_too, struct parting *ret,
		 struct error *err)
{
	static struct kinds kinds; /* large, and there is one at a time */
	const struct kind *ka = NULL, *kb = NULL;
	struct trace_event ea, eb;

	*ret = (struct parting){};
	find_kinds(a, b, places_too, &kinds);
	ret->nr_kinds = kinds.nr;
	for (;;) {
		int more_a = next(a, &kinds, true, &ea, &ka, err);
		int more_b = more_a < 0 ? -1 : next(b, &kinds, false, &eb, &kb, err);
		const char *field = "";

		if (more_a < 0 || more_b < 0)
			return -1;
		if (!more_a && !more_b)
			return 0;
		if (more_a && more_b && ka == kb)
			field = differing(ka, &ea, &eb);
		if (!field) {
			remember(&ret->a, &ea);
			remember(&ret->b, &eb);
			ret->nr_alike++;
			continue;
		}
		ret->parted = true;
		snprintf(ret->field, sizeof(ret->field), "%s", field);
		ret->a.after[0] = ea;
		ret->b.after[0] = eb;
		ret->a.nr_after = more_a > 0;
		ret->b.nr_after = more_b > 0;
		return follow(a, &kinds, true, &ret->a, err) || follow(b, &kinds, false, &ret->b, err) ? -1 : 0;
	}
}

void parting_event_text(struct trace *t, const struct trace_event *e, struct strbuf *out)
{
	const struct trace_format *f = trace_find_format(t, e->id);
	char name[NAME_MAX_BYTES];
	struct trace_field field;
	uint64_t v, pid = 0;
	size_t at = 0;

	if (!f) {
		strbuf_addf(out, "event %" PRIu32, e->id);
		return;
	}
	strbuf_addf(out, "%s:%s", f->system, f->event);
	while (trace_next_field(f, &at, name, sizeof(name), &field)) {
		if (!trace_read_field(&field, e, &v))
			continue;
		if (strcmp(name, "common_pid") == 0)
			pid = v;
		else if (is_common(name))
			continue;
		else if (is_place(name) || strstr(name, "flags"))
			strbuf_addf(out, " %s=0x%" PRIx64, name, v);
		else
			strbuf_addf(out, field.is_signed ? " %s=%" PRId64 : " %s=%" PRIu64, name, v);
	}
	strbuf_addf(out, " (pid %" PRId64 ")", (int64_t)pid);
}

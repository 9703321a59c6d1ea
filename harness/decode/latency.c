// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/latency.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/frames.h"
#include "decode/trace_field.h"
#include "decode/tracefs.h"
#include "lib/parse.h"
#include "lib/xalloc.h"

#define MAX_LATENCIES 512
#define SYNTHETIC "synthetic:"
#define EVENT_SUFFIX "_lat" /* of a synthetic event whose table is a latency */

struct rule {
	const char *name, *begin, *end, *key, *split;
	enum { LAST, FIRST } which;
	uint64_t ns; /* of a TIME: unit of the field @key */
};

#define PAIR(name, begin, end, key, split, which) { name, begin, end, key, split, which, 0 },
#define TIME(name, event, field, ns) { name, event, NULL, field, "", LAST, ns },
static const struct rule rules[] = {
#include "decode/latency.def"
};
#undef PAIR
#undef TIME

#define NR_RULES (sizeof(rules) / sizeof(rules[0]))

/* An event type of this run as a rule sees it. */
struct role {
	const struct rule *rule;
	uint32_t id;
	bool end;
	struct trace_field key, split;
	bool has_split; /* not every kernel's event has it */
};

/* A begin, an end, or a time. */
struct point {
	const struct role *role;
	uint64_t ts, key, split;
	size_t seq;
};

struct decoder {
	struct role roles[2 * NR_RULES];
	size_t nr_roles;
	struct point *points;
	size_t nr_points;
	struct latencies *l;
	struct error *err;
};

/* The latency of that name and label, made if need be; NULL when there are too many. */
static struct latency *find(struct decoder *d, const char *name, const char *label)
{
	struct latencies *l = d->l;

	for (size_t i = 0; i < l->nr; i++)
		if (strcmp(l->v[i].name, name) == 0 && strcmp(l->v[i].label, label) == 0)
			return &l->v[i];
	if (l->nr == MAX_LATENCIES) {
		error_set(d->err, ERROR_FOUND, "more than %d latencies", MAX_LATENCIES);
		return NULL;
	}
	l->v = xreallocarray(l->v, l->nr + 1, sizeof(*l->v));
	l->v[l->nr] = (struct latency){};
	snprintf(l->v[l->nr].name, sizeof(l->v->name), "%s", name);
	snprintf(l->v[l->nr].label, sizeof(l->v->label), "%s", label);
	return &l->v[l->nr++];
}

static int add_role(struct decoder *d, const struct trace_format *f, const struct rule *r,
		    bool end)
{
	struct role role = { .rule = r, .id = f->id, .end = end };

	if (d->nr_roles == sizeof(d->roles) / sizeof(d->roles[0]))
		return error_set(d->err, ERROR_FOUND, "event '%s:%s' comes twice", f->system, f->event);
	if (!trace_find_field(f, r->key, &role.key))
		return error_set(d->err, ERROR_FOUND, "event '%s:%s' has no number '%s'", f->system,
				 f->event, r->key);
	role.has_split = *r->split && !end && trace_find_field(f, r->split, &role.split);
	d->roles[d->nr_roles++] = role;
	/* Made even if it stays empty: that nothing happened is a result. */
	return end || find(d, r->name, "") ? 0 : -1;
}

static bool is_event(const struct trace_format *f, const char *name)
{
	const size_t len = strlen(f->system);

	return name && strncmp(name, f->system, len) == 0 && name[len] == ':' &&
	       strcmp(name + len + 1, f->event) == 0;
}

static int find_roles(struct decoder *d, const struct trace *t)
{
	for (size_t i = 0; i < t->nr_formats; i++)
		for (size_t r = 0; r < NR_RULES; r++)
			for (int end = 0; end < 2; end++)
				if (is_event(&t->formats[i], end ? rules[r].end : rules[r].begin) &&
				    add_role(d, &t->formats[i], &rules[r], end))
					return -1;
	return 0;
}

static int take_event(struct decoder *d, const struct trace_event *e)
{
	for (size_t i = 0; i < d->nr_roles; i++) {
		const struct role *r = &d->roles[i];
		struct point p = { .role = r, .ts = e->ts, .seq = d->nr_points };

		if (r->id != e->id)
			continue;
		if (!trace_read_field(&r->key, e, &p.key) ||
		    (r->has_split && !trace_read_field(&r->split, e, &p.split)))
			return error_set(d->err, ERROR_FOUND, "an event of type %" PRIu32 " is too short",
					 e->id);
		if ((d->nr_points & (d->nr_points - 1)) == 0)
			d->points = xreallocarray(d->points, d->nr_points ? 2 * d->nr_points : 1,
						  sizeof(p));
		d->points[d->nr_points++] = p;
	}
	return 0;
}

/* By rule and key, then in time: a pair stands side by side. */
static int compare_points(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	if (x->role->rule != y->role->rule)
		return x->role->rule < y->role->rule ? -1 : 1;
	if (!x->role->rule->ns && x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->ts != y->ts)
		return x->ts < y->ts ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static int add_value(struct decoder *d, const struct role *r, uint64_t split, uint64_t ns)
{
	char label[32];
	struct latency *all = find(d, r->rule->name, ""), *one;

	if (!all)
		return -1;
	hist_add(&all->hist, ns, 1);
	if (!r->has_split)
		return 0;
	snprintf(label, sizeof(label), "%.10s=%" PRId64, r->rule->split, (int64_t)split);
	one = find(d, r->rule->name, label);
	if (!one)
		return -1;
	hist_add(&one->hist, ns, 1);
	return 0;
}

static int count_open(struct decoder *d, const struct rule *r)
{
	struct latency *l = find(d, r->name, "");

	if (!l)
		return -1;
	l->open++;
	return 0;
}

/* Walk through one point after the other; @open is a begin of the same key, or NULL. */
static int match(struct decoder *d)
{
	const struct point *open = NULL;
	int rc = 0;

	if (!d->nr_points)
		return 0;
	qsort(d->points, d->nr_points, sizeof(*d->points), compare_points);
	for (size_t i = 0; !rc && i < d->nr_points; i++) {
		const struct point *p = &d->points[i];
		const struct rule *r = p->role->rule;

		if (r->ns) {
			if (p->key <= INT64_MAX / r->ns)
				rc = add_value(d, p->role, 0, p->key * r->ns);
			continue;
		}
		if (open && open->role->rule == r && open->key == p->key && !p->role->end &&
		    r->which == FIRST)
			continue;
		if (open && (open->role->rule != r || open->key != p->key || !p->role->end)) {
			rc = count_open(d, open->role->rule);
			open = NULL;
		}
		if (!rc && p->role->end && open)
			rc = add_value(d, open->role, open->split, p->ts - open->ts);
		else if (!rc && p->role->end)
			rc = count_open(d, r);
		open = p->role->end ? NULL : p;
	}
	return !rc && open ? count_open(d, open->role->rule) : rc;
}

static int from_events(struct decoder *d, struct trace *t)
{
	struct trace_event e;
	int rc = find_roles(d, t), more = 0;

	while (!rc && (more = trace_next_event(t, &e, d->err)) > 0)
		rc = take_event(d, &e);
	if (!rc && !more)
		rc = match(d);
	free(d->points);
	return rc ? rc : more;
}

/* The value behind "lat=" at the start of a label, or -1. */
static int latency_of(const char *label, uint64_t *ret)
{
	static const char key[] = "lat=";
	char number[24];

	if (strncmp(label, key, sizeof(key) - 1) != 0)
		return -1;
	label += sizeof(key) - 1;
	snprintf(number, sizeof(number), "%.*s", (int)strcspn(label, ","), label);
	return parse_u64(number, ret);
}

bool latency_is_table(const char *event)
{
	size_t len = strlen(event), head = strlen(SYNTHETIC), tail = strlen(EVENT_SUFFIX);

	return len > head + tail && strncmp(event, SYNTHETIC, head) == 0 &&
	       strcmp(event + len - tail, EVENT_SUFFIX) == 0;
}

static int take_table(struct decoder *d, const char *event, const char *text, size_t len)
{
	char name[sizeof(d->l->v->name)], rows[80];
	struct metrics m = {};
	struct latency *l;
	int rc;

	if (!latency_is_table(event))
		return 0;
	snprintf(name, sizeof(name), "%.*s",
		 (int)(strlen(event) - strlen(SYNTHETIC) - strlen(EVENT_SUFFIX)),
		 event + strlen(SYNTHETIC));
	snprintf(rows, sizeof(rows), "hist.%.64s", event);
	l = find(d, name, "");
	rc = l ? hist_trigger_metrics(event, text, len, &m, d->err) : -1;
	for (size_t i = 0; !rc && i < m.nr; i++) {
		uint64_t ns;

		if (strcmp(m.v[i].name, rows) == 0 && latency_of(m.v[i].label, &ns) == 0)
			hist_add(&l->hist, ns, (uint64_t)m.v[i].i);
	}
	metrics_release(&m);
	return rc;
}

static int from_tables(struct decoder *d, const void *data, size_t len)
{
	static const char mark[] = "hist ";
	struct frames frames;
	struct frame f;
	int rc = 0;

	frames_init(&frames, data, len);
	while (!rc && frames_next(&frames, &f) > 0) {
		char line[160];
		const char *body;
		size_t body_len;

		if (f.type == FRAME_OUTPUT && !frame_split(&f, line, sizeof(line), &body, &body_len) &&
		    strncmp(line, mark, sizeof(mark) - 1) == 0)
			rc = take_table(d, line + sizeof(mark) - 1, body, body_len);
	}
	return rc;
}

int latencies_decode(const void *frames, size_t frames_len, const void *trace, size_t trace_len,
		     struct latencies *ret, struct error *err)
{
	static struct trace t;
	struct decoder d = { .l = ret, .err = err };
	int rc;

	*ret = (struct latencies){};
	rc = from_tables(&d, frames, frames_len);
	if (!rc && trace_len)
		rc = trace_open(&t, frames, frames_len, trace, trace_len, err);
	if (!rc && trace_len)
		rc = from_events(&d, &t);
	if (rc)
		latencies_release(ret);
	return rc;
}

void latencies_release(struct latencies *l)
{
	for (size_t i = 0; i < l->nr; i++)
		hist_release(&l->v[i].hist);
	free(l->v);
	*l = (struct latencies){};
}

static int add_row(struct metrics *m, const struct latency *l, const char *what, uint64_t value,
		   struct error *err)
{
	char name[sizeof(m->v->name)], label[sizeof(m->v->label)];

	snprintf(name, sizeof(name), "latency.%s", l->name);
	snprintf(label, sizeof(label), "%s%s%s", l->label, *l->label ? "," : "", what);
	return metrics_add_int(m, name, label, value <= INT64_MAX ? (int64_t)value : INT64_MAX, err);
}

static int add_quantiles(struct metrics *m, const struct latency *l, struct error *err)
{
	static const struct {
		const char *name;
		double q;
	} quantiles[] = {
		{ "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "p99.9", 0.999 }, { "p99.99", 0.9999 },
	};
	char name[sizeof(m->v->name)];

	for (size_t i = 0; l->hist.count && i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		if (add_row(m, l, quantiles[i].name, hist_quantile(&l->hist, quantiles[i].q), err))
			return -1;
	if (l->hist.count && (add_row(m, l, "max", l->hist.max, err) ||
			      add_row(m, l, "mean", (uint64_t)(l->hist.sum / (double)l->hist.count), err)))
		return -1;
	snprintf(name, sizeof(name), "latency.%s.count", l->name);
	if (metrics_add_int(m, name, l->label, (int64_t)l->hist.count, err))
		return -1;
	snprintf(name, sizeof(name), "latency.%s.open", l->name);
	return *l->label ? 0 : metrics_add_int(m, name, "-", (int64_t)l->open, err);
}

int latencies_metrics(const struct latencies *l, struct metrics *m, struct error *err)
{
	for (size_t i = 0; i < l->nr; i++)
		if (add_quantiles(m, &l->v[i], err))
			return -1;
	return 0;
}

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

#define MAX_SPLITS 3
#define MAX_OPEN 16 /* begins of one key that nest */
#define MAX_NAME 40 /* of a field in latency.def */

struct rule {
	const char *name, *begin, *end, *key, *split;
	enum { LAST, FIRST, NEST } which;
	/* Of a TIME: */
	enum { END, AHEAD } when; /* the event is at its end, or before it */
	uint64_t ns, least; /* unit of the field @key, and its least value */
};

#define PAIR(name, begin, end, key, split, which) { name, begin, end, key, split, which, END, 0, 0 },
#define TIME(name, event, field, ns, split, least, when) \
	{ name, event, NULL, field, split, LAST, when, ns, least },
static const struct rule rules[] = {
#include "decode/latency.def"
};
#undef PAIR
#undef TIME

#define NR_RULES (sizeof(rules) / sizeof(rules[0]))

/* A field, or the sum of two. */
struct term {
	struct trace_field field, plus;
	bool sum;
};

/* An event type of this run as a rule sees it. */
struct role {
	const struct rule *rule;
	uint32_t id;
	bool end;
	struct term key[2];
	size_t nr_keys;
	struct {
		char name[MAX_NAME];
		struct trace_field field;
	} splits[MAX_SPLITS]; /* those this kernel's event has */
	size_t nr_splits;
};

/* A begin, an end, or a time. */
struct point {
	const struct role *role;
	uint64_t ts, key[2], split[MAX_SPLITS];
	size_t seq;
};

struct decoder {
	struct role roles[2 * NR_RULES];
	size_t nr_roles;
	struct point *points;
	size_t nr_points;
	const struct point *open[MAX_OPEN]; /* begins of the key at hand */
	size_t nr_open;
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

/* Cut the word before @stop off *@list; false at its end. */
static bool cut(const char **list, char stop, char word[MAX_NAME])
{
	const char *end = strchrnul(*list, stop);

	if (!**list)
		return false;
	snprintf(word, MAX_NAME, "%.*s", (int)(end - *list), *list);
	*list = *end ? end + 1 : end;
	return true;
}

static bool find_term(const struct trace_format *f, const char *text, struct term *ret)
{
	char word[MAX_NAME];

	*ret = (struct term){};
	if (!cut(&text, '+', word) || !trace_find_field(f, word, &ret->field))
		return false;
	ret->sum = cut(&text, '+', word);
	return !ret->sum || trace_find_field(f, word, &ret->plus);
}

static void find_splits(const struct trace_format *f, const char *list, struct role *role)
{
	char word[MAX_NAME];

	while (role->nr_splits < MAX_SPLITS && cut(&list, ',', word)) {
		snprintf(role->splits[role->nr_splits].name, MAX_NAME, "%s", word);
		role->nr_splits += trace_find_field(f, word, &role->splits[role->nr_splits].field);
	}
}

static int add_role(struct decoder *d, const struct trace_format *f, const struct rule *r,
		    bool end)
{
	struct role role = { .rule = r, .id = f->id, .end = end };
	const char *keys = r->key;
	char word[MAX_NAME];

	if (d->nr_roles == sizeof(d->roles) / sizeof(d->roles[0]))
		return error_set(d->err, ERROR_FOUND, "event '%s:%s' comes twice", f->system, f->event);
	while (role.nr_keys < 2 && cut(&keys, ',', word))
		if (!find_term(f, word, &role.key[role.nr_keys++]))
			return error_set(d->err, ERROR_FOUND, "event '%s:%s' has no number '%s'",
					 f->system, f->event, word);
	if (!end)
		find_splits(f, r->split, &role);
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

static bool read_term(const struct term *t, const struct trace_event *e, uint64_t *ret)
{
	uint64_t plus = 0;

	if (!trace_read_field(&t->field, e, ret) ||
	    (t->sum && !trace_read_field(&t->plus, e, &plus)))
		return false;
	*ret += plus;
	return true;
}

static bool read_point(const struct role *r, const struct trace_event *e, struct point *p)
{
	for (size_t i = 0; i < r->nr_keys; i++)
		if (!read_term(&r->key[i], e, &p->key[i]))
			return false;
	for (size_t i = 0; i < r->nr_splits; i++)
		if (!trace_read_field(&r->splits[i].field, e, &p->split[i]))
			return false;
	return true;
}

static int take_event(struct decoder *d, const struct trace_event *e)
{
	for (size_t i = 0; i < d->nr_roles; i++) {
		const struct role *r = &d->roles[i];
		struct point p = { .role = r, .ts = e->ts, .seq = d->nr_points };

		if (r->id != e->id)
			continue;
		if (!read_point(r, e, &p))
			return error_set(d->err, ERROR_FOUND, "an event of type %" PRIu32 " is too short",
					 e->id);
		if ((d->nr_points & (d->nr_points - 1)) == 0)
			d->points = xreallocarray(d->points, d->nr_points ? 2 * d->nr_points : 1,
						  sizeof(p));
		d->points[d->nr_points++] = p;
	}
	return 0;
}

static bool same_key(const struct point *x, const struct point *y)
{
	return x->role->rule == y->role->rule && x->key[0] == y->key[0] && x->key[1] == y->key[1];
}

/* By rule and key, then in time: a pair stands side by side. */
static int compare_points(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	if (x->role->rule != y->role->rule)
		return x->role->rule < y->role->rule ? -1 : 1;
	for (size_t i = 0; i < 2 && !x->role->rule->ns; i++)
		if (x->key[i] != y->key[i])
			return x->key[i] < y->key[i] ? -1 : 1;
	if (x->ts != y->ts)
		return x->ts < y->ts ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* @ns of what began at @from, @p saying so, once for all and once for each of its splits. */
static int add_value(struct decoder *d, const struct point *p, uint64_t from, uint64_t ns)
{
	const struct role *r = p->role;
	struct latency *l = find(d, r->rule->name, "");
	char label[sizeof(l->label)];

	if (!l)
		return -1;
	hist_add(&l->hist, ns, 1);
	if (!l->has_longest || ns > l->longest || (ns == l->longest && from < l->longest_from)) {
		l->has_longest = true;
		l->longest = ns;
		l->longest_from = from;
	}
	for (size_t i = 0; i < r->nr_splits; i++) {
		snprintf(label, sizeof(label), "%.15s=%" PRId64, r->splits[i].name,
			 (int64_t)p->split[i]);
		l = find(d, r->rule->name, label);
		if (!l)
			return -1;
		hist_add(&l->hist, ns, 1);
	}
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

static int take_begin(struct decoder *d, const struct point *p)
{
	const struct rule *r = p->role->rule;
	const size_t max = r->which == NEST ? MAX_OPEN : 1;
	int rc = 0;

	if (d->nr_open && r->which == FIRST)
		return 0;
	if (d->nr_open == max) {
		/* The oldest never ended. */
		rc = count_open(d, r);
		memmove(d->open, d->open + 1, (max - 1) * sizeof(d->open[0]));
		d->nr_open--;
	}
	d->open[d->nr_open++] = p;
	return rc;
}

static int take_end(struct decoder *d, const struct point *p)
{
	const struct point *begin;

	if (!d->nr_open)
		return count_open(d, p->role->rule);
	begin = d->open[--d->nr_open];
	return add_value(d, begin, begin->ts, p->ts - begin->ts);
}

static int close_all(struct decoder *d)
{
	int rc = 0;

	for (; !rc && d->nr_open; d->nr_open--)
		rc = count_open(d, d->open[0]->role->rule);
	return rc;
}

static int take_time(struct decoder *d, const struct point *p)
{
	const struct rule *r = p->role->rule;
	uint64_t ns;

	/* Negative and absurd values are no times. */
	if (p->key[0] < r->least || p->key[0] > INT64_MAX / r->ns)
		return 0;
	ns = p->key[0] * r->ns;
	return add_value(d, p, r->when == END ? p->ts - (ns < p->ts ? ns : p->ts) : p->ts, ns);
}

/* Walk through one point after the other. */
static int match(struct decoder *d)
{
	int rc = 0;

	if (!d->nr_points)
		return 0;
	qsort(d->points, d->nr_points, sizeof(*d->points), compare_points);
	for (size_t i = 0; !rc && i < d->nr_points; i++) {
		const struct point *p = &d->points[i];

		if (i && !same_key(&d->points[i - 1], p))
			rc = close_all(d);
		if (!rc && p->role->rule->ns)
			rc = take_time(d, p);
		else if (!rc)
			rc = p->role->end ? take_end(d, p) : take_begin(d, p);
	}
	return rc ? rc : close_all(d);
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

static const char *keys_behind(const char *label)
{
	const char *comma = strchr(label, ',');

	return comma ? comma + 1 : "";
}

bool latency_is_table(const char *event)
{
	size_t len = strlen(event), head = strlen(SYNTHETIC), tail = strlen(EVENT_SUFFIX);

	return len > head + tail && strncmp(event, SYNTHETIC, head) == 0 &&
	       strcmp(event + len - tail, EVENT_SUFFIX) == 0;
}

/* @ns comes @times in a row of a table whose other keys are @keys: "order=3,zid=1". */
static int add_table_row(struct decoder *d, const char *name, const char *keys, uint64_t ns,
			 uint64_t times)
{
	struct latency *l = find(d, name, "");

	while (l) {
		char label[MAX_NAME];

		hist_add(&l->hist, ns, times);
		if (!cut(&keys, ',', label))
			return 0;
		l = find(d, name, label);
	}
	return -1;
}

static int take_table(struct decoder *d, const char *event, const char *text, size_t len)
{
	char name[sizeof(d->l->v->name)], rows[80];
	struct metrics m = {};
	int rc;

	if (!latency_is_table(event))
		return 0;
	snprintf(name, sizeof(name), "%.*s",
		 (int)(strlen(event) - strlen(SYNTHETIC) - strlen(EVENT_SUFFIX)),
		 event + strlen(SYNTHETIC));
	snprintf(rows, sizeof(rows), "hist.%.64s", event);
	/* Made even if it stays empty: that nothing happened is a result. */
	rc = find(d, name, "") ? hist_trigger_metrics(event, text, len, &m, d->err) : -1;
	for (size_t i = 0; !rc && i < m.nr; i++) {
		uint64_t ns;

		if (strcmp(m.v[i].name, rows) == 0 && latency_of(m.v[i].label, &ns) == 0)
			rc = add_table_row(d, name, keys_behind(m.v[i].label), ns, (uint64_t)m.v[i].i);
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

// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "decode/tracefs.h"
#include "lib/parse.h"
#include "lib/strbuf.h"
#include "proto/frame.h"

/* A label that is too long is cut and ends in "~" and the crc32 of the whole. */
#define MARK_LEN 9

struct hist {
	const char *event, *p, *end;
	struct metrics *m;
	struct strbuf keys; /* "order,zid": of the last row */
	uint64_t sum, rows; /* since the table began */
	struct error *err;
};

static int bad(const struct hist *h, const char *what)
{
	return error_set(h->err, ERROR_FOUND, "histogram of '%s': %s", h->event, what);
}

static bool skip(struct hist *h, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(h->end - h->p) < len || memcmp(h->p, text, len) != 0)
		return false;
	h->p += len;
	return true;
}

/* Take what stands before @stop, which is skipped; NULL if there is none. */
static const char *until(struct hist *h, const char *stop, size_t *ret_len)
{
	const char *start = h->p;
	const char *at = memmem(start, (size_t)(h->end - start), stop, strlen(stop));

	*ret_len = at ? (size_t)(at - start) : 0;
	if (!at)
		return NULL;
	h->p = at + strlen(stop);
	return start;
}

/* A number after blanks. */
static int number(struct hist *h, uint64_t *ret)
{
	char text[24];
	size_t len = 0;

	while (h->p < h->end && *h->p == ' ')
		h->p++;
	while (h->p < h->end && *h->p >= '0' && *h->p <= '9' && len < sizeof(text) - 1)
		text[len++] = *h->p++;
	text[len] = '\0';
	return parse_u64(text, ret) || *ret > INT64_MAX ? -1 : 0;
}

/* "order:          0, lat: ~ 2^10" to "order=0,lat=2^10". */
static void tidy_keys(const char *p, size_t len, struct strbuf *out)
{
	bool blank = false;

	for (size_t i = 0; i < len; i++) {
		const char next = i + 1 < len ? p[i + 1] : '\0';
		const char last = out->len ? out->buf[out->len - 1] : ',';

		if (p[i] == ' ' || p[i] == '\n' || p[i] == '\t' || (p[i] == '~' && next == ' ')) {
			blank = true;
			continue;
		}
		if (blank && last != ',' && last != '=' && p[i] != ',')
			strbuf_addc(out, '_');
		blank = false;
		/* ": " ends a key's name; a colon inside a value has no blank behind it. */
		if (p[i] == ':' && (next == ' ' || next == '\n'))
			strbuf_addc(out, '=');
		else
			strbuf_addc(out, p[i] < ' ' || p[i] > '~' ? '?' : p[i]);
	}
}

static void key_names(const char *keys, struct strbuf *out)
{
	strbuf_reset(out);
	for (const char *p = keys; *p; p += strcspn(p, ",")) {
		p += *p == ',';
		if (memchr(p, '=', strcspn(p, ",")))
			strbuf_addf(out, "%s%.*s", out->len ? "," : "", (int)strcspn(p, "="), p);
	}
}

static void fit_label(const struct strbuf *text, char *label, size_t size)
{
	size_t room = size - 1 - MARK_LEN;

	if (text->len < size)
		snprintf(label, size, "%s", text->buf);
	else
		snprintf(label, size, "%.*s~%08" PRIx32, (int)room, text->buf,
			 crc32(0, text->buf, text->len));
}

static int add(struct hist *h, const char *suffix, size_t suffix_len, const char *label,
	       uint64_t value)
{
	char name[sizeof(((struct metric *)NULL)->name)];
	int len = snprintf(name, sizeof(name), "hist.%s%s%.*s", h->event, suffix_len ? "." : "",
			   (int)suffix_len, suffix);

	if (len >= (int)sizeof(name))
		return bad(h, "its name is too long");
	return metrics_add_int(h->m, name, label, (int64_t)value, h->err);
}

/* " hitcount:   12  bytes:  34\n": the values of a row. */
static int take_values(struct hist *h, const char *label)
{
	uint64_t value;

	if (!skip(h, " hitcount: ") || number(h, &value))
		return bad(h, "a row has no hit count");
	h->sum += value;
	if (add(h, "", 0, label, value))
		return -1;
	while (skip(h, " ")) {
		const char *name;
		size_t len;

		while (skip(h, " "))
			;
		if (h->p < h->end && *h->p == '\n')
			break;
		name = until(h, ": ", &len);
		if (!name || !len || memchr(name, '\n', len) || number(h, &value))
			return bad(h, "a value of a row is no decimal number");
		if (add(h, name, len, label, value))
			return -1;
	}
	return skip(h, "\n") ? 0 : bad(h, "a row goes on after its values");
}

static int take_row(struct hist *h)
{
	struct strbuf text = STRBUF_INIT;
	char label[sizeof(((struct metric *)NULL)->label)];
	size_t len;
	const char *keys = until(h, "}", &len);
	int rc;

	/* A key's value may hold a brace: the hit count follows the right one. */
	while (keys && (size_t)(h->end - h->p) > 10 && memcmp(h->p, " hitcount:", 10) != 0) {
		size_t more;

		if (!until(h, "}", &more))
			keys = NULL;
		len += more + 1;
	}
	if (!keys)
		return bad(h, "a row has no end");
	strbuf_add(&text, "", 0);
	tidy_keys(keys, len, &text);
	key_names(text.buf, &h->keys);
	fit_label(&text, label, sizeof(label));
	strbuf_release(&text);
	h->rows++;
	rc = take_values(h, label);
	/* Actions (onmax, save) print lines of their own below the row. */
	while (!rc && (skip(h, "\t") || (h->p < h->end && *h->p == '\n' && h->p + 1 < h->end &&
					 h->p[1] == '\t' && skip(h, "\n\t"))))
		if (!until(h, "\n", &len))
			rc = bad(h, "cut off");
	return rc;
}

static int take_totals(struct hist *h)
{
	char label[sizeof(((struct metric *)NULL)->label)];
	uint64_t hits, entries, dropped;

	if (!skip(h, "    Hits: ") || number(h, &hits) || !skip(h, "\n    Entries: ") ||
	    number(h, &entries) || !skip(h, "\n    Dropped: ") || number(h, &dropped) ||
	    !skip(h, "\n"))
		return bad(h, "its totals cannot be read");
	/* Looking up a variable counts as a hit too (tracing_map_lookup()). */
	if (entries != h->rows || hits < h->sum)
		return bad(h, "its rows do not add up to its totals");
	fit_label(&h->keys, label, sizeof(label));
	if (add(h, "hits", 4, h->keys.len ? label : "-", h->sum) ||
	    add(h, "dropped", 7, h->keys.len ? label : "-", dropped))
		return -1;
	h->sum = h->rows = 0;
	strbuf_reset(&h->keys);
	return 0;
}

int hist_trigger_metrics(const char *event, const char *text, size_t len, struct metrics *m,
			 struct error *err)
{
	struct hist h = { .event = event, .p = text, .end = text + len, .m = m, .err = err };
	bool closed = true;
	size_t n;
	int rc = 0;

	strbuf_add(&h.keys, "", 0);
	while (!rc && h.p < h.end) {
		if (skip(&h, "{ ")) {
			rc = take_row(&h);
		} else if (skip(&h, "Totals:\n")) {
			rc = closed ? bad(&h, "totals of no table") : take_totals(&h);
			closed = true;
		} else if (skip(&h, "# event histogram\n")) {
			rc = closed ? 0 : bad(&h, "a table has no totals");
			closed = false;
		} else if (*h.p != '#' && *h.p != '\n') {
			rc = bad(&h, "a line that is neither row nor total");
		} else if (!until(&h, "\n", &n)) {
			rc = bad(&h, "cut off");
		}
	}
	if (!rc && !closed)
		rc = bad(&h, "a table has no totals");
	strbuf_release(&h.keys);
	return rc;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's test protocols, TAP 13 (selftests) and KTAP 1 (KUnit), to counts.
 *
 * A block is a plan "1..N" and N results, numbered; its lines are indented by four
 * blanks for each level. A result that follows a block one level deeper is the sum
 * of that and no test of its own. Everything that is not a plan or a result is a
 * remark. A block that ends short of its plan, or has none, is a test that died:
 * an error, not fewer tests.
 */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "decode/metric.h"

#define DEPTH_MAX 8
#define INDENT 4

struct block {
	bool planned;
	unsigned long plan, nr;
	bool failed; /* a result of it is "not ok" */
};

struct tap {
	const char *subject;
	struct block v[DEPTH_MAX];
	size_t depth; /* of the last plan or result; blocks up to it are open */
	bool any;
	int64_t pass, fail, skip;
};

/* The number at @p, which ends at @end; false when there is none or it is too large. */
static bool take_number(const char **p, const char *end, unsigned long *ret)
{
	const char *s = *p;
	unsigned long n = 0;

	while (s < end && isdigit((unsigned char)*s) && s - *p < 9)
		n = n * 10 + (unsigned long)(*s++ - '0');
	if (s == *p || (s < end && isdigit((unsigned char)*s)))
		return false;
	*p = s;
	*ret = n;
	return true;
}

static bool starts(const char **p, const char *end, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(end - *p) < len || memcmp(*p, word, len) != 0)
		return false;
	*p += len;
	return true;
}

/* Is there a directive that takes the test out of the count? */
static bool is_skipped(const char *p, const char *end)
{
	static const char *const words[] = { "SKIP", "skip", "XFAIL", "TODO" };
	const char *hash = memchr(p, '#', (size_t)(end - p));

	if (!hash)
		return false;
	for (hash++; hash < end && *hash == ' ';)
		hash++;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (starts(&hash, end, words[i]))
			return true;
	return false;
}

static int close_block(const struct tap *t, size_t depth, struct error *err)
{
	const struct block *b = &t->v[depth];

	if (!b->planned || b->nr != b->plan)
		return error_set(err, ERROR_FOUND, "test '%.64s' ended early: %lu of %lu results",
				 t->subject, b->nr, b->plan);
	return 0;
}

static int add_plan(struct tap *t, size_t depth, unsigned long plan, struct error *err)
{
	struct block *b = &t->v[depth];

	if (depth > t->depth + 1 || (t->any && depth < t->depth) || (t->any && b->planned))
		return error_set(err, ERROR_FOUND, "test '%.64s' has a plan where none belongs",
				 t->subject);
	*b = (struct block){ .planned = true, .plan = plan };
	t->depth = depth;
	t->any = true;
	return 0;
}

static int add_result(struct tap *t, size_t depth, bool ok, unsigned long number, bool skipped,
		      struct error *err)
{
	struct block *b = &t->v[depth];
	bool sum = false;

	if (!t->any || !b->planned || depth > t->depth || depth + 1 < t->depth)
		return error_set(err, ERROR_FOUND, "test '%.64s' has a result without a plan", t->subject);
	if (number != ++b->nr || number > b->plan)
		return error_set(err, ERROR_FOUND, "test '%.64s' has result %lu as the %lu. of %lu",
				 t->subject, number, b->nr, b->plan);
	if (depth < t->depth) {
		struct block *inner = &t->v[depth + 1];

		if (close_block(t, depth + 1, err))
			return -1;
		if (ok && inner->failed)
			return error_set(err, ERROR_FOUND, "test '%.64s' calls a failed block ok",
					 t->subject);
		sum = inner->nr > 0;
		*inner = (struct block){};
		t->depth = depth;
	}
	b->failed |= !ok;
	/* A block may fail as a whole, for what its tests do not show. */
	if (!sum || (!ok && !t->fail))
		*(!ok ? &t->fail : skipped ? &t->skip : &t->pass) += 1;
	return 0;
}

static int take_line(struct tap *t, const char *p, const char *end, struct error *err)
{
	const char *start = p;
	unsigned long number;
	size_t depth;
	bool ok;

	while (p < end && *p == ' ')
		p++;
	depth = (size_t)(p - start) / INDENT;
	if ((size_t)(p - start) % INDENT)
		return 0;
	if (starts(&p, end, "1..")) {
		if (!take_number(&p, end, &number) || p != end)
			return error_set(err, ERROR_FOUND, "test '%.64s' has a plan of no number",
					 t->subject);
		if (depth >= DEPTH_MAX)
			return error_set(err, ERROR_FOUND, "test '%.64s' is nested too deep", t->subject);
		return add_plan(t, depth, number, err);
	}
	ok = starts(&p, end, "ok ");
	if (!ok && !starts(&p, end, "not ok "))
		return 0;
	if (depth >= DEPTH_MAX || !take_number(&p, end, &number))
		return error_set(err, ERROR_FOUND, "test '%.64s' has a result without a number",
				 t->subject);
	return add_result(t, depth, ok, number, is_skipped(p, end), err);
}

int tap_metrics(const char *subject, const char *text, size_t len, struct metrics *m,
		struct error *err)
{
	struct tap t = { .subject = subject };
	const char *end = text + len;

	for (const char *p = text, *next; p < end; p = next) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		if (!eol)
			return error_set(err, ERROR_FOUND, "test '%.64s' ends in the middle of a line",
					 subject);
		next = eol + 1;
		if (take_line(&t, p, eol > p && eol[-1] == '\r' ? eol - 1 : eol, err))
			return -1;
	}
	if (!t.any)
		return error_set(err, ERROR_FOUND, "test '%.64s' has no plan", subject);
	for (size_t i = 0; i <= t.depth; i++)
		if (close_block(&t, i, err))
			return -1;
	if (metrics_add_int(m, "tap.pass", subject, t.pass, err) ||
	    metrics_add_int(m, "tap.fail", subject, t.fail, err) ||
	    metrics_add_int(m, "tap.skip", subject, t.skip, err))
		return -1;
	return 0;
}

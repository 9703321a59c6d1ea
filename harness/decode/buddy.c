// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/buddy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/text.h"

#define MAX_LINE 512
#define MAX_BLOCKS (1ll << 32) /* of one order; far above any machine's */

/* A count of blocks. */
static int parse_count(const char *word, int64_t *ret)
{
	char *end;

	*ret = strtoll(word, &end, 10);
	return *end || end == word || *ret < 0 || *ret > MAX_BLOCKS ? -1 : 0;
}

/* "0.250", "-1.000", and "0.-50" as the kernel prints -0.05: thousandths. */
static int parse_index(const char *word, int64_t *ret)
{
	char *end;
	int64_t whole = strtoll(word, &end, 10);
	const char *point = end;

	if (end == word || *point != '.' || whole < -1000000 || whole > 1000000)
		return -1;
	*ret = strtoll(point + 1, &end, 10);
	if (*end || end == point + 1 || *ret < -999 || *ret > 999)
		return -1;
	*ret += whole * 1000;
	return 0;
}

/* "Node 0, zone   Normal   1 2 3" */
static int parse_line(char *line, int (*number)(const char *word, int64_t *ret),
		      struct buddy_zone *z)
{
	char *rest = line, *word;

	*z = (struct buddy_zone){};
	if (text_zone(&rest, z->name, sizeof(z->name)))
		return -1;
	while ((word = text_word(&rest)))
		if (z->nr_orders == BUDDY_MAX_ORDERS || number(word, &z->v[z->nr_orders++]))
			return -1;
	return z->nr_orders ? 0 : -1;
}

static int parse_lines(const char *what, const char *text, size_t len,
		       int (*number)(const char *word, int64_t *ret), struct buddy *ret,
		       struct error *err)
{
	ret->nr = 0;
	while (len) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len;
		char line[MAX_LINE];

		if (!nl || n >= sizeof(line) || memchr(text, '\0', n) || ret->nr == BUDDY_MAX_ZONES)
			return error_set(err, ERROR_FOUND, "%s: zone %zu cannot be read", what, ret->nr);
		memcpy(line, text, n);
		line[n] = '\0';
		if (parse_line(line, number, &ret->zones[ret->nr]))
			return error_set(err, ERROR_FOUND, "%s: zone %zu cannot be read", what, ret->nr);
		ret->nr++;
		text += n + 1;
		len -= n + 1;
	}
	return 0;
}

int buddy_parse(const char *text, size_t len, struct buddy *ret, struct error *err)
{
	return parse_lines("buddyinfo", text, len, parse_count, ret, err);
}

int extfrag_parse(const char *text, size_t len, struct buddy *ret, struct error *err)
{
	return parse_lines("extfrag", text, len, parse_index, ret, err);
}

int extfrag_differs(const struct buddy *ours,
		    int64_t (*compute)(const struct buddy_zone *z, size_t order), const char *text,
		    size_t len, int64_t *ret, struct error *err)
{
	struct buddy kernel;

	*ret = 0;
	if (extfrag_parse(text, len, &kernel, err))
		return -1;
	if (kernel.nr != ours->nr)
		return error_set(err, ERROR_FOUND, "extfrag and buddyinfo have other zones");
	for (size_t i = 0; i < kernel.nr; i++)
		for (size_t order = 0; order < kernel.zones[i].nr_orders; order++)
			*ret += order >= ours->zones[i].nr_orders ||
				compute(&ours->zones[i], order) != kernel.zones[i].v[order];
	return 0;
}

struct contig {
	uint64_t pages, blocks, suitable;
};

static struct contig contig(const struct buddy_zone *z, size_t suitable_order)
{
	struct contig c = {};

	for (size_t order = 0; order < z->nr_orders; order++) {
		const uint64_t blocks = (uint64_t)z->v[order];

		c.blocks += blocks;
		c.pages += blocks << order;
		if (order >= suitable_order)
			c.suitable += blocks << (order - suitable_order);
	}
	return c;
}

int64_t buddy_unusable(const struct buddy_zone *z, size_t order)
{
	const struct contig c = contig(z, order);

	return c.pages ? (int64_t)((c.pages - (c.suitable << order)) * 1000 / c.pages) : 1000;
}

int64_t buddy_index(const struct buddy_zone *z, size_t order)
{
	const struct contig c = contig(z, order);

	if (!c.blocks)
		return 0;
	if (c.suitable)
		return -1000;
	return 1000 - (int64_t)((1000 + c.pages * 1000 / (1ull << order)) / c.blocks);
}

int64_t buddy_area(const struct buddy_zone *z)
{
	int64_t sum = 0;

	for (size_t order = 0; order < z->nr_orders; order++)
		sum += buddy_unusable(z, order);
	return z->nr_orders ? sum / (int64_t)z->nr_orders : 0;
}

static int add(const char *name, const struct buddy_zone *z, size_t order, int64_t value,
	       struct metrics *m, struct error *err)
{
	char full[sizeof(m->v->name)], label[32];

	snprintf(full, sizeof(full), "%s.%s", name, z->name);
	snprintf(label, sizeof(label), "order=%zu", order);
	return metrics_add_int(m, full, label, value, err);
}

int buddy_metrics(const char *text, size_t len, struct metrics *m, struct error *err)
{
	struct buddy b;

	if (buddy_parse(text, len, &b, err))
		return -1;
	for (size_t i = 0; i < b.nr; i++) {
		const struct buddy_zone *z = &b.zones[i];

		for (size_t order = 0; order < z->nr_orders; order++)
			if (add("buddy", z, order, z->v[order], m, err) ||
			    add("frag.unusable", z, order, buddy_unusable(z, order), m, err) ||
			    add("frag.index", z, order, buddy_index(z, order), m, err))
				return -1;
	}
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/free_lists.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

#define MIN_ORDERS 8
#define MIN_TYPES 4
#define MAX_BLOCKS (1u << 22) /* of one list; a longer one is damaged, or goes in a circle */
#define NODE_MAX (1u << 20)

/* The node's bytes, and where they are. */
struct node {
	const unsigned char *p;
	size_t size;
	uint64_t addr;
	const struct guest_memory *m;
};

static uint64_t word_at(const unsigned char *p, unsigned int word)
{
	uint64_t v = 0;

	memcpy(&v, p, word);
	return v;
}

static uint64_t node_word(const struct node *n, size_t off)
{
	return word_at(n->p + off, n->m->word);
}

/* Does a list head lie at @off? *@ret_empty: it points to itself. */
static bool is_head(const struct node *n, size_t off, bool *ret_empty)
{
	const uint64_t next = node_word(n, off), prev = node_word(n, off + n->m->word);
	const uint64_t self = n->addr + off;

	*ret_empty = next == self;
	if (next == self || prev == self)
		return next == prev;
	return next >= n->m->kernel && prev >= n->m->kernel && next % n->m->word == 0 &&
	       prev % n->m->word == 0;
}

/* Is there an element of free_area[] with @types lists at @off? */
static bool is_element(const struct node *n, size_t off, unsigned int types, bool *ret_all_empty)
{
	const size_t head = 2 * (size_t)n->m->word;
	uint64_t nr;
	bool empty;

	*ret_all_empty = true;
	if (off + types * head + n->m->word > n->size)
		return false;
	for (unsigned int t = 0; t < types; t++) {
		if (!is_head(n, off + t * head, &empty))
			return false;
		*ret_all_empty &= empty;
	}
	nr = node_word(n, off + types * head);
	return nr < MAX_BLOCKS && *ret_all_empty == (nr == 0);
}

/* How many elements in a row; at least one of their lists must be an empty one, which tells. */
static unsigned int elements(const struct node *n, size_t off, unsigned int types)
{
	const size_t head = 2 * (size_t)n->m->word, stride = types * head + n->m->word;
	unsigned int nr = 0;
	bool seen = false, empty, all;

	while (nr < FREE_MAX_ORDERS && is_element(n, off + nr * stride, types, &all)) {
		for (unsigned int t = 0; t < types; t++)
			if (is_head(n, off + nr * stride + t * head, &empty))
				seen |= empty;
		nr++;
	}
	return seen ? nr : 0;
}

/* The length of the list whose head is at @off; -1 when it is none. */
static int64_t walk(const struct node *n, size_t off)
{
	const uint64_t head = n->addr + off;
	uint64_t at = node_word(n, off), before = head;
	unsigned char entry[16];
	struct error ignored;
	int64_t nr = 0;

	for (; at != head; nr++) {
		if (nr == MAX_BLOCKS || at < n->m->kernel ||
		    n->m->read(n->m->ctx, at, entry, 2 * (size_t)n->m->word, &ignored) ||
		    word_at(entry + n->m->word, n->m->word) != before)
			return -1;
		before = at;
		at = word_at(entry, n->m->word);
	}
	return nr;
}

static bool take_zone(const struct node *n, size_t off, unsigned int types, unsigned int orders,
		      struct free_zone *z)
{
	const size_t head = 2 * (size_t)n->m->word, stride = types * head + n->m->word;

	*z = (struct free_zone){ .nr_orders = orders, .nr_types = types };
	for (unsigned int o = 0; o < orders; o++) {
		uint64_t sum = 0;

		for (unsigned int t = 0; t < types; t++) {
			int64_t nr = walk(n, off + o * stride + t * head);

			if (nr < 0)
				return false;
			z->blocks[o][t] = (uint64_t)nr;
			sum += (uint64_t)nr;
		}
		if (sum != node_word(n, off + o * stride + types * head))
			return false;
	}
	return true;
}

/* zone->name: the last pointer to a zone's name before free_area[]. */
static void name_zone(const struct node *n, size_t from, size_t off, struct free_zone *z)
{
	static const char *const names[] = { "DMA", "DMA32", "Normal", "HighMem", "Movable", "Device" };

	snprintf(z->name, sizeof(z->name), "?");
	for (size_t at = off; at >= from + n->m->word; at -= n->m->word) {
		uint64_t p = node_word(n, at - n->m->word);
		char text[9] = {};
		struct error ignored;

		if (p < n->m->kernel || n->m->read(n->m->ctx, p, text, sizeof(text) - 1, &ignored))
			continue;
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strcmp(text, names[i]) == 0) {
				snprintf(z->name, sizeof(z->name), "%s", text);
				return;
			}
	}
}

/*
 * Is there a zone's free_area[] at @off? Returns where what looks like one ends, or 0.
 * Every number of types is tried, and none is believed that does not count.
 */
static size_t zone_at(const struct node *n, size_t off, struct free_zone *z, bool *ret_believed)
{
	size_t longest = 0;

	*ret_believed = false;
	for (unsigned int types = MIN_TYPES; types <= FREE_MAX_TYPES; types++) {
		unsigned int orders = elements(n, off, types);
		size_t end = off + orders * (2 * (size_t)types + 1) * n->m->word;

		if (orders < MIN_ORDERS)
			continue;
		if (take_zone(n, off, types, orders, z)) {
			*ret_believed = true;
			return end;
		}
		longest = end > longest ? end : longest;
	}
	return longest;
}

static void find_zones(const struct node *n, struct free_lists *ret)
{
	size_t from = 0;

	for (size_t off = 0; off + n->m->word <= n->size && ret->nr < FREE_MAX_ZONES;) {
		struct free_zone *z = &ret->v[ret->nr];
		bool believed;
		size_t end = zone_at(n, off, z, &believed);

		if (believed) {
			name_zone(n, from, off, z);
			ret->nr++;
			from = end;
		}
		/* What looks right and does not count is passed over whole: its rest is no zone. */
		off = end ? end : off + n->m->word;
	}
}

int free_lists_read(const struct guest_memory *m, uint64_t node, size_t size,
		    struct free_lists *ret, struct error *err)
{
	struct node n = { .size = size, .addr = node, .m = m };
	unsigned char *bytes;
	int rc;

	*ret = (struct free_lists){};
	if (size > NODE_MAX)
		return error_set(err, ERROR_FOUND, "a node of %zu bytes", size);
	bytes = xcalloc(size + 1, 1);
	n.p = bytes;
	rc = m->read(m->ctx, node, bytes, size, err);
	if (!rc) {
		find_zones(&n, ret);
		if (!ret->nr)
			rc = error_set(err, ERROR_FOUND, "no free lists where the node is");
	}
	free(bytes);
	return rc;
}

void free_lists_text(const struct free_lists *f, struct strbuf *out)
{
	static const char *const types[] = { "Unmovable", "Movable", "Reclaimable", "HighAtomic" };

	for (size_t i = 0; i < f->nr; i++) {
		const struct free_zone *z = &f->v[i];

		strbuf_addf(out, "%-8s %-12s", z->name, "order");
		for (unsigned int o = 0; o < z->nr_orders; o++)
			strbuf_addf(out, "%7u", o);
		strbuf_addc(out, '\n');
		for (unsigned int t = 0; t < z->nr_types; t++) {
			char name[16];

			snprintf(name, sizeof(name), "type %u", t);
			strbuf_addf(out, "%-8s %-12s", "", t < 4 ? types[t] : name);
			for (unsigned int o = 0; o < z->nr_orders; o++)
				strbuf_addf(out, "%7" PRIu64, z->blocks[o][t]);
			strbuf_addc(out, '\n');
		}
	}
}

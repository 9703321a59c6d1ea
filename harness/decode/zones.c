// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/zoneinfo and /proc/pagetypeinfo (mm/vmstat.c: zoneinfo_show_print(),
 * pagetypeinfo_showfree_print(), pagetypeinfo_showblockcount()). */
#include <stdio.h>
#include <string.h>

#include "decode/samples.h"
#include "decode/text.h"

#define MAX_TYPES 8

struct zoneinfo {
	char zone[24]; /* "" before the first */
	bool skips; /* node-wide rows, which vmstat has too */
	bool pagesets;
	int64_t pcp; /* pages on the CPUs' lists */
	struct metrics *m;
};

static int add_pcp(struct zoneinfo *z, struct error *err)
{
	if (!*z->zone)
		return 0;
	return metrics_add_int(z->m, "zone.pcp", z->zone, z->pcp, err);
}

static int begin_zone(struct zoneinfo *z, char *line, struct error *err)
{
	char *rest = line;

	if (add_pcp(z, err))
		return -1;
	z->pcp = 0;
	z->pagesets = z->skips = false;
	if (text_zone(&rest, z->zone, sizeof(z->zone)))
		return error_set(err, ERROR_FOUND, "zoneinfo: the row '%.40s' names no zone", line);
	return 0;
}

/* "pages free     123", "boost 0", "nr_zone_inactive_anon 12"; in the pagesets "count: 3". */
static int take_zone_row(void *arg, char *line, struct error *err)
{
	struct zoneinfo *z = arg;
	char name[80];
	char *rest = line, *word, *value;
	int64_t v;

	if (strncmp(line, "Node", 4) == 0)
		return begin_zone(z, line, err);
	word = text_word(&rest);
	if (!word)
		return 0;
	if (strcmp(word, "per-node") == 0)
		z->skips = true;
	if (strcmp(word, "pagesets") == 0)
		z->pagesets = true;
	value = text_word(&rest);
	/* The first row is "pages free", and ends what is of the node. */
	if (strcmp(word, "pages") == 0 && value && strcmp(value, "free") == 0) {
		z->skips = false;
		word = value;
		value = text_word(&rest);
	}
	if (z->skips || text_word(&rest) || text_number(value, &v))
		return 0;
	if (!*z->zone)
		return error_set(err, ERROR_FOUND, "zoneinfo: the row '%.40s' is of no zone", word);
	if (z->pagesets) {
		z->pcp += strcmp(word, "count:") == 0 && v <= INT64_MAX - z->pcp ? v : 0;
		return 0;
	}
	if (strchr(word, ':'))
		return 0;
	snprintf(name, sizeof(name), "zone.%.60s", word);
	return metrics_add_int(z->m, name, z->zone, v, err);
}

int zoneinfo_metrics(const char *text, size_t len, struct metrics *m, struct error *err)
{
	struct zoneinfo z = { .m = m };

	if (text_each_line("zoneinfo", text, len, take_zone_row, &z, err))
		return -1;
	return add_pcp(&z, err);
}

struct pagetypes {
	char types[MAX_TYPES][16]; /* of the table of pageblocks */
	size_t nr_types;
	struct metrics *m;
};

static int bad_row(const char *zone, struct error *err)
{
	return error_set(err, ERROR_FOUND, "pagetypeinfo: a row of zone '%s' cannot be read", zone);
}

/* "type    Unmovable      1      0 ...": free blocks by order. More than 100 000 of an
 * order are not counted by the kernel (">100000") and so not by us. */
static int take_free(struct pagetypes *p, const char *zone, char *rest, struct error *err)
{
	const char *type = text_word(&rest);
	char *word;

	if (!type)
		return bad_row(zone, err);
	for (size_t order = 0; (word = text_word(&rest)); order++) {
		char name[80], label[64];
		int64_t v;

		if (*word == '>')
			continue;
		snprintf(name, sizeof(name), "pagetype.%s", zone);
		if (text_number(word, &v) ||
		    snprintf(label, sizeof(label), "type=%s,order=%zu", type, order) >=
			    (int)sizeof(label))
			return bad_row(zone, err);
		if (metrics_add_int(p->m, name, label, v, err))
			return -1;
	}
	return 0;
}

static int take_blocks(struct pagetypes *p, const char *zone, char *first, char *rest,
		       struct error *err)
{
	char *word = first;

	for (size_t i = 0; i < p->nr_types; i++, word = text_word(&rest)) {
		char name[80], label[64];
		int64_t v;

		snprintf(name, sizeof(name), "pageblocks.%s", zone);
		snprintf(label, sizeof(label), "type=%s", p->types[i]);
		if (text_number(word, &v))
			return bad_row(zone, err);
		if (metrics_add_int(p->m, name, label, v, err))
			return -1;
	}
	return word || !p->nr_types ? bad_row(zone, err) : 0;
}

/* "Number of blocks type     Unmovable      Movable ..." */
static int take_types(struct pagetypes *p, char *rest, struct error *err)
{
	char *word;

	for (p->nr_types = 0; (word = text_word(&rest)); p->nr_types++)
		if (p->nr_types == MAX_TYPES ||
		    snprintf(p->types[p->nr_types], sizeof(p->types[0]), "%s", word) >=
			    (int)sizeof(p->types[0]))
			return error_set(err, ERROR_FOUND, "pagetypeinfo: types that cannot be");
	return 0;
}

static int take_pagetype_row(void *arg, char *line, struct error *err)
{
	static const char blocks[] = "Number of blocks type";
	struct pagetypes *p = arg;
	char zone[24];
	char *rest = line, *word;

	if (strncmp(line, blocks, sizeof(blocks) - 1) == 0)
		return take_types(p, line + sizeof(blocks) - 1, err);
	if (strncmp(line, "Node", 4) != 0)
		return 0;
	if (text_zone(&rest, zone, sizeof(zone)))
		return error_set(err, ERROR_FOUND, "pagetypeinfo: a row names no zone");
	word = text_word(&rest);
	if (!word)
		return bad_row(zone, err);
	return strcmp(word, "type") == 0 ? take_free(p, zone, rest, err) :
					   take_blocks(p, zone, word, rest, err);
}

int pagetypeinfo_metrics(const char *text, size_t len, struct metrics *m, struct error *err)
{
	struct pagetypes p = { .m = m };

	return text_each_line("pagetypeinfo", text, len, take_pagetype_row, &p, err);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "proto/require.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/parse.h"

#define MAX_ORDER 10

static const struct {
	const char *prefix;
	enum require_kind kind;
} kinds[] = {
	{ "unusable.", REQUIRE_UNUSABLE },
	{ "vmstat.", REQUIRE_VMSTAT },
	{ "meminfo.", REQUIRE_MEMINFO },
};

static size_t blanks(const char *p)
{
	return strspn(p, " ");
}

/* "unusable.9": returns what follows it, or NULL. */
static const char *parse_subject(const char *p, struct requirement *r)
{
	size_t i = 0, len = 0;
	uint64_t order;

	while (i < sizeof(kinds) / sizeof(kinds[0]) &&
	       strncmp(p, kinds[i].prefix, strlen(kinds[i].prefix)) != 0)
		i++;
	if (i == sizeof(kinds) / sizeof(kinds[0]))
		return NULL;
	r->kind = kinds[i].kind;
	p += strlen(kinds[i].prefix);
	while (isalnum((unsigned char)p[len]) || strchr("_()", p[len] ? p[len] : ' '))
		len++;
	if (!len || len >= sizeof(r->name))
		return NULL;
	memcpy(r->name, p, len);
	r->name[len] = '\0';
	if (r->kind == REQUIRE_UNUSABLE) {
		if (parse_u64(r->name, &order) || order > MAX_ORDER)
			return NULL;
		r->order = (unsigned int)order;
	}
	return p + len;
}

/* ">= 500": returns what follows it, or NULL. */
static const char *parse_bound(const char *p, struct requirement *r)
{
	char number[24];
	size_t digits;

	p += blanks(p);
	if (strncmp(p, ">=", 2) != 0 && strncmp(p, "<=", 2) != 0)
		return NULL;
	r->at_least = *p == '>';
	p += 2;
	p += blanks(p);
	digits = strspn(p, "0123456789");
	if (digits >= sizeof(number))
		return NULL;
	memcpy(number, p, digits);
	number[digits] = '\0';
	return parse_u64(number, &r->value) ? NULL : p + digits;
}

const char *require_parse(const char *text, struct requirement *ret, size_t *ret_nr)
{
	const char *p = text;

	*ret_nr = 0;
	do {
		struct requirement *r = &ret[*ret_nr];

		if (*ret_nr == REQUIRE_MAX)
			return "too many requirements";
		*r = (struct requirement){};
		p += blanks(p);
		p = parse_subject(p, r);
		if (!p)
			return "unusable.ORDER, vmstat.ROW or meminfo.ROW is expected";
		p = parse_bound(p, r);
		if (!p)
			return "'>= NUMBER' or '<= NUMBER' is expected";
		p += blanks(p);
		++*ret_nr;
	} while (*p == ',' && *p++);
	return *p ? "a comma is expected between requirements" : NULL;
}

unsigned int unusable_index(const uint64_t *blocks, size_t nr, unsigned int order)
{
	uint64_t pages = 0, usable = 0;

	for (size_t i = 0; i < nr; i++) {
		pages += blocks[i] << i;
		if (i >= order)
			usable += blocks[i] << i;
	}
	return pages ? (unsigned int)((pages - usable) * 1000 / pages) : 1000;
}

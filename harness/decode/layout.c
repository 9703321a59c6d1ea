// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/layout.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SHIFT 12
#define MAX_LINE 512
#define MAX_REGIONS 64
#define MAX_LABEL 40

/* Bytes; an end of the whole address space does not fit and is kept in pages only. */
struct region {
	char label[MAX_LABEL];
	uint64_t from, to; /* pages */
	uint64_t mapped;
};

struct layout {
	struct region v[MAX_REGIONS];
	size_t nr;
	const char *what;
	char program[256]; /* maps: the first file */
	char section[MAX_LABEL]; /* page_tables: where we are; "" for none */
	bool trimmed; /* page_tables: the section ends where its last mapping does */
	unsigned int nr_ram;
	uint64_t start_brk; /* maps: the page where the heap began; 0: not told */
};

static int bad_line(const struct layout *l, const char *line, struct error *err)
{
	return error_set(err, ERROR_FOUND, "%s: cannot read the line '%.60s'", l->what, line);
}

/* The region with this label, new if need be; NULL: too many, or too long. */
static struct region *region_of(struct layout *l, const char *label)
{
	for (size_t i = 0; i < l->nr; i++)
		if (strcmp(l->v[i].label, label) == 0)
			return &l->v[i];
	if (l->nr == MAX_REGIONS || strlen(label) >= MAX_LABEL)
		return NULL;
	strcpy(l->v[l->nr].label, label);
	return &l->v[l->nr++];
}

/* Extend the region to [@from, @to). */
static int cover(struct layout *l, const char *label, uint64_t from, uint64_t to, uint64_t mapped,
		 struct error *err)
{
	struct region *r = region_of(l, label);

	if (!r)
		return error_set(err, ERROR_FOUND, "%s: more than %d regions", l->what, MAX_REGIONS);
	if (!r->to || from < r->from)
		r->from = from;
	if (to > r->to)
		r->to = to;
	r->mapped += mapped;
	return 0;
}

/* "FROM-TO" in hexadecimal at @p, to pages; an end that wrapped to 0 is that of the
 * address space, 32 or 64 bits wide as its digits say. */
static const char *parse_range(const char *p, uint64_t *from, uint64_t *to)
{
	const char *digits;
	char *end;
	uint64_t a, b;

	if (!isxdigit((unsigned char)*p))
		return NULL;
	a = strtoull(p, &end, 16);
	if (*end != '-' || !isxdigit((unsigned char)end[1]))
		return NULL;
	digits = end + 1;
	digits += strncmp(digits, "0x", 2) == 0 ? 2 : 0;
	b = strtoull(end + 1, &end, 16);
	*from = a >> PAGE_SHIFT;
	*to = b ? (b >> PAGE_SHIFT) + (b % (1 << PAGE_SHIFT) != 0) :
		  1ull << ((end - digits > 8 ? 64 : 32) - PAGE_SHIFT);
	return *to > *from ? end : NULL;
}

/* What a line of maps is: its path, its permissions, and what came before it tell. */
static const char *segment_of(const struct layout *l, const char *perms, const char *path,
			      uint64_t from)
{
	static const struct {
		const char *path, *label;
	} special[] = {
		{ "[stack]", "user.stack" },
		{ "[vdso]", "user.vdso" },
		{ "[vvar]", "user.vdso" },
		{ "[vvar_vclock]", "user.vdso" },
	};

	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (strcmp(path, special[i].path) == 0)
			return special[i].label;
	if (*path == '/' && strcmp(path, l->program) == 0)
		return perms[1] == 'w' ? "user.data" : "user.text";
	/* The part of bss that shares no page with data follows it without a name. */
	for (size_t i = 0; !*path && i < l->nr; i++)
		if (strcmp(l->v[i].label, "user.data") == 0 && l->v[i].to == from)
			return "user.bss";
	return "user.mmap";
}

/* The heap grows out of bss without a gap, and the kernel may make one mapping of them:
 * what lies below where it began is bss. */
static int take_heap(struct layout *l, uint64_t from, uint64_t to, struct error *err)
{
	const uint64_t border = l->start_brk;

	if (from < border && border < to) {
		if (cover(l, "user.bss", from, border, border - from, err))
			return -1;
		from = border;
	}
	return cover(l, "user.heap", from, to, to - from, err);
}

/* "start_brk 08363000", before the mappings */
static int take_start_brk(struct layout *l, char *line, const char *hex, struct error *err)
{
	char *end;
	const uint64_t at = strtoull(hex, &end, 16);

	if (!isxdigit((unsigned char)*hex) || *end)
		return bad_line(l, line, err);
	l->start_brk = at >> PAGE_SHIFT;
	return 0;
}

/* "08048000-08049000 r--p 00000000 00:03 5          /init" */
static int take_maps(struct layout *l, char *line, struct error *err)
{
	static const char brk[] = "start_brk ";
	uint64_t from, to;
	const char *p = parse_range(line, &from, &to);
	const char *perms = p && *p == ' ' ? p + 1 : NULL;

	if (strncmp(line, brk, sizeof(brk) - 1) == 0)
		return take_start_brk(l, line, line + sizeof(brk) - 1, err);
	if (!perms || strspn(perms, "rwxps-") != 4)
		return bad_line(l, line, err);
	p = perms;
	for (int i = 0; i < 4; i++) { /* to the blank after the inode */
		p = strchr(p, ' ');
		if (!p)
			return bad_line(l, line, err);
		p++;
	}
	p += strspn(p, " ");
	if (*p == '/' && !*l->program)
		snprintf(l->program, sizeof(l->program), "%s", p);
	if (strcmp(p, "[heap]") == 0)
		return take_heap(l, from, to, err);
	return cover(l, segment_of(l, perms, p, from), from, to, to - from, err);
}

/* Sections of the page tables by their markers; those without a label are no area. */
static const struct {
	const char *marker, *label;
	bool trimmed; /* what follows its last mapping belongs to nothing */
} sections[] = {
	{ "User Space", NULL, false },
	{ "Kernel Space", NULL, false },
	{ "Kernel Mapping", "kernel.direct", true },
	{ "Low Kernel Mapping", "kernel.direct", true },
	{ "vmalloc() Area", "kernel.vmalloc", false },
	{ "vmalloc() End", NULL, false },
	{ "Vmalloc End", NULL, false },
	{ "Vmemmap", "kernel.vmemmap", true },
	{ "Persistent kmap() Area", "kernel.pkmap", false },
	{ "CPU entry area", "kernel.cpu-entry", true },
	{ "CPU entry Area", "kernel.cpu-entry", true },
	{ "High Kernel Mapping", "kernel.image", true },
	{ "Modules", "kernel.modules", false },
	{ "End Modules", NULL, false },
	{ "Fixmap area", "kernel.fixmap", false },
	{ "Fixmap Area", "kernel.fixmap", false },
	{ "LDT remap", "kernel.ldt", false },
	{ "ESPfix Area", "kernel.espfix", false },
};

/* "---[ vmalloc() Area ]---" */
static int take_marker(struct layout *l, const char *line, struct error *err)
{
	const char *name = line + 5, *end = strstr(name, " ]---");

	if (!end)
		return bad_line(l, line, err);
	*l->section = '\0';
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (strlen(sections[i].marker) != (size_t)(end - name) ||
		    strncmp(sections[i].marker, name, (size_t)(end - name)) != 0)
			continue;
		if (sections[i].label)
			strcpy(l->section, sections[i].label);
		l->trimmed = sections[i].trimmed;
	}
	return 0;
}

/* "0xc0000000-0xc009b000         620K     RW                 GLB x  pte" */
static int take_page_tables(struct layout *l, char *line, struct error *err)
{
	uint64_t from, to;
	const char *rest;
	bool mapped;

	if (strncmp(line, "---[ ", 5) == 0)
		return take_marker(l, line, err);
	rest = parse_range(line, &from, &to);
	if (!rest)
		return bad_line(l, line, err);
	mapped = strstr(rest, " RW ") || strstr(rest, " ro ");
	if (!*l->section || (l->trimmed && !mapped))
		return 0;
	return cover(l, l->section, from, to, mapped ? to - from : 0, err);
}

/* "00100000-7ffdffff : System RAM", "  01000000-0153d1cb : Kernel code"; ends are included. */
static int take_iomem(struct layout *l, char *line, struct error *err)
{
	const char *at = line + strspn(line, " ");
	char *end;
	uint64_t from = strtoull(at, &end, 16), to;
	char label[MAX_LABEL];

	if (!isxdigit((unsigned char)*at) || *end != '-' || !isxdigit((unsigned char)end[1]))
		return bad_line(l, line, err);
	to = strtoull(end + 1, &end, 16);
	if (strncmp(end, " : ", 3) != 0 || to < from)
		return bad_line(l, line, err);
	end += 3;
	from >>= PAGE_SHIFT;
	to = (to >> PAGE_SHIFT) + 1;
	if (at == line && strcmp(end, "System RAM") == 0) {
		snprintf(label, sizeof(label), "phys.ram%u", l->nr_ram++);
		return cover(l, label, from, to, to - from, err);
	}
	if (strncmp(end, "Kernel ", 7) == 0)
		return cover(l, "phys.kernel", from, to, to - from, err);
	return 0;
}

/* "Node 0, zone  HighMem", then "spanned 297984", "managed 297984", "start_pfn: 226302". */
static int take_zoneinfo(struct layout *l, char *line, struct error *err)
{
	static const char head[] = "Node 0, zone";
	const char *word = line + strspn(line, " ");
	struct region *r;

	if (strncmp(line, head, sizeof(head) - 1) == 0) {
		word = line + sizeof(head) - 1;
		word += strspn(word, " ");
		snprintf(l->section, sizeof(l->section), "zone.%.32s", word);
		return region_of(l, l->section) ? 0 : bad_line(l, line, err);
	}
	r = *l->section ? region_of(l, l->section) : NULL;
	if (!r)
		return 0;
	/* Until the end is known, "to" holds what is spanned. */
	if (strncmp(word, "spanned ", 8) == 0)
		r->to = strtoull(word + 8, NULL, 10);
	else if (strncmp(word, "managed ", 8) == 0)
		r->mapped = strtoull(word + 8, NULL, 10);
	else if (strncmp(word, "start_pfn: ", 11) == 0)
		r->from = strtoull(word + 11, NULL, 10);
	return 0;
}

static void finish_zones(struct layout *l)
{
	for (size_t i = 0; i < l->nr; i++)
		l->v[i].to = l->v[i].to < UINT64_MAX - l->v[i].from ? l->v[i].to + l->v[i].from : 0;
}

static int emit(const struct layout *l, struct metrics *m, struct error *err)
{
	for (size_t i = 0; i < l->nr; i++) {
		const struct region *r = &l->v[i];

		if (r->to <= r->from) /* an empty zone */
			continue;
		if (r->to > 1ull << (64 - PAGE_SHIFT) || r->mapped > r->to)
			return error_set(err, ERROR_FOUND, "%s: '%s' is larger than an address space", l->what,
					 r->label);
		if (metrics_add_int(m, "layout.from", r->label, (int64_t)r->from, err) ||
		    metrics_add_int(m, "layout.to", r->label, (int64_t)r->to, err) ||
		    metrics_add_int(m, "layout.mapped", r->label, (int64_t)r->mapped, err))
			return -1;
	}
	return 0;
}

static int each_line(struct layout *l, const char *text, size_t len,
		     int (*take)(struct layout *l, char *line, struct error *err), struct error *err)
{
	char line[MAX_LINE];

	while (len) {
		const char *nl = memchr(text, '\n', len);
		const size_t n = nl ? (size_t)(nl - text) : len;

		if (!nl || n >= MAX_LINE || memchr(text, '\0', n))
			return error_set(err, ERROR_FOUND, "%s: a line is cut off or too long", l->what);
		memcpy(line, text, n);
		line[n] = '\0';
		if (take(l, line, err))
			return -1;
		text += n + 1;
		len -= n + 1;
	}
	return 0;
}

int layout_metrics(const char *kind, const char *text, size_t len, struct metrics *m,
		   struct error *err)
{
	static const struct {
		const char *kind;
		int (*take)(struct layout *l, char *line, struct error *err);
		void (*finish)(struct layout *l);
	} kinds[] = {
		{ "maps", take_maps, NULL },
		{ "page_tables", take_page_tables, NULL },
		{ "zoneinfo", take_zoneinfo, finish_zones },
		{ "iomem", take_iomem, NULL },
	};
	struct layout l = { .what = kind };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kind, kinds[i].kind) != 0)
			continue;
		if (each_line(&l, text, len, kinds[i].take, err))
			return -1;
		if (kinds[i].finish)
			kinds[i].finish(&l);
		return emit(&l, m, err);
	}
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/map.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/parse.h"
#include "lib/xalloc.h"

static const struct {
	const char *prefix;
	enum map_kind kind;
} kinds[] = {
	{ "user.", MAP_USER },
	{ "kernel.", MAP_KERNEL },
	{ "zone.", MAP_ZONE },
	{ "phys.", MAP_PHYS },
};

static const struct {
	const char *label, *note;
} notes[] = {
	{ "user.text", "the program: headers, code, constants" },
	{ "user.data", "the program's initialised variables" },
	{ "user.bss", "its zeroed ones: no file behind them" },
	{ "user.heap", "grows up: brk()" },
	{ "user.mmap", "grows down: mmap(), libraries" },
	{ "user.vdso", "system calls without a system call" },
	{ "user.stack", "grows down by page faults" },
	{ "kernel.direct", "lowmem, or all memory: always mapped" },
	{ "kernel.vmalloc", "page by page: vmalloc(), devices" },
	{ "kernel.pkmap", "kmap(): highmem, a slot a page" },
	{ "kernel.fixmap", "fixed addresses: kmap_local_page(), devices" },
	{ "kernel.cpu-entry", "entry stacks and tables, per CPU" },
	{ "kernel.vmemmap", "struct page of every frame" },
	{ "kernel.image", "the kernel's code and data" },
	{ "kernel.modules", "loaded modules" },
};

static const char *note_of(const char *label)
{
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (strcmp(notes[i].label, label) == 0)
			return notes[i].note;
	return "";
}

static uint64_t value_of(const struct query_metrics *m, const char *name, const char *label)
{
	for (size_t i = 0; i < m->nr; i++)
		if (strcmp(m->v[i].name, name) == 0 && strcmp(m->v[i].label, label) == 0)
			return m->v[i].exact && m->v[i].i > 0 ? (uint64_t)m->v[i].i : 0;
	return 0;
}

static void append(struct map_region **v, size_t *nr, struct map_region r)
{
	*v = xreallocarray(*v, *nr + 1, sizeof(r));
	(*v)[(*nr)++] = r;
}

static void take_region(struct map *m, const char *label)
{
	struct map_region r = {
		.from = value_of(&m->metrics, "layout.from", label),
		.to = value_of(&m->metrics, "layout.to", label),
		.mapped = value_of(&m->metrics, "layout.mapped", label),
		.note = note_of(label),
	};

	if (r.to <= r.from)
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const size_t len = strlen(kinds[i].prefix);

		if (strncmp(label, kinds[i].prefix, len) != 0)
			continue;
		r.kind = kinds[i].kind;
		r.name = label + len;
		if (r.kind == MAP_ZONE)
			append(&m->zones, &m->nr_zones, r);
		else if (r.kind == MAP_PHYS)
			append(&m->phys, &m->nr_phys, r);
		else
			append(&m->virt, &m->nr_virt, r);
	}
}

static int by_address(const void *a, const void *b)
{
	const struct map_region *x = a, *y = b;

	return x->from < y->from ? 1 : x->from > y->from ? -1 : 0;
}

static void sort(struct map_region *v, size_t nr)
{
	if (nr)
		qsort(v, nr, sizeof(*v), by_address);
}

static char *title_of(const char *facts)
{
	json_t *o = json_loads(facts, 0, NULL);
	const char *arch = json_string_value(json_object_get(o, "arch"));
	const char *kernel = json_string_value(json_object_get(o, "kernel"));
	const json_int_t bytes = json_integer_value(json_object_get(o, "memory_bytes"));
	char memory[32], *title;

	parse_size_format(bytes > 0 ? (uint64_t)bytes : 0, memory, sizeof(memory));
	title = xasprintf("%s, %s, %s", arch ? arch : "?", kernel ? kernel : "?", memory);
	json_decref(o);
	return title;
}

int map_build(struct store *s, int64_t run, struct map *ret, struct error *err)
{
	char *facts;

	*ret = (struct map){};
	if (query_run_facts(s, run, &facts, err))
		return -1;
	ret->title = title_of(facts);
	free(facts);
	if (query_metrics(s, run, &ret->metrics, err)) {
		map_release(ret);
		return -1;
	}
	for (size_t i = 0; i < ret->metrics.nr; i++)
		if (strcmp(ret->metrics.v[i].name, "layout.from") == 0)
			take_region(ret, ret->metrics.v[i].label);
	ret->task_end = value_of(&ret->metrics, "layout.task_end", "");
	ret->wide = ret->task_end > 1u << 20;
	sort(ret->virt, ret->nr_virt);
	sort(ret->zones, ret->nr_zones);
	sort(ret->phys, ret->nr_phys);
	if (ret->nr_virt && ret->nr_zones && ret->task_end)
		return 0;
	map_release(ret);
	return error_set(err, ERROR_INPUT, "the run measured no layout; workload layout does");
}

void map_release(struct map *m)
{
	free(m->title);
	free(m->virt);
	free(m->zones);
	free(m->phys);
	query_metrics_release(&m->metrics);
	*m = (struct map){};
}

void map_size(uint64_t pages, char *buf, size_t size)
{
	static const char units[] = "KMGTPE";
	double v = (double)pages * 4;
	size_t unit = 0;

	while (v >= 1024 && units[unit + 1]) {
		v /= 1024;
		unit++;
	}
	if (v >= 100 || v == (double)(uint64_t)v)
		snprintf(buf, size, "%.0f%c", v, units[unit]);
	else
		snprintf(buf, size, "%.1f%c", v, units[unit]);
}

void map_address(const struct map *m, uint64_t page, char *buf, size_t size)
{
	if (page >> 52)
		snprintf(buf, size, "10000000000000000");
	else
		snprintf(buf, size, "%0*" PRIx64, m->wide ? 16 : 8, page << 12);
}

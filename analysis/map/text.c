// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "map/map.h"

static void print_hole(uint64_t from, uint64_t to, int width, FILE *to_file)
{
	char size[16];

	map_size(to - from, size, sizeof(size));
	fprintf(to_file, "  %*s  %7s  .\n", 2 * width + 3, "", size);
}

static void print_region(const struct map *m, const struct map_region *r, int width, FILE *to)
{
	char from[24], end[24], size[16], mapped[16];

	map_address(m, r->from, from, sizeof(from));
	map_address(m, r->to, end, sizeof(end));
	map_size(r->to - r->from, size, sizeof(size));
	map_size(r->mapped, mapped, sizeof(mapped));
	fprintf(to, "  %*s - %-*s  %7s  %-6s  %-10s", width, from, width, end, size,
		r->kind == MAP_USER ? "user" : "kernel", r->name);
	if (r->kind == MAP_KERNEL)
		fprintf(to, "  %7s mapped; ", mapped);
	else
		fprintf(to, "  ");
	fprintf(to, "%s\n", r->note);
}

static void print_border(const struct map *m, int width, FILE *to)
{
	char end[24];

	map_address(m, m->task_end, end, sizeof(end));
	fprintf(to, "  %*s   %s\n", width, end, "------- kernel above, user space below (TASK_SIZE) -------");
}

/* A hole between two regions; that of the border is cut by it. */
static void print_gap(const struct map *m, uint64_t from, uint64_t end, int width, FILE *to)
{
	const bool border = from <= m->task_end && m->task_end <= end;

	if (border && end > m->task_end)
		print_hole(m->task_end, end, width, to);
	if (border)
		print_border(m, width, to);
	if (border && m->task_end > from)
		print_hole(from, m->task_end, width, to);
	if (!border && end > from)
		print_hole(from, end, width, to);
}

static void print_virtual(const struct map *m, FILE *to)
{
	const int width = m->wide ? 17 : 9;
	uint64_t above = m->wide ? 1ull << 52 : 1u << 20;

	fprintf(to, "virtual addresses: %s\n", m->title);
	for (size_t i = 0; i < m->nr_virt; i++) {
		print_gap(m, m->virt[i].to, above, width, to);
		print_region(m, &m->virt[i], width, to);
		above = m->virt[i].from;
	}
	print_gap(m, 0, above, width, to);
}

/* How much of zone @r the direct mapping reaches. */
static void print_zone(const struct map *m, const struct map_region *r, FILE *to)
{
	char from[24], end[24], size[16], managed[16];
	bool direct = false;

	for (size_t i = 0; i < m->nr_virt; i++)
		if (m->virt[i].kind == MAP_KERNEL && strcmp(m->virt[i].name, "direct") == 0)
			direct = r->to <= m->virt[i].to - m->virt[i].from;
	map_address(m, r->from, from, sizeof(from));
	map_address(m, r->to, end, sizeof(end));
	map_size(r->to - r->from, size, sizeof(size));
	map_size(r->mapped, managed, sizeof(managed));
	fprintf(to, "  %s - %s  %7s  %-8s  %7s managed; %s\n", from, end, size, r->name, managed,
		direct ? "in the direct mapping" : "mapped page by page: kmap_local_page(), kmap()");
}

void map_text(const struct map *m, FILE *to)
{
	print_virtual(m, to);
	fprintf(to, "\nphysical memory: %s\n", m->title);
	for (size_t i = 0; i < m->nr_zones; i++)
		print_zone(m, &m->zones[i], to);
}

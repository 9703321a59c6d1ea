// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/procfs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/agent.h"

#define PAGE 4096u
/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PFN ((1ull << 55) - 1)
#define PAGEMAP_PRESENT (1ull << 63)

static const char *next_line(const char *p)
{
	p += strcspn(p, "\n");
	return p + (*p == '\n');
}

uint64_t procfs_field(const char *path, const char *name)
{
	const char *p = read_file(path, NULL);
	const size_t len = strlen(name);

	if (!p)
		agent_fail_errno("cannot read %s", path);
	for (; *p; p = next_line(p))
		if (strncmp(p, name, len) == 0 && (p[len] == ':' || p[len] == ' '))
			return strtoull(p + len + 1, NULL, 10);
	agent_fail("%s has no row '%s'", path, name);
}

uint64_t meminfo_pages(const char *name)
{
	return procfs_field("/proc/meminfo", name) * 1024 / PAGE;
}

/* "  pages free     4" and "        min      12": the words of a row that name @to. */
static void take_row(const char *line, struct zone *z)
{
	const struct {
		const char *name;
		uint64_t *to;
	} rows[] = {
		{ "pages free ", &z->free }, { "min ", &z->min },	  { "low ", &z->low },
		{ "high ", &z->high },	     { "spanned ", &z->spanned }, { "present ", &z->present },
		{ "managed ", &z->managed }, { "start_pfn: ", &z->start_pfn },
	};

	line += strspn(line, " ");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strncmp(line, rows[i].name, strlen(rows[i].name)) == 0)
			*rows[i].to = strtoull(line + strlen(rows[i].name), NULL, 10);
}

static void add_zone(const struct zone *z, struct zone *sum)
{
	if (!z->managed)
		return;
	if (!sum->managed || z->start_pfn < sum->start_pfn)
		sum->start_pfn = z->start_pfn;
	sum->spanned += z->spanned;
	sum->present += z->present;
	sum->managed += z->managed;
	sum->free += z->free;
	sum->min += z->min;
	sum->low += z->low;
	sum->high += z->high;
}

/* Per-CPU rows ("high:", "batch:") end in a colon and are not taken for the zone's. */
static void read_zones(const char *wanted, struct zone *ret)
{
	static const char head[] = "Node 0, zone";
	const char *p = read_file("/proc/zoneinfo", NULL);
	struct zone z = {};
	bool in = false;

	*ret = (struct zone){};
	if (!p)
		agent_fail_errno("cannot read /proc/zoneinfo");
	for (; *p; p = next_line(p)) {
		const char *name = p + sizeof(head) - 1;

		if (strncmp(p, head, sizeof(head) - 1) != 0) {
			if (in)
				take_row(p, &z);
			continue;
		}
		add_zone(&z, ret);
		z = (struct zone){};
		name += strspn(name, " ");
		in = !wanted || (strncmp(name, wanted, strlen(wanted)) == 0 && name[strlen(wanted)] == '\n');
	}
	add_zone(&z, ret);
}

void zone_read(const char *name, struct zone *ret)
{
	read_zones(name, ret);
}

void zones_read(struct zone *ret)
{
	read_zones(NULL, ret);
}

void pagemap_read(const void *area, size_t nr, uint64_t *ret)
{
	const off64_t at = (off64_t)((uintptr_t)area / PAGE * sizeof(*ret));
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		agent_fail_errno("cannot open /proc/self/pagemap");
	if (pread64(fd, ret, nr * sizeof(*ret), at) != (ssize_t)(nr * sizeof(*ret)))
		agent_fail_errno("cannot read /proc/self/pagemap");
	close(fd);
	for (size_t i = 0; i < nr; i++)
		ret[i] = ret[i] & PAGEMAP_PRESENT ? ret[i] & PAGEMAP_PFN : 0;
}

uint64_t pages_high(const void *area, size_t nr)
{
	uint64_t *pfn = malloc(nr * sizeof(*pfn)), high = 0;
	struct zone z;

	if (!pfn)
		agent_fail("no memory for %zu page frame numbers", nr);
	zone_read("HighMem", &z);
	pagemap_read(area, nr, pfn);
	for (size_t i = 0; i < nr; i++) {
		if (!pfn[i])
			agent_fail("page %zu of %zu is not in memory", i, nr);
		high += z.managed && pfn[i] >= z.start_pfn;
	}
	free(pfn);
	return high;
}

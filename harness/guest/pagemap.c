// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/pagemap.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "guest/agent.h"

/* Documentation/admin-guide/mm/pagemap.rst */
#define PRESENT (1ull << 63)
#define SWAPPED (1ull << 62)
#define ENTRIES 512u

struct page_places pagemap_count(const void *at, size_t pages)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const off64_t from = (off64_t)((uintptr_t)at / page * sizeof(uint64_t));
	struct page_places places = {};
	uint64_t entries[ENTRIES];
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		agent_fail_errno("cannot open /proc/self/pagemap");
	for (size_t i = 0; i < pages; i += ENTRIES) {
		const size_t nr = pages - i < ENTRIES ? pages - i : ENTRIES;
		const ssize_t want = (ssize_t)(nr * sizeof(uint64_t));

		if (pread64(fd, entries, (size_t)want, from + (off64_t)(i * sizeof(uint64_t))) != want)
			agent_fail_errno("cannot read /proc/self/pagemap");
		for (size_t j = 0; j < nr; j++) {
			places.present += (entries[j] & PRESENT) != 0;
			places.swapped += (entries[j] & SWAPPED) != 0;
		}
	}
	close(fd);
	return places;
}

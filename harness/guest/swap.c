// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/swap.h>
#include <unistd.h>

#include "guest/agent.h"
#include "guest/swap.h"

#define SWAP_PAGE 4096u

/* Header of a version 1 swap area (include/linux/swap.h, union swap_header). */
struct swap_info {
	char bootbits[1024];
	uint32_t version, last_page, nr_badpages;
	unsigned char uuid[16];
	char volume_name[16];
	uint32_t padding[117];
	uint32_t badpages[1];
};

/* Fill @fd with zeroes: brd takes its pages on first write, and taking them
 * while the kernel swaps out would eat the memory swap-out is to free. */
static void fill(int fd, uint64_t bytes)
{
	static char zeroes[1 << 16];

	for (uint64_t at = 0; at < bytes; at += sizeof(zeroes))
		if (write(fd, zeroes, sizeof(zeroes)) != sizeof(zeroes))
			agent_fail_errno("cannot fill the swap device");
}

static void write_header(int fd, uint64_t bytes)
{
	static const char magic[] = { 'S', 'W', 'A', 'P', 'S', 'P', 'A', 'C', 'E', '2' };
	static char page[SWAP_PAGE];
	struct swap_info *info = (void *)page;

	info->version = 1;
	info->last_page = (uint32_t)(bytes / SWAP_PAGE) - 1;
	memset(info->uuid, 0x48, sizeof(info->uuid));
	memcpy(page + SWAP_PAGE - sizeof(magic), magic, sizeof(magic));
	if (pwrite(fd, page, sizeof(page), 0) != (ssize_t)sizeof(page) || fsync(fd))
		agent_fail_errno("cannot write the swap header");
}

void swap_use(const char *path, uint64_t bytes, bool fill_first)
{
	uint64_t has = 0;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &has))
		agent_fail_errno("cannot open swap device %s", path);
	if (has < bytes)
		agent_fail("swap device %s is smaller than asked", path);
	bytes = bytes / SWAP_PAGE * SWAP_PAGE;
	if (fill_first)
		fill(fd, bytes);
	write_header(fd, bytes);
	close(fd);
	if (swapon(path, 0))
		agent_fail_errno("cannot swap to %s", path);
}

void swap_start(const struct job *job)
{
	const bool ram = strcmp(job->swap, "ram") == 0;

	if (strcmp(job->swap, "none") != 0)
		swap_use(ram ? "/dev/ram0" : "/dev/vda", job->swap_bytes, ram);
}

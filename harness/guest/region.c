// SPDX-License-Identifier: GPL-2.0-or-later
#include "proto/region.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest/agent.h"
#include "guest/drain.h"

#define PCI_DIR "/sys/bus/pci/devices"

static struct region_header *header;
static struct job job;

/* Does file @name of device @dev hold the number @want? */
static int pci_is(const char *dev, const char *name, unsigned long want)
{
	char path[512];
	const char *text;

	snprintf(path, sizeof(path), PCI_DIR "/%s/%s", dev, name);
	text = read_file(path, NULL);
	return text && strtoul(text, NULL, 16) == want;
}

/* Map BAR 2 of device @dev, which is the shared memory. */
static void map_bar(const char *dev)
{
	char path[512];
	struct stat st;
	int fd, rc;

	snprintf(path, sizeof(path), PCI_DIR "/%s/enable", dev);
	rc = write_file(path, "1");
	if (rc)
		agent_fail("cannot enable the region device: %s", strerror(-rc));
	snprintf(path, sizeof(path), PCI_DIR "/%s/resource2", dev);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		agent_fail_errno("cannot open the region");
	header = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (header == MAP_FAILED)
		agent_fail_errno("cannot map the region");
	close(fd);
	if (header->magic != REGION_MAGIC || header->version != REGION_VERSION ||
	    header->region_bytes != (uint64_t)st.st_size)
		agent_fail("the region is not one this agent knows");
}

static void take_job(void)
{
	unsigned int line;
	char *text;

	if (header->job_off > header->region_bytes ||
	    header->job_bytes > header->region_bytes - header->job_off)
		agent_fail("the job lies outside the region");
	text = malloc((size_t)header->job_bytes + 1);
	if (!text)
		agent_fail("no memory for the job");
	memcpy(text, (char *)header + header->job_off, (size_t)header->job_bytes);
	text[header->job_bytes] = '\0';
	emit_attach(header);
	header->state = REGION_TAKEN;
	if (crc32(0, text, (size_t)header->job_bytes) != header->job_crc)
		agent_fail("the job is damaged");
	if (job_parse(text, (size_t)header->job_bytes, &job, &line))
		agent_fail("line %u of the job means nothing to this agent", line);
}

void region_map(void)
{
	DIR *dir = opendir(PCI_DIR);
	struct dirent *d;

	if (!dir)
		agent_fail_errno("cannot list " PCI_DIR);
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.' || !pci_is(d->d_name, "vendor", REGION_PCI_VENDOR) ||
		    !pci_is(d->d_name, "device", REGION_PCI_DEVICE))
			continue;
		map_bar(d->d_name);
		break;
	}
	closedir(dir);
	if (!header)
		agent_fail("there is no region device");
	take_job();
}

struct job *region_job(void)
{
	return &job;
}

void *region_trace_area(uint64_t *ret_size, volatile uint64_t **ret_used)
{
	if (header->trace_off > header->region_bytes ||
	    header->trace_cap > header->region_bytes - header->trace_off)
		agent_fail("the trace area lies outside the region");
	*ret_size = header->trace_cap;
	*ret_used = &header->trace_bytes;
	return (char *)header + header->trace_off;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An agent gone mad: PID 1 that fills the shared region, header and all, with
 * one byte and restarts. For bad.t, which builds it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#define PCI_DIR "/sys/bus/pci/devices"

static int is_region(const char *dev)
{
	char path[512], text[16] = "";
	int fd;

	snprintf(path, sizeof(path), PCI_DIR "/%s/device", dev);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		return 0;
	close(fd);
	return strncmp(text, "0x1110", 6) == 0;
}

static void scribble(const char *dev)
{
	char path[512];
	struct stat st;
	void *p;
	int fd;

	snprintf(path, sizeof(path), PCI_DIR "/%s/enable", dev);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, "1", 1) != 1)
		return;
	snprintf(path, sizeof(path), PCI_DIR "/%s/resource2", dev);
	fd = open(path, O_RDWR);
	if (fd < 0 || fstat(fd, &st))
		return;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p != MAP_FAILED)
		memset(p, 0xa5, (size_t)st.st_size);
}

int main(void)
{
	struct dirent *d;
	DIR *dir;

	mount("sysfs", "/sys", "sysfs", 0, NULL);
	dir = opendir(PCI_DIR);
	while (dir && (d = readdir(dir)))
		if (d->d_name[0] != '.' && is_region(d->d_name))
			scribble(d->d_name);
	reboot(RB_AUTOBOOT);
	return 0;
}

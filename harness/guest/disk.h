/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk: a block device with a known latency, made at run time out of the
 * kernel's null_blk (configfs). Under the instruction clock its latency is
 * virtual time, exact to the ns, and waiting for it costs nothing.
 *
 * It takes @depth requests at a time, each of at most @request_bytes, and ends
 * each @latency_ns after its start, whatever its size: so its bandwidth is
 * depth * request_bytes / latency_ns. With @holds_data what is written can be
 * read back; it is kept in guest memory, taken at the first write.
 */
#ifndef GUEST_DISK_H
#define GUEST_DISK_H

#include <stdbool.h>
#include <stdint.h>

#define DISK_PATH 48

struct disk {
	const char *name; /* of the device: letters and digits, at most 16 */
	uint64_t bytes; /* rounded up to MiB */
	uint64_t latency_ns; /* 0: ends at once, in the caller's context */
	unsigned int depth; /* requests at a time; 0: the driver's own */
	unsigned int request_bytes; /* 0: the block layer's own */
	bool holds_data;
};

/* Make it; @path becomes "/dev/NAME". Fails the cell if the kernel refuses. */
void disk_make(const struct disk *d, char path[DISK_PATH]);

#endif

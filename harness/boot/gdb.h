/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gdb: a client of QEMU's gdb stub, as much of it as reading a stopped guest's memory
 * needs. Connecting stops the guest. Addresses are the guest's virtual ones.
 *
 * Packets: "$DATA#SUM", SUM being the sum of DATA's bytes, two hex digits
 * (gdb's manual, Remote Serial Protocol).
 */
#ifndef BOOT_GDB_H
#define BOOT_GDB_H

#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"
#include "lib/strbuf.h"

/* Connect to the socket @path. Returns a descriptor, or -1. */
int gdb_connect(const char *path, struct error *err);
/* Send one packet and take the answer, without its frame, into @out. What QEMU says unasked,
 * that the guest has stopped, is no answer but to "?". */
int gdb_ask(int fd, const char *packet, struct strbuf *out, struct error *err);
/* @len bytes at @addr; what the guest has not mapped is ERROR_FOUND. */
int gdb_read(int fd, uint64_t addr, void *to, size_t len, struct error *err);

/* Pure: the packet of @data, and the data of the first whole packet in @text. */
void gdb_packet(const char *data, struct strbuf *out);
/* The bytes of @text up to its end: @out has it; 0: more is needed; -1: damaged. */
int gdb_unpack(const char *text, size_t len, struct strbuf *out);

#endif

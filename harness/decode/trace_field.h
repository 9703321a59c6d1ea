/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace_field: a number in an event, as its format file says where it is:
 *
 *	field:unsigned long nr_reclaimed;	offset:8;	size:4;	signed:0;
 *
 * Our own reader of these lines, not libtraceevent's: version 1.7.1 (Debian 12)
 * also parses "print fmt", and a damaged one makes it read through a null
 * pointer; what a guest wrote must not be able to do that. trace-cmd, which reads
 * the trace.dat of a run, is the library's check of the same bytes.
 */
#ifndef DECODE_TRACE_FIELD_H
#define DECODE_TRACE_FIELD_H

#include "decode/trace.h"

struct trace_field {
	uint32_t offset, size; /* size: 1, 2, 4 or 8 */
	bool is_signed;
};

/*
 * The next field of @format that is a number; *@at begins at 0. False at the end. Arrays,
 * strings and what has no plain size are passed over.
 */
bool trace_next_field(const struct trace_format *format, size_t *at, char *name, size_t size,
		      struct trace_field *ret);
/* Where @name is in events of @format; false if they have no such number. */
bool trace_find_field(const struct trace_format *format, const char *name,
		      struct trace_field *ret);
/* Its value in @e, sign-extended; false if it lies outside. */
bool trace_read_field(const struct trace_field *f, const struct trace_event *e, uint64_t *ret);

#endif

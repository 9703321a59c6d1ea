/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame: one message from the agent to the host.
 *
 * A frame is a header and @bytes of payload, padded with zeroes to 8 bytes.
 * Frames are numbered from 0 without gaps; both parts carry a crc32 (IEEE 802.3,
 * as in zlib). A reader checks magic, crc and that the length fits before it
 * touches the payload; an unknown type is skipped. Payloads are text or raw
 * bytes of kernel files, so that they mean the same on both word sizes.
 */
#ifndef PROTO_FRAME_H
#define PROTO_FRAME_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAGIC 0x46525748u /* "HWRF" */

/*
 * Every message there is: FRAME(NAME, number, payload).
 *
 * HELLO     uname fields and facts of the guest, one "key value" a line
 * PHASE     the name of what the agent does next: "mount", "swap", "work", ...
 * SNAPSHOT  "MOMENT PATH\n", then the bytes of the file PATH at that moment
 * SAMPLE    "NUMBER PATH\n", then the bytes of PATH at the frame's vtime_ns; a
 *           cadence of the plan's sample: (NUMBER 1, 2, ...)
 * METRIC    "NAME LABEL VALUE\n": LABEL is "-" or what tells the row from its
 *           like (a pass, an order); VALUE is a decimal number
 * OUTPUT    "NAME\n", then the bytes a program printed (NAME: "fio.json")
 * FAIL      why the cell has no result, one line
 * BYE       "ok" or "fail": the last frame of a guest that ended by itself
 */
#define FRAME_TYPES(FRAME)   \
	FRAME(HELLO, 1)      \
	FRAME(PHASE, 2)      \
	FRAME(SNAPSHOT, 3)   \
	FRAME(METRIC, 4)     \
	FRAME(OUTPUT, 5)     \
	FRAME(FAIL, 6)       \
	FRAME(BYE, 7)        \
	FRAME(SAMPLE, 8)

#define FRAME_ENUM(name, number) FRAME_##name = (number),
enum frame_type { FRAME_TYPES(FRAME_ENUM) };
#undef FRAME_ENUM

struct frame_header {
	uint32_t magic;
	uint16_t type;
	uint16_t flags; /* 0 */
	uint32_t bytes; /* of payload, without padding */
	uint32_t seq;
	uint64_t vtime_ns; /* guest CLOCK_MONOTONIC */
	uint32_t payload_crc;
	uint32_t header_crc; /* of the 28 bytes before it */
};

_Static_assert(sizeof(struct frame_header) == 32, "wire size");
_Static_assert(offsetof(struct frame_header, vtime_ns) == 16, "wire layout");

#define FRAME_ALIGN(bytes) (((uint64_t)(bytes) + 7) & ~7ull)

/* The name of a type, or NULL. */
const char *frame_type_name(unsigned int type);

/* crc32 of @len bytes, continued from @crc (0 at the start). */
uint32_t crc32(uint32_t crc, const void *data, size_t len);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Make frames as a guest does, for tests. */
#ifndef FRAMES_OF_H
#define FRAMES_OF_H

#include <string.h>
#include <unistd.h>

#include "lib/strbuf.h"
#include "proto/frame.h"

static inline void add_frame_bytes(struct strbuf *out, unsigned int type, uint32_t seq, const char *text,
				   size_t len)
{
	static const char zeroes[8];
	struct frame_header h = {
		.magic = FRAME_MAGIC,
		.type = (uint16_t)type,
		.bytes = (uint32_t)len,
		.seq = seq,
		.vtime_ns = 1000ull * seq,
		.payload_crc = crc32(0, text, len),
	};

	h.header_crc = crc32(0, &h, offsetof(struct frame_header, header_crc));
	strbuf_add(out, &h, sizeof(h));
	strbuf_add(out, text, len);
	strbuf_add(out, zeroes, FRAME_ALIGN(len) - len);
}

static inline void add_frame(struct strbuf *out, unsigned int type, uint32_t seq, const char *text)
{
	add_frame_bytes(out, type, seq, text, strlen(text));
}

#endif

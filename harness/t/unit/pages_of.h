/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pages_of: ring buffer pages for tests and fuzz targets, with the frames that say
 * how to read them, as a guest of either word size leaves them.
 */
#ifndef T_PAGES_OF_H
#define T_PAGES_OF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/strbuf.h"
#include "proto/frame.h"
#include "proto/trace.h"

#define PAGE_BYTES 4096

static inline void pages_add_frame(struct strbuf *out, uint32_t *seq, enum frame_type type,
				   const void *payload, size_t len)
{
	static const char zeroes[8];
	struct frame_header h = { .magic = FRAME_MAGIC, .type = (uint16_t)type, .bytes = (uint32_t)len,
				  .seq = (*seq)++, .payload_crc = crc32(0, payload, len) };

	h.header_crc = crc32(0, &h, offsetof(struct frame_header, header_crc));
	strbuf_add(out, &h, sizeof(h));
	strbuf_add(out, payload, len);
	strbuf_add(out, zeroes, FRAME_ALIGN(len) - len);
}

/* What the kernel's header_page says, and the formats of two events. */
static inline void pages_frames(struct strbuf *out, uint32_t *seq, unsigned int long_bytes)
{
	static const char formats[][320] = {
		"format kmem:one\nname: one\nID: 300\nformat:\n"
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
		"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
		"\n\tfield:unsigned int order;\toffset:8;\tsize:4;\tsigned:0;\n"
		"\nprint fmt: \"order=%u\", REC->order\n",
		"format ftrace:print\nname: print\nID: 5\nformat:\n"
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
		"\nprint fmt: \"x\"\n",
	};
	struct strbuf page = STRBUF_INIT;

	strbuf_addf(&page,
		    "header_page\n\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
		    "\tfield: local_t commit;\toffset:8;\tsize:%u;\tsigned:1;\n"
		    "\tfield: char overwrite;\toffset:8;\tsize:1;\tsigned:0;\n"
		    "\tfield: char data;\toffset:%u;\tsize:%u;\tsigned:0;\n",
		    long_bytes, 8 + long_bytes, PAGE_BYTES - 8 - long_bytes);
	pages_add_frame(out, seq, FRAME_HELLO, "release 7.3.4\n", 14);
	pages_add_frame(out, seq, FRAME_OUTPUT, page.buf, page.len);
	for (size_t i = 0; i < 2; i++)
		pages_add_frame(out, seq, FRAME_OUTPUT, formats[i], strlen(formats[i]));
	strbuf_release(&page);
}

/* A chunk of @cpu with the page @body of @len bytes and commit word @commit. */
static inline void pages_add(struct strbuf *out, uint32_t seq, uint32_t cpu,
			     unsigned int long_bytes, uint64_t ts, uint32_t commit,
			     const void *body, size_t len)
{
	unsigned char page[PAGE_BYTES] = {};
	struct trace_chunk c = { .magic = TRACE_CHUNK_MAGIC, .cpu = cpu, .bytes = PAGE_BYTES,
				 .seq = seq };

	c.header_crc = crc32(0, &c, offsetof(struct trace_chunk, header_crc));
	memcpy(page, &ts, sizeof(ts));
	memcpy(page + 8, &commit, sizeof(commit));
	memcpy(page + 8 + long_bytes, body, len);
	strbuf_add(out, &c, sizeof(c));
	strbuf_add(out, page, sizeof(page));
}

#endif

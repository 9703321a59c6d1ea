// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Payloads of any content in frames with right checksums, so that the fuzzer
 * reaches the decoders: one byte of type, one of length, then the payload.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "decode/outcome.h"
#include "lib/strbuf.h"
#include "proto/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add(struct strbuf *out, uint32_t seq, uint8_t type, const uint8_t *payload, size_t len)
{
	static const char zeroes[8];
	struct frame_header h = { .magic = FRAME_MAGIC, .type = type, .bytes = (uint32_t)len, .seq = seq,
				  .payload_crc = crc32(0, payload, len) };

	h.header_crc = crc32(0, &h, offsetof(struct frame_header, header_crc));
	strbuf_add(out, &h, sizeof(h));
	strbuf_add(out, payload, len);
	strbuf_add(out, zeroes, FRAME_ALIGN(len) - len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct schedule_exit fine = {};
	struct strbuf frames = STRBUF_INIT;
	struct outcome_evidence e = { .exit = &fine, .region_problem = "", .console = (const char *)data,
				      .console_len = size };
	struct outcome o;
	uint32_t seq = 0;

	while (size >= 2) {
		size_t len = data[1];

		if (len > size - 2)
			len = size - 2;
		add(&frames, seq++, data[0] % 10, data + 2, len);
		data += 2 + len;
		size -= 2 + len;
	}
	add(&frames, seq, FRAME_BYE, (const uint8_t *)"ok", 2);
	e.frames = frames.buf;
	e.frames_len = frames.len;
	outcome_decide(&e, &o);
	strbuf_release(&frames);
	return 0;
}

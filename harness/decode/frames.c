// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/frames.h"

#include <stdio.h>
#include <string.h>

void frames_init(struct frames *f, const void *data, size_t len)
{
	*f = (struct frames){ .p = data, .len = len };
}

static int wrong(struct frames *f, const char *what)
{
	snprintf(f->problem, sizeof(f->problem), "frame %u at offset %zu: %s", f->seq, f->at, what);
	return -1;
}

int frames_next(struct frames *f, struct frame *ret)
{
	struct frame_header h;
	const unsigned char *payload;

	if (f->problem[0])
		return -1;
	if (f->at == f->len)
		return 0;
	if (f->len - f->at < sizeof(h))
		return wrong(f, "cut off in its header");
	memcpy(&h, f->p + f->at, sizeof(h));
	if (h.magic != FRAME_MAGIC)
		return wrong(f, "bad magic");
	if (h.header_crc != crc32(0, &h, offsetof(struct frame_header, header_crc)))
		return wrong(f, "bad header crc");
	if (h.seq != f->seq)
		return wrong(f, "not the next number");
	if (FRAME_ALIGN(h.bytes) > f->len - f->at - sizeof(h))
		return wrong(f, "longer than what is left");
	payload = f->p + f->at + sizeof(h);
	if (h.payload_crc != crc32(0, payload, h.bytes))
		return wrong(f, "bad payload crc");
	*ret = (struct frame){ .type = h.type, .seq = h.seq, .vtime_ns = h.vtime_ns,
			       .payload = (const char *)payload, .len = h.bytes };
	f->at += sizeof(h) + FRAME_ALIGN(h.bytes);
	f->seq++;
	return 1;
}

int frame_split(const struct frame *f, char *line, size_t size, const char **ret_body,
		size_t *ret_len)
{
	const char *nl = f->len ? memchr(f->payload, '\n', f->len) : NULL;
	size_t len = nl ? (size_t)(nl - f->payload) : 0;

	if (!nl || len >= size || memchr(f->payload, '\0', len))
		return -1;
	memcpy(line, f->payload, len);
	line[len] = '\0';
	*ret_body = nl + 1;
	*ret_len = f->len - len - 1;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "guest/agent.h"
#include "guest/clock.h"
#include "proto/region.h"

static struct region_header *header;
static uint32_t seq;
/* The sampler emits while the workload does. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void emit_attach(void *region)
{
	header = region;
}

static void append(enum frame_type type, const void *head, size_t head_len, const void *body,
		   size_t body_len)
{
	static const char zeroes[8];
	const uint64_t bytes = head_len + body_len;
	const uint64_t room = sizeof(struct frame_header) + FRAME_ALIGN(bytes);
	struct frame_header f = {
		.magic = FRAME_MAGIC,
		.type = (uint16_t)type,
		.bytes = (uint32_t)bytes,
		.seq = seq,
		.vtime_ns = clock_ns(),
	};
	char *to;

	if (!header || header->state == REGION_FULL)
		return;
	if (header->frames_cap - header->frames_bytes < room) {
		header->state = REGION_FULL;
		return;
	}
	f.payload_crc = crc32(crc32(0, head, head_len), body, body_len);
	f.header_crc = crc32(0, &f, offsetof(struct frame_header, header_crc));
	to = (char *)header + header->frames_off + header->frames_bytes;
	memcpy(to, &f, sizeof(f));
	to += sizeof(f);
	memcpy(to, head, head_len);
	if (body_len)
		memcpy(to + head_len, body, body_len);
	memcpy(to + bytes, zeroes, FRAME_ALIGN(bytes) - bytes);
	/* Counted last: a reader of a dead guest's region sees whole frames. */
	__sync_synchronize();
	header->frames_bytes += room;
	header->nr_frames = ++seq;
}

void emit_two(enum frame_type type, const void *head, size_t head_len, const void *body,
	      size_t body_len)
{
	pthread_mutex_lock(&lock);
	append(type, head, head_len, body, body_len);
	pthread_mutex_unlock(&lock);
}

void emit(enum frame_type type, const void *data, size_t len)
{
	emit_two(type, data, len, NULL, 0);
}

void emit_text(enum frame_type type, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len >= (int)sizeof(text))
		len = sizeof(text) - 1;
	if (len > 0)
		emit(type, text, (size_t)len);
}

void emit_metric(const char *name, const char *label, uint64_t value)
{
	emit_text(FRAME_METRIC, "%s %s %" PRIu64 "\n", name, label, value);
}

void emit_ratio(const char *name, const char *label, uint64_t numerator, uint64_t denominator)
{
	uint64_t milli;

	if (!denominator)
		return;
	milli = numerator / denominator * 1000 + numerator % denominator * 1000 / denominator;
	emit_text(FRAME_METRIC, "%s %s %" PRIu64 ".%03u\n", name, label, milli / 1000,
		  (unsigned int)(milli % 1000));
}

uint64_t emit_room(void)
{
	return header ? header->frames_cap - header->frames_bytes : 0;
}

void emit_bye(const char *word)
{
	emit(FRAME_BYE, word, strlen(word));
	if (header && header->state != REGION_FULL)
		header->state = REGION_DONE;
}

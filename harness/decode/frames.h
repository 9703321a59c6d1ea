/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frames: the bytes a guest left (the file "frames" of a run), one by one.
 *
 * Nothing of a frame is used before magic, both crc and the length are right
 * and its number is the next one. What follows the first frame that is wrong
 * is not looked at: a reader that resynchronizes guesses.
 */
#ifndef DECODE_FRAMES_H
#define DECODE_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "proto/frame.h"

struct frame {
	unsigned int type; /* enum frame_type, or one this host does not know */
	uint32_t seq;
	uint64_t vtime_ns;
	const char *payload; /* into the bytes given; not NUL-terminated */
	size_t len;
};

struct frames {
	const unsigned char *p;
	size_t len, at;
	uint32_t seq;
	char problem[128]; /* "" while all is well */
};

void frames_init(struct frames *f, const void *data, size_t len);
/* 1: @ret is the next frame, 0: the end, -1: f->problem says what is wrong. */
int frames_next(struct frames *f, struct frame *ret);

/* Cut the first line off a payload: its text to @line, the rest to @ret_body. -1 if
 * there is no newline or it does not fit. */
int frame_split(const struct frame *f, char *line, size_t size, const char **ret_body,
		size_t *ret_len);

#endif

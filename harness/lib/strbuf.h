/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * strbuf: a growing byte string that always ends in NUL.
 *
 * The caller owns it: start with STRBUF_INIT, end with strbuf_release(). @buf
 * is never NULL after the first add. Out of memory ends the program (xalloc.h).
 */
#ifndef LIB_STRBUF_H
#define LIB_STRBUF_H

#include <stddef.h>

struct strbuf {
	char *buf;
	size_t len;
	size_t cap;
};

#define STRBUF_INIT \
	{           \
	}

void strbuf_add(struct strbuf *sb, const void *data, size_t len);
void strbuf_adds(struct strbuf *sb, const char *s);
void strbuf_addc(struct strbuf *sb, char c);
void strbuf_addf(struct strbuf *sb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Empty it, keep the memory. */
void strbuf_reset(struct strbuf *sb);
void strbuf_release(struct strbuf *sb);
/* Cut off newlines at the end, and return what is then the last line; "" when there is none. */
const char *strbuf_last_line(struct strbuf *sb);
/* Hand the bytes to the caller (free()); @sb is empty afterwards. Never NULL. */
char *strbuf_detach(struct strbuf *sb);

#endif

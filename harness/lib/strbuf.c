// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

static void strbuf_grow(struct strbuf *sb, size_t extra)
{
	size_t need = sb->len + extra + 1;

	if (need <= sb->cap)
		return;
	sb->cap = need < 64 ? 64 : need * 3 / 2;
	sb->buf = xrealloc(sb->buf, sb->cap);
}

void strbuf_add(struct strbuf *sb, const void *data, size_t len)
{
	strbuf_grow(sb, len);
	if (len)
		memcpy(sb->buf + sb->len, data, len);
	sb->len += len;
	sb->buf[sb->len] = '\0';
}

void strbuf_adds(struct strbuf *sb, const char *s)
{
	strbuf_add(sb, s, strlen(s));
}

void strbuf_addc(struct strbuf *sb, char c)
{
	strbuf_add(sb, &c, 1);
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len > 0) {
		strbuf_grow(sb, len);
		vsnprintf(sb->buf + sb->len, len + 1, fmt, again);
		sb->len += len;
	}
	va_end(again);
}

void strbuf_reset(struct strbuf *sb)
{
	sb->len = 0;
	if (sb->buf)
		sb->buf[0] = '\0';
}

void strbuf_release(struct strbuf *sb)
{
	free(sb->buf);
	*sb = (struct strbuf)STRBUF_INIT;
}

const char *strbuf_last_line(struct strbuf *sb)
{
	const char *newline;

	while (sb->len && sb->buf[sb->len - 1] == '\n')
		sb->buf[--sb->len] = '\0';
	newline = sb->len ? strrchr(sb->buf, '\n') : NULL;
	return newline ? newline + 1 : sb->len ? sb->buf : "";
}

char *strbuf_detach(struct strbuf *sb)
{
	char *s;

	strbuf_add(sb, "", 0);
	s = sb->buf;
	*sb = (struct strbuf)STRBUF_INIT;
	return s;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/place.h"

#include <stdarg.h>
#include <stdio.h>

void place_fill(struct place at, const char *fmt, ...)
{
	char msg[sizeof(at.err->msg)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	error_set(at.err, ERROR_INPUT, "%s:%u: %s", at.file, at.line, msg);
}

void place_fill_unknown(struct place at, const char *what, const char *typed,
			struct words *allowed)
{
	struct strbuf msg = STRBUF_INIT;

	words_unknown(allowed, what, typed, &msg);
	place_fill(at, "%s", msg.buf);
	strbuf_release(&msg);
	words_release(allowed);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/xalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/error.h"

static void *check(void *p)
{
	static const char msg[] = "error: out of memory\n";

	if (p)
		return p;
	if (write(STDERR_FILENO, msg, sizeof(msg) - 1) < 0)
		_exit(ERROR_HOST);
	_exit(ERROR_HOST);
}

void *xmalloc(size_t size)
{
	return check(malloc(size ? size : 1));
}

void *xcalloc(size_t nr, size_t size)
{
	return check(calloc(nr ? nr : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t size)
{
	return check(realloc(p, size ? size : 1));
}

void *xreallocarray(void *p, size_t nr, size_t size)
{
	return check(reallocarray(p, nr ? nr : 1, size ? size : 1));
}

char *xstrdup(const char *s)
{
	return check(strdup(s));
}

char *xstrndup(const char *s, size_t len)
{
	return check(strndup(s, len));
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&s, fmt, ap);
	va_end(ap);
	return check(len < 0 ? NULL : s);
}

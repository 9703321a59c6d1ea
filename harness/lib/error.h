/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * error: how library code says what went wrong.
 *
 * A function that can fail takes a struct error last, returns 0 or -1, and on
 * -1 has filled it: one message without newline, lower case, the subject in
 * single quotes, the cause last. Only main.c and cmd/ print it. The kind is
 * the exit code of the program (DESIGN: 1 found, 2 usage or input, 3 host).
 */
#ifndef LIB_ERROR_H
#define LIB_ERROR_H

enum error_kind {
	ERROR_FOUND = 1, /* a regression, a failed check, a failed cell */
	ERROR_INPUT = 2, /* usage or bad input */
	ERROR_HOST = 3, /* the host lacks something: tool, space, memory */
};

struct error {
	enum error_kind kind;
	char msg[4096];
};

/*
 * Fill @err and return -1, so that "return error_set(...)" reads well. Macros,
 * so that a compiler or analyzer that sees one file knows the -1.
 */
#define error_set(...) ({ error_fill(__VA_ARGS__); -1; })
void error_fill(struct error *err, enum error_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with ": " and the text of @errnum appended. */
#define error_errno(...) ({ error_fill_errno(__VA_ARGS__); -1; })
void error_fill_errno(struct error *err, enum error_kind kind, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Put "context: " in front of the message; returns -1. */
#define error_prefix(...) ({ error_add_prefix(__VA_ARGS__); -1; })
void error_add_prefix(struct error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif

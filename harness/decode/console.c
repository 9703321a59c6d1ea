// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/console.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* What the kernel prints when something is wrong; the first row that fits counts. */
static const struct {
	const char *mark, *kind;
} marks[] = {
	{ "Kernel panic - not syncing", "panic" },
	{ "Out of memory: Killed process", "oom" },
	{ "Memory cgroup out of memory", "oom" },
	{ "invoked oom-killer", "oom" },
	{ "BUG: unable to handle", "oops" },
	{ "BUG: kernel NULL pointer", "oops" },
	{ "Oops:", "oops" },
	{ "general protection fault", "oops" },
	{ "stack segment:", "oops" },
	{ "invalid opcode:", "oops" },
	{ "divide error:", "oops" },
	{ "kernel BUG at", "oops" },
	{ "BUG: KASAN", "kasan" },
	{ "BUG: KCSAN", "kcsan" },
	{ "UBSAN:", "ubsan" },
	{ "BUG: sleeping function called", "atomic-sleep" },
	{ "BUG: scheduling while atomic", "atomic-sleep" },
	{ "BUG: workqueue lockup", "lockup" },
	{ "watchdog: BUG: soft lockup", "lockup" },
	{ "watchdog: Watchdog detected hard LOCKUP", "lockup" },
	{ "detected stalls on CPUs", "rcu-stall" },
	{ "self-detected stall on CPU", "rcu-stall" },
	{ "blocked for more than", "hung-task" },
	{ "WARNING: possible circular locking", "lockdep" },
	{ "WARNING: possible recursive locking", "lockdep" },
	{ "possible irq lock inversion", "lockdep" },
	{ "WARNING: inconsistent lock state", "lockdep" },
	{ "WARNING: suspicious RCU usage", "lockdep" },
	{ "WARNING: ", "warning" },
	{ "BUG: ", "bug" },
	{ "page allocation failure:", "alloc-failure" },
	{ "page allocation stalls", "alloc-stall" },
	{ "list_add corruption", "corruption" },
	{ "list_del corruption", "corruption" },
	{ "Bad page state", "corruption" },
};

static const char *kind_of(const char *line, size_t len)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (memmem(line, len, marks[i].mark, strlen(marks[i].mark)))
			return marks[i].kind;
	return NULL;
}

/* Skip "[    0.123456] ". */
static size_t stamp_len(const char *line, size_t len)
{
	const char *end = len && line[0] == '[' ? memchr(line, ']', len) : NULL;

	if (!end || (size_t)(end - line) + 1 >= len || end[1] != ' ')
		return 0;
	return (size_t)(end - line) + 2;
}

static void copy_line(char *to, size_t size, const char *line, size_t len)
{
	size_t n = len < size - 1 ? len : size - 1;

	for (size_t i = 0; i < n; i++)
		to[i] = isprint((unsigned char)line[i]) ? line[i] : '?';
	to[n] = '\0';
}

size_t console_scan(const char *text, size_t len, struct finding *ret)
{
	size_t nr = 0;

	while (len && nr < CONSOLE_MAX_FINDINGS) {
		const char *nl = memchr(text, '\n', len);
		size_t line_len = nl ? (size_t)(nl - text) : len;
		const char *kind = kind_of(text, line_len);

		if (kind) {
			size_t skip = stamp_len(text, line_len);
			size_t end = line_len;

			while (end > skip && text[end - 1] == '\r')
				end--;
			ret[nr].kind = kind;
			copy_line(ret[nr++].line, sizeof(ret->line), text + skip, end - skip);
		}
		if (!nl)
			break;
		len -= line_len + 1;
		text = nl + 1;
	}
	return nr;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/disasm.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

struct insn {
	unsigned long address;
	unsigned long target; /* of a jump inside the function */
	bool jumps, falls; /* goes to target; goes on to the next */
	bool seen;
	char *called; /* symbol of a call or a jump out, or NULL */
};

struct code {
	struct insn *v;
	size_t nr;
};

void calls_release(struct calls *c)
{
	for (size_t i = 0; i < c->nr; i++)
		free(c->v[i]);
	free(c->v);
	*c = (struct calls){};
}

size_t calls_count(const struct calls *c, const char *symbol)
{
	size_t n = 0;

	for (size_t i = 0; i < c->nr; i++)
		n += strcmp(c->v[i], symbol) == 0;
	return n;
}

/* The symbol of "... 1a: R_X86_64_PLT32\tkfree-0x4" on the line; the caller frees. */
static char *relocated(const char *line)
{
	const char *at = strstr(line, ": R_");
	size_t n;

	if (!at)
		return NULL;
	at += strcspn(at, "\t\n");
	if (*at != '\t')
		return NULL;
	at++;
	n = strcspn(at, "-+\n \t");
	return xstrndup(at, n);
}

/* "  1a2:\tjne    1b0 <f+0x10>\t..." */
static bool parse_insn(const char *line, struct insn *ret)
{
	char mnemonic[16];
	unsigned long target;
	int used = -1;

	*ret = (struct insn){ .falls = true };
	/* Without the colon sscanf() has its one number all the same, but sets no %n. */
	if (line[0] != ' ' || sscanf(line, " %lx:%n", &ret->address, &used) != 1 || used < 0)
		return false;
	line += used;
	if (sscanf(line, " %15s%n", mnemonic, &used) != 1)
		return false;
	line += used;
	if (strncmp(mnemonic, "notrack", 7) == 0 || strncmp(mnemonic, "bnd", 3) == 0) {
		if (sscanf(line, " %15s%n", mnemonic, &used) != 1)
			return false;
		line += used;
	}
	if (strncmp(mnemonic, "call", 4) == 0) {
		ret->called = relocated(line);
	} else if (mnemonic[0] == 'j') {
		ret->falls = strncmp(mnemonic, "jmp", 3) != 0;
		ret->called = relocated(line);
		ret->jumps = !ret->called && sscanf(line, " %lx", &target) == 1;
		if (ret->jumps)
			ret->target = target;
	} else if (strncmp(mnemonic, "ret", 3) == 0 || strncmp(mnemonic, "ud", 2) == 0) {
		ret->falls = false;
	}
	return true;
}

/* The instructions between "ADDR <function>:" and the empty line after them. */
static void parse_function(const char *text, const char *function, struct code *ret)
{
	char *head = xasprintf(" <%s>:\n", function);
	const char *p = strstr(text, head);

	*ret = (struct code){};
	for (p = p ? p + strlen(head) : ""; *p && *p != '\n'; p += strcspn(p, "\n"), p += *p == '\n') {
		char *line = xstrndup(p, strcspn(p, "\n"));
		struct insn i;

		if (parse_insn(line, &i)) {
			ret->v = xreallocarray(ret->v, ret->nr + 1, sizeof(i));
			ret->v[ret->nr++] = i;
		}
		free(line);
	}
	free(head);
}

static size_t index_of(const struct code *c, unsigned long address)
{
	size_t low = 0, high = c->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->v[mid].address < address)
			low = mid + 1;
		else
			high = mid;
	}
	return low < c->nr && c->v[low].address == address ? low : c->nr;
}

/* Mark what is reached from the start. */
static void walk(struct code *c)
{
	size_t *todo = xcalloc(2 * c->nr + 2, sizeof(*todo));
	size_t nr = 0;

	if (c->nr)
		todo[nr++] = 0;
	while (nr) {
		size_t i = todo[--nr];

		if (i >= c->nr || c->v[i].seen)
			continue;
		c->v[i].seen = true;
		if (c->v[i].falls)
			todo[nr++] = i + 1;
		if (c->v[i].jumps)
			todo[nr++] = index_of(c, c->v[i].target);
	}
	free(todo);
}

void disasm_calls(const char *text, const char *function, struct calls *ret)
{
	struct code c;

	*ret = (struct calls){};
	parse_function(text, function, &c);
	walk(&c);
	for (size_t i = 0; i < c.nr; i++) {
		if (c.v[i].seen && c.v[i].called) {
			ret->v = xreallocarray(ret->v, ret->nr + 1, sizeof(*ret->v));
			ret->v[ret->nr++] = xstrdup(c.v[i].called);
		}
		free(c.v[i].called);
	}
	free(c.v);
}

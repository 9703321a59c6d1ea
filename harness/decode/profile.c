// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/parse.h"
#include "lib/xalloc.h"

#define MAX_NODES (4u << 20)
#define MAX_DEPTH 256
#define LINE_MAX_BYTES 160

void profile_release(struct profile_raw *p)
{
	free(p->v);
	*p = (struct profile_raw){};
}

static int add(struct profile_raw *p, const struct profile_node *n)
{
	if (p->nr >= MAX_NODES || p->insns + n->insns < p->insns)
		return -1;
	if ((p->nr & (p->nr - 1)) == 0)
		p->v = xreallocarray(p->v, p->nr ? 2 * p->nr : 1, sizeof(*p->v));
	p->v[p->nr++] = *n;
	p->insns += n->insns;
	return 0;
}

/* Node @id of the plugin is at ids[id]: index + 1. Parents come first, so a parent
 * that is not there yet is an error, and there are no circles. */
struct ids {
	uint32_t *v;
	size_t nr;
};

static int take_node(struct profile_raw *p, struct ids *ids, const char *line)
{
	struct profile_node n = {};
	uint32_t id, parent;
	int end = 0;

	if (sscanf(line, "node %" SCNu32 " %" SCNu32 " %" SCNx64 " %" SCNu64 " %" SCNu64 "%n", &id,
		   &parent, &n.addr, &n.insns, &n.calls, &end) != 5 ||
	    line[end] || !id || id > MAX_NODES || parent >= id)
		return -1;
	if (parent && (parent >= ids->nr || !ids->v[parent]))
		return -1;
	n.parent = parent ? ids->v[parent] : 0;
	if (id >= ids->nr) {
		size_t nr = 2 * (size_t)id;

		ids->v = xreallocarray(ids->v, nr, sizeof(*ids->v));
		memset(ids->v + ids->nr, 0, (nr - ids->nr) * sizeof(*ids->v));
		ids->nr = nr;
	}
	if (ids->v[id] || add(p, &n))
		return -1;
	ids->v[id] = (uint32_t)p->nr;
	return 0;
}

static int take_segment(struct profile_raw *p, const char *line)
{
	struct profile_node n = {};
	int end = 0;

	if (sscanf(line, "seg %" SCNx64 " %" SCNu64 " %" SCNu64 "%n", &n.addr, &n.insns, &n.calls,
		   &end) != 3)
		return -1;
	if (line[end] == ' ' && strlen(line + end + 1) == 16)
		memcpy(n.code, line + end + 1, 16);
	else if (line[end])
		return -1;
	return add(p, &n);
}

static int take_line(struct profile_raw *p, struct ids *ids, const char *line, unsigned int *nr)
{
	char word[16];
	int n = 0;

	switch ((*nr)++) {
	case 0:
		return strcmp(line, "highwater-profile 1") ? -1 : 0;
	case 1:
		p->callers = strcmp(line, "mode callers") == 0;
		return p->callers || strcmp(line, "mode counts") == 0 ? 0 : -1;
	case 2:
		return sscanf(line, "api %u %u%n", &p->api, &p->qemu_api, &n) == 2 && !line[n] ? 0 : -1;
	case 3:
		return sscanf(line, "windows %u %15s%n", &p->nr_windows, word, &n) == 2 && !line[n] ? 0 :
												   -1;
	default:
		return p->callers ? take_node(p, ids, line) : take_segment(p, line);
	}
}

int profile_parse(const char *text, size_t len, struct profile_raw *ret, struct error *err)
{
	struct profile_raw p = {};
	struct ids ids = {};
	unsigned int nr = 0;
	bool ended = false;
	int rc = 0;

	for (size_t at = 0; !rc && !ended && at < len;) {
		const char *nl = memchr(text + at, '\n', len - at);
		size_t n = nl ? (size_t)(nl - (text + at)) : len - at;
		char line[LINE_MAX_BYTES];

		if (!nl || n >= sizeof(line) || memchr(text + at, '\0', n)) {
			rc = -1;
			break;
		}
		memcpy(line, text + at, n);
		line[n] = '\0';
		at += n + 1;
		ended = nr > 3 && strcmp(line, "end") == 0;
		if (!ended)
			rc = take_line(&p, &ids, line, &nr);
	}
	free(ids.v);
	if (rc || !ended) {
		profile_release(&p);
		return error_set(err, ERROR_FOUND, "line %u of the plugin's counts is %s", nr,
				 rc ? "damaged" : "the last, and it is not the end");
	}
	*ret = p;
	return 0;
}

static const char *name_of(const struct vmlinux *v, uint64_t addr)
{
	const struct vmlinux_symbol *s = addr && addr >= v->base ? vmlinux_find(v, addr) : NULL;

	return s ? s->name : "user";
}

/* The path from the root to node @i as indices, outermost first; 0 when too deep. */
static size_t path_to(const struct profile_raw *p, size_t i, uint32_t path[MAX_DEPTH])
{
	size_t depth = 0, n;

	for (uint32_t at = (uint32_t)i + 1; at; at = p->v[at - 1].parent) {
		if (depth == MAX_DEPTH)
			return 0;
		path[depth++] = at - 1;
	}
	n = depth;
	for (size_t k = 0; k < n / 2; k++) {
		uint32_t t = path[k];

		path[k] = path[n - 1 - k];
		path[n - 1 - k] = t;
	}
	return depth;
}

/* What the innermost entry of a path is for; below none, whose thread it is. */
static const char *context_of(const struct profile_raw *p, const struct vmlinux *v,
			      const uint32_t *path, size_t depth)
{
	for (size_t k = depth; k-- > 0;) {
		uint64_t addr = p->v[path[k]].addr;

		if (addr < v->base)
			return "user";
		switch (vmlinux_entry(name_of(v, addr))) {
		case ENTRY_SYSCALL:
			return "syscall";
		case ENTRY_FAULT:
			return "fault";
		case ENTRY_IRQ:
		case ENTRY_STUBS:
			return "irq";
		default:
			break;
		}
	}
	for (size_t k = 0; k + 1 < depth; k++)
		if (strcmp(name_of(v, p->v[path[k]].addr), "kthread") == 0)
			return name_of(v, p->v[path[k + 1]].addr);
	return "kernel";
}

static int name_callers(const struct profile_raw *p, const struct vmlinux *v, struct strbuf *out,
			struct error *err)
{
	uint32_t path[MAX_DEPTH];

	for (size_t i = 0; i < p->nr; i++) {
		const struct profile_node *n = &p->v[i];
		size_t depth = path_to(p, i, path);

		if (!n->insns && !n->calls)
			continue;
		if (!depth)
			return error_set(err, ERROR_FOUND, "a stack of more than %d calls", MAX_DEPTH);
		strbuf_addf(out, "%" PRIu64 " %" PRIu64 " %s ", n->insns, n->calls,
			    context_of(p, v, path, depth));
		for (size_t k = 0; k < depth; k++)
			strbuf_addf(out, "%s%s", k ? ";" : "", name_of(v, p->v[path[k]].addr));
		strbuf_addc(out, '\n');
	}
	return 0;
}

/* Segments of one function together. */
struct sum {
	const char *name;
	uint64_t insns, calls;
};

static int by_name(const void *a, const void *b)
{
	const struct sum *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void name_counts(const struct profile_raw *p, const struct vmlinux *v, struct strbuf *out)
{
	struct sum *sums = xcalloc(p->nr + 1, sizeof(*sums));
	size_t nr = 0;

	for (size_t i = 0; i < p->nr; i++) {
		const struct vmlinux_symbol *s = vmlinux_find(v, p->v[i].addr);

		/* Called as often as its first instruction was executed. */
		sums[i] = (struct sum){ s ? s->name : "user", p->v[i].insns,
					s && s->addr == p->v[i].addr ? p->v[i].calls : 0 };
	}
	qsort(sums, p->nr, sizeof(*sums), by_name);
	for (size_t i = 0; i < p->nr; i++) {
		if (nr && strcmp(sums[nr - 1].name, sums[i].name) == 0) {
			sums[nr - 1].insns += sums[i].insns;
			sums[nr - 1].calls += sums[i].calls;
		} else {
			sums[nr++] = sums[i];
		}
	}
	for (size_t i = 0; i < nr; i++)
		strbuf_addf(out, "%" PRIu64 " %" PRIu64 " - %s\n", sums[i].insns, sums[i].calls,
			    sums[i].name);
	free(sums);
}

/* Does the kernel's code lie where its symbols say? */
static int check_place(const struct profile_raw *p, const struct vmlinux *v, struct error *err)
{
	uint64_t end = v->nr_functions ? v->functions[v->nr_functions - 1].addr +
						 v->functions[v->nr_functions - 1].size :
					 0;

	for (size_t i = 0; i < p->nr; i++) {
		uint64_t addr = p->v[i].addr;

		if (addr >= v->base && (addr < v->functions[0].addr || addr > end + 4096))
			return error_set(err, ERROR_INPUT,
					 "the kernel ran code at 0x%" PRIx64
					 ", where its vmlinux has none: KASLR on, or another kernel",
					 addr);
	}
	return 0;
}

int profile_name(const struct profile_raw *p, const struct vmlinux *v, struct strbuf *out,
		 struct error *err)
{
	if (!p->nr_windows)
		return error_set(err, ERROR_FOUND, "the workload's window was never opened");
	if (check_place(p, v, err))
		return -1;
	strbuf_addf(out, "highwater-stacks 1 %s\n", p->callers ? "callers" : "counts");
	if (p->callers)
		return name_callers(p, v, out, err);
	name_counts(p, v, out);
	return 0;
}

/* "INSNS CALLS CONTEXT STACK"; false if it is not. */
static bool take_row(char *line, struct profile_row *ret)
{
	char *calls = strchr(line, ' ');
	char *context = calls ? strchr(calls + 1, ' ') : NULL;
	char *stack = context ? strchr(context + 1, ' ') : NULL;

	if (!stack || !stack[1] || stack == context + 1 || strchr(stack + 1, ' '))
		return false;
	*calls = *context = *stack = '\0';
	ret->context = context + 1;
	ret->stack = stack + 1;
	return parse_u64(line, &ret->insns) == 0 && parse_u64(calls + 1, &ret->calls) == 0;
}

int profile_rows(char *text, size_t len, struct profile_row **ret, size_t *ret_nr,
		 struct error *err)
{
	struct profile_row *v = NULL;
	size_t nr = 0, line = 1;
	char *p = text, *nl = len && !memchr(text, '\0', len) ? memchr(text, '\n', len) : NULL;
	bool ok = nl && strncmp(p, "highwater-stacks 1 ", 19) == 0;

	while (ok && (p = nl + 1) < text + len) {
		struct profile_row row;

		line++;
		nl = memchr(p, '\n', len - (size_t)(p - text));
		ok = nl != NULL && nr < MAX_NODES;
		if (ok) {
			*nl = '\0';
			ok = take_row(p, &row);
		}
		if (ok) {
			if ((nr & (nr - 1)) == 0)
				v = xreallocarray(v, nr ? 2 * nr : 1, sizeof(*v));
			v[nr++] = row;
		}
	}
	if (!ok) {
		free(v);
		return error_set(err, ERROR_INPUT, "line %zu of the profile is damaged", line);
	}
	*ret = v;
	*ret_nr = nr;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The proof that an event costs nothing when it is off, from the objects: each
 * site of its static key is a NOP, and no function that computes an argument is
 * called on the way past it. What arguments cost that gcc computes inline, only
 * the instruction count of a guest shows (cost).
 */
#include "review/check.h"

#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"
#include "review/disasm.h"
#include "review/elf.h"
#include "review/objects.h"
#include "review/source_text.h"

#define OBJECT_MAX (64 << 20)

/* A site of a static key. */
struct site {
	const char *key; /* symbol */
	uint32_t section;
	uint64_t offset;
};

/* Where a relative entry points: S + A of its relocation. */
static bool entry_place(const struct elf *e, uint32_t table, uint64_t at, const struct elf_reloc **ret)
{
	for (size_t i = 0; i < e->nr_relocs; i++)
		if (e->relocs[i].section == table && e->relocs[i].offset == at) {
			*ret = &e->relocs[i];
			return true;
		}
	return false;
}

/* The sites of the keys of @event in __jump_table: {s32 code, s32 target, long key}. */
static struct site *find_sites(const struct elf *e, const char *event, size_t *ret_nr)
{
	char *key = xasprintf("__tracepoint_%s", event);
	uint32_t table = elf_section(e, "__jump_table");
	size_t entry = e->is_64 ? 16 : 12, nr = 0;
	struct site *v = NULL;

	for (uint64_t at = 0; table && at + entry <= e->sections[table].size; at += entry) {
		const struct elf_reloc *code, *k;

		if (!entry_place(e, table, at, &code) || !entry_place(e, table, at + 8, &k) ||
		    strcmp(e->symbols[k->symbol].name, key) != 0)
			continue;
		v = xreallocarray(v, nr + 1, sizeof(*v));
		v[nr++] = (struct site){ e->symbols[k->symbol].name, e->symbols[code->symbol].section,
					 e->symbols[code->symbol].value + (uint64_t)code->addend };
	}
	free(key);
	*ret_nr = nr;
	return v;
}

static bool is_nop(const struct elf *e, const struct site *s)
{
	static const struct {
		size_t len;
		uint8_t bytes[5];
	} nops[] = {
		{ 5, { 0x0f, 0x1f, 0x44, 0x00, 0x00 } },
		{ 5, { 0x3e, 0x8d, 0x74, 0x26, 0x00 } },
		{ 2, { 0x66, 0x90 } },
	};
	const struct elf_section *sec;

	if (s->section >= e->nr_sections)
		return false;
	sec = &e->sections[s->section];
	for (size_t i = 0; i < sizeof(nops) / sizeof(nops[0]); i++)
		if (sec->data && s->offset + nops[i].len <= sec->size &&
		    memcmp(sec->data + s->offset, nops[i].bytes, nops[i].len) == 0)
			return true;
	return false;
}

/* Functions named in the arguments of trace_EVENT(...) in lines the patch adds. */
static void argument_calls(const struct review_patch *p, const char *event, struct names *ret)
{
	char *call = xasprintf("trace_%s", event);

	for (size_t i = 0; i < p->mail.nr_files; i++) {
		char *added = source_of_lines(&p->mail.files[i], DIFF_ADDED);
		const char *at = path_ends(p->mail.files[i].path, ".rst") ? NULL : added;

		while (at && (at = source_word(at, call))) {
			const char *q = at + strlen(call);
			int depth = 0;

			at = q;
			if (*q != '(')
				continue;
			for (; *q; q++) {
				char *name;

				depth += *q == '(';
				depth -= *q == ')';
				if (!depth || *q == ';')
					break;
				name = source_identifier(q + 1);
				if (*name && q[1 + strlen(name)] == '(')
					names_add(ret, name);
				q += strlen(name);
				free(name);
			}
		}
		free(added);
	}
	free(call);
}

/* objdump's text of one function; "" when the object is not there. */
static int disassemble(const char *path, const char *function, struct strbuf *out,
		       struct error *err)
{
	char *only = xasprintf("--disassemble=%s", function);
	const char *const argv[] = { "objdump", "-r", "--no-show-raw-insn", "-w", only, path, NULL };
	struct proc_opts opts = { .argv = argv };
	struct proc_result res = {};
	int rc = 0;

	strbuf_adds(out, "");
	if (io_exists(path)) {
		rc = proc_run_checked(&opts, &res, err);
		if (!rc)
			strbuf_adds(out, res.out.buf);
		proc_result_release(&res);
	}
	free(only);
	return rc;
}

/* A source, and its object before and after. */
struct pair_of_objects {
	const char *source, *where;
	char *before, *after; /* paths */
};

/* Which of @names does the function call more often, with events off, than before? */
static int judge_arguments(const struct pair_of_objects *o, const char *function,
			   const char *event, const struct names *names, struct review_result *res,
			   struct error *err)
{
	struct strbuf before = STRBUF_INIT, after = STRBUF_INIT;
	struct calls was, is;
	int rc = disassemble(o->before, function, &before, err);

	if (!rc)
		rc = disassemble(o->after, function, &after, err);
	if (!rc) {
		disasm_calls(before.buf, function, &was);
		disasm_calls(after.buf, function, &is);
		for (size_t i = 0; i < names->nr; i++)
			if (calls_count(&is, names->v[i]) > calls_count(&was, names->v[i]))
				result_find(res, REVIEW_FAIL, o->source, 0,
					    "%s: %s() calls %s() for event '%s' also when the event is off",
					    o->where, function, names->v[i], event);
		calls_release(&was);
		calls_release(&is);
	}
	strbuf_release(&before);
	strbuf_release(&after);
	return rc;
}

/* trace_x() out of line, which is called when the event is on: Documentation/trace/
 * tracepoints.rst asks for it, and there the arguments may cost what they want. */
static bool is_wrapper(const char *function)
{
	return strncmp(function, "trace_", 6) == 0;
}

static int judge_sites(const struct pair_of_objects *o, const struct elf *e, const char *event,
		       const struct names *args, size_t *ret_sites, struct review_result *res,
		       struct error *err)
{
	struct names done = {};
	size_t nr;
	struct site *sites = find_sites(e, event, &nr);
	int rc = 0;

	for (size_t i = 0; !rc && i < nr; i++) {
		const char *function = elf_function(e, sites[i].section, sites[i].offset);

		if (!is_nop(e, &sites[i]))
			result_find(res, REVIEW_FAIL, o->source, 0,
				    "%s: event '%s' in %s() is not a NOP when it is off", o->where,
				    event, function);
		if (args->nr && !is_wrapper(function) && !names_have(&done, function))
			rc = judge_arguments(o, function, event, args, res, err);
		names_add(&done, function);
	}
	*ret_sites += nr;
	names_release(&done);
	free(sites);
	return rc;
}

static int judge_object(const struct review_patch *p, const struct pair_of_objects *o,
			const struct names *events, size_t *sites, struct review_result *res,
			struct error *err)
{
	struct strbuf bytes = STRBUF_INIT;
	struct elf e;
	int rc = io_read_file(o->after, OBJECT_MAX, &bytes, err);

	if (!rc)
		rc = elf_parse(bytes.buf, bytes.len, &e, err);
	if (!rc) {
		for (size_t i = 0; !rc && i < events->nr; i++) {
			struct names args = {};

			argument_calls(p, events->v[i], &args);
			rc = judge_sites(o, &e, events->v[i], &args, &sites[i], res, err);
			names_release(&args);
		}
		elf_release(&e);
	}
	strbuf_release(&bytes);
	return rc;
}

/* Events the patch defines, and those it calls anew. */
static void events_of(const struct review_patch *p, struct names *ret)
{
	source_events_added(&p->mail, ret);
	for (size_t i = 0; i < p->mail.nr_files; i++) {
		char *added = path_ends(p->mail.files[i].path, ".c") ?
				      source_of_lines(&p->mail.files[i], DIFF_ADDED) :
				      xstrdup("");

		for (const char *at = added; (at = strstr(at, "trace_")); at++) {
			char *name = source_identifier(at + strlen("trace_"));
			size_t n = strlen(name);

			if (*name && at[6 + n] == '(' && strcmp(name, "printk") != 0) {
				if (n > 8 && strcmp(name + n - 8, "_enabled") == 0)
					name[n - 8] = '\0';
				names_add(ret, name);
			}
			free(name);
		}
		free(added);
	}
}

static int judge_arch(struct review *r, struct review_patch *p, enum arch arch,
		      const struct names *sources, const struct names *events, size_t *sites,
		      struct review_result *res, struct error *err)
{
	const struct objects_how how = { .arch = arch };
	struct objects before = {}, after = {};
	int rc = objects_get(r, p->parent, p->parent_tree, &how, sources, &before, err);

	if (!rc)
		rc = objects_get(r, p->commit, p->tree, &how, sources, &after, err);
	for (size_t i = 0; !rc && i < after.built.nr; i++) {
		struct pair_of_objects o = { after.built.v[i], arch_name(arch),
					     objects_path(&before, after.built.v[i]),
					     objects_path(&after, after.built.v[i]) };

		rc = judge_object(p, &o, events, sites, res, err);
		free(o.before);
		free(o.after);
	}
	objects_release(&before);
	objects_release(&after);
	return rc;
}

int check_static_key(struct review *r, struct review_patch *p, struct review_result *res,
		     struct error *err)
{
	struct names sources = {}, events = {}, defined = {};
	size_t left_out, *sites, total = 0;
	int rc = 0;

	events_of(p, &events);
	source_events_added(&p->mail, &defined);
	sites = xcalloc(events.nr + 1, sizeof(*sites));
	if (events.nr)
		rc = objects_of(r, p, &sources, &left_out, err);
	for (int arch = 0; !rc && events.nr && arch < NR_ARCHES; arch++)
		rc = judge_arch(r, p, arch, &sources, &events, sites, res, err);
	for (size_t i = 0; !rc && i < events.nr; i++) {
		total += sites[i];
		if (!sites[i] && names_have(&defined, events.v[i]))
			result_find(res, REVIEW_WARN, NULL, 0,
				    "event '%s' has no static key in the objects compiled", events.v[i]);
	}
	if (!rc)
		result_note(res, "%zu events, %zu sites", events.nr, total);
	free(sites);
	names_release(&defined);
	names_release(&events);
	names_release(&sources);
	return rc;
}

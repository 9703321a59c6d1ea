// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"
#include "review/objects.h"

/* What objects that exist may grow by; a new object is an option of its own. */
#define BUDGET 4096

/* What TRACE_EVENT() makes: data and code that lie still while the event is off. */
static const char *const of_events[] = {
	"print_fmt_", "trace_event_fields_", "trace_event_raw_event_", "trace_event_get_offsets_",
	"trace_event_type_funcs_", "trace_raw_output_", "perf_trace_", "event_", "__event_",
	"__traceiter_", "__tracepoint_", "__tpstrtab_", "__bpf_trace_", "__probestub_",
	"__trace_check_", "__SCK__tp_func_", "__SCT__tp_func_", "__flags", "symbols", "str__",
};

static bool is_of_event(const char *name)
{
	for (size_t i = 0; i < sizeof(of_events) / sizeof(of_events[0]); i++)
		if (strncmp(name, of_events[i], strlen(of_events[i])) == 0)
			return true;
	return false;
}

/* The growth of one object, from bloat-o-meter's lines "name 12 16 +4". */
struct growth {
	long code; /* what the budget is for */
	long events;
	struct strbuf text; /* the lines that count */
};

static void add_lines(const char *table, struct growth *ret)
{
	char *copy = xstrdup(table), *save, *line, name[128], was[24], is[24];
	long delta;

	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "%127s %23s %23s %ld", name, was, is, &delta) != 4)
			continue;
		if (is_of_event(name)) {
			ret->events += delta;
		} else {
			ret->code += delta;
			strbuf_addf(&ret->text, "%s\n", line);
		}
	}
	free(copy);
}

static int meter(struct review *r, const char *before, const char *after, struct growth *ret,
		 struct error *err)
{
	const char *const argv[] = { "python3", "scripts/bloat-o-meter", before, after, NULL };
	struct proc_opts opts = { .argv = argv, .dir = r->base.repo };
	struct proc_result res = {};
	int rc = proc_run_checked(&opts, &res, err);

	if (!rc && !strstr(res.out.buf, "Total: Before="))
		rc = error_set(err, ERROR_HOST, "bloat-o-meter says '%.200s'", res.out.buf);
	if (!rc)
		add_lines(res.out.buf, ret);
	proc_result_release(&res);
	return rc;
}

static int judge_arch(struct review *r, struct review_patch *p, enum arch arch,
		      const struct names *sources, struct growth *sum, struct review_result *res,
		      struct error *err)
{
	const struct objects_how how = { .arch = arch };
	struct objects before = {}, after = {};
	int rc = objects_get(r, p->parent, p->parent_tree, &how, sources, &before, err);

	if (!rc)
		rc = objects_get(r, p->commit, p->tree, &how, sources, &after, err);
	for (size_t i = 0; !rc && i < after.built.nr; i++) {
		char *was = objects_path(&before, after.built.v[i]);
		char *is = objects_path(&after, after.built.v[i]);

		if (names_have(&before.built, after.built.v[i]))
			rc = meter(r, was, is, sum, err);
		free(was);
		free(is);
	}
	if (!rc && sum->code > BUDGET)
		finding_details(result_find(res, REVIEW_WARN, NULL, 0,
					    "%s: existing objects grow by %ld bytes, the budget is %d",
					    arch_name(arch), sum->code, BUDGET),
				"%.3000s", sum->text.buf);
	objects_release(&before);
	objects_release(&after);
	return rc;
}

int check_size(struct review *r, struct review_patch *p, struct review_result *res,
	       struct error *err)
{
	struct names sources;
	struct growth sum[NR_ARCHES] = { { .text = STRBUF_INIT }, { .text = STRBUF_INIT } };
	size_t left_out;
	int rc = objects_of(r, p, &sources, &left_out, err);

	for (int arch = 0; !rc && sources.nr && arch < NR_ARCHES; arch++)
		rc = judge_arch(r, p, arch, &sources, &sum[arch], res, err);
	if (!rc)
		result_note(res, "i386 %+ld, x86_64 %+ld bytes in existing objects, %+ld, %+ld of events",
			    sum[ARCH_I386].code, sum[ARCH_X86_64].code, sum[ARCH_I386].events,
			    sum[ARCH_X86_64].events);
	for (int arch = 0; arch < NR_ARCHES; arch++)
		strbuf_release(&sum[arch].text);
	names_release(&sources);
	return rc;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/cell.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/parse.h"
#include "proto/trace.h"

#define CANONICAL_VERSION 1

const char *arch_name(enum arch arch)
{
	static const char *const names[NR_ARCHES] = { "i386", "x86_64" };

	return names[arch];
}

bool arch_by_name(const char *name, enum arch *ret)
{
	for (int i = 0; i < NR_ARCHES; i++)
		if (strcmp(name, arch_name((enum arch)i)) == 0) {
			*ret = (enum arch)i;
			return true;
		}
	return false;
}

const char *clock_name(enum clock clock)
{
	return clock == CLOCK_INSN ? "insn" : "wall";
}

const char *swap_name(enum swap swap)
{
	static const char *const names[] = { "none", "ram", "disk" };

	return names[swap];
}

uint64_t cell_trace_room(const struct cell *cell)
{
	uint64_t room = TRACE_ROOM_DEFAULT;
	bool raw = false;
	char line[TRACE_LINE_MAX];

	for (const char *p = cell->trace; *p; p += strcspn(p, "\n") + 1) {
		struct trace_line t;

		/* The plan has checked every line. */
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
		if (trace_line_parse(line, &t))
			continue;
		raw |= t.kind == TRACE_RING;
		if (t.kind == TRACE_ROOM)
			room = t.bytes;
	}
	return raw ? room : 0;
}

void cell_workload_text(const struct cell *cell, struct strbuf *out)
{
	const struct param_desc *p = cell->workload->params;
	char normal[96];

	strbuf_adds(out, cell->workload->name);
	for (size_t i = 0; p[i].name; i++) {
		if (p[i].value && param_normalize(&p[i], p[i].value, normal, sizeof(normal)) == 0 &&
		    strcmp(normal, cell->params[i]) == 0)
			continue;
		strbuf_addf(out, " %s=%s", p[i].name, cell->params[i]);
	}
}

void cell_title(const struct cell *cell, struct strbuf *out)
{
	char memory[32];

	parse_size_format(cell->memory_bytes, memory, sizeof(memory));
	strbuf_addf(out, "%s %s %s ", arch_name(cell->arch), cell->kernel, memory);
	cell_workload_text(cell, out);
	if (cell->swap != SWAP_NONE)
		strbuf_addf(out, " swap=%s", swap_name(cell->swap));
	for (size_t i = 0; i < cell->nr_tunables; i++)
		strbuf_addf(out, " %s=%s", cell->tunables[i].key, cell->tunables[i].value);
	if (*cell->trace)
		strbuf_addf(out, " events=%s", cell->events);
	if (strcmp(cell->require, "none") != 0)
		strbuf_addf(out, " require='%s'", cell->require);
	if (cell->sample_ns || cell->sample_allocs)
		strbuf_addf(out, " sample=%s", cell->sample);
	strbuf_addf(out, " %s seed %u", clock_name(cell->clock), cell->seed);
}

void cell_canonical(const struct cell *cell, const struct cell_artifacts *on, struct strbuf *out)
{
	char file[SHA256_HEX];

	strbuf_addf(out, "highwater-cell %d\n", CANONICAL_VERSION);
	strbuf_addf(out, "kernel %s\n", on->kernel_digest);
	strbuf_addf(out, "initramfs %s\n", on->initramfs_digest);
	strbuf_addf(out, "cmdline %s\n", on->cmdline);
	strbuf_addf(out, "qemu %s\n", on->qemu_version);
	strbuf_addf(out, "argv %s\n", on->qemu_argv);
	strbuf_addf(out, "arch %s\n", arch_name(cell->arch));
	strbuf_addf(out, "memory %" PRIu64 "\n", cell->memory_bytes);
	strbuf_addf(out, "vcpus %u\n", cell->vcpus);
	strbuf_addf(out, "clock %s\n", clock_name(cell->clock));
	strbuf_addf(out, "swap %s %" PRIu64 "\n", swap_name(cell->swap), cell->swap_bytes);
	strbuf_addf(out, "events %s\n", cell->events);
	for (const char *p = cell->trace; *p; p += strcspn(p, "\n") + 1)
		strbuf_addf(out, "trace %.*s\n", (int)strcspn(p, "\n"), p);
	/* What most cells do not have leaves their identity as it was. */
	if (cell->sample_ns)
		strbuf_addf(out, "sample %" PRIu64 "\n", cell->sample_ns);
	if (strcmp(cell->require, "none") != 0)
		strbuf_addf(out, "require %s\n", cell->require);
	if (cell->sample_allocs)
		strbuf_addf(out, "sample allocs %" PRIu64 "\n", cell->sample_allocs);
	for (size_t i = 0; i < cell->nr_tunables; i++)
		strbuf_addf(out, "tunable %s %s\n", cell->tunables[i].key, cell->tunables[i].value);
	strbuf_addf(out, "workload %s\n", cell->workload->name);
	for (size_t i = 0; cell->workload->params[i].name; i++)
		strbuf_addf(out, "param %s %s\n", cell->workload->params[i].name, cell->params[i]);
	if (cell->file) {
		sha256_bytes(cell->file, strlen(cell->file), file);
		strbuf_addf(out, "file %s\n", file);
	}
	strbuf_addf(out, "seed %u\n", cell->seed);
}

void cell_id(const char *canonical, size_t len, char hex[SHA256_HEX])
{
	sha256_bytes(canonical, len, hex);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Planning 10 000 cells: load, expand, canonical text and identity of each. */
#include <stdio.h>
#include <string.h>

#include "boot/qemu.h"
#include "lib/now.h"
#include "plan/plan.h"

static const char text[] = "name: bench\nkernel: [base, series]\narch: [i386, x86_64]\nseeds: 50\n"
			   "memory: [256M, 512M, 1G, 2G, 3G]\n"
			   "tunables: {vm.swappiness: [0, 20, 60, 100, 200]}\n"
			   "workload: {name: fault, pages: [1024, 16384]}\n";

static void identify(const struct cell *c, char id[SHA256_HEX])
{
	struct guest_spec g = { .arch = c->arch, .memory_bytes = c->memory_bytes, .vcpus = c->vcpus,
				.clock = c->clock, .region_bytes = 16 << 20 };
	struct strbuf cmdline = STRBUF_INIT, argv = STRBUF_INIT, canonical = STRBUF_INIT;
	struct cell_artifacts on = { .kernel_digest = "k", .initramfs_digest = "i", .qemu_version = "q" };

	qemu_cmdline(&g, &cmdline);
	qemu_identity(&g, &argv);
	on.cmdline = cmdline.buf;
	on.qemu_argv = argv.buf;
	cell_canonical(c, &on, &canonical);
	cell_id(canonical.buf, canonical.len, id);
	strbuf_release(&cmdline);
	strbuf_release(&argv);
	strbuf_release(&canonical);
}

int main(void)
{
	char id[SHA256_HEX] = "";
	double t0 = now_s(), loaded;
	struct plan *plan;
	struct error err;

	if (plan_parse(text, strlen(text), "bench", "configs", &plan, &err)) {
		fprintf(stderr, "error: %s\n", err.msg);
		return err.kind;
	}
	loaded = now_s() - t0;
	for (size_t i = 0; i < plan_nr_cells(plan); i++)
		identify(plan_cell(plan, i), id);
	printf("plan: %zu cells, %.3f s to load and expand, %.3f s with identities\n",
	       plan_nr_cells(plan), loaded, now_s() - t0);
	plan_free(plan);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/session.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

/* One guest image: what the tasks of an architecture and tool share. */
struct session_image {
	enum arch arch;
	const char *tool;
	struct initramfs initramfs;
};

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static struct kernel *find_kernel(struct session *s, const struct cell *c)
{
	for (size_t i = 0; i < s->nr_kernels; i++)
		if (s->kernels[i].arch == c->arch && strcmp(s->kernels[i].name, c->kernel) == 0)
			return &s->kernels[i];
	return NULL;
}

static struct session_image *find_image(struct session *s, const struct cell *c)
{
	for (size_t i = 0; i < s->nr_images; i++)
		if (s->images[i].arch == c->arch && same_text(s->images[i].tool, c->workload->tool))
			return &s->images[i];
	return NULL;
}

/* Resolve, and in build mode make, what cell @c needs and no cell before did. */
static int resolve(struct session *s, const struct cell *c, enum session_mode mode,
		   void (*say)(void *ctx, const char *line), struct error *err)
{
	const struct initramfs_say image_say = { say, NULL };

	if (!find_kernel(s, c)) {
		struct kernel k;

		if (kernel_find(&s->builder, c->kernel, c->arch, &k, err))
			return -1;
		s->kernels = xreallocarray(s->kernels, s->nr_kernels + 1, sizeof(k));
		s->kernels[s->nr_kernels++] = k;
		if (mode == SESSION_BUILD &&
		    kernel_build(&s->builder, &s->kernels[s->nr_kernels - 1], err))
			return -1;
	}
	if (!find_image(s, c)) {
		struct session_image im = { .arch = c->arch, .tool = c->workload->tool };

		if (initramfs_get(s->builder.paths, s->builder.toolchain, c->arch, im.tool,
				  mode == SESSION_BUILD, &image_say, &im.initramfs, err))
			return -1;
		s->images = xreallocarray(s->images, s->nr_images + 1, sizeof(im));
		s->images[s->nr_images++] = im;
	}
	if (!s->qemu_version[c->arch] && qemu_version(c->arch, &s->qemu_version[c->arch], err))
		return -1;
	if (c->clock == CLOCK_WALL && !s->probed) {
		s->kvm = accel_probe()->usable;
		s->probed = true;
	}
	return 0;
}

void session_guest(const struct session *s, const struct task *t, struct guest_spec *ret)
{
	const struct cell *c = t->cell;

	*ret = (struct guest_spec){
		.arch = c->arch,
		.memory_bytes = c->memory_bytes,
		.vcpus = c->vcpus,
		.clock = c->clock,
		.kvm = c->clock == CLOCK_WALL && s->kvm,
		.swap = c->swap,
		.swap_bytes = c->swap_bytes,
		.kernel = t->kernel->image,
		.initramfs = t->initramfs->path,
		.extra_cmdline = t->kernel->boot,
		.plugin = s->builder.paths->plugin,
	};
}

void session_canonical(const struct session *s, const struct task *t, struct strbuf *out)
{
	struct strbuf cmdline = STRBUF_INIT, argv = STRBUF_INIT;
	struct cell_artifacts on = { .kernel_digest = t->kernel->digest,
				     .initramfs_digest = t->initramfs->digest,
				     .qemu_version = s->qemu_version[t->cell->arch] };
	struct guest_spec spec;

	session_guest(s, t, &spec);
	qemu_cmdline(&spec, &cmdline);
	qemu_identity(&spec, &argv);
	on.cmdline = cmdline.buf;
	on.qemu_argv = argv.buf;
	cell_canonical(t->cell, &on, out);
	strbuf_release(&cmdline);
	strbuf_release(&argv);
}

/* Fill in the tasks; arrays of kernels and images no longer move. */
static void make_tasks(struct session *s, const struct plan *plan)
{
	struct strbuf text = STRBUF_INIT;

	s->nr_tasks = plan_nr_cells(plan);
	s->tasks = xcalloc(s->nr_tasks, sizeof(*s->tasks));
	for (size_t i = 0; i < s->nr_tasks; i++) {
		struct task *t = &s->tasks[i];

		t->cell = plan_cell(plan, i);
		t->kernel = find_kernel(s, t->cell);
		t->initramfs = &find_image(s, t->cell)->initramfs;
		if (!t->kernel->built || !t->initramfs->path)
			continue;
		strbuf_reset(&text);
		session_canonical(s, t, &text);
		cell_id(text.buf, text.len, t->id);
	}
	strbuf_release(&text);
}

int session_open(struct session *s, const struct paths *paths, const struct plan *plan,
		 enum session_mode mode, void (*say)(void *ctx, const char *line), struct error *err)
{
	int rc;

	*s = (struct session){};
	rc = builder_init(&s->builder, paths, mode == SESSION_BUILD, err);
	s->builder.say = say;
	for (size_t i = 0; !rc && i < plan_nr_cells(plan); i++)
		rc = resolve(s, plan_cell(plan, i), mode, say, err);
	if (rc)
		session_close(s);
	else
		make_tasks(s, plan);
	return rc;
}

void session_close(struct session *s)
{
	for (size_t i = 0; i < s->nr_kernels; i++)
		kernel_release(&s->kernels[i]);
	for (size_t i = 0; i < s->nr_images; i++)
		initramfs_release(&s->images[i].initramfs);
	for (size_t i = 0; i < NR_ARCHES; i++)
		free(s->qemu_version[i]);
	free(s->kernels);
	free(s->images);
	free(s->tasks);
	builder_release(&s->builder);
	*s = (struct session){};
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session: a plan's cells together with what they run on.
 *
 * Kernels and guest images are resolved once per name and architecture and
 * shared by the tasks. In SESSION_LOOK mode nothing is built and a task whose
 * kernel or image is not in the cache has an empty id; in SESSION_BUILD mode
 * everything is built first.
 */
#ifndef RUN_SESSION_H
#define RUN_SESSION_H

#include "boot/accel.h"
#include "boot/qemu.h"
#include "build/initramfs.h"
#include "build/kernel.h"
#include "plan/plan.h"

enum session_mode { SESSION_LOOK, SESSION_BUILD };

struct task {
	const struct cell *cell;
	const struct kernel *kernel;
	const struct initramfs *initramfs;
	char id[SHA256_HEX]; /* "" while unbuilt */
};

struct session {
	struct builder builder;
	struct kernel *kernels;
	size_t nr_kernels;
	struct session_image *images;
	size_t nr_images;
	char *qemu_version[NR_ARCHES];
	bool probed, kvm; /* wall cells run under KVM */
	struct task *tasks;
	size_t nr_tasks;
};

int session_open(struct session *s, const struct paths *paths, const struct plan *plan,
		 enum session_mode mode, void (*say)(void *ctx, const char *line), struct error *err);
void session_close(struct session *s);

/* The guest of a task; region and console are the caller's to set. */
void session_guest(const struct session *s, const struct task *t, struct guest_spec *ret);
/* The canonical text of a built task. */
void session_canonical(const struct session *s, const struct task *t, struct strbuf *out);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "build/initramfs.h"
#include "build/kernel.h"
#include "cmd/cmd.h"
#include "lib/xalloc.h"

struct options {
	const char **names;
	size_t nr;
	int arch; /* -1: both */
	bool kernels_only;
};

static const struct argp_option argp_options[] = {
	{ "arch", 'a', "ARCH", 0, "i386 or x86_64; default both", 0 },
	{ "kernels-only", 'k', NULL, 0, "no guest images", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	enum arch arch;

	switch (key) {
	case 'a':
		if (!arch_by_name(arg, &arch)) {
			argp_error(state, "unknown architecture '%s': i386 or x86_64", arg);
			return EINVAL;
		}
		o->arch = (int)arch;
		return 0;
	case 'k':
		o->kernels_only = true;
		return 0;
	case ARGP_KEY_ARG:
		o->names = xreallocarray(o->names, o->nr + 1, sizeof(*o->names));
		o->names[o->nr++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int build_kernel(struct builder *b, const char *name, enum arch arch, struct error *err)
{
	struct kernel k;
	bool had;
	int rc;

	if (kernel_find(b, name, arch, &k, err))
		return -1;
	had = k.built;
	rc = kernel_build(b, &k, err);
	if (!rc)
		printf("%-7s %-12s %.16s %s%s\n", arch_name(arch), name, k.digest, k.image,
		       had ? " (cached)" : "");
	kernel_release(&k);
	return rc;
}

/* The layers every workload of the table may need. */
static int build_images(struct builder *b, enum arch arch, struct error *err)
{
	const struct initramfs_say s = { cmd_say, NULL };

	for (const struct workload_desc *w = workload_table; w->name; w++) {
		struct initramfs image;

		if (initramfs_get(b->paths, b->toolchain, arch, w->tool, true, &s, &image, err))
			return -1;
		initramfs_release(&image);
	}
	return 0;
}

static int build_all(struct builder *b, const struct options *o, struct error *err)
{
	static const char *const usual[] = { "base", "series" };
	const char *const *names = o->nr ? o->names : usual;
	size_t nr = o->nr ? o->nr : 2;

	for (int arch = 0; arch < NR_ARCHES; arch++) {
		if (o->arch >= 0 && o->arch != arch)
			continue;
		for (size_t i = 0; i < nr; i++)
			if (build_kernel(b, names[i], arch, err))
				return -1;
		if (!o->kernels_only && build_images(b, arch, err))
			return -1;
	}
	return 0;
}

int cmd_build(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "[KERNEL...]",
		.doc = "Build kernels, named SOURCE[@N][+VARIANT...], and the guest images.\v"
		       "Without KERNEL: base and series. What is in the cache is not built again.",
	};
	struct options o = { .arch = -1 };
	struct builder b;
	struct paths paths;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	if (paths_init(&paths, &err))
		return cmd_fail(&err);
	rc = builder_init(&b, &paths, true, &err);
	if (!rc) {
		b.say = cmd_say;
		rc = build_all(&b, &o, &err);
		builder_release(&b);
	}
	if (rc)
		rc = cmd_fail(&err);
	free(o.names);
	paths_release(&paths);
	return rc;
}

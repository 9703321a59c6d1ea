// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot/accel.h"
#include "boot/qemu.h"
#include "build/initramfs.h"
#include "build/kernel.h"
#include "cmd/cmd.h"
#include "lib/parse.h"

struct options {
	const char *kernel;
	enum arch arch;
	uint64_t memory;
	bool insn, dry_run;
};

enum { KEY_INSN = 256, KEY_DRY };

static const struct argp_option argp_options[] = {
	{ "arch", 'a', "ARCH", 0, "i386 or x86_64 (default)", 0 },
	{ "memory", 'm', "SIZE", 0, "default 512M", 0 },
	{ "insn", KEY_INSN, NULL, 0, "under the instruction clock", 0 },
	{ "dry-run", KEY_DRY, NULL, 0, "print QEMU's command line only", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'a':
		if (!arch_by_name(arg, &o->arch))
			argp_error(state, "unknown architecture '%s': i386 or x86_64", arg);
		return 0;
	case 'm':
		if (parse_size(arg, &o->memory) || o->memory < 64ull << 20)
			argp_error(state, "bad memory '%s': at least 64M", arg);
		return 0;
	case KEY_INSN:
		o->insn = true;
		return 0;
	case KEY_DRY:
		o->dry_run = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->kernel)
			argp_error(state, "one kernel at a time; '%s' is too many", arg);
		o->kernel = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->kernel)
			argp_error(state, "a kernel is needed: base, series, ...");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The console on this terminal; Ctrl-A x ends QEMU. */
static void hand_over(const struct options *o, const struct paths *paths, const struct kernel *k,
		      const struct initramfs *im)
{
	struct guest_spec spec = {
		.arch = o->arch,
		.memory_bytes = o->memory,
		.vcpus = 1,
		.clock = o->insn ? CLOCK_INSN : CLOCK_WALL,
		.kvm = !o->insn && accel_probe()->usable,
		.kernel = k->image,
		.initramfs = im->path,
		.extra_cmdline = k->boot,
		.plugin = paths->plugin,
	};
	struct argv argv = {};

	qemu_interactive(&spec, &argv);
	if (o->dry_run) {
		for (size_t i = 0; i < argv.nr; i++)
			printf("%s%s%s%s", i ? " " : "", strchr(argv.v[i], ' ') ? "'" : "", argv.v[i],
			       strchr(argv.v[i], ' ') ? "'" : "");
		putchar('\n');
		argv_release(&argv);
		return;
	}
	fflush(stdout);
	if (qemu_preload(&spec))
		setenv("LD_PRELOAD", qemu_preload(&spec), 1);
	execvp(argv.v[0], argv.v);
	perror(argv.v[0]);
	exit(ERROR_HOST);
}

static int boot(const struct options *o, struct builder *b, struct error *err)
{
	struct initramfs im;
	struct kernel k;
	int rc;

	if (kernel_find(b, o->kernel, o->arch, &k, err))
		return -1;
	rc = kernel_build(b, &k, err);
	if (!rc)
		rc = initramfs_get(b->paths, b->toolchain, o->arch, "shell", true, NULL, &im, err);
	if (!rc) {
		hand_over(o, b->paths, &k, &im);
		initramfs_release(&im);
	}
	kernel_release(&k);
	return rc;
}

int cmd_boot(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "KERNEL",
		.doc = "Boot KERNEL to a shell on this terminal; Ctrl-A x ends it.",
	};
	struct options o = { .arch = ARCH_X86_64, .memory = 512ull << 20 };
	struct builder b;
	struct paths paths;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	if (paths_init(&paths, &err))
		return cmd_fail(&err);
	rc = builder_init(&b, &paths, true, &err);
	if (!rc) {
		rc = boot(&o, &b, &err);
		builder_release(&b);
	}
	paths_release(&paths);
	return rc ? cmd_fail(&err) : 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "boot/accel.h"
#include "boot/qemu.h"
#include "build/paths.h"
#include "cmd/cmd.h"
#include "lib/io.h"
#include "lib/xalloc.h"

#define GIB (1ull << 30)
#define SPACE_NEEDED (12 * GIB) /* source, two object trees, ccache, images */
#define MEMORY_NEEDED (2 * GIB)

struct row {
	const char *what;
	bool ok, needed;
	char text[256];
	const char *mend;
};

/* Does "@argv..." end with exit code 0? The first line of its output to @text. */
static bool runs(const char *const *argv, char *text, size_t size)
{
	const char *const env[] = { "LC_ALL=C", NULL };
	struct proc_opts opts = { .argv = argv, .env = env, .deadline_s = 30 };
	struct proc_result r = {};
	struct error err;
	bool ok = proc_run(&opts, &r, &err) == 0 && r.exit_code == 0;

	if (text)
		snprintf(text, size, "%.*s", r.out.buf ? (int)strcspn(r.out.buf, "\n") : 0,
			 r.out.buf ? r.out.buf : "");
	proc_result_release(&r);
	return ok;
}

static void check_tool(struct row *row, const char *tool, const char *arg)
{
	const char *const argv[] = { tool, arg, NULL };

	row->ok = runs(argv, row->text, sizeof(row->text));
	if (!row->ok)
		snprintf(row->text, sizeof(row->text), "not found");
}

static void check_qemu(struct row *row, enum arch arch)
{
	struct error err;
	char *version;

	row->ok = qemu_version(arch, &version, &err) == 0;
	snprintf(row->text, sizeof(row->text), "%s", row->ok ? version : "not found");
	if (row->ok)
		free(version);
}

/* A static program of the word size, compiled, linked and run. */
static void check_static(struct row *row, const char *flag)
{
	char dir[] = "/tmp/highwater-doctor.XXXXXX";
	char *src = NULL, *bin = NULL;
	struct error err;
	static const char text[] = "int main(void) { return 0; }\n";

	if (!mkdtemp(dir))
		return;
	src = xasprintf("%s/t.c", dir);
	bin = xasprintf("%s/t", dir);
	if (io_write_file(src, text, sizeof(text) - 1, &err) == 0) {
		const char *const cc[] = { "gcc", flag, "-static", "-o", bin, src, NULL };
		const char *const run[] = { bin, NULL };

		row->ok = runs(cc, NULL, 0) && runs(run, NULL, 0);
	}
	snprintf(row->text, sizeof(row->text), row->ok ? "links and runs" : "does not link or run");
	io_remove_tree(dir, &err);
	free(src);
	free(bin);
}

/*
 * Three real instructions under the instruction clock: a firmware of 64 KiB
 * whose reset vector writes to the debug-exit port, which ends QEMU with 3; its own failures end it with 1.
 * The plugin that makes idle time exact has its say before that.
 */
static void check_insn(struct row *row, const struct paths *paths)
{
	static const unsigned char vector[] = { 0xb0, 0x01, 0xe6, 0xf4, 0xf4 }; /* mov, out, hlt */
	char path[] = "/tmp/highwater-doctor.XXXXXX";
	unsigned char image[1 << 16] = {};
	char *plugin = xasprintf("file=%s", paths->plugin);
	char *preload = xasprintf("LD_PRELOAD=%s", paths->plugin);
	const char *const env[] = { preload, NULL };
	const char *const argv[] = { "qemu-system-x86_64", "-M",      "pc",	    "-accel",
				     "tcg",		   "-icount", "shift=0,sleep=off",
				     "-nodefaults",	   "-display", "none",	    "-bios",
				     path,		   "-device", "isa-debug-exit,iobase=0xf4",
				     "-plugin",		   plugin,    NULL };
	struct proc_opts opts = { .argv = argv, .env = env, .deadline_s = 10 };
	struct proc_result r = {};
	struct error err;
	int fd = mkstemp(path);

	memcpy(image + 0xfff0, vector, sizeof(vector));
	if (fd >= 0 && io_write_all(fd, image, sizeof(image)) == 0 && proc_run(&opts, &r, &err) == 0)
		row->ok = r.exit_code == 3;
	if (row->ok)
		snprintf(row->text, sizeof(row->text), "TCG ran code with -icount shift=0,sleep=off and our plugin");
	else
		snprintf(row->text, sizeof(row->text), "TCG does not run code with -icount and our plugin: %.160s",
			 strbuf_last_line(&r.out));
	proc_result_release(&r);
	free(plugin);
	free(preload);
	if (fd >= 0) {
		close(fd);
		unlink(path);
	}
}

static void check_kvm(struct row *row)
{
	const struct accel *a = accel_probe();

	row->ok = a->usable;
	snprintf(row->text, sizeof(row->text), "%s%s", a->why,
		 a->usable ? "" : "; wall cells use TCG");
}

static void check_space(struct row *row, const char *dir)
{
	struct statvfs st;
	unsigned long long left = 0;

	if (statvfs(dir, &st) == 0)
		left = (unsigned long long)st.f_bavail * st.f_frsize;
	row->ok = left >= SPACE_NEEDED;
	snprintf(row->text, sizeof(row->text), "%llu GiB left in the cache, %llu wanted", left / GIB,
		 SPACE_NEEDED / GIB);
}

static void check_memory(struct row *row)
{
	unsigned long long all = (unsigned long long)sysconf(_SC_PHYS_PAGES) *
				 (unsigned long long)sysconf(_SC_PAGESIZE);

	row->ok = all >= MEMORY_NEEDED;
	snprintf(row->text, sizeof(row->text), "%.1f GiB of memory, %ld cores",
		 (double)all / (double)GIB, sysconf(_SC_NPROCESSORS_ONLN));
}

/* Tools by name: a row each. */
static const struct {
	const char *what, *tool, *arg, *mend;
	bool needed;
} tools[] = {
	{ "compiler", "gcc", "--version", "install gcc", true },
	{ "linker", "ld", "--version", "install binutils", true },
	{ "make", "make", "--version", "install make", true },
	{ "flex", "flex", "--version", "install flex", true },
	{ "bison", "bison", "--version", "install bison", true },
	{ "bc", "bc", "--version", "install bc", true },
	{ "lz4", "lz4", "--version", "install lz4", true },
	{ "git", "git", "--version", "install git", true },
	{ "cpio", "cpio", "--version", "install cpio", true },
	{ "perl", "perl", "-v", "install perl", true },
	{ "ccache", "ccache", "--version", "install ccache: rebuilds take minutes without it", false },
};

#define NR_TOOLS (sizeof(tools) / sizeof(tools[0]))
#define NR_ROWS (NR_TOOLS + 8)

static size_t examine(const struct paths *paths, struct row *rows)
{
	size_t nr = 0;

	rows[nr] = (struct row){ .what = "x86_64 guests", .needed = true, .mend = "install qemu-system-x86" };
	check_qemu(&rows[nr++], ARCH_X86_64);
	rows[nr] = (struct row){ .what = "i386 guests", .needed = true, .mend = "install qemu-system-x86" };
	check_qemu(&rows[nr++], ARCH_I386);
	rows[nr] = (struct row){ .what = "clock insn", .needed = true, .mend = "make; QEMU 7.2 or newer with TCG, plugins and modules" };
	check_insn(&rows[nr++], paths);
	rows[nr] = (struct row){ .what = "KVM", .mend = "no need; only wall cells get faster" };
	check_kvm(&rows[nr++]);
	for (size_t i = 0; i < NR_TOOLS; i++) {
		rows[nr] = (struct row){ .what = tools[i].what, .needed = tools[i].needed,
					 .mend = tools[i].mend };
		check_tool(&rows[nr++], tools[i].tool, tools[i].arg);
	}
	rows[nr] = (struct row){ .what = "static 64-bit", .needed = true, .mend = "install libc6-dev" };
	check_static(&rows[nr++], "-m64");
	rows[nr] = (struct row){ .what = "static 32-bit", .needed = true, .mend = "install gcc-multilib" };
	check_static(&rows[nr++], "-m32");
	rows[nr] = (struct row){ .what = "space", .needed = true, .mend = "free some, or set HIGHWATER_CACHE" };
	check_space(&rows[nr++], paths->cache);
	rows[nr] = (struct row){ .what = "machine", .needed = true, .mend = "guests need memory" };
	check_memory(&rows[nr++]);
	return nr;
}

static void print_text(const struct row *rows, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		printf("%-8s %-14s %s", rows[i].ok ? "ok" : rows[i].needed ? "MISSING" : "no",
		       rows[i].what, rows[i].text);
		if (!rows[i].ok)
			printf(" (%s)", rows[i].mend);
		putchar('\n');
	}
}

static void print_json(const struct row *rows, size_t nr)
{
	json_t *all = json_array();

	for (size_t i = 0; i < nr; i++)
		json_array_append_new(all, json_pack("{s:s, s:b, s:b, s:s, s:s}", "what", rows[i].what,
						     "ok", rows[i].ok, "needed", rows[i].needed, "text",
						     rows[i].text, "mend", rows[i].mend));
	json_dumpf(all, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(all);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	switch (key) {
	case 'J':
		*json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int cmd_doctor(int argc, char **argv)
{
	static const struct argp_option argp_options[] = {
		{ "json", 'J', NULL, 0, "as JSON", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.doc = "Try what this host can do, and say how to mend what it cannot.\v"
		       "Exit code 3 when something is missing that guests need.",
	};
	struct row rows[NR_ROWS];
	struct paths paths;
	struct error err;
	bool json = false;
	int rc = 0;
	size_t nr;

	cmd_parse(&argp, argc, argv, &json);
	if (paths_init(&paths, &err))
		return cmd_fail(&err);
	nr = examine(&paths, rows);
	if (json)
		print_json(rows, nr);
	else
		print_text(rows, nr);
	for (size_t i = 0; i < nr; i++)
		if (rows[i].needed && !rows[i].ok)
			rc = ERROR_HOST;
	paths_release(&paths);
	return rc;
}

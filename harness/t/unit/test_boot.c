// SPDX-License-Identifier: GPL-2.0-or-later
/* QEMU's argv is part of every cell's identity: fixed to the byte, free of paths, and
 * without anything from the host under the instruction clock. */
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "boot/accel.h"
#include "boot/qemu.h"

static struct guest_spec spec(void)
{
	return (struct guest_spec){
		.arch = ARCH_I386,
		.memory_bytes = 400ull << 20,
		.vcpus = 1,
		.clock = CLOCK_INSN,
		.kernel = "/K",
		.initramfs = "/I",
		.region = "/R",
		.console = "/C",
		.plugin = "/P",
		.region_bytes = 16 << 20,
	};
}

static void identity_is_fixed(void **state)
{
	static const char want[] =
		"qemu-system-i386 -M pc,usb=off,vmport=off -m 419430400B -smp 1,sockets=1,cores=1,threads=1 -accel "
		"tcg,thread=single -icount shift=0,sleep=off -rtc clock=vm,base=2026-01-01 -seed 1 "
		"-nodefaults -no-user-config -no-reboot -display none -sandbox "
		"on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny -chardev "
		"file,id=console,path={console} -serial chardev:console -object "
		"memory-backend-file,id=region,size=16777216,mem-path={region},share=on -device "
		"ivshmem-plain,memdev=region -plugin file={plugin}";
	struct guest_spec g = spec();
	struct strbuf out = STRBUF_INIT;

	(void)state;
	qemu_identity(&g, &out);
	assert_string_equal(out.buf, want);
	strbuf_release(&out);
}

/* A comma in a path must not become an option. */
static void commas_are_escaped(void **state)
{
	struct guest_spec g = spec();
	struct argv a = {};
	bool found = false;

	(void)state;
	g.console = "/C,logfile=x";
	qemu_argv(&g, &a);
	for (size_t i = 0; i < a.nr; i++)
		found |= strcmp(a.v[i], "file,id=console,path=/C,,logfile=x") == 0;
	assert_true(found);
	argv_release(&a);
}

static bool has(const struct argv *a, const char *word)
{
	for (size_t i = 0; i < a->nr; i++)
		if (strcmp(a->v[i], word) == 0)
			return true;
	return false;
}

static void clocks(void **state)
{
	struct guest_spec g = spec();
	struct argv a = {}, b = {}, c = {};

	(void)state;
	g.clock = CLOCK_WALL;
	qemu_argv(&g, &a);
	assert_false(has(&a, "-icount"));
	assert_true(has(&a, "tcg,thread=single"));
	g.vcpus = 2;
	qemu_argv(&g, &b);
	assert_true(has(&b, "tcg,thread=multi"));
	g.kvm = true;
	qemu_argv(&g, &c);
	assert_true(has(&c, "kvm"));
	argv_release(&a);
	argv_release(&b);
	argv_release(&c);
}

static void command_lines(void **state)
{
	struct guest_spec g = spec();
	struct strbuf out = STRBUF_INIT;

	(void)state;
	qemu_cmdline(&g, &out);
	assert_non_null(strstr(out.buf, "panic=-1"));
	assert_non_null(strstr(out.buf, " nolapic"));
	assert_null(strstr(out.buf, "brd."));
	strbuf_reset(&out);
	g.vcpus = 2;
	g.swap = SWAP_RAM;
	g.swap_bytes = 64 << 20;
	g.extra_cmdline = "x=y";
	qemu_cmdline(&g, &out);
	assert_null(strstr(out.buf, "nolapic"));
	assert_non_null(strstr(out.buf, " brd.rd_nr=1 brd.rd_size=65536 x=y"));
	strbuf_release(&out);
}

/* Whatever the host is, the probe answers, and says why. */
static void probe_answers(void **state)
{
	const struct accel *a = accel_probe();

	(void)state;
	assert_true(a->why[0] != '\0');
	assert_ptr_equal(a, accel_probe());
	if (!a->present)
		assert_false(a->usable);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identity_is_fixed),
		cmocka_unit_test(commas_are_escaped),
		cmocka_unit_test(clocks),
		cmocka_unit_test(command_lines),
		cmocka_unit_test(probe_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

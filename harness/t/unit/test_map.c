// SPDX-License-Identifier: GPL-2.0-or-later
/* Layouts: the kernel's files to regions, and regions to the drawing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

#include "decode/layout.h"
#include "frames_of.h"
#include "lib/io.h"
#include "lib/xalloc.h"
#include "map/map.h"
#include "store/store.h"

static const char maps[] = "08048000-08049000 r--p 00000000 00:03 5          /init\n"
			   "08049000-080d2000 r-xp 00001000 00:03 5          /init\n"
			   "08110000-08112000 rw-p 000c7000 00:03 5          /init\n"
			   "08112000-082ce000 rw-p 00000000 00:00 0 \n"
			   "082ce000-0832f000 rw-p 00000000 00:00 0          [heap]\n"
			   "b6ef8000-b6ff8000 rw-p 00000000 00:00 0 \n"
			   "b6ff8000-b7ff8000 rw-s fd000000 00:15 797        /lib/x y.so\n"
			   "b7ff8000-b7ffc000 r--p 00000000 00:00 0          [vvar]\n"
			   "b7ffe000-b8000000 r-xp 00000000 00:00 0          [vdso]\n"
			   "bffdf000-c0000000 rw-p 00000000 00:00 0          [stack]\n";

static const char tables[] =
	"---[ User Space ]---\n"
	"0x00000000-0xc0000000           3G                               pgd\n"
	"---[ Kernel Mapping ]---\n"
	"0xc0000000-0xc009b000         620K     RW                 GLB x  pte\n"
	"0xc009b000-0xc0400000        3476K     ro         PSE     GLB x  pmd\n"
	"0xc0400000-0xf7bfe000         888M                               pgd\n"
	"---[ vmalloc() Area ]---\n"
	"0xf7bfe000-0xf7c07000          36K                               pte\n"
	"0xf7c07000-0xff400000         124M     RW                 GLB x  pte\n"
	"---[ vmalloc() End ]---\n"
	"0xff400000-0xff401000           4K                               pte\n"
	"---[ An area of tomorrow ]---\n"
	"0xff401000-0xfff7b000          11M     RW                 GLB x  pte\n"
	"---[ Fixmap area ]---\n"
	"0xfff7b000-0x00000000         532K                               pte\n";

static const char zones[] = "Node 0, zone   Normal\n  per-node stats\n      nr_inactive_anon 506\n"
			    "  pages free     200000\n        min      12\n        spanned  226301\n"
			    "        present  226204\n        managed  218706\n  start_pfn:           1\n"
			    "Node 0, zone  HighMem\n  pages free     298000\n        spanned  297954\n"
			    "        managed  297954\n  start_pfn:           226302\n"
			    "Node 0, zone  Movable\n  pages free     0\n        spanned  0\n"
			    "        managed  0\n  start_pfn:           0\n";

static const char iomem[] = "00001000-0009fbff : System RAM\n000a0000-000bffff : Video RAM area\n"
			    "00100000-7ffdffff : System RAM\n  01000000-0153d1cb : Kernel code\n"
			    "  0166b000-0176ca3f : Kernel data\nfd000000-fdffffff : 0000:00:02.0\n";

static int64_t of(const struct metrics *m, const char *name, const char *label)
{
	for (size_t i = 0; i < m->nr; i++)
		if (strcmp(m->v[i].name, name) == 0 && strcmp(m->v[i].label, label) == 0)
			return m->v[i].i;
	return -1;
}

static void check(const struct metrics *m, const char *label, int64_t from, int64_t to,
		  int64_t mapped)
{
	assert_int_equal(of(m, "layout.from", label), from);
	assert_int_equal(of(m, "layout.to", label), to);
	assert_int_equal(of(m, "layout.mapped", label), mapped);
}

static void read_all(struct metrics *m)
{
	struct error err;

	*m = (struct metrics){};
	assert_int_equal(layout_metrics("maps", maps, strlen(maps), m, &err), 0);
	assert_int_equal(layout_metrics("page_tables", tables, strlen(tables), m, &err), 0);
	assert_int_equal(layout_metrics("zoneinfo", zones, strlen(zones), m, &err), 0);
	assert_int_equal(layout_metrics("iomem", iomem, strlen(iomem), m, &err), 0);
	assert_int_equal(layout_metrics("of tomorrow", "x", 1, m, &err), 0);
}

static void files_to_regions(void **state)
{
	struct metrics m;

	(void)state;
	read_all(&m);
	check(&m, "user.text", 0x8048, 0x80d2, 0x8a);
	check(&m, "user.data", 0x8110, 0x8112, 2);
	check(&m, "user.bss", 0x8112, 0x82ce, 0x1bc);
	check(&m, "user.heap", 0x82ce, 0x832f, 0x61);
	check(&m, "user.mmap", 0xb6ef8, 0xb7ff8, 0x1100);
	check(&m, "user.vdso", 0xb7ff8, 0xb8000, 6);
	check(&m, "user.stack", 0xbffdf, 0xc0000, 0x21);
	/* The direct mapping ends where its last page does, and what is new is left out. */
	check(&m, "kernel.direct", 0xc0000, 0xc0400, 0x400);
	check(&m, "kernel.vmalloc", 0xf7bfe, 0xff400, 0x77f9);
	check(&m, "kernel.fixmap", 0xfff7b, 0x100000, 0);
	check(&m, "zone.Normal", 1, 226302, 218706);
	check(&m, "zone.HighMem", 226302, 226302 + 297954, 297954);
	assert_int_equal(of(&m, "layout.from", "zone.Movable"), -1);
	check(&m, "phys.ram0", 1, 0xa0, 0x9f);
	check(&m, "phys.ram1", 0x100, 0x7ffe0, 0x7fee0);
	check(&m, "phys.kernel", 0x1000, 0x176d, 0x53e + 0x102);
	metrics_release(&m);
}

/* One mapping of bss and heap; the border is said before the mappings. */
static void bss_in_the_heap(void **state)
{
	static const char text[] = "start_brk 82ce000\n"
				   "08110000-08112000 rw-p 000c7000 00:03 5          /init\n"
				   "08112000-0832f000 rw-p 00000000 00:00 0          [heap]\n";
	static const char *const bad[] = { "start_brk \n", "start_brk x\n", "start_brk 12 \n" };
	struct metrics m = {};
	struct error err;

	(void)state;
	assert_int_equal(layout_metrics("maps", text, strlen(text), &m, &err), 0);
	check(&m, "user.bss", 0x8112, 0x82ce, 0x1bc);
	check(&m, "user.heap", 0x82ce, 0x832f, 0x61);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(layout_metrics("maps", bad[i], strlen(bad[i]), &m, &err), -1);
	metrics_release(&m);
}

static void end_of_64_bits(void **state)
{
	static const char text[] = "---[ Fixmap Area ]---\n"
				   "0xffffffffff77c000-0x0000000000000000           8M         pmd\n";
	struct metrics m = {};
	struct error err;

	(void)state;
	assert_int_equal(layout_metrics("page_tables", text, strlen(text), &m, &err), 0);
	check(&m, "kernel.fixmap", 0xffffffffff77c, 1ll << 52, 0);
	metrics_release(&m);
}

/* Cut anywhere, nothing crashes and the last line is not half read. */
static void cut_and_hostile(void **state)
{
	static const struct {
		const char *kind, *text;
	} bad[] = {
		{ "maps", "x\n" },
		{ "maps", "08048000-08049000\n" },
		{ "maps", "08048000-08049000 r--p\n" },
		{ "maps", "08049000-08048000 r--p 0 00:03 5 /x\n" },
		{ "maps", "08048000-08049000 r--p 0 00:03 5 /x" },
		{ "page_tables", "---[ User Space\n" },
		{ "page_tables", "0xg-0x1 4K pte\n" },
		{ "page_tables", "0x1000 RW\n" },
		{ "iomem", "00001000 : System RAM\n" },
		{ "iomem", "00002000-00001000 : System RAM\n" },
		{ "zoneinfo", "Node 0, zone a\n spanned 99999999999999999999\n managed 5\n" },
	};
	struct metrics m = {};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (layout_metrics(bad[i].kind, bad[i].text, strlen(bad[i].text), &m, &err) == 0 && m.nr)
			fail_msg("'%s' is taken", bad[i].text);
	for (size_t len = 0; len < sizeof(maps) - 1; len++) {
		int rc = layout_metrics("maps", maps, len, &m, &err);

		assert_int_equal(rc, len && maps[len - 1] != '\n' ? -1 : 0);
	}
	metrics_release(&m);
}

static void add_output(struct strbuf *frames, uint32_t seq, const char *kind, const char *text)
{
	char *payload = xasprintf("layout %s\n%s", kind, text);

	add_frame(frames, FRAME_OUTPUT, seq, payload);
	free(payload);
}

static void put_file(const char *dir, const char *name, const void *data, size_t len)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct error err;

	assert_int_equal(io_write_file(path, data, len, &err), 0);
	free(path);
}

static void drawing(void **state)
{
	static const char facts[] =
		"{\"plan\":\"t\",\"kernel\":\"base\",\"arch\":\"i386\",\"clock\":\"insn\","
		"\"workload\":\"layout\",\"status\":\"ok\",\"detail\":\"\",\"digest\":\"d\","
		"\"accelerator\":\"tcg\",\"swap\":\"none\",\"events\":\"none\",\"seed\":1,"
		"\"memory_bytes\":2147483648,\"vcpus\":1,\"wall_s\":1.5,\"params\":{},\"tunables\":{}}";
	static const char odd[] = "Node 0, zone  <&\">\n spanned 10\n managed 9\n start_pfn: 600000\n";
	char root[] = "/tmp/highwater-map.XXXXXX";
	struct strbuf frames = STRBUF_INIT, svg = STRBUF_INIT;
	char *dir, *db, *text = NULL;
	struct store *s;
	struct error err;
	struct map m;
	size_t len;
	FILE *to;

	(void)state;
	assert_non_null(mkdtemp(root));
	dir = xasprintf("%s/runs/%064d/1", root, 0);
	assert_int_equal(io_mkdirs(dir, &err), 0);
	add_frame(&frames, FRAME_METRIC, 0, "layout.task_end - 786432\n");
	add_output(&frames, 1, "maps", maps);
	add_output(&frames, 2, "page_tables", tables);
	add_output(&frames, 3, "zoneinfo", zones);
	add_output(&frames, 4, "zoneinfo", odd);
	add_output(&frames, 5, "iomem", iomem);
	add_frame(&frames, FRAME_BYE, 6, "ok");
	put_file(dir, "frames", frames.buf, frames.len);
	put_file(dir, "console", "", 0);
	put_file(dir, "facts.json", facts, sizeof(facts) - 1);
	db = xasprintf("%s/store.sqlite", root);
	assert_int_equal(store_open(db, true, &s, &err), 0);
	if (store_ingest_run(s, dir, &err))
		fail_msg("%s", err.msg);
	if (map_build(s, 1, &m, &err))
		fail_msg("%s", err.msg);
	to = open_memstream(&text, &len);
	map_text(&m, to);
	fclose(to);
	assert_non_null(strstr(text, "virtual addresses: i386, base, 2G\n"));
	assert_non_null(strstr(text, " c0000000 - c0400000        4M  kernel  direct"));
	assert_non_null(strstr(text, " c0000000   ------- kernel above"));
	assert_non_null(strstr(text, "1.1G  HighMem      1.1G managed; mapped page by page"));
	map_svg(&m, &svg);
	assert_non_null(strstr(svg.buf, "<svg "));
	assert_non_null(strstr(svg.buf, "ZONE_HIGHMEM  1.1G"));
	/* What the guest calls its zones is text, not markup. */
	assert_non_null(strstr(svg.buf, "&#60;&#38;&#34;&#62;"));
	assert_null(strstr(svg.buf, "<&"));
	map_release(&m);
	assert_int_equal(map_build(s, 99, &m, &err), -1);
	store_close(s);
	io_remove_tree(root, &err);
	strbuf_release(&frames);
	strbuf_release(&svg);
	free(text);
	free(dir);
	free(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_to_regions),
		cmocka_unit_test(end_of_64_bits),
		cmocka_unit_test(bss_in_the_heap),
		cmocka_unit_test(cut_and_hostile),
		cmocka_unit_test(drawing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

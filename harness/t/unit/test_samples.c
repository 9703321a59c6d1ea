// SPDX-License-Identifier: GPL-2.0-or-later
/* Free lists and their indices, the small files of /proc, and series of samples. */
#include <stdio.h>
#include <stdlib.h>

#include "test.h"

#include "decode/buddy.h"
#include "decode/samples.h"
#include "pages_of.h"

static void buddyinfo_lines(void **state)
{
	static const char text[] = "Node 0, zone      DMA      1      0      2 \n"
				   "Node 1, zone   Normal      0      0      0 \n";
	struct buddy b;
	struct error err;

	(void)state;
	assert_int_equal(buddy_parse(text, strlen(text), &b, &err), 0);
	assert_int_equal(b.nr, 2);
	assert_string_equal(b.zones[0].name, "DMA");
	assert_string_equal(b.zones[1].name, "Normal@1");
	assert_int_equal(b.zones[0].nr_orders, 3);
	assert_int_equal(b.zones[0].v[2], 2);
}

static void damaged_buddyinfo(void **state)
{
	static const char *const texts[] = {
		"Node 0, zone DMA 1 2", "Node 0, zone DMA\n", "Node 0, zone DMA 1 x\n",
		"Node 0, zone DMA -1\n", "zone DMA 1\n", "Node 0, zone DMA 99999999999\n",
		"Node 0, zone A_name_that_is_much_too_long 1\n",
		"Node 0, zone DMA 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n",
	};
	struct buddy b;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(buddy_parse(texts[i], strlen(texts[i]), &b, &err), -1);
}

/* By hand, from mm/vmstat.c: 4 pages free, none, one block of 8 and 8 single pages. */
static void indices(void **state)
{
	const struct buddy_zone singles = { .nr_orders = 4, .v = { 4 } };
	const struct buddy_zone none = { .nr_orders = 4 };
	const struct buddy_zone mixed = { .nr_orders = 4, .v = { 8, 0, 0, 1 } };

	(void)state;
	assert_int_equal(buddy_unusable(&singles, 0), 0);
	assert_int_equal(buddy_unusable(&singles, 1), 1000);
	assert_int_equal(buddy_unusable(&none, 0), 1000);
	assert_int_equal(buddy_unusable(&mixed, 3), 500);
	assert_int_equal(buddy_index(&singles, 0), -1000);
	/* 1000 - (1000 + 4 * 1000 / 2) / 4 */
	assert_int_equal(buddy_index(&singles, 1), 250);
	assert_int_equal(buddy_index(&singles, 3), 625);
	assert_int_equal(buddy_index(&none, 1), 0);
	assert_int_equal(buddy_index(&mixed, 3), -1000);
	assert_int_equal(buddy_area(&mixed), (0 + 500 + 500 + 500) / 4);
}

static void extfrag_lines(void **state)
{
	static const char text[] = "Node 0, zone   Normal -1.000  0.250  0.-50 \n";
	struct buddy b;
	struct error err;

	(void)state;
	assert_int_equal(extfrag_parse(text, strlen(text), &b, &err), 0);
	assert_int_equal(b.zones[0].v[0], -1000);
	assert_int_equal(b.zones[0].v[1], 250);
	assert_int_equal(b.zones[0].v[2], -50);
	assert_int_equal(extfrag_parse("Node 0, zone A 1.2000\n", 22, &b, &err), -1);
	assert_int_equal(extfrag_parse("Node 0, zone A 1\n", 17, &b, &err), -1);
}

static void small_files(void **state)
{
	static const char mem[] = "MemFree:   12 kB\nHugePages_Total:  3\n";
	static const char disk[] = "   1       0 ram0 1 2 3 4 5 6 7 8 0 0 0 0 0 0 0 0 0\n";
	static const char psi[] = "some avg10=0.00 avg60=0.00 avg300=0.00 total=77\n"
				  "full avg10=0.00 avg60=0.00 avg300=0.00 total=5\n";
	struct metrics m = {};
	struct error err;

	(void)state;
	assert_int_equal(meminfo_metrics(mem, strlen(mem), &m, &err), 0);
	assert_int_equal(diskstats_metrics(disk, strlen(disk), &m, &err), 0);
	assert_int_equal(pressure_metrics("io", psi, strlen(psi), &m, &err), 0);
	assert_int_equal(m.nr, 2 + 8 + 2);
	assert_string_equal(m.v[0].name, "meminfo.MemFree");
	assert_int_equal(m.v[1].i, 3);
	assert_string_equal(m.v[9].name, "disk.write_ms");
	assert_string_equal(m.v[9].label, "ram0");
	assert_int_equal(m.v[9].i, 8);
	assert_string_equal(m.v[11].name, "pressure.io");
	assert_string_equal(m.v[11].label, "full");
	assert_int_equal(m.v[11].i, 5);
	assert_int_equal(meminfo_metrics("MemFree 12\n", 11, &m, &err), -1);
	assert_int_equal(meminfo_metrics("MemFree: 12 kB", 14, &m, &err), -1);
	assert_int_equal(diskstats_metrics("1 0 ram0 1 2\n", 13, &m, &err), -1);
	assert_int_equal(pressure_metrics("io", "some avg10=0\n", 13, &m, &err), -1);
	metrics_release(&m);
}

static int64_t value_of(const struct metrics *m, const char *name, const char *label)
{
	for (size_t i = 0; i < m->nr; i++)
		if (strcmp(m->v[i].name, name) == 0 && strcmp(m->v[i].label, label) == 0)
			return m->v[i].i;
	fail_msg("no row '%s' '%s'", name, label);
	return -1;
}

/* As Linux 7.3 prints them, shortened. */
static const char zoneinfo[] =
	"Node 0, zone      DMA\n  per-node stats\n      nr_inactive_anon 12\n"
	"  pages free     2801\n        boost    0\n        min      77\n        managed  3840\n"
	"        protection: (0, 460, 460, 460)\n      nr_free_pages 2801\n"
	"  pagesets\n    cpu: 0\n              count:    3\n              high:     0\n"
	"  vm stats threshold: 2\n    cpu: 1\n              count:    4\n"
	"  node_unreclaimable:  0\n  start_pfn:           1\n"
	"Node 0, zone   Normal\n  pages free     9\n        min      1\n";
static const char pagetypeinfo[] =
	"Page block order: 9\nPages per block:  512\n\n"
	"Free pages count per migrate type at order       0      1 \n"
	"Node    0, zone      DMA, type    Unmovable      1      2 \n"
	"Node    0, zone      DMA, type      Movable >100000      4 \n\n"
	"Number of blocks type     Unmovable      Movable \n"
	"Node 0, zone      DMA            1            7 \n";

static void zones(void **state)
{
	struct metrics m = {};
	struct error err;

	(void)state;
	assert_int_equal(zoneinfo_metrics(zoneinfo, strlen(zoneinfo), &m, &err), 0);
	assert_int_equal(value_of(&m, "zone.free", "DMA"), 2801);
	assert_int_equal(value_of(&m, "zone.min", "DMA"), 77);
	assert_int_equal(value_of(&m, "zone.nr_free_pages", "DMA"), 2801);
	assert_int_equal(value_of(&m, "zone.pcp", "DMA"), 7);
	assert_int_equal(value_of(&m, "zone.free", "Normal"), 9);
	assert_int_equal(value_of(&m, "zone.pcp", "Normal"), 0);
	for (size_t i = 0; i < m.nr; i++)
		assert_string_not_equal(m.v[i].name, "zone.nr_inactive_anon");
	metrics_release(&m);
	assert_int_equal(pagetypeinfo_metrics(pagetypeinfo, strlen(pagetypeinfo), &m, &err), 0);
	assert_int_equal(value_of(&m, "pagetype.DMA", "type=Unmovable,order=1"), 2);
	assert_int_equal(value_of(&m, "pagetype.DMA", "type=Movable,order=1"), 4);
	assert_int_equal(value_of(&m, "pageblocks.DMA", "type=Movable"), 7);
	/* What the kernel stopped counting is no number. */
	assert_int_equal(m.nr, 5);
	metrics_release(&m);
}

static void damaged_zones(void **state)
{
	static const char *const zone[] = { "Node\n", "Node 0, zone\n", "  pages free 3\n", "x 1", "y 1\n" };
	static const char *const type[] = { "Node 0, zone DMA\n", "Node 0, zone DMA 1\n",
					    "Node 0, zone DMA, type\n",
					    "Node 0, zone DMA, type Movable 1 x\n",
					    "Number of blocks type A B\nNode 0, zone DMA 1\n",
					    "Number of blocks type A\nNode 0, zone DMA 1 2\n",
					    "Number of blocks type A B C D E F G H I\n",
					    "Number of blocks type A_type_whose_name_is_too_long\n" };
	struct metrics m = {};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(zone) / sizeof(zone[0]); i++)
		assert_int_equal(zoneinfo_metrics(zone[i], strlen(zone[i]), &m, &err), -1);
	for (size_t i = 0; i < sizeof(type) / sizeof(type[0]); i++)
		assert_int_equal(pagetypeinfo_metrics(type[i], strlen(type[i]), &m, &err), -1);
	metrics_release(&m);
}

static void processes(void **state)
{
	static const char stat[] = "7 (a ) b) S 1 7 7 0 -1 64 110 0 12 0 3 4 0 0 20 0 2 0 99 1048576 55 9 1\n";
	static const char rollup[] = "08048000-bf000000 ---p 00000000 00:00 0          [rollup]\n"
				     "Rss:                 412 kB\nSwapPss:              8 kB\n";
	struct metrics m = {};
	struct error err;

	(void)state;
	assert_int_equal(process_stat_metrics("/proc/7/stat", stat, strlen(stat), &m, &err), 0);
	assert_int_equal(value_of(&m, "process.minflt", "pid=7"), 110);
	assert_int_equal(value_of(&m, "process.majflt", "pid=7"), 12);
	assert_int_equal(value_of(&m, "process.stime", "pid=7"), 4);
	assert_int_equal(value_of(&m, "process.rss", "pid=7"), 55);
	assert_int_equal(smaps_rollup_metrics("/proc/7/smaps_rollup", rollup, strlen(rollup), &m, &err), 0);
	assert_int_equal(value_of(&m, "process.Rss", "pid=7"), 412);
	assert_int_equal(value_of(&m, "process.SwapPss", "pid=7"), 8);
	assert_int_equal(process_stat_metrics("/proc/x/stat", stat, strlen(stat), &m, &err), -1);
	assert_int_equal(process_stat_metrics("/proc/7/stat", "7 (a) S 1", 9, &m, &err), -1);
	assert_int_equal(process_stat_metrics("/proc/7/stat", "", 0, &m, &err), -1);
	assert_int_equal(process_stat_metrics("/proc/7/stat", "7 a S 1 1 1 1 1 1 1\n", 20, &m, &err), -1);
	assert_int_equal(smaps_rollup_metrics("/proc/7/smaps_rollup", "Rss: x kB\n", 10, &m, &err), -1);
	assert_int_equal(smaps_rollup_metrics("/proc/7/smaps_rollup", "Rss: 1 kB", 9, &m, &err), -1);
	assert_int_equal(smaps_rollup_metrics("/proc/7/smaps_rollup", "junk\n", 5, &m, &err), -1);
	metrics_release(&m);
}

static void add_at(struct strbuf *out, uint32_t *seq, enum frame_type type, uint64_t vtime_ns,
		   const char *payload)
{
	size_t at = out->len;
	struct frame_header h;

	pages_add_frame(out, seq, type, payload, strlen(payload));
	memcpy(&h, out->buf + at, sizeof(h));
	h.vtime_ns = vtime_ns;
	h.header_crc = crc32(0, &h, offsetof(struct frame_header, header_crc));
	memcpy(out->buf + at, &h, sizeof(h));
}

/* Only changes are kept, counters run from the window's start, 32-bit ones wrap. */
static void series_of_changes(void **state)
{
	struct strbuf f = STRBUF_INIT;
	struct samples s;
	struct metrics m = {};
	struct error err;
	uint32_t seq = 0;

	(void)state;
	add_at(&f, &seq, FRAME_HELLO, 0, "release 1\nmachine i686\n");
	add_at(&f, &seq, FRAME_SNAPSHOT, 900, "begin /proc/buddyinfo\nNode 0, zone A 4 0\n");
	add_at(&f, &seq, FRAME_SNAPSHOT, 1000, "begin /proc/vmstat\nnr_free 9\npgalloc 4294967290\n");
	add_at(&f, &seq, FRAME_SAMPLE, 1500, "1 /proc/vmstat\nnr_free 9\npgalloc 4\n");
	add_at(&f, &seq, FRAME_SAMPLE, 1500, "1 /proc/buddyinfo\nNode 0, zone A 0 2\n");
	add_at(&f, &seq, FRAME_SAMPLE, 1700, "2 /proc/vmstat\nnr_free 8\npgalloc 4\n");
	add_at(&f, &seq, FRAME_SNAPSHOT, 2000, "end /proc/vmstat\nnr_free 8\npgalloc 5\n");
	assert_int_equal(samples_decode(f.buf, f.len, &s, &err), 0);
	assert_int_equal(s.nr_taken, 2);
	assert_int_equal(s.end_ns, 1000);
	/* vmstat: 0/9, 0/0, 500/10, 700/8, 1000/11; buddy: 2 x 7 rows, of which area 500 to 0 */
	for (size_t i = 0; i < s.nr; i++)
		if (strcmp(s.series[s.v[i].series].name, "vmstat.pgalloc") == 0)
			assert_int_equal(s.v[i].value, s.v[i].t_ns == 0 ? 0 : s.v[i].t_ns == 500 ? 10 : 11);
	assert_int_equal(samples_metrics(&s, &m, &err), 0);
	assert_int_equal(m.nr, 1);
	assert_string_equal(m.v[0].name, "frag.area");
	/* half of the time 500, then 0 */
	assert_true(m.v[0].d == 250.0);
	metrics_release(&m);
	samples_release(&s);
	add_at(&f, &seq, FRAME_SAMPLE, 10, "3 /proc/vmstat\nnr_free 8\npgalloc 5\n");
	assert_int_equal(samples_decode(f.buf, f.len, &s, &err), -1);
	assert_non_null(strstr(err.msg, "from before the window"));
	strbuf_release(&f);
}

/* A process that is there at the beginning counts from there, another from 0; extfrag is
 * compared with the buddyinfo of its own sample. */
static void counters_and_comparison(void **state)
{
	static const char stat[] = "(x) S 1 1 1 1 1 1 %d 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n";
	struct strbuf f = STRBUF_INIT;
	struct samples s;
	struct metrics m = {};
	struct error err;
	uint32_t seq = 0;
	char text[200];

	(void)state;
	for (int i = 0; i < 3; i++) {
		static const char *const moments[] = { "begin /proc/1/stat\n1", "1 /proc/1/stat\n1", "1 /proc/2/stat\n2" };
		int len = snprintf(text, sizeof(text), "%s ", moments[i]);

		snprintf(text + len, sizeof(text) - (size_t)len, stat, 100 + i);
		add_at(&f, &seq, i ? FRAME_SAMPLE : FRAME_SNAPSHOT, 1000 + 100 * (uint64_t)i, text);
	}
	add_at(&f, &seq, FRAME_SAMPLE, 1300, "1 /proc/buddyinfo\nNode 0, zone A 4 0\n");
	add_at(&f, &seq, FRAME_SAMPLE, 1300,
	       "1 /sys/kernel/debug/extfrag/unusable_index\nNode 0, zone A 0.000 0.999\n");
	add_at(&f, &seq, FRAME_SNAPSHOT, 1400, "end /proc/swaps\n");
	if (samples_decode(f.buf, f.len, &s, &err))
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < s.nr; i++) {
		const struct series *r = &s.series[s.v[i].series];

		if (strcmp(r->name, "process.minflt") == 0 && strcmp(r->label, "pid=1") == 0)
			assert_int_equal(s.v[i].value, s.v[i].t_ns ? 1 : 0);
		if (strcmp(r->name, "process.minflt") == 0 && strcmp(r->label, "pid=2") == 0)
			assert_int_equal(s.v[i].value, 102);
	}
	assert_int_equal(samples_metrics(&s, &m, &err), 0);
	assert_int_equal(value_of(&m, "frag.differs", "unusable,samples"), 1);
	metrics_release(&m);
	samples_release(&s);
	strbuf_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buddyinfo_lines), cmocka_unit_test(damaged_buddyinfo),
		cmocka_unit_test(indices),	   cmocka_unit_test(extfrag_lines),
		cmocka_unit_test(zones),	   cmocka_unit_test(damaged_zones),
		cmocka_unit_test(processes),	   cmocka_unit_test(counters_and_comparison),
		cmocka_unit_test(small_files),	   cmocka_unit_test(series_of_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

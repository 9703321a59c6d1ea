// SPDX-License-Identifier: GPL-2.0-or-later
/* Free lists and their indices, the small files of /proc, and series of samples. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buddyinfo_lines), cmocka_unit_test(damaged_buddyinfo),
		cmocka_unit_test(indices),	   cmocka_unit_test(extfrag_lines),
		cmocka_unit_test(small_files),	   cmocka_unit_test(series_of_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

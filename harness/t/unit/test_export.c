// SPDX-License-Identifier: GPL-2.0-or-later
/* export: what is written is what the store holds, in each format, and nothing half-made. */
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../synth.h"
#include "test.h"

#include "export/export.h"
#include "export/private.h"

#define RUNS 80

struct scratch {
	char dir[64];
	struct store *store;
};

static int setup(void **state)
{
	struct scratch *s = xcalloc(1, sizeof(*s));
	struct synth synth = { .runs = RUNS, .metrics = 2 };
	struct error err;
	char *db;

	strcpy(s->dir, "/tmp/highwater-export.XXXXXX");
	if (!mkdtemp(s->dir))
		return -1;
	synth.dir = s->dir;
	db = xasprintf("%s/store.sqlite", s->dir);
	if (synth_make(&synth, &err) || store_open(db, false, &s->store, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return -1;
	}
	free(db);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scratch *s = *state;
	struct error err;

	store_close(s->store);
	io_remove_tree(s->dir, &err);
	free(s);
	return 0;
}

typedef int (*stream_fn)(struct store *s, const struct export_options *o, FILE *to, struct error *err);

static char *text_of(struct store *s, stream_fn fn, const struct export_options *o)
{
	char *text = NULL;
	size_t len;
	struct error err;
	FILE *f = open_memstream(&text, &len);

	if (fn(s, o, f, &err))
		fail_msg("%s", err.msg);
	fclose(f);
	return text;
}

static size_t lines(const char *text)
{
	size_t nr = 0;

	while ((text = strchr(text, '\n')))
		nr++, text++;
	return nr;
}

static void csv_has_every_figure(void **state)
{
	struct scratch *s = *state;
	struct export_options o = { .metrics = "hot_lost" };
	char *text = text_of(s->store, export_csv, &o);

	assert_int_equal(lines(text), 1 + RUNS);
	assert_ptr_equal(strstr(text, "cell,status,axes,metric,label,value,unit,better\r\n"), text);
	assert_non_null(strstr(text, ",ok,arch=i386;clock=insn;events=none;kernel=base;memory=256M;"));
	assert_non_null(strstr(text, ",hot_lost,,"));
	assert_non_null(strstr(text, ",KiB,lower\r\n"));
	free(text);
}

static void json_is_json(void **state)
{
	struct scratch *s = *state;
	struct export_options o = {};
	char *text = text_of(s->store, export_json, &o);
	json_t *all = json_loads(text, 0, NULL), *run;

	assert_int_equal(json_array_size(all), RUNS);
	run = json_array_get(all, 0);
	assert_string_equal(json_string_value(json_array_get(
				    json_object_get(json_object_get(run, "axes"), "kernel"), 0)), "base");
	assert_int_equal(json_array_size(json_object_get(run, "metrics")), 6 + 5 + 5 + 2);
	json_decref(all);
	free(text);
}

static json_t *load(const struct scratch *s, const char *path)
{
	char *full = xasprintf("%s/%s", s->dir, path);
	json_error_t why;
	json_t *j = json_load_file(full, 0, &why);

	if (!j)
		fail_msg("%s: %s", full, why.text);
	free(full);
	return j;
}

/* Ten seeds of a cell are ten columns of one matrix, in order. */
static void lkp_matrix(void **state)
{
	struct scratch *s = *state;
	struct export_options o = {};
	char *dir = xasprintf("%s/lkp", s->dir), *path;
	json_t *matrix, *stats;
	struct error err;

	assert_int_equal(export_lkp(s->store, &o, dir, &err), 0);
	path = xstrdup("lkp/fault/sample=25ms-swap=ram_64M-vm.swappiness=0-vm.watermark_scale_factor=10/"
		       "highwater-256M-1/initramfs/i386-insn/gcc/series");
	{
		char *m = xasprintf("%s/matrix.json", path), *st = xasprintf("%s/3/stats.json", path);

		matrix = load(s, m);
		stats = load(s, st);
		free(m);
		free(st);
	}
	assert_int_equal(json_array_size(json_object_get(matrix, "stats_source")), 10);
	assert_int_equal(json_array_size(json_object_get(matrix, "fault.hot_lost")), 10);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(matrix, "fault.hot_lost"), 2)),
			 json_integer_value(json_object_get(stats, "fault.hot_lost")));
	assert_non_null(json_object_get(matrix, "fault.latency.reclaim.p99"));
	/* It is there now: not written over. */
	assert_int_equal(export_lkp(s->store, &o, dir, &err), -1);
	assert_int_equal(err.kind, ERROR_INPUT);
	json_decref(matrix);
	json_decref(stats);
	free(path);
	free(dir);
}

static void mmtests_tree(void **state)
{
	struct scratch *s = *state;
	struct export_options o = {};
	char *dir = xasprintf("%s/mm", s->dir), *path = xasprintf("%s/series/iter-2/tests-sysstate", dir);
	struct strbuf text = STRBUF_INIT;
	struct error err;

	assert_int_equal(export_mmtests(s->store, &o, dir, &err), 0);
	assert_int_equal(io_read_file(path, 1 << 20, &text, &err), 0);
	assert_non_null(strstr(text.buf, "test begin :: highwater-00001 0\nfile start :: /proc/vmstat\n"
					 "file start :: /proc/zoneinfo\nfile end :: /proc/vmstat\npgscan_direct "));
	assert_non_null(strstr(text.buf, "test end :: highwater-00001 0\n"));
	strbuf_reset(&text);
	free(path);
	path = xasprintf("%s/base/iter-0/highwater-00001/logs/results", dir);
	assert_int_equal(io_read_file(path, 1 << 20, &text, &err), 0);
	assert_non_null(strstr(text.buf, "insns_per_fault\t_\t_\t1\t"));
	assert_non_null(strstr(text.buf, "latency.reclaim\tp99.9\t_\t1\t"));
	strbuf_release(&text);
	free(path);
	free(dir);
}

static void nothing_half_made(void **state)
{
	struct scratch *s = *state;
	const char *key = "kernel", *value = "none";
	struct export_options o = { .where = { &key, &value, 1 } };
	char *dir = xasprintf("%s/lkp", s->dir);
	struct error err;
	struct dirent *d;
	DIR *open;

	assert_int_equal(export_lkp(s->store, &o, dir, &err), -1);
	assert_int_equal(err.kind, ERROR_INPUT);
	open = opendir(s->dir);
	while ((d = readdir(open)))
		assert_null(strstr(d->d_name, "lkp"));
	closedir(open);
	free(dir);
}

/* Axes come from files: no name of theirs leaves the tree. */
static void components_stay_inside(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = { { "..", "_." }, { "a/b", "a_b" }, { "", "_" }, { ".", "_" }, { "x y\n\xff", "x_y__" },
		     { "../../etc", "_._.._etc" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct strbuf out = STRBUF_INIT;

		export_component(&out, rows[i].text);
		assert_string_equal(out.buf, rows[i].want);
		strbuf_release(&out);
	}
}

#define WITH_SCRATCH(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(csv_has_every_figure), WITH_SCRATCH(json_is_json), WITH_SCRATCH(lkp_matrix),
		WITH_SCRATCH(mmtests_tree),	    WITH_SCRATCH(nothing_half_made),
		cmocka_unit_test(components_stay_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

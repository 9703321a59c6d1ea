// SPDX-License-Identifier: GPL-2.0-or-later
/* What host and guest share: checksums, jobs, workload parameters. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "lib/parse.h"
#include "lib/xalloc.h"
#include "proto/frame.h"
#include "proto/job.h"
#include "proto/workload.h"

/* The check value of CRC-32 (IEEE 802.3); pieces give the same as the whole. */
static void crc_known_value(void **state)
{
	(void)state;
	assert_int_equal(crc32(0, "123456789", 9), 0xcbf43926);
	assert_int_equal(crc32(crc32(0, "1234", 4), "56789", 5), 0xcbf43926);
	assert_int_equal(crc32(0, "", 0), 0);
}

static void frame_names(void **state)
{
	(void)state;
	assert_string_equal(frame_type_name(FRAME_BYE), "BYE");
	assert_null(frame_type_name(0));
	assert_null(frame_type_name(9999));
}

static char *encode(const struct job *job)
{
	size_t len = job_encode(job, NULL, 0);
	char *text = xmalloc(len + 1);

	assert_int_equal(job_encode(job, text, len + 1), len);
	return text;
}

/* What the host writes is what the guest reads, file bytes and all. */
static void job_round_trip(void **state)
{
	const struct job job = {
		.insn = true,
		.shift = 3,
		.seed = 7,
		.sample_allocs = 5000,
		.require_text = "unusable.9 >= 500, meminfo.MemFree <= 7",
		.swap = "ram",
		.swap_bytes = 1 << 20,
		.workload = "fio",
		.tunables = { { "vm.swappiness", "60" }, { "kernel.sysrq", "a b" } },
		.nr_tunables = 2,
		.params = { { "job", "x" } },
		.nr_params = 1,
		.file_name = "fio.job",
		.file = "end\nparam evil 1\n",
		.file_bytes = 17,
	};
	char *text = encode(&job);
	struct job got;
	unsigned int line;

	(void)state;
	assert_int_equal(job_parse(text, strlen(text), &got, &line), 0);
	assert_true(got.insn);
	assert_int_equal(got.sample_allocs, 5000);
	assert_int_equal(got.nr_requires, 2);
	assert_int_equal(got.requires[0].order, 9);
	assert_true(got.requires[0].at_least);
	assert_string_equal(got.requires[1].name, "MemFree");
	assert_false(got.requires[1].at_least);
	assert_int_equal(got.requires[1].value, 7);
	assert_int_equal(got.shift, 3);
	assert_int_equal(got.seed, 7);
	assert_string_equal(got.swap, "ram");
	assert_int_equal(got.swap_bytes, 1 << 20);
	assert_int_equal(got.nr_tunables, 2);
	assert_string_equal(got.tunables[1].value, "a b");
	assert_string_equal(job_param(&got, "job"), "x");
	assert_null(job_param(&got, "evil"));
	assert_int_equal(got.file_bytes, 17);
	assert_memory_equal(got.file, job.file, 17);
	free(text);
}

/* Every line an agent does not understand is refused, with its number. */
static void job_bad_lines(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
	} bad[] = {
		{ "", 1 },
		{ "highwater-job 2\nend\n", 1 },
		{ "highwater-job 1\n", 2 },
		{ "highwater-job 1\nend\n", 2 }, /* no workload */
		{ "highwater-job 1\nclock sundial\nend\n", 2 },
		{ "highwater-job 1\nclock insn\nend\n", 2 },
		{ "highwater-job 1\nclock insn 11\nend\n", 2 },
		{ "highwater-job 1\nseed -1\nend\n", 2 },
		{ "highwater-job 1\nseed 1 2\nend\n", 2 },
		{ "highwater-job 1\nswap ram\nend\n", 2 },
		{ "highwater-job 1\ntunable vm.x\nend\n", 2 },
		{ "highwater-job 1\nnonsense 1\nend\n", 2 },
		{ "highwater-job 1\nfile f 100\nshort\nend\n", 2 },
		{ "highwater-job 1\nfile ../f 1\nx\nend\n", 2 },
		{ "highwater-job 1\nfile f 18446744073709551615\nx\nend\n", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *text = xstrdup(bad[i].text);
		struct job job;
		unsigned int line;

		assert_int_equal(job_parse(text, strlen(text), &job, &line), -EINVAL);
		assert_int_equal(line, bad[i].line);
		free(text);
	}
}

static void job_too_many_params(void **state)
{
	size_t room = 64 + (JOB_MAX_PAIRS + 1) * 16;
	char *text = xcalloc(1, room);
	struct job job;
	unsigned int line;

	(void)state;
	strcpy(text, "highwater-job 1\n");
	for (int i = 0; i <= JOB_MAX_PAIRS; i++)
		strcat(text, "param a 1\n");
	strcat(text, "end\n");
	assert_int_equal(job_parse(text, strlen(text), &job, &line), -EINVAL);
	assert_int_equal(line, JOB_MAX_PAIRS + 2);
	free(text);
}

static void params_normal_form(void **state)
{
	const struct workload_desc *w = workload_find("hot-set");
	char out[96];

	(void)state;
	assert_non_null(w);
	assert_int_equal(param_normalize(workload_param(w, "hot"), "150M", out, sizeof(out)), 0);
	assert_string_equal(out, "157286400");
	assert_int_equal(param_normalize(workload_param(w, "hot"), "1K", out, sizeof(out)), -ERANGE);
	assert_int_equal(param_normalize(workload_param(w, "hot"), "x", out, sizeof(out)), -EINVAL);
	w = workload_find("fault");
	assert_int_equal(param_normalize(workload_param(w, "order"), "random", out, sizeof(out)), 0);
	assert_int_equal(param_normalize(workload_param(w, "order"), "rand", out, sizeof(out)), -EINVAL);
	assert_int_equal(param_normalize(workload_param(w, "order"), "", out, sizeof(out)), -EINVAL);
	w = workload_find("fio");
	assert_int_equal(param_normalize(workload_param(w, "job"), "../etc", out, sizeof(out)), -EINVAL);
	assert_null(workload_find("fi"));
}

/* A table with a default that its own check refuses would fail every plan. */
static void defaults_are_valid(void **state)
{
	char out[96];

	(void)state;
	for (const struct workload_desc *w = workload_table; w->name; w++)
		for (const struct param_desc *p = w->params; p->name; p++)
			if (p->value)
				assert_int_equal(param_normalize(p, p->value, out, sizeof(out)), 0);
}

static void numbers_whole_or_not(void **state)
{
	uint64_t u;
	int64_t i;
	char text[32];

	(void)state;
	assert_int_equal(parse_u64("18446744073709551615", &u), 0);
	assert_true(u == UINT64_MAX);
	assert_int_equal(parse_u64("18446744073709551616", &u), -ERANGE);
	assert_int_equal(parse_u64("1x", &u), -EINVAL);
	assert_int_equal(parse_u64("", &u), -EINVAL);
	assert_int_equal(parse_u64(" 1", &u), -EINVAL);
	assert_int_equal(parse_i64("-5", &i), 0);
	assert_int_equal(i, -5);
	assert_int_equal(parse_size("2g", &u), 0);
	assert_true(u == 2ull << 30);
	assert_int_equal(parse_size("16777216T", &u), -ERANGE);
	assert_int_equal(parse_size("1MB", &u), -EINVAL);
	parse_size_format(400ull << 20, text, sizeof(text));
	assert_string_equal(text, "400M");
	parse_size_format(0, text, sizeof(text));
	assert_string_equal(text, "0");
}

static void requirements(void **state)
{
	static const char *const bad[] = { "",		      "unusable >= 5",	  "unusable.11 >= 5",
					   "unusable.9",      "unusable.9 > 5",   "unusable.9 >= ",
					   "unusable.9 >= x", "unusable.9 >= 5,", "vmstat. >= 5",
					   "free.x >= 5",     "unusable.9 >= 5 6", "unusable.9x >= 5" };
	static const uint64_t blocks[] = { 8, 0, 0, 1 };
	struct requirement r[REQUIRE_MAX];
	size_t nr;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!require_parse(bad[i], r, &nr))
			fail_msg("'%s' is no requirement", bad[i]);
	assert_null(require_parse("vmstat.nr_free_pages>=5,unusable.0<=18446744073709551615", r, &nr));
	assert_int_equal(nr, 2);
	assert_int_equal(unusable_index(blocks, 4, 0), 0);
	assert_int_equal(unusable_index(blocks, 4, 3), 500);
	assert_int_equal(unusable_index(blocks, 3, 3), 1000);
	assert_int_equal(unusable_index(blocks, 0, 3), 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crc_known_value),    cmocka_unit_test(frame_names),
		cmocka_unit_test(job_round_trip),     cmocka_unit_test(job_bad_lines),
		cmocka_unit_test(job_too_many_params), cmocka_unit_test(params_normal_form),
		cmocka_unit_test(requirements),
		cmocka_unit_test(defaults_are_valid), cmocka_unit_test(numbers_whole_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* fio's JSON (HOWTO, "JSON output") to metrics; label is the job's name. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "decode/metric.h"

#define MAX_JOBS 64

static int add(struct metrics *m, const char *dir, const char *what, const char *label,
	       const json_t *value, struct error *err)
{
	char name[80];

	snprintf(name, sizeof(name), "fio.%s.%s", dir, what);
	if (json_is_integer(value))
		return metrics_add_int(m, name, label, json_integer_value(value), err);
	if (json_is_real(value))
		return metrics_add_real(m, name, label, json_real_value(value), err);
	return error_set(err, ERROR_FOUND, "fio reports no number for '%s'", name);
}

static int add_percentiles(struct metrics *m, const char *dir, const char *label,
			   const json_t *clat, struct error *err)
{
	static const struct {
		const char *key, *name;
	} rows[] = {
		{ "50.000000", "clat_p50" },	{ "90.000000", "clat_p90" },
		{ "99.000000", "clat_p99" },	{ "99.900000", "clat_p99.9" },
		{ "99.990000", "clat_p99.99" },
	};
	const json_t *p = json_object_get(clat, "percentile");

	for (size_t i = 0; p && i < sizeof(rows) / sizeof(rows[0]); i++) {
		const json_t *v = json_object_get(p, rows[i].key);

		if (v && add(m, dir, rows[i].name, label, v, err))
			return -1;
	}
	return 0;
}

static int add_direction(struct metrics *m, const char *dir, const char *label, const json_t *d,
			 struct error *err)
{
	const json_t *clat = json_object_get(d, "clat_ns");

	if (!json_integer_value(json_object_get(d, "total_ios")))
		return 0;
	if (add(m, dir, "ios", label, json_object_get(d, "total_ios"), err) ||
	    add(m, dir, "bytes", label, json_object_get(d, "io_bytes"), err) ||
	    add(m, dir, "iops", label, json_object_get(d, "iops"), err) ||
	    add(m, dir, "bw", label, json_object_get(d, "bw_bytes"), err) ||
	    add(m, dir, "clat_mean", label, json_object_get(clat, "mean"), err) ||
	    add(m, dir, "clat_max", label, json_object_get(clat, "max"), err))
		return -1;
	return add_percentiles(m, dir, label, clat, err);
}

static int add_job(struct metrics *m, const json_t *job, struct error *err)
{
	static const char *const dirs[] = { "read", "write", "trim" };
	const char *label = json_string_value(json_object_get(job, "jobname"));
	const json_t *error = json_object_get(job, "error");

	if (!label)
		return error_set(err, ERROR_FOUND, "fio reports a job without a name");
	if (!json_is_integer(error) || json_integer_value(error))
		return error_set(err, ERROR_FOUND, "fio reports an error in job '%.40s'", label);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		const json_t *d = json_object_get(job, dirs[i]);

		if (d && add_direction(m, dirs[i], label, d, err))
			return -1;
	}
	return 0;
}

int fio_metrics(const char *json, size_t len, struct metrics *m, struct error *err)
{
	/* fio may print notes before the object. */
	const char *start = len ? memchr(json, '{', len) : NULL;
	json_error_t why;
	json_t *root, *jobs;
	int rc = 0;

	if (!start)
		return error_set(err, ERROR_FOUND, "fio's output has no JSON");
	root = json_loadb(start, len - (size_t)(start - json), JSON_DISABLE_EOF_CHECK, &why);
	jobs = json_object_get(root, "jobs");
	if (!root)
		rc = error_set(err, ERROR_FOUND, "fio's output, line %d: %s", why.line, why.text);
	else if (!json_is_array(jobs) || !json_array_size(jobs) || json_array_size(jobs) > MAX_JOBS)
		rc = error_set(err, ERROR_FOUND, "fio's output has no jobs");
	for (size_t i = 0; !rc && i < json_array_size(jobs); i++)
		rc = add_job(m, json_array_get(jobs, i), err);
	json_decref(root);
	return rc;
}

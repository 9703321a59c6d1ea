// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/store.h"
#include "collect/rundir.h"
#include "decode/metric.h"
#include "decode/trace.h"
#include "lib/io.h"
#include "lib/parse.h"

struct options {
	const char *results, *run, *to;
	unsigned int n;
	bool perf;
};

enum { KEY_PERF = 256 };

static const struct argp_option argp_options[] = {
	{ "output", 'o', "FILE", 0, "the file to write; default trace.dat, or perf.data", 0 },
	{ "perf", KEY_PERF, NULL, 0, "what perf record has left in the guest", 0 },
	{ "results", 'r', "DIR", 0, "results to read; default results", 0 },
	{ "number", 'n', "N", 0, "the second run of a verified cell: 2", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	uint64_t n = 0;

	switch (key) {
	case 'o':
		o->to = arg;
		return 0;
	case KEY_PERF:
		o->perf = true;
		return 0;
	case 'r':
		o->results = arg;
		return 0;
	case 'n':
		if (parse_u64(arg, &n) || n < 1 || n > 1000000)
			argp_error(state, "-n '%s' is no run number", arg);
		o->n = (unsigned int)n;
		return 0;
	case ARGP_KEY_ARG:
		if (o->run)
			argp_error(state, "one run at a time; '%s' is too many", arg);
		o->run = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->run)
			argp_error(state, "a run is needed: the first digits of its cell");
		if (!o->to)
			o->to = o->perf ? "perf.data" : "trace.dat";
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int write_dat(const struct options *o, const char *hash, struct error *err)
{
	struct strbuf frames = STRBUF_INIT, trace = STRBUF_INIT, out = STRBUF_INIT;
	int rc = rundir_events(o->results, hash, o->n, &frames, &trace, err);

	if (!rc && trace_dat(frames.buf, frames.len, trace.buf, trace.len, &out, err))
		rc = error_prefix(err, "run '%.12s'", hash);
	if (!rc)
		rc = io_write_file(o->to, out.buf, out.len, err);
	strbuf_release(&frames);
	strbuf_release(&trace);
	strbuf_release(&out);
	return rc;
}

static int write_perf(const struct options *o, const char *hash, struct error *err)
{
	struct strbuf frames = STRBUF_INIT, trace = STRBUF_INIT;
	const char *data;
	size_t len;
	int rc = rundir_events(o->results, hash, o->n, &frames, &trace, err);

	if (!rc && perf_data_find(frames.buf, frames.len, &data, &len, err))
		rc = error_prefix(err, "run '%.12s'", hash);
	if (!rc)
		rc = io_write_file(o->to, data, len, err);
	strbuf_release(&frames);
	strbuf_release(&trace);
	return rc;
}

static int find_and_write(const struct options *o, struct store *s, struct error *err)
{
	char *facts, *hash;
	int64_t run;
	int rc = query_facts(s, o->run, o->n, &facts, &hash, &run, err);

	if (rc)
		return rc;
	rc = o->perf ? write_perf(o, hash, err) : write_dat(o, hash, err);
	free(facts);
	free(hash);
	return rc;
}

int cmd_trace(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "RUN",
		.doc = "Write the raw events of one run as a trace.dat that trace-cmd and KernelShark "
		       "open; or, with --perf, the perf.data that perf report opens.\v"
		       "RUN is the beginning of a cell's id, as list and run print it. Events are "
		       "recorded where the plan's events: names a list of configs/events/ with lines "
		       "for the ring buffer; a perf.data is left by workload perf with mode record.",
	};
	struct options o = { .results = "results", .n = 1 };
	struct store *s;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	rc = cmd_open_store(o.results, &s, &err);
	if (!rc) {
		rc = find_and_write(&o, s, &err);
		store_close(s);
	}
	return rc ? cmd_fail(&err) : 0;
}

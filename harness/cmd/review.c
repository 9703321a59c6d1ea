// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build/paths.h"
#include "cmd/cmd.h"
#include "lib/io.h"
#include "lib/parse.h"
#include "lib/xalloc.h"
#include "review/check.h"
#include "review/output.h"

struct options {
	struct review_options review;
	const char *format;
	bool mail, list;
};

enum { KEY_TREE = 256, KEY_CHECKS, KEY_SKIP, KEY_PATCH, KEY_FAST, KEY_BUDGET, KEY_CHANGED,
       KEY_INDEPENDENT, KEY_FORMAT, KEY_MAIL, KEY_LIST, KEY_COST };

static const struct argp_option argp_options[] = {
	{ "tree", KEY_TREE, "DIR", 0, "SERIES is a range A..B in the git tree DIR", 0 },
	{ "independent", KEY_INDEPENDENT, NULL, 0, "each patch for itself on the base", 0 },
	{ "checks", KEY_CHECKS, "A,B", 0, "only these checks", 0 },
	{ "skip", KEY_SKIP, "A,B", 0, "all checks but these", 0 },
	{ "patch", KEY_PATCH, "N", 0, "only the N-th patch", 0 },
	{ "fast", KEY_FAST, NULL, 0, "build no whole kernel, boot no guest", 0 },
	{ "changed", KEY_CHANGED, "REV", 0,
	  "patches that differ from the project's git revision REV go first and whole", 0 },
	{ "budget-minutes", KEY_BUDGET, "N", 0,
	  "CPU time for patches that did not change; what is left is listed as not checked", 0 },
	{ "cost", KEY_COST, "FILE", 0, "what patches may add to a path: a budget of highwater cost", 0 },
	{ "format", 'f', "FORMAT", 0, "text (default), markdown, ktap, json, cover", 0 },
	{ "mail", KEY_MAIL, NULL, 0, "read a mail from stdin, print b4's array of checks for it", 0 },
	{ "list", KEY_LIST, NULL, 0, "list the checks", 0 },
	{ "jobs", 'j', "N", 0, "compilers at once; default the number of cores", 0 },
	{ 0 },
};

static unsigned int number(struct argp_state *state, const char *option, const char *arg)
{
	uint64_t n = 0;

	if (parse_u64(arg, &n) || n < 1 || n > 100000)
		argp_error(state, "%s '%s' is not a number from 1 to 100000", option, arg);
	return (unsigned int)n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_TREE: o->review.tree = arg; return 0;
	case KEY_INDEPENDENT: o->review.independent = true; return 0;
	case KEY_CHECKS: o->review.checks = arg; return 0;
	case KEY_SKIP: o->review.skip = arg; return 0;
	case KEY_PATCH: o->review.patch = number(state, "--patch", arg); return 0;
	case KEY_FAST: o->review.fast = true; return 0;
	case KEY_CHANGED: o->review.changed = arg; return 0;
	case KEY_BUDGET: o->review.budget_s = 60.0 * number(state, "--budget-minutes", arg); return 0;
	case KEY_COST: o->review.cost = arg; return 0;
	case KEY_MAIL: o->mail = true; return 0;
	case KEY_LIST: o->list = true; return 0;
	case 'j': o->review.jobs = number(state, "-j", arg); return 0;
	case 'f': o->format = arg; return 0;
	case ARGP_KEY_ARG:
		if (o->review.series)
			argp_error(state, "one series at a time; '%s' is too many", arg);
		o->review.series = arg;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

/* While it works: what is bad at once, and on a terminal where it is. */
static void progress(void *ctx, const struct review *r, const struct review_result *res)
{
	const bool terminal = isatty(STDERR_FILENO);
	char place[32];

	(void)ctx;
	output_place(r, res->patch, place, sizeof(place));
	if (terminal)
		fprintf(stderr, "\r\033[K");
	for (size_t i = 0; i < res->nr; i++)
		fprintf(stderr, "%-7s %-4s %s: %s%s%s\n", place,
			review_status_name(res->findings[i].severity), res->check,
			res->findings[i].file, *res->findings[i].file ? ": " : "",
			res->findings[i].summary);
	if (terminal)
		fprintf(stderr, "%zu done, %zu failed, %zu warned, %.0f s of CPU: %s %s%s", r->nr_results,
			r->nr_fail, r->nr_warn, r->cpu_s, place, res->check,
			res->cached ? " (cached)" : "");
}

static int list_checks(void)
{
	for (size_t i = 0; i < check_nr; i++)
		printf("%-12s %-6s %s%s%s%s\n", check_table[i].name,
		       check_table[i].scope == CHECK_SERIES ? "series" : "patch", check_table[i].asks,
		       check_table[i].needs ? " (needs " : "",
		       check_table[i].needs ? check_table[i].needs : "",
		       check_table[i].needs ? ")" : "");
	return 0;
}

static const struct output_format *find_format(const char *name, struct error *err)
{
	for (const struct output_format *f = output_formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	error_fill(err, ERROR_INPUT, "unknown format '%s': text, markdown, ktap, json, cover", name);
	return NULL;
}

/* The patch with this subject; 0: none. */
static size_t find_subject(const struct review *r, const char *subject)
{
	for (size_t i = 0; i < r->nr; i++)
		if (strcmp(r->patches[i].mail.subject, subject) == 0)
			return i + 1;
	return 0;
}

/* @subject: of the one patch wanted, for b4; NULL: all, in @format. */
static int judge(struct options *o, const struct paths *paths, const struct output_format *format,
		 const char *subject, struct error *err)
{
	struct review r;
	int rc = 0;

	if (review_open(&r, paths, &o->review, err))
		return -1;
	if (subject) {
		o->review.patch = (unsigned int)find_subject(&r, subject);
		if (!o->review.patch)
			rc = error_set(err, ERROR_INPUT, "no patch '%s' in the series", subject);
	} else {
		r.progress = progress;
	}
	if (!rc)
		rc = review_run(&r, err);
	if (isatty(STDERR_FILENO) && !subject)
		fprintf(stderr, "\r\033[K");
	if (!rc && subject)
		output_b4(&r, o->review.patch, stdout);
	else if (!rc && format)
		format->print(&r, stdout);
	if (!rc && !subject && (r.nr_fail || r.nr_warn))
		rc = ERROR_FOUND;
	review_close(&r);
	return rc;
}

/* b4 hands over one mail on stdin: alone, or one of the series given. A cover letter
 * has nothing to check. */
static int judge_mail(struct options *o, const struct paths *paths, struct error *err)
{
	char *dir = xasprintf("%s/review", paths->cache);
	char *path = xasprintf("%s/mail.%ld", dir, (long)getpid());
	struct strbuf text = STRBUF_INIT;
	struct mail m;
	int rc = io_read_file("/dev/stdin", 64 << 20, &text, err);

	if (!rc)
		rc = io_mkdirs(dir, err);
	if (!rc && !o->review.series) {
		rc = io_write_file(path, text.buf, text.len, err);
		o->review.series = path;
	}
	if (!rc) {
		mail_parse(text.buf, text.len, &m);
		if (m.nr_files)
			rc = judge(o, paths, NULL, m.subject, err);
		else
			printf("[]\n");
		mail_release(&m);
	}
	unlink(path);
	strbuf_release(&text);
	free(path);
	free(dir);
	return rc;
}

int cmd_review(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "[SERIES]",
		.doc = "Judge a series patch by patch, as its maintainers would.\v"
		       "SERIES is a directory of patches, an mbox (what b4 am writes) or a patch; "
		       "default patches/. Results are cached by all they depend on. Exit code 1 when "
		       "something is found. For b4: git config b4.review-perpatch-check-cmd "
		       "'highwater review --fast --mail'.",
	};
	struct options o = { .format = "text" };
	const struct output_format *format;
	struct paths paths;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	if (o.list)
		return list_checks();
	if (!o.review.jobs)
		o.review.jobs = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	format = find_format(o.format, &err);
	if (!format || paths_init(&paths, &err))
		return cmd_fail(&err);
	rc = o.mail ? judge_mail(&o, &paths, &err) : judge(&o, &paths, format, NULL, &err);
	paths_release(&paths);
	return rc < 0 ? cmd_fail(&err) : rc;
}

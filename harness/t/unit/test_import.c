// SPDX-License-Identifier: GPL-2.0-or-later
/* import: what is whole comes in, what lies in any byte is refused, and what is
 * here already is never lost. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

#include "collect/import.h"
#include "collect/rundir.h"
#include "frames_of.h"
#include "lib/io.h"
#include "lib/xalloc.h"

struct scratch {
	char dir[64];
	char *there, *here; /* two results directories */
};

static int setup(void **state)
{
	struct scratch *s = xcalloc(1, sizeof(*s));

	strcpy(s->dir, "/tmp/highwater-import.XXXXXX");
	if (!mkdtemp(s->dir))
		return -1;
	s->there = xasprintf("%s/there", s->dir);
	s->here = xasprintf("%s/here", s->dir);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scratch *s = *state;
	struct error err;

	io_remove_tree(s->dir, &err);
	free(s->there);
	free(s->here);
	free(s);
	return 0;
}

/* Make a run below @results by the code that makes real ones; the caller frees its path. */
static char *make_run(const char *results, const char *clock, const char *status,
		      const char *console)
{
	const char *cell = "cell of a test\n";
	struct rundir_evidence e = {}, again = {};
	char id[SHA256_HEX], *facts, *final;
	struct rundir r;
	struct error err;

	sha256_bytes(cell, strlen(cell), id);
	assert_int_equal(rundir_begin_copy(results, id, 1, &r, &err), 0);
	add_frame(&e.frames, FRAME_BYE, 0, "ok");
	strbuf_adds(&e.console, console);
	assert_int_equal(io_write_file(r.console, console, strlen(console), &err), 0);
	facts = xasprintf("%s/frames", r.tmp);
	assert_int_equal(io_write_file(facts, e.frames.buf, e.frames.len, &err), 0);
	free(facts);
	assert_int_equal(rundir_read(r.tmp, &again, &err), 0);
	facts = xasprintf("{\"clock\":\"%s\",\"status\":\"%s\",\"digest\":\"%s\"}", clock, status,
			  again.digest);
	assert_int_equal(rundir_finish(&r, &e, cell, facts, &err), 0);
	final = xstrdup(r.final);
	rundir_release(&r);
	rundir_evidence_release(&e);
	rundir_evidence_release(&again);
	free(facts);
	return final;
}

static enum import_state import_ok(const struct scratch *s, const char *from)
{
	enum import_state state;
	struct error err;
	char *final;

	if (import_run(from, s->here, &state, &final, &err))
		fail_msg("%s", err.msg);
	assert_true(io_exists(final));
	free(final);
	return state;
}

static void comes_in_once(void **state)
{
	struct scratch *s = *state;
	char *run = make_run(s->there, "insn", "ok", "hello\n");

	assert_int_equal(import_ok(s, run), IMPORT_NEW);
	assert_int_equal(import_ok(s, run), IMPORT_SAME);
	free(run);
}

/* What is here is replaced only by something better. */
static void beside_another(void **state)
{
	static const struct {
		const char *clock, *ours, *theirs;
		enum import_state want;
	} cases[] = {
		{ "insn", "ok", "ok", IMPORT_DIFFERS },	   { "wall", "ok", "ok", IMPORT_KEPT },
		{ "insn", "panic", "ok", IMPORT_REPLACED }, { "insn", "ok", "panic", IMPORT_KEPT },
		{ "insn", "oom", "panic", IMPORT_KEPT },
	};
	struct scratch *s = *state;
	struct error err;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *here, *there;

		io_remove_tree(s->here, &err);
		io_remove_tree(s->there, &err);
		here = make_run(s->here, cases[i].clock, cases[i].ours, "ours\n");
		there = make_run(s->there, cases[i].clock, cases[i].theirs, "theirs\n");
		assert_int_equal(import_ok(s, there), cases[i].want);
		free(here);
		free(there);
	}
}

static void refused(const struct scratch *s, const char *run, const char *why)
{
	enum import_state state;
	struct error err;
	char *final, *runs = xasprintf("%s/runs", s->here);

	assert_int_equal(import_run(run, s->here, &state, &final, &err), -1);
	assert_int_equal(err.kind, ERROR_INPUT);
	if (!strstr(err.msg, why))
		fail_msg("'%s' does not say '%s'", err.msg, why);
	assert_false(io_exists(runs));
	free(final);
	free(runs);
}

static void lies_are_refused(void **state)
{
	static const struct {
		const char *file, *text, *why;
	} lies[] = {
		{ "cell", "another cell\n", "is not the cell of that name" },
		{ "console", "hellp\n", "do not have the digest" },
		{ "frames", "", "do not have the digest" },
		{ "trace", "more", "do not have the digest" },
		{ "facts.json", "{", "facts.json': line 1" },
		{ "facts.json", "[]", "no object" },
		{ "facts.json", "{}", "has no 'status'" },
		{ "facts.json", "{\"status\":\"ok\"}", "do not have the digest" },
		{ "facts.json", NULL, "cannot open" },
		{ "frames", NULL, "cannot open" },
	};
	struct scratch *s = *state;
	struct error err;

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		char *run, *path;

		io_remove_tree(s->there, &err);
		run = make_run(s->there, "insn", "ok", "hello\n");
		path = xasprintf("%s/%s", run, lies[i].file);
		if (lies[i].text)
			assert_int_equal(io_write_file(path, lies[i].text, strlen(lies[i].text), &err), 0);
		else
			unlink(path);
		refused(s, run, lies[i].why);
		free(path);
		free(run);
	}
}

/* Links and pipes could lead anywhere, or block. */
static void only_plain_files(void **state)
{
	struct scratch *s = *state;
	char *run = make_run(s->there, "insn", "ok", "hello\n");
	char *console = xasprintf("%s/console", run), *log = xasprintf("%s/qemu.log", run);

	assert_int_equal(symlink("/etc/hostname", log), 0);
	refused(s, run, "qemu.log' is no plain file");
	unlink(log);
	unlink(console);
	assert_int_equal(mkfifo(console, 0600), 0);
	refused(s, run, "console' is no plain file");
	refused(s, s->dir, "is no run directory");
	free(console);
	free(log);
	free(run);
}

static void names(void **state)
{
	static const char *const bad[] = { "", "/", "1", "x/1", "runs/abc/1", "/tmp/", "//1" };
	char id[SHA256_HEX], good[128];
	unsigned int n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(rundir_name(bad[i], id, &n), -1);
	snprintf(good, sizeof(good), "a/%064d/12", 7);
	assert_int_equal(rundir_name(good, id, &n), 0);
	assert_int_equal(n, 12);
	assert_int_equal(strlen(id), 64);
	snprintf(good, sizeof(good), "a/%064d/0", 7);
	assert_int_equal(rundir_name(good, id, &n), -1);
	snprintf(good, sizeof(good), "a/%064d/1x", 7);
	assert_int_equal(rundir_name(good, id, &n), -1);
	snprintf(good, sizeof(good), "a/%065d/1", 7);
	assert_int_equal(rundir_name(good, id, &n), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(comes_in_once, setup, teardown),
		cmocka_unit_test_setup_teardown(beside_another, setup, teardown),
		cmocka_unit_test_setup_teardown(lies_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(only_plain_files, setup, teardown),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

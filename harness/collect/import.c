// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/import.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collect/rundir.h"
#include "lib/io.h"
#include "lib/xalloc.h"

#define CELL_MAX (4u << 20)
#define FACTS_MAX (4u << 20)

/* A run directory as it lies somewhere, read. */
struct found {
	const char *dir;
	char id[SHA256_HEX];
	unsigned int n;
	struct strbuf cell, facts_text;
	struct rundir_evidence bytes;
	json_t *facts;
};

static void found_release(struct found *f)
{
	strbuf_release(&f->cell);
	strbuf_release(&f->facts_text);
	rundir_evidence_release(&f->bytes);
	json_decref(f->facts);
	*f = (struct found){};
}

static const char *fact(const struct found *f, const char *key)
{
	const char *s = json_string_value(json_object_get(f->facts, key));

	return s ? s : "";
}

static int read_part(const char *dir, const char *name, size_t max, struct strbuf *out,
		     struct error *err)
{
	char *path = xasprintf("%s/%s", dir, name);
	int rc = io_read_file(path, max, out, err);

	free(path);
	return rc;
}

/* Each is a plain file, if it is there: no link, no pipe to wait on. */
static int check_files(const char *dir, struct error *err)
{
	static const char *const names[] = { "cell", "facts.json", "frames", "console", "trace",
					     "qemu.log" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = xasprintf("%s/%s", dir, names[i]);
		struct stat st;
		bool bad = lstat(path, &st) == 0 && !S_ISREG(st.st_mode);

		free(path);
		if (bad)
			return error_set(err, ERROR_INPUT, "'%s/%s' is no plain file", dir, names[i]);
	}
	return 0;
}

static int load(const char *dir, struct found *f, struct error *err)
{
	json_error_t why;

	*f = (struct found){ .dir = dir };
	if (rundir_name(dir, f->id, &f->n))
		return error_set(err, ERROR_INPUT, "'%s' is no run directory", dir);
	if (check_files(dir, err) || read_part(dir, "cell", CELL_MAX, &f->cell, err) ||
	    read_part(dir, "facts.json", FACTS_MAX, &f->facts_text, err) ||
	    rundir_read(dir, &f->bytes, err))
		return -1;
	f->facts = json_loadb(f->facts_text.buf, f->facts_text.len, 0, &why);
	if (!json_is_object(f->facts))
		return error_set(err, ERROR_INPUT, "'%s/facts.json': line %d: %s", dir, why.line,
				 f->facts ? "no object" : why.text);
	return 0;
}

/* Is it what it says it is? */
static int check(const struct found *f, struct error *err)
{
	char id[SHA256_HEX];

	sha256_bytes(f->cell.buf, f->cell.len, id);
	if (strcmp(id, f->id) != 0)
		return error_set(err, ERROR_INPUT, "'%s/cell' is not the cell of that name (it is %.12s)",
				 f->dir, id);
	if (!*fact(f, "status"))
		return error_set(err, ERROR_INPUT, "'%s/facts.json' has no 'status'", f->dir);
	if (strcmp(f->bytes.digest, fact(f, "digest")) != 0)
		return error_set(err, ERROR_INPUT,
				 "'%s': frames, console and trace do not have the digest of facts.json",
				 f->dir);
	return 0;
}

static bool is_ok(const struct found *f)
{
	return strcmp(fact(f, "status"), "ok") == 0;
}

/* What becomes of @theirs beside @ours. */
static enum import_state judge(const struct found *ours, const struct found *theirs)
{
	if (strcmp(ours->bytes.digest, theirs->bytes.digest) == 0)
		return IMPORT_SAME;
	if (!is_ok(ours) && is_ok(theirs))
		return IMPORT_REPLACED;
	if (is_ok(ours) && is_ok(theirs) && strcmp(fact(ours, "clock"), "insn") == 0)
		return IMPORT_DIFFERS;
	return IMPORT_KEPT;
}

static int copy(const struct found *f, const char *results, struct error *err)
{
	struct rundir r;
	char *log = xasprintf("%s/qemu.log", f->dir);
	struct strbuf text = STRBUF_INIT;
	struct error no_log;
	int rc = rundir_begin_copy(results, f->id, f->n, &r, err);

	if (!rc && io_read_file(log, FACTS_MAX, &text, &no_log) == 0)
		rc = io_write_file(r.qemu_log, text.buf, text.len, err);
	if (!rc)
		rc = io_write_file(r.console, f->bytes.console.buf, f->bytes.console.len, err);
	if (!rc)
		rc = rundir_finish(&r, &f->bytes, f->cell.buf, f->facts_text.buf, err);
	if (rc)
		rundir_abandon(&r);
	rundir_release(&r);
	strbuf_release(&text);
	free(log);
	return rc;
}

int import_run(const char *from, const char *results, enum import_state *ret, char **ret_final,
	       struct error *err)
{
	struct found theirs, ours = {};
	char *final = NULL;
	int rc = load(from, &theirs, err);

	if (!rc)
		rc = check(&theirs, err);
	if (rc)
		goto out;
	*ret = IMPORT_NEW;
	final = rundir_path(results, theirs.id, theirs.n);
	if (io_exists(final)) {
		rc = load(final, &ours, err);
		if (!rc)
			*ret = judge(&ours, &theirs);
	}
	if (!rc && (*ret == IMPORT_NEW || *ret == IMPORT_REPLACED))
		rc = copy(&theirs, results, err);
out:
	found_release(&theirs);
	found_release(&ours);
	*ret_final = final;
	return rc;
}

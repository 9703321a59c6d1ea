// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"
#include "review/tree.h"

/* Where distributions put codespell's dictionary. */
static const char *dictionary(void)
{
	static const char *const places[] = {
		"/usr/lib/python3/dist-packages/codespell_lib/data/dictionary.txt",
		"/usr/share/codespell/dictionary.txt",
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (io_exists(places[i]))
			return places[i];
	return NULL;
}

/* "FILE:LINE: LEVEL:TYPE: TEXT"; FILE is empty for the changelog. */
static void take_line(const char *line, struct review_result *res)
{
	static const struct {
		const char *word;
		enum review_status severity;
	} levels[] = {
		{ ": ERROR:", REVIEW_FAIL },
		{ ": WARNING:", REVIEW_WARN },
		{ ": CHECK:", REVIEW_WARN },
	};

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		const char *at = strstr(line, levels[i].word);
		unsigned int number = 0;
		const char *colon;
		char *file;

		if (!at)
			continue;
		colon = memchr(line, ':', at - line);
		file = xstrndup(line, colon ? colon - line : at - line);
		if (colon)
			number = (unsigned int)strtoul(colon + 1, NULL, 10);
		result_find(res, levels[i].severity, file, *file ? number : 0, "%s", at + 2);
		free(file);
		return;
	}
}

int check_checkpatch(struct review *r, struct review_patch *p, struct review_result *res,
		     struct error *err)
{
	const char *words = dictionary();
	char *script = xasprintf("%s/scripts/checkpatch.pl", r->base.repo);
	char *spell = xasprintf("--codespellfile=%s", words ? words : "");
	/* The base of the series comes without history: commits cannot be looked up. */
	const char *ignore = r->o->tree ? "--ignore=HIGHWATER" : "--ignore=UNKNOWN_COMMIT_ID";
	const char *const argv[] = { "perl", script, "--strict", "--codespell", spell, "--terse",
				     "--show-types", "--showfile", "--no-summary", ignore,
				     p->patch->file, NULL };
	struct proc_opts opts = { .argv = argv, .dir = r->base.repo };
	struct proc_result out = {};
	char *save, *line;
	int rc = 0;

	if (!words) {
		result_unchecked(res, "needs codespell's dictionary");
		goto out;
	}
	rc = tree_checkout(r, *p->commit ? p->commit : r->base.commit, err);
	if (!rc)
		rc = proc_run(&opts, &out, err);
	if (!rc && out.exit_code > 1)
		rc = error_set(err, ERROR_HOST, "checkpatch.pl failed: %.500s", out.out.buf);
	if (!rc && out.out.buf)
		for (line = strtok_r(out.out.buf, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
			take_line(line, res);
	result_note(res, "%s", r->o->tree ? "--strict --codespell" :
					    "--strict --codespell; commits in Fixes: not looked up");
out:
	proc_result_release(&out);
	free(spell);
	free(script);
	return rc;
}

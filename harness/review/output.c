// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/output.h"

#include <string.h>

const struct output_format output_formats[] = {
	{ "text", output_text }, { "markdown", output_markdown }, { "ktap", output_ktap },
	{ "json", output_json }, { "cover", output_cover },	  { NULL, NULL },
};

const char *output_place(const struct review *r, size_t patch, char *buf, size_t size)
{
	if (patch)
		snprintf(buf, size, "%zu/%zu", patch, r->nr);
	else
		snprintf(buf, size, "series");
	return buf;
}

const char *output_subject(const struct review *r, size_t patch)
{
	return patch ? r->patches[patch - 1].mail.subject : "the series";
}

/* The results of one patch stand together. */
static size_t group_end(const struct review *r, size_t i)
{
	size_t j = i;

	while (j < r->nr_results && r->results[j].patch == r->results[i].patch)
		j++;
	return j;
}

static void print_finding(const struct review_finding *f, const char *check, FILE *to)
{
	fprintf(to, "    %-4s %s: ", review_status_name(f->severity), check);
	if (*f->file && f->line)
		fprintf(to, "%s:%u: ", f->file, f->line);
	else if (*f->file)
		fprintf(to, "%s: ", f->file);
	fprintf(to, "%s\n", f->summary);
	for (const char *p = f->details; *p; p += strcspn(p, "\n"), p += *p == '\n')
		fprintf(to, "         | %.*s\n", (int)strcspn(p, "\n"), p);
}

void output_text(const struct review *r, FILE *to)
{
	char place[32];

	for (size_t i = 0, end; i < r->nr_results; i = end) {
		size_t pass = 0;

		end = group_end(r, i);
		for (size_t j = i; j < end; j++)
			pass += r->results[j].status == REVIEW_PASS;
		fprintf(to, "%-7s %-64.64s %zu of %zu checks pass\n",
			output_place(r, r->results[i].patch, place, sizeof(place)),
			output_subject(r, r->results[i].patch), pass, end - i);
		for (size_t j = i; j < end; j++) {
			const struct review_result *res = &r->results[j];

			if (res->status == REVIEW_UNCHECKED)
				fprintf(to, "    ---- %s: %s\n", res->check, res->note);
			for (size_t k = 0; k < res->nr; k++)
				print_finding(&res->findings[k], res->check, to);
		}
	}
	fprintf(to, "%zu patches on %s: %zu checks, %zu failed, %zu warned, %zu not checked, %zu from the cache; %.1f s of CPU\n",
		r->nr, r->base.origin, r->nr_results, r->nr_fail, r->nr_warn, r->nr_unchecked,
		r->nr_cached, r->cpu_s);
}

/* Text in a cell of a Markdown table. */
static void put_cell(const char *s, FILE *to)
{
	for (; *s; s++) {
		if (*s == '|')
			fputc('\\', to);
		fputc(*s == '\n' ? ' ' : *s, to);
	}
}

void output_markdown(const struct review *r, FILE *to)
{
	char place[32];

	fprintf(to, "## Review of %zu patches on %s\n\n", r->nr, r->base.origin);
	fprintf(to, "| patch | check | verdict | what |\n|---|---|---|---|\n");
	for (size_t i = 0, end; i < r->nr_results; i = end) {
		size_t pass = 0;

		end = group_end(r, i);
		output_place(r, r->results[i].patch, place, sizeof(place));
		for (size_t j = i; j < end; j++)
			pass += r->results[j].status == REVIEW_PASS;
		fprintf(to, "| %s | %zu of %zu | pass | ", place, pass, end - i);
		put_cell(output_subject(r, r->results[i].patch), to);
		fprintf(to, " |\n");
		for (size_t j = i; j < end; j++) {
			const struct review_result *res = &r->results[j];

			if (res->status == REVIEW_UNCHECKED) {
				fprintf(to, "| %s | %s | not checked | ", place, res->check);
				put_cell(res->note, to);
				fprintf(to, " |\n");
			}
			for (size_t k = 0; k < res->nr; k++) {
				const struct review_finding *f = &res->findings[k];

				fprintf(to, "| %s | %s | **%s** | ", place, res->check,
					review_status_name(f->severity));
				if (*f->file)
					fprintf(to, "`%s:%u` ", f->file, f->line);
				put_cell(f->summary, to);
				fprintf(to, " |\n");
			}
		}
	}
	fprintf(to, "\n%zu checks: %zu failed, %zu warned, %zu not checked.\n", r->nr_results,
		r->nr_fail, r->nr_warn, r->nr_unchecked);
}

/* KTAP: a subtest per patch. What was not checked is a SKIP with its reason. */
void output_ktap(const struct review *r, FILE *to)
{
	size_t groups = 0, g = 0;

	for (size_t i = 0; i < r->nr_results; i = group_end(r, i))
		groups++;
	fprintf(to, "KTAP version 1\n1..%zu\n", groups);
	for (size_t i = 0, end; i < r->nr_results; i = end) {
		bool bad = false;

		end = group_end(r, i);
		fprintf(to, "  KTAP version 1\n  # Subtest: %s\n  1..%zu\n",
			output_subject(r, r->results[i].patch), end - i);
		for (size_t j = i; j < end; j++) {
			const struct review_result *res = &r->results[j];
			bool not_ok = res->status == REVIEW_FAIL || res->status == REVIEW_WARN;

			for (size_t k = 0; k < res->nr; k++)
				fprintf(to, "  # %s:%u: %s\n", res->findings[k].file,
					res->findings[k].line, res->findings[k].summary);
			fprintf(to, "  %s %zu %s", not_ok ? "not ok" : "ok", j - i + 1, res->check);
			if (res->status == REVIEW_UNCHECKED)
				fprintf(to, " # SKIP %s", res->note);
			fputc('\n', to);
			bad |= not_ok;
		}
		fprintf(to, "%s %zu %s\n", bad ? "not ok" : "ok", ++g,
			output_subject(r, r->results[i].patch));
	}
}

/* A block for the cover letter, at most 75 columns. */
void output_cover(const struct review *r, FILE *to)
{
	fprintf(to, "Checked patch by patch on %s:\n\n", r->base.origin);
	for (size_t i = 0; i < r->nr_results; i++) {
		const struct review_result *first = &r->results[i];
		size_t pass = 0, all = 0;
		bool seen = false;

		for (size_t j = 0; j < i; j++)
			seen |= strcmp(r->results[j].check, first->check) == 0;
		if (seen)
			continue;
		for (size_t j = 0; j < r->nr_results; j++)
			if (strcmp(r->results[j].check, first->check) == 0) {
				all++;
				pass += r->results[j].status == REVIEW_PASS;
			}
		fprintf(to, "  %-12s %3zu of %3zu pass\n", first->check, pass, all);
	}
	if (r->nr_unchecked)
		fprintf(to, "\n%zu checks could not be made.\n", r->nr_unchecked);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trace.dat, version 6: trace-cmd.dat.v6(5). Numbers are little endian, as the
 * guest's; the pages go in as the kernel wrote them.
 */
#include <stdlib.h>
#include <string.h>

#include "decode/trace.h"
#include "lib/xalloc.h"

/* Ids of options (tracecmd's trace-cmd-private.h). */
enum { OPTION_DONE, OPTION_TRACECLOCK = 4, OPTION_UNAME = 5 };

static void put_u16(struct strbuf *out, uint16_t v)
{
	strbuf_add(out, &v, sizeof(v));
}

static void put_u32(struct strbuf *out, uint32_t v)
{
	strbuf_add(out, &v, sizeof(v));
}

static void put_u64(struct strbuf *out, uint64_t v)
{
	strbuf_add(out, &v, sizeof(v));
}

/* A word with its NUL. */
static void put_word(struct strbuf *out, const char *word)
{
	strbuf_add(out, word, strlen(word) + 1);
}

/* A text after its length in 8 bytes. */
static void put_text(struct strbuf *out, struct trace_text text)
{
	put_u64(out, text.len);
	strbuf_add(out, text.p, text.len);
}

static bool is_ftrace(const struct trace_format *f)
{
	return strcmp(f->system, "ftrace") == 0;
}

/* The events of the tracer itself come first and bare, the others by system. */
static void put_formats(const struct trace *t, struct strbuf *out)
{
	bool done[TRACE_MAX_FORMATS] = {};
	uint32_t nr = 0, nr_systems = 0;
	size_t at;

	for (size_t i = 0; i < t->nr_formats; i++)
		nr += is_ftrace(&t->formats[i]);
	put_u32(out, nr);
	for (size_t i = 0; i < t->nr_formats; i++)
		if (is_ftrace(&t->formats[i])) {
			put_text(out, t->formats[i].text);
			done[i] = true;
		}
	at = out->len;
	put_u32(out, 0);
	for (size_t i = 0; i < t->nr_formats; i++) {
		if (done[i])
			continue;
		nr = 0;
		for (size_t j = i; j < t->nr_formats; j++)
			nr += strcmp(t->formats[j].system, t->formats[i].system) == 0;
		put_word(out, t->formats[i].system);
		put_u32(out, nr);
		for (size_t j = i; j < t->nr_formats; j++)
			if (strcmp(t->formats[j].system, t->formats[i].system) == 0) {
				put_text(out, t->formats[j].text);
				done[j] = true;
			}
		nr_systems++;
	}
	memcpy(out->buf + at, &nr_systems, sizeof(nr_systems));
}

static void put_head(const struct trace *t, struct strbuf *out)
{
	static const char magic[] = "\x17\x08\x44tracing";

	strbuf_add(out, magic, sizeof(magic) - 1);
	put_word(out, "6");
	strbuf_addc(out, 0); /* little endian */
	strbuf_addc(out, (char)t->long_bytes);
	put_u32(out, (uint32_t)t->page_bytes);
	put_word(out, "header_page");
	put_text(out, t->header_page);
	put_word(out, "header_event");
	put_text(out, t->header_event);
	put_formats(t, out);
	put_u32(out, 0); /* no kallsyms */
	put_u32(out, 0); /* no printk formats */
	put_text(out, t->cmdlines);
}

static void put_option(struct strbuf *out, uint16_t id, const char *p, size_t len)
{
	put_u16(out, id);
	put_u32(out, (uint32_t)len);
	strbuf_add(out, p, len);
}

/* "release R\n" of HELLO as "Linux R" */
static void put_options(const struct trace *t, struct strbuf *out)
{
	static const char clock[] = "[mono]", release[] = "release ";
	struct strbuf uname = STRBUF_INIT;
	const char *nl = t->uname.len ? memchr(t->uname.p, '\n', t->uname.len) : NULL;
	size_t skip = sizeof(release) - 1;

	put_word(out, "options  ");
	put_option(out, OPTION_TRACECLOCK, clock, sizeof(clock));
	if (nl && (size_t)(nl - t->uname.p) > skip && memcmp(t->uname.p, release, skip) == 0) {
		strbuf_adds(&uname, "Linux ");
		strbuf_add(&uname, t->uname.p + skip, (size_t)(nl - t->uname.p) - skip);
		put_option(out, OPTION_UNAME, uname.buf, uname.len + 1);
	}
	put_u16(out, OPTION_DONE);
	strbuf_release(&uname);
}

/* Every page of every CPU: how many there are, and that they are whole. */
static int count_pages(struct trace *t, size_t *per_cpu, size_t max, struct error *err)
{
	struct trace_page page;
	int more;

	while ((more = trace_next_page(t, &page, err)) > 0)
		if (page.cpu < max)
			per_cpu[page.cpu]++;
	return more;
}

static void pad(struct strbuf *out, size_t to)
{
	while (out->len % to)
		strbuf_addc(out, 0);
}

/* Where each CPU's pages are, then the pages; both begin on a page of the file. */
static int put_pages(const struct trace *t, const size_t *per_cpu, struct strbuf *out,
		     struct error *err)
{
	const size_t table = out->len + (size_t)t->nr_cpus * 16;
	uint64_t at = (table + t->page_bytes - 1) / t->page_bytes * t->page_bytes;

	for (uint32_t cpu = 0; cpu < t->nr_cpus; cpu++) {
		put_u64(out, at);
		put_u64(out, per_cpu[cpu] * t->page_bytes);
		at += per_cpu[cpu] * t->page_bytes;
	}
	pad(out, t->page_bytes);
	for (uint32_t cpu = 0; cpu < t->nr_cpus; cpu++) {
		struct trace again = *t;
		struct trace_page page;
		int more;

		again.at = 0;
		again.seq = 0;
		while ((more = trace_next_page(&again, &page, err)) > 0)
			if (page.cpu == cpu)
				strbuf_add(out, page.p, t->page_bytes);
		if (more < 0)
			return -1;
	}
	return 0;
}

#define MAX_CPUS 64

int trace_dat(const void *frames, size_t frames_len, const void *trace, size_t trace_len,
	      struct strbuf *out, struct error *err)
{
	static struct trace t;
	size_t per_cpu[MAX_CPUS] = {};

	if (!trace_len)
		return error_set(err, ERROR_INPUT, "the run has recorded no events");
	if (trace_open(&t, frames, frames_len, trace, trace_len, err) ||
	    count_pages(&t, per_cpu, MAX_CPUS, err))
		return -1;
	if (t.nr_cpus > MAX_CPUS)
		return error_set(err, ERROR_FOUND, "the raw events are of more than %d CPUs", MAX_CPUS);
	put_head(&t, out);
	put_u32(out, t.nr_cpus);
	put_options(&t, out);
	put_word(out, "flyrecord");
	return put_pages(&t, per_cpu, out, err);
}

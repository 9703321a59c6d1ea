/*
 * Pages of any content in chunks with right checksums: the first byte chooses the
 * word size, then each page is two bytes of commit word, one of flags, one of CPU
 * and up to 200 bytes. Counted, written as trace.dat, and laid beside
 * half of themselves.
 */
#include <stdbool.h>

#include "../unit/pages_of.h"
#include "decode/parting.h"
#include "decode/trace.h"

static void part(const struct strbuf *frames, const struct strbuf *trace)
{
	static struct trace a, b;
	struct strbuf out = STRBUF_INIT;
	struct parting p;
	struct error err;

	if (trace_open(&a, frames->buf, frames->len, trace->buf, trace->len, &err) ||
	    trace_open(&b, frames->buf, frames->len, trace->buf, trace->len / 2, &err) ||
	    parting_find(&a, &b, true, &p, &err))
		return;
	for (size_t i = 0; i < p.a.nr_after; i++)
		parting_event_text(&a, &p.a.after[i], &out);
	strbuf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf frames = STRBUF_INIT, trace = STRBUF_INIT, out = STRBUF_INIT;
	unsigned int long_bytes = size && data[0] & 1 ? 8 : 4;
	struct metrics m = {};
	uint32_t seq = 0, chunk = 0;
	struct error err;

	if (!size)
		return 0;
	pages_frames(&frames, &seq, long_bytes);
	for (data++, size--; size > 4;) {
		size_t len = size - 4 > 200 ? 200 : size - 4;
		uint32_t commit = data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 24;

		pages_add(&trace, chunk++, data[3], long_bytes, 1000, commit, data + 4, len);
		data += 4 + len;
		size -= 4 + len;
	}
	if (metrics_decode(frames.buf, frames.len, &m, &err) == 0)
		trace_metrics(frames.buf, frames.len, trace.buf, trace.len, &m, NULL, &err);
	metrics_release(&m);
	trace_dat(frames.buf, frames.len, trace.buf, trace.len, &out, &err);
	part(&frames, &trace);
	strbuf_release(&frames);
	strbuf_release(&trace);
	strbuf_release(&out);
	return 0;
}

/*
 * Any text as the format of an event that is a latency, up to the first NUL; what
 * follows is the body of a page with such events.
 */
#include "../unit/pages_of.h"
#include "decode/latency.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char head[] = "format vmscan:mm_vmscan_direct_reclaim_begin\n";
	struct strbuf frames = STRBUF_INIT, trace = STRBUF_INIT, text = STRBUF_INIT;
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	size_t len = nul ? (size_t)(nul - data) : size;
	size_t body = nul ? size - len - 1 : 0;
	struct latencies l;
	struct error err;
	uint32_t seq = 0;

	strbuf_adds(&text, head);
	strbuf_add(&text, data, len);
	pages_frames(&frames, &seq, 8);
	pages_add_frame(&frames, &seq, FRAME_OUTPUT, text.buf, text.len);
	if (body > PAGE_BYTES - 16)
		body = PAGE_BYTES - 16;
	pages_add(&trace, 0, 0, 8, 0, (uint32_t)body, nul ? nul + 1 : data, body);
	if (latencies_decode(frames.buf, frames.len, trace.buf, trace.len, &l, &err) == 0)
		latencies_release(&l);
	strbuf_release(&frames);
	strbuf_release(&trace);
	strbuf_release(&text);
	return 0;
}

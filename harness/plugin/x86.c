// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/x86.h"

#include <string.h>

#include "proto/mark.h"

static bool is_prefix(uint8_t b, bool is_64)
{
	switch (b) {
	case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64: case 0x65:
	case 0x66: case 0x67: case 0xf0: case 0xf2: case 0xf3:
		return true;
	default:
		return is_64 && b >= 0x40 && b <= 0x4f;
	}
}

/* Does the operand that ModRM byte @p describes lie in memory? */
static bool in_memory(const uint8_t *p, size_t len)
{
	return !len || *p >> 6 != 3;
}

/* Two-byte opcodes: 0f @p. */
static struct x86_insn classify_0f(const uint8_t *p, size_t len)
{
	struct x86_insn r = { .mark = -1 };
	uint32_t number;

	switch (*p) {
	case 0x05: case 0x34: /* syscall, sysenter */
	case 0x06: case 0x08: case 0x09: case 0x0b: case 0x30 ... 0x33: case 0x77:
	case 0x80 ... 0x8f: case 0xa2: case 0xc8 ... 0xcf:
		return r;
	case 0x07: case 0x35:
		r.flow = FLOW_IRET;
		return r;
	case 0x18 ... 0x1f: /* hints */
		if (*p == 0x1f && len == 6 && p[1] == 0x80) {
			memcpy(&number, p + 2, sizeof(number));
			if ((number & ~(uint32_t)MARK_MAX) == MARK_MAGIC)
				r.mark = (int)(number & MARK_MAX);
		}
		return r;
	case 0xa0: case 0xa1: case 0xa8: case 0xa9:
		r.memory = true;
		return r;
	case 0x38: case 0x3a:
		r.memory = len < 2 || in_memory(p + 2, len - 2);
		return r;
	default:
		r.memory = in_memory(p + 1, len - 1);
		return r;
	}
}

static struct x86_insn classify_modrm(const uint8_t *p, size_t len)
{
	struct x86_insn r = { .mark = -1, .memory = in_memory(p + 1, len - 1) };
	unsigned int reg = len > 1 ? p[1] >> 3 & 7 : 0;

	if (*p == 0x8d) /* lea */
		r.memory = false;
	if (*p == 0xff && (reg == 2 || reg == 3)) {
		r.flow = FLOW_CALL;
		r.memory = true;
	}
	if (*p == 0xff && reg == 6)
		r.memory = true;
	return r;
}

struct x86_insn x86_classify(const uint8_t *p, size_t len, bool is_64)
{
	struct x86_insn r = { .mark = -1 };

	while (len > 1 && is_prefix(*p, is_64))
		p++, len--;
	if (!len)
		return r;
	if (*p == 0x0f)
		return len > 1 ? classify_0f(p + 1, len - 1) : r;
	if (*p < 0x40) { /* arithmetic; above 5: push and pop of segments, adjustments */
		if ((*p & 7) < 4)
			return classify_modrm(p, len);
		r.memory = (*p & 7) > 5;
		return r;
	}
	switch (*p) {
	case 0x40 ... 0x4f: case 0x70 ... 0x7f: case 0x90 ... 0x99: case 0x9b: case 0x9e:
	case 0x9f: case 0xa8: case 0xa9: case 0xb0 ... 0xbf: case 0xcc ... 0xce:
	case 0xd4 ... 0xd6: case 0xe0 ... 0xe7: case 0xe9: case 0xeb ... 0xef: case 0xf1:
	case 0xf4: case 0xf5: case 0xf8 ... 0xfd:
		return r;
	case 0x9a: case 0xe8:
		return (struct x86_insn){ FLOW_CALL, true, -1 };
	case 0xc2: case 0xc3: case 0xca: case 0xcb:
		return (struct x86_insn){ FLOW_RET, true, -1 };
	case 0xcf:
		return (struct x86_insn){ FLOW_IRET, true, -1 };
	case 0x62: case 0x63: case 0x69: case 0x6b: case 0x80 ... 0x8f: case 0xc0: case 0xc1:
	case 0xc6: case 0xc7: case 0xd0 ... 0xd3: case 0xd8 ... 0xdf: case 0xf6: case 0xf7:
	case 0xfe: case 0xff:
		return classify_modrm(p, len);
	default: /* push, pop, string instructions, moffs, leave, VEX, ... */
		r.memory = true;
		return r;
	}
}

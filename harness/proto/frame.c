// SPDX-License-Identifier: GPL-2.0-or-later
#include "proto/frame.h"


#define FRAME_NAME(name, number) [number] = #name,
static const char *const names[] = { FRAME_TYPES(FRAME_NAME) };
#undef FRAME_NAME

const char *frame_type_name(unsigned int type)
{
	return type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

/* Reflected polynomial of IEEE 802.3, as in zlib: crc32("123456789") is cbf43926. */
#define POLYNOMIAL 0xedb88320u

static uint32_t table[256];

static void fill_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? POLYNOMIAL ^ (c >> 1) : c >> 1;
		table[i] = c;
	}
}

uint32_t crc32(uint32_t crc, const void *data, size_t len)
{
	const unsigned char *p = data;

	if (!table[1])
		fill_table();
	crc = ~crc;
	while (len--)
		crc = table[(crc ^ *p++) & 0xff] ^ (crc >> 8);
	return ~crc;
}

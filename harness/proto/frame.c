// SPDX-License-Identifier: GPL-2.0-or-later
#include "proto/frame.h"

#include <string.h>


#define FRAME_NAME(name, number) [number] = #name,
static const char *const names[] = { FRAME_TYPES(FRAME_NAME) };
#undef FRAME_NAME

const char *frame_type_name(unsigned int type)
{
	return type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

/* Reflected polynomial of IEEE 802.3, as in zlib: crc32("123456789") is cbf43926. */
#define POLYNOMIAL 0xedb88320u

/* table[k][b]: byte b with k zero bytes behind it, so that eight go at once
 * ("slicing by 8", Kounavis and Berry 2005). */
static uint32_t table[8][256];

static void fill_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? POLYNOMIAL ^ (c >> 1) : c >> 1;
		table[0][i] = c;
	}
	for (uint32_t i = 0; i < 256; i++)
		for (int k = 1; k < 8; k++)
			table[k][i] = table[0][table[k - 1][i] & 0xff] ^ (table[k - 1][i] >> 8);
}

uint32_t crc32(uint32_t crc, const void *data, size_t len)
{
	const unsigned char *p = data;

	if (!table[7][255])
		fill_table();
	crc = ~crc;
	for (; len >= 8; len -= 8, p += 8) {
		uint32_t a, b;

		memcpy(&a, p, sizeof(a));
		memcpy(&b, p + 4, sizeof(b));
		a ^= crc;
		crc = table[7][a & 0xff] ^ table[6][a >> 8 & 0xff] ^ table[5][a >> 16 & 0xff] ^
		      table[4][a >> 24] ^ table[3][b & 0xff] ^ table[2][b >> 8 & 0xff] ^
		      table[1][b >> 16 & 0xff] ^ table[0][b >> 24];
	}
	while (len--)
		crc = table[0][(crc ^ *p++) & 0xff] ^ (crc >> 8);
	return ~crc;
}

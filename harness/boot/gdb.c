// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/gdb.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/io.h"

#define ANSWER_MS 20000
#define READ_AT_ONCE ((size_t)1024) /* QEMU's packets hold 4096 bytes, two digits a byte */

static unsigned int sum(const char *p, size_t len)
{
	unsigned int s = 0;

	for (size_t i = 0; i < len; i++)
		s += (unsigned char)p[i];
	return s & 0xff;
}

void gdb_packet(const char *data, struct strbuf *out)
{
	strbuf_addf(out, "$%s#%02x", data, sum(data, strlen(data)));
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int gdb_unpack(const char *text, size_t len, struct strbuf *out)
{
	const char *begin = len ? memchr(text, '$', len) : NULL;
	const char *end = begin ? memchr(begin, '#', len - (size_t)(begin - text)) : NULL;

	if (!end || (size_t)(text + len - end) < 3)
		return 0;
	if (hex(end[1]) < 0 || hex(end[2]) < 0 ||
	    sum(begin + 1, (size_t)(end - begin) - 1) != (unsigned int)(hex(end[1]) * 16 + hex(end[2])))
		return -1;
	strbuf_add(out, begin + 1, (size_t)(end - begin) - 1);
	return (int)(end + 3 - text);
}

/* "T05thread:..." comes when the guest stops, whatever was asked. */
static bool is_answer(const char *packet, const struct strbuf *answer)
{
	return *packet == '?' || !answer->len || (answer->buf[0] != 'T' && answer->buf[0] != 'S');
}

/* The answer to @packet among what has come, @text; what is no answer is taken off it. */
static int take_answer(const char *packet, struct strbuf *text, struct strbuf *out)
{
	int got;

	while ((got = gdb_unpack(text->buf, text->len, out)) > 0) {
		if (is_answer(packet, out))
			return got;
		strbuf_reset(out);
		memmove(text->buf, text->buf + got, text->len - (size_t)got);
		text->len -= (size_t)got;
	}
	return got;
}

int gdb_connect(const char *path, struct error *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(a.sun_path))
		return error_set(err, ERROR_INPUT, "the path '%s' is too long for a socket", path);
	memcpy(a.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a))) {
		int errnum = errno;

		if (fd >= 0)
			close(fd);
		return error_errno(err, ERROR_HOST, errnum, "cannot connect to QEMU's gdb stub '%s'", path);
	}
	return fd;
}

int gdb_ask(int fd, const char *packet, struct strbuf *out, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char buf[4096];
	int rc = 0, got = 0;

	gdb_packet(packet, &text);
	rc = io_write_all(fd, text.buf, text.len);
	strbuf_reset(&text);
	strbuf_reset(out);
	while (!rc && !got) {
		ssize_t n;

		if (poll(&p, 1, ANSWER_MS) != 1) {
			rc = -ETIMEDOUT;
			break;
		}
		n = read(fd, buf, sizeof(buf));
		if (n <= 0) {
			rc = n ? -errno : -EPIPE;
			break;
		}
		strbuf_add(&text, buf, (size_t)n);
		got = take_answer(packet, &text, out);
	}
	strbuf_release(&text);
	if (rc)
		return error_errno(err, ERROR_HOST, -rc, "QEMU's gdb stub does not answer");
	if (got < 0)
		return error_set(err, ERROR_HOST, "QEMU's gdb stub answers with a damaged packet");
	rc = io_write_all(fd, "+", 1);
	return rc ? error_errno(err, ERROR_HOST, -rc, "QEMU's gdb stub is gone") : 0;
}

static int take_bytes(const struct strbuf *answer, unsigned char *to, size_t len)
{
	if (!answer->buf || answer->len != 2 * len)
		return -1;
	for (size_t i = 0; i < len; i++) {
		int hi = hex(answer->buf[2 * i]), lo = hex(answer->buf[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return -1;
		to[i] = (unsigned char)(hi * 16 + lo);
	}
	return 0;
}

int gdb_read(int fd, uint64_t addr, void *to, size_t len, struct error *err)
{
	unsigned char *p = to;

	while (len) {
		const size_t n = len < READ_AT_ONCE ? len : READ_AT_ONCE;
		struct strbuf answer = STRBUF_INIT;
		char ask[64];
		int rc;

		snprintf(ask, sizeof(ask), "m%" PRIx64 ",%zx", addr, n);
		rc = gdb_ask(fd, ask, &answer, err);
		if (!rc && take_bytes(&answer, p, n))
			rc = error_set(err, ERROR_FOUND, "the guest has nothing at 0x%" PRIx64, addr);
		strbuf_release(&answer);
		if (rc)
			return rc;
		addr += n;
		p += n;
		len -= n;
	}
	return 0;
}

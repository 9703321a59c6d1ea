// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <string.h>

#include "report/private.h"

void html_text(struct strbuf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)text[i];

		switch (c) {
		case '&':
			strbuf_adds(out, "&amp;");
			break;
		case '<':
			strbuf_adds(out, "&lt;");
			break;
		case '>':
			strbuf_adds(out, "&gt;");
			break;
		case '"':
			strbuf_adds(out, "&quot;");
			break;
		case '\'':
			strbuf_adds(out, "&#39;");
			break;
		case '\r':
			break;
		default:
			/* A guest's bytes need not be UTF-8: only ASCII passes. */
			strbuf_addc(out, (c >= ' ' && c < 127) || c == '\n' || c == '\t' ? (char)c : '?');
		}
	}
}

void html_str(struct strbuf *out, const char *text)
{
	html_text(out, text, strlen(text));
}

void html_url(struct strbuf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)text[i];

		if (c >= ' ' && c < 127 && !strchr("\"#%&'<>?`\\^{|}", c))
			strbuf_addc(out, (char)c);
		else
			strbuf_addf(out, "%%%02X", c);
	}
}

void html_number(struct strbuf *out, double v)
{
	strbuf_addf(out, "%.*f", v == floor(v) || fabs(v) >= 1e6 ? 0 : 3, v);
}

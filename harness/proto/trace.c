// SPDX-License-Identifier: GPL-2.0-or-later
#include "proto/trace.h"

#include <ctype.h>
#include <string.h>

#include "lib/parse.h"

/* Copy the name at @p to @to; returns what follows it, or NULL. */
static const char *name(const char *p, char *to)
{
	size_t len = 0;

	while (isalnum((unsigned char)p[len]) || p[len] == '_' || p[len] == '-')
		len++;
	if (!len || len >= TRACE_NAME_MAX)
		return NULL;
	memcpy(to, p, len);
	to[len] = '\0';
	return p + len;
}

static const char *parse_event(const char *p, struct trace_line *ret)
{
	/* The agent pauses and continues triggers itself. */
	static const char *const reserved[] = { ":pause", ":continue", ":cont", ":clear" };

	ret->optional = *p == '?';
	p = name(p + ret->optional, ret->system);
	if (!p || *p != ':')
		return "SYSTEM:EVENT is expected";
	p = name(p + 1, ret->event);
	if (!p)
		return "SYSTEM:EVENT is expected";
	if (!*p)
		return NULL;
	if (*p != ' ' || strncmp(p + 1, "hist:", strlen("hist:")) != 0)
		return "a hist trigger ('hist:keys=...') or nothing may follow an event";
	ret->kind = TRACE_HIST;
	ret->text = p + 1;
	if (!strstr(p, "keys=") && !strstr(p, "key="))
		return "a hist trigger needs 'keys='";
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strstr(p, reserved[i]))
			return "':pause', ':continue' and ':clear' are not for lists";
	return NULL;
}

/* "p:SYSTEM/EVENT FUNCTION...", "r:...", "r64:..." */
static const char *parse_probe(const char *p, struct trace_line *ret)
{
	static const char wrong[] = "'kprobe' wants 'p:SYSTEM/EVENT FUNCTION', 'r:...' or 'r64:...'";

	ret->kind = TRACE_KPROBE;
	ret->optional = *p == '?';
	ret->text = p + ret->optional + strlen("kprobe ");
	p = ret->text + 1;
	if (*ret->text == 'r')
		p += strspn(p, "0123456789");
	else if (*ret->text != 'p')
		return wrong;
	p = *p == ':' ? name(p + 1, ret->system) : NULL;
	p = p && *p == '/' ? name(p + 1, ret->event) : NULL;
	return p && *p == ' ' ? NULL : wrong;
}

static const struct size_line {
	const char *word;
	enum trace_kind kind;
	uint64_t min, max;
	const char *wrong;
} sizes[] = {
	{ "buffer ", TRACE_BUFFER, TRACE_BUFFER_MIN, TRACE_BUFFER_MAX,
	  "'buffer' wants a size from 64K to 256M, in whole KiB" },
	{ "room ", TRACE_ROOM, TRACE_ROOM_MIN, TRACE_ROOM_MAX,
	  "'room' wants a size from 1M to 240M, in whole KiB" },
};

static const char *parse_bytes(const char *p, const struct size_line *s, struct trace_line *ret)
{
	ret->kind = s->kind;
	if (parse_size(p, &ret->bytes) || ret->bytes < s->min || ret->bytes > s->max ||
	    ret->bytes % 1024)
		return s->wrong;
	return NULL;
}

const char *trace_line_parse(const char *line, struct trace_line *ret)
{
	*ret = (struct trace_line){ .kind = TRACE_RING };
	if (strlen(line) >= TRACE_LINE_MAX)
		return "the line is too long";
	for (const char *p = line; *p; p++)
		if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
			return "only printable ASCII is expected";
	if (strcmp(line, "lossy") == 0) {
		ret->kind = TRACE_LOSSY;
		return NULL;
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (strncmp(line, sizes[i].word, strlen(sizes[i].word)) == 0)
			return parse_bytes(line + strlen(sizes[i].word), &sizes[i], ret);
	if (strncmp(line + (*line == '?'), "kprobe ", strlen("kprobe ")) == 0)
		return parse_probe(line, ret);
	if (strncmp(line, "synth ", strlen("synth ")) != 0)
		return parse_event(line, ret);
	ret->kind = TRACE_SYNTH;
	ret->text = line + strlen("synth ");
	return name(ret->text, ret->event) && strchr(ret->text, ' ') ?
		       NULL :
		       "'synth' wants a name and fields: 'synth lat u64 ns'";
}

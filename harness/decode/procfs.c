// SPDX-License-Identifier: GPL-2.0-or-later
/* Small files of /proc, line by line. Formats: Documentation/filesystems/proc.rst,
 * admin-guide/iostats.rst, accounting/psi.rst. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/samples.h"
#include "lib/parse.h"

#define MAX_LINE 256

/* Cut the next line of @text into @line; its length with the newline, 0 if there is none. */
static size_t next_line(const char *text, size_t len, char *line)
{
	const char *nl = memchr(text, '\n', len);
	size_t n = nl ? (size_t)(nl - text) : 0;

	if (!nl || n >= MAX_LINE || memchr(text, '\0', n))
		return 0;
	memcpy(line, text, n);
	line[n] = '\0';
	return n + 1;
}

static int each_line(const char *what, const char *text, size_t len,
		     int (*take)(const char *what, char *line, struct metrics *m, struct error *err),
		     struct metrics *m, struct error *err)
{
	char line[MAX_LINE];

	while (len) {
		size_t n = next_line(text, len, line);

		if (!n)
			return error_set(err, ERROR_FOUND, "%s: a line is cut off or too long", what);
		if (take(what, line, m, err))
			return -1;
		text += n;
		len -= n;
	}
	return 0;
}

static int number(const char *word, int64_t *ret)
{
	uint64_t v;

	if (!word || parse_u64(word, &v) || v > INT64_MAX)
		return -1;
	*ret = (int64_t)v;
	return 0;
}

/* "MemFree:   123 kB", "HugePages_Total:  0" */
static int take_meminfo(const char *what, char *line, struct metrics *m, struct error *err)
{
	char name[80];
	char *rest = line, *key = strsep(&rest, ":");
	int64_t v;

	if (rest)
		rest += strspn(rest, " ");
	if (number(strsep(&rest, " "), &v) ||
	    snprintf(name, sizeof(name), "meminfo.%s", key) >= (int)sizeof(name))
		return error_set(err, ERROR_FOUND, "%s: the row '%.40s' cannot be read", what, key);
	return metrics_add_int(m, name, "-", v, err);
}

int meminfo_metrics(const char *text, size_t len, struct metrics *m, struct error *err)
{
	return each_line("meminfo", text, len, take_meminfo, m, err);
}

/* "   1       0 ram0 READS MERGED SECTORS MS WRITES MERGED SECTORS MS ..." */
static int take_disk(const char *what, char *line, struct metrics *m, struct error *err)
{
	static const char *const fields[] = { "reads",	"read_merges",	"read_sectors",	 "read_ms",
					      "writes", "write_merges", "write_sectors", "write_ms" };
	char *rest = line, *word, *disk = NULL;
	char name[80];
	size_t nr = 0;

	while (nr < 3 + sizeof(fields) / sizeof(fields[0]) && (word = strsep(&rest, " "))) {
		int64_t v = 0;

		if (!*word)
			continue;
		nr++;
		if (nr == 3)
			disk = word;
		if (nr <= 3)
			continue;
		if (number(word, &v) ||
		    snprintf(name, sizeof(name), "disk.%s", fields[nr - 4]) >= (int)sizeof(name))
			return error_set(err, ERROR_FOUND, "%s: disk '%.40s' cannot be read", what, disk);
		if (metrics_add_int(m, name, disk, v, err))
			return -1;
	}
	return nr >= 3 + sizeof(fields) / sizeof(fields[0]) ?
		       0 :
		       error_set(err, ERROR_FOUND, "%s: a line has %zu words only", what, nr);
}

int diskstats_metrics(const char *text, size_t len, struct metrics *m, struct error *err)
{
	return each_line("diskstats", text, len, take_disk, m, err);
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=123": us, an exact count */
static int take_pressure(const char *what, char *line, struct metrics *m, struct error *err)
{
	static const char mark[] = " total=";
	char *total = strstr(line, mark);
	char name[80];
	int64_t v;

	if (!total || number(total + sizeof(mark) - 1, &v))
		return error_set(err, ERROR_FOUND, "pressure/%s: a line has no total", what);
	snprintf(name, sizeof(name), "pressure.%s", what);
	line[strcspn(line, " ")] = '\0';
	return metrics_add_int(m, name, line, v, err);
}

int pressure_metrics(const char *what, const char *text, size_t len, struct metrics *m,
		     struct error *err)
{
	return each_line(what, text, len, take_pressure, m, err);
}

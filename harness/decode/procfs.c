// SPDX-License-Identifier: GPL-2.0-or-later
/* Small files of /proc, line by line. Formats: Documentation/filesystems/proc.rst,
 * admin-guide/iostats.rst, accounting/psi.rst. */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/samples.h"
#include "decode/text.h"

/* "MemFree:   123 kB", "HugePages_Total:  0" */
static int take_meminfo(void *arg, char *line, struct error *err)
{
	struct metrics *m = arg;
	char name[80];
	char *rest = line, *key = strsep(&rest, ":");
	int64_t v;

	if (rest)
		rest += strspn(rest, " ");
	if (text_number(strsep(&rest, " "), &v) ||
	    snprintf(name, sizeof(name), "meminfo.%s", key) >= (int)sizeof(name))
		return error_set(err, ERROR_FOUND, "meminfo: the row '%.40s' cannot be read", key);
	return metrics_add_int(m, name, "-", v, err);
}

int meminfo_metrics(const char *text, size_t len, struct metrics *m, struct error *err)
{
	return text_each_line("meminfo", text, len, take_meminfo, m, err);
}

/* "   1       0 ram0 READS MERGED SECTORS MS WRITES MERGED SECTORS MS ..." */
static int take_disk(void *arg, char *line, struct error *err)
{
	static const char *const fields[] = { "reads",	"read_merges",	"read_sectors",	 "read_ms",
					      "writes", "write_merges", "write_sectors", "write_ms" };
	struct metrics *m = arg;
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
		if (text_number(word, &v) ||
		    snprintf(name, sizeof(name), "disk.%s", fields[nr - 4]) >= (int)sizeof(name))
			return error_set(err, ERROR_FOUND, "diskstats: disk '%.40s' cannot be read", disk);
		if (metrics_add_int(m, name, disk, v, err))
			return -1;
	}
	return nr >= 3 + sizeof(fields) / sizeof(fields[0]) ?
		       0 :
		       error_set(err, ERROR_FOUND, "diskstats: a line has %zu words only", nr);
}

int diskstats_metrics(const char *text, size_t len, struct metrics *m, struct error *err)
{
	return text_each_line("diskstats", text, len, take_disk, m, err);
}

struct pressure {
	const char *what;
	struct metrics *m;
};

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=123": us, an exact count */
static int take_pressure(void *arg, char *line, struct error *err)
{
	const struct pressure *p = arg;
	static const char mark[] = " total=";
	char *total = strstr(line, mark);
	char name[80];
	int64_t v;

	if (!total || text_number(total + sizeof(mark) - 1, &v))
		return error_set(err, ERROR_FOUND, "pressure/%s: a line has no total", p->what);
	snprintf(name, sizeof(name), "pressure.%s", p->what);
	line[strcspn(line, " ")] = '\0';
	return metrics_add_int(p->m, name, line, v, err);
}

int pressure_metrics(const char *what, const char *text, size_t len, struct metrics *m,
		     struct error *err)
{
	struct pressure p = { what, m };

	return text_each_line("pressure", text, len, take_pressure, &p, err);
}

bool procfs_is_counter(const char *name)
{
	static const char *const counters[] = { "disk.", "pressure.", "process.minflt", "process.majflt",
						"process.utime", "process.stime" };

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		if (strncmp(name, counters[i], strlen(counters[i])) == 0)
			return true;
	return false;
}

static int pressure_of_path(const char *path, const char *text, size_t len, struct metrics *m,
			    struct error *err)
{
	return pressure_metrics(strrchr(path, '/') + 1, text, len, m, err);
}

int procfs_metrics(const char *path, const char *text, size_t len, struct metrics *m,
		   struct error *err)
{
	static const struct {
		const char *pattern;
		int (*rows)(const char *text, size_t len, struct metrics *m, struct error *err);
		int (*named)(const char *path, const char *text, size_t len, struct metrics *m,
			     struct error *err);
	} files[] = {
		{ "/proc/meminfo", meminfo_metrics, NULL },
		{ "/proc/diskstats", diskstats_metrics, NULL },
		{ "/proc/zoneinfo", zoneinfo_metrics, NULL },
		{ "/proc/pagetypeinfo", pagetypeinfo_metrics, NULL },
		{ "/proc/pressure/*", NULL, pressure_of_path },
		{ "/proc/*/stat", NULL, process_stat_metrics },
		{ "/proc/*/smaps_rollup", NULL, smaps_rollup_metrics },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (fnmatch(files[i].pattern, path, FNM_PATHNAME) == 0)
			return files[i].rows ? files[i].rows(text, len, m, err) :
					       files[i].named(path, text, len, m, err);
	return 0;
}

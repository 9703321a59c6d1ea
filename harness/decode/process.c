// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/PID/stat and /proc/PID/smaps_rollup (Documentation/filesystems/proc.rst). */
#include <stdio.h>
#include <string.h>

#include "decode/samples.h"
#include "decode/text.h"

/* Fields of stat behind the name, counted from 1 as in proc_pid_stat(5). */
static const struct {
	size_t nr;
	const char *name;
} stat_fields[] = {
	{ 10, "minflt" }, { 12, "majflt" },  { 14, "utime" }, { 15, "stime" },
	{ 20, "threads" }, { 23, "vsize" }, { 24, "rss" },
};

#define NR_STAT_FIELDS (sizeof(stat_fields) / sizeof(stat_fields[0]))

/* "/proc/12/stat" to "pid=12". */
static int pid_label(const char *path, char *label, size_t size)
{
	unsigned int pid;
	char end;

	if (sscanf(path, "/proc/%9u%c", &pid, &end) != 2 || end != '/')
		return -1;
	snprintf(label, size, "pid=%u", pid);
	return 0;
}

int process_stat_metrics(const char *path, const char *text, size_t len, struct metrics *m,
			 struct error *err)
{
	char label[24], line[1024], name[80];
	char *rest, *word;
	size_t nr = 2, found = 0;
	int64_t v;

	if (pid_label(path, label, sizeof(label)) || len >= sizeof(line) || memchr(text, '\0', len))
		return error_set(err, ERROR_FOUND, "'%.40s' cannot be read", path);
	memcpy(line, text, len);
	line[len] = '\0';
	line[strcspn(line, "\n")] = '\0';
	/* The name may hold blanks and brackets; the last bracket is its end. */
	rest = strrchr(line, ')');
	rest = rest ? rest + 1 : NULL;
	while (rest && found < NR_STAT_FIELDS && (word = text_word(&rest))) {
		if (++nr != stat_fields[found].nr)
			continue;
		snprintf(name, sizeof(name), "process.%s", stat_fields[found].name);
		if (text_number(word, &v))
			break;
		if (metrics_add_int(m, name, label, v, err))
			return -1;
		found++;
	}
	return found == NR_STAT_FIELDS ? 0 :
					 error_set(err, ERROR_FOUND, "'%.40s' cannot be read", path);
}

struct rollup {
	const char *path, *label;
	struct metrics *m;
};

/* "Rss:       12 kB"; the first row names the address range. */
static int take_rollup(void *arg, char *line, struct error *err)
{
	const struct rollup *r = arg;
	char name[80];
	char *rest = line, *key = text_word(&rest);
	size_t len = key ? strlen(key) : 0;
	int64_t v;

	if (len < 2 || key[len - 1] != ':')
		return key && strchr(key, '-') ?
			       0 :
			       error_set(err, ERROR_FOUND, "'%.40s' has a row that is none", r->path);
	if (text_number(text_word(&rest), &v) ||
	    snprintf(name, sizeof(name), "process.%.*s", (int)(len - 1), key) >= (int)sizeof(name))
		return error_set(err, ERROR_FOUND, "'%.40s': '%.40s' is no number", r->path, key);
	return metrics_add_int(r->m, name, r->label, v, err);
}

int smaps_rollup_metrics(const char *path, const char *text, size_t len, struct metrics *m,
			 struct error *err)
{
	char label[24];
	struct rollup r = { path, label, m };

	if (pid_label(path, label, sizeof(label)))
		return error_set(err, ERROR_FOUND, "'%.40s' is of no process", path);
	return text_each_line(path, text, len, take_rollup, &r, err);
}

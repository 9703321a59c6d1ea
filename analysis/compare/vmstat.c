// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "compare/compare.h"

#define MAX_TERMS 5

/* The sum of @plus less @minus; names without "vmstat.". HighMem rows are ours. */
static const struct {
	const char *name;
	enum query_better better;
	const char *plus[MAX_TERMS];
	const char *minus;
} rows[] = {
	{ "Minor Faults", QUERY_NEITHER, { "pgfault" }, "pgmajfault" },
	{ "Major Faults", QUERY_LOWER, { "pgmajfault" }, NULL },
	{ "Swap Ins", QUERY_LOWER, { "pswpin" }, NULL },
	{ "Swap Outs", QUERY_LOWER, { "pswpout" }, NULL },
	{ "Allocation stalls", QUERY_LOWER,
	  { "allocstall_dma", "allocstall_dma32", "allocstall_normal", "allocstall_high",
	    "allocstall_movable" },
	  NULL },
	{ "DMA allocs", QUERY_NEITHER, { "pgalloc_dma" }, NULL },
	{ "DMA32 allocs", QUERY_NEITHER, { "pgalloc_dma32" }, NULL },
	{ "Normal allocs", QUERY_NEITHER, { "pgalloc_normal" }, NULL },
	{ "HighMem allocs", QUERY_NEITHER, { "pgalloc_high" }, NULL },
	{ "Movable allocs", QUERY_NEITHER, { "pgalloc_movable" }, NULL },
	{ "Direct pages scanned", QUERY_LOWER, { "pgscan_direct" }, NULL },
	{ "Kswapd pages scanned", QUERY_LOWER, { "pgscan_kswapd" }, NULL },
	{ "Kswapd pages reclaimed", QUERY_NEITHER, { "pgsteal_kswapd" }, NULL },
	{ "Direct pages reclaimed", QUERY_NEITHER, { "pgsteal_direct" }, NULL },
	{ "HighMem pages skipped", QUERY_LOWER, { "pgskip_high" }, NULL },
	{ "Page writes by reclaim", QUERY_LOWER, { "nr_vmscan_write" }, NULL },
	{ "Page reclaim immediate", QUERY_LOWER, { "nr_vmscan_immediate_reclaim" }, NULL },
	{ "Sector Reads", QUERY_LOWER, { "pgpgin" }, NULL },
	{ "Sector Writes", QUERY_LOWER, { "pgpgout" }, NULL },
	{ "Slabs scanned", QUERY_LOWER, { "slabs_scanned" }, NULL },
	{ "THP fault alloc", QUERY_HIGHER, { "thp_fault_alloc" }, NULL },
	{ "THP fault fallback", QUERY_LOWER, { "thp_fault_fallback" }, NULL },
	{ "THP collapse alloc", QUERY_NEITHER, { "thp_collapse_alloc" }, NULL },
	{ "THP split", QUERY_LOWER, { "thp_split_page" }, NULL },
	{ "Compaction stalls", QUERY_LOWER, { "compact_stall" }, NULL },
	{ "Compaction success", QUERY_HIGHER, { "compact_success" }, NULL },
	{ "Compaction failures", QUERY_LOWER, { "compact_fail" }, NULL },
	{ "Page migrate success", QUERY_NEITHER, { "pgmigrate_success" }, NULL },
	{ "Page migrate failure", QUERY_LOWER, { "pgmigrate_fail" }, NULL },
	{ "Compaction pages isolated", QUERY_NEITHER, { "compact_isolated" }, NULL },
	{ "Compaction migrate scanned", QUERY_LOWER, { "compact_migrate_scanned" }, NULL },
	{ "Compaction free scanned", QUERY_LOWER, { "compact_free_scanned" }, NULL },
	{ "Kcompactd wake", QUERY_NEITHER, { "compact_daemon_wake" }, NULL },
};

size_t compare_vmstat_nr(void)
{
	return sizeof(rows) / sizeof(rows[0]);
}

const char *compare_vmstat_name(size_t i)
{
	return rows[i].name;
}

/* The value of "vmstat.@name"; false when the kernel has no such row. */
static bool find(const struct query_metrics *m, const char *name, int64_t *ret)
{
	for (size_t i = 0; i < m->nr; i++)
		if (strncmp(m->v[i].name, "vmstat.", 7) == 0 && strcmp(m->v[i].name + 7, name) == 0) {
			*ret = m->v[i].i;
			return true;
		}
	return false;
}

enum query_better compare_vmstat_better(size_t i)
{
	return rows[i].better;
}

bool compare_vmstat_value(const struct query_metrics *m, size_t i, int64_t *ret)
{
	bool any = false;
	int64_t sum = 0, v;

	for (size_t t = 0; t < MAX_TERMS && rows[i].plus[t]; t++)
		if (find(m, rows[i].plus[t], &v)) {
			sum += v;
			any = true;
		}
	if (rows[i].minus && find(m, rows[i].minus, &v))
		sum -= v;
	*ret = sum;
	return any;
}

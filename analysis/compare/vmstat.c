// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "compare/compare.h"

#define MAX_TERMS 5

/* The sum of @plus less @minus; names without "vmstat.". HighMem rows are ours. */
static const struct {
	const char *name;
	const char *plus[MAX_TERMS];
	const char *minus;
} rows[] = {
	{ "Minor Faults", { "pgfault" }, "pgmajfault" },
	{ "Major Faults", { "pgmajfault" }, NULL },
	{ "Swap Ins", { "pswpin" }, NULL },
	{ "Swap Outs", { "pswpout" }, NULL },
	{ "Allocation stalls",
	  { "allocstall_dma", "allocstall_dma32", "allocstall_normal", "allocstall_high",
	    "allocstall_movable" },
	  NULL },
	{ "DMA allocs", { "pgalloc_dma" }, NULL },
	{ "DMA32 allocs", { "pgalloc_dma32" }, NULL },
	{ "Normal allocs", { "pgalloc_normal" }, NULL },
	{ "HighMem allocs", { "pgalloc_high" }, NULL },
	{ "Movable allocs", { "pgalloc_movable" }, NULL },
	{ "Direct pages scanned", { "pgscan_direct" }, NULL },
	{ "Kswapd pages scanned", { "pgscan_kswapd" }, NULL },
	{ "Kswapd pages reclaimed", { "pgsteal_kswapd" }, NULL },
	{ "Direct pages reclaimed", { "pgsteal_direct" }, NULL },
	{ "HighMem pages skipped", { "pgskip_high" }, NULL },
	{ "Page writes by reclaim", { "nr_vmscan_write" }, NULL },
	{ "Page reclaim immediate", { "nr_vmscan_immediate_reclaim" }, NULL },
	{ "Sector Reads", { "pgpgin" }, NULL },
	{ "Sector Writes", { "pgpgout" }, NULL },
	{ "Slabs scanned", { "slabs_scanned" }, NULL },
	{ "THP fault alloc", { "thp_fault_alloc" }, NULL },
	{ "THP fault fallback", { "thp_fault_fallback" }, NULL },
	{ "THP collapse alloc", { "thp_collapse_alloc" }, NULL },
	{ "THP split", { "thp_split_page" }, NULL },
	{ "Compaction stalls", { "compact_stall" }, NULL },
	{ "Compaction success", { "compact_success" }, NULL },
	{ "Compaction failures", { "compact_fail" }, NULL },
	{ "Page migrate success", { "pgmigrate_success" }, NULL },
	{ "Page migrate failure", { "pgmigrate_fail" }, NULL },
	{ "Compaction pages isolated", { "compact_isolated" }, NULL },
	{ "Compaction migrate scanned", { "compact_migrate_scanned" }, NULL },
	{ "Compaction free scanned", { "compact_free_scanned" }, NULL },
	{ "Kcompactd wake", { "compact_daemon_wake" }, NULL },
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

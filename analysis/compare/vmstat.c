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

enum query_better compare_vmstat_better(size_t i)
{
	return rows[i].better;
}

void compare_vmstat_terms(const char *name, uint64_t *ret_plus, uint64_t *ret_minus)
{
	*ret_plus = *ret_minus = 0;
	if (strncmp(name, "vmstat.", 7) != 0)
		return;
	for (size_t i = 0; i < compare_vmstat_nr(); i++) {
		for (size_t t = 0; t < MAX_TERMS && rows[i].plus[t]; t++)
			if (strcmp(rows[i].plus[t], name + 7) == 0)
				*ret_plus |= UINT64_C(1) << i;
		if (rows[i].minus && strcmp(rows[i].minus, name + 7) == 0)
			*ret_minus |= UINT64_C(1) << i;
	}
}

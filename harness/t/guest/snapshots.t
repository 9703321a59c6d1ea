#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The files of the kernel that snapshots and samples keep, in guests of both architectures:
# pages go to a swap device with a queue, files to another, tasks wait; each file sees it,
# and where two of them count the same thing they agree.
#
# Where each row of what is gathered has its test:
#   vmstat, buddyinfo, pagetypeinfo, zoneinfo, extfrag, cadence by time and by allocations,
#   what it costs, fragmentation over time                      samples.t
#   meminfo, swaps, diskstats, pressure, stat, smaps_rollup     here
#   fragmentation: indices, pageblocks, claims, steals, success rate and latency of orders,
#   preconditions                                               gather.t, buddy.t, preconditions.t
#   swap: rates, outcomes, latency felt, idle or hot            gather.t, swap.t, identities.t
#   swap: merging, readahead, refaults and their distances      here, identities.t
#   latency: page fault, direct reclaim                         latency.t
#   latency: slowpath, kswapd wake-to-sleep, throttling         here
#   latency: dirty pause asked and slept, writeback, device, kmap   gather.t
#   raw trace, loss, trace.dat, perf stat, perf record          events.t
#   ring buffer = histogram = vmstat                            identities.t
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
. harness/t/guest/raw.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

cat >"$tmp/p.yaml" <<'PLAN'
name: snapshots
kernel: series
arch: [i386, x86_64]
memory: 128M
workload:
  - {name: pressure, sample: 20ms, swap_device: 28M, latency_ns: 100000, anon: 68M, file: 12M, ops: 1024}
  - {name: swap, device: 40M, latency_ns: 100000, idle: 60, from: 60, to: 60, touches: 256}
  - {name: pressure, events: latency, swap: {backing: ram, size: 28M}, anon: 64M, file: 12M, ops: 1024}
  - {name: pressure, events: reclaim-hist, swap: {backing: ram, size: 28M}, anon: 64M, file: 12M, ops: 1024}
PLAN
check 'pressure on memory and devices: ok' says 0 '8 runs done.* 0 not ok' "$hw" run "$tmp/p.yaml" -o "$tmp/r"

# sum PATTERN: of the figures of the cell at hand whose "NAME LABEL" fits
sum() { awk -v p="^($1) +[0-9]+ [a-z%A-Z]+\$" '$0 ~ p { n += $(NF - 1) } END { printf "%.0f\n", n }' "$tmp/cell"; }
cell() {
	id=$("$hw" list -o "$tmp/r" --where arch=$a --where "$1" | cut -d' ' -f1)
	"$hw" show "$id" -o "$tmp/r" | sed -n '/^metrics/,/^findings/p' >"$tmp/cell"
}
same() { check "$a: $1" is "$2" -eq "$3"; }
some() { check "$a: $1 ($2)" is "$2" -gt 0; }
# done_or_under_way NAME DONE ASKED: at most 1 % of them, or 64, are not done
done_or_under_way() {
	check "$a: diskstats: $1" is "$2" -le "$3"
	check "$a: diskstats: $1, all but what is under way" is $(($3 - $2)) -le $(($3 / 100 + 64))
}
# last SERIES LABEL: of the samples
last() { "$hw" show "$id" -o "$tmp/r" --samples "$1" | awk -F, -v l="\"$2\"" '$2 == l { v = $4 } END { print v }'; }
for a in i386 x86_64; do
	cell sample=20ms
	some 'pages went to swap' "$(sum vmstat.pswpout)"
	some 'and came back' "$(sum vmstat.pswpin)"
	# diskstats
	# diskstats counts what is done, vmstat what was asked for; a write may be under way at the end.
	done_or_under_way 'sectors written to swap' "$(sum 'disk.write_sectors pressureswap')" $((8 * $(sum vmstat.pswpout)))
	same 'diskstats: and read' "$(sum 'disk.read_sectors pressureswap')" $((8 * $(sum vmstat.pswpin)))
	done_or_under_way 'requests to write, those that were merged included' \
		"$(($(sum 'disk.writes pressureswap') + $(sum 'disk.write_merges pressureswap')))" "$(sum vmstat.nrswpout)"
	same 'diskstats: and to read' \
		"$(($(sum 'disk.reads pressureswap') + $(sum 'disk.read_merges pressureswap')))" "$(sum vmstat.nrswpin)"
	some 'diskstats: pages of the file were merged to larger requests' "$(sum 'disk.write_merges pressure')"
	same 'diskstats: all devices together read what vmstat has' \
		"$(sum 'disk.read_sectors [a-z0-9]+')" $((2 * $(sum vmstat.pgpgin)))
	done_or_under_way 'all devices together wrote what vmstat has' "$(sum 'disk.write_sectors [a-z0-9]+')" $((2 * $(sum vmstat.pgpgout)))
	some 'diskstats: a device of 100 us takes time' "$(sum 'disk.write_ms pressureswap')"
	# swaps and meminfo
	used=$(($(sum meminfo.SwapTotal) - $(sum meminfo.SwapFree)))
	some 'meminfo: swap is used' $used
	same 'swaps: as much as meminfo says' \
		"$(raw "$tmp/r" 'end /proc/swaps' arch=$a sample=20ms | awk 'NR > 1 { n += $4 } END { print n }')" $used
	check "$a: meminfo: free memory, within a few batches of kswapd's" \
		near "$(($(sum meminfo.MemFree) / 4))" "$(sum vmstat.nr_free_pages)" 256
	check "$a: meminfo: anonymous memory" near "$(($(sum meminfo.AnonPages) / 4))" "$(sum vmstat.nr_anon_pages)" 256
	# pressure
	for what in memory io; do
		some "pressure: some task waited for $what" "$(sum "pressure.$what some")"
		check "$a: pressure: all at once for less ($what)" is "$(sum "pressure.$what full")" -le "$(sum "pressure.$what some")"
		check "$a: pressure: over time it adds up to that ($what)" \
			is "$(last "pressure.$what" some)" -le "$(sum "pressure.$what some")"
	done
	# stat and smaps_rollup
	# A fault that had to be tried again is major for its task (mm_account_fault()).
	check "$a: stat: the workload has the major faults" is "$(sum 'process.majflt pid=1')" -ge "$(sum vmstat.pgmajfault)"
	same 'stat: and all others' "$(($(sum 'process.minflt pid=1') + $(sum 'process.majflt pid=1')))" "$(sum vmstat.pgfault)"
	some 'smaps_rollup: part of it is in swap' "$(sum 'process.Swap pid=1')"
	check "$a: smaps_rollup: no more than is used" is "$(sum 'process.Swap pid=1')" -le $used
	check "$a: smaps_rollup: and what it touched is in memory or there" \
		near "$(($(sum 'process.Anonymous pid=1') + $(sum 'process.Swap pid=1')))" $((68 * 1024)) 2048

	# readahead: the pages are verified one after the other.
	cell workload=swap
	some 'readahead brings pages in' "$(sum vmstat.swap_ra)"
	check "$a: a tenth of them at least is used" is $((10 * $(sum vmstat.swap_ra_hit))) -ge "$(sum vmstat.swap_ra)"
	check "$a: none is used that was not read ahead" is "$(sum vmstat.swap_ra_hit)" -le "$(sum vmstat.swap_ra)"
	check "$a: they are part of what came in" is "$(sum vmstat.swap_ra)" -le "$(sum vmstat.pswpin)"

	# latencies
	cell events=latency
	some 'kswapd is timed from wake-up to sleep' "$(sum latency.kswapd_wakeup.count)"
	check "$a: it slept, or still works" is "$(($(sum latency.kswapd.count) + $(sum latency.kswapd.open)))" -gt 0
	some 'its turns are timed' "$(sum latency.balance_pgdat.count)"
	some 'the slow path of the allocator is timed' "$(sum latency.alloc_slowpath.count)"
	same 'by order' "$(sum 'latency.alloc_slowpath.count order=[0-9]+')" "$(sum latency.alloc_slowpath.count)"
	same 'by zone' "$(sum 'latency.alloc_slowpath.count zid=-?[0-9]+')" "$(sum latency.alloc_slowpath.count)"
	check "$a: the slow path is at least as long as the reclaim in it" \
		is "$(sum 'latency.alloc_slowpath max')" -ge "$(sum 'latency.direct_reclaim max')"
	same 'who was throttled for the reserves is timed' "$(sum latency.pfmemalloc_throttled.count)" \
		"$(sum vmstat.pgscan_direct_throttle)"
	some 'somebody was' "$(sum latency.pfmemalloc_throttled.count)"

	# refault distances
	cell events=reclaim-hist
	some 'refaults by distance' "$(sum 'hist.vmscan:mm_workingset_refault file=[01],recent=[01],distance=.*')"
done
finish

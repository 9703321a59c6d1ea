#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A workload whose precondition is not met fails with the reason, in guests of both
# architectures, and leaves no figure. Others are where their workloads are tested:
# dirty-idle and dirty-writer (flushing.t), memcg's limit and reclaim-mix's pressure
# (reclaim.t), swap that is not used (swap.t), high-order (buddy.t), reach without swap
# (highmem.t), require: (gather.t), stress-ng (programs.t).
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# What runs; on what, where that matters; the reason.
# What runs; on what, where that matters; the reason. What the agent finds
# out from the job alone runs on one architecture.
cat >"$tmp/rows" <<'ROWS'
fragment, pin: movable, spare: 96M||memory is not fragmented: [0-9]+/1000 of it is of no use for order 9
memcg||without swap the group would be killed at its limit
reclaim-mix||without swap: there is nothing to choose between
page-cache, size: 200M||209715200 bytes may not stay in the cache of this guest
watermarks, cycles: 1, burst: 1M||the burst met no pressure: it fits into free memory
mm_bench||this kernel has no microbenchmarks: use series\+bench
kunit||this kernel has no KUnit suites: use series\+kunit
limits, what: node||the limit of a node is only computed if vm.dirty_bytes is set
tunables|kernel: base|this kernel has no sysctl 'vm\.
swap|arch: i386|nothing to swap to: give the workload device:, or the plan swap:
swap, device: 16M|arch: x86_64, swap: {backing: ram, size: 16M}|the cell has a swap device already
swap, latency_ns: 1000|arch: i386, swap: {backing: ram, size: 16M}|latency_ns needs device:
pressure, anon: 0, file: 0|arch: x86_64|anon and file are both 0: there is nothing to touch
raise, count: 10|arch: i386, vcpus: 2, events: "kmem:mm_page_alloc"|the events of one CPU are counted, the guest has more
raise, count: 10|arch: x86_64|reader 'agent': the agent reads where the plan has events:, and only there
raise, count: 10, reader: none|arch: i386, events: "kmem:mm_page_alloc"|reader 'none': the agent reads where the plan has events:
mm_bench, test: nosuch|arch: i386, kernel: series+bench|mm_bench test 'nosuch': (Invalid argument|No such)
mm_bench, test: kmap_local_high|arch: x86_64, kernel: series+bench|mm_bench test 'kmap_local_high' is not possible on this kernel
reach, pages: 16384|arch: i386, memory: 896M, swap: {backing: ram, size: 64M}|only [0-9]+ of 16384 pages are in highmem, which has [0-9]+: take fewer
ROWS
{
	printf '%s\n' 'name: preconditions' 'arch: [i386, x86_64]' 'kernel: series' 'memory: 192M' 'workload:'
	while IFS='|' read -r workload on _; do
		echo "  - {name: $workload${on:+, $on}}"
	done <"$tmp/rows"
} >"$tmp/p.yaml"
cells=$(($(wc -l <"$tmp/rows") + $(grep -vc 'arch:' "$tmp/rows")))
check "$cells workloads, none of which can do its work" \
	says 1 "^$cells cells: .* $cells not ok" kept "$tmp/log" "$hw" run "$tmp/p.yaml" -o "$tmp/r"
while IFS='|' read -r workload on reason; do
	for a in i386 x86_64; do
		[ "$on" = "${on#arch: }" ] || [ "$on" != "${on#"arch: $a"}" ] || continue
		check "$a: ${workload}: the reason" grep -qE "^failed  .* $a .* ${workload%%,*} .*: .*($reason)" "$tmp/log"
	done
done <"$tmp/rows"
check 'none has figures' \
	is "$("$hw" export -o "$tmp/r" --format json | jq '[.[] | select(.status != "failed" or (.metrics | length) > 0)] | length')" -eq 0
finish

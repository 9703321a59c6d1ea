#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Latencies, in guests of both architectures, from raw events and from the kernel's
# own histograms: one for each time that vmstat counts. A guest stops where the longest of
# them begins.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

cat >"$tmp/p.yaml" <<'PLAN'
name: latency
arch: [i386, x86_64]
workload:
  - {name: hot-set, memory: 128M, hot: 40M, hot_passes: 1, stream: 150M, stream_passes: 2, events: [latency, latency-hist]}
  - {name: fault, memory: 128M, pages: 5000, events: [fault, fault-hist]}
PLAN
check 'reclaim and faults are timed' says 0 '8 runs done.* 0 not ok' "$hw" run "$tmp/p.yaml" -o "$tmp/r"

# get ARCH EVENTS PATTERN: the sum of the values whose "NAME LABEL" fits
get() {
	local id
	id=$("$hw" list -o "$tmp/r" --where arch="$1" --where events="$2" | cut -d' ' -f1 | head -n 1)
	"$hw" show "$id" -o "$tmp/r" | awk -v p="^($3) " '$0 ~ p { n += $(NF - 1); any = 1 }
		END { if (any) print n }'
}
# buckets ARCH EVENTS LATENCY
buckets() {
	"$hw" show "$("$hw" list -o "$tmp/r" --where arch="$1" --where events="$2" | cut -d' ' -f1)" -o "$tmp/r" -l "$3"
}
for a in i386 x86_64; do
	for e in latency latency-hist; do
		check "$a $e: there was direct reclaim" is "$(get $a $e latency.direct_reclaim.count)" -gt 0
		check "$a $e: a latency for each allocation stall of vmstat" \
			is "$(get $a $e 'latency.direct_reclaim.count +[0-9]+')" -eq \
			"$(get $a $e 'vmstat.allocstall_[a-z0-9]+')"
		check "$a $e: none is left open" is "$(get $a $e latency.direct_reclaim.open)" -eq 0
	done
	for e in latency latency-hist; do
		buckets "$a" "$e" latency.direct_reclaim >"$tmp/buckets"
		check "$a $e: the whole histogram has each of them" \
			is "$(awk -F, '$2 == "\"\"" { n += $5 } END { print n }' "$tmp/buckets")" -eq \
			"$(get $a $e 'latency.direct_reclaim.count +[0-9]+')"
		check "$a $e: and by order as many" \
			is "$(awk -F, '$2 ~ /order=/ { n += $5 } END { print n }' "$tmp/buckets")" -eq \
			"$(get $a $e 'latency.direct_reclaim.count +[0-9]+')"
		check "$a $e: no bucket is wider than 1/128 of its times" \
			is "$(awk -F, 'NR > 1 && 128 * ($4 - $3) > $3' "$tmp/buckets" | wc -l)" -eq 0
		check "$a $e: the longest time lies in the last one" \
			is "$(awk -F, '$2 == "\"\"" { last = $4 } END { print last }' "$tmp/buckets")" -ge \
			"$(get $a $e 'latency.direct_reclaim max')"
	done
	for e in fault fault-hist; do
		check "$a $e: a latency for each page fault of vmstat" \
			is "$(get $a $e latency.page_fault.count)" -eq "$(get $a $e vmstat.pgfault)"
		check "$a $e: the quantiles rise to the maximum" \
			is "$(get $a $e 'latency.page_fault p50')" -lt "$(get $a $e 'latency.page_fault p99.99')"
		check "$a $e: which is the last" \
			is "$(get $a $e 'latency.page_fault p99.99')" -le "$(get $a $e 'latency.page_fault max')"
		check "$a $e: a fault takes some thousand instructions" \
			is "$(get $a $e 'latency.page_fault p50')" -gt 1000
	done
done
"$hw" report -r "$tmp/r" -o "$tmp/page.html"
check 'the report has them behind each run' grep -q 'summary>latencies</summary' "$tmp/page.html"
check 'export has them where they are asked for' \
	is "$("$hw" export -o "$tmp/r" --histograms -m 'latency.page_fault' | grep -c 'latency.page_fault.bucket,')" -gt 20
check 'and only there' is "$("$hw" export -o "$tmp/r" | grep -c '\.bucket,')" -eq 0
check 'a latency nobody has timed' says 2 "has no latency 'latency.none'" \
	"$hw" show "$("$hw" list -o "$tmp/r" | head -n 1 | cut -d' ' -f1)" -o "$tmp/r" -l latency.none

# longest ARCH EVENTS LATENCY: what stop says of it is what the run's figures say
# shellcheck disable=SC2317 # called through check
longest() {
	local id nr max
	id=$("$hw" list -o "$tmp/r" --where arch="$1" --where events="$2" | cut -d' ' -f1)
	nr=$(get "$1" "$2" "latency.$3.count +[0-9]+")
	max=$(get "$1" "$2" "latency.$3 max")
	says 0 "the longest $3 of $nr takes $((max / 1000000))\.$(printf %06d $((max % 1000000))) ms from" \
		"$hw" stop "$id" --longest "$3" --dump -r "$tmp/r"
}
for a in i386 x86_64; do
	check "$a: a guest stops where the longest direct reclaim begins" longest $a latency direct_reclaim
	check "$a: and where the longest page fault does, at a probe" longest $a fault page_fault
	id=$("$hw" list -o "$tmp/r" --where arch=$a --where events=latency | cut -d' ' -f1)
	# The events of a class count together: each of them is one call of its function.
	calls=$(get $a latency 'latency.(direct|memcg)_reclaim.count +[0-9]+')
	f=trace_event_raw_event_mm_vmscan_direct_reclaim_begin_template
	check "$a: the last call is there" says 0 'stopped at' "$hw" stop "$id" --function $f --nth "$calls" --dump -r "$tmp/r"
	check "$a: and none after it" says 2 'the run ended before' \
		"$hw" stop "$id" --function $f --nth $((calls + 1)) --dump -r "$tmp/r"
	check "$a: what was not recorded" says 2 "\(events: latency\) does not record 'page_fault'; it has direct_reclaim \(" \
		"$hw" stop "$id" --longest page_fault --dump -r "$tmp/r"
done
# Probes at the returns of functions and histograms have no times of each.
id=$("$hw" list -o "$tmp/r" --where arch=i386 --where events=latency-hist | cut -d' ' -f1)
check 'what the kernel only counted' says 2 "only counts in the kernel, without their times, 'direct_reclaim'; it has none" \
	"$hw" stop "$id" --longest direct_reclaim --dump -r "$tmp/r"
finish

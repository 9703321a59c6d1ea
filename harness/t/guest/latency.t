#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Latencies, in guests of both architectures, from raw events and from the kernel's
# own histograms: one for each time that vmstat counts.
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
finish

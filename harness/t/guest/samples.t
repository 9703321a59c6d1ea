#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sample: of a plan, in guests of both architectures: exact, ends where the snapshots
# end, says what it costs; fragmentation is what the kernel itself computes.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

cat >"$tmp/p.yaml" <<'PLAN'
name: samples
arch: [i386, x86_64]
memory: 256M
sample: [none, 5ms]
workload: {name: fault, pages: 30000}
PLAN
check 'with and without samples: identical twice' says 0 '4 cells identical twice, 0 different' \
	"$hw" run "$tmp/p.yaml" -o "$tmp/r" --verify

id() { "$hw" list -o "$tmp/r" --where arch="$1" --where sample="$2" | cut -d' ' -f1; }
get() { "$hw" show "$(id "$1" "$2")" -o "$tmp/r" | awk -v m="$3" -v l="${4-}" '
	$1 == m && (l == "" || $2 == l) { print $(l == "" ? 2 : 3); exit }'; }
samples() { "$hw" show "$(id "$1" 5ms)" -o "$tmp/r" --samples "$2"; }
# shellcheck disable=SC2317 # called through check
is() {
	echo "$*"
	[ -n "$1" ] && [ -n "$3" ] && test "$1" "$2" "$3"
}
for a in i386 x86_64; do
	check "$a: a sample every 5 ms of guest time" is "$(get $a 5ms sample.taken)" -ge 15
	check "$a: none is missed" is "$(get $a 5ms sample.missed)" -eq 0
	check "$a: what they cost is part of the window" \
		is "$(get $a 5ms sample.insns)" -lt "$(($(get $a 5ms insns) - $(get $a none insns)))"
	check "$a: and little (at this cadence, under 6 %)" is "$(get $a 5ms sample.share | cut -d. -f1)" -lt 6
	for row in nr_free_pages pgfault nr_anon_pages; do
		check "$a: the last $row is that of the end" \
			is "$(samples $a "vmstat.$row" | tail -n 1 | cut -d, -f4)" -eq "$(get $a 5ms "vmstat.$row")"
	done
	check "$a: free memory shrinks from sample to sample" \
		is "$(samples $a vmstat.nr_free_pages | awk -F, '$1 == "vmstat.nr_free_pages" {
			if (last && $4 > last) bad++; last = $4; n++ } END { print n - bad }')" -ge 15
	for i in none 5ms; do
		check "$a, sample $i: unusable index as the kernel has it" \
			is "$(get $a $i frag.differs unusable)" -eq 0
		check "$a, sample $i: fragmentation index as the kernel has it" \
			is "$(get $a $i frag.differs index)" -eq 0
	done
	check "$a: without a cadence there are no samples" says 2 'the plan needs sample:' \
		"$hw" show "$(id $a none)" -o "$tmp/r" --samples '*'
done
check 'fragmentation over time is compared as one figure' says 0 'frag.area (Normal|DMA32)' \
	"$hw" compare arch=i386,x86_64 --where sample=5ms -o "$tmp/r"
finish

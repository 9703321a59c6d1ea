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
sample: [none, 100s, 5ms, default, 5000allocs]
workload: {name: fault, pages: 50000}
PLAN
check 'with and without samples: identical twice' says 0 '10 cells identical twice, 0 different' \
	"$hw" run "$tmp/p.yaml" -o "$tmp/r" --verify

id() { "$hw" list -o "$tmp/r" --where arch="$1" --where sample="$2" | cut -d' ' -f1; }
get() { "$hw" show "$(id "$1" "$2")" -o "$tmp/r" | awk -v m="$3" -v l="${4-}" '
	$1 == m && (l == "" || $2 == l) { print $(l == "" ? 2 : 3); exit }'; }
samples() { "$hw" show "$(id "$1" 5ms)" -o "$tmp/r" --samples "$2"; }
for a in i386 x86_64; do
	check "$a: a sample every 5 ms of guest time" is "$(get $a 5ms sample.taken)" -ge 15
	check "$a: none is missed" is "$(get $a 5ms sample.missed)" -eq 0
	# Against a sampler that never comes to sample: its stack and buffers are mappings, and
	# how deep the kernel walks to find the workload's (mas_walk) depends on those beside it.
	check "$a: no sample, no cost" is "$(get $a 100s sample.taken)+$(get $a 100s sample.insns)" = 0+0
	check "$a: what they cost is part of the window" \
		is "$(get $a 5ms sample.insns)" -lt "$(($(get $a 5ms insns) - $(get $a 100s insns)))"
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
# sum ARCH SAMPLE NAME [LABEL]: over all rows that begin so
sum() { "$hw" show "$(id "$1" "$2")" -o "$tmp/r" | awk -v m="$3" -v l="${4-}" '
	index($1, m) == 1 && (l == "" || index($0, l)) { n += $(l == "" && NF < 4 ? 2 : 3) } END { print n + 0 }'; }
for a in i386 x86_64; do
	zone=$([ $a = i386 ] && echo Normal || echo DMA32)
	check "$a: gathering everything at the default cadence adds at most 1 % to the window" \
		is "$((100 * ($(get $a 50ms insns) - $(get $a none insns))))" -le "$(get $a none insns)"
	check "$a: and most of it is reported" \
		is "$((2 * $(get $a 50ms sample.insns)))" -ge "$(($(get $a 50ms insns) - $(get $a 100s insns)))"
	check "$a: a sample for each 5000 allocations" is "$(get $a 5000allocs sample.taken)" -eq 10
	# Without a local APIC the counter's interrupt is raised by the next tick (HZ=1000): late
	# by the faults of a millisecond, each an instruction a nanosecond, and by its page tables.
	tick=$(get $a 100s insns_per_fault | awk '{ print int(1000000 / $1 * 513 / 512) + 1 }')
	check "$a: each at most a tick late ($tick allocations)" \
		is "$("$hw" show "$(id $a 5000allocs)" -o "$tmp/r" --samples 'vmstat.pgalloc_*' |
			awk -F, -v most="$tick" 'NR > 1 && $4 > 1000 { if (++n > 10) exit; late = $4 - n * 5000
				if (late < 0 || late > most) bad++ } END { print n >= 10 ? bad + 0 : "few" }')" = 0
	for i in none 5ms 50ms 5000allocs; do
		for o in 0 1 5 10; do
			check "$a, sample $i: free blocks of order $o by type add up to buddyinfo" \
				is "$(sum $a $i "pagetype.$zone" ",order=$o ")" -eq "$(get $a $i "buddy.$zone" "order=$o")"
		done
		check "$a, sample $i: free pages of the zones add up to vmstat" \
			is "$(sum $a $i zone.free)" -eq "$(get $a $i vmstat.nr_free_pages)"
		check "$a, sample $i: each page fault of the process is one of vmstat" \
			is "$(get $a $i process.minflt pid=1)" -ge 50000
		check "$a, sample $i: what the process has is what it touched" \
			is "$(get $a $i process.Anonymous pid=1)" -ge $((50000 * 4))
	done
	for i in 5ms 50ms 5000allocs; do
		check "$a, sample $i: in no sample do the indices differ from the kernel's" \
			is "$(sum $a $i frag.differs samples)" -eq 0
	done
	check "$a: the dear files are part of some samples" is "$(get $a 5ms sample.whole)" -ge 1
	check "$a: free lists by type over time" \
		is "$(samples $a 'pagetype.*' | grep -c 'type=Movable,order=10')" -ge 2
	check "$a: resident memory over time" is "$(samples $a process.rss | wc -l)" -ge 10
done
check 'fragmentation over time is compared as one figure' says 0 'frag.area (Normal|DMA32)' \
	"$hw" compare arch=i386,x86_64 --where sample=5ms -o "$tmp/r"
finish

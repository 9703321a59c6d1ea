#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# events: of a plan, in guests of both architectures: what the kernel counts is what
# /proc/vmstat says of the same window, and what is lost makes the run invalid.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
# get() below sums rows; this is the one of tap.sh, of one cell.
eval "get_run() $(declare -f get | tail -n +2)"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Lists of this test beside the project's own.
mkdir -p "$tmp/root/configs/events" "$tmp/root/out"
for d in patches vm-images; do ln -s "$PWD/$d" "$tmp/root/$d"; done
for d in kernel fio plan; do ln -s "$PWD/configs/$d" "$tmp/root/configs/$d"; done
ln -s "$PWD/out/guest" "$PWD/out/plugin" "$tmp/root/out/"
cp configs/events/*.list "$tmp/root/configs/events/"
list() { printf '%b' "$2" >"$tmp/root/configs/events/$1.list"; }
plan() { printf 'name: events\n%s\n' "$1" >"$tmp/$2.yaml"; }
# shellcheck disable=SC2317 # called through check
run() { HIGHWATER_ROOT="$tmp/root" "$hw" run "$tmp/$1.yaml" -o "$tmp/r" "${@:2}"; }

plan 'arch: [i386, x86_64]
kernel: series
memory: 128M
events: [mm, mm-hist]
workload: {name: fault, pages: 2048}' both
check 'ring buffer and histograms: identical twice' says 0 '4 cells identical twice, 0 different' \
	run both --verify

# get ARCH EVENTS PATTERN: the sum of the values whose "NAME LABEL" fits
get() {
	local id
	id=$("$hw" list -o "$tmp/r" --where arch="$1" --where kernel=series --where events="$2" |
		cut -d' ' -f1 | head -n 1)
	"$hw" show "$id" -o "$tmp/r" | awk -v p="^($3)" '$0 ~ p { n += $(NF - 1); any = 1 }
		END { if (any) print n }'
}
for a in i386 x86_64; do
	check "$a: a page allocation counted for each one of vmstat" \
		is "$(get $a mm-hist 'hist.kmem:mm_page_alloc order=0')" -eq \
		"$(get $a mm-hist 'vmstat.pgalloc_')"
	check "$a: the movable ones are the workload's faults" \
		is "$(get $a mm-hist 'hist.kmem:mm_page_alloc order=0,migratetype=1')" -ge 2048
	check "$a: buddy splits are counted, by order" \
		is "$(get $a mm-hist 'hist.kmem:mm_page_split zid=0,order=0,block_order=1|hist.kmem:mm_page_split zid=1,order=0,block_order=1')" -gt 100
	check "$a: raw events: one for each page allocation of vmstat" \
		is "$(get $a mm 'events.kmem:mm_page_alloc ')" -eq "$(get $a mm 'vmstat.pgalloc_')"
	check "$a: and one for each event the kernel has counted" \
		is "$(get $a mm 'events.')" -eq "$(get $a mm 'trace.read')"
	id=$("$hw" list -o "$tmp/r" --where arch=$a --where events=mm | cut -d' ' -f1)
	check "$a: a trace.dat is written" "$hw" trace "$id" -r "$tmp/r" -o "$tmp/$a.dat"
	check "$a: trace-cmd reads every event of it" \
		is "$(trace-cmd report "$tmp/$a.dat" 2>&1 | grep -c '\[000\]')" -eq \
		"$(get $a mm 'trace.read')"
	check "$a: and its fields" \
		is "$(trace-cmd report "$tmp/$a.dat" 2>&1 | grep -cE 'init-1 .*mm_page_alloc: .*pfn=0x[0-9a-f]+ order=0 migratetype=1')" -eq \
		"$(get $a mm-hist 'hist.kmem:mm_page_alloc order=0,migratetype=1')"
done
id=$("$hw" list -o "$tmp/r" --where events=mm-hist | cut -d' ' -f1 | head -n 1)
check 'a run without raw events has no trace.dat' says 2 'has recorded no events' \
	"$hw" trace "$id" -r "$tmp/r" -o "$tmp/none.dat"
check 'and none is made' test ! -e "$tmp/none.dat"
check 'nor a perf.data' says 2 'perf has recorded nothing' \
	"$hw" trace "$id" --perf -r "$tmp/r" -o "$tmp/none.data"
check 'and none is made of it' test ! -e "$tmp/none.data"

# Megabytes of events through a buffer of 256 KiB: the drain keeps up.
list drain 'buffer 256K\nkmem:mm_page_alloc\nkmem:mm_page_free\n?kmem:mm_page_split\n'
list no-room 'room 1M\nkmem:mm_page_alloc\n?kmem:mm_page_split\n'
plan 'arch: [i386, x86_64]
memory: 512M
events: [drain, no-room]
workload: {name: fault, pages: 60000}' much
check 'a small buffer is drained, a small region is full' says 1 '2 not ok' run much
for a in i386 x86_64; do
	check "$a: nothing is lost to a small buffer" \
		is "$(get $a drain 'events.kmem:mm_page_alloc ')" -eq "$(get $a drain 'vmstat.pgalloc_')"
done
check 'what the region has no room for makes the run invalid' \
	says 0 '[0-9]+ events lost: trace.entries cpu0' "$hw" list --json -o "$tmp/r" --where events=no-room

# A loop that does nothing but raise events, three times what the default buffer holds.
plan 'arch: [i386, x86_64]
memory: 256M
events: "kmem:mm_page_alloc"
workload: {name: raise, count: 500000}' tight
check 'a tight loop of events: identical twice' says 0 '2 cells identical twice, 0 different' run tight --verify
# one ARCH METRIC [LABEL]: a figure of its cell
one() { get_run "$tmp/r" "$2" "${3-}" arch="$1" workload=raise; }
for a in i386 x86_64; do
	check "$a: each of them is there" is "$(one $a events.ftrace:print)" -eq $((500000 + 2))
	check "$a: none was overwritten" is "$(one $a trace.overrun cpu0)" -eq 0
	check "$a: nor dropped" is "$(one $a trace.dropped cpu0)" -eq 0
	check "$a: in a buffer that holds a third of them" \
		is "$((3 * $(one $a trace.buffer_bytes)))" -lt $((500000 * 26))
done

# The real perf: what it counts is what it records, and part of what vmstat counts.
plan 'arch: [i386, x86_64]
kernel: series
memory: 256M
workload: {name: perf, mode: [stat, record], size: 16M}' perf
check 'perf stat and perf record: ok' says 0 '0 not ok' run perf
# of ARCH MODE METRIC [LABEL]
of() { get_run "$tmp/r" "$3" "${4-}" arch="$1" workload=perf mode="$2"; }
for a in i386 x86_64; do
	check "$a: perf's bench touches 16 MiB" is "$(of $a stat perf.stat minor-faults)" -ge 4096
	check "$a: each fault is one of vmstat" \
		is "$(of $a stat perf.stat page-faults)" -le "$(of $a stat vmstat.pgfault)"
	check "$a: each page too" is "$(of $a stat perf.stat kmem:mm_page_alloc)" -ge 4096
	check "$a: and no more than vmstat has" is "$(of $a stat perf.stat kmem:mm_page_alloc)" -le \
		"$(($(of $a stat vmstat.pgalloc_normal) + 10#0$(of $a stat vmstat.pgalloc_dma32)))"
	check "$a: perf record keeps as many, but for perf's own start" \
		near "$(of $a record perf.samples)" "$(of $a stat perf.stat kmem:mm_page_alloc)" 16
	check "$a: and loses none" is "$(of $a record perf.lost)" -eq 0
	id=$("$hw" list -o "$tmp/r" --where arch=$a --where mode=record | cut -d' ' -f1)
	check "$a: its perf.data is written" "$hw" trace "$id" --perf -r "$tmp/r" -o "$tmp/$a.data"
	check "$a: perf report opens it and finds each sample" \
		is "$(perf report -f -i "$tmp/$a.data" --stdio -F sample,comm 2>&1 | awk '$1 ~ /^[0-9]+$/ { n += $1 } END { print n }')" \
		-eq "$(of $a record perf.samples)"
	check "$a: perf script reads their fields" \
		is "$(perf script -f -i "$tmp/$a.data" 2>&1 | grep -cE 'kmem:mm_page_alloc: .*order=[0-9]+ ')" \
		-eq "$(of $a record perf.samples)"
done

list small 'kmem:mm_page_alloc hist:keys=pfn:size=128\n'
list small-ok 'lossy\nkmem:mm_page_alloc hist:keys=pfn:size=128\n'
list typo 'kmem:mm_page_alloc hist:keys=ordre\n'
list alien 'kmem:no_such_event\n'
plan 'arch: [i386, x86_64]
memory: 128M
events: [small, small-ok, typo, alien]
workload: {name: fault, pages: 1024}' bad
check 'three lists of four fail' says 1 '6 not ok' run bad
check 'a histogram that overflows makes the run invalid' \
	says 0 '[0-9]+ events lost: hist.kmem:mm_page_alloc.dropped' \
	"$hw" list --json -o "$tmp/r" --where events=small
check 'unless the list allows it' says 0 '  ok ' "$hw" list -o "$tmp/r" --where events=small-ok
check 'a trigger the kernel refuses: in its words' says 0 \
	"refuses the trigger of 'kmem:mm_page_alloc': error: Couldn't find field" \
	"$hw" list --json -o "$tmp/r" --where events=typo
check 'an event the kernel lacks is named' says 0 "no event 'kmem:no_such_event'" \
	"$hw" list --json -o "$tmp/r" --where events=alien
finish

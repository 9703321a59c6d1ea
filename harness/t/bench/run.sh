#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Figures, not tests: what a guest that does nothing costs, how two at once
# compare with one, what the harness itself uses, and what planning costs.
set -u
cd "$(dirname "$0")/../../.." || exit 2
out=${1:-out}
hw=$PWD/highwater
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

for b in "$out"/bench/bench_*; do "$b"; done

# A report of the same store, 10 000 runs of 200 metrics, with consoles of 4 KB.
"$out/tool/synth" "$tmp/large" 10000 200 4000
TIMEFORMAT='report: 10000 runs, %R s, %U s of user CPU'
time "$hw" report -r "$tmp/large" -o "$tmp/large.html" >/dev/null
echo "report: $(($(stat -c %s "$tmp/large.html") / 1000)) kB"

# How often the intervals of 95 % hold the truth, in twenty times the rounds of the unit test.
HIGHWATER_ROUNDS=10000 "$out/t/test_stats" 2>/dev/null | sed -n 's/^# /coverage: /p'

# best ARCH CLOCK: the shortest wall time of null in five seeds, one at a time
best() {
	printf 'name: b\nkernel: series\narch: %s\nclock: %s\nmemory: 400M\nseeds: 5\nworkload: {name: "null"}\n' \
		"$1" "$2" >"$tmp/$1-$2.yaml"
	"$hw" run "$tmp/$1-$2.yaml" -o "$tmp/$1-$2" -j 1 >/dev/null 2>&1
	"$hw" list -o "$tmp/$1-$2" --json | sed -n 's/.*"wall_s": *\([0-9.]*\).*/\1/p' | sort -n |
		awk '{ v[NR] = $1 } END { printf "null %-7s %-5s best %.2f s, median %.2f s of %d\n", a, c, v[1], v[int((NR + 1) / 2)], NR }' \
			a="$1" c="$2"
}
for a in x86_64 i386; do for c in insn wall; do best $a $c; done; done

# throughput of -j 2 against -j 1 over the same 24 cells
printf 'name: t\nkernel: series\narch: [i386, x86_64]\nmemory: 256M\nseeds: 6\nworkload:\n  - {name: "null"}\n  - {name: fault, pages: 30000}\n' \
	>"$tmp/t.yaml"
for j in 1 2; do
	"$hw" run "$tmp/t.yaml" -o "$tmp/j$j" -j $j 2>/dev/null | head -n 1 | sed "s/^/-j $j: /"
done

# What taking an event out of the ring buffer costs: the agent, and trace-cmd record writing to
# tmpfs, in the same guest, at the same priority; 400 000 events less 200 000, less nobody reading.
cat >"$tmp/raise.yaml" <<'PLAN'
name: raise
kernel: series
arch: [i386, x86_64]
memory: 256M
workload:
  - {name: raise, count: [200000, 400000], reader: [none, trace-cmd]}
  - {name: raise, count: [200000, 400000], events: "kmem:mm_page_alloc"}
PLAN
"$hw" run "$tmp/raise.yaml" -o "$tmp/raise" >/dev/null 2>&1
# per_event ARCH READER: instructions of an event, raised and taken
per_event() {
	local n v=()
	for n in 200000 400000; do
		v+=("$("$hw" show "$("$hw" list -o "$tmp/raise" --where arch="$1" --where reader="$2" --where count=$n |
			cut -d' ' -f1)" -o "$tmp/raise" | awk '$1 == "raise.ns" { print $2 }')")
	done
	echo $((v[1] - v[0]))
}
for a in i386 x86_64; do
	awk -v n="$(per_event $a none)" -v o="$(per_event $a agent)" -v t="$(per_event $a trace-cmd)" -v a=$a 'BEGIN {
		printf "drain %-7s an event costs %.1f insns; taking it %.1f by the agent, %.1f by trace-cmd (%.1f times); both together %.2f times as fast\n",
			a, n / 200000, (o - n) / 200000, (t - n) / 200000, (t - n) / (o - n), t / o }'
done

harness/t/bench/scale.sh

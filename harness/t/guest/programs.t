#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The real programs, in guests of both architectures: what fio, stress-ng and perf report is
# what they were asked to do and what the kernel counts.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
. harness/t/guest/raw.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# fio and perf on the series, stress-ng on mainline: each once.
sed -e 's/{name: \(fio\|perf\),/{name: \1, kernel: series,/' -e 's/{name: stress-ng,/{name: stress-ng, kernel: base,/' \
	configs/plan/programs.yaml >"$tmp/p.yaml"
check 'programs: every claim holds' says 0 'claims: [1-9][0-9]+ hold, 0 fail, 0 without data' \
	kept "$tmp/log" "$hw" run "$tmp/p.yaml" -o "$tmp/r"
check '22 cells' grep -q '^22 cells: .* 0 not ok' "$tmp/log"
printf '%s\n' 'name: wrong
arch: [i386, x86_64]
kernel: base
memory: 256M
workload: {name: stress-ng, stressor: brk, ops: 200}
verdict:
  - {claim: one operation more, check: "{stress-ng.bogo-ops brk} == {@ops} + 1"}' >"$tmp/wrong.yaml"
check 'a claim that does not hold is said' says 1 '0 hold, 1 fail' "$hw" run "$tmp/wrong.yaml" -o "$tmp/r"

# What they report against the files as they left them, and against each other.
for a in i386 x86_64; do
	v() { get "$tmp/r" "$1" "$2" arch=$a workload=fio job="$3"; }
	check "$a: fio's own JSON says the same bytes" \
		is "$(raw "$tmp/r" fio.json arch=$a workload=fio job=psync-write | jq '.jobs[0].write.io_bytes')" -eq \
		"$(v fio.write.bytes psync-write psync-write)"
	check "$a: and no error" \
		is "$(raw "$tmp/r" fio.json arch=$a workload=fio job=psync-write | jq '.jobs[0].error')" -eq 0
done
# The same seed, the same mix of reads and writes, on both architectures.
check 'both architectures did the same I/O' \
	is "$(get "$tmp/r" fio.read.ios tmpfs arch=i386 job=tmpfs)" -eq "$(get "$tmp/r" fio.read.ios tmpfs arch=x86_64 job=tmpfs)"

printf '%s\n' 'name: bad
arch: [i386, x86_64]
kernel: series
memory: 256M
workload: {name: stress-ng, stressor: nosuch, ops: 1}' >"$tmp/bad.yaml"
check 'a stressor there is not: its own words' says 1 'stress-ng.*(nosuch|unrecognized|invalid)' \
	"$hw" run "$tmp/bad.yaml" -o "$tmp/bad"
finish

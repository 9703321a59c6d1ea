#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Plan promise, the series' part: its verdict holds, and agrees with the kernel's own
# formulas over meminfo and zoneinfo as the guest sent them.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
. harness/t/guest/raw.sh
r=$(mktemp -d)
trap 'rm -rf "$r"' EXIT

sed 's/^kernel: .*/kernel: series/' configs/plan/promise.yaml >"$r/p.yaml"
check 'both architectures, identical twice, and every claim holds' \
	says 0 '14 claims: 14 hold, 0 fail, 0 without data' "$hw" run "$r/p.yaml" -o "$r" --verify

meminfo() { raw "$r" 'end /proc/meminfo' "arch=$1" "$2" | sed -n "s/^$3: *\([0-9]*\) kB/\1/p"; }
# get ARCH AXIS=VALUE METRIC [LABEL]
get() {
	local id
	id=$("$hw" list -o "$r" --where arch="$1" --where workload=promise --where "$2" | cut -d' ' -f1)
	"$hw" show "$id" -o "$r" | awk -v m="$3" -v l="${4-}" '
		$1 == m && (l == "" || $2 == l) { print $(l == "" ? 2 : 3); exit }'
}
for a in i386 x86_64; do
	squeeze=squeeze=yes strict=vm.overcommit_memory=2
	# mm/util.c, vm_commit_limit(): overcommit_ratio (50) per cent of memory, and swap
	total=$(meminfo $a $strict MemTotal)
	check "$a: CommitLimit is half of memory" \
		is "$(get $a $strict promise.commit_limit)" -eq $((total * 50 / 400))
	total=$(meminfo $a $squeeze MemTotal) swap=$(meminfo $a $squeeze SwapTotal)
	check "$a: and all of swap" \
		is "$(get $a $squeeze promise.commit_limit)" -eq $((total * 50 / 400 + swap / 4))
	check "$a: with swap, more than three times what there is was promised" \
		is "$(get $a $squeeze promise.granted)" -ge $((3 * (total / 4 - 4)))
	# High watermarks of the zones that hold memory, added up from zoneinfo.
	high=$(raw "$r" 'end /proc/zoneinfo' "arch=$a" $squeeze |
		awk '$1 == "high" { h = $2 } $1 == "managed" && $2 > 0 { n += h } END { print n }')
	check "$a: the high watermark is that of zoneinfo" is "$(get $a $squeeze promise.high_watermark)" -eq "$high"
	check "$a: free memory in the stream is below twice that, in the mean" \
		is "$(get $a $squeeze promise.free_mean streaming | cut -d. -f1)" -lt $((2 * high))
	# What does not fit is in swap: of the pages that were touched, at least those.
	check "$a: at least what does not fit was swapped" \
		is "$(get $a $squeeze vmstat.pswpout)" -ge $(($(get $a $squeeze promise.squeezed) + swap / 4 - total / 4))
	check "$a: and read back" is "$(get $a $squeeze promise.verified)" -eq "$(get $a $squeeze promise.squeezed)"
done
finish
